/* SPDX-License-Identifier: BSD-3-Clause */
/* Files and capture bytes for the tests of the command's parts. Whatever fails ends the test. */
#ifndef APP_FILES_H
#define APP_FILES_H

#include <nt_base.h>

struct bytes {
	uint8_t *at;
	size_t len, room;
};

void bytes_add(struct bytes *b, const void *data, size_t len);
void bytes_zeros(struct bytes *b, size_t len);
void bytes_free(struct bytes *b);

/* Appends one gzip member. level 0: the data stands in it as it is. */
void bytes_gzip(struct bytes *b, const uint8_t *data, size_t len, int level);

/* The path of a file with these bytes; the same path each time. */
const char *file_of(const uint8_t *data, size_t len);

/* How a classic pcap is written. */
struct pcap_kind {
	bool swapped, nanoseconds;
	uint32_t snaplen, linktype;
};

void put_pcap_header(struct bytes *b, const struct pcap_kind *k);
/* len bytes of which cap_len are there, each of them a function of seed and its place. */
void put_pcap_packet(struct bytes *b, const struct pcap_kind *k, int64_t ts_ns, uint32_t cap_len,
	uint32_t len, unsigned int seed);
/* Byte i of such a packet. */
uint8_t packet_byte(unsigned int seed, size_t i);
bool packet_is(const uint8_t *data, size_t len, unsigned int seed);

#endif
