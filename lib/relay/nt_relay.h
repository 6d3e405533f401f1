/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The relay: what one worker learns, every other worker's cache gets, in one order, the order of
 * positions, and the watermark W tells up to where that is complete.
 *
 *   worker: learn -> own queue, and out ring -> control: merge by position up to min T -> in ring
 * of every other worker; W = what is delivered to all. Worker: acquire W -> merge own queue and in
 * ring up to W -> its tables.
 *
 * All tables are therefore fed the same sequence and are replicas of one another at the same W. A
 * control lcore keeps nothing: what is past min T stays in the rings. Pacing: live, a token bucket
 * holds mappings (and with them W) back; offline it is virtual: mappings go at once and carry the
 * time at which the bucket would have let them go.
 */
#ifndef NT_RELAY_H
#define NT_RELAY_H

#include <nt_bucket.h>
#include <nt_histogram.h>

#include "nt_mapping_msg.h"
#include "nt_mark.h"

#define NT_RELAY_WORKERS_MAX 32

enum nt_relay_pacing {
	NT_RELAY_VIRTUAL, /* offline: never holds back, computes departures in capture time */
	NT_RELAY_PACED, /* live: holds back by the clock given to nt_relay_step */
};

struct nt_relay_config {
	unsigned int workers; /* 1 .. NT_RELAY_WORKERS_MAX */
	enum nt_relay_pacing pacing;
	uint64_t rate, burst; /* mappings a second (rate 0: unlimited), mappings */
	/*
	 * A packet's messages move on only together, when T has passed it. So a worker tells no
	 * more of one than half of what its own queue holds (nt_relay_is_full_of), of which each
	 * ring must have room for all; the other half is for what other workers tell of the same
	 * position, a tunnel's.
	 */
	unsigned int ring_units; /* of each out and in ring, power of two */
	unsigned int own_units; /* of each own queue, power of two */
};

struct nt_relay;

struct nt_relay *nt_relay_new(const struct nt_relay_config *cfg); /* NULL and errno */
/* Memory that one takes: of each worker, and whatever their number. */
size_t nt_relay_worker_bytes(const struct nt_relay_config *cfg);
size_t nt_relay_bytes(void);
void nt_relay_free(struct nt_relay *r); /* NULL is fine */

/* --- the worker's end; caller: worker lcore w only ------------------------------------------- */

struct nt_relay_worker;
struct nt_relay_worker *nt_relay_worker(struct nt_relay *r, unsigned int w);

/*
 * Queue a mapping, or another fact in the form of one, for this worker's own tables and for the
 * others'. Positions never decrease. False when there is no room: publish T, nt_relay_apply, and
 * try again (offline), or count it as shed (live).
 */
bool nt_relay_tell(struct nt_relay_worker *w, enum nt_fact kind, const struct nt_mapping *m);
/*
 * A packet has told so much that there will never be room for more: shed it, live or not. What says
 * so is told by nt_relay_tell_more, once.
 */
bool nt_relay_is_full_of(const struct nt_relay_worker *w, uint64_t position);
bool nt_relay_tell_more(struct nt_relay_worker *w, enum nt_fact kind, const struct nt_mapping *m);

static inline bool
nt_relay_learn(struct nt_relay_worker *w, const struct nt_mapping *m)
{
	return nt_relay_tell(w, NT_FACT_MAPPING, m);
}

/* Live, how much room there is for what this worker learns: what to shed. */
enum nt_relay_room {
	NT_RELAY_ROOMY,
	NT_RELAY_CROWDED, /* three quarters full: nothing that is known already */
	NT_RELAY_FULL, /* no mapping: what is left is for facts, above all that mappings were lost
			*/
};
enum nt_relay_room nt_relay_room(const struct nt_relay_worker *w);
/*
 * Live, is there room for a fact other than a mapping, one that is told now? Where it is crowded,
 * for no more of them than mappings were told: else facts, which can be many times as many, take
 * whatever becomes free, and no mapping gets through.
 */
bool nt_relay_takes_fact(struct nt_relay_worker *w);
/* Units in the ring of what this worker learns, and what it holds. */
void nt_relay_fill(const struct nt_relay_worker *w, unsigned int *ret_used, unsigned int *ret_size);

/* Release T: everything of mine at or before position is processed, its mappings are queued. */
void nt_relay_release(struct nt_relay_worker *w, uint64_t position, int64_t clock_ns);

/*
 * Does W, as acquired last, tell what all workers have learnt up to that position? Not where one
 * was left behind before it.
 */
bool nt_relay_is_whole(const struct nt_relay_worker *w, uint64_t position);

/* What became of what was applied; counted up, by the caller zeroed when it likes. */
struct nt_relay_applied {
	uint64_t own_new, own_refreshed, own_refused;
	uint64_t received, received_new, received_refreshed, received_refused;
	uint64_t messages; /* received, other facts than mappings among them */
};

/*
 * Room in which a taker keeps what it has worked out of a mapping before its turn: lib/cache's keys
 * fit.
 */
struct nt_relay_scratch {
	uint64_t words[8];
};

/* Mappings that are looked at together: what of memory is on its way at once is not much more. */
#define NT_RELAY_WINDOW 16

/* Where what is applied goes; all are called in the order of (position, index). */
struct nt_relay_taker {
	enum nt_name_added (*mapping)(
		void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s);
	/*
	 * Before that, for n at a time (1 .. NT_RELAY_WINDOW), so that their memory is asked for
	 * before it is needed; may be NULL.
	 */
	void (*ahead)(
		void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s, unsigned int n);
	/* the other kinds; may be NULL */
	void (*fact)(void *arg, enum nt_fact kind, const struct nt_mapping *m);
	/* a received message that the bucket delayed; may be NULL */
	void (*departed)(void *arg, const struct nt_mapping_msg *msg);
	void *arg;
};

/* Acquire W, then hand out everything at or before it, in order; takers tell nothing. Returns W.
 * With one worker W is its own T. */
struct nt_mark_value nt_relay_apply(struct nt_relay_worker *w, const struct nt_relay_taker *taker,
	struct nt_relay_applied *count);

/* --- control's end; caller: control lcore only ----------------------------------------------- */

/*
 * One round: acquire all T -> merge and deliver what lies at or before min T, as far as inboxes
 * have room and (paced) the bucket lets -> release W. now_ns: for pacing and latency when paced.
 * Returns the number of messages relayed.
 */
unsigned int nt_relay_step(struct nt_relay *r, int64_t now_ns);

/* Control: paced otherwise from now on. */
void nt_relay_set_pace(struct nt_relay *r, uint64_t rate, uint64_t burst);
/*
 * Paced: this worker makes no turns any more, so W goes on without it: what it learns from there on
 * comes late, as if learnt when it comes, and what its inbox has no room for is shed. W does not
 * come to the end before it is back.
 */
void nt_relay_leave_behind(struct nt_relay *r, unsigned int w);
/* It makes turns again: W waits for it as soon as it has caught up. */
void nt_relay_comes_back(struct nt_relay *r, unsigned int w);

/* From now on nothing is held back by the bucket: the sensor is about to end. */
void nt_relay_unpace(struct nt_relay *r);

struct nt_mark_value nt_relay_watermark(const struct nt_relay *r); /* any thread */
/* min T: every worker has processed everything at or before it. Any thread. */
uint64_t nt_relay_processed(const struct nt_relay *r);

struct nt_relay_stats {
	uint64_t relayed; /* messages taken from out rings */
	uint64_t delivered; /* copies put into in rings */
	uint64_t delayed; /* of relayed: not let go at once by the bucket (paced: when control came
			   * to them) */
	uint64_t shed; /* copies of mappings for which a worker that was left behind had no room */
	struct nt_histogram propagation; /* from seen to departure, ns */
};
const struct nt_relay_stats *nt_relay_stats(const struct nt_relay *r);

#endif
