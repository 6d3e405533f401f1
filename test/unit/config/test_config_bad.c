/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bad files, made from the sample by seed: whatever is wrong with one, something is told and the
 * configuration stays as it was (load_bytes looks at both).
 */
#include "complaints.h"

#include <ctype.h>
#include <stdlib.h>

static struct nt_config cfg;
static struct complaints told;
static char sample[8192];
static size_t sample_len;

static uint64_t rng = 88172645463325252u;

/* xorshift64 (Marsaglia 2003). */
static size_t
below(size_t n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (size_t)(rng % n);
}

static int
setup(void **state)
{
	FILE *f = fmemopen(sample, sizeof(sample), "w");

	(void)state;
	nt_config_default(&cfg);
	if (f == NULL || nt_config_print_sample(f) != 0)
		return -1;
	(void)fclose(f);
	sample_len = strlen(sample);
	return 0;
}

/* Every part of it that is not whole. */
static void
test_cut_files(void **state)
{
	(void)state;
	for (size_t len = 0; len + 2 < sample_len; len++)
		assert_int_equal(load_bytes(&cfg, &told, sample, len), -EINVAL);
}

/* Bytes that JSON has nowhere outside of strings, and inside only escaped. */
static void
test_spoilt_bytes(void **state)
{
	static const char bytes[] = { '\0', '\x01', '\x1b', '\x7f', '\xff', '\xc0', '\x80' };
	/* Any string will do as $schema. */
	size_t begin = (size_t)(strstr(sample, "\"workers\"") - sample);
	char text[sizeof(sample)];

	(void)state;
	for (unsigned int i = 0; i < 500; i++) {
		size_t at = begin + below(sample_len - 1 - begin);

		memcpy(text, sample, sample_len);
		text[at] = bytes[below(sizeof(bytes))];
		assert_int_equal(load_bytes(&cfg, &told, text, sample_len), -EINVAL);
	}
}

/* One letter of a key is another: no key is a letter from the next. */
static void
test_mistyped_keys(void **state)
{
	char text[sizeof(sample)];
	unsigned int bad = 0;

	(void)state;
	for (size_t i = 0; i < sample_len; i++) {
		const char *quote = strchr(sample + i, '"');

		if (!isalpha((unsigned char)sample[i]) || quote == NULL || quote[1] != ':')
			continue;
		/* Only letters of the key that ends at this quote. */
		if (strcspn(sample + i, "\"\n") != (size_t)(quote - sample - (ptrdiff_t)i) ||
			memchr(sample + i, ' ', (size_t)(quote - sample) - i) != NULL)
			continue;
		memcpy(text, sample, sample_len);
		text[i] = 'Q';
		assert_int_equal(load_bytes(&cfg, &told, text, sample_len), -EINVAL);
		assert_true(complaints_have(&told, "unknown key"));
		bad++;
	}
	assert_true(bad > 300);
}

/* A value that fits no key in the place of each. */
static void
test_wrong_values(void **state)
{
	static const char *const values[] = { "null", "{\"a\": 1}", "[{}]", "-1", "1e300", "\"\"",
		"[null]", "true" };
	char text[2 * sizeof(sample)];
	unsigned int bad = 0;

	(void)state;
	for (const char *at = strstr(sample, "\": "); at != NULL; at = strstr(at + 1, "\": ")) {
		const char *rest = at + 3 + strcspn(at + 3, ",{[\n");
		const char *value = values[below(NT_ARRAY_SIZE(values))];

		/* Groups and lists begin here; and any string will do as $schema. */
		if (*rest == '{' || *rest == '[' || bad++ == 0)
			continue;
		/* true fits what is true or false, and an empty text one that is. */
		if ((*value == 't' && (at[3] == 't' || at[3] == 'f')) ||
			(*value == '"' && at[3] == '"' && at[4] == '"'))
			continue;
		(void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at + 3 - sample), sample,
			value, rest);
		assert_int_equal(load(&cfg, &told, text), -EINVAL);
		assert_true(complaints_have(&told, "has to be") ||
			    complaints_have(&told, "out of bounds"));
	}
	assert_true(bad > 30);
}

/* Anything at all: it may even be fine, but then it is within bounds. */
static void
test_shuffled(void **state)
{
	char text[sizeof(sample)];
	struct nt_config other;

	(void)state;
	for (unsigned int i = 0; i < 2000; i++) {
		memcpy(text, sample, sample_len);
		for (size_t n = below(4) + 1; n > 0; n--)
			text[below(sample_len)] = sample[below(sample_len)];
		nt_config_default(&other);
		if (load_bytes(&other, &told, text, sample_len) == 0)
			assert_in_range(other.workers, 1, NT_CONFIG_WORKERS_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_files),
		cmocka_unit_test(test_spoilt_bytes),
		cmocka_unit_test(test_mistyped_keys),
		cmocka_unit_test(test_wrong_values),
		cmocka_unit_test(test_shuffled),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
