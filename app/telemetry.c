/* SPDX-License-Identifier: BSD-3-Clause */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <rte_telemetry.h>

#include <nt_clock.h>
#include <nt_telemetry_args.h>

#include "recent.h"
#include "telemetry.h"
#include "telemetry_answers.h"
#include "telemetry_json.h"
#include "telemetry_names.h"
#include "telemetry_text.h"

#define TOP_DEFAULT 20

/* One command at a time: they are asked for by people, a few times a second. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static const struct live_view *view; /* NULL: nothing to be told */
static const struct busiest *busiest;
static struct reloader *reloader;
static struct recent lag[NT_CONFIG_WORKERS_MAX], propagation;
static struct busiest_view top; /* scratch */

static json_t *
answer_stats(const struct nt_telemetry_args *a, struct nt_error *err)
{
	struct nt_counters sum;
	json_t *root = json_object();
	if (a->given && a->number >= view->worker_count) {
		nt_error_set(err, -EINVAL,
			"there are workers 0 to %u; without a number all are told",
			view->worker_count - 1);
		json_decref(root);
		return NULL;
	}
	telemetry_add_text(root, "version", NT_VERSION);
	telemetry_add_text(root, "sensor", reloader_config(reloader)->log.sensor.text);
	telemetry_add_seconds(root, "started", view->started_ns);
	telemetry_add_seconds(root, "uptime", nt_clock_wall_ns() - view->started_ns);
	telemetry_add_u64(root, "workers", view->worker_count);
	if (a->given) {
		telemetry_add_u64(root, "worker", a->number);
		(void)json_object_set_new(root, "counters",
			answer_counters(worker_counters(view->workers[a->number])));
	} else {
		live_view_sum(view, &sum);
		(void)json_object_set_new(root, "counters", answer_counters(&sum));
	}
	return root;
}

static json_t *
answer_workers(const struct nt_telemetry_args *a, struct nt_error *err)
{
	const struct nt_relay_stats *relay = nt_relay_stats(view->relay);
	const int64_t now_ns = nt_clock_monotonic_ns();
	struct nt_histogram lately;
	json_t *root = json_object(), *list = json_object();
	(void)a;
	(void)err;
	for (unsigned int i = 0; i < view->worker_count; i++) {
		struct worker *w = view->workers[i];
		struct answer_worker aw = { .counters = worker_counters(w),
			.gauges = worker_gauges(w),
			.beats = worker_beats(w) };
		recent_read(&lag[i], worker_watermark_lag(w), now_ns, &aw.lag);
		telemetry_add_member(list, i, answer_worker(reloader_config(reloader), &aw));
	}
	recent_read(&propagation, &relay->propagation, now_ns, &lately);
	(void)json_object_set_new(root, "workers", list);
	(void)json_object_set_new(root, "relay", answer_relay(relay, &lately));
	return root;
}

static json_t *
answer_configuration(const struct nt_telemetry_args *a, struct nt_error *err)
{
	return answer_config(reloader_config(reloader), a->word, err);
}

static json_t *
answer_ports(const struct nt_telemetry_args *a, struct nt_error *err)
{
	json_t *root = json_object(), *list = json_object();
	(void)a;
	(void)err;
	for (unsigned int i = 0; i < view->ports->count; i++) {
		const struct port *p = &view->ports->ports[i];
		struct port_stats s;
		ports_stats(view->ports, i, &s);
		const struct answer_port ap = { .name = p->name,
			.driver = p->driver,
			.queues = p->queues,
			.symmetric = p->splits,
			.packets = s.packets,
			.bytes = s.bytes,
			.missed = s.missed,
			.errors = s.errors,
			.no_mbuf = s.no_mbuf };
		telemetry_add_member(list, i, answer_port(&ap));
	}
	telemetry_add_u64(root, "distributor", view->ports->distributor);
	(void)json_object_set_new(root, "ports", list);
	return root;
}

static json_t *
answer_names(const struct nt_telemetry_args *a, bool by_addr, struct nt_error *err)
{
	struct ask_box *boxes[NT_CONFIG_WORKERS_MAX];
	for (unsigned int i = 0; i < view->worker_count; i++)
		boxes[i] = worker_ask_box(view->workers[i]);
	return telemetry_names(boxes, view->worker_count, by_addr, a, err);
}

static json_t *
answer_lookup(const struct nt_telemetry_args *a, struct nt_error *err)
{
	return answer_names(a, true, err);
}

static json_t *
answer_reverse(const struct nt_telemetry_args *a, struct nt_error *err)
{
	return answer_names(a, false, err);
}

static json_t *
answer_busiest(const struct nt_telemetry_args *a, struct nt_error *err)
{
	(void)err;
	if (busiest == NULL)
		memset(&top, 0, sizeof(top));
	else
		busiest_read(busiest, &top);
	top.since_ns -= live_clock_offset_ns(view->clock);
	return answer_top(&top, a->given ? a->number : TOP_DEFAULT);
}

static json_t *
answer_reload(const struct nt_telemetry_args *a, struct nt_error *err)
{
	(void)a;
	return reloader_reload(reloader, err);
}

static const struct command {
	const char *name;
	enum nt_telemetry_form form;
	json_t *(*answer)(const struct nt_telemetry_args *a, struct nt_error *err);
	const char *help; /* DPDK has room for 63 characters */
} commands[] = {
	{ "/nametap/stats", NT_TELEMETRY_NUMBER, answer_stats,
		"All counters by group and unit. Parameters: none, or a worker" },
	{ "/nametap/workers", NT_TELEMETRY_NOTHING, answer_workers,
		"How full, how late the workers are. Takes no parameters" },
	{ "/nametap/config", NT_TELEMETRY_WORD, answer_configuration,
		"The configuration in effect. Parameters: none, or a group" },
	{ "/nametap/ports", NT_TELEMETRY_NOTHING, answer_ports,
		"The ports and what they count. Takes no parameters" },
	{ "/nametap/lookup", NT_TELEMETRY_ADDR, answer_lookup,
		"Names of an address. Parameters: ADDRESS[,FROM]" },
	{ "/nametap/reverse", NT_TELEMETRY_NAME, answer_reverse,
		"Addresses of a name. Parameters: NAME[,FROM]" },
	{ "/nametap/top", NT_TELEMETRY_NUMBER, answer_busiest,
		"Busiest destinations without a name. Parameters: [COUNT]" },
	{ "/nametap/reload", NT_TELEMETRY_NOTHING, answer_reload,
		"Reads the configuration file again. Takes no parameters" },
};

/* The answer, or an object that tells what was wrong; shaped as telemetry can carry it. */
static json_t *
answer_to(const struct command *c, const char *params)
{
	struct nt_telemetry_args args;
	struct nt_error err = { .msg = "out of memory" };
	json_t *answer = NULL;
	if (nt_telemetry_args_parse(c->form, params, &args, &err) == 0) {
		pthread_mutex_lock(&one_at_a_time);
		if (view != NULL)
			answer = c->answer(&args, &err);
		else
			nt_error_set(&err, -ESHUTDOWN, "the sensor is starting or ending");
		pthread_mutex_unlock(&one_at_a_time);
	}
	if (answer == NULL)
		answer = json_pack("{s:s}", "error", err.msg);
	return telemetry_shape(answer, TELEMETRY_ANSWER_BYTES);
}

static void fill(struct rte_tel_data *d, const json_t *v);

static struct rte_tel_data *
container(const json_t *v)
{
	struct rte_tel_data *d = rte_tel_data_alloc();
	if (d != NULL)
		fill(d, v);
	return d;
}

static void
fill_array(struct rte_tel_data *d, const json_t *v)
{
	const bool texts = !json_is_integer(json_array_get(v, 0));
	size_t i;
	json_t *e;
	rte_tel_data_start_array(d, texts ? RTE_TEL_STRING_VAL : RTE_TEL_U64_VAL);
	json_array_foreach(v, i, e)
	{
		if (texts)
			rte_tel_data_add_array_string(d, json_string_value(e));
		else
			rte_tel_data_add_array_u64(d, (uint64_t)json_integer_value(e));
	}
}

/* What json_t can't be told in (telemetry_json.h) does not come here. */
static void
fill(struct rte_tel_data *d, const json_t *v)
{
	const char *key;
	json_t *e;
	if (json_is_array(v)) {
		fill_array(d, v);
		return;
	}
	rte_tel_data_start_dict(d);
	json_object_foreach((json_t *)(uintptr_t)v, key, e)
	{
		if (json_is_integer(e)) {
			rte_tel_data_add_dict_u64(d, key, (uint64_t)json_integer_value(e));
		} else if (json_is_string(e)) {
			rte_tel_data_add_dict_string(d, key, json_string_value(e));
		} else {
			struct rte_tel_data *c = container(e);
			if (c != NULL && rte_tel_data_add_dict_container(d, key, c, 0) != 0)
				rte_tel_data_free(c);
		}
	}
}

static int
on_command(const char *name, const char *params, struct rte_tel_data *d)
{
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(commands); i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		json_t *answer = answer_to(&commands[i], params);
		if (answer == NULL)
			return -ENOMEM;
		fill(d, answer);
		json_decref(answer);
		return 0;
	}
	return -EINVAL;
}

static int
register_commands(void)
{
	static bool registered;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(commands) && !registered; i++) {
		const int err =
			rte_telemetry_register_cmd(commands[i].name, on_command, commands[i].help);
		if (err != 0)
			return err;
	}
	registered = true;
	return 0;
}

int
telemetry_start(const struct live_view *v, const struct busiest *b, struct reloader *r)
{
	pthread_mutex_lock(&one_at_a_time);
	view = v;
	busiest = b;
	reloader = r;
	memset(lag, 0, sizeof(lag));
	memset(&propagation, 0, sizeof(propagation));
	pthread_mutex_unlock(&one_at_a_time);
	return register_commands();
}

void
telemetry_stop(void)
{
	pthread_mutex_lock(&one_at_a_time);
	view = NULL;
	busiest = NULL;
	reloader = NULL;
	pthread_mutex_unlock(&one_at_a_time);
}
