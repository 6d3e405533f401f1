/* SPDX-License-Identifier: BSD-3-Clause */
/* The file is read again: what is taken over, by whom, and what is refused. */
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "reload.h"

#define TAKERS 3

static struct nt_config begun;
static struct command_sets sets;
static atomic_bool stop, idle[TAKERS], over;
static struct settings_box boxes[TAKERS];
static uint64_t rate_seen[TAKERS]; /* what a taker has looked at last */
static pthread_t threads[TAKERS];
static char dir[] = "/tmp/nametap-reload-XXXXXX", path[64], said[8192];
static struct reloader *reloader;

/* What a worker does: looks at what it has, again and again; takes what it is offered. */
static void *
work(void *arg)
{
	const size_t i = (size_t)(uintptr_t)arg;
	const struct settings *have = NULL;
	while (!atomic_load_explicit(&over, memory_order_relaxed)) {
		const struct settings *s = settings_offered(&boxes[i]);
		if (have != NULL)
			rate_seen[i] = have->config.relay.rate;
		if (s != NULL && !atomic_load_explicit(&idle[i], memory_order_relaxed)) {
			have = s;
			rate_seen[i] = s->config.relay.rate;
			settings_take(&boxes[i], s);
		}
		nanosleep(&(struct timespec){ .tv_nsec = 20000 }, NULL);
	}
	return NULL;
}

static void
say(void *arg, const char *line)
{
	(void)arg;
	snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s\n", line);
}

static void
write_file(const char *text, size_t len)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void
write_text(const char *text)
{
	write_file(text, strlen(text));
}

static json_t *
reload(void)
{
	struct nt_error err;
	said[0] = '\0';
	json_t *ret = reloader_reload(reloader, &err);
	if (ret == NULL)
		fail_msg("%s", err.msg);
	return ret;
}

/* The members of a list, with a space behind each. */
static void
list_is(const json_t *answer, const char *list, const char *want)
{
	char text[4096] = "";
	size_t i;
	json_t *e;
	assert_true(json_is_array(json_object_get(answer, list)));
	json_array_foreach(json_object_get(answer, list), i, e) snprintf(
		text + strlen(text), sizeof(text) - strlen(text), "%s ", json_string_value(e));
	assert_string_equal(text, want);
}

static int
set_up(void **state)
{
	static const char *const names[TAKERS] = { "control", "worker 0", "worker 1" };
	(void)state;
	nt_config_default(&begun);
	sets = (struct command_sets){ .sets = { "workers=2" }, .count = 1 };
	assert_int_equal(nt_config_set(&begun, "workers=2", NULL, NULL), 0);
	memset(boxes, 0, sizeof(boxes));
	atomic_store_explicit(&over, false, memory_order_relaxed);
	atomic_store_explicit(&stop, false, memory_order_relaxed);
	const struct reloader_config cfg = { .source = { .path = path, .sets = &sets },
		.begun = &begun,
		.stop = &stop,
		.say = say };
	reloader = reloader_new(&cfg);
	assert_non_null(reloader);
	for (size_t i = 0; i < TAKERS; i++) {
		atomic_store_explicit(&idle[i], false, memory_order_relaxed);
		reloader_add_taker(reloader, names[i], &boxes[i]);
		assert_int_equal(pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)i), 0);
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	atomic_store_explicit(&over, true, memory_order_relaxed);
	for (size_t i = 0; i < TAKERS; i++)
		pthread_join(threads[i], NULL);
	reloader_free(reloader);
	(void)unlink(path);
	(void)rmdir(path);
	return 0;
}

static void
test_nothing_differs(void **state)
{
	(void)state;
	write_text("{}");
	json_t *a = reload();
	list_is(a, "changed", "");
	list_is(a, "restart", "");
	assert_string_equal(said, "");
	/* The very same configuration, and nobody was offered anything. */
	assert_ptr_equal(reloader_config(reloader), &begun);
	assert_null(atomic_load(&boxes[0].offered));
	json_decref(a);
}

static void
test_taken_over(void **state)
{
	(void)state;
	write_text("{ \"local_nets\": [\"198.51.100.0/24\"], \"relay\": { \"rate\": 77 },\n"
		   "  \"notice\": { \"allow\": [\"192.0.2.1\"] } }");
	json_t *a = reload();
	list_is(a, "changed", "local_nets notice.allow relay.rate ");
	list_is(a, "restart", "");
	list_is(a, "late", "");
	assert_string_equal(said, "reloaded: local_nets, notice.allow, relay.rate\n");
	json_decref(a);
	const struct settings *s = atomic_load(&boxes[1].taken);
	struct nt_addr addr, other;
	nt_addr_parse("192.0.2.1", &addr);
	nt_addr_parse("8.8.8.8", &other);
	assert_true(nt_allow_index_has(s->allow, &addr, 99, 6));
	assert_false(nt_allow_index_has(s->allow, &other, 99, 6));
	assert_ptr_equal(&s->config, reloader_config(reloader));
	assert_int_equal(s->config.workers, 2); /* the assignments of the start count again */
	for (size_t i = 0; i < TAKERS; i++)
		assert_int_equal(rate_seen[i], 77);
	/* What isn't in the file any more has its default again. */
	write_text("{ \"local_nets\": [\"198.51.100.0/24\"] }");
	a = reload();
	list_is(a, "changed", "notice.allow relay.rate ");
	json_decref(a);
	assert_int_equal(reloader_config(reloader)->relay.rate, begun.relay.rate);
}

static void
test_needs_restart(void **state)
{
	(void)state;
	/* --set has the last word: workers does not differ. */
	write_text("{ \"workers\": 3, \"ports\": [\"net_null0\"], \"log\": { \"vlan\": true },\n"
		   "  \"relay\": { \"burst\": 5 }, \"flow\": { \"max\": 2000000 } }");
	json_t *a = reload();
	list_is(a, "changed", "relay.burst ");
	list_is(a, "restart", "ports log.vlan ");
	list_is(a, "above_start", "flow.max ");
	json_decref(a);
	const struct nt_config *c = reloader_config(reloader);
	assert_int_equal(c->ports.count, 0);
	assert_false(c->log.vlan);
	assert_int_equal(c->flow.max, begun.flow.max);
	assert_int_equal(c->relay.burst, 5);
}

/* Down, and up again to where it was. */
static void
test_caps(void **state)
{
	(void)state;
	write_text("{ \"flow\": { \"max\": 1000 }, \"names\": { \"max_names\": 500 } }");
	json_t *a = reload();
	list_is(a, "changed", "flow.max names.max_names ");
	json_decref(a);
	write_text("{ \"names\": { \"max_names\": 500 } }");
	a = reload();
	list_is(a, "changed", "flow.max ");
	json_decref(a);
	assert_int_equal(reloader_config(reloader)->flow.max, begun.flow.max);
	assert_int_equal(reloader_config(reloader)->names.max_names, 500);
}

static void
refused(const char *text, const char *line)
{
	const struct nt_config *before = reloader_config(reloader);
	char want[512];
	if (text != NULL)
		write_text(text);
	json_t *a = reload();
	snprintf(want, sizeof(want), "%s:%s ", path, line);
	list_is(a, "problems", want);
	assert_null(json_object_get(a, "changed"));
	assert_ptr_equal(reloader_config(reloader), before);
	json_decref(a);
}

static void
test_refused(void **state)
{
	(void)state;
	refused("{ \"relay\": { \"rate\": -1, \"burst\": 7 } }",
		" relay.rate: -1 is out of bounds (0 .. 1000000000 mappings/s)");
	refused("{", "1:1: string or '}' expected near end of file");
	unlink(path);
	refused(NULL, " No such file or directory");
	assert_int_equal(mkdir(path, 0700), 0);
	refused(NULL, " is no regular file; nothing else is read again");
	assert_int_equal(rmdir(path), 0);
	/* Nobody writes into it, and it is not waited for. */
	assert_int_equal(mkfifo(path, 0600), 0);
	refused(NULL, " is no regular file; nothing else is read again");
	unlink(path);
}

/* Across keys, one of which can't change. */
static void
test_refused_together(void **state)
{
	(void)state;
	write_text("{ \"names\": { \"ttl_min\": 500, \"ttl_max\": 400 } }");
	json_t *a = reload();
	list_is(a, "problems",
		"names.ttl_min: 500 is more than names.ttl_max (400); lower it, or raise "
		"names.ttl_max ");
	json_decref(a);
	assert_ptr_equal(reloader_config(reloader), &begun);
}

static void
test_every_problem(void **state)
{
	(void)state;
	write_text("{ \"relay\": { \"rate\": \"x\", \"burst\": 0 }, \"wurkers\": 3 }");
	json_t *a = reload();
	assert_int_equal(json_array_size(json_object_get(a, "problems")), 3);
	json_decref(a);
}

static void
test_no_utf8_name(void **state)
{
	(void)state;
	static const char odd[] = "/tmp/nametap-reload-\xff\xfe";
	struct nt_error err;
	const struct reloader_config cfg = {
		.source = { .path = odd, .sets = &sets }, .begun = &begun, .stop = &stop
	};
	struct reloader *r = reloader_new(&cfg);
	json_t *a = reloader_reload(r, &err);
	list_is(a, "problems", "/tmp/nametap-reload-??: No such file or directory ");
	json_decref(a);
	reloader_free(r);
}

/* One stands still: it is named; what it still looks at stays; there is no other reload before. */
static void
test_late(void **state)
{
	struct nt_error err;
	(void)state;
	write_text("{ \"relay\": { \"rate\": 11 } }");
	json_decref(reload());
	atomic_store_explicit(&idle[2], true, memory_order_relaxed);
	write_text("{ \"relay\": { \"rate\": 22 } }");
	json_t *a = reload();
	list_is(a, "changed", "relay.rate ");
	list_is(a, "late", "worker 1 ");
	json_decref(a);
	write_text("{ \"relay\": { \"rate\": 33 } }");
	assert_null(reloader_reload(reloader, &err));
	assert_string_equal(
		err.msg, "worker 1 stands still and has not taken what was reloaded before");
	assert_int_equal(reloader_config(reloader)->relay.rate, 22);
	atomic_store_explicit(&idle[2], false, memory_order_relaxed);
	while (!settings_are_taken(&boxes[2]))
		nanosleep(&(struct timespec){ .tv_nsec = 100000 }, NULL);
	json_decref(reload());
	assert_int_equal(rate_seen[2], 33);
}

static void
test_ending(void **state)
{
	struct nt_error err;
	(void)state;
	write_text("{}");
	atomic_store_explicit(&stop, true, memory_order_relaxed);
	assert_null(reloader_reload(reloader, &err));
	assert_string_equal(err.msg, "the sensor is ending");
}

/* Under ASan: nobody looks at what was freed. */
static void
test_many(void **state)
{
	char text[64];
	(void)state;
	for (unsigned int i = 1; i <= 300; i++) {
		snprintf(text, sizeof(text), "{ \"relay\": { \"rate\": %u } }", i);
		write_text(text);
		json_t *a = reload();
		list_is(a, "late", "");
		json_decref(a);
		for (size_t t = 0; t < TAKERS; t++)
			assert_int_equal(rate_seen[t], i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_differs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_taken_over, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_needs_restart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_caps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused_together, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_every_problem, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_utf8_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_late, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ending, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many, set_up, tear_down),
	};
	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/nametap.json", dir);
	const int failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)rmdir(dir);
	return failed;
}
