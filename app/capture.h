/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One capture, packet by packet. Uncompressed or gzip'ed classic pcap is read into slabs by our own
 * reader and never copied; libpcap reads the rest (pcapng, other magics, filters), copied into
 * slabs. Reader lcore only.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "input.h"
#include "slabs.h"

struct capture_packet {
	const uint8_t *data; /* in a slab */
	uint32_t cap_len, wire_len;
	int64_t ts_ns;
};

struct capture;

/*
 * filter: a libpcap expression or NULL. NULL and *err: it can't be opened, is no capture, has a
 * link type without IP in it, or the filter does not suit it, or it was asked to stop.
 */
struct capture *capture_open(
	const char *path, const char *filter, struct slabs *slabs, struct nt_error *err);
void capture_close(struct capture *c); /* NULL is fine */

int capture_link(const struct capture *c); /* DLT_* */

/*
 * The next packets, as many as lie there, max at most; last_position: that of the packet before
 * them in the stream. How many; 0 at the end; -errno and *err where the file breaks off or is
 * corrupt (everything before has been given); -ECANCELED when asked to stop while waiting.
 */
int capture_burst(struct capture *c, uint64_t last_position, struct capture_packet *ret,
	unsigned int max, struct nt_error *err);

/* One. */
static inline int
capture_next(
	struct capture *c, uint64_t last_position, struct capture_packet *ret, struct nt_error *err)
{
	return capture_burst(c, last_position, ret, 1, err);
}

/* Bytes of the file consumed so far, and its size (0: not known). */
uint64_t capture_taken(const struct capture *c);
uint64_t capture_size(const struct capture *c);

#endif
