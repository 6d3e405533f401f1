/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_mapping_msg.h>

static struct nt_mapping
mapping(const char *name, uint16_t len)
{
	const uint8_t a[16] = { 0x20, 1, 0xd, 0xb8, [15] = 7 }, c[4] = { 10, 0, 0, 9 };
	return (struct nt_mapping){
		.addr = nt_addr_v6(a),
		.client = nt_addr_v4(c),
		.position = UINT64_MAX - 1,
		.seen_ns = -5,
		.expires_ns = INT64_MAX,
		.index = 65535,
		.source = NT_SOURCE_DNS_PTR,
		.flags = NT_MAPPING_UNSOLICITED,
		.name_len = len,
		.name = name,
	};
}

static void
test_there_and_back(void **state NT_UNUSED)
{
	char name[NT_MAPPING_NAME_MAX];
	memset(name, 'n', sizeof(name));
	for (uint16_t len = 1; len <= NT_MAPPING_NAME_MAX; len++) {
		const struct nt_mapping m = mapping(name, len);
		struct nt_mapping_msg msg;
		struct nt_mapping back;
		nt_mapping_msg_pack(&msg, NT_FACT_LOST, &m);
		assert_int_equal(msg.head.kind, NT_FACT_LOST);
		assert_int_equal(msg.head.size, offsetof(struct nt_mapping_msg, name) + len);
		assert_true(msg.departs_ns == m.seen_ns);
		nt_mapping_msg_unpack(&msg, &back);
		assert_memory_equal(&back.addr, &m.addr, sizeof(m.addr));
		assert_memory_equal(&back.client, &m.client, sizeof(m.client));
		assert_true(back.position == m.position);
		assert_true(back.seen_ns == m.seen_ns);
		assert_true(back.expires_ns == m.expires_ns);
		assert_int_equal(back.index, m.index);
		assert_int_equal(back.source, m.source);
		assert_int_equal(back.flags, m.flags);
		assert_int_equal(back.name_len, len);
		assert_ptr_equal(back.name, msg.name);
		assert_memory_equal(back.name, name, len);
	}
}

/* The header says how many units a mapping takes; a unit is always readable to its end. */
static void
test_units(void **state NT_UNUSED)
{
	const size_t head = offsetof(struct nt_mapping_msg, name);
	assert_int_equal(nt_msg_units(head + 42), 2);
	assert_int_equal(nt_msg_units(head + 43), 3);
	assert_int_equal(nt_msg_units(NT_MAPPING_MSG_MAX), 6);
	assert_true(
		nt_msg_units(NT_MAPPING_MSG_MAX) * NT_MSG_UNIT <= sizeof(struct nt_mapping_msg));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_units),
	};
	return cmocka_run_group_tests_name("relay_mapping_msg", tests, NULL, NULL);
}
