/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random right messages: a question, a chain, addresses at its nodes and beside it, records in any
 * order, names compressed or not, in any case of letters. What is read is what was built.
 */
#include <stdio.h>

#include "dns_build.h"

#define ROUNDS	    20000
#define LABELS_MAX  5
#define NAMES_MAX   12
#define ADDRS_MAX   12
#define RECORDS_MAX (NT_DNS_CHAIN_MAX + 3 * ADDRS_MAX)
#define PLACES_MAX  512

struct link_or_addr {
	unsigned int owner; /* of names; the chain's, or one beside it */
	unsigned int target; /* CNAME: of names */
	struct nt_addr addr; /* family 0: a CNAME */
	uint32_t ttl;
};

/* Where a name's tail of labels stands, for pointers. */
struct place {
	char text[64];
	size_t at;
	unsigned int pointers;
};

static struct wire w;
static struct nt_dns_message m;
static char names[NAMES_MAX][64];
static unsigned int chain_len; /* CNAMEs; names[chain_len + 1] on are beside it */
static struct link_or_addr records[RECORDS_MAX];
static unsigned int record_count;
static struct place places[PLACES_MAX];
static unsigned int place_count;

static unsigned int
pick(unsigned int n)
{
	return (unsigned int)random() % n;
}

static void
random_name(unsigned int i)
{
	size_t n = (size_t)snprintf(names[i], sizeof(names[i]), "n%u", i);

	for (unsigned int labels = pick(LABELS_MAX); labels > 0; labels--) {
		names[i][n++] = '.';
		for (unsigned int k = 1 + pick(9); k > 0; k--)
			names[i][n++] = (char)('a' + pick(3));
	}
	names[i][n] = '\0';
}

static const struct place *
place_of(const char *text)
{
	for (unsigned int i = 0; i < place_count; i++) {
		if (strcmp(places[i].text, text) == 0 && places[i].pointers < NT_DNS_POINTERS_MAX)
			return &places[i];
	}
	return NULL;
}

static unsigned int
remember(const char *text, size_t at, unsigned int pointers)
{
	if (place_count < PLACES_MAX && at < 0x4000) {
		places[place_count].at = at;
		places[place_count].pointers = pointers;
		snprintf(places[place_count].text, sizeof(places[0].text), "%s", text);
		place_count++;
	}
	return pointers;
}

/* Puts a name; at each label, perhaps a pointer to where the rest of it stands already. */
static unsigned int
put_random(const char *text)
{
	const struct place *known = pick(3) > 0 ? place_of(text) : NULL;
	size_t at = w.len, n = strcspn(text, ".");

	if (known != NULL) {
		unsigned int pointers = known->pointers + 1;

		put_pointer(&w, known->at);
		return remember(text, at, pointers);
	}
	if (n == 0) {
		put8(&w, 0);
		return 0;
	}
	put8(&w, (unsigned int)n);
	for (size_t i = 0; i < n; i++) {
		bool upper = text[i] >= 'a' && text[i] <= 'z' && pick(2) == 0;

		put8(&w, (unsigned int)(upper ? text[i] - 'a' + 'A' : text[i]));
	}
	return remember(text, at, put_random(text + n + (text[n] == '.')));
}

static void
make_records(void)
{
	chain_len = pick(4) > 0 ? pick(4) : pick(NT_DNS_CHAIN_MAX + 1);
	record_count = 0;
	for (unsigned int i = 0; i < NAMES_MAX; i++)
		random_name(i);
	for (unsigned int i = 0; i < chain_len; i++)
		records[record_count++] =
			(struct link_or_addr){ .owner = i, .target = i + 1, .ttl = pick(1000) };
	for (unsigned int i = pick(ADDRS_MAX + 1); i > 0; i--) {
		uint8_t b[16] = { 0x20, 1, 0xd, 0xb8, (uint8_t)pick(4), (uint8_t)pick(256) };
		unsigned int owner = pick(4) > 0 ? chain_len : pick(NAMES_MAX);

		records[record_count++] = (struct link_or_addr){ .owner = owner,
			.addr = pick(2) ? nt_addr_v4(b + 2) : nt_addr_v6(b),
			.ttl = pick(1000) };
	}
	for (unsigned int i = record_count; pick(2) && i-- > 1;) {
		unsigned int k = pick(i + 1);
		struct link_or_addr r = records[i];

		records[i] = records[k];
		records[k] = r;
	}
}

static void
put_record(const struct link_or_addr *r)
{
	put_random(names[r->owner]);
	if (r->addr.family != 0) {
		bool v4 = r->addr.family == NT_FAMILY_IPV4;

		put_fixed(&w, v4 ? NT_DNS_TYPE_A : NT_DNS_TYPE_AAAA, r->ttl, v4 ? 4 : 16);
		put(&w, r->addr.bytes, v4 ? 4 : 16);
		return;
	}
	put_fixed(&w, NT_DNS_TYPE_CNAME, r->ttl, 0);
	size_t rdata = w.len;
	put_random(names[r->target]);
	w.bytes[rdata - 2] = (uint8_t)((w.len - rdata) >> 8);
	w.bytes[rdata - 1] = (uint8_t)(w.len - rdata);
}

/* Behind the answers stand an address that must not be taken, and perhaps OPT. */
static void
put_message(void)
{
	bool edns = pick(2) == 0;

	place_count = 0;
	put_header(&w, RESPONSE, 1, record_count, 1, edns);
	put_random(names[0]);
	put32(&w, 0x00010001);
	for (unsigned int i = 0; i < record_count; i++)
		put_record(&records[i]);
	put_random(names[0]);
	put_a(&w, 1, "192.0.2.99");
	if (edns) {
		put8(&w, 0);
		put_fixed(&w, 41, 0, 0);
	}
}

static uint32_t
chain_ttl(unsigned int node)
{
	uint32_t least = INT32_MAX;

	for (unsigned int i = 0; i < record_count; i++) {
		if (records[i].addr.family == 0 && records[i].owner < node)
			least = NT_MIN(least, records[i].ttl);
	}
	return least;
}

static void
check_message(void)
{
	unsigned int taken = 0, beside = 0;

	assert_int_equal(m.qname_len, strlen(names[0]));
	assert_memory_equal(m.qname, names[0], m.qname_len);
	for (unsigned int i = 0; i < record_count; i++) {
		const struct link_or_addr *r = &records[i];
		char addr[NT_ADDR_STRLEN];

		if (r->addr.family == 0)
			continue;
		if (r->owner > chain_len) {
			beside++;
			continue;
		}
		nt_addr_format(&r->addr, addr);
		assert_answer(&m, taken++,
			r->addr.family == NT_FAMILY_IPV4 ? NT_DNS_TYPE_A : NT_DNS_TYPE_AAAA,
			names[0], addr, NT_MIN(r->ttl, chain_ttl(r->owner)));
	}
	assert_int_equal(m.answer_count, taken);
	assert_int_equal(m.refused_chain, beside);
	assert_int_equal(m.refused_limit + m.refused_unusable, 0);
}

static void
test_built_is_read(void **state)
{
	unsigned int costly = 0;

	(void)state;
	srandom(2);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		make_records();
		put_message();
		enum nt_dns_reason reason = parse(&m, &w);
		/* Ten CNAMEs in the worst order may cost too much; hardly any message does. */
		if (reason == NT_DNS_WORK || m.refused_limit != 0) {
			costly++;
			continue;
		}
		assert_reason(reason, NT_DNS_OK);
		check_message();
	}
	assert_true(costly < ROUNDS / 100);
}

/* Any one bit wrong: whatever is made of it, nothing is read outside. */
static void
test_flipped_bits(void **state)
{
	(void)state;
	srandom(3);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		make_records();
		put_message();
		w.bytes[pick((unsigned int)w.len)] ^= (uint8_t)(1u << pick(8));
		enum nt_dns_reason reason = parse(&m, &w);
		assert_true(reason == NT_DNS_OK || m.answer_count == 0);
		reason = parse_mdns(&m, &w);
		assert_true(reason == NT_DNS_OK || m.answer_count == 0);
		reason = parse_cut(&m, &w, pick((unsigned int)w.len), NT_DNS_UNICAST);
		assert_true(reason == NT_DNS_OK || m.answer_count == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_built_is_read),
		cmocka_unit_test(test_flipped_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
