/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is one DNS message, read by us and by libknot: what we accept, it accepts, and what we
 * take from it, it has. Where we differ on purpose:
 * - what stands behind the last record is not looked at, there or here: libknot calls it malformed;
 * - of records from which nothing is taken (by their type or class; the authority section, and the
 *   additional one unless a service binding was asked for), the owner's own labels and the length
 *   count, not where its pointer leads, nor the rdata; and libknot has rules for where OPT and TSIG
 *   may stand;
 * - where the pointer of a CNAME's or PTR's rdata leads is looked at when the question reaches it;
 *   and it may lead to the root's octet, which libknot refuses;
 * - a service binding that breaks its rules is left out and counted (refused_svcb): others hold;
 * - what lies beyond a bound (records, addresses, work) is not read: refused_limit says so, or
 *   unread, where nothing would have been taken from it.
 * We are the stricter ones with pointers (16 at most), counts, questions, names of more than 255
 * bytes when escaped, and CNAMEs. Of one transport only: libknot knows no multicast DNS.
 */
#include <stdlib.h>
#include <string.h>

#include <libknot/libknot.h>

#include <nt_dns.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEADER	     12
#define RECORD_FIXED 10
#define CLASS_IN     1

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static unsigned int
u16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

static bool
is_name(unsigned int type)
{
	return type == NT_DNS_TYPE_CNAME || type == NT_DNS_TYPE_PTR;
}

static bool
is_address(unsigned int type)
{
	return type == NT_DNS_TYPE_A || type == NT_DNS_TYPE_AAAA;
}

/* Length of the question's name on the wire; libknot must like it. */
static size_t
question_name(const uint8_t *wire, size_t size)
{
	const int len = knot_dname_wire_check(wire + HEADER, wire + size, wire);
	require(len > 0);
	return (size_t)len;
}

/* The octets of a name up to its end or first pointer. */
static size_t
step_over(const uint8_t *wire, size_t size, size_t from)
{
	size_t at = from;

	/* Ends: size is 64 KiB at most. */
	while (at < size && wire[at] != 0 && wire[at] < 0xc0)
		at += 1u + wire[at];
	require(at < size);
	return at - from + (wire[at] == 0 ? 1 : 2);
}

/* A record at *at, and where the next one is. libknot may reject what names nothing. */
static void
check_record(uint8_t *wire, size_t size, bool read, size_t *at)
{
	const size_t fixed = *at + step_over(wire, size, *at);
	require(fixed + RECORD_FIXED <= size);
	const size_t rdata = fixed + RECORD_FIXED, next = rdata + u16(wire + fixed + 8);
	const unsigned int type = u16(wire + fixed);
	read = read && u16(wire + fixed + 2) == CLASS_IN;
	require(next <= size);
	if (read && is_name(type))
		require(rdata + step_over(wire, size, rdata) == next);
	if (read && is_address(type)) {
		knot_rrset_t rr;
		size_t pos = *at;
		knot_rrset_init_empty(&rr);
		require(knot_rrset_rr_from_wire(wire, &pos, size, &rr, NULL, false) == KNOT_EOK);
		require(pos == next);
		knot_rrset_clear(&rr, NULL);
	}
	*at = next;
}

/* libknot rejects the message: is it for a reason that we differ in? Then its records are right. */
static void
explain(const struct nt_dns_message *m, uint8_t *wire, size_t size)
{
	const bool binding = m->qtype == NT_DNS_TYPE_SVCB || m->qtype == NT_DNS_TYPE_HTTPS;
	const unsigned int answers = u16(wire + 6), authorities = u16(wire + 8);
	const unsigned int records = answers + authorities + u16(wire + 10);
	size_t at = HEADER + question_name(wire, size) + 4;

	for (unsigned int i = 0; i < records && m->refused_limit == 0 && !m->unread; i++)
		check_record(
			wire, size, i < answers || (binding && i >= answers + authorities), &at);
}

static bool
has_address(const knot_pktsection_t *section, const struct nt_dns_answer *a)
{
	const size_t len = a->addr.family == NT_FAMILY_IPV4 ? 4 : 16;

	for (uint16_t i = 0; i < section->count; i++) {
		const knot_rrset_t *rr = knot_pkt_rr(section, i);
		if (rr->type != a->type)
			continue;
		const knot_rdata_t *rdata = rr->rrs.rdata;
		for (uint16_t k = 0; k < rr->rrs.count;
			k++, rdata = knot_rdataset_next((knot_rdata_t *)(uintptr_t)rdata))
			if (rdata->len == len && memcmp(rdata->data, a->addr.bytes, len) == 0)
				return true;
	}
	return false;
}

static void
compare(const struct nt_dns_message *m, const knot_pkt_t *pkt)
{
	for (unsigned int i = 0; i < m->answer_count; i++) {
		const struct nt_dns_answer *a = &m->answers[i];
		if (a->type == NT_DNS_TYPE_A || a->type == NT_DNS_TYPE_AAAA)
			require(has_address(knot_pkt_section(pkt, KNOT_ANSWER), a) ||
				has_address(knot_pkt_section(pkt, KNOT_ADDITIONAL), a));
	}
	require(m->id == knot_wire_get_id(pkt->wire));
	require(m->qtype == knot_pkt_qtype(pkt) && m->qclass == knot_pkt_qclass(pkt));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nt_dns_message m;

	if (size > UINT16_MAX || nt_dns_parse(&m, data, size, NT_DNS_UNICAST) != NT_DNS_OK)
		return 0;
	uint8_t *wire = malloc(size);
	require(wire != NULL);
	memcpy(wire, data, size);
	knot_pkt_t *pkt = knot_pkt_new(wire, (uint16_t)size, NULL);
	require(pkt != NULL);
	if (!m.response)
		require(knot_pkt_parse_question(pkt) == KNOT_EOK);
	else if (knot_pkt_parse(pkt, KNOT_PF_KEEPWIRE) == KNOT_EOK)
		compare(&m, pkt);
	else
		explain(&m, wire, size);
	knot_pkt_free(pkt);
	free(wire);
	return 0;
}
