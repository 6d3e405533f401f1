/* SPDX-License-Identifier: BSD-3-Clause */
/* DHCPv4 and DHCPv6: who gets which name from which message. */
#include "dns_build.h"
#include <nt_dhcp.h>

static struct wire w;
static struct nt_dhcp_message m;

static enum nt_dhcp_reason
parse_with(enum nt_dhcp_reason (*fn)(struct nt_dhcp_message *, const uint8_t *, size_t), size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	memcpy(copy, w.bytes, len);
	memset(&m, 0xa5, sizeof(m));
	const enum nt_dhcp_reason reason = fn(&m, copy, len);
	free(copy);
	return reason;
}

static enum nt_dhcp_reason
parse4(void)
{
	return parse_with(nt_dhcp_parse, w.len);
}

static enum nt_dhcp_reason
parse6(void)
{
	return parse_with(nt_dhcp6_parse, w.len);
}

static void
assert_name(unsigned int i, const char *name)
{
	assert_true(i < m.name_count);
	assert_int_equal(m.names[i].len, strlen(name));
	assert_memory_equal(m.names[i].text, name, strlen(name));
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
put_addr(size_t at, const char *text)
{
	struct nt_addr addr;

	assert_int_equal(nt_addr_parse(text, &addr), 0);
	memcpy(w.bytes + at, addr.bytes, 4);
}

/* RFC 2131 2, without addresses. */
static void
put_bootp(unsigned int op, unsigned int type)
{
	w.len = 236;
	memset(w.bytes, 0, w.len);
	w.bytes[0] = (uint8_t)op;
	put32(&w, 0x63825363);
	put(&w, (const uint8_t[]){ 53, 1, (uint8_t)type }, 3);
}

static void
put_option(unsigned int code, const void *bytes, size_t len)
{
	put8(&w, code);
	put8(&w, (unsigned int)len);
	put(&w, bytes, len);
}

static void
test_ack(void **state)
{
	(void)state;
	put_bootp(2, 5);
	put_addr(16, "192.168.1.20");
	put_option(51, "\0\0\x0e\x10", 4);
	put_option(12, "Laptop", 7); /* its NUL too */
	put_option(81, "\4\0\0\6Laptop\7Example\3com\0", 3 + 20);
	put8(&w, 255);
	assert_int_equal(parse4(), NT_DHCP_OK);
	assert_false(m.asked);
	assert_false(m.has_mac);
	assert_int_equal(m.lease_sec, 3600);
	assert_int_equal(m.addr_count, 1);
	assert_addr(0, "192.168.1.20");
	assert_int_equal(m.name_count, 2);
	assert_name(0, "laptop");
	assert_name(1, "laptop.example.com");
	for (size_t len = 0; len < w.len; len++)
		assert_true(parse_with(nt_dhcp_parse, len) <= NT_DHCP_NAME);
}

static void
put_mac(unsigned int htype, unsigned int hlen)
{
	w.bytes[1] = (uint8_t)htype;
	w.bytes[2] = (uint8_t)hlen;
	memcpy(w.bytes + 28, "\2\0\0\0\1\7", 6);
}

static void
test_link_address(void **state)
{
	(void)state;
	put_bootp(2, 5);
	put_mac(1, 6);
	put_addr(16, "192.168.1.20");
	assert_int_equal(parse4(), NT_DHCP_OK); /* without a name, too */
	assert_true(m.has_mac);
	assert_memory_equal(m.mac, "\2\0\0\0\1\7", 6);
	assert_int_equal(m.name_count, 0);
	assert_int_equal(m.addr_count, 1);
	assert_addr(0, "192.168.1.20");
	put_mac(6, 6);
	assert_int_equal(parse4(), NT_DHCP_NOTHING);
	put_mac(1, 16);
	assert_int_equal(parse4(), NT_DHCP_NOTHING);
	put_bootp(2, 5);
	put_mac(1, 6);
	assert_int_equal(parse4(), NT_DHCP_NOTHING); /* no address */
	put_bootp(1, 3); /* what a client asks for is not its own yet */
	put_mac(1, 6);
	put_option(50, "\xc0\xa8\1\x14", 4);
	assert_int_equal(parse4(), NT_DHCP_NOTHING);
	put_option(12, "host", 4);
	assert_int_equal(parse4(), NT_DHCP_OK);
	assert_false(m.has_mac);
}

static void
test_confirm(void **state)
{
	(void)state;
	put_bootp(2, 5);
	put8(&w, 0); /* pad */
	put_option(51, "x", 1); /* of a wrong length: that is not looked at */
	assert_false(nt_dhcp_confirm(w.bytes, w.len)); /* no end */
	put8(&w, 255);
	assert_true(nt_dhcp_confirm(w.bytes, w.len));
	for (size_t len = 0; len < w.len; len++)
		assert_false(nt_dhcp_confirm(w.bytes, len));
	w.bytes[239] ^= 1;
	assert_false(nt_dhcp_confirm(w.bytes, w.len));
	put_bootp(1, 1);
	put8(&w, 12); /* longer than there are bytes */
	put8(&w, 2);
	put8(&w, 255);
	assert_false(nt_dhcp_confirm(w.bytes, w.len));
}

static void
test_request(void **state)
{
	(void)state;
	put_bootp(1, 3);
	put_option(50, "\xc0\xa8\1\x14", 4);
	put_option(12, "host", 4);
	put_option(81, "\0\0\0HOST.", 8); /* the same, in text */
	assert_int_equal(parse4(), NT_DHCP_OK);
	assert_true(m.asked);
	assert_addr(0, "192.168.1.20");
	assert_int_equal(m.name_count, 1);
	assert_name(0, "host");

	put_bootp(1, 3); /* renewing */
	put_addr(12, "192.168.1.21");
	put_option(12, "host", 4);
	assert_int_equal(parse4(), NT_DHCP_OK);
	assert_addr(0, "192.168.1.21");
}

static void
test_nothing(void **state)
{
	static const unsigned int types[] = { 1, 2, 4, 6, 7, 0, 200 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(types); i++) {
		put_bootp(types[i] == 2 || types[i] == 6 ? 2 : 1, types[i]);
		put_addr(12, "192.168.1.21");
		put_addr(16, "192.168.1.21");
		put_option(50, "\xc0\xa8\1\x14", 4);
		put_option(12, "host", 4);
		assert_int_equal(parse4(), NT_DHCP_NOTHING);
	}
	put_bootp(2, 5);
	put_addr(16, "192.168.1.20");
	assert_int_equal(parse4(), NT_DHCP_NOTHING);
	put_bootp(2, 5);
	put_option(12, "host", 4);
	assert_int_equal(parse4(), NT_DHCP_NOTHING);
	assert_int_equal(m.refused, 1);
	put_bootp(2, 5);
	put_addr(16, "192.168.1.20");
	put_option(12, "", 0);
	assert_int_equal(parse4(), NT_DHCP_NOTHING);
}

static void
test_lengths(void **state)
{
	(void)state;
	put_bootp(1, 3);
	put_option(50, "\xc0\xa8\1", 3);
	assert_int_equal(parse4(), NT_DHCP_OPTION);
	put_bootp(1, 3);
	put_option(53, "", 0);
	assert_int_equal(parse4(), NT_DHCP_OPTION);
	put_bootp(1, 3);
	put8(&w, 12);
	put8(&w, 5);
	put8(&w, 'x');
	assert_int_equal(parse4(), NT_DHCP_SHORT);
	put_bootp(2, 5);
	put_addr(16, "192.168.1.20");
	put_option(81, "\4\0", 2);
	assert_int_equal(parse4(), NT_DHCP_OPTION);
	put_bootp(2, 5);
	w.bytes[236] = 0;
	assert_int_equal(parse4(), NT_DHCP_COOKIE);
}

/* RFC 3396: parts of one option are one. */
static void
test_long_option(void **state)
{
	char part[255];

	(void)state;
	put_bootp(2, 5);
	put_addr(16, "192.168.1.20");
	put_option(12, "lap", 3);
	put_option(12, "top", 3);
	assert_int_equal(parse4(), NT_DHCP_OK);
	assert_name(0, "laptop");
	memset(part, 'a', sizeof(part));
	put_bootp(2, 5);
	put_option(12, part, 255);
	put_option(12, part, 4);
	assert_int_equal(parse4(), NT_DHCP_NAME);
}

/* RFC 2132 9.3 */
static void
test_overload(void **state)
{
	(void)state;
	for (unsigned int overload = 0; overload <= 4; overload++) {
		put_bootp(2, 5);
		put_addr(16, "192.168.1.20");
		memcpy(w.bytes + 108, "\x0c\4file\xff", 7);
		memcpy(w.bytes + 44, "\x0c\5sname\xff", 8);
		put_option(52, &(uint8_t){ (uint8_t)overload }, 1);
		const enum nt_dhcp_reason reason = parse4();
		static const char *const names[] = { NULL, "file", "sname", "filesname" };

		assert_int_equal(reason, overload == 0	? NT_DHCP_NOTHING
					 : overload > 3 ? NT_DHCP_OPTION
							: NT_DHCP_OK);
		if (reason == NT_DHCP_OK)
			assert_name(0, names[overload]);
	}
}

static void
test_labels(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *name; /* NULL: refused */
	} cases[] = {
		{ "\4\0\0\4host", 8, "host" }, /* a part: RFC 4702 2.3.1 */
		{ "\4\0\0\4host\0", 9, "host" },
		{ "\4\0\0\5host", 8, NULL },
		{ "\4\0\0\300\14", 5, NULL },
		{ "\4\0\0\4ho.t\0", 9, NULL },
		{ "\4\0\0\4ho\\t\0", 9, NULL },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		put_bootp(2, 5);
		put_addr(16, "192.168.1.20");
		put_option(81, cases[i].bytes, cases[i].len);
		assert_int_equal(parse4(), cases[i].name != NULL ? NT_DHCP_OK : NT_DHCP_NAME);
		if (cases[i].name != NULL)
			assert_name(0, cases[i].name);
	}
}

static void
put_option6(unsigned int code, const void *bytes, size_t len)
{
	put16(&w, code);
	put16(&w, (unsigned int)len);
	put(&w, bytes, len);
}

/* One IA_NA with one address: last is its last octet. */
static void
put_ia(unsigned int last, uint32_t valid)
{
	struct nt_addr addr;

	assert_int_equal(nt_addr_parse("2001:db8::", &addr), 0);
	addr.bytes[15] = (uint8_t)last;
	put16(&w, 3);
	put16(&w, 12 + 28);
	put32(&w, 1);
	put32(&w, 0);
	put32(&w, 0);
	put16(&w, 5);
	put16(&w, 24);
	put(&w, addr.bytes, 16);
	put32(&w, valid);
	put32(&w, valid);
}

static void
put_message6(unsigned int type)
{
	put32(&w, type << 24 | 0xabcdef);
	put_option6(39, "\1\6Laptop\7example\3com\0", 21);
	put_ia(1, 600);
}

static void
test_reply6(void **state)
{
	static const unsigned int asked[] = { 3, 5, 6 };

	(void)state;
	w.len = 0;
	put_message6(7);
	put_ia(2, 300);
	put_ia(3, 0); /* taken off */
	assert_int_equal(parse6(), NT_DHCP_OK);
	assert_false(m.asked);
	assert_int_equal(m.lease_sec, 300);
	assert_int_equal(m.addr_count, 2);
	assert_addr(0, "2001:db8::1");
	assert_addr(1, "2001:db8::2");
	assert_name(0, "laptop.example.com");
	for (size_t i = 0; i < NT_ARRAY_SIZE(asked); i++) {
		w.len = 0;
		put_message6(asked[i]);
		assert_int_equal(parse6(), NT_DHCP_OK);
		assert_true(m.asked);
	}
	for (size_t len = 0; len < w.len; len++)
		assert_int_not_equal(parse_with(nt_dhcp6_parse, len), NT_DHCP_OK);
}

static void
test_nothing6(void **state)
{
	static const unsigned int types[] = { 0, 1, 2, 4, 8, 9, 10, 11, 14 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(types); i++) {
		w.len = 0;
		put_message6(types[i]);
		assert_int_equal(parse6(), NT_DHCP_NOTHING);
	}
	w.len = 0;
	put_message6(7);
	put_option6(13, "\0\2no", 4);
	assert_int_equal(parse6(), NT_DHCP_NOTHING);
}

static void
test_relay6(void **state)
{
	(void)state;
	for (unsigned int depth = 1; depth <= NT_DHCP_RELAYS_MAX + 1; depth++) {
		const size_t inner = 4 + 25 + 44;

		w.len = 0;
		for (unsigned int i = 0; i < depth; i++) {
			put8(&w, 13);
			w.len += 33;
			put16(&w, 9);
			put16(&w, (unsigned int)(inner + (depth - 1 - i) * 38));
		}
		put_message6(7);
		assert_int_equal(
			parse6(), depth <= NT_DHCP_RELAYS_MAX ? NT_DHCP_OK : NT_DHCP_RELAY);
	}
	w.len = 0;
	put8(&w, 12);
	w.len += 33;
	put16(&w, 9);
	put16(&w, 60000);
	assert_int_equal(parse6(), NT_DHCP_SHORT);
}

/* More addresses than are taken. */
static void
test_many6(void **state)
{
	(void)state;
	w.len = 0;
	put_message6(7);
	for (unsigned int i = 2; i < 20; i++)
		put_ia(i, 600);
	assert_int_equal(parse6(), NT_DHCP_OK);
	assert_int_equal(m.addr_count, NT_DHCP_ADDRS_MAX);
	assert_int_equal(m.refused, 19 - NT_DHCP_ADDRS_MAX);
	w.len -= 30; /* the last IA's length lies */
	assert_int_equal(parse6(), NT_DHCP_SHORT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ack),
		cmocka_unit_test(test_link_address),
		cmocka_unit_test(test_confirm),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_long_option),
		cmocka_unit_test(test_overload),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_reply6),
		cmocka_unit_test(test_nothing6),
		cmocka_unit_test(test_relay6),
		cmocka_unit_test(test_many6),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
