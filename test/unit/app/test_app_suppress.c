/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "suppress.h"

#define FOR 100

static struct suppress_key
key_of(uint16_t n)
{
	const uint8_t a[4] = { 10, 0, 0, 1 }, b[4] = { 23, 0, (uint8_t)(n >> 8), (uint8_t)n };
	return (struct suppress_key){
		.orig = nt_addr_v4(a), .resp = nt_addr_v4(b), .port = 443, .proto = 6
	};
}

static struct suppress *
make(uint32_t max)
{
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct suppress *s = suppress_new(max, FOR, &key);
	assert_non_null(s);
	return s;
}

static void
test_a_period(void **state)
{
	(void)state;
	struct suppress *s = make(4);
	struct suppress_key k = key_of(1), other = key_of(1);
	struct suppressed r;
	assert_false(suppress_over(s, INT64_MAX, &r));
	assert_true(suppress_tell(s, &k, 1000, 7));
	assert_false(suppress_tell(s, &k, 1001, 8));
	assert_false(suppress_tell(s, &k, 1099, 9));
	other.port = 80;
	assert_true(suppress_tell(s, &other, 1099, 9));
	assert_false(suppress_over(s, 1099, &r));
	assert_true(suppress_over(s, 1100, &r));
	assert_memory_equal(&r.key, &k, sizeof(k));
	assert_int_equal(r.count, 2);
	assert_int_equal(r.began_ns, 1000);
	assert_int_equal(r.last_ts_ns, 9);
	assert_false(suppress_over(s, 1100, &r));
	assert_true(suppress_tell(s, &k, 1100, 10));
	assert_true(suppress_over(s, INT64_MAX, &r));
	assert_int_equal(r.count, 0);
	assert_int_equal(r.key.port, 80);
	suppress_free(s);
}

static void
test_full(void **state)
{
	(void)state;
	struct suppress *s = make(3);
	struct suppressed r;
	for (uint16_t i = 0; i < 3; i++) {
		const struct suppress_key k = key_of(i);
		assert_false(suppress_make_room(s, &r));
		assert_true(suppress_tell(s, &k, i, i));
		assert_false(suppress_tell(s, &k, i, i));
	}
	assert_int_equal(suppress_forgotten(s), 0);
	assert_true(suppress_make_room(s, &r));
	assert_int_equal(r.began_ns, 0);
	assert_int_equal(r.count, 1);
	assert_int_equal(suppress_forgotten(s), 1);
	assert_false(suppress_make_room(s, &r));
	suppress_free(s);
	assert_null(suppress_new(0, FOR, &(struct nt_hash_key){ 0 }));
	suppress_free(NULL);
}

/* Against a plain list, with collisions and the ring going round. */
static void
test_model(void **state)
{
	(void)state;
	enum {
		KEYS = 40
	};
	struct suppress *s = make(KEYS);
	int64_t began[KEYS];
	uint64_t counts[KEYS] = { 0 };
	bool open[KEYS] = { false };
	struct suppressed r;
	srandom(2);
	for (int64_t now = 0; now < 20000; now += random() % 9) {
		while (suppress_over(s, now, &r)) {
			const unsigned int k = r.key.resp.bytes[3];
			assert_true(open[k] && now - began[k] >= FOR);
			assert_int_equal(r.count, counts[k]);
			open[k] = false;
		}
		const unsigned int k = (unsigned int)random() % KEYS;
		const struct suppress_key key = key_of((uint16_t)k);
		assert_false(suppress_make_room(s, &r));
		assert_int_equal(suppress_tell(s, &key, now, now), !open[k]);
		if (!open[k]) {
			began[k] = now;
			counts[k] = 0;
		} else {
			assert_true(now - began[k] < FOR);
			counts[k]++;
		}
		open[k] = true;
	}
	suppress_free(s);
}

/* Longer at once; shorter once what is over by it was taken out, one by one. */
static void
test_other_times(void **state)
{
	(void)state;
	struct suppress *s = make(8);
	struct suppressed r;
	for (uint16_t i = 0; i < 5; i++) {
		const struct suppress_key k = key_of(i);
		assert_true(suppress_tell(s, &k, 1000 + i, 0));
	}
	assert_false(suppress_shorten(s, 1004, &r));
	suppress_set_time(s, 2 * FOR);
	assert_false(suppress_over(s, 1199, &r));
	assert_true(suppress_over(s, 1200, &r));
	suppress_set_time(s, 10);
	assert_false(suppress_over(s, 1013, &r)); /* not yet in effect */
	assert_true(suppress_shorten(s, 1013, &r));
	assert_int_equal(r.began_ns, 1001);
	assert_true(suppress_shorten(s, 1013, &r));
	assert_true(suppress_shorten(s, 1013, &r));
	assert_false(suppress_shorten(s, 1013, &r));
	assert_false(suppress_over(s, 1013, &r));
	assert_true(suppress_over(s, 1014, &r));
	assert_int_equal(r.began_ns, 1004);
	assert_false(suppress_shorten(s, INT64_MAX / 2, &r));
	suppress_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_period),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_other_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
