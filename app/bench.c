/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "bench.h"
#include "bench_lane.h"
#include "bench_null_sink.h"
#include "bench_probe.h"
#include "bench_relay.h"
#include "control.h"
#include "eal.h"
#include "lcore_idle.h"

#define RELAY_UNITS  16384
#define RELAY_ROUNDS 512
/* Of the relay's simulation where one worker runs: as many as a sensor of that size has. */
#define RELAY_WORKERS 8
#define RELAY_NAMES   20000
#define RELAY_CLIENTS 16
/* Memory of EAL: its own needs, and mbufs. */
#define EAL_MB_BASE	  32
#define EAL_MB_PER_WORKER 8
/* A round is a phase of each kind; the first third of one only warms the caches up. */
#define ROUNDS_MAX   9
#define ROUND_SEC    0.5
#define PROBE_BURSTS 512
#define PROBE_SHARE  0.25
/* Lines that a round of control writes at least, for its cycles to be a figure of them. */
#define LINES_MIN 32
/* Bytes of records and notices, more than a turn at the end can make: half of their ring. */
#define END_ROOM (1 << 20)
/* A table for fewer is too small to be one. */
#define FLOWS_LEAST 1024

enum phase {
	PHASE_WARM, /* until all connections are open */
	PHASE_PLAIN,
	PHASE_STAGED,
	PHASE_PAUSE, /* others are not waited for, and nothing comes */
	PHASE_END, /* the stream has ended: everything is written */
};

struct bench {
	const struct bench_options *o;
	struct nt_config config;
	unsigned int workers;
	bool eal;
	struct bench_capture capture;
	struct nt_relay *relay;
	struct bench_lane lanes[NT_CONFIG_WORKERS_MAX];
	struct lane_state {
		struct bench *bench;
		struct bench_lane *lane;
		_Atomic int phase; /* this one has got to; lane: rw, control: ro */
		_Atomic bool warm; /* likewise */
		bool done;
	} states[NT_CONFIG_WORKERS_MAX];
	struct control *control;
	struct worker *control_workers[NT_CONFIG_WORKERS_MAX];
	struct bench_null_sink sink;
	struct bench_probe *probe;
	_Atomic int64_t began_ns, clock_offset_ns;
	struct worker_live live;
	_Atomic int phase; /* control: rw, lanes: ro; as the next one */
	_Atomic bool keep; /* batches count */
	atomic_bool stop, reopen;
	struct bench_samples line_cycles; /* of the control lcore */
	struct bench_samples ratios, plain, probes; /* of the rounds */
};

/* --- the control lcore's part ----------------------------------------------------------------- */

static uint64_t
lines_of(const struct bench *b)
{
	struct nt_sink_stats s;
	uint64_t lines = 0;
	nt_sink_stats(b->sink.sink, &s);
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++)
		lines += s.lines_committed[k];
	return lines;
}

/* One round of control; its cycles count where it wrote enough. */
static unsigned int
serve_once(struct bench *b)
{
	const uint64_t before = lines_of(b);
	const long switches = bench_interruptions();
	const uint64_t begun = rte_rdtsc();
	const unsigned int n = control_step(b->control);
	const double took = (double)(rte_rdtsc() - begun);
	const uint64_t lines = lines_of(b) - before;
	if (lines >= LINES_MIN && bench_interruptions() == switches)
		bench_samples_add(&b->line_cycles, took / (double)lines);
	return n;
}

static void
serve(void *arg)
{
	while (serve_once(arg) != 0)
		;
}

/* One worker takes its turns with control, in one thread: nothing else runs beside it. */
static bool
is_alone(const struct bench *b)
{
	return b->workers == 1;
}

/* --- the lanes' part -------------------------------------------------------------------------- */

/* Nothing comes, but what others wait for goes on. */
static void
pause_lane(struct bench_lane *l)
{
	l->source.position =
		l->source.workers == 1 ? l->source.position : rte_rdtsc() * NT_CONFIG_WORKERS_MAX;
	worker_poll(l->worker);
}

/* At the end a worker waits for room, and for what has its turn after it there would be none. */
static void
make_room(struct bench *b, const struct bench_lane *l)
{
	while (is_alone(b) && !nt_msg_ring_has_room(worker_records(l->worker), END_ROOM))
		if (serve_once(b) == 0)
			lcore_rest();
}

static void
end_lane(struct lane_state *s)
{
	make_room(s->bench, s->lane);
	s->lane->source.ended = true;
	worker_poll(s->lane->worker);
	if (!s->done)
		s->done = worker_finish(s->lane->worker);
	if (s->lane->serve != NULL)
		s->lane->serve(s->lane->serve_arg);
}

static void
lane_step(struct lane_state *s)
{
	struct bench_lane *l = s->lane;
	const int phase = atomic_load_explicit(&s->bench->phase, memory_order_acquire);
	const bool keep = atomic_load_explicit(&s->bench->keep, memory_order_relaxed);
	atomic_store_explicit(&s->phase, phase, memory_order_release);
	switch (phase) {
	case PHASE_WARM:
		bench_lane_batch(l, false, false);
		if (bench_source_is_warm(&l->source))
			atomic_store_explicit(&s->warm, true, memory_order_relaxed);
		break;
	case PHASE_PLAIN:
	case PHASE_STAGED:
		bench_lane_batch(l, phase == PHASE_STAGED, keep);
		break;
	case PHASE_PAUSE:
		pause_lane(l);
		break;
	default:
		end_lane(s);
	}
}

static int
lane_main(void *arg)
{
	struct lane_state *s = arg;
	while (!s->done)
		lane_step(s);
	return 0;
}

/* --- phases ----------------------------------------------------------------------------------- */

static void
step(struct bench *b)
{
	if (is_alone(b))
		lane_step(&b->states[0]);
	else if (serve_once(b) == 0)
		lcore_rest();
}

static bool
all_in(const struct bench *b, int phase)
{
	for (unsigned int i = 0; i < b->workers; i++)
		if (atomic_load_explicit(&b->states[i].phase, memory_order_acquire) != phase)
			return false;
	return true;
}

static void
set_phase(struct bench *b, enum phase phase)
{
	atomic_store_explicit(&b->phase, phase, memory_order_release);
	while (!all_in(b, phase))
		step(b);
}

static void
run_for(struct bench *b, double seconds)
{
	const uint64_t until = rte_rdtsc() + (uint64_t)(seconds * (double)rte_get_tsc_hz());
	while (rte_rdtsc() < until)
		step(b);
}

static void
measure(struct bench *b, enum phase phase, double seconds)
{
	set_phase(b, phase);
	run_for(b, seconds / 3);
	atomic_store_explicit(&b->keep, true, memory_order_relaxed);
	run_for(b, seconds * 2 / 3);
	set_phase(b, PHASE_PAUSE);
	atomic_store_explicit(&b->keep, false, memory_order_relaxed);
}

/* Of all lanes' batches since the round began. Some cost more than others (records): no median. */
static double
mean_of_lanes(struct bench *b)
{
	struct bench_samples all = { 0 };
	for (unsigned int i = 0; i < b->workers; i++) {
		struct bench_samples *s = &b->lanes[i].plain;
		for (size_t k = 0; k < s->count; k++)
			bench_samples_add(&all, s->values[k]);
		s->count = 0;
	}
	const double mean = bench_mean(all.values, all.count);
	bench_samples_free(&all);
	return mean;
}

static double
run_probe(struct bench *b, double seconds)
{
	struct bench_samples s = { 0 };
	const uint64_t begun = rte_rdtsc(), cycles = (uint64_t)(seconds * (double)rte_get_tsc_hz());
	uint64_t now;
	do {
		const long before = bench_interruptions();
		const double c = bench_probe_run(b->probe, PROBE_BURSTS);
		now = rte_rdtsc();
		if (now - begun > cycles / 3 && bench_interruptions() == before)
			bench_samples_add(&s, c);
	} while (now - begun < cycles);
	const double mean = bench_mean(s.values, s.count);
	bench_samples_free(&s);
	return mean;
}

static void
run_round(struct bench *b, double seconds)
{
	const double share = seconds * (1 - PROBE_SHARE) / 2;
	measure(b, PHASE_PLAIN, share);
	const double plain = mean_of_lanes(b);
	const double probe = run_probe(b, seconds * PROBE_SHARE);
	/* Neither, where a shared machine left nothing whole. */
	if (!isnan(plain) && !isnan(probe)) {
		bench_samples_add(&b->plain, plain);
		bench_samples_add(&b->probes, probe);
		bench_samples_add(&b->ratios, plain / probe);
	}
	measure(b, PHASE_STAGED, share);
}

static bool
all_warm(const struct bench *b)
{
	for (unsigned int i = 0; i < b->workers; i++)
		if (!atomic_load_explicit(&b->states[i].warm, memory_order_relaxed))
			return false;
	return true;
}

static int
launch(struct bench *b)
{
	unsigned int lcore = (unsigned int)-1;
	int err = 0;
	for (unsigned int i = 0; i < b->workers && err == 0 && !is_alone(b); i++) {
		lcore = rte_get_next_lcore(lcore, 1, 0);
		err = rte_eal_remote_launch(lane_main, &b->states[i], lcore);
	}
	return err;
}

static void
sum_sizes(struct bench *b, struct bench_result *ret)
{
	struct worker_sizes s;
	for (unsigned int i = 0; i < b->workers; i++) {
		worker_sizes(b->lanes[i].worker, &s);
		ret->flows += s.flows;
		ret->bytes_per_flow = (double)s.flow_bytes / (double)s.flow_max;
	}
}

/* The workers' stages, in the mean of all batches. */
static void
sum_stages(struct bench *b, struct bench_result *ret)
{
	for (unsigned int i = 0; i < b->workers; i++)
		for (unsigned int k = 0; k < WORKER_STAGES; k++) {
			struct bench_samples *s = &b->lanes[i].stages[k];
			ret->stages[k] += bench_mean(s->values, s->count) / b->workers;
		}
}

/* The first lane says when it is enough. */
static void
run_packets(struct bench *b)
{
	const uint64_t until = b->lanes[0].source.packets + b->o->packets / b->workers;
	atomic_store_explicit(&b->keep, true, memory_order_relaxed);
	set_phase(b, PHASE_PLAIN);
	while (b->lanes[0].source.packets < until)
		step(b);
	set_phase(b, PHASE_PAUSE);
	bench_samples_add(&b->plain, mean_of_lanes(b));
}

/* The connections that are open now. The probe has as many. */
static int
make_probe(struct bench *b, struct bench_result *ret)
{
	sum_sizes(b, ret);
	b->probe = bench_probe_new((uint32_t)NT_MAX(ret->flows / b->workers, 2u));
	return b->probe == NULL ? -errno : 0;
}

static int
run_rounds(struct bench *b, struct bench_result *ret)
{
	const double seconds = b->o->seconds;
	const double most = NT_MIN(floor(seconds / ROUND_SEC), (double)ROUNDS_MAX);
	const unsigned int rounds = b->o->packets != 0 ? 0 : (unsigned int)NT_MAX(most, 1.0);
	while (!all_warm(b))
		step(b);
	set_phase(b, PHASE_PAUSE);
	const int err = make_probe(b, ret);
	if (b->o->packets != 0)
		run_packets(b);
	for (unsigned int i = 0; i < rounds && err == 0; i++)
		run_round(b, seconds / rounds);
	return err;
}

/* Everything is written; what that costs the workers is no part of their figures. */
static void
end_all(struct bench *b)
{
	set_phase(b, PHASE_END);
	while (!control_is_done(b->control))
		step(b);
	rte_eal_mp_wait_lcore();
}

/* --- beside the workers ----------------------------------------------------------------------- */

static int
run_relay(struct bench *b, struct bench_result *ret)
{
	const struct bench_relay_config cfg = {
		.workers = is_alone(b) ? RELAY_WORKERS : b->workers,
		.names = RELAY_NAMES,
		.clients = RELAY_CLIENTS,
		.rounds = RELAY_ROUNDS,
	};
	struct bench_relay_result r;
	const int err = bench_relay_run(&cfg, &r);
	if (err != 0)
		return err;
	ret->relay_receivers = cfg.workers - 1;
	ret->hop_cycles = r.hop;
	ret->insert_cycles = r.received;
	ret->relay_per_sec = ret->tsc_hz / (r.hop * ret->relay_receivers);
	return 0;
}

/* AnonHugePages of all mappings, MiB. */
static uint64_t
transparent_mb(void)
{
	unsigned long kb = 0;
	char line[256];
	FILE *f = fopen("/proc/self/smaps_rollup", "r");
	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "AnonHugePages: %lu kB", &kb) == 1)
			break;
	fclose(f);
	return kb / 1024;
}

static double
median_of(struct bench_samples *s)
{
	return bench_median(s->values, s->count);
}

static void
conclude(struct bench *b, struct bench_result *ret)
{
	struct nt_counters counters;
	control_sum(b->control, &counters);
	ret->packets = counters.n[NT_COUNTER_PACKETS];
	ret->mappings = counters.n[NT_COUNTER_MAPPINGS_SENT];
	ret->records = counters.n[NT_COUNTER_CONNS_WRITTEN];
	ret->transparent_mb = transparent_mb();
	ret->cycles_per_packet = median_of(&b->plain);
	ret->probe_cycles = median_of(&b->probes);
	ret->ratio = median_of(&b->ratios);
	ret->mpps = b->workers * ret->tsc_hz / ret->cycles_per_packet / 1e6;
	ret->records_per_sec = ret->tsc_hz / median_of(&b->line_cycles);
	sum_stages(b, ret);
}

/* --- what it is made of ----------------------------------------------------------------------- */

static int
make_relay(struct bench *b)
{
	const struct nt_relay_config cfg = {
		.workers = b->workers,
		.pacing = NT_RELAY_VIRTUAL,
		.rate = b->config.relay.rate,
		.burst = b->config.relay.burst,
		.ring_units = RELAY_UNITS,
		.own_units = RELAY_UNITS,
	};
	b->relay = nt_relay_new(&cfg);
	return b->relay == NULL ? -errno : 0;
}

static int
make_lane(struct bench *b, unsigned int i)
{
	const struct bench_source_config source = {
		.capture = &b->capture,
		.worker = i,
		.workers = b->workers,
		.flows = b->o->flows,
	};
	const struct worker_config worker = {
		.config = &b->config,
		.index = i,
		.rx = &b->lanes[i].source.rx,
		.relay = b->relay,
		.live = &b->live,
		.began_ns = &b->began_ns,
		.uid_key = nt_hash_key_fixed(),
	};
	const int err = bench_source_init(&b->lanes[i].source, &source);
	struct worker *w = err == 0 ? worker_new(&worker) : NULL;
	if (w == NULL)
		return err != 0 ? err : -errno;
	bench_lane_init(&b->lanes[i], w);
	b->states[i] = (struct lane_state){ .bench = b, .lane = &b->lanes[i] };
	if (is_alone(b)) {
		b->lanes[i].serve = serve;
		b->lanes[i].serve_arg = b;
	}
	return 0;
}

static int
make_control(struct bench *b)
{
	for (unsigned int i = 0; i < b->workers; i++)
		b->control_workers[i] = b->lanes[i].worker;
	const struct control_config cfg = {
		.config = &b->config,
		.relay = b->relay,
		.workers = b->control_workers,
		.worker_count = b->workers,
		.began_ns = &b->began_ns,
		.sink = b->sink.sink,
		.reopen = &b->reopen,
		.stop = &b->stop,
	};
	b->control = control_new(&cfg);
	return b->control == NULL ? -errno : 0;
}

static int
make(struct bench *b)
{
	int err = make_relay(b);
	for (unsigned int i = 0; i < b->workers && err == 0; i++)
		err = make_lane(b, i);
	return err != 0 ? err : make_control(b);
}

/* Room for the connections there will be and a quarter more, as one would configure it. */
static void
make_config(struct bench *b)
{
	const uint64_t flows = bench_source_flows(&b->capture, b->o->flows) * 5 / 4 / b->workers;
	b->config = *b->o->config;
	if (b->o->flows != 0)
		b->config.flow.max = (uint32_t)NT_MAX(flows, (uint64_t)FLOWS_LEAST);
}

static void
stop(struct bench *b)
{
	control_free(b->control);
	for (unsigned int i = 0; i < b->workers; i++) {
		worker_free(b->lanes[i].worker);
		bench_lane_fini(&b->lanes[i]);
		if (b->lanes[i].source.capture != NULL)
			bench_source_fini(&b->lanes[i].source);
	}
	nt_relay_free(b->relay);
	bench_probe_free(b->probe);
	bench_null_sink_close(&b->sink);
	bench_samples_free(&b->line_cycles);
	bench_samples_free(&b->ratios);
	bench_samples_free(&b->plain);
	bench_samples_free(&b->probes);
	bench_capture_free(&b->capture);
	if (b->eal)
		eal_stop();
	free(b);
}

/* EAL, tables, workers; then all that is measured. */
static int
run(struct bench *b, struct bench_result *ret, struct nt_error *err)
{
	const unsigned int mb = EAL_MB_BASE + EAL_MB_PER_WORKER * b->workers;
	/* What counts instructions has no room for the address space that EAL wants for huge pages.
	 */
	int code = b->o->packets != 0 ? eal_start_offline(b->workers + 1, mb, err)
				      : eal_start_bench(b->workers + 1, mb, &ret->hugetlb, err);
	b->eal = code == 0;
	if (code == 0)
		code = make(b);
	else
		return code;
	if (code == -ENODATA)
		return nt_error_set(err, code, "%s: it has packets for fewer workers than %u",
			b->o->path, b->workers);
	if (code != 0)
		return nt_error_set(err, code, "can't make tables for %u workers: %s", b->workers,
			strerror(-code));
	ret->tsc_hz = (double)rte_get_tsc_hz();
	code = launch(b);
	if (code == 0)
		code = run_rounds(b, ret);
	end_all(b);
	if (code == 0 && b->o->packets == 0)
		code = run_relay(b, ret);
	if (code == 0 && b->o->packets == 0 && b->config.names.enabled)
		code = bench_mapping_run(&b->config, ret);
	conclude(b, ret);
	return code == 0 ? 0 : nt_error_set(err, code, "bench: %s", strerror(-code));
}

int
bench_run(const struct bench_options *o, struct bench_result *ret, struct nt_error *err)
{
	struct bench *b = calloc(1, sizeof(*b));
	*ret = (struct bench_result){ .hop_cycles = NAN,
		.insert_cycles = NAN,
		.relay_per_sec = NAN,
		.mapping_cycles = NAN,
		.refresh_cycles = NAN,
		.bytes_per_mapping = NAN };
	if (b == NULL)
		return nt_error_set(err, -ENOMEM, "out of memory");
	b->o = o;
	b->workers = o->config->workers;
	b->live.clock_offset_ns = &b->clock_offset_ns;
	int code = bench_capture_load(&b->capture, o->path, o->config, err);
	if (code == 0)
		make_config(b);
	if (code == 0)
		code = bench_null_sink_open(&b->sink, &b->config, err);
	if (code == 0)
		code = run(b, ret, err);
	stop(b);
	return code;
}
