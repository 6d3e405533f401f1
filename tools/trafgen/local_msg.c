/* SPDX-License-Identifier: BSD-3-Clause */
#include "local_msg.h"
#include "bytes.h"

#define TTL_SEC	       4500
#define NBNS_TTL_SEC   300000
#define DHCP_LEASE_SEC 86400

static void
put_header(struct tg_bytes *b, unsigned id, unsigned flags, unsigned questions, unsigned answers,
	unsigned additional)
{
	tg_put16(b, id & 0xffff);
	tg_put16(b, flags);
	tg_put16(b, questions);
	tg_put16(b, answers);
	tg_put16(b, 0);
	tg_put16(b, additional);
}

static void
put_label(struct tg_bytes *b, const char *text)
{
	tg_put8(b, (unsigned)strlen(text));
	tg_put_text(b, text);
}

static void
put_address(struct tg_bytes *b, unsigned type, unsigned class, const uint8_t *addr)
{
	size_t len = type == 28 ? 16 : 4;

	tg_put16(b, type);
	tg_put16(b, class);
	tg_put32(b, TTL_SEC);
	tg_put16(b, (unsigned)len);
	tg_put(b, addr, len);
}

static void
put_local_name(struct tg_bytes *b, const struct tg_self *s)
{
	put_label(b, s->name);
	put_label(b, "local");
	tg_put8(b, 0);
}

size_t
tg_local_mdns(const struct tg_self *s, uint8_t *out)
{
	struct tg_bytes b = { out };

	put_header(&b, 0, 0x8400, 0, (s->v4 != NULL) + (s->v6 != NULL), 0);
	if (s->v4 != NULL) {
		put_local_name(&b, s);
		put_address(&b, 1, 0x8001, s->v4);
	}
	if (s->v6 != NULL) {
		put_local_name(&b, s);
		put_address(&b, 28, 0x8001, s->v6);
	}
	return (size_t)(b.at - out);
}

size_t
tg_local_llmnr(const struct tg_self *s, bool answer, uint8_t *out)
{
	struct tg_bytes b = { out };

	put_header(&b, s->id, answer ? 0x8000 : 0, 1, answer, 0);
	put_label(&b, s->name);
	tg_put8(&b, 0);
	tg_put32(&b, 0x00010001); /* A, IN */
	if (answer) {
		tg_put16(&b, 0xc00c);
		put_address(&b, 1, 1, s->v4);
	}
	return (size_t)(b.at - out);
}

/* RFC 1001, 14.1: half bytes as letters; 15 characters in upper case and the suffix 00. */
static void
put_netbios_name(struct tg_bytes *b, const char *name)
{
	size_t len = strlen(name);

	tg_put8(b, 32);
	for (size_t i = 0; i < 16; i++) {
		unsigned c = i < len ? (unsigned char)name[i] : ' ';

		if (c >= 'a' && c <= 'z')
			c -= 'a' - 'A';
		if (i == 15)
			c = 0;
		tg_put8(b, 'A' + (c >> 4));
		tg_put8(b, 'A' + (c & 15));
	}
	tg_put8(b, 0);
}

size_t
tg_local_nbns(const struct tg_self *s, uint8_t *out)
{
	struct tg_bytes b = { out };

	put_header(&b, s->id, 0x2910, 1, 0, 1); /* registration, recursion, broadcast */
	put_netbios_name(&b, s->name);
	tg_put32(&b, 0x00200001); /* NB, IN */
	tg_put16(&b, 0xc00c);
	tg_put32(&b, 0x00200001);
	tg_put32(&b, NBNS_TTL_SEC);
	tg_put16(&b, 6);
	tg_put16(&b, 0); /* unique, B node */
	tg_put(&b, s->v4, 4);
	return (size_t)(b.at - out);
}

static void
put_option(struct tg_bytes *b, unsigned code, const void *data, size_t len)
{
	tg_put8(b, code);
	tg_put8(b, (unsigned)len);
	tg_put(b, data, len);
}

static void
put_option32(struct tg_bytes *b, unsigned code, uint32_t v)
{
	tg_put8(b, code);
	tg_put8(b, 4);
	tg_put32(b, v);
}

static void
put_bootp(struct tg_bytes *b, const struct tg_self *s, bool ack)
{
	static const uint8_t none[4];

	tg_put8(b, ack ? 2 : 1);
	tg_put24(b, 0x010600); /* Ethernet, 6 bytes, no hops */
	tg_put32(b, s->id);
	tg_put32(b, 0);
	tg_put(b, s->v4, 4); /* ciaddr */
	tg_put(b, ack ? s->v4 : none, 4); /* yiaddr */
	tg_put_fill(b, 0, 8);
	tg_put(b, s->mac, 6);
	tg_put_fill(b, 0, 10 + 64 + 128);
	tg_put32(b, 0x63825363);
}

size_t
tg_local_dhcp(const struct tg_self *s, bool ack, uint8_t *out)
{
	struct tg_bytes b = { out };
	uint8_t *fqdn;

	put_bootp(&b, s, ack);
	put_option(&b, 53, ack ? "\5" : "\3", 1);
	if (ack) {
		put_option32(&b, 54, 0x0a000002);
		put_option32(&b, 51, DHCP_LEASE_SEC);
	} else {
		put_option(&b, 12, s->name, strlen(s->name));
		if (s->id & 1) {
			tg_put8(&b, 81);
			fqdn = tg_put_room(&b, 1);
			tg_put24(&b, 0x040000); /* encoded as in DNS */
			put_label(&b, s->name);
			put_label(&b, "corp");
			put_label(&b, "internal");
			tg_put8(&b, 0);
			tg_put_length(&b, fqdn, 1);
		}
	}
	tg_put8(&b, 255);
	return (size_t)(b.at - out);
}
