/* SPDX-License-Identifier: BSD-3-Clause */
/* What is written comes back, in order; a path has a whole file or the one before. */
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

static char dir[64], path[128], beside[144];

static int
make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/nt-snapshot-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/names", dir);
	snprintf(beside, sizeof(beside), "%s.new", path);
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	unlink(path);
	unlink(beside);
	return rmdir(dir);
}

static struct nt_snapshot_head
head(void)
{
	return (struct nt_snapshot_head){ .taken_ns = NOW - 1,
		.began_ns = -5,
		.told_key = nt_hash_key_fixed(),
		.told_mark = 0x0123456789abcdef };
}

static struct nt_snapshot_writer *
create(void)
{
	const struct nt_snapshot_head h = head();
	struct nt_error err;
	struct nt_snapshot_writer *w = nt_snapshot_create(path, &h, &err);
	assert_non_null(w);
	return w;
}

static struct nt_name_entry
entry(const char *name, uint64_t first, uint64_t last, int64_t expires_ns)
{
	const uint8_t v4[4] = { 192, 0, 2, 7 }, v6[16] = { 0x20, 1, 0x0d, 0xb8, [15] = 9 };
	struct nt_name_entry e = { .addr = nt_addr_v4(v4),
		.client = nt_addr_v6(v6),
		.first_position = first,
		.position = last,
		.first_seen_ns = NT_SEC((int64_t)first),
		.seen_ns = NT_SEC((int64_t)last),
		.expires_ns = expires_ns,
		.index = 3,
		.source = NT_SOURCE_DNS_AAAA,
		.name_len = (uint16_t)strlen(name) };
	memcpy(e.name, name, e.name_len);
	return e;
}

static void
put(struct nt_snapshot_writer *w, const char *name, uint64_t first, uint64_t last, int64_t expires)
{
	const struct nt_name_entry e = entry(name, first, last, expires);
	nt_snapshot_put_name(w, &e);
}

static void
expect_mapping(const struct nt_snapshot *s, uint64_t i, const char *name, int64_t seen_sec)
{
	struct nt_mapping m;
	nt_snapshot_mapping(s, i, &m);
	assert_int_equal(m.position, i + 1);
	assert_int_equal(m.seen_ns, NT_SEC(seen_sec));
	assert_int_equal(m.name_len, strlen(name));
	assert_memory_equal(m.name, name, m.name_len);
}

static struct nt_snapshot *
load(void)
{
	struct nt_error err;
	struct nt_snapshot *s = nt_snapshot_load(path, NOW, &err);
	assert_non_null(s);
	return s;
}

static void
test_round_trip(void **state)
{
	(void)state;
	struct nt_error err;
	struct nt_snapshot_writer *w = create();
	put(w, "late.example", 20, 20, NOW + 5);
	put(w, "twice.example", 10, 30, NOW + 6);
	put(w, "expired.example", 11, 31, NOW);
	nt_snapshot_put_told(w, &(struct nt_told_entry){ 77, 5, 9 });
	nt_snapshot_put_told(w, &(struct nt_told_entry){ 78, -2, 8 });
	assert_int_equal(nt_snapshot_commit(w, &err), 0);

	struct nt_snapshot *s = load();
	const struct nt_snapshot_head h = head(), *got = nt_snapshot_head(s);
	assert_memory_equal(got, &h, sizeof(h));
	assert_int_equal(nt_snapshot_mappings(s), 3);
	expect_mapping(s, 0, "twice.example", 10);
	expect_mapping(s, 1, "late.example", 20);
	expect_mapping(s, 2, "twice.example", 30);
	struct nt_mapping m;
	nt_snapshot_mapping(s, 2, &m);
	const struct nt_name_entry e = entry("twice.example", 10, 30, 0);
	assert_true(nt_addr_equal(&m.addr, &e.addr) && nt_addr_equal(&m.client, &e.client));
	assert_int_equal(m.source, NT_SOURCE_DNS_AAAA);
	assert_int_equal(m.expires_ns, NOW + 6);
	assert_int_equal(nt_snapshot_tolds(s), 2);
	assert_int_equal(nt_snapshot_told(s, 0).tag, 78);
	assert_int_equal(nt_snapshot_told(s, 0).first_ns, -2);
	assert_int_equal(nt_snapshot_told(s, 1).last_ns, 9);
	nt_snapshot_free(s);
}

/* One cache to another by way of a file: the same names, by the same clients, of the same life. */
static void
test_told_tables(void **state)
{
	(void)state;
	const struct nt_hash_key key = { { 1, 2, 3, 4 } };
	const struct nt_name_entry e = entry("x", 1, 1, 1);
	struct nt_told_table *a = nt_told_new(64, &key), *b = nt_told_new(64, &key);
	struct nt_told_entry slice[3];
	uint32_t cursor = 0, n = 0;
	nt_told_add(a, &e.addr, &e.client, 100);
	nt_told_add(a, &e.client, &e.addr, 200);
	nt_told_add(a, &e.addr, &e.client, 300);
	assert_int_equal(nt_told_mark(a), nt_told_mark(b));
	while (cursor != UINT32_MAX) {
		const uint32_t got = nt_told_walk(a, &cursor, slice, 3);
		for (uint32_t i = 0; i < got; i++)
			nt_told_restore(b, &slice[i]);
		n += got;
	}
	assert_int_equal(n, 4);
	int64_t first, last;
	assert_true(nt_told_when(b, &e.addr, &e.client, &first, &last));
	assert_int_equal(first, 100);
	assert_int_equal(last, 300);
	assert_false(nt_told_before(b, &e.client, &e.addr, 199));
	assert_true(nt_told_before(b, &e.client, &e.addr, 200));
	const struct nt_hash_key other = { { 9, 2, 3, 4 } };
	struct nt_told_table *c = nt_told_new(64, &other);
	assert_int_not_equal(nt_told_mark(a), nt_told_mark(c));
	nt_told_free(a);
	nt_told_free(b);
	nt_told_free(c);
}

/* Until it is committed, the path has what it had; left by a run that was killed, it is no hurdle.
 */
static void
test_whole_or_before(void **state)
{
	(void)state;
	struct nt_error err;
	struct stat st;
	struct nt_snapshot_writer *w = create();
	put(w, "old.example", 1, 1, NOW + 5);
	assert_int_equal(nt_snapshot_commit(w, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_not_equal(access(beside, F_OK), 0);

	w = create();
	put(w, "new.example", 1, 1, NOW + 5);
	struct nt_snapshot *s = load();
	expect_mapping(s, 0, "old.example", 1);
	nt_snapshot_free(s);
	nt_snapshot_abandon(w);
	assert_int_not_equal(access(beside, F_OK), 0);

	fclose(fopen(beside, "w"));
	w = create();
	put(w, "new.example", 1, 1, NOW + 5);
	assert_int_equal(nt_snapshot_commit(w, &err), 0);
	s = load();
	expect_mapping(s, 0, "new.example", 1);
	nt_snapshot_free(s);
}

static void
test_where_nothing_can_be(void **state)
{
	(void)state;
	const struct nt_snapshot_head h = head();
	struct nt_error err;
	assert_null(nt_snapshot_create("/nonexistent/dir/names", &h, &err));
	assert_non_null(strstr(err.msg, "/nonexistent/dir/names.new: No such file"));
	errno = 0;
	assert_null(nt_snapshot_load("/nonexistent/names", NOW, &err));
	assert_int_equal(errno, ENOENT);
	assert_null(nt_snapshot_load("/", NOW, &err));
	/* what somebody put beside it is no way to elsewhere */
	assert_int_equal(symlink("/dev/full", beside), 0);
	struct nt_snapshot_writer *w = create();
	assert_int_equal(nt_snapshot_commit(w, &err), 0);
	nt_snapshot_free(load());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round_trip, make_dir, remove_dir),
		cmocka_unit_test(test_told_tables),
		cmocka_unit_test_setup_teardown(test_whole_or_before, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_where_nothing_can_be, make_dir, remove_dir),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
