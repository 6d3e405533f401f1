/* SPDX-License-Identifier: BSD-3-Clause */
/* An ended connection and its names as a row of conn.log, and what the row counts for. */
#include <string.h>

#include "uid.h"
#include "worker_priv.h"

static_assert((int)NT_CONN_STATES == (int)NT_ROW_STATES, "a row's state is the connection's");
static_assert((int)NT_SERVICE_AYIYA == (int)NT_ROW_SERVICE_AYIYA &&
		      (int)NT_SERVICE_DNS == (int)NT_ROW_SERVICE_DNS &&
		      (int)NT_SERVICE_VXLAN == (int)NT_ROW_SERVICE_VXLAN &&
		      (int)NT_ROW_SERVICE_VXLAN == 1 << (NT_ROW_SERVICES - 1),
	"a row's services are the connection's");

static uint8_t
put_names(const struct nt_name_cache *c, struct nt_conn_row *row, const struct nt_name_result *r)
{
	uint8_t n = 0;
	for (; n < r->count; n++) {
		uint16_t len;
		const char *text = nt_name_text(c, r->names[n], &len);
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

static void
put_parents(const struct nt_conn_summary *s, struct nt_conn_row *row)
{
	for (unsigned int i = 0; i < s->parent_count; i++) {
		uint64_t uid[2];
		uid_of_token(s->parents[i], uid);
		nt_conn_row_parent(row, uid);
	}
}

/* What stands in the tail only where it was asked for. */
static void
put_options(struct worker *w, const struct nt_conn_summary *s, struct nt_conn_row *row)
{
	uint8_t id[NT_COMMUNITY_ID_BYTES];
	const struct nt_community_id_flow f = {
		.orig_h = s->orig_h,
		.resp_h = s->resp_h,
		.orig_p = s->orig_p,
		.resp_p = s->resp_p,
		.ip_proto = s->ip_proto,
	};
	if (w->config->log.l2_addr)
		nt_conn_row_l2(row, s->l2_addr[NT_FLOW_ORIG], s->l2_addr[NT_FLOW_RESP]);
	if (w->community_id != NULL && nt_community_id_make(w->community_id, &f, id))
		nt_conn_row_community_id(row, id);
}

/* There are none yet. */
static void
clear_names(struct nt_conn_row *row)
{
	row->resp_age_ns = 0;
	row->orig_source = row->resp_source = 0;
	row->resp_match = row->resp_lookup = 0;
	row->orig_names = row->resp_names = 0;
	row->server_addrs = 0;
}

static void
begin_row(struct worker *w, const struct nt_flow *f, const struct nt_conn_summary *s,
	struct nt_conn_row *row)
{
	const struct nt_netset *local = &w->config->local_nets;
	row->tail_len = 0;
	row->tunnel_parents = 0;
	clear_names(row);
	row->ts_ns = s->ts_ns - w->epoch_offset_ns;
	row->duration_ns = s->duration_ns;
	uid_of_connection(&w->cfg.uid_key, &f->key, s->first_position, row->uid);
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
	put_parents(s, row);
	put_options(w, s, row);
}

/* Live, at the configured rate: would the record have been written before this name arrived? */
static bool
misses_at_rate(const struct worker *w, const struct nt_flow *f, const struct nt_name_result *r)
{
	return departures_find(&w->departures, r->position) >
	       f->last_clock_ns + w->config->relay.max_hold_ns;
}

static void
name_orig(struct worker *w, const struct nt_name_result *r, struct nt_conn_row *row)
{
	if (r->count == 0)
		return;
	row->orig_source = r->source;
	row->orig_names = put_names(w->names, row, r);
	row->flags |= r->more ? NT_ROW_ORIG_MORE : 0;
}

static bool
is_among(const struct nt_name_cache *c, const struct nt_name_result *r,
	const struct nt_server_name *name)
{
	for (unsigned int i = 0; i < r->count; i++) {
		uint16_t len;
		const char *text = nt_name_text(c, r->names[i], &len);
		if (len == name->len && memcmp(text, name->text, len) == 0)
			return true;
	}
	return false;
}

/* Behind all others: the connection's word for it, which no lookup bears out. */
static void
append_self(struct worker *w, const struct nt_name_result *r, const struct nt_server_name *name,
	struct nt_conn_row *row)
{
	if (is_among(w->names, r, name))
		return;
	if (row->resp_names >= w->config->names.max_per_record)
		row->flags |= NT_ROW_RESP_MORE;
	else if (nt_conn_row_name(row, name->text, name->len))
		row->resp_names++;
}

static void
name_resp_told(
	const struct nt_name_cache *c, const struct nt_name_result *r, struct nt_conn_row *row)
{
	row->resp_source = r->source;
	row->resp_match = r->match;
	row->resp_names = put_names(c, row, r);
	row->resp_age_ns = r->age_ns;
	row->flags |= NT_ROW_AGE | (r->more ? NT_ROW_RESP_MORE : 0);
}

static void
name_resp_self(const struct server_name *self, struct nt_conn_row *row)
{
	row->resp_source = (self->name.flags & NT_SERVER_NAME_TLS) != 0 ? NT_SOURCE_SSL_SNI
									: NT_SOURCE_HTTP_HOST;
	row->resp_match = NT_MATCH_SELF;
	row->resp_names = nt_conn_row_name(row, self->name.text, self->name.len);
}

/* What lookups told; else what the connection said itself, others said of the server, PTR told. */
static void
name_resp(struct worker *w, const struct server_name *self, struct found_names *n,
	struct nt_conn_row *row)
{
	const bool told = n->resp.count != 0 && n->resp.match != NT_MATCH_REVERSE;
	if (n->first.count != 0)
		nt_name_result_prefer(&n->resp, &n->first, w->config->names.max_per_record);
	if (!told && server_name_is_own(self)) {
		name_resp_self(self, row);
	} else if (!told && n->asserted.count != 0) {
		n->asserted.match = NT_MATCH_SELF;
		name_resp_told(w->asserted, &n->asserted, row);
		count(w, NT_COUNTER_NAMED_ASSERTED, 1);
	} else if (n->resp.count != 0) {
		name_resp_told(w->names, &n->resp, row);
		if (server_name_is_own(self))
			append_self(w, &n->resp, &self->name, row);
	}
}

static void
put_server_name(
	const struct server_name *e, const struct nt_name_addrs *addrs, struct nt_conn_row *row)
{
	if (e == NULL || !nt_conn_row_server_name(row, e->name.text, e->name.len))
		return;
	row->flags |= (e->name.flags & NT_SERVER_NAME_ECH) != 0 ? NT_ROW_ECH : 0;
	for (unsigned int i = 0; i < addrs->count; i++)
		nt_conn_row_server_addr(row, &addrs->addrs[i]);
}

static void
name_row(struct worker *w, uint32_t idx, const struct nt_lookup_keys keys[2],
	struct nt_conn_row *row)
{
	const struct nt_flow *f = nt_flow_at(w->flows, idx);
	const struct server_name *self = server_name_of(&w->server_names, idx);
	struct found_names n;
	names_of_flow(w, idx, keys, &n);
	const bool late = (n.orig.count != 0 && misses_at_rate(w, f, &n.orig)) ||
			  (n.resp.count != 0 && misses_at_rate(w, f, &n.resp));
	name_orig(w, &n.orig, row);
	name_resp(w, self, &n, row);
	put_server_name(self, &n.addrs, row);
	count(w, NT_COUNTER_RECORDS_LATE_AT_RATE, late);
}

void
row_make(struct worker *w, uint32_t idx, const struct nt_lookup_keys keys[2],
	struct nt_conn_row *row)
{
	const struct nt_flow *f = nt_flow_at(w->flows, idx);
	struct nt_conn_summary s;
	nt_conn_summarize(w->conn, f, nt_flow_cold_at(w->flows, idx), &s);
	begin_row(w, f, &s, row);
	if (nt_likely(wants_names(w)))
		name_row(w, idx, keys, row);
	count_hits(w, row, &s);
}
