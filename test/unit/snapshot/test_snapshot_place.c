/* SPDX-License-Identifier: BSD-3-Clause */
/* What is no snapshot is neither replaced nor waited for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "nt_snapshot.h"

#define NOW NT_SEC(1000)

static char dir[64], path[128], aside[144], beside[144];

static int
make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/nt-place-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/names", dir);
	snprintf(aside, sizeof(aside), "%s.unusable", path);
	snprintf(beside, sizeof(beside), "%s.new", path);
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	unlink(path);
	unlink(aside);
	unlink(beside);
	return rmdir(dir);
}

static void
write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
expect_text(const char *name, const char *text)
{
	char got[64] = "";
	FILE *f = fopen(name, "r");
	assert_non_null(f);
	assert_int_equal(fread(got, 1, sizeof(got) - 1, f), strlen(text));
	fclose(f);
	assert_string_equal(got, text);
}

static int
write_snapshot(int64_t taken_ns, struct nt_error *err)
{
	const struct nt_snapshot_head h = { .taken_ns = taken_ns };
	struct nt_snapshot_writer *w = nt_snapshot_create(path, &h, err);
	return w == NULL ? -1 : nt_snapshot_commit(w, err);
}

static void
test_foreign(void **state)
{
	(void)state;
	struct nt_error err;
	static const char *const texts[] = { "hello", "NTSNAP\r", "NTSNAP\r ", "x" };
	for (size_t i = 0; i < NT_ARRAY_SIZE(texts); i++) {
		write_file(path, texts[i]);
		assert_int_equal(nt_snapshot_place(path), NT_SNAPSHOT_PLACE_FOREIGN);
		assert_int_equal(write_snapshot(NOW, &err), -EEXIST);
		assert_non_null(strstr(err.msg, "it is no snapshot of nametap"));
		expect_text(path, texts[i]);
		assert_int_not_equal(access(beside, F_OK), 0);
		assert_null(nt_snapshot_load(path, NOW, &err));
		assert_int_equal(errno, EINVAL);
	}
}

static void
test_empty(void **state)
{
	(void)state;
	struct nt_error err;
	assert_int_equal(nt_snapshot_place(path), NT_SNAPSHOT_PLACE_EMPTY);
	write_file(path, "");
	assert_int_equal(nt_snapshot_place(path), NT_SNAPSHOT_PLACE_EMPTY);
	assert_null(nt_snapshot_load(path, NOW, &err));
	assert_int_equal(errno, ENOENT);
	assert_int_equal(write_snapshot(NOW, &err), 0);
	assert_int_equal(nt_snapshot_place(path), NT_SNAPSHOT_PLACE_OURS);
}

static void
expect_no_file(void)
{
	struct nt_error err;
	struct stat before, after;
	assert_int_equal(lstat(path, &before), 0);
	assert_int_equal(nt_snapshot_place(path), NT_SNAPSHOT_PLACE_NO_FILE);
	assert_null(nt_snapshot_load(path, NOW, &err));
	assert_non_null(strstr(err.msg, "it is no regular file"));
	assert_int_equal(write_snapshot(NOW, &err), -EEXIST);
	assert_non_null(strstr(err.msg, "it is no regular file"));
	assert_int_equal(lstat(path, &after), 0);
	assert_int_equal(after.st_ino, before.st_ino);
	assert_int_equal(after.st_mode, before.st_mode);
}

/* It does not wait for a writer either. */
static void
test_no_file(void **state)
{
	(void)state;
	alarm(10);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_no_file();
	alarm(0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/dev/full", path), 0);
	expect_no_file();
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	expect_no_file();
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(nt_snapshot_place("/dev/full"), NT_SNAPSHOT_PLACE_NO_FILE);
}

/* Somebody's file by the name that a snapshot has while it is written. */
static void
test_beside(void **state)
{
	(void)state;
	struct nt_error err;
	write_file(beside, "mine");
	assert_int_equal(write_snapshot(NOW, &err), -1);
	expect_text(beside, "mine");
}

static void
test_set_aside(void **state)
{
	(void)state;
	struct nt_error err;
	struct stat first, second;
	assert_int_equal(write_snapshot(NOW + 1, &err), 0);
	assert_int_equal(stat(path, &first), 0);
	assert_null(nt_snapshot_load(path, NOW, &err));
	assert_int_equal(errno, EINVAL);
	assert_int_equal(nt_snapshot_set_aside(path, &err), 0);
	assert_int_equal(stat(aside, &second), 0);
	assert_int_equal(first.st_ino, second.st_ino);
	/* an older one goes, somebody's file does not */
	assert_int_equal(write_snapshot(NOW, &err), 0);
	assert_int_equal(nt_snapshot_set_aside(path, &err), 0);
	write_file(aside, "mine");
	assert_int_equal(write_snapshot(NOW, &err), 0);
	assert_int_equal(nt_snapshot_set_aside(path, &err), -EEXIST);
	assert_non_null(strstr(err.msg, "names.unusable is in the way: it is no snapshot"));
	expect_text(aside, "mine");
	assert_int_equal(access(path, F_OK), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_foreign, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_empty, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_no_file, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_beside, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_set_aside, make_dir, remove_dir),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
