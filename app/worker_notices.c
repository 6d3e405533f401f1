/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of notice.log: the first of its kind when it happens, and at the end of notice.suppress_for
 * how many more there were. Every connection that was noticed counts once in `n`.
 */
#include <nt_fault.h>
#include <nt_strbuf.h>

#include "uid.h"
#include "worker_priv.h"

static void
send_notice(struct worker *w)
{
	struct notice_msg *m = &w->notice;
	notice_msg_seal(m);
	if (nt_unlikely(w->cfg.live != NULL) && !live_has_room(w, m->head.size)) {
		count(w, NT_COUNTER_NOTICES_LOST, 1);
		return;
	}
	while (nt_fault(NT_FAULT_RECORDS_FULL) || !nt_msg_ring_put(w->records, &m->head))
		worker_wait(w);
	count(w, NT_COUNTER_NOTICES, 1);
}

/* "192.0.2.1 went to 198.51.100.7:443/tcp " */
static void
put_ends(struct nt_strbuf *b, const struct suppress_key *k)
{
	char addr[NT_ADDR_STRLEN];
	const bool v6 = k->resp.family == NT_FAMILY_IPV6;
	nt_addr_format(&k->orig, addr);
	nt_strbuf_str(b, addr);
	nt_strbuf_str(b, v6 ? " went to [" : " went to ");
	nt_addr_format(&k->resp, addr);
	nt_strbuf_str(b, addr);
	nt_strbuf_str(b, v6 ? "]:" : ":");
	nt_strbuf_u64(b, k->port);
	nt_strbuf_str(b, k->proto == NT_PORT_TCP ? "/tcp " : "/udp ");
}

static void
put_more(struct nt_strbuf *b, uint64_t more)
{
	nt_strbuf_u64(b, more);
	nt_strbuf_str(b, more == 1 ? " more time " : " more times ");
}

/* "192.0.2.1 went to 198.51.100.7:443/tcp [3 more times ]without a DNS lookup" */
static void
put_words(struct nt_notice_row *row, const struct suppress_key *k, uint64_t more)
{
	char text[256];
	struct nt_strbuf b = nt_strbuf_init(text, sizeof(text));
	put_ends(&b, k);
	if (more != 0)
		put_more(&b, more);
	nt_strbuf_str(&b, k->note == NT_NOTICE_NO_DNS_LOOKUP
				  ? "without a DNS lookup"
				  : "with a server name of other addresses");
	nt_notice_row_msg(row, b.data, b.len);
}

/* "... as www.example.com, which lookups have at 198.51.100.8, 198.51.100.9"; and the name alone */
static void
put_name_words(struct nt_notice_row *row, const struct suppress_key *k,
	const struct nt_server_name *name, const struct nt_name_addrs *addrs)
{
	char text[768], addr[NT_ADDR_STRLEN];
	struct nt_strbuf b = nt_strbuf_init(text, sizeof(text));
	put_ends(&b, k);
	nt_strbuf_str(&b, "as ");
	nt_strbuf_mem(&b, name->text, name->len);
	nt_strbuf_str(&b, ", which lookups have at ");
	for (unsigned int i = 0; i < addrs->count; i++) {
		nt_addr_format(&addrs->addrs[i], addr);
		nt_strbuf_str(&b, i == 0 ? "" : ", ");
		nt_strbuf_str(&b, addr);
	}
	nt_strbuf_str(&b, addrs->more ? " and others" : "");
	nt_notice_row_msg(row, b.data, b.len);
	nt_notice_row_sub(row, name->text, name->len);
}

static void
begin(struct worker *w, const struct suppress_key *k, int64_t ts_ns, uint64_t n)
{
	struct nt_notice_row *row = &w->notice.row;
	nt_notice_row_init(row, (enum nt_notice)k->note, ts_ns - w->epoch_offset_ns,
		w->config->notice.suppress_for_ns);
	row->n = n;
	row->flags |= NT_NOTICE_N;
}

/* A period is over: what it stood for, beside the one that began it. */
static void
tell_suppressed(struct worker *w, const struct suppressed *s)
{
	struct nt_notice_row *row = &w->notice.row;
	if (s->count == 0)
		return;
	begin(w, &s->key, s->last_ts_ns, s->count);
	row->src = s->key.orig;
	row->dst = s->key.resp;
	row->p = s->key.port;
	row->flags |= NT_NOTICE_SRC | NT_NOTICE_DST | NT_NOTICE_P;
	put_words(row, &s->key, s->count);
	send_notice(w);
}

static void
expire(struct worker *w, struct suppress *of, int64_t clock_ns)
{
	struct suppressed s;
	while (suppress_over(of, clock_ns, &s))
		tell_suppressed(w, &s);
	nt_counter_set(&w->counters, NT_COUNTER_NOTICES_FORGOTTEN,
		suppress_forgotten(w->judging.suppress) +
			suppress_forgotten(w->mismatches.suppress));
}

static bool
shorten(struct worker *w, struct suppress *of, unsigned int max)
{
	struct suppressed s;
	bool more = w->done.clock_ns != INT64_MIN;
	for (; more && max > 0; max--) {
		more = suppress_shorten(of, w->done.clock_ns, &s);
		if (more)
			tell_suppressed(w, &s);
	}
	return more;
}

bool
notices_settle(struct worker *w, unsigned int max)
{
	const bool more = shorten(w, w->judging.suppress, max);
	return shorten(w, w->mismatches.suppress, max) || more;
}

void
notices_expire(struct worker *w, int64_t clock_ns)
{
	expire(w, w->judging.suppress, clock_ns);
	expire(w, w->mismatches.suppress, clock_ns);
}

/* Is it to be told? clock_ns: of the order in which they come. */
static bool
is_news(struct worker *w, struct suppress *of, const struct suppress_key *k, int64_t clock_ns,
	int64_t ts_ns)
{
	struct suppressed s;
	expire(w, of, clock_ns);
	if (suppress_make_room(of, &s))
		tell_suppressed(w, &s);
	if (suppress_tell(of, k, clock_ns, ts_ns))
		return true;
	count(w, NT_COUNTER_NOTICES_SUPPRESSED, 1);
	return false;
}

static struct suppress_key
key_of(const struct ends *e, enum nt_notice note)
{
	return (struct suppress_key){ .orig = e->orig,
		.resp = e->resp,
		.port = e->resp_p,
		.proto = e->proto,
		.note = (uint8_t)note };
}

static void
put_conn(struct worker *w, const struct nt_flow_key *key, uint64_t first_position,
	const struct ends *e)
{
	struct nt_notice_conn c = { .orig_h = e->orig,
		.resp_h = e->resp,
		.orig_p = e->orig_p,
		.resp_p = e->resp_p,
		.ip_proto = e->proto };
	uid_of_connection(&w->cfg.uid_key, key, first_position, c.uid);
	nt_notice_row_conn(&w->notice.row, &c);
}

void
notice_no_lookup(struct worker *w, uint32_t idx, const struct ends *e)
{
	const struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	const struct suppress_key k = key_of(e, NT_NOTICE_NO_DNS_LOOKUP);
	if (!is_news(w, w->judging.suppress, &k, cold->first_clock_ns, cold->first_ts_ns))
		return;
	begin(w, &k, cold->first_ts_ns, 1);
	put_conn(w, &nt_flow_at(w->flows, idx)->key, cold->first_position, e);
	put_words(&w->notice.row, &k, 0);
	send_notice(w);
}

void
notice_mismatch(struct worker *w, const struct mismatch *m, const struct ends *e,
	const struct nt_name_addrs *addrs)
{
	const struct suppress_key k = key_of(e, NT_NOTICE_NAME_MISMATCH);
	if (!is_news(w, w->mismatches.suppress, &k, m->clock_ns, m->first_ts_ns))
		return;
	begin(w, &k, m->first_ts_ns, 1);
	put_conn(w, &m->key, m->first_position, e);
	put_name_words(&w->notice.row, &k, &m->name, addrs);
	send_notice(w);
}
