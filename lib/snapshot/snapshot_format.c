/* SPDX-License-Identifier: BSD-3-Clause */
#include "snapshot_format.h"

#include <string.h>

static const uint8_t magic[SNAPSHOT_MAGIC_BYTES] = { 'N', 'T', 'S', 'N', 'A', 'P', '\r', '\n' };

bool
snapshot_is_magic(const uint8_t *bytes, size_t len)
{
	return len >= sizeof(magic) && memcmp(bytes, magic, sizeof(magic)) == 0;
}

static uint8_t *
put_uint(uint8_t *out, uint64_t v, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++, v >>= 8)
		*out++ = (uint8_t)v;
	return out;
}

static uint8_t *
put_bytes(uint8_t *out, const void *bytes, size_t len)
{
	memcpy(out, bytes, len);
	return out + len;
}

static uint8_t *
put_addr(uint8_t *out, const struct nt_addr *a)
{
	*out++ = a->family;
	return put_bytes(out, a->bytes, sizeof(a->bytes));
}

size_t
snapshot_pack_head(uint8_t *out, const struct nt_snapshot_head *h)
{
	uint8_t *p = put_bytes(out, magic, sizeof(magic));
	p = put_uint(p, NT_SNAPSHOT_VERSION, 4);
	p = put_uint(p, (uint64_t)h->taken_ns, 8);
	p = put_uint(p, (uint64_t)h->began_ns, 8);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(h->told_key.k); i++)
		p = put_uint(p, h->told_key.k[i], 8);
	p = put_uint(p, h->told_mark, 8);
	return (size_t)(p - out);
}

size_t
snapshot_pack_name(uint8_t *out, const struct nt_name_entry *e)
{
	uint8_t *p = out;
	*p++ = SNAPSHOT_NAME;
	*p++ = e->source;
	p = put_uint(p, e->index, 2);
	p = put_addr(p, &e->addr);
	p = put_addr(p, &e->client);
	p = put_uint(p, (uint64_t)e->first_seen_ns, 8);
	p = put_uint(p, (uint64_t)e->seen_ns, 8);
	p = put_uint(p, (uint64_t)e->expires_ns, 8);
	p = put_uint(p, e->first_position, 8);
	p = put_uint(p, e->position, 8);
	*p++ = (uint8_t)e->name_len;
	p = put_bytes(p, e->name, e->name_len);
	return (size_t)(p - out);
}

size_t
snapshot_pack_told(uint8_t *out, const struct nt_told_entry *e)
{
	uint8_t *p = out;
	*p++ = SNAPSHOT_TOLD;
	p = put_uint(p, e->tag, 8);
	p = put_uint(p, (uint64_t)e->first_ns, 8);
	p = put_uint(p, (uint64_t)e->last_ns, 8);
	return (size_t)(p - out);
}

size_t
snapshot_pack_end(uint8_t *out, const struct snapshot_end *e)
{
	uint8_t *p = out;
	*p++ = SNAPSHOT_END;
	p = put_uint(p, e->names, 8);
	p = put_uint(p, e->tolds, 8);
	p = put_uint(p, e->crc, 4);
	return (size_t)(p - out);
}

static const uint8_t *
take(struct snapshot_cursor *c, size_t len)
{
	static const uint8_t none[SNAPSHOT_RECORD_MAX];
	if (c->bad || (size_t)(c->end - c->at) < len) {
		c->bad = true;
		return none;
	}
	const uint8_t *p = c->at;
	c->at += len;
	return p;
}

static uint64_t
take_uint(struct snapshot_cursor *c, unsigned int bytes)
{
	const uint8_t *p = take(c, bytes);
	uint64_t v = 0;
	for (unsigned int i = bytes; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

static int64_t
take_ns(struct snapshot_cursor *c)
{
	return (int64_t)take_uint(c, 8);
}

static struct nt_addr
take_addr(struct snapshot_cursor *c)
{
	const uint8_t family = *take(c, 1);
	const uint8_t *bytes = take(c, 16);
	if (family == NT_FAMILY_IPV4)
		return nt_addr_v4(bytes);
	if (family == NT_FAMILY_IPV6)
		return nt_addr_v6(bytes);
	c->bad |= family != NT_FAMILY_NONE;
	return (struct nt_addr){ .family = NT_FAMILY_NONE };
}

uint32_t
snapshot_unpack_head(struct snapshot_cursor *c, struct nt_snapshot_head *ret)
{
	if (!snapshot_is_magic(take(c, sizeof(magic)), sizeof(magic)))
		return 0;
	const uint32_t version = (uint32_t)take_uint(c, 4);
	if (version != NT_SNAPSHOT_VERSION)
		return version;
	ret->taken_ns = take_ns(c);
	ret->began_ns = take_ns(c);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(ret->told_key.k); i++)
		ret->told_key.k[i] = take_uint(c, 8);
	ret->told_mark = take_uint(c, 8);
	return version;
}

uint8_t
snapshot_unpack_kind(struct snapshot_cursor *c)
{
	return *take(c, 1);
}

static bool
is_entry(const struct nt_name_entry *e)
{
	return e->source > NT_SOURCE_NONE && e->source < NT_SOURCES &&
	       e->addr.family != NT_FAMILY_NONE && e->name_len > 0 &&
	       e->first_seen_ns <= e->seen_ns && e->first_position <= e->position;
}

void
snapshot_unpack_name(struct snapshot_cursor *c, struct nt_name_entry *ret, const char **ret_name)
{
	ret->source = (uint8_t)take_uint(c, 1);
	ret->index = (uint16_t)take_uint(c, 2);
	ret->addr = take_addr(c);
	ret->client = take_addr(c);
	ret->first_seen_ns = take_ns(c);
	ret->seen_ns = take_ns(c);
	ret->expires_ns = take_ns(c);
	ret->first_position = take_uint(c, 8);
	ret->position = take_uint(c, 8);
	ret->name_len = (uint16_t)take_uint(c, 1);
	*ret_name = (const char *)take(c, ret->name_len);
	c->bad |= !is_entry(ret);
}

void
snapshot_unpack_told(struct snapshot_cursor *c, struct nt_told_entry *ret)
{
	ret->tag = take_uint(c, 8);
	ret->first_ns = take_ns(c);
	ret->last_ns = take_ns(c);
	c->bad |= ret->first_ns > ret->last_ns;
}

void
snapshot_unpack_end(struct snapshot_cursor *c, struct snapshot_end *ret)
{
	ret->names = take_uint(c, 8);
	ret->tolds = take_uint(c, 8);
	ret->crc = (uint32_t)take_uint(c, 4);
}
