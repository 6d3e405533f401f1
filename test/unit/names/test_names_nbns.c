/* SPDX-License-Identifier: BSD-3-Clause */
/* NetBIOS name service: the packets of RFC 1002 4.2, and broken ones. */
#include "dns_build.h"
#include <nt_nbns.h>

#define REGISTRATION 0x2910 /* opcode 5, RD, B: RFC 1002 4.2.2 */
#define REGISTERED   0xad80 /* its positive response: 4.2.5 */
#define REFRESH	     0x4110
#define ANSWER	     0x8580 /* a positive query response: 4.2.13 */
#define STATUS	     0x8400
#define NB	     0x20
#define NBSTAT	     0x21
#define GROUP	     0x8000

static struct wire w;
static struct nt_nbns_message m;

static void
put_netbios(const char *name, unsigned int suffix)
{
	const size_t len = strlen(name);

	put8(&w, 32);
	for (size_t i = 0; i < 16; i++) {
		const uint8_t b = i == 15 ? (uint8_t)suffix : (uint8_t)(i < len ? name[i] : ' ');

		put8(&w, 'A' + (unsigned int)(b >> 4));
		put8(&w, 'A' + (unsigned int)(b & 15));
	}
}

static void
put_interface(unsigned int flags, const char *text)
{
	struct nt_addr addr;

	assert_int_equal(nt_addr_parse(text, &addr), 0);
	put16(&w, flags);
	put(&w, addr.bytes, 4);
}

static void
put_record(unsigned int type, unsigned int rdlength)
{
	put16(&w, type);
	put16(&w, IN);
	put32(&w, 300000);
	put16(&w, rdlength);
}

static void
put_registration(unsigned int opcode, const char *name, unsigned int suffix, unsigned int flags)
{
	put_header(&w, opcode, 1, 0, 0, 1);
	put_netbios(name, suffix);
	put8(&w, 0);
	put16(&w, NB);
	put16(&w, IN);
	put_pointer(&w, QNAME_AT);
	put_record(NB, 6);
	put_interface(flags, "192.168.1.9");
}

static enum nt_nbns_reason
parse_nbns(size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	memcpy(copy, w.bytes, len);
	memset(&m, 0xa5, sizeof(m));
	const enum nt_nbns_reason reason = nt_nbns_parse(&m, copy, len);
	free(copy);
	return reason;
}

static void
assert_name(const char *name)
{
	assert_int_equal(m.name_len, strlen(name));
	assert_memory_equal(m.name, name, m.name_len);
}

static void
assert_addr(unsigned int i, const char *text)
{
	struct nt_addr addr;

	assert_true(i < m.addr_count);
	assert_int_equal(nt_addr_parse(text, &addr), 0);
	assert_true(nt_addr_equal(&addr, &m.addrs[i]));
}

static void
test_registration(void **state)
{
	static const unsigned int opcodes[] = { REGISTRATION, REFRESH, 0x4910, 0x7910 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(opcodes); i++) {
		put_registration(opcodes[i], "MYHOST", 0x20, 0x6000);
		assert_int_equal(parse_nbns(w.len), NT_NBNS_OK);
		assert_name("myhost");
		assert_int_equal(m.suffix, 0x20);
		assert_int_equal(m.ttl_sec, 300000);
		assert_int_equal(m.addr_count, 1);
		assert_addr(0, "192.168.1.9");
		assert_false(m.response);
		for (size_t len = 0; len < w.len; len++)
			assert_int_equal(parse_nbns(len), NT_NBNS_SHORT);
	}
}

/* Groups, names that are no machines, releases, conflicts, queries. */
static void
test_nothing(void **state)
{
	(void)state;
	put_registration(REGISTRATION, "WORKGROUP", 0x00, GROUP);
	assert_int_equal(parse_nbns(w.len), NT_NBNS_NOTHING);
	put_registration(REGISTRATION, "USER", 0x03, 0);
	assert_int_equal(parse_nbns(w.len), NT_NBNS_NOTHING);
	put_registration(REGISTRATION, "DOMAIN", 0x1c, 0);
	assert_int_equal(parse_nbns(w.len), NT_NBNS_NOTHING);
	put_registration(0x3110, "MYHOST", 0x20, 0); /* release */
	assert_int_equal(parse_nbns(w.len), NT_NBNS_NOTHING);
	put_registration(REGISTRATION, "", 0x20, 0);
	assert_int_equal(parse_nbns(w.len), NT_NBNS_NOTHING);
	put_registration(REGISTRATION, "*", 0x00, 0);
	assert_int_equal(parse_nbns(w.len), NT_NBNS_NOTHING);
	put_header(&w, 0x0110, 1, 0, 0, 0);
	put_netbios("MYHOST", 0x20);
	put8(&w, 0);
	put16(&w, NB);
	put16(&w, IN);
	assert_int_equal(parse_nbns(w.len), NT_NBNS_NOTHING);
}

static void
put_answer(unsigned int flags, unsigned int interfaces)
{
	put_header(&w, flags, 0, 1, 0, 0);
	put_netbios("MyHost", 0x00);
	put8(&w, 0);
	put_record(NB, 6 * interfaces);
	for (unsigned int i = 0; i < interfaces; i++)
		put_interface(0x6000, i % 2 ? "192.168.1.9" : "10.0.0.9");
}

static void
test_answer(void **state)
{
	(void)state;
	put_answer(ANSWER, 2);
	assert_int_equal(parse_nbns(w.len), NT_NBNS_OK);
	assert_name("myhost");
	assert_true(m.response);
	assert_false(m.from_sender);
	assert_int_equal(m.addr_count, 2);
	assert_addr(0, "10.0.0.9");
	assert_addr(1, "192.168.1.9");
	put_answer(REGISTERED, 1);
	assert_int_equal(parse_nbns(w.len), NT_NBNS_OK);
	put_answer(ANSWER | 3, 1); /* NXDOMAIN */
	assert_int_equal(parse_nbns(w.len), NT_NBNS_NOTHING);
	put_answer(ANSWER, NT_NBNS_ADDRS_MAX + 5);
	assert_int_equal(parse_nbns(w.len), NT_NBNS_OK);
	assert_int_equal(m.addr_count, NT_NBNS_ADDRS_MAX);
	assert_int_equal(m.refused, 5);
	put_answer(ANSWER, 0);
	assert_int_equal(parse_nbns(w.len), NT_NBNS_RDLENGTH);
}

static void
put_status_name(const char *name, unsigned int suffix, unsigned int flags)
{
	char padded[16];

	memset(padded, ' ', 15);
	memcpy(padded, name, strlen(name));
	padded[15] = (char)suffix;
	put(&w, padded, 16);
	put16(&w, flags);
}

/* RFC 1002 4.2.18 */
static void
test_status(void **state)
{
	(void)state;
	put_header(&w, STATUS, 0, 1, 0, 0);
	put_netbios("*", 0);
	put8(&w, 0);
	put_record(NBSTAT, 1 + 4 * 18);
	put8(&w, 4);
	put_status_name("WORKGROUP", 0x00, GROUP | 0x0400);
	put_status_name("SERVER", 0x20, 0x0400);
	put_status_name("STATION", 0x00, 0x0400);
	put_status_name("LATER", 0x00, 0x0400);
	assert_int_equal(parse_nbns(w.len), NT_NBNS_OK);
	assert_name("station");
	assert_true(m.from_sender);
	assert_int_equal(m.addr_count, 0);
	for (size_t len = 0; len < w.len; len++)
		assert_int_equal(parse_nbns(len), NT_NBNS_SHORT);
	w.bytes[12 + 34 + 10] = 5; /* one name more than there is room for */
	assert_int_equal(parse_nbns(w.len), NT_NBNS_RDLENGTH);
}

/* RFC 1001 14.1: only A to P; a scope of labels; pointers backward only. */
static void
test_names(void **state)
{
	(void)state;
	put_registration(REGISTRATION, "MYHOST", 0x20, 0);
	w.bytes[QNAME_AT + 5] = 'Q';
	assert_int_equal(parse_nbns(w.len), NT_NBNS_NAME);
	put_registration(REGISTRATION, "MYHOST", 0x20, 0);
	w.bytes[QNAME_AT] = 31;
	assert_int_equal(parse_nbns(w.len), NT_NBNS_NAME);
	put_registration(REGISTRATION, "MYHOST", 0x20, 0);
	w.bytes[QNAME_AT + 38 + 1] = QNAME_AT + 38; /* the pointer, at itself */
	assert_int_equal(parse_nbns(w.len), NT_NBNS_NAME);
	w.bytes[QNAME_AT + 38 + 1] = 4; /* into the header */
	assert_int_equal(parse_nbns(w.len), NT_NBNS_NAME);
}

static void
test_scope(void **state)
{
	(void)state;
	for (unsigned int labels = 1; labels <= 4; labels++) {
		put_header(&w, ANSWER, 0, 1, 0, 0);
		put_netbios("MYHOST", 0x20);
		for (unsigned int i = 0; i < labels; i++) {
			put8(&w, 63);
			w.len += 63;
		}
		put8(&w, 0);
		put_record(NB, 6);
		put_interface(0, "192.168.1.9");
		assert_int_equal(parse_nbns(w.len), labels <= 3 ? NT_NBNS_OK : NT_NBNS_NAME);
	}
}

/* Nobody is called so. */
static void
test_unusable(void **state)
{
	(void)state;
	put_registration(REGISTRATION, "MYHOST", 0x20, 0);
	memset(w.bytes + w.len - 4, 0, 4);
	assert_int_equal(parse_nbns(w.len), NT_NBNS_OK);
	assert_int_equal(m.addr_count, 0);
	assert_int_equal(m.refused, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registration),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_unusable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
