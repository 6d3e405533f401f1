/* SPDX-License-Identifier: BSD-3-Clause */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "uid.h"

static struct nt_flow_key
key_of(uint8_t proto, uint16_t port)
{
	return (struct nt_flow_key){ .lo_addr = { 10 },
		.hi_addr = { 11 },
		.lo_port = port,
		.hi_port = 4789,
		.proto = proto,
		.family = NT_FAMILY_IPV4 };
}

/* A tunnel's token gives the uid that its own connection is written with. */
static void
test_token_gives_the_connections_uid(void **state)
{
	(void)state;
	const struct nt_hash_key key = nt_hash_key_fixed();
	const struct nt_flow_key flow = key_of(IPPROTO_UDP, 1000);
	uint64_t by_token[2], by_flow[2];
	uid_of_token(uid_token(&key, &flow, 7), by_token);
	uid_of_connection(&key, &flow, 7, by_flow);
	assert_memory_equal(by_token, by_flow, sizeof(by_flow));
}

static void
test_every_part_counts(void **state)
{
	(void)state;
	const struct nt_hash_key key = nt_hash_key_fixed();
	const uint8_t protos[] = { IPPROTO_UDP, IPPROTO_TCP, IPPROTO_GRE };
	uint64_t uids[12][2];
	unsigned int n = 0;
	for (unsigned int p = 0; p < 3; p++)
		for (uint16_t port = 1; port <= 2; port++)
			for (uint64_t position = 1; position <= 2; position++) {
				const struct nt_flow_key flow = key_of(protos[p], port);
				assert_int_not_equal(uid_token(&key, &flow, position), 0);
				uid_of_connection(&key, &flow, position, uids[n++]);
			}
	assert_int_equal(n, 12);
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int j = 0; j < i; j++)
			assert_memory_not_equal(uids[i], uids[j], sizeof(uids[i]));
}

/* The same capture has the same uids on every machine: these were written by one of them. */
static void
test_fixed(void **state)
{
	(void)state;
	const struct nt_hash_key key = nt_hash_key_fixed();
	const struct nt_flow_key udp = key_of(IPPROTO_UDP, 1000), tcp = key_of(IPPROTO_TCP, 1000);
	uint64_t uid[2];
	uid_of_connection(&key, &udp, 7, uid);
	assert_int_equal(uid[0], UINT64_C(0x4b7fb35c478af406));
	assert_int_equal(uid[1], UINT64_C(0x2e9034c8));
	uid_of_connection(&key, &tcp, 7, uid);
	assert_int_equal(uid[0], UINT64_C(0x879430eecd75f877));
	assert_int_equal(uid[1], UINT64_C(0xccc792290fa118c5));
}

static void
test_key_counts(void **state)
{
	(void)state;
	const struct nt_hash_key a = nt_hash_key_fixed();
	struct nt_hash_key b;
	const struct nt_flow_key flow = key_of(IPPROTO_TCP, 1000);
	uint64_t of_a[2], of_b[2];
	assert_int_equal(nt_hash_key_random(&b), 0);
	uid_of_connection(&a, &flow, 7, of_a);
	uid_of_connection(&b, &flow, 7, of_b);
	assert_memory_not_equal(of_a, of_b, sizeof(of_a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_token_gives_the_connections_uid),
		cmocka_unit_test(test_every_part_counts),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_key_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
