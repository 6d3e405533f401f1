/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "dns_worst.h"

#define QNAME_AT 12
#define IN	 1
#define OWNER	 (0xc000 | QNAME_AT) /* a pointer to the question's name */
#define TXT	 16

static void
put(struct message *w, const void *bytes, size_t len)
{
	if (len <= sizeof(w->bytes) - w->len) {
		memcpy(w->bytes + w->len, bytes, len);
		w->len += len;
	}
}

static void
put8(struct message *w, unsigned int v)
{
	put(w, &(uint8_t){ (uint8_t)v }, 1);
}

static void
put16(struct message *w, unsigned int v)
{
	put(w, (uint8_t[]){ (uint8_t)(v >> 8), (uint8_t)v }, 2);
}

static size_t
room(const struct message *w)
{
	return sizeof(w->bytes) - w->len;
}

static void
put_header(struct message *w, unsigned int flags, unsigned int questions, unsigned int answers)
{
	put16(w, 0x1234);
	put16(w, flags);
	put16(w, questions);
	put16(w, answers);
	put16(w, 0);
	put16(w, 0);
}

/* Which of the header's counts, and what. */
static void
set_count(struct message *w, unsigned int which, unsigned int n)
{
	w->bytes[4 + 2 * which] = (uint8_t)(n >> 8);
	w->bytes[5 + 2 * which] = (uint8_t)n;
}

static void
put_labels(struct message *w, unsigned int count, unsigned int len, char c)
{
	for (unsigned int i = 0; i < count; i++) {
		put8(w, len);
		for (unsigned int k = 0; k < len; k++)
			put8(w, (unsigned char)c);
	}
}

/* 255 octets, of as many labels as there can be. */
static void
put_many_labels(struct message *w, char first)
{
	put_labels(w, 1, 1, first);
	put_labels(w, 126, 1, 'x');
	put8(w, 0);
}

static void
put_fixed(struct message *w, unsigned int type, unsigned int rdlength)
{
	put16(w, type);
	put16(w, IN);
	put16(w, 0);
	put16(w, 300);
	put16(w, rdlength);
}

static void
put_address(struct message *w, unsigned int i)
{
	put_fixed(w, NT_DNS_TYPE_A, 4);
	put(w, (uint8_t[]){ 93, 184, (uint8_t)(i >> 8), (uint8_t)i }, 4);
}

static void
begin(struct message *w, unsigned int type)
{
	put_header(w, 0x8180, 1, 0);
	put_many_labels(w, 'q');
	put16(w, type);
	put16(w, IN);
}

/* A name of one octet. */
static void
put_short(struct message *w, char c)
{
	put_labels(w, 1, 1, c);
	put8(w, 0);
}

/* Likewise, with more work left for the records. */
static void
begin_short(struct message *w, unsigned int type)
{
	put_header(w, 0x8180, 1, 0);
	put_short(w, 'q');
	put16(w, type);
	put16(w, IN);
}

/* 4,000 addresses of the question, by a pointer. */
static void
addresses(struct message *w)
{
	unsigned int n = 0;
	begin(w, NT_DNS_TYPE_A);
	for (; room(w) >= 16; n++) {
		put16(w, OWNER);
		put_address(w, n);
	}
	set_count(w, 1, n);
}

/*
 * Each with the question's name spelled out, of 127 labels, which are found equal at the last one:
 * in another case than the one before, else the bytes would do.
 */
static void
owners_spelled_out(struct message *w)
{
	unsigned int n = 0;
	begin(w, NT_DNS_TYPE_A);
	for (; room(w) >= 255 + 14; n++) {
		put_many_labels(w, n % 2 == 0 ? 'Q' : 'q');
		put_address(w, n);
	}
	set_count(w, 1, n);
}

/* The same with four long labels, of dots that have to be escaped. */
static void
escapes(struct message *w)
{
	unsigned int n = 0;
	put_header(w, 0x8180, 1, 0);
	put_labels(w, 1, 61, '.');
	put8(w, 0);
	put16(w, NT_DNS_TYPE_A);
	put16(w, IN);
	for (; room(w) >= 63 + 14; n++) {
		put_labels(w, 1, 61, '.');
		put8(w, 0);
		put_address(w, n);
	}
	set_count(w, 1, n);
}

/* Every owner a label before a pointer to the owner before it, 16 deep, then again. */
static void
pointer_chains(struct message *w)
{
	size_t before = QNAME_AT;
	unsigned int n = 0;
	put_header(w, 0x8180, 1, 0);
	put_labels(w, 1, 1, 'q');
	put8(w, 0);
	put16(w, NT_DNS_TYPE_A);
	put16(w, IN);
	for (; room(w) >= 18 && w->len < 0x3ff0; n++) {
		const size_t at = w->len;
		put_labels(w, 1, 1, 'x');
		put16(w, 0xc000 | (unsigned int)(n % 16 == 0 ? QNAME_AT : before));
		put_address(w, n);
		before = at;
	}
	set_count(w, 1, n);
}

/* Ten CNAMEs from last to first, so that each pass over them finds one, between names of 255
 * octets that differ in their first label; and addresses of the last one. */
static void
chain(struct message *w, unsigned int owned_by)
{
	unsigned int n = NT_DNS_CHAIN_MAX;
	begin(w, NT_DNS_TYPE_A);
	for (int i = NT_DNS_CHAIN_MAX - 1; i >= 0; i--) {
		put_many_labels(w, i == 0 ? 'q' : (char)('A' + i - 1));
		put_fixed(w, NT_DNS_TYPE_CNAME, 255);
		put_many_labels(w, (char)('A' + i));
	}
	for (; room(w) >= 255 + 14; n++) {
		put_many_labels(w, (char)owned_by);
		put_address(w, n);
	}
	set_count(w, 1, n);
}

static void
chain_backward(struct message *w)
{
	chain(w, 'j');
}

/* ... of a name that is not on it, and compared with each that is. */
static void
chain_missed(struct message *w)
{
	chain(w, 'z');
}

/* One binding with 16,000 parameters, each of them empty. */
static void
binding(struct message *w)
{
	begin(w, NT_DNS_TYPE_HTTPS);
	put16(w, OWNER);
	put_fixed(w, NT_DNS_TYPE_HTTPS, 0);
	const size_t rdata = w->len;
	put16(w, 1);
	put8(w, 0);
	for (unsigned int key = 8; room(w) >= 4; key++) {
		put16(w, key);
		put16(w, 0);
	}
	w->bytes[rdata - 2] = (uint8_t)((w->len - rdata) >> 8);
	w->bytes[rdata - 1] = (uint8_t)(w->len - rdata);
	set_count(w, 1, 1);
}

/* One parameter, a list of as many keys or protocols as there can be. */
static void
binding_list(struct message *w, unsigned int key, size_t item)
{
	begin(w, NT_DNS_TYPE_HTTPS);
	put16(w, OWNER);
	put_fixed(w, NT_DNS_TYPE_HTTPS, 0);
	const size_t rdata = w->len;
	put16(w, 1);
	put8(w, 0);
	put16(w, key);
	const size_t len = (room(w) - 2) / item * item;
	put16(w, (unsigned int)len);
	for (unsigned int i = 1; i <= len / item; i++) {
		if (key == 0)
			put16(w, i);
		else if (key == 1)
			put(w, "\1h", 2);
		else
			put(w, (uint8_t[]){ 93, 184, (uint8_t)(i >> 8), (uint8_t)i }, 4);
	}
	w->bytes[rdata - 2] = (uint8_t)((w->len - rdata) >> 8);
	w->bytes[rdata - 1] = (uint8_t)(w->len - rdata);
	set_count(w, 1, 1);
}

static void
mandatory_list(struct message *w)
{
	binding_list(w, 0, 2);
}

static void
alpn_list(struct message *w)
{
	binding_list(w, 1, 2);
}

static void
hints(struct message *w)
{
	binding_list(w, 4, 4);
}

/* As many as are read. */
static void
hints_read(struct message *w)
{
	put_header(w, 0x8180, 1, 1);
	put_labels(w, 1, 1, 'q');
	put8(w, 0);
	put16(w, NT_DNS_TYPE_HTTPS);
	put16(w, IN);
	put16(w, OWNER);
	put_fixed(w, NT_DNS_TYPE_HTTPS, 3 + 4 + 1250);
	put16(w, 1);
	put8(w, 0);
	put16(w, 4);
	put16(w, 1250 / 4 * 4);
	for (unsigned int i = 0; i < 1250 / 4; i++)
		put(w, (uint8_t[]){ 93, 184, (uint8_t)(i >> 8), (uint8_t)i }, 4);
	w->bytes[w->len - 1250 / 4 * 4 - 9] = (7 + 1250 / 4 * 4) >> 8;
	w->bytes[w->len - 1250 / 4 * 4 - 8] = (7 + 1250 / 4 * 4) & 0xff;
}

/* One dot, for which all of a long label has to be looked at octet by octet. */
static void
escapes_few(struct message *w)
{
	unsigned int n = 0;
	put_header(w, 0x8180, 1, 0);
	put_labels(w, 1, 1, 'q');
	put8(w, 0);
	put16(w, NT_DNS_TYPE_A);
	put16(w, IN);
	for (; room(w) >= 3 * 64 + 15; n++) {
		for (unsigned int i = 0; i < 3; i++) {
			put8(w, 63);
			for (unsigned int k = 0; k < 63; k++)
				put8(w, k == 0 ? '.' : 'X');
		}
		put8(w, 0);
		put_address(w, n);
	}
	set_count(w, 1, n);
}

/* Text of empty strings: nothing is taken of it, but Zeek looks at each. */
static void
strings(struct message *w)
{
	begin(w, NT_DNS_TYPE_A);
	put16(w, OWNER);
	put_fixed(w, TXT, (unsigned int)room(w) - 10);
	while (room(w) > 0)
		put8(w, 0);
	set_count(w, 1, 1);
}

/* Bindings to targets of 127 labels, each the owner of the next, last to first. */
static void
bindings_in_a_row(struct message *w)
{
	unsigned int n = 0;
	begin(w, NT_DNS_TYPE_HTTPS);
	for (int i = 15; i >= 0; i--, n++) {
		put_many_labels(w, i == 0 ? 'q' : (char)('A' + i - 1));
		put_fixed(w, NT_DNS_TYPE_HTTPS, 2 + 255);
		put16(w, 0);
		put_many_labels(w, (char)('A' + i));
	}
	set_count(w, 1, n);
}

/* 5,900 of the least size, in a section from which nothing is taken. */
static void
empty_records(struct message *w)
{
	unsigned int n = 0;
	begin(w, NT_DNS_TYPE_A);
	for (; room(w) >= 11; n++) {
		put8(w, 0);
		put_fixed(w, TXT, 0);
	}
	set_count(w, 2, n);
}

/* Reverse names of long names. */
static void
pointers_to_names(struct message *w)
{
	unsigned int n = 0;
	put_header(w, 0x8180, 1, 0);
	put(w, "\1\61\1\62\1\63\0019\7in-addr\4arpa", 21);
	put8(w, 0);
	put16(w, NT_DNS_TYPE_PTR);
	put16(w, IN);
	for (; room(w) >= 12 + 255; n++) {
		put16(w, OWNER);
		put_fixed(w, NT_DNS_TYPE_PTR, 255);
		put_many_labels(w, (char)('A' + n % 26));
	}
	set_count(w, 1, n);
}

/* Multicast: 13,000 questions; and addresses with names of their own. */
static void
questions(struct message *w)
{
	unsigned int n = 0;
	put_header(w, 0, 0, 0);
	for (; room(w) >= 5; n++) {
		put8(w, 0);
		put16(w, NT_DNS_TYPE_A);
		put16(w, IN);
	}
	set_count(w, 0, n);
}

static void
owners(struct message *w)
{
	unsigned int n = 0;
	put_header(w, 0x8400, 0, 0);
	for (; room(w) >= 255 + 14; n++) {
		put_many_labels(w, (char)('A' + n % 26));
		put_address(w, n);
	}
	set_count(w, 1, n);
}

/* As many addresses as fit, of the name at `owner` (a pointer). */
static void
fill_with_addresses(struct message *w, uint16_t owner, unsigned int records)
{
	for (; room(w) >= 16; records++) {
		put16(w, owner);
		put_address(w, records);
	}
	set_count(w, 1, records);
}

static void
addresses_ipv6(struct message *w)
{
	unsigned int n = 0;
	begin(w, NT_DNS_TYPE_AAAA);
	for (; room(w) >= 28; n++) {
		put16(w, OWNER);
		put_fixed(w, NT_DNS_TYPE_AAAA, 16);
		for (unsigned int i = 0; i < 14; i++)
			put8(w, 0x20);
		put16(w, n);
	}
	set_count(w, 1, n);
}

/* CNAMEs of the question from a to b, b to c, ...: the last one first, so that each pass finds one.
 */
static void
put_chain_backward(struct message *w, unsigned int links)
{
	for (unsigned int i = links; i-- > 0;) {
		if (i == 0)
			put16(w, OWNER);
		else
			put_short(w, (char)('a' + i - 1));
		put_fixed(w, NT_DNS_TYPE_CNAME, 3);
		put_short(w, (char)('a' + i));
	}
}

static void
chain_then_addresses(struct message *w)
{
	begin_short(w, NT_DNS_TYPE_A);
	put_chain_backward(w, NT_DNS_CHAIN_MAX);
	fill_with_addresses(w, OWNER, NT_DNS_CHAIN_MAX);
}

/* Each pass looks at the bindings of a name that nothing reaches, or that alias the root. */
static void
bindings_beside_chain(struct message *w, bool reached)
{
	const unsigned int bindings = 16;
	begin_short(w, NT_DNS_TYPE_HTTPS);
	for (unsigned int i = 0; i < bindings; i++) {
		if (reached)
			put16(w, OWNER);
		else
			put_short(w, 'z');
		put_fixed(w, NT_DNS_TYPE_HTTPS, 3);
		put16(w, reached ? 0 : 1);
		put8(w, 0);
	}
	put_chain_backward(w, NT_DNS_CHAIN_MAX);
	fill_with_addresses(w, OWNER, bindings + NT_DNS_CHAIN_MAX);
}

static void
bindings_of_nobody(struct message *w)
{
	bindings_beside_chain(w, false);
}

static void
bindings_to_root(struct message *w)
{
	bindings_beside_chain(w, true);
}

const struct dns_worst dns_worst[] = {
	{ "addresses", addresses, NT_DNS_UNICAST },
	{ "addresses-ipv6", addresses_ipv6, NT_DNS_UNICAST },
	{ "chain-then-addresses", chain_then_addresses, NT_DNS_UNICAST },
	{ "bindings-of-nobody", bindings_of_nobody, NT_DNS_UNICAST },
	{ "bindings-to-root", bindings_to_root, NT_DNS_UNICAST },
	{ "owners-spelled-out", owners_spelled_out, NT_DNS_UNICAST },
	{ "escapes", escapes, NT_DNS_UNICAST },
	{ "escapes-few", escapes_few, NT_DNS_UNICAST },
	{ "pointer-chains", pointer_chains, NT_DNS_UNICAST },
	{ "chain-backward", chain_backward, NT_DNS_UNICAST },
	{ "chain-missed", chain_missed, NT_DNS_UNICAST },
	{ "binding-of-parameters", binding, NT_DNS_UNICAST },
	{ "binding-mandatory", mandatory_list, NT_DNS_UNICAST },
	{ "binding-alpn", alpn_list, NT_DNS_UNICAST },
	{ "binding-hints", hints, NT_DNS_UNICAST },
	{ "binding-hints-read", hints_read, NT_DNS_UNICAST },
	{ "bindings-in-a-row", bindings_in_a_row, NT_DNS_UNICAST },
	{ "strings", strings, NT_DNS_UNICAST },
	{ "empty-records", empty_records, NT_DNS_UNICAST },
	{ "reverse-names", pointers_to_names, NT_DNS_UNICAST },
	{ "mdns-questions", questions, NT_DNS_MULTICAST },
	{ "mdns-owners", owners, NT_DNS_MULTICAST },
	{ NULL, NULL, NT_DNS_UNICAST },
};
