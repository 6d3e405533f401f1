/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

#include <nt_clock.h>
#include <nt_mem.h>

#include "distributor.h"
#include "eal.h"
#include "housekeeper.h"
#include "live.h"
#include "pipeline.h"
#include "rx_port.h"
#include "snapshot_keeper.h"
#include "telemetry.h"

struct live {
	struct live_clock clock; /* first: aligned */
	struct live_config cfg;
	struct pipeline line;
	bool eal;
	struct ports ports;
	struct nt_hash_key uid_key;
	struct distributor *distributor; /* NULL: workers poll the ports themselves */
	struct rx *rx[NT_CONFIG_WORKERS_MAX];
	struct housekeeper *housekeeper;
	struct busiest *busiest;
	struct worker_live worker;
	struct control_live control;
	_Atomic int64_t began_ns; /* on the clock; before any worker begins; then ro */
	/* of this run, or of one before whose snapshot goes on here; before any worker begins */
	_Atomic int64_t watched_since_ns;
	struct nt_hash_key names_key;
	struct snapshot_keeper *keeper; /* NULL: no snapshots are taken */
	bool snapshot_in_the_way; /* at its path is what is not to be replaced */
	_Atomic int64_t no_offset; /* files are shown with the time that they have */
	struct reloader *reloader;
	char worker_names[NT_CONFIG_WORKERS_MAX][20];
	struct live_view view;
};

unsigned int
live_lcores(const struct nt_config *config)
{
	const bool distributor =
		config->workers > 1 && config->port.distributor != NT_CONFIG_DISTRIBUTOR_OFF;
	return config->workers + distributor;
}

static int
open_ports(struct live *l, struct nt_error *err)
{
	const struct ports_config cfg = {
		.config = l->cfg.config,
		.workers = l->line.worker_count,
		.clock = &l->clock,
		.say = l->cfg.say,
		.arg = l->cfg.say_arg,
	};
	live_clock_begin_tsc(&l->clock);
	const int code = ports_open(&l->ports, &cfg, err);
	atomic_store_explicit(&l->began_ns, l->ports.began_ns, memory_order_relaxed);
	atomic_store_explicit(&l->watched_since_ns, l->ports.began_ns, memory_order_relaxed);
	return code;
}

static int
make_distributor(struct live *l)
{
	const struct distributor_config cfg = {
		.config = l->cfg.config,
		.ports = &l->ports,
		.clock = &l->clock,
		.workers = l->line.worker_count,
		.uid_key = l->uid_key,
		.relay = l->line.relay,
		.stop = l->cfg.stop,
	};
	l->distributor = distributor_new(&cfg);
	if (l->distributor == NULL)
		return -errno;
	for (unsigned int i = 0; i < l->line.worker_count; i++)
		l->rx[i] = distributor_rx(l->distributor, i);
	return 0;
}

static int
make_rx(struct live *l)
{
	struct rx_port_config cfg = {
		.config = l->cfg.config,
		.ports = &l->ports,
		.clock = &l->clock,
		.tsc_begin = rte_rdtsc(),
		.uid_key = l->uid_key,
		.stop = l->cfg.stop,
	};
	if (l->ports.distributor)
		return make_distributor(l);
	for (unsigned int i = 0; i < l->line.worker_count; i++) {
		cfg.worker = i;
		l->rx[i] = rx_port_new(&cfg);
		if (l->rx[i] == NULL)
			return -errno;
	}
	return 0;
}

static int
make_workers(struct live *l)
{
	rte_cpuset_t here;
	int code = 0;
	l->worker = (struct worker_live){
		.clock_offset_ns = l->ports.file_time ? &l->no_offset : &l->clock.offset_ns,
		.idle = (enum nt_config_idle)l->cfg.config->lcores.idle,
	};
	for (unsigned int i = 0; i < l->line.worker_count && code == 0; i++) {
		lcores_visit(i, &here);
		code = pipeline_make_worker(&l->line, i,
			(struct worker_config){
				.rx = l->rx[i],
				.live = &l->worker,
				.began_ns = &l->watched_since_ns,
				.uid_key = l->uid_key,
				.names_key = &l->names_key,
			});
		lcores_go_back(&here);
	}
	return code;
}

/* What can't be used is kept by another name; else no new one may take its place. */
static void
keep_unusable(struct live *l, const char *path, const struct nt_error *why)
{
	struct nt_error err;
	if (nt_snapshot_place(path) != NT_SNAPSHOT_PLACE_OURS) {
		l->snapshot_in_the_way = true;
		fprintf(stderr, "nametap: %s; it stays, and no snapshot is written\n", why->msg);
	} else if (nt_snapshot_set_aside(path, &err) != 0) {
		l->snapshot_in_the_way = true;
		fprintf(stderr, "nametap: %s; it stays, and no snapshot is written: %s\n", why->msg,
			err.msg);
	} else {
		fprintf(stderr,
			"nametap: %s; it is kept as %s" NT_SNAPSHOT_UNUSABLE
			", names are learnt anew\n",
			why->msg, path);
	}
}

/* NULL where there is none that can be used: then it was said why, unless it is just the first run.
 */
static struct nt_snapshot *
load_snapshot(struct live *l)
{
	const char *path = l->cfg.config->run.snapshot.text;
	struct nt_error err;
	if (path[0] == '\0')
		return NULL;
	struct nt_snapshot *s = nt_snapshot_load(path, l->ports.began_ns, &err);
	if (s == NULL && errno != ENOENT)
		keep_unusable(l, path, &err);
	return s;
}

static void
tell_restored(const struct live *l, const struct snapshot_restored *r)
{
	char line[NT_CONFIG_LONG_MAX + 128];
	snprintf(line, sizeof(line),
		"%s: %" PRIu64 " mappings and %" PRIu64 " lookups are known from before%s",
		l->cfg.config->run.snapshot.text, r->mappings, r->tolds,
		r->told_differs ? "; lookups were another kind of machine's and are not" : "");
	if (l->cfg.say != NULL)
		l->cfg.say(l->cfg.say_arg, line);
}

static int
make_workers_as_before(struct live *l)
{
	struct nt_snapshot *s = load_snapshot(l);
	if (s == NULL) {
		const int code = nt_hash_key_random(&l->names_key);
		return code != 0 ? code : make_workers(l);
	}
	l->names_key = nt_snapshot_head(s)->told_key;
	const int code = make_workers(l);
	if (code == 0) {
		const struct snapshot_restored r = snapshot_restore(
			s, l->line.workers, l->line.worker_count, l->ports.began_ns);
		if (!r.told_differs)
			l->watched_since_ns = nt_snapshot_head(s)->began_ns;
		tell_restored(l, &r);
	}
	nt_snapshot_free(s);
	return code;
}

static int
make_keeper(struct live *l)
{
	const struct snapshot_source from = {
		.worker = l->line.workers[0],
		.began_ns = l->watched_since_ns,
		.names_key = l->names_key,
	};
	if (l->cfg.config->run.snapshot.text[0] == '\0' || l->snapshot_in_the_way)
		return 0;
	l->keeper = snapshot_keeper_new(l->cfg.config, &from);
	return l->keeper == NULL ? -ENOMEM : 0;
}

static int
make_housekeeper(struct live *l)
{
	const struct housekeeper_config cfg = {
		.config = l->cfg.config,
		.clock = &l->clock,
		.ports = &l->ports,
		.workers = l->line.workers,
		.worker_count = l->line.worker_count,
		.rx = l->rx,
		.distributor = l->distributor,
		.sink = l->cfg.sink,
		.reopen = l->cfg.reopen,
		.stop = l->cfg.stop,
	};
	l->housekeeper = housekeeper_new(&cfg);
	return l->housekeeper == NULL ? -ENOMEM : 0;
}

static int
make_busiest(struct live *l)
{
	struct nt_hash_key key;
	const int code = nt_hash_key_random(&key);
	if (code != 0)
		return code;
	l->busiest = busiest_new(&key);
	return l->busiest == NULL ? -errno : 0;
}

static int
make_control(struct live *l)
{
	l->control = (struct control_live){
		.clock = &l->clock,
		.shift_ns = l->ports.file_time ? live_clock_now(&l->clock) - l->ports.began_ns : 0,
		.counters = housekeeper_counters(l->housekeeper),
		.ports = &l->ports,
		.rx = l->rx,
		.busiest = l->busiest,
		.idle = (enum nt_config_idle)l->cfg.config->lcores.idle,
	};
	return pipeline_make_control(&l->line, (struct control_config){
						       .began_ns = &l->began_ns,
						       .live = &l->control,
						       .sink = l->cfg.sink,
						       .reopen = l->cfg.reopen,
						       .stop = l->cfg.stop,
					       });
}

static int
make_relay(struct live *l)
{
	return pipeline_make_relay(&l->line, NT_RELAY_PACED);
}

static void
make_view(struct live *l)
{
	struct live_view *v = &l->view;
	*v = (struct live_view){
		.config = l->cfg.config,
		.workers = l->line.workers,
		.worker_count = l->line.worker_count,
		.relay = l->line.relay,
		.ports = &l->ports,
		.clock = &l->clock,
		.started_ns = nt_clock_wall_ns(),
	};
	for (unsigned int i = 0; i < v->worker_count; i++)
		v->counters[v->counters_count++] = worker_counters(v->workers[i]);
	v->counters[v->counters_count++] = control_counters(l->line.control);
	v->counters[v->counters_count++] = housekeeper_counters(l->housekeeper);
}

static int
make_reloader(struct live *l)
{
	const struct reloader_config cfg = {
		.source = l->cfg.source,
		.begun = l->cfg.config,
		.stop = l->cfg.stop,
		.say = l->cfg.say,
		.say_arg = l->cfg.say_arg,
	};
	l->reloader = reloader_new(&cfg);
	if (l->reloader == NULL)
		return -ENOMEM;
	reloader_add_taker(l->reloader, "control", control_settings(l->line.control));
	reloader_add_taker(l->reloader, "the housekeeper", housekeeper_settings(l->housekeeper));
	for (unsigned int i = 0; i < l->line.worker_count; i++) {
		snprintf(l->worker_names[i], sizeof(l->worker_names[i]), "worker %u", i);
		reloader_add_taker(
			l->reloader, l->worker_names[i], worker_settings(l->line.workers[i]));
	}
	return 0;
}

/* Everything that EAL is needed for. */
static int
make_each(struct live *l, struct nt_error *err)
{
	static int (*const steps[])(struct live *) = { make_relay, make_rx, make_workers_as_before,
		make_keeper, make_housekeeper, make_busiest, make_control, make_reloader };
	int code = open_ports(l, err);
	if (code != 0)
		return code;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(steps); i++) {
		code = steps[i](l);
		if (code != 0)
			return pipeline_failed(&l->line, code, err);
	}
	make_view(l);
	code = telemetry_start(&l->view, l->busiest, l->reloader);
	return code == 0 ? 0
			 : nt_error_set(err, code, "can't register telemetry: %s", strerror(-code));
}

static int
make_all(struct live *l, struct nt_error *err)
{
	nt_mem_prefault(l->cfg.config->run.prefault);
	const int code = make_each(l, err);
	nt_mem_prefault(false);
	return code;
}

struct live *
live_new(const struct live_config *cfg, struct nt_error *err)
{
	struct live *l = aligned_alloc(NT_CACHE_LINE, sizeof(*l));
	if (l == NULL) {
		errno = -nt_error_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	memset(l, 0, sizeof(*l));
	l->cfg = *cfg;
	l->line.config = cfg->config;
	l->line.worker_count = cfg->config->workers;
	int code = nt_hash_key_random(&l->uid_key);
	if (code != 0)
		nt_error_set(err, code, "no random numbers: %s", strerror(-code));
	else
		code = eal_start_live(cfg->eal, err);
	l->eal = code == 0;
	if (code == 0)
		code = make_all(l, err);
	if (code != 0) {
		live_free(l);
		errno = -code;
		return NULL;
	}
	return l;
}

int
live_run(struct live *l, struct nt_error *err)
{
	pipeline_add_workers(&l->line);
	if (l->distributor != NULL)
		lcores_add(&l->line.lcores, distributor_main, l->distributor);
	int code = ports_start(&l->ports, err);
	if (code != 0)
		return code;
	code = lcores_start(&l->line.lcores, err);
	if (code != 0)
		return code;
	code = housekeeper_start(l->housekeeper, l->line.control);
	if (code != 0) {
		nt_error_set(err, code, "can't start a thread: %s", strerror(-code));
		atomic_store_explicit(l->cfg.stop, true, memory_order_relaxed);
	}
	if (code == 0 && l->keeper != NULL)
		code = snapshot_keeper_start(l->keeper);
	control_run_live(l->line.control);
	lcores_wait();
	if (l->keeper != NULL)
		snapshot_keeper_finish(l->keeper);
	housekeeper_stop(l->housekeeper);
	return code;
}

void
live_free(struct live *l)
{
	if (l == NULL)
		return;
	telemetry_stop();
	if (l->eal)
		ports_close(&l->ports);
	snapshot_keeper_free(l->keeper);
	pipeline_free(&l->line);
	busiest_free(l->busiest);
	housekeeper_free(l->housekeeper);
	for (unsigned int i = 0; l->distributor == NULL && i < l->line.worker_count; i++)
		rx_port_free(l->rx[i]);
	distributor_free(l->distributor);
	reloader_free(l->reloader);
	if (l->eal)
		eal_stop();
	free(l);
}

const struct live_view *
live_view(const struct live *l)
{
	return &l->view;
}
