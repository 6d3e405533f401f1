/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ended connections to records. Once W has passed a connection's last packet, every mapping that
 * can name it is in this worker's cache, and the record is made; a connection that goes on is
 * looked up when W has passed its start by names.pin_after, and its names are pinned to it.
 *
 * The order within a round matters: pin, resolve, purge. What a purge up to a clock may drop, every
 * connection that could have asked for it has then asked (nt_name_cache.h).
 */
#include "worker_priv.h"

#include <nt_mem.h>

static_assert((int)NT_CONN_STATES == (int)NT_ROW_STATES, "a row's state is the connection's");
static_assert((int)NT_SERVICE_DNS == (int)NT_ROW_SERVICE_DNS &&
		      (int)NT_SERVICE_QUIC == (int)NT_ROW_SERVICE_QUIC,
	"a row's services are the connection's");

/* Steps of purging per round: twice what a round can add on average. */
#define PURGE_MAX 256

int
pins_init(struct pin_pool *p, uint32_t size)
{
	p->pins = nt_mem_map((size_t)size * sizeof(*p->pins));
	p->size = size;
	p->used = 0;
	p->free = NT_FLOW_NONE;
	return p->pins == NULL ? -errno : 0;
}

void
pins_fini(struct pin_pool *p)
{
	nt_mem_unmap(p->pins, (size_t)p->size * sizeof(*p->pins));
	p->pins = NULL;
}

static uint32_t
pin_take(struct pin_pool *p)
{
	if (p->free == NT_FLOW_NONE)
		return p->used < p->size ? p->used++ : NT_FLOW_NONE;
	const uint32_t i = p->free;
	p->free = p->pins[i].next;
	return i;
}

static void
release_names(struct worker *w, const struct pinned_names *n)
{
	for (unsigned int i = 0; i < n->count; i++)
		nt_name_release(w->names, n->names[i]);
}

static void
pin_give_back(struct worker *w, uint32_t i)
{
	struct pin *pin = &w->pins.pins[i];
	release_names(w, &pin->orig);
	release_names(w, &pin->resp);
	pin->next = w->pins.free;
	w->pins.free = i;
}

static void
pin_names(struct worker *w, struct pinned_names *ret, const struct nt_name_result *r)
{
	ret->match = r->match;
	ret->source = r->source;
	ret->count = r->count;
	ret->more = r->more;
	ret->age_ns = r->age_ns;
	ret->position = r->position;
	for (unsigned int i = 0; i < r->count; i++) {
		ret->names[i] = r->names[i];
		nt_name_hold(w->names, r->names[i]);
	}
}

static void
unpin_names(struct nt_name_result *ret, const struct pinned_names *n)
{
	ret->match = n->match;
	ret->source = n->source;
	ret->count = n->count;
	ret->more = n->more;
	ret->age_ns = n->age_ns;
	ret->position = n->position;
	memcpy(ret->names, n->names, n->count * sizeof(n->names[0]));
}

static struct nt_addr
end_addr(const struct nt_flow *f, int direction)
{
	return key_addr(&f->key, (direction == NT_FLOW_ORIG) == (f->orig_is_lo != 0));
}

static void
make_queries(const struct nt_flow *f, const struct nt_flow_cold *cold, struct nt_name_query q[2])
{
	for (int d = 0; d < 2; d++)
		q[d] = (struct nt_name_query){
			.addr = end_addr(f, d),
			.start_position = cold->first_position,
			.end_position = f->last_position,
			.start_clock_ns = cold->first_clock_ns,
			.end_clock_ns = f->last_clock_ns,
		};
	q[NT_FLOW_RESP].client = q[NT_FLOW_ORIG].addr; /* the originator's: nobody's */
}

/* The young list's head has come of age: its names as of its start are decided now. */
static void
pin_flow(struct worker *w, uint32_t idx)
{
	struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	struct nt_name_query q[2];
	struct nt_name_result r[2];
	make_queries(nt_flow_at(w->flows, idx), cold, q);
	const bool orig = nt_name_cache_lookup(w->names, &q[0], false, &r[0]);
	const bool resp = nt_name_cache_lookup(w->names, &q[1], false, &r[1]);
	nt_flow_young_remove(w->flows, idx);
	if (!orig && !resp)
		return;
	cold->pins = pin_take(&w->pins);
	if (cold->pins == NT_FLOW_NONE)
		return; /* as many pins as flows: can't be */
	pin_names(w, &w->pins.pins[cold->pins].orig, &r[0]);
	pin_names(w, &w->pins.pins[cold->pins].resp, &r[1]);
}

/* Has it come of age at W? W's clock may be that of the packet behind W, hence the position. */
static bool
is_of_age(const struct worker *w, const struct nt_flow_cold *cold)
{
	return cold->first_clock_ns + w->config->names.pin_after_ns <= w->W.clock_ns &&
	       cold->first_position <= w->W.position;
}

static unsigned int
pin_due(struct worker *w, unsigned int max)
{
	unsigned int n = 0;
	for (; n < max; n++) {
		const uint32_t idx = nt_flow_young(w->flows);
		if (idx == NT_FLOW_NONE || !is_of_age(w, nt_flow_cold_at(w->flows, idx)))
			break;
		pin_flow(w, idx);
	}
	return n;
}

/* One end's names: what was pinned, except that `late` ranks before a pinned PTR. */
static bool
resolve_end(struct worker *w, const struct nt_name_query *q, const struct pinned_names *pinned,
	struct nt_name_result *ret)
{
	if (pinned != NULL && pinned->count != 0 && pinned->match != NT_MATCH_REVERSE) {
		unpin_names(ret, pinned);
		return true;
	}
	const bool found = nt_name_cache_lookup(w->names, q, true, ret);
	if (pinned != NULL && pinned->count != 0 && (!found || ret->match == NT_MATCH_REVERSE)) {
		unpin_names(ret, pinned);
		return true;
	}
	return found;
}

static uint8_t
put_names(struct worker *w, struct nt_conn_row *row, const struct nt_name_result *r)
{
	uint8_t n = 0;
	for (; n < r->count; n++) {
		uint16_t len;
		const char *text = nt_name_text(w->names, r->names[n], &len);
		if (!nt_conn_row_name(row, text, len))
			break;
	}
	return n;
}

static void
count_hits(struct worker *w, const struct nt_conn_row *row, const struct nt_conn_summary *s)
{
	const bool orig = row->orig_names != 0, resp = row->resp_names != 0;
	const bool local_orig = (row->flags & NT_ROW_LOCAL_ORIG) != 0;
	const bool local_resp = (row->flags & NT_ROW_LOCAL_RESP) != 0;
	count(w, NT_COUNTER_LOOKUPS, 2);
	count(w, NT_COUNTER_CONNS_WRITTEN, 1);
	count(w, NT_COUNTER_NAMED_CONNS, orig || resp);
	count(w, NT_COUNTER_NAMED_ORIG, orig);
	count(w, NT_COUNTER_NAMED_RESP, resp);
	count(w, NT_COUNTER_ENDS_LOCAL, (uint64_t)local_orig + local_resp);
	count(w, NT_COUNTER_ENDS_EXTERNAL, (uint64_t)!local_orig + !local_resp);
	count(w, NT_COUNTER_ENDS_LOCAL_NAMED,
		(uint64_t)(local_orig && orig) + (local_resp && resp));
	count(w, NT_COUNTER_ENDS_EXTERNAL_NAMED,
		(uint64_t)(!local_orig && orig) + (!local_resp && resp));
	if (s->has_duration && s->bytes[0] != 0 && s->bytes[1] != 0) {
		count(w, NT_COUNTER_PROD_CONNS, 1);
		count(w, NT_COUNTER_PROD_NAMED_CONNS, orig || resp);
		count(w, NT_COUNTER_PROD_NAMED_ORIG, orig);
		count(w, NT_COUNTER_PROD_NAMED_RESP, resp);
	}
}

/* uid: a keyed hash of five-tuple and first position, the same with any number of workers. */
static void
make_uid(const struct worker *w, const struct nt_conn_summary *s, uint64_t uid[2])
{
	struct {
		struct nt_addr orig_h, resp_h;
		uint16_t orig_p, resp_p;
		uint32_t proto;
		uint64_t position;
	} in = {
		.orig_h = s->orig_h,
		.resp_h = s->resp_h,
		.orig_p = s->orig_p,
		.resp_p = s->resp_p,
		.proto = s->ip_proto,
		.position = s->first_position,
	};
	static_assert(sizeof(in) == 56, "no padding in what is hashed");
	nt_siphash128(&w->cfg.uid_key, &in, sizeof(in), uid);
}

static void
make_row(struct worker *w, const struct nt_conn_summary *s, struct nt_conn_row *row)
{
	const struct nt_netset *local = &w->config->local_nets;
	memset(row, 0, NT_CONN_ROW_FIXED);
	row->ts_ns = s->ts_ns - w->epoch_offset_ns;
	row->duration_ns = s->duration_ns;
	make_uid(w, s, row->uid);
	row->orig_h = s->orig_h;
	row->resp_h = s->resp_h;
	row->orig_p = s->orig_p;
	row->resp_p = s->resp_p;
	row->ip_proto = s->ip_proto;
	row->conn_state = s->state;
	row->flags = (uint16_t)((s->has_duration ? NT_ROW_DURATION : 0) |
				(nt_netset_has(local, &s->orig_h) ? NT_ROW_LOCAL_ORIG : 0) |
				(nt_netset_has(local, &s->resp_h) ? NT_ROW_LOCAL_RESP : 0));
	memcpy(row->bytes, s->bytes, sizeof(row->bytes));
	memcpy(row->pkts, s->pkts, sizeof(row->pkts));
	memcpy(row->ip_bytes, s->ip_bytes, sizeof(row->ip_bytes));
	row->missed_bytes = s->missed_bytes;
	row->service = s->service;
	row->vlan = s->vlan;
	row->inner_vlan = s->inner_vlan;
	row->history_len = s->history_len;
	nt_conn_row_tail(row, s->history, s->history_len);
}

/* Live, at the configured rate: would the record have been written before this name arrived? */
static bool
misses_at_rate(const struct worker *w, const struct nt_flow *f, const struct nt_name_result *r)
{
	return departures_find(&w->departures, r->position) >
	       f->last_clock_ns + w->config->relay.max_hold_ns;
}

static void
name_row(struct worker *w, const struct nt_flow *f, const struct nt_flow_cold *cold,
	struct nt_conn_row *row)
{
	const struct pin *pin = cold->pins != NT_FLOW_NONE ? &w->pins.pins[cold->pins] : NULL;
	struct nt_name_query q[2];
	struct nt_name_result r;
	bool late = false;
	make_queries(f, cold, q);
	if (resolve_end(w, &q[NT_FLOW_ORIG], pin != NULL ? &pin->orig : NULL, &r)) {
		late |= misses_at_rate(w, f, &r);
		row->orig_source = r.source;
		row->orig_names = put_names(w, row, &r);
		row->flags |= r.more ? NT_ROW_ORIG_MORE : 0;
	}
	if (resolve_end(w, &q[NT_FLOW_RESP], pin != NULL ? &pin->resp : NULL, &r)) {
		late |= misses_at_rate(w, f, &r);
		row->resp_source = r.source;
		row->resp_match = r.match;
		row->resp_names = put_names(w, row, &r);
		row->resp_age_ns = r.age_ns;
		row->flags |= NT_ROW_AGE | (r.more ? NT_ROW_RESP_MORE : 0);
	}
	count(w, NT_COUNTER_RECORDS_LATE_AT_RATE, late);
}

static void
resolve(struct worker *w, uint32_t idx)
{
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	struct nt_conn_row *row = &w->record.row;
	struct nt_conn_summary s;
	nt_conn_summarize(w->conn, f, cold, &s);
	make_row(w, &s, row);
	name_row(w, f, cold, row);
	count_hits(w, row, &s);
	if (cold->pins != NT_FLOW_NONE)
		pin_give_back(w, cold->pins);
	nt_conn_close(w->conn, f, cold);
	nt_flow_release(w->flows, idx);
	record_msg_seal(&w->record);
	while (!nt_msg_ring_put(w->records, &w->record.head))
		worker_wait(w);
}

static unsigned int
resolve_due(struct worker *w, unsigned int max)
{
	unsigned int n = 0;
	for (; n < max; n++) {
		const uint32_t idx = nt_flow_ended(w->flows);
		if (idx == NT_FLOW_NONE || nt_flow_at(w->flows, idx)->last_position > w->W.position)
			break;
		resolve(w, idx);
	}
	return n;
}

/*
 * No connection that is due by then is left to ask, so what only older ones could ask for may go.
 * pinned_ns: W's clock up to which connections have been pinned.
 */
static void
purge(struct worker *w, int64_t pinned_ns)
{
	if (nt_flow_ended(w->flows) != NT_FLOW_NONE)
		return;
	const int64_t clock_ns = NT_MIN(pinned_ns, nt_flow_due_through(w->flows));
	if (clock_ns != INT64_MIN) /* nothing has happened yet */
		nt_name_cache_purge(w->names, clock_ns, PURGE_MAX);
}

bool
records_advance(struct worker *w, unsigned int max)
{
	/* A resolve may wait, and W move on meanwhile: what is pinned is pinned as of now. */
	const int64_t pinned_ns = w->W.clock_ns;
	const unsigned int pinned = pin_due(w, max);
	const unsigned int resolved = pinned < max ? resolve_due(w, max) : 0;
	if (pinned < max && resolved < max)
		purge(w, pinned_ns);
	return pinned + resolved != 0;
}
