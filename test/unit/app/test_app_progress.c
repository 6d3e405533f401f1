/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "app_files.h"
#include "progress.h"

static void
test_not_wanted(void **state)
{
	(void)state;
	struct progress p;
	progress_init(&p, false);
	p.last_ns -= NT_SEC(10);
	for (unsigned int i = 0; i < 1000; i++)
		assert_false(progress_due(&p));
}

static void
test_not_too_often(void **state)
{
	(void)state;
	struct progress p;
	unsigned int due = 0;
	progress_init(&p, true);
	p.last_ns -= NT_SEC(1);
	for (unsigned int i = 0; i < 64; i++)
		due += progress_due(&p);
	assert_int_equal(due, 1);
	for (unsigned int i = 0; i < 640; i++)
		due += progress_due(&p);
	assert_int_equal(due, 1);
}

/* What f writes to standard error. */
static size_t
said(char *out, size_t room, void (*f)(struct progress *), struct progress *p)
{
	fflush(stderr);
	const int old = dup(STDERR_FILENO);
	const int fd = open(file_of(NULL, 0), O_RDWR);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	f(p);
	fflush(stderr);
	dup2(old, STDERR_FILENO);
	const ssize_t n = pread(fd, out, room - 1, 0);
	assert_true(n >= 0);
	out[n] = '\0';
	close(old);
	close(fd);
	return (size_t)n;
}

static void
show(struct progress *p)
{
	static struct nt_counters now;
	static struct reader_progress reader;
	atomic_init(&reader.taken, 25);
	atomic_init(&reader.size, 100);
	if (nt_counter_read(&now, NT_COUNTER_PACKETS) == 0)
		nt_counter_add(&now, NT_COUNTER_PACKETS, 1500000);
	progress_show(p, &reader, &now);
}

static void
test_line(void **state)
{
	(void)state;
	char line[500];
	struct progress p;
	progress_init(&p, true);
	assert_int_equal(said(line, sizeof(line), progress_end, &p), 0);
	said(line, sizeof(line), show, &p);
	assert_int_equal(line[0], '\r');
	assert_null(strchr(line, '\n'));
	assert_non_null(strstr(line, " 25 %"));
	assert_non_null(strstr(line, "1.50 M packets"));
	said(line, sizeof(line), progress_end, &p);
	assert_string_equal(line, "\r\033[K");
	assert_int_equal(said(line, sizeof(line), progress_end, &p), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_wanted),
		cmocka_unit_test(test_not_too_often),
		cmocka_unit_test(test_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
