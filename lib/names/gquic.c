/* SPDX-License-Identifier: BSD-3-Clause */
#include <nt_cursor.h>
#include <nt_gquic.h>

#define TAG(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

/* The public header: a client that asks for a version also has a connection ID of eight bytes. */
#define PUBLIC_VERSION 0x01
#define PUBLIC_RESET   0x02
#define PUBLIC_CID     0x08
#define PUBLIC_OTHER   0xc0 /* multipath, and what was never used */

#define CID_BYTES	     8
#define HASH_BYTES	     12 /* null encryption: FNV-1a, cut */
#define FORM_LONG	     0x80
#define LONG_INITIAL	     0xc0 /* long form, fixed bit, type 0; two bits unused */
#define LONG_TYPE_BITS	     0xf0
#define LONG_CIDS	     0x50 /* to: 5 + 3 bytes, from: none */
#define LAST_PUBLIC	     43
#define LAST_WITH_FLAGS	     33 /* a byte of private flags after the hash */
#define LONG		     46
#define FRAME_STREAM	     0x80
#define FRAME_OFFSET_BITS    0x1c
#define FRAME_DATA_LEN	     0x20
#define STREAM_ID_BYTES(b)   (((b)&3) + 1u)
#define PACKET_NUMBER_LEN(b) ((b) >> 4 & 3 ? ((b) >> 4 & 3) * 2u : 1u) /* 1, 2, 4, 6 */
#define ENTRIES_MAX	     128 /* of a message, as its makers bound it */

/* The number of Q0dd; 0 is another. */
static unsigned int
version_read(struct nt_cursor *c)
{
	const uint8_t *v = nt_cursor_bytes(c, 4);
	if (v == NULL || v[0] != 'Q' || v[1] != '0')
		return 0;
	const unsigned int tens = v[2] - (unsigned int)'0';
	const unsigned int ones = v[3] - (unsigned int)'0';
	return tens > 9 || ones > 9 ? 0 : tens * 10 + ones;
}

static bool
public_header(struct nt_cursor *c, uint8_t first)
{
	if ((first & (PUBLIC_VERSION | PUBLIC_RESET | PUBLIC_CID | PUBLIC_OTHER)) !=
		(PUBLIC_VERSION | PUBLIC_CID))
		return false;
	nt_cursor_skip(c, CID_BYTES);
	const unsigned int version = version_read(c);
	if (version == 0 || version > LAST_PUBLIC)
		return false;
	nt_cursor_skip(c, PACKET_NUMBER_LEN(first) + HASH_BYTES);
	if (version <= LAST_WITH_FLAGS)
		nt_cursor_skip(c, 1);
	return true;
}

static bool
long_header(struct nt_cursor *c, uint8_t first)
{
	if ((first & LONG_TYPE_BITS) != LONG_INITIAL || version_read(c) != LONG ||
		nt_cursor_u8(c) != LONG_CIDS)
		return false;
	nt_cursor_skip(c, CID_BYTES + (first & 3) + 1u + HASH_BYTES);
	return true;
}

/* The crypto stream, 1, from its beginning; its bytes' order was turned in between, and is kept. */
static bool
stream_frame(struct nt_cursor *c)
{
	const uint8_t type = nt_cursor_u8(c);
	if ((type & FRAME_STREAM) == 0 || (type & FRAME_OFFSET_BITS) != 0)
		return false;
	unsigned int id = 0;
	for (unsigned int i = 0; i < STREAM_ID_BYTES(type); i++)
		id += nt_cursor_u8(c);
	if ((type & FRAME_DATA_LEN) != 0)
		nt_cursor_skip(c, 2);
	return !c->bad && id == 1;
}

static uint32_t
u32_le(struct nt_cursor *c)
{
	return __builtin_bswap32(nt_cursor_u32(c));
}

/*
 * Tag, number of entries, for each of them a tag and where its value ends; then the values, which
 * follow each other.
 */
static struct nt_cursor
find_sni(struct nt_cursor *c)
{
	struct nt_cursor none = { .bad = true };
	if (nt_cursor_u32(c) != TAG('C', 'H', 'L', 'O'))
		return none;
	const unsigned int entries = __builtin_bswap16(nt_cursor_u16(c));
	nt_cursor_skip(c, 2);
	if (entries > ENTRIES_MAX)
		return none;
	const size_t values = nt_cursor_offset(c) + (size_t)entries * 8;
	for (uint32_t i = 0, begin = 0; i < entries && !c->bad; i++) {
		const uint32_t tag = nt_cursor_u32(c);
		const uint32_t end = u32_le(c);
		if (end < begin)
			return none;
		if (tag == TAG('S', 'N', 'I', 0)) {
			nt_cursor_seek(c, values + begin);
			return nt_cursor_sub(c, end - begin);
		}
		begin = end;
	}
	return none;
}

bool
nt_gquic_server_name(const uint8_t *payload, size_t len, struct nt_server_name *ret)
{
	struct nt_cursor c = nt_cursor_init(payload, len);
	const uint8_t first = nt_cursor_u8(&c);
	nt_server_name_clear(ret);
	const bool is_long = (first & FORM_LONG) != 0;
	if (!(is_long ? long_header(&c, first) : public_header(&c, first)) || !stream_frame(&c))
		return false;
	struct nt_cursor sni = find_sni(&c);
	if (sni.bad || nt_cursor_left(&sni) > NT_SERVER_NAME_MAX)
		return false;
	while (nt_cursor_left(&sni) > 0)
		nt_server_name_add(ret, nt_cursor_u8(&sni));
	ret->flags |= NT_SERVER_NAME_TLS;
	return nt_server_name_finish(ret);
}
