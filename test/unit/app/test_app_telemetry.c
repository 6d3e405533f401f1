/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Telemetry from end to end: EAL's socket, our commands, our client, and threads that stand for
 * workers. One EAL for all tests, for there can be only one.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <rte_eal.h>

#include "ask.h"
#include "telemetry.h"
#include "telemetry_client.h"
#include "telemetry_json.h"

#define WORKERS 2
#define NAMES	200

struct worker {
	struct nt_counters counters;
	struct worker_gauges gauges;
	struct nt_histogram lag;
	struct ask_box *box;
	pthread_t thread;
	unsigned int index;
};

static struct worker fake[WORKERS];
static atomic_bool over, asleep;
static struct nt_config config;
static struct live_view view;
static struct ports ports;
static struct live_clock live_clock;
static struct nt_relay *relay;
static struct busiest *busiest;
static struct reloader *reloader;
static struct telemetry_client *client;

const struct nt_counters *
worker_counters(const struct worker *w)
{
	return &w->counters;
}

const struct worker_gauges *
worker_gauges(const struct worker *w)
{
	return &w->gauges;
}

const struct nt_histogram *
worker_watermark_lag(const struct worker *w)
{
	return &w->lag;
}

uint64_t
worker_beats(const struct worker *w)
{
	return w->index;
}

struct ask_box *
worker_ask_box(const struct worker *w)
{
	return w->box;
}

void
ports_stats(struct ports *p, unsigned int i, struct port_stats *ret)
{
	(void)p;
	*ret = (struct port_stats){ .packets = 10 + i, .bytes = 1000, .missed = 3 };
}

/* The names that every worker has, and one that only worker 1 has. */
static struct nt_name_entry
entry_of(const struct worker *w, uint32_t i)
{
	struct nt_name_entry e = { .first_position = i + 1,
		.position = i + 1 + w->index,
		.first_seen_ns = NT_SEC(1000) + 123456000,
		.seen_ns = NT_SEC(2000),
		.expires_ns = NT_SEC(3000),
		.source = NT_SOURCE_DNS_A };
	nt_addr_parse("192.0.2.1", &e.addr);
	nt_addr_parse("10.0.0.1", &e.client);
	e.name_len = (uint16_t)snprintf(e.name, sizeof(e.name), "name-%u.example", i);
	if (i == 1) { /* as long as a name can be, and nothing that a terminal likes */
		memset(e.name, 0x01, NT_MAPPING_NAME_MAX);
		e.name_len = NT_MAPPING_NAME_MAX;
	}
	return e;
}

static void
answer(struct worker *w, const struct ask_question *q)
{
	struct ask_answer *a = &w->box->answer;
	const uint32_t names = NAMES + w->index;
	struct nt_addr known;
	nt_addr_parse("192.0.2.1", &known);
	a->count = 0;
	a->cut = false;
	a->clock_ns = NT_SEC(2500);
	const bool has = q->kind == ASK_NAMES ? nt_addr_equal(&q->addr, &known)
					      : q->kind == ASK_ADDRS && q->name_len == 3;
	for (uint32_t i = q->from; has && i < names && a->count < ASK_ENTRIES; i++)
		a->entries[a->count++] = entry_of(w, i);
	a->more = has && q->from + a->count < names;
	ask_done(w->box);
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	while (!atomic_load_explicit(&over, memory_order_relaxed)) {
		const struct ask_question *q = ask_pending(w->box);
		if (q != NULL && !atomic_load_explicit(&asleep, memory_order_relaxed))
			answer(w, q);
		sched_yield();
	}
	return NULL;
}

static json_t *
get(const char *command, const char *params)
{
	struct nt_error err = { .msg = "" };
	json_t *v = telemetry_client_ask(client, command, params, &err);
	if (v == NULL)
		print_message("%s\n", err.msg);
	assert_non_null(v);
	return v;
}

static void
refused(const char *command, const char *params, const char *message)
{
	struct nt_error err;
	assert_null(telemetry_client_ask(client, command, params, &err));
	assert_string_equal(err.msg, message);
}

static const json_t *
at(const json_t *v, const char *a, const char *b, const char *c)
{
	v = json_object_get(v, a);
	v = b != NULL ? json_object_get(v, b) : v;
	return c != NULL ? json_object_get(v, c) : v;
}

static void
test_stats(void **state)
{
	(void)state;
	json_t *v = get("/nametap/stats", NULL);
	const json_t *counters = json_object_get(v, "counters");
	assert_int_equal(telemetry_u64(v, "workers"), WORKERS);
	assert_int_equal(json_integer_value(at(counters, "packets", "packets", "packets")), 30);
	struct nt_counter_group g;
	unsigned int seen = 0;
	for (unsigned int i = 0; nt_counter_group(i, &g); i++)
		for (unsigned int id = g.first; id < g.first + g.count; id++, seen++)
			assert_non_null(at(counters, g.name, nt_counter_info(id)->unit,
				nt_counter_info(id)->name));
	assert_int_equal(seen, NT_COUNTER_COUNT);
	assert_null(json_object_get(v, "more"));
	json_decref(v);
	v = get("/nametap/stats", "1");
	assert_int_equal(json_integer_value(at(
				 json_object_get(v, "counters"), "packets", "packets", "packets")),
		20);
	json_decref(v);
	refused("/nametap/stats", "2", "there are workers 0 to 1; without a number all are told");
	refused("/nametap/stats", "x\"y", "not a number: 'x\"y'");
}

/* The largest numbers that there are: all counters still fit into a message. */
static void
test_large_stats_fit(void **state)
{
	(void)state;
	static struct nt_counters before;
	before = fake[0].counters;
	for (unsigned int id = 0; id < NT_COUNTER_COUNT; id++)
		nt_counter_set(&fake[0].counters, (enum nt_counter)id, 1000000000000000);
	json_t *v = get("/nametap/stats", NULL);
	assert_null(json_object_get(v, "more"));
	json_decref(v);
	fake[0].counters = before;
}

static void
test_workers(void **state)
{
	(void)state;
	json_t *v = get("/nametap/workers", NULL);
	assert_int_equal(json_integer_value(at(v, "workers", "1", "packets")), 20);
	assert_int_equal(json_integer_value(at(v, "workers", "1", "beats")), 1);
	assert_int_equal(json_integer_value(at(v, "workers", "0", "flows")), 77);
	assert_int_equal(json_integer_value(at(v, "workers", "0", "lag_p50_usec")), 15);
	assert_null(at(v, "workers", "1", "lag_p50_usec"));
	assert_non_null(at(v, "relay", "relayed", NULL));
	json_decref(v);
	refused("/nametap/workers", "1", "this command takes no parameter: '1'");
}

static void
test_config(void **state)
{
	(void)state;
	json_t *v = get("/nametap/config", NULL);
	assert_int_equal(json_integer_value(at(v, "flow", "max", NULL)), config.flow.max);
	assert_int_equal(json_integer_value(at(v, "hosts", "enabled", NULL)), 1);
	assert_string_equal(json_string_value(at(v, "flow", "tcp_close_delay", NULL)), "0.5");
	assert_null(json_object_get(v, "more"));
	json_decref(v);
	v = get("/nametap/config", "names");
	assert_int_equal(json_object_size(v), 1);
	assert_non_null(at(v, "names", "ttl_min", NULL));
	json_decref(v);
	refused("/nametap/config", "nemes",
		"the configuration has no 'nemes'; without a parameter all of it is told");
}

static void
test_ports(void **state)
{
	(void)state;
	json_t *v = get("/nametap/ports", NULL);
	assert_string_equal(json_string_value(at(v, "ports", "0", "name")), "net_null0");
	assert_int_equal(json_integer_value(at(v, "ports", "0", "missed")), 3);
	json_decref(v);
}

/* More than one message has room for: page by page, each entry once. */
static void
test_lookup(void **state)
{
	(void)state;
	unsigned int from = 0, pages = 0;
	for (bool more = true; more; pages++) {
		char params[64];
		snprintf(params, sizeof(params), "192.0.2.1,%u", from);
		json_t *v = get("/nametap/lookup", params);
		const json_t *names = json_object_get(v, "names");
		assert_int_equal(telemetry_u64(v, "count"), NAMES + 1);
		assert_string_equal(json_string_value(json_object_get(v, "now")), "2500.000000");
		more = telemetry_u64(v, "more") != 0;
		assert_true(json_object_size(names) > 0);
		for (unsigned int i = 0; i < json_object_size(names); i++, from++) {
			char key[16], want[32], name[1100];
			snprintf(key, sizeof(key), "%u", from);
			snprintf(want, sizeof(want), "name-%u.example", from);
			const json_t *e = json_object_get(names, key);
			telemetry_text(e, "name", name, sizeof(name));
			if (from == 1)
				assert_int_equal(strlen(name), 4 * NT_MAPPING_NAME_MAX);
			else
				assert_string_equal(name, want);
			assert_int_equal(telemetry_u64(e, "workers"), from < NAMES ? 2 : 1);
			assert_int_equal(telemetry_u64(e, "worker"), from < NAMES ? 0 : 1);
			assert_int_equal(telemetry_u64(e, "position"), from + 2);
			int64_t ns;
			assert_true(telemetry_ns(e, "first_seen", &ns));
			assert_int_equal(ns, NT_SEC(1000) + 123456000);
		}
		json_decref(v);
	}
	assert_int_equal(from, NAMES + 1);
	assert_true(pages > 1);
	json_t *v = get("/nametap/lookup", "192.0.2.2");
	assert_int_equal(telemetry_u64(v, "count"), 0);
	json_decref(v);
	refused("/nametap/lookup", NULL, "an address is missing: COMMAND,ADDRESS");
	refused("/nametap/lookup", "localhost", "not an IPv4 or IPv6 address: 'localhost'");
}

static void
test_reverse(void **state)
{
	(void)state;
	json_t *v = get("/nametap/reverse", "A.B.");
	assert_string_equal(json_string_value(json_object_get(v, "name")), "a.b");
	assert_string_equal(json_string_value(at(v, "addresses", "0", "address")), "192.0.2.1");
	json_decref(v);
	v = get("/nametap/reverse", "unknown");
	assert_int_equal(telemetry_u64(v, "count"), 0);
	json_decref(v);
	refused("/nametap/reverse", "\x01", "not a name of 1 to 255 bytes: '?'");
}

static void
test_top(void **state)
{
	(void)state;
	json_t *v = get("/nametap/top", NULL);
	assert_int_equal(telemetry_u64(v, "connections"), 5);
	assert_string_equal(json_string_value(at(v, "destinations", "0", "address")), "192.0.2.9");
	assert_int_equal(json_integer_value(at(v, "destinations", "0", "connections")), 3);
	assert_int_equal(json_object_size(json_object_get(v, "destinations")), 2);
	json_decref(v);
	v = get("/nametap/top", "1");
	assert_int_equal(json_object_size(json_object_get(v, "destinations")), 1);
	json_decref(v);
}

static void
test_a_stuck_worker(void **state)
{
	(void)state;
	atomic_store_explicit(&asleep, true, memory_order_relaxed);
	refused("/nametap/lookup", "192.0.2.1",
		"worker 0 has not answered for 500 ms: it stands still, or has no CPU; "
		"/nametap/workers shows its beats");
	atomic_store_explicit(&asleep, false, memory_order_relaxed);
	json_decref(get("/nametap/lookup", "192.0.2.1"));
}

/* Whatever comes over the socket, an answer or an error comes back. */
static void
test_rubbish(void **state)
{
	(void)state;
	struct nt_error err;
	char text[900];
	srand(3);
	for (int i = 0; i < 2000; i++) {
		static const char *const names[] = { "/nametap/stats", "/nametap/config",
			"/nametap/lookup", "/nametap/reverse", "/nametap/top" };
		const int len = rand() % 4 == 0 ? rand() % (int)(sizeof(text) - 1) : rand() % 8;
		for (int k = 0; k < len; k++)
			text[k] = (char)(rand() % 255 + 1);
		text[len] = '\0';
		json_decref(telemetry_client_ask(client, names[i % 5], text, &err));
	}
	json_decref(get("/nametap/stats", NULL));
}

static void
test_help(void **state)
{
	(void)state;
	json_t *v = get("/help", "/nametap/lookup");
	assert_string_equal(json_string_value(json_object_get(v, "/nametap/lookup")),
		"Names of an address. Parameters: ADDRESS[,FROM]");
	json_decref(v);
	struct nt_error err;
	assert_null(telemetry_client_ask(client, "/nametap/nothing", NULL, &err));
	assert_non_null(strstr(err.msg, "does not know /nametap/nothing"));
}

/* No parameters; what is wrong is told line by line. */
static void
test_reload(void **state)
{
	(void)state;
	json_t *a = get("/nametap/reload", NULL);
	assert_string_equal(json_string_value(json_array_get(json_object_get(a, "problems"), 0)),
		"/nonexistent/nametap.json: No such file or directory");
	json_decref(a);
	refused("/nametap/reload", "now", "this command takes no parameter: 'now'");
}

/* When the sensor ends, the commands are still there. */
static void
test_after_the_end(void **state)
{
	(void)state;
	telemetry_stop();
	refused("/nametap/stats", NULL, "the sensor is starting or ending");
	refused("/nametap/lookup", "192.0.2.1", "the sensor is starting or ending");
	assert_int_equal(telemetry_start(&view, busiest, reloader), 0);
	json_decref(get("/nametap/stats", NULL));
}

static void
make_view(void)
{
	const struct nt_relay_config rc = {
		.workers = WORKERS, .pacing = NT_RELAY_PACED, .ring_units = 1024, .own_units = 1024
	};
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_addr a, b;
	nt_config_default(&config);
	config.flow.tcp_close_delay_ns = NT_SEC(1) / 2;
	relay = nt_relay_new(&rc);
	busiest = busiest_new(&key);
	nt_addr_parse("192.0.2.9", &a);
	nt_addr_parse("192.0.2.8", &b);
	for (int i = 0; i < 5; i++)
		busiest_add(busiest, i < 3 ? &a : &b, false, 100, 0);
	busiest_publish(busiest, NT_SEC(1));
	ports.count = 1;
	ports.ports[0] = (struct port){ .queues = 2, .driver = "net_null", .name = "net_null0" };
	static struct worker *const workers[WORKERS] = { &fake[0], &fake[1] };
	view = (struct live_view){ .config = &config,
		.workers = workers,
		.worker_count = WORKERS,
		.relay = relay,
		.ports = &ports,
		.clock = &live_clock,
		.counters = { &fake[0].counters, &fake[1].counters },
		.counters_count = WORKERS };
}

static int
start(void **state)
{
	char cpu[32], prefix[64], path[512];
	char name[] = "test", no_huge[] = "--no-huge", no_pci[] = "--no-pci", mem[] = "-m32";
	char level[] = "--log-level=*:error";
	struct nt_error err;
	(void)state;
	snprintf(cpu, sizeof(cpu), "--lcores=0@%d", sched_getcpu());
	snprintf(prefix, sizeof(prefix), "--file-prefix=nametap-test-%d", (int)getpid());
	char *argv[] = { name, no_huge, no_pci, mem, level, cpu, prefix, NULL };
	assert_true(rte_eal_init((int)NT_ARRAY_SIZE(argv) - 1, argv) >= 0);
	make_view();
	for (unsigned int i = 0; i < WORKERS; i++) {
		fake[i].index = i;
		fake[i].box = ask_box_new();
		nt_counter_set(&fake[i].counters, NT_COUNTER_PACKETS, 10 * (i + 1));
		pthread_create(&fake[i].thread, NULL, work, &fake[i]);
	}
	worker_gauge_set(&fake[0].gauges, WORKER_GAUGE_FLOWS, 77);
	nt_histogram_add(&fake[0].lag, 15000);
	static struct command_sets sets;
	static atomic_bool ending;
	const struct reloader_config rc = {
		.source = { .path = "/nonexistent/nametap.json", .sets = &sets },
		.begun = &config,
		.stop = &ending,
	};
	reloader = reloader_new(&rc);
	assert_non_null(reloader);
	assert_int_equal(telemetry_start(&view, busiest, reloader), 0);
	assert_true(telemetry_socket_path(prefix + strlen("--file-prefix="), path, sizeof(path)));
	client = telemetry_client_open_at(path, &err);
	if (client == NULL)
		print_message("%s\n", err.msg);
	return client == NULL ? -1 : 0;
}

static int
stop(void **state)
{
	(void)state;
	telemetry_client_close(client);
	telemetry_stop();
	atomic_store_explicit(&over, true, memory_order_relaxed);
	for (unsigned int i = 0; i < WORKERS; i++) {
		pthread_join(fake[i].thread, NULL);
		ask_box_free(fake[i].box);
	}
	nt_relay_free(relay);
	busiest_free(busiest);
	reloader_free(reloader);
	const char *dir = rte_eal_get_runtime_dir();
	rte_eal_cleanup();
	if (dir != NULL && chdir(dir) == 0) {
		unlink("dpdk_telemetry.v2");
		unlink("config");
		unlink("mp_socket");
		(void)rmdir(dir);
	}
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_large_stats_fit),
		cmocka_unit_test(test_workers),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_reverse),
		cmocka_unit_test(test_top),
		cmocka_unit_test(test_a_stuck_worker),
		cmocka_unit_test(test_rubbish),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_after_the_end),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
