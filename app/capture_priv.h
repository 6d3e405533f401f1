/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CAPTURE_PRIV_H
#define CAPTURE_PRIV_H

#include <pcap/pcap.h>

#include "capture.h"

/* libpcap's MAXIMUM_SNAPLEN: a record longer than this is no packet but a corrupt file. */
#define CAPTURE_PACKET_MAX 262144

struct capture {
	const char *name; /* for messages; the caller's string */
	struct slabs *slabs;
	struct input *input; /* owned; by pcap's FILE where pcap is used */
	int dlt;
	uint64_t packets;

	/* classic pcap */
	const uint8_t *at, *filled; /* unread bytes in the current slab */
	bool swapped, nanoseconds;
	uint32_t snaplen;
	uint64_t offset; /* in the stream, of at */

	/* libpcap */
	pcap_t *pcap;
};

/* Is this the 24-byte header of a classic pcap that classic_* reads? Fills c where it is. */
bool classic_recognize(struct capture *c, const uint8_t *header, size_t len);
int classic_begin(struct capture *c, struct nt_error *err);
int classic_burst(struct capture *c, uint64_t last_position, struct capture_packet *ret,
	unsigned int max, struct nt_error *err);

int other_begin(struct capture *c, const char *filter, struct nt_error *err);
int other_next(struct capture *c, uint64_t last_position, struct capture_packet *ret,
	struct nt_error *err);

#endif
