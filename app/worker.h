/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A worker lcore: polls where its packets come from (rx.h), keeps its connections and its name
 * cache, learns names, and hands finished records to the control lcore. Owns every byte it touches;
 * linked to others by rings and marks only.
 */
#ifndef WORKER_H
#define WORKER_H

#include <nt_config.h>
#include <nt_counters.h>
#include <nt_hash.h>
#include <nt_histogram.h>
#include <nt_mapping.h>
#include <nt_msg_ring.h>
#include <nt_relay.h>
#include <nt_told.h>

#include "worker_gauges.h"

struct ask_box;
struct names_log;
struct rx;
struct ask_question;
struct worker;
struct worker_timers;

/* Live, nothing waits for anyone. */
struct worker_live {
	const _Atomic int64_t *clock_offset_ns; /* the clock less the wall clock; ro */
	enum nt_config_idle idle;
};

struct worker_config {
	const struct nt_config *config; /* borrowed, ro */
	unsigned int index;
	struct rx *rx; /* borrowed; this worker's alone */
	struct nt_relay *relay;
	struct names_log *names_log; /* or NULL: what this worker's cache is fed goes there, too */
	const struct worker_live *live; /* borrowed; NULL: offline */
	const _Atomic int64_t *began_ns; /* the stream's first packet, before any is sent; ro */
	struct nt_hash_key uid_key; /* the same in all workers */
	const struct nt_hash_key *names_key; /* of what mappings go into; NULL: any */
};

struct worker *worker_new(const struct worker_config *cfg); /* NULL and errno */
void worker_free(struct worker *w); /* NULL is fine */

/*
 * Before it runs: what a snapshot has. Mappings in the order of their positions, which are before
 * those of any packet; what was told in the order of last_ns; and that answers were missed until
 * now_ns. Every worker is given the same.
 */
void worker_restore_mapping(struct worker *w, const struct nt_mapping *m);
void worker_restore_told(struct worker *w, const struct nt_told_entry *e);
void worker_restore_missed(struct worker *w, int64_t now_ns);
/* What its memory makes of its key: nt_told_mark. */
uint64_t worker_told_mark(const struct worker *w);

/* For rte_eal_remote_launch; arg is the struct worker. Returns 0 when the stream has ended. */
int worker_main(void *arg);

/* What worker_main does, for who times it. One round; false when there was nothing to do. */
bool worker_poll(struct worker *w);
/* A slice of the end, when the stream has ended; true when all is written. */
bool worker_finish(struct worker *w);
/* From now on, tell the cycles of stages apart (worker_timers.h); NULL: not. Its own lcore. */
void worker_time_stages(struct worker *w, struct worker_timers *timers);

/* Memory of the tables, and what is in them. Between rounds. */
struct worker_sizes {
	uint64_t flows, flow_max, flow_bytes; /* connections: their table, and what goes with it */
	uint64_t mappings, mapping_bytes; /* the name cache without names; memory ever used */
	uint64_t name_bytes; /* names, their text and their index */
};
void worker_sizes(const struct worker *w, struct worker_sizes *ret);

/* Counted by the worker with relaxed stores, read by anyone with relaxed loads. */
const struct nt_counters *worker_counters(const struct worker *w);

/* Records and the end of them: a struct record_msg each; consumer: control. */
struct nt_msg_ring *worker_records(const struct worker *w);

/* Written by the worker, read by any thread: how far W was behind the worker's clock, ns. */
const struct nt_histogram *worker_watermark_lag(const struct worker *w);

/* Where it finds other settings (settings.h). */
struct settings_box *worker_settings(struct worker *w);

/* Any ordinary thread: where to ask it (ask.h) about what it owns. */
struct ask_box *worker_ask_box(const struct worker *w);

const struct worker_gauges *worker_gauges(const struct worker *w);

/* Live, rounds of its loop: one that does not change belongs to a worker that stands still. */
uint64_t worker_beats(const struct worker *w);

/* Live, any thread: packets were lost before they came to a worker; it tells all of them. */
void worker_note_losses(struct worker *w);

/*
 * Answer into that box: by the worker, in its turn; by anyone once it has ended, of a question left
 * there (ask_leave).
 */
void worker_answer(struct worker *w, const struct ask_question *q);

#endif
