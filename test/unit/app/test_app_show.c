/* SPDX-License-Identifier: BSD-3-Clause */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <nt_config.h>

#include "show.h"
#include "telemetry_answers.h"
#include "telemetry_client.h"
#include "telemetry_json.h"
#include "text_table.h"

static char *text;
static size_t text_len;

static FILE *
paper(void)
{
	FILE *f = open_memstream(&text, &text_len);
	assert_non_null(f);
	return f;
}

static void
says(FILE *f, const char *want)
{
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, want);
	free(text);
}

static void
has(FILE *f, const char *const *wanted, bool there)
{
	assert_int_equal(fclose(f), 0);
	for (; *wanted != NULL; wanted++)
		if ((strstr(text, *wanted) != NULL) != there)
			fail_msg("%s: %s in\n%s", *wanted, there ? "is not" : "is", text);
	free(text);
}

static void
test_table(void **state)
{
	(void)state;
	static const char *const heads[] = { "NAME", ">N", "LAST", NULL };
	static const char *const cells[] = { "a", "1", "x", "longer", "12,345", "yy" };
	struct text_table *t = text_table_new(heads);
	FILE *f = paper();
	text_table_print(t, f);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(cells); i++)
		text_table_add(t, cells[i]);
	text_table_print(t, f);
	says(f, "NAME         N  LAST\n"
		"a            1  x\n"
		"longer  12,345  yy\n");
	text_table_free(t);
	text_table_free(NULL);
}

static json_t *
stats(void)
{
	static struct nt_counters c;
	nt_counter_set(&c, NT_COUNTER_PACKETS, 1234567);
	nt_counter_set(&c, NT_COUNTER_DNS_SHORT, 3);
	return json_pack("{s:s, s:s, s:s, s:i, s:o}", "version", "0.1.0", "sensor", "tap1",
		"uptime", "3661.000000", "workers", 2, "counters", answer_counters(&c));
}

static void
test_stats(void **state)
{
	(void)state;
	static const char *const there[] = {
		"nametap 0.1.0, sensor tap1, up 01:01:01, workers: 2\n", "\nPackets\n",
		"             1,234,567  packets      packets                   packets received\n",
		"\nDNS messages\n", "  dns_short  ", NULL
	};
	static const char *const zero[] = { "packets_ok", "Connections", "quic", NULL };
	json_t *v = telemetry_shape(stats(), TELEMETRY_ANSWER_BYTES);
	FILE *f = paper();
	show_stats(v, false, f);
	has(f, there, true);
	f = paper();
	show_stats(v, false, f);
	has(f, zero, false);
	f = paper();
	show_stats(v, true, f);
	has(f, (const char *const[]){ "packets_ok", "\nConnections\n", "quic_conns", NULL }, true);
	json_decref(v);
}

/* What a sensor of another version does not tell is left out, not shown as 0. */
static void
test_stats_of_another_version(void **state)
{
	(void)state;
	json_t *v =
		json_loads("{\"counters\":{\"packets\":{\"packets\":{\"packets\":5}}}}", 0, NULL);
	FILE *f = paper();
	show_stats(v, true, f);
	has(f, (const char *const[]){ "packets_ok", NULL }, false);
	json_decref(v);
}

static void
test_names(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	json_t *v = json_pack("{s:s, s:i}", "address", "192.0.2.1", "count", 1);
	json_t *list = json_array();
	FILE *f = paper();
	show_names(v, list, true, f);
	says(f, "192.0.2.1: no name is known\n");
	json_array_append_new(
		list, json_pack("{s:[s,s], s:s, s:s, s:s, s:s, s:s, s:i}", "name", "www.",
			      "example", "source", "DNS_A", "client", "10.0.0.1", "first_seen",
			      "1700000000.500000", "last_seen", "1700000001.000000", "expires",
			      "1700000061.000000", "workers", 2));
	json_array_append_new(list, json_pack("{s:s, s:s}", "name", "x", "source", "MDNS"));
	json_object_set_new(v, "cut", json_integer(1));
	f = paper();
	show_names(v, list, true, f);
	says(f, "NAME         SOURCE  CLIENT    FIRST SEEN           LAST SEEN            EXPIRES  "
		"            WORKERS\n"
		"www.example  DNS_A   10.0.0.1  2023-11-14 22:13:20  2023-11-14 22:13:21  "
		"2023-11-14 22:14:21        2\n"
		"x            MDNS    -         -                    -                    -        "
		"                  -\n"
		"There may be more: only the latest are listed.\n");
	json_decref(list);
	json_decref(v);
}

static void
test_workers_and_ports(void **state)
{
	(void)state;
	json_t *v = json_loads("{\"workers\":{\"0\":{\"packets\":1000,\"out_ring\":1,"
			       "\"out_ring_size\":8,\"lag_p50_usec\":1500}},"
			       "\"relay\":{\"propagation_p50_usec\":20,"
			       "\"propagation_p99_usec\":3000}}",
		0, NULL);
	FILE *f = paper();
	show_workers(v, false, f);
	has(f,
		(const char *const[]){
			"1,000", "12.5 %", "1.50 ms", "p50 20 us, p99 3.00 ms", NULL },
		true);
	json_decref(v);
	v = json_loads("{\"ports\":{\"0\":{\"name\":\"net_tap0\",\"missed\":7}}}", 0, NULL);
	f = paper();
	show_ports(v, false, f);
	has(f, (const char *const[]){ "net_tap0", "7", NULL }, true);
	json_decref(v);
	v = json_object(); /* a sensor that tells nothing */
	f = paper();
	show_workers(v, false, f);
	show_ports(v, false, f);
	says(f, "");
	json_decref(v);
}

/* What was shaped for telemetry comes out as the configuration that it was. */
static void
test_config(void **state)
{
	(void)state;
	static struct nt_config cfg, again;
	struct nt_error err;
	nt_config_default(&cfg);
	assert_int_equal(nt_config_set(&cfg, "flow.tcp_close_delay=0.5", NULL, NULL), 0);
	assert_int_equal(nt_config_set(&cfg, "hosts.enabled=false", NULL, NULL), 0);
	assert_int_equal(nt_config_set(&cfg, "notice.allow=192.0.2.1,123/udp", NULL, NULL), 0);
	assert_int_equal(nt_config_set(&cfg, "names.mdns_ports=[]", NULL, NULL), 0);
	char path[300] = "run.dir=/";
	memset(path + strlen(path), 'x', 200);
	assert_int_equal(nt_config_set(&cfg, path, NULL, NULL), 0);
	json_t *v = telemetry_shape(answer_config(&cfg, "", &err), TELEMETRY_ANSWER_BYTES);
	assert_null(json_object_get(v, "more"));
	v = show_config_restore(v);
	FILE *f = paper();
	show_config(v, false, f);
	json_decref(v);
	assert_int_equal(fclose(f), 0);
	nt_config_default(&again);
	assert_int_equal(nt_config_load_text(&again, "f", text, text_len, NULL, NULL), 0);
	free(text);
	assert_memory_equal(&cfg, &again, sizeof(cfg));
}

static void
test_members(void **state)
{
	(void)state;
	int64_t ns = 0;
	json_t *v = json_loads("{\"a\":\"12.000001\",\"b\":\"-1.500000\",\"c\":\"x\",\"d\":\"7\","
			       "\"e\":\"\",\"f\":\"99999999999\",\"g\":\"1.5x\",\"n\":-3}",
		0, NULL);
	assert_true(telemetry_ns(v, "a", &ns));
	assert_int_equal(ns, NT_SEC(12) + 1000);
	assert_true(telemetry_ns(v, "b", &ns));
	assert_int_equal(ns, -NT_SEC(3) / 2);
	assert_true(telemetry_ns(v, "d", &ns));
	assert_int_equal(ns, NT_SEC(7));
	assert_false(telemetry_ns(v, "c", &ns));
	assert_false(telemetry_ns(v, "e", &ns));
	assert_false(telemetry_ns(v, "f", &ns));
	assert_false(telemetry_ns(v, "g", &ns));
	assert_false(telemetry_ns(v, "missing", &ns));
	assert_int_equal(telemetry_u64(v, "n"), 0);
	assert_int_equal(telemetry_u64(v, "a"), 0);
	json_decref(v);
}

/* A sensor that answers too late once. */
static void *
answer_late(void *arg)
{
	static const char greeting[] = "{\"version\":\"x\",\"pid\":1,\"max_output_len\":1024}";
	char question[64];
	const int listener = *(const int *)arg, fd = accept(listener, NULL, NULL);
	bool ok = send(fd, greeting, strlen(greeting), 0) > 0;
	for (int i = 1; i <= 3 && ok; i++) {
		char answer[64];
		ok = recv(fd, question, sizeof(question), 0) > 0;
		if (i == 1)
			usleep((TELEMETRY_CLIENT_TIMEOUT_MS + 300) * 1000);
		snprintf(answer, sizeof(answer), "{\"/c\":{\"n\":%d}}", i);
		ok = ok && send(fd, answer, strlen(answer), 0) > 0;
	}
	close(fd);
	return ok ? NULL : arg;
}

static void
test_a_late_answer(void **state)
{
	(void)state;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct nt_error err;
	pthread_t sensor;
	void *failed;
	snprintf(at.sun_path, sizeof(at.sun_path), "/tmp/nametap-test-%d", (int)getpid());
	int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_int_equal(bind(listener, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(pthread_create(&sensor, NULL, answer_late, &listener), 0);
	struct telemetry_client *c = telemetry_client_open_at(at.sun_path, &err);
	assert_non_null(c);
	assert_null(telemetry_client_ask(c, "/c", NULL, &err));
	assert_non_null(strstr(err.msg, "no answer for 5 s"));
	for (unsigned int i = 2; i <= 3; i++) {
		json_t *v = telemetry_client_ask(c, "/c", NULL, &err);
		assert_int_equal(telemetry_u64(v, "n"), i);
		json_decref(v);
	}
	/* It has closed the connection. */
	assert_null(telemetry_client_ask(c, "/c", NULL, &err));
	telemetry_client_close(c);
	pthread_join(sensor, &failed);
	assert_null(failed);
	close(listener);
	unlink(at.sun_path);
}

static void
test_no_sensor(void **state)
{
	(void)state;
	struct nt_error err;
	char path[300];
	assert_null(telemetry_client_open("nametap-no-such-sensor", &err));
	assert_non_null(strstr(err.msg, "no sensor runs here"));
	assert_non_null(strstr(err.msg, "nametap run"));
	assert_null(telemetry_client_open_at("/dev/null", &err));
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_null(telemetry_client_open(path, &err));
	assert_null(telemetry_client_open_at(path, &err));
	telemetry_client_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_stats_of_another_version),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_workers_and_ports),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_a_late_answer),
		cmocka_unit_test(test_no_sensor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
