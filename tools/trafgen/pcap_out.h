/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_PCAP_OUT_H
#define TG_PCAP_OUT_H

/* Writes classic pcap (Ethernet) through one large buffer; frames are built in place. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Largest frame that may be built at tg_pcap_frame(). */
#define TG_FRAME_MAX 2048

struct tg_pcap {
	int fd;
	int error; /* first error, -errno; sticks */
	bool nanoseconds;
	uint32_t snaplen;
	uint8_t *buf; /* owned */
	size_t used;
};

/* Creates path ("-" is standard output). 0 or -errno. */
int tg_pcap_open(struct tg_pcap *p, const char *path, uint32_t snaplen, bool nanoseconds);

/* Where to build the next frame; good for TG_FRAME_MAX bytes until the commit. */
uint8_t *tg_pcap_frame(struct tg_pcap *p);

/* The frame of len bytes built at tg_pcap_frame() was captured at ts_ns. */
void tg_pcap_commit(struct tg_pcap *p, uint64_t ts_ns, size_t len);

/* Flushes and closes. 0 or the first error of all since the open, -errno. */
int tg_pcap_close(struct tg_pcap *p);

#endif
