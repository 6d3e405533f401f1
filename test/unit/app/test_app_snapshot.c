/* SPDX-License-Identifier: BSD-3-Clause */
/* What one run's worker knows, the next run's workers know. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <nt_clock.h>

#include <ask.h>
#include <rx.h>
#include <snapshot.h>
#include <worker_priv.h>

#define NAMES 300 /* several slices */

static struct nt_config cfg;
static struct nt_relay *relay;
static struct nt_hash_key told_key = { { 1, 2, 3, 4 } };
static struct worker *workers[2];
static char path[] = "/tmp/nt-snapshot-XXXXXX";
static int64_t now_ns;

static struct nt_addr
addr(uint32_t n)
{
	const uint32_t be = __builtin_bswap32(0xc6336400 + n);
	uint8_t bytes[4];
	memcpy(bytes, &be, sizeof(bytes));
	return nt_addr_v4(bytes);
}

static void
make_workers(const struct nt_hash_key *key)
{
	for (unsigned int i = 0; i < 2; i++) {
		const struct worker_config wc = {
			.config = &cfg, .index = i, .relay = relay, .names_key = key
		};
		workers[i] = worker_new(&wc);
		assert_non_null(workers[i]);
	}
}

static void
free_workers(void)
{
	for (unsigned int i = 0; i < 2; i++)
		worker_free(workers[i]);
}

static int
set_up(void **state)
{
	(void)state;
	const struct nt_relay_config rc = {
		.workers = 2, .burst = 1, .ring_units = 1024, .own_units = 1024
	};
	nt_config_default(&cfg);
	cfg.flow.max = cfg.names.max_mappings = cfg.names.max_addresses = cfg.names.max_names =
		4096;
	cfg.notice.max_told = 4096;
	relay = nt_relay_new(&rc);
	assert_non_null(relay);
	close(mkstemp(path));
	now_ns = nt_clock_wall_ns();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	nt_relay_free(relay);
	return unlink(path);
}

static void
learn(struct worker *w, uint32_t n, int64_t seen_ns, int64_t life_ns)
{
	char name[32];
	const int len = snprintf(name, sizeof(name), "n%u.example", n);
	const struct nt_mapping m = { .addr = addr(n),
		.client = addr(1000),
		.position = n + 1,
		.seen_ns = seen_ns,
		.expires_ns = seen_ns + life_ns,
		.source = NT_SOURCE_DNS_A,
		.name_len = (uint16_t)len,
		.name = name };
	nt_name_cache_add(w->names, &m);
	struct nt_mapping_keys k;
	nt_mapping_keys_of(&w->names_key, &m, &k);
	nt_verdicts_mapping(w->judging.verdicts, &m, &k);
}

static void
take(struct worker *w)
{
	const struct snapshot_source from = {
		.worker = w, .began_ns = now_ns - NT_SEC(900), .names_key = told_key
	};
	struct nt_error err;
	assert_int_equal(snapshot_take(path, &from, &err), 0);
}

static struct snapshot_restored
restore(void)
{
	struct nt_error err;
	struct nt_snapshot *s = nt_snapshot_load(path, now_ns, &err);
	assert_non_null(s);
	const struct snapshot_restored r = snapshot_restore(s, workers, 2, now_ns);
	nt_snapshot_free(s);
	return r;
}

static unsigned int
names_of(struct worker *w, uint32_t n)
{
	const struct ask_question q = { .kind = ASK_NAMES, .addr = addr(n) };
	worker_answer(w, ask_leave(worker_ask_box(w), &q));
	return worker_ask_box(w)->answer.count;
}

static enum nt_verdict
verdict(struct worker *w, uint32_t n, int64_t start_ns, enum nt_unknown *ret_why)
{
	const struct nt_addr client = addr(1000);
	const struct nt_verdict_query q = { .addr = addr(n),
		.clients = &client,
		.client_count = 1,
		.start_ns = start_ns,
		.began_ns = now_ns - NT_SEC(900) };
	return nt_verdicts_judge(w->judging.verdicts, &q, ret_why);
}

static void
test_restart(void **state)
{
	(void)state;
	enum nt_unknown why;
	make_workers(&told_key);
	for (uint32_t i = 0; i < NAMES; i++)
		learn(workers[0], i, now_ns - NT_SEC(600 - i), NT_SEC(3600));
	learn(workers[0], NAMES, now_ns - NT_SEC(60), NT_SEC(1)); /* expired */
	take(workers[0]);
	free_workers();

	make_workers(&told_key);
	const struct snapshot_restored r = restore();
	assert_int_equal(r.mappings, NAMES);
	assert_int_equal(r.tolds, 2 * (NAMES + 1));
	assert_false(r.told_differs);
	for (unsigned int i = 0; i < 2; i++) {
		struct worker *w = workers[i];
		assert_int_equal(names_of(w, 0), 1);
		assert_int_equal(names_of(w, NAMES - 1), 1);
		assert_int_equal(names_of(w, NAMES), 0);
		assert_int_equal(verdict(w, 5, now_ns, &why), NT_VERDICT_CLIENT);
		/* told once, even if the name is gone */
		assert_int_equal(verdict(w, NAMES, now_ns, &why), NT_VERDICT_CLIENT);
		/* what was told while nobody listened is in doubt for a while */
		assert_int_equal(verdict(w, NAMES + 1, now_ns, &why), NT_VERDICT_UNKNOWN);
		assert_int_equal(why, NT_UNKNOWN_DROPPED);
		const int64_t later_ns = now_ns + cfg.notice.lost_for_ns + NT_SEC(5);
		assert_int_equal(verdict(w, NAMES + 1, later_ns, &why), NT_VERDICT_NONE);
	}
	free_workers();
}

/* Another key, as another kind of machine would have it: names yes, what was told no. */
static void
test_other_marks(void **state)
{
	(void)state;
	const struct nt_hash_key other = { { 9, 9, 9, 9 } };
	make_workers(&told_key);
	learn(workers[0], 1, now_ns - NT_SEC(1), NT_SEC(3600));
	take(workers[0]);
	free_workers();
	make_workers(&other);
	const struct snapshot_restored r = restore();
	assert_true(r.told_differs);
	assert_int_equal(r.tolds, 0);
	assert_int_equal(names_of(workers[1], 1), 1);
	free_workers();
}

/* Nobody answers: what was there stays. */
static void
test_stuck(void **state)
{
	(void)state;
	struct nt_error err;
	make_workers(&told_key);
	learn(workers[0], 1, now_ns - NT_SEC(1), NT_SEC(3600));
	take(workers[0]);
	const struct snapshot_source from = {
		.worker = workers[0], .running = true, .names_key = told_key
	};
	assert_int_equal(snapshot_take(path, &from, &err), -ETIMEDOUT);
	assert_non_null(strstr(err.msg, "does not answer"));
	assert_int_equal(restore().mappings, 1);
	free_workers();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_other_marks),
		cmocka_unit_test(test_stuck),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
