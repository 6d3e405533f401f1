/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "app_files.h"

static void
demand(bool fine)
{
	if (!fine)
		abort();
}

static void
make_room(struct bytes *b, size_t len)
{
	if (b->len + len <= b->room)
		return;
	b->room = 2 * (b->len + len);
	b->at = realloc(b->at, b->room);
	demand(b->at != NULL);
}

void
bytes_add(struct bytes *b, const void *data, size_t len)
{
	make_room(b, len);
	memcpy(b->at + b->len, data, len);
	b->len += len;
}

void
bytes_zeros(struct bytes *b, size_t len)
{
	make_room(b, len);
	memset(b->at + b->len, 0, len);
	b->len += len;
}

void
bytes_free(struct bytes *b)
{
	free(b->at);
	*b = (struct bytes){ 0 };
}

void
bytes_gzip(struct bytes *b, const uint8_t *data, size_t len, int level)
{
	z_stream z = { 0 };
	demand(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	const size_t room = deflateBound(&z, len);
	make_room(b, room);
	z.next_in = (z_const Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)len;
	z.next_out = b->at + b->len;
	z.avail_out = (uInt)room;
	demand(deflate(&z, Z_FINISH) == Z_STREAM_END);
	b->len += room - z.avail_out;
	deflateEnd(&z);
}

static char path[] = "/tmp/nametap-test-XXXXXX";

static void
remove_file(void)
{
	unlink(path);
}

const char *
file_of(const uint8_t *data, size_t len)
{
	static bool made;
	const int fd = made ? open(path, O_WRONLY | O_TRUNC) : mkstemp(path);
	demand(fd >= 0);
	if (!made)
		atexit(remove_file);
	made = true;
	while (len > 0) {
		const ssize_t n = write(fd, data, len);
		demand(n > 0);
		data += n;
		len -= (size_t)n;
	}
	close(fd);
	return path;
}

static void
put32(struct bytes *b, const struct pcap_kind *k, uint32_t v)
{
	v = k->swapped ? __builtin_bswap32(v) : v;
	bytes_add(b, &v, sizeof(v));
}

void
put_pcap_header(struct bytes *b, const struct pcap_kind *k)
{
	put32(b, k, k->nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
	/* two fields of 16 bits: 2, 4 */
	const uint8_t version[2][4] = { { 2, 0, 4, 0 }, { 0, 2, 0, 4 } };
	bytes_add(b, version[k->swapped], 4);
	bytes_zeros(b, 8);
	put32(b, k, k->snaplen);
	put32(b, k, k->linktype);
}

uint8_t
packet_byte(unsigned int seed, size_t i)
{
	return (uint8_t)(seed * 31 + i * 7 + (i >> 8));
}

void
put_pcap_packet(struct bytes *b, const struct pcap_kind *k, int64_t ts_ns, uint32_t cap_len,
	uint32_t len, unsigned int seed)
{
	const int64_t fraction = ts_ns % NT_NS_PER_SEC;
	put32(b, k, (uint32_t)(ts_ns / NT_NS_PER_SEC));
	put32(b, k, (uint32_t)(k->nanoseconds ? fraction : fraction / NT_NS_PER_USEC));
	put32(b, k, cap_len);
	put32(b, k, len);
	make_room(b, cap_len);
	for (uint32_t i = 0; i < cap_len; i++)
		b->at[b->len++] = packet_byte(seed, i);
}

bool
packet_is(const uint8_t *data, size_t len, unsigned int seed)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] != packet_byte(seed, i))
			return false;
	return true;
}
