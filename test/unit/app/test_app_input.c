/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app_files.h"
#include "input.h"

#define DATA 300000

static uint8_t data[DATA];

static bool
never(void *arg)
{
	(void)arg;
	fail_msg("a regular file has nothing to wait for");
	return false;
}

static struct input *
open_bytes(const uint8_t *at, size_t len)
{
	struct nt_error err;
	struct input *in = input_open(file_of(at, len), never, NULL, &err);
	assert_non_null(in);
	return in;
}

/* Reads in pieces of `piece` and compares; returns what it ended with. */
static ssize_t
read_all(struct input *in, size_t piece, size_t *ret_len)
{
	uint8_t *buf = malloc(piece);
	size_t at = 0;
	ssize_t n;
	while ((n = input_read(in, buf, piece)) > 0) {
		assert_true((size_t)n <= piece && at + (size_t)n <= DATA);
		assert_memory_equal(buf, data + at, (size_t)n);
		at += (size_t)n;
	}
	free(buf);
	*ret_len = at;
	return n;
}

static void
check_whole(const uint8_t *at, size_t len, size_t want)
{
	const size_t pieces[] = { 1, 7, 4096, 100000, 2 * DATA };
	for (unsigned int i = want > 5000; i < NT_ARRAY_SIZE(pieces); i++) {
		struct input *in = open_bytes(at, len);
		size_t got;
		assert_int_equal(input_size(in), len);
		assert_int_equal(read_all(in, pieces[i], &got), 0);
		assert_int_equal(got, want);
		assert_int_equal(input_taken(in), len);
		assert_int_equal(input_failure(in), 0);
		input_close(in);
	}
}

static void
test_plain(void **state)
{
	(void)state;
	for (size_t len = 0; len < 5; len++)
		check_whole(data, len, len);
	check_whole(data, 4999, 4999);
	check_whole(data, DATA, DATA);
}

static void
test_gzip(void **state)
{
	(void)state;
	for (int level = 0; level <= 9; level += 3) {
		struct bytes b = { 0 };
		bytes_gzip(&b, data, DATA, level);
		check_whole(b.at, b.len, DATA);
		bytes_free(&b);
	}
}

static void
test_gzip_members(void **state)
{
	(void)state;
	struct bytes b = { 0 };
	size_t at = 0;
	for (size_t len = 0; at + len < 4000; at += len, len = len * 2 + 1)
		bytes_gzip(&b, data + at, len, 6);
	bytes_gzip(&b, data, 0, 6);
	check_whole(b.at, b.len, at);
	bytes_free(&b);
}

static void
test_gzip_cut_anywhere(void **state)
{
	(void)state;
	struct bytes b = { 0 };
	bytes_gzip(&b, data, 1000, 0);
	for (size_t cut = 2; cut < b.len; cut++) {
		struct nt_error err;
		struct input *in = input_open(file_of(b.at, cut), never, NULL, &err);
		size_t got;
		assert_non_null(in);
		assert_int_equal(read_all(in, 64, &got), -ENODATA);
		/* stored: 10 of header, 5 before the block, then the data; 8 behind it */
		assert_int_equal(got, cut < 15 ? 0 : NT_MIN(cut - 15, 1000u));
		assert_int_equal(input_failure(in), -ENODATA);
		assert_int_equal(input_read(in, &got, 1), -ENODATA);
		assert_string_equal(input_reason(in, -ENODATA), "the gzip data is cut short");
		input_close(in);
	}
	bytes_free(&b);
}

/* Whatever byte is wrong: nothing that was right before it is lost, and the end is told. */
static void
test_gzip_corrupt_anywhere(void **state)
{
	(void)state;
	struct bytes b = { 0 };
	bytes_gzip(&b, data, 1000, 0);
	for (size_t i = 2; i < b.len; i++) {
		uint8_t buf[4096];
		size_t got = 0;
		ssize_t n;
		b.at[i] ^= 0x5a;
		struct input *in = open_bytes(b.at, b.len);
		while ((n = input_read(in, buf + got, sizeof(buf) - got)) > 0)
			got += (size_t)n;
		b.at[i] ^= 0x5a;
		assert_true(n == 0 || n == -EBADMSG || n == -ENODATA);
		if (i >= 15)
			assert_int_equal(n, -EBADMSG);
		if (i >= 15)
			assert_int_equal(got, 1000);
		input_close(in);
	}
	bytes_free(&b);
}

static void
test_peek(void **state)
{
	(void)state;
	struct bytes b = { 0 };
	bytes_gzip(&b, data, 5000, 6);
	for (int gzip = 0; gzip < 2; gzip++) {
		struct input *in = gzip ? open_bytes(b.at, b.len) : open_bytes(data, 5000);
		const uint8_t *first;
		size_t got;
		assert_int_equal(input_peek(in, &first, 4), 4);
		assert_memory_equal(first, data, 4);
		assert_int_equal(input_peek(in, &first, 1000), 64);
		assert_memory_equal(first, data, 64);
		assert_int_equal(input_peek(in, &first, 24), 24);
		assert_int_equal(read_all(in, 50, &got), 0);
		assert_int_equal(got, 5000);
		input_close(in);
	}
	bytes_free(&b);
	const uint8_t *first;
	struct input *in = open_bytes(data, 3);
	assert_int_equal(input_peek(in, &first, 24), 3);
	assert_memory_equal(first, data, 3);
	input_close(in);
}

static void
test_not_opened(void **state)
{
	(void)state;
	struct nt_error err;
	assert_null(input_open("/no/such/file", never, NULL, &err));
	assert_string_equal(err.msg, "/no/such/file: No such file or directory");
	assert_null(input_open("/tmp", never, NULL, &err));
	assert_string_equal(err.msg, "/tmp: Is a directory");
	input_close(NULL);
}

/* Stands for whoever feeds the pipe: a piece each time that the reader has to wait. */
struct feeder {
	int fd;
	size_t at, len;
	unsigned int waits, patience;
};

static bool
feed_some(void *arg)
{
	struct feeder *f = arg;
	const size_t n = NT_MIN(f->len - f->at, (size_t)100);
	f->waits++;
	if (f->patience != 0 && f->waits >= f->patience)
		return false;
	if (n == 0) {
		close(f->fd);
		return true;
	}
	assert_int_equal(write(f->fd, data + f->at, n), n);
	f->at += n;
	return true;
}

static struct input *
open_standard_input(struct feeder *f)
{
	int ends[2];
	struct nt_error err;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	if (ends[0] != STDIN_FILENO)
		close(ends[0]);
	f->fd = ends[1];
	struct input *in = input_open("-", feed_some, f, &err);
	close(STDIN_FILENO);
	return in;
}

static void
test_standard_input(void **state)
{
	(void)state;
	struct feeder f = { .len = 1234 };
	struct input *in = open_standard_input(&f);
	size_t got;
	assert_non_null(in);
	assert_int_equal(input_size(in), 0);
	assert_int_equal(read_all(in, 1000, &got), 0);
	assert_int_equal(got, 1234);
	assert_int_equal(f.waits, 14);
	input_close(in);
}

static void
test_giving_up(void **state)
{
	(void)state;
	struct feeder f = { .len = 1234, .patience = 4 };
	struct input *in = open_standard_input(&f);
	size_t got;
	assert_non_null(in);
	assert_int_equal(read_all(in, 1000, &got), -ECANCELED);
	assert_int_equal(got, 300);
	assert_int_equal(input_failure(in), -ECANCELED);
	input_close(in);
	close(f.fd);

	f = (struct feeder){ .len = 1234, .patience = 1 };
	assert_null(open_standard_input(&f));
	close(f.fd);
}

static void
test_stdio(void **state)
{
	(void)state;
	struct bytes b = { 0 };
	static uint8_t buf[DATA + 1];
	bytes_gzip(&b, data, DATA, 6);
	FILE *f = input_stdio(open_bytes(b.at, b.len));
	assert_int_equal(fread(buf, 1, sizeof(buf), f), DATA);
	assert_memory_equal(buf, data, DATA);
	assert_int_equal(ferror(f), 0);
	fclose(f);

	f = input_stdio(open_bytes(b.at, b.len / 2));
	assert_in_range(fread(buf, 1, sizeof(buf), f), 1, DATA - 1);
	assert_int_not_equal(ferror(f), 0);
	fclose(f);
	bytes_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_gzip_members),
		cmocka_unit_test(test_gzip_cut_anywhere),
		cmocka_unit_test(test_gzip_corrupt_anywhere),
		cmocka_unit_test(test_peek),
		cmocka_unit_test(test_not_opened),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_giving_up),
		cmocka_unit_test(test_stdio),
	};
	for (size_t i = 0; i < DATA; i++)
		data[i] = (uint8_t)(i * i / 251 + (i >> 9));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
