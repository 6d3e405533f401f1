/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A capture in memory, as the packets that a bench plays again and again: where their addresses
 * are, and those in their DNS answers, so that copies of the capture can have addresses of their
 * own. Made once, then read by every worker's source (bench_source.h).
 */
#ifndef BENCH_CAPTURE_H
#define BENCH_CAPTURE_H

#include <nt_config.h>

struct bench_packet {
	const uint8_t *data;
	uint32_t cap_len, wire_len;
	uint32_t rdata; /* the first of its addresses in answers: index into rdata */
	uint16_t rdata_count;
	uint16_t addrs_at; /* of its two IP addresses, one behind the other; 0: it has none */
	uint16_t ports_at; /* of TCP's or UDP's two; 0: it has none */
	uint16_t macs_at; /* of its two link addresses, where has_macs */
	uint8_t addr_bytes; /* 4 or 16 */
	bool has_macs;
	uint32_t pair; /* hash of its two addresses: which worker gets it */
};

struct bench_rdata {
	uint16_t at; /* in the packet */
	uint8_t bytes; /* 4 or 16 */
};

struct bench_capture {
	struct bench_packet *packets;
	struct bench_rdata *rdata;
	uint8_t *bytes;
	uint32_t count, rdata_count;
	uint32_t packet_room, rdata_room;
	uint64_t byte_count, byte_room;
	uint32_t longest; /* packet, as captured */
	uint64_t wire_bytes;
	int link; /* DLT_* */
	int64_t first_ns, last_ns;
	uint32_t flows; /* connections in it */
	/* Connections at a time, in the mean: between first and last packet; and after the last
	 * one, until it is known that it was the last, as far as the capture shows it. */
	double open, lingering;
};

/* All of it; 0, or -errno and *err. */
int bench_capture_load(struct bench_capture *c, const char *path, const struct nt_config *cfg,
	struct nt_error *err);

/*
 * The same from packets that are made: _begin, _add in order, _end. _add copies; it and _end return
 * 0 or -ENOMEM.
 */
void bench_capture_begin(struct bench_capture *c, int link);
int bench_capture_add(struct bench_capture *c, const uint8_t *data, uint32_t cap_len,
	uint32_t wire_len, int64_t ts_ns);
int bench_capture_end(struct bench_capture *c, const struct nt_config *cfg);

void bench_capture_free(struct bench_capture *c); /* one that was only zeroed, too */

#endif
