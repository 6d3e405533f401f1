/* SPDX-License-Identifier: BSD-3-Clause */
#include <nt_cursor.h>
#include <nt_dns_confirm.h>

#define HEADER_BYTES 12
#define NAME_ROOM    512 /* what Zeek keeps of a name */
#define LABEL_MAX    63

/*
 * Labels, strings and twice the records that are looked at, each some 40 instructions, as a record
 * whose owner is a pointer: of a message with more it is not told whether it is DNS. 64 addresses
 * are 130 and what the question takes. A query says so, too, and Zeek looks at all.
 */
#define STEPS_MAX 140

/* Bytes of a message that are left. */
struct rest {
	const uint8_t *p;
	size_t len;
	unsigned int steps;
};

/* The data of one type of record as far as it decides where the next one begins. */
struct record_form {
	uint16_t type;
	uint8_t need; /* octets that must be left in the message */
	uint8_t before; /* octets before the names */
	uint8_t names;
	uint8_t after; /* octets that must follow them */
	bool whole; /* then the data's claimed length decides, unless the names took more */
};

static const struct record_form forms[] = {
	{ .type = 2, .names = 1 }, /* NS */
	{ .type = 5, .names = 1 }, /* CNAME */
	{ .type = 6, .names = 2, .after = 20 }, /* SOA */
	{ .type = 12, .names = 1 }, /* PTR */
	{ .type = 15, .before = 2, .names = 1 }, /* MX */
	{ .type = 29, .need = 15, .whole = true }, /* LOC */
	{ .type = 33, .before = 6, .names = 1 }, /* SRV */
	{ .type = 43, .need = 4, .whole = true }, /* DS */
	{ .type = 44, .need = 2, .whole = true }, /* SSHFP */
	{ .type = 46, .need = 18, .before = 18, .names = 1, .whole = true }, /* RRSIG */
	{ .type = 47, .names = 1, .whole = true }, /* NSEC */
	{ .type = 48, .need = 4, .whole = true }, /* DNSKEY */
	{ .type = 50, .need = 6, .whole = true }, /* NSEC3 */
	{ .type = 51, .need = 5, .whole = true }, /* NSEC3PARAM */
	{ .type = 64, .need = 3, .before = 2, .names = 1, .whole = true }, /* SVCB */
	{ .type = 65, .need = 3, .before = 2, .names = 1, .whole = true }, /* HTTPS */
};

enum {
	TYPE_A = 1,
	TYPE_WKS = 11,
	TYPE_HINFO = 13,
	TYPE_TXT = 16,
	TYPE_AAAA = 28,
	TYPE_SRV = 33,
	TYPE_A6 = 38,
	TYPE_SPF = 99,
};

static void
take(struct rest *r, size_t n)
{
	n = NT_MIN(n, r->len);
	r->p += n;
	r->len -= n;
}

static bool
spend(struct rest *r, unsigned int steps)
{
	if (r->steps < steps) {
		r->steps = 0;
		return false;
	}
	r->steps -= steps;
	return true;
}

/* Zero where there are fewer than two, which then stay. */
static uint16_t
take_u16(struct rest *r)
{
	if (r->len < 2)
		return 0;
	const uint16_t v = (uint16_t)(r->p[0] << 8 | r->p[1]);
	take(r, 2);
	return v;
}

/* A name never fails: whatever is wrong with a label ends it behind the label's first octet. */
static void
take_name(struct rest *r, bool netbios)
{
	size_t room = NAME_ROOM;

	if (r->len >= 2 && r->p[0] >= 0xc0) {
		take(r, 2);
		return;
	}
	while (r->len > 0 && spend(r, 1)) {
		const size_t label = r->p[0];

		take(r, 1);
		if (r->len == 0 || label == 0)
			return;
		if ((label & 0xc0) == 0xc0) {
			take(r, 1);
			return;
		}
		if (label > r->len) {
			take(r, r->len);
			return;
		}
		if ((label > LABEL_MAX && !netbios) || label >= room)
			return;
		room -= label + 1;
		take(r, label);
	}
}

static bool
take_form(struct rest *r, const struct record_form *form, size_t rdlength, bool netbios)
{
	const size_t before = r->len;

	if (r->len < form->need)
		return false;
	take(r, form->before);
	for (unsigned int i = 0; i < form->names; i++)
		take_name(r, netbios);
	if (r->len < form->after)
		return false;
	take(r, form->after);
	if (form->whole && before - r->len < rdlength)
		take(r, rdlength - (before - r->len));
	return true;
}

/* Strings of one octet of length each, which must fill the data. */
static bool
take_strings(struct rest *r, size_t rdlength, unsigned int max)
{
	for (unsigned int i = 0; i < max && rdlength > 0 && spend(r, 1); i++) {
		const size_t len = r->p[0];

		take(r, 1);
		rdlength--;
		if (len > rdlength)
			return rdlength == 0;
		take(r, len);
		rdlength -= len;
	}
	return rdlength == 0;
}

static bool
take_rdata(struct rest *r, unsigned int type, size_t rdlength, bool netbios)
{
	switch (type) {
	case TYPE_A:
		take(r, 4);
		return rdlength == 4;
	case TYPE_A6:
	case TYPE_AAAA:
		take(r, NT_MIN(r->len & ~(size_t)3, 16)); /* four words, as far as there are any */
		return true;
	case TYPE_WKS: /* Zeek doesn't step over it */
		return true;
	case TYPE_HINFO:
		return take_strings(r, rdlength, 2);
	case TYPE_TXT:
	case TYPE_SPF:
		return take_strings(r, rdlength, UINT16_MAX);
	case TYPE_SRV:
		if (netbios)
			return true; /* it is NBSTAT there, and not stepped over either */
		break;
	default:
		break;
	}
	for (size_t i = 0; i < NT_ARRAY_SIZE(forms); i++)
		if (forms[i].type == type)
			return take_form(r, &forms[i], rdlength, netbios);
	take(r, rdlength);
	return true;
}

static bool
take_question(struct rest *r, bool netbios)
{
	take_name(r, netbios);
	if (r->len < 4)
		return false;
	take(r, 4);
	return true;
}

/* Ends with the message: at least four octets go with each record. */
static bool
take_record(struct rest *r, bool netbios)
{
	take_name(r, netbios);
	if (r->len < 4)
		return false;
	const unsigned int type = take_u16(r);
	take(r, 2);
	if (r->len >= 4)
		take(r, 4);
	const size_t rdlength = take_u16(r);
	if (rdlength > r->len || (rdlength == 0 && r->len > 0))
		return false;
	return take_rdata(r, type, rdlength, netbios);
}

enum nt_dns_confirm
nt_dns_confirm(const uint8_t *msg, size_t len, bool netbios)
{
	struct rest r = { .p = msg, .len = len, .steps = STEPS_MAX };

	if (len < HEADER_BYTES)
		return NT_DNS_CONFIRM_NO;
	if ((msg[2] >> 3 & 0xf) != 0 && !netbios)
		return NT_DNS_CONFIRM_OPCODE;
	const unsigned int questions = (unsigned int)msg[4] << 8 | msg[5];
	const unsigned int answers = (unsigned int)msg[6] << 8 | msg[7];
	if (questions > NT_DNS_CONFIRM_QUESTIONS_MAX)
		return NT_DNS_CONFIRM_VIOLATION;
	take(&r, HEADER_BYTES);
	for (unsigned int i = 0; i < questions; i++)
		if (!take_question(&r, netbios))
			return NT_DNS_CONFIRM_NO;
	for (unsigned int i = 0; i < answers; i++)
		if (!spend(&r, 2) || !take_record(&r, netbios))
			return NT_DNS_CONFIRM_NO;
	return r.steps != 0 ? NT_DNS_CONFIRM_YES : NT_DNS_CONFIRM_NO;
}
