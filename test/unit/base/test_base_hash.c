/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_hash.h>
#include <stdlib.h>
#include <string.h>

/* The reference's vectors: key 00 01 .. 0f, messages "", 00, 00 01, ... */
static const uint64_t sip64[] = { 0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a,
	0x85676696d7fb7e2d, 0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce,
	0xab0200f58b01d137, 0x93f5f5799a932462 };

static const struct nt_hash_key vector_key = { .k = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 } };

static void
test_siphash64_vectors(void **state)
{
	uint8_t msg[15];

	(void)state;
	for (size_t i = 0; i < sizeof(msg); i++)
		msg[i] = (uint8_t)i;
	for (size_t len = 0; len < NT_ARRAY_SIZE(sip64); len++)
		assert_true(nt_siphash64(&vector_key, msg, len) == sip64[len]);
	/* The example of the paper, appendix A: 15 bytes. */
	assert_true(nt_siphash64(&vector_key, msg, 15) == 0xa129ca6149be45e5);
}

/* SipHash-1-3 of 0, 8, 16 and 48 of those bytes: made by the algorithm written another time. */
static void
test_words_sip_vectors(void **state)
{
	static const struct {
		unsigned int n;
		uint64_t sip64, sip128[2];
	} want[] = {
		{ 0, 0xabac0158050fc4dc, { 0xbea58827b2bc7ee7, 0x013030dd6adb62fd } },
		{ 1, 0x369095118d299a8e, { 0xb4dae3d5e1fe12aa, 0x99c7f935ab164f72 } },
		{ 2, 0xcc4fdd1a7d908b66, { 0xeb8e511557d9a8d0, 0x93179e3df8b013b5 } },
		{ 6, 0x9f3143f8df074c46, { 0xa6841a5eb7f105d5, 0x0803edb28335c403 } },
	};
	uint64_t words[6], got[2];
	uint8_t bytes[sizeof(words)];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	memcpy(words, bytes, sizeof(words));
	for (size_t i = 0; i < NT_ARRAY_SIZE(want); i++) {
		assert_true(nt_hash_words_sip(&vector_key, words, want[i].n) == want[i].sip64);
		nt_hash_words_sip128(&vector_key, words, want[i].n, got);
		assert_memory_equal(got, want[i].sip128, sizeof(got));
	}
}

static void
test_keys(void **state)
{
	struct nt_hash_key a, b, c = nt_hash_key_fixed(), d = nt_hash_key_fixed();

	(void)state;
	assert_int_equal(nt_hash_key_random(&a), 0);
	assert_int_equal(nt_hash_key_random(&b), 0);
	assert_memory_not_equal(&a, &b, sizeof(a));
	assert_memory_equal(&c, &d, sizeof(c));
}

static void
test_dispatch(void **state)
{
	const uint64_t words[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct nt_hash_key key = nt_hash_key_fixed();

	(void)state;
	for (unsigned int n = 0; n <= 8; n++) {
		uint64_t want = nt_hash_has_aes() ? nt_hash_words_aes(&key, words, n)
						  : nt_hash_words_sip(&key, words, n);
		assert_true(nt_hash_words(&key, words, n) == want);
	}
}

/* Nothing past words[n] is read, and every word and the count matter. */
static void
check_words_matter(nt_hash_words_fn *hash)
{
	struct nt_hash_key key = nt_hash_key_fixed();

	for (unsigned int n = 1; n <= 8; n++) {
		uint64_t *words = calloc(n, sizeof(*words));
		uint64_t zero = hash(&key, words, n);

		assert_true(zero != hash(&key, words, n - 1));
		for (unsigned int bit = 0; bit < 64 * n; bit++) {
			words[bit / 64] ^= UINT64_C(1) << bit % 64;
			assert_true(hash(&key, words, n) != zero);
			words[bit / 64] = 0;
		}
		free(words);
	}
}

/* Flipping any input bit or key bit flips half of the output bits, in the mean and per bit. */
static void
check_avalanche(nt_hash_words_fn *hash, unsigned int key_words)
{
	struct nt_hash_key key = nt_hash_key_fixed();
	uint64_t words[5] = { 11, 22, 33, 44, 55 };
	unsigned int flips = 0, bits = 64 * (5 + key_words);

	for (unsigned int bit = 0; bit < bits; bit++) {
		uint64_t *w = bit < 320 ? &words[bit / 64] : &key.k[bit / 64 - 5];
		uint64_t before = hash(&key, words, 5), diff;

		*w ^= UINT64_C(1) << bit % 64;
		diff = before ^ hash(&key, words, 5);
		*w ^= UINT64_C(1) << bit % 64;
		assert_in_range(__builtin_popcountll(diff), 10, 54);
		flips += (unsigned int)__builtin_popcountll(diff);
	}
	assert_in_range(flips * 100 / bits, 3100, 3300);
}

/* Counters in one word, as consecutive ports and addresses are: chi-square over 1024 buckets. */
static void
check_distribution(nt_hash_words_fn *hash, unsigned int shift)
{
	enum {
		BUCKETS = 1024,
		KEYS = 64 * BUCKETS
	};
	struct nt_hash_key key = nt_hash_key_fixed();
	unsigned int count[BUCKETS] = { 0 };
	double chi = 0;

	for (uint64_t i = 0; i < KEYS; i++) {
		const uint64_t words[5] = { 0, 0, 0, 0, i };
		count[hash(&key, words, 5) >> shift & (BUCKETS - 1)]++;
	}
	for (int i = 0; i < BUCKETS; i++) {
		double d = count[i] - 64.0;
		chi += d * d / 64.0;
	}
	/* 1023 degrees of freedom: mean 1023, deviation 45; seven of them either way. */
	assert_in_range((unsigned int)chi, 708, 1338);
}

static void
check_hash(nt_hash_words_fn *hash, unsigned int key_words)
{
	check_words_matter(hash);
	check_avalanche(hash, key_words);
	check_distribution(hash, 0);
	check_distribution(hash, 27);
	check_distribution(hash, 54);
}

static void
test_words_sip(void **state)
{
	(void)state;
	check_hash(nt_hash_words_sip, 2);
}

static void
test_words_aes(void **state)
{
	(void)state;
	if (!nt_hash_has_aes())
		skip();
	check_hash(nt_hash_words_aes, 4);
}

/* Every length: exactly its bytes are read, and each of their bits matters. */
static void
check_bytes_matter(nt_hash_bytes_fn *hash)
{
	struct nt_hash_key key = nt_hash_key_fixed();

	for (size_t len = 0; len <= 70; len++) {
		uint8_t *bytes = calloc(1, len + (len == 0));
		uint8_t *more = calloc(1, len + 1);
		uint64_t zero = hash(&key, bytes, len);

		assert_true(zero != hash(&key, more, len + 1));
		for (size_t bit = 0; bit < 8 * len; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_true(hash(&key, bytes, len) != zero);
			bytes[bit / 8] = 0;
		}
		free(bytes);
		free(more);
	}
}

static void
test_bytes(void **state)
{
	struct nt_hash_key key = nt_hash_key_fixed();

	(void)state;
	check_bytes_matter(nt_siphash64);
	check_bytes_matter(nt_hash_bytes);
	assert_true(nt_hash_bytes(&key, "abc", 3) ==
		    (nt_hash_has_aes() ? nt_hash_bytes_aes(&key, "abc", 3)
				       : nt_siphash64(&key, "abc", 3)));
}

/* Pairs that collide under one key do not under another: what CRC with a seed can't do. */
static void
test_collisions_depend_on_key(void **state)
{
	struct nt_hash_key a = nt_hash_key_fixed(), b = a;
	unsigned int pairs = 0, both = 0;

	(void)state;
	b.k[0] ^= 1;
	for (uint64_t i = 0; i < 3000; i++) {
		const uint64_t x[5] = { i }, y[5] = { i + 100000 };

		if ((nt_hash_words(&a, x, 5) & 7) != (nt_hash_words(&a, y, 5) & 7))
			continue;
		pairs++;
		both += (nt_hash_words(&b, x, 5) & 7) == (nt_hash_words(&b, y, 5) & 7);
	}
	assert_true(pairs > 200);
	assert_true(both < pairs / 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siphash64_vectors),
		cmocka_unit_test(test_words_sip_vectors),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_dispatch),
		cmocka_unit_test(test_words_sip),
		cmocka_unit_test(test_words_aes),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_collisions_depend_on_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
