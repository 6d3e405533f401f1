/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef WORKER_PRIV_H
#define WORKER_PRIV_H

#include <nt_conn.h>
#include <nt_dhcp.h>
#include <nt_dns.h>
#include <nt_dns_confirm.h>
#include <nt_dns_match.h>
#include <nt_dns_stream.h>
#include <nt_flow_table.h>
#include <nt_hosts.h>
#include <nt_name_cache.h>
#include <nt_nbns.h>
#include <nt_quic.h>
#include <nt_told.h>
#include <nt_verdict.h>

#include "ask.h"
#include "departures.h"
#include "mbuf_meta.h"
#include "record_msg.h"
#include "rx.h"
#include "server_names.h"
#include "settings.h"
#include "streams.h"
#include "suppress.h"
#include "worker.h"
#include "worker_timers.h"

#define WORKER_BURST RX_BURST

/* What a UDP port is used for; the least of those of a packet's two ports counts. */
enum port_use {
	PORT_NONE = 0,
	PORT_DNS = 1 << 0,
	PORT_MDNS = 1 << 1,
	PORT_LLMNR = 1 << 2,
	PORT_NBNS = 1 << 3,
	PORT_DHCP = 1 << 4,
	PORT_DHCP6 = 1 << 5,
	PORT_SERVICE = 1 << 7, /* nothing but the service dns */
};

/* What is known of the names of a connection's ends. count 0: nothing. */
struct found_names {
	struct nt_name_result orig, resp;
	struct nt_name_result
		first; /* the server name that it asserted, of the responder's names */
	struct nt_name_result asserted; /* what others asserted of the responder */
	struct nt_name_addrs addrs; /* the addresses of its server name */
	uint8_t orig_is_lo; /* which end was the originator then */
};

/*
 * Connections on their way to a verdict (worker_verdicts.c): a ring of those that wait for one, in
 * the order of their first packets, and what came of it.
 */
#define VERDICTS_AHEAD 8 /* connections before their turn, a power of two */
struct judging {
	uint32_t *ring;
	uint32_t size, head, tail, waiting;
	uint8_t *of_flow; /* by the flow's number */
	const struct nt_allow_index *allow;
	struct nt_allow_index *allow_begun; /* of the start */
	struct nt_verdicts *verdicts;
	/* this worker's own: (resolver, client): when it answered; (question, client): when cut */
	struct nt_told_table *resolvers;
	/* The last answer that counted, which is yet to be noted there, if there is one. */
	bool answered;
	uint64_t answered_pair;
	int64_t answered_ns;
	struct suppress *suppress;
	int64_t began_ns; /* the clock at the stream's, or epoch's, first packet; INT64_MIN: none */
	uint64_t all_from; /* W is here: all that wait can be judged */
	bool hurry; /* there is no room for more connections */
	struct nt_mapping_keys ahead[VERDICTS_AHEAD]; /* by the place in the ring */
	uint64_t lost_position; /* the packet whose lost answers were told last */
	uint32_t lost_told; /* which, by enum nt_unknown */
	int64_t cut_ns; /* the clock when an answer was cut last; INT64_MIN: none was */
};

/* A connection asserted a name: a member of mismatches' queue. */
struct mismatch {
	uint32_t next; /* in the queue */
	bool orig_is_lo, joined;
	struct nt_flow_key key;
	uint64_t position; /* of the packet that asserted it */
	int64_t clock_ns; /* there */
	uint64_t first_position;
	int64_t first_clock_ns, first_ts_ns;
	struct nt_server_name name;
};

/*
 * Names that connections asserted, on their way to be compared with lookups (worker_mismatch.c), in
 * the order of the packets that asserted them.
 */
struct mismatches {
	struct nt_pool pool; /* of struct mismatch */
	uint32_t head, tail; /* of the queue; NT_POOL_NONE: empty */
	struct suppress *suppress;
};

/* Parts of relay.max_hold that are told apart. */
#define LIVE_HOLD_STEPS 8

/* What a live worker keeps beside (worker_live.c). */
struct live_state {
	uint64_t overdue; /* what lies at or before it waits no longer for W */
	uint64_t step_tsc, next_tsc; /* between two steps, and when the next one is */
	uint64_t steps[LIVE_HOLD_STEPS]; /* where this worker was at the last ones, in turn */
	unsigned int step;
	bool lost; /* something was, and it is to be told */
	int64_t told_ns; /* when that was done last; INT64_MIN at first */
	uint64_t losses_seen;
	int64_t observe_ns; /* when to look after itself again */
};

struct worker {
	struct nt_counters counters; /* first: aligned */

	struct worker_config cfg;
	const struct nt_config *config; /* in effect; cfg.config: at the start */
	struct ask_box *ask;
	struct nt_hash_key names_key; /* of all tables that mappings go into: hashed once */
	struct nt_relay_worker *relay;
	struct worker_timers *timers; /* NULL: cycles of stages are not told apart */
	struct nt_relay_taker taker;
	bool query_told; /* by this worker */
	bool tap_sees_queries; /* as of what has been applied */
	struct nt_flow_table *flows;
	struct nt_conn *conn;
	struct nt_name_cache *names;
	struct nt_name_cache *asserted; /* SSL_SNI and HTTP_HOST: no lookup told them */
	struct nt_hosts *hosts; /* NULL: hosts.enabled or names.enabled is false */
	struct nt_host_filter *host_filter;
	struct nt_dns_match *queries;
	struct nt_dns_buffers *dns_buffers; /* of DNS over TCP */
	struct nt_dns_stream *dns_streams; /* two for each flow, by its index */
	struct nt_quic *quic;
	struct nt_msg_ring *records;
	struct nt_community_id *community_id; /* NULL: not asked for */
	/* Of struct found_names: pinned to a connection older than names.pin_after; each is held.
	 */
	struct nt_pool pins;
	struct streams streams;
	struct server_names server_names;
	struct departures departures;
	struct judging judging;
	struct mismatches mismatches;

	int64_t epoch_offset_ns; /* clock less capture time, in this epoch */
	struct nt_mark_value done; /* up to where this worker has processed: T */
	struct nt_mark_value W; /* as of the last apply */
	int64_t pinned_ns; /* W's clock up to which connections are pinned; INT64_MIN at first */
	bool ended; /* the stream has ended and every connection too */

	bool settling; /* caps were lowered, and are not come to yet */
	uint32_t flow_limit; /* in effect: down to flow.max as connections go */

	uint8_t port_use[65536]; /* enum port_use */
	struct nt_histogram watermark_lag;
	struct worker_gauges gauges; /* as of worker_observe */
	struct live_state live;
	_Atomic uint64_t beats; /* worker: wo, others: ro */
	_Atomic uint64_t losses NT_CACHE_ALIGNED; /* others: rw, worker: ro */
	struct settings_box settings;

	/* scratch */
	struct nt_packet packets[WORKER_BURST];
	struct nt_dns_message dns;
	uint64_t shed_position; /* of the last packet that told more than one may */
	uint64_t learnt_position; /* of the last mapping */
	uint16_t learnt_index;
	struct record_msg record;
	struct notice_msg notice;
};

static inline void
count(struct worker *w, enum nt_counter c, uint64_t n)
{
	nt_counter_add(&w->counters, c, n);
}

/* Else payload is looked into for records alone. */
static inline bool
wants_names(const struct worker *w)
{
	return w->config->names.enabled;
}

static inline struct nt_addr
key_addr(const struct nt_flow_key *key, bool lo)
{
	const uint8_t *bytes = lo ? key->lo_addr : key->hi_addr;
	return key->family == NT_FAMILY_IPV4 ? nt_addr_v4(bytes) : nt_addr_v6(bytes);
}

static inline struct nt_addr
end_addr(const struct nt_flow *f, int direction)
{
	return key_addr(&f->key, (direction == NT_FLOW_ORIG) == (f->orig_is_lo != 0));
}

/* worker_markers.c */
/* bytes: a struct distribute_counts, at any address. */
void add_distribute_counts(struct worker *w, const uint8_t *bytes);

/* worker.c: a fact for all workers; position, time and name are set here. False: live, it was shed.
 */
bool worker_tell(
	struct worker *w, enum nt_fact kind, const struct nt_packet_meta *at, struct nt_mapping *m);

/* worker.c: the packet at `at` has told all that one may: what else it tells is counted, and shed.
 */
bool worker_sheds(struct worker *w, enum nt_counter counter, const struct nt_packet_meta *at);

/* worker.c: where a mapping goes. */
struct nt_name_cache *worker_cache_of(const struct worker *w, const struct nt_mapping *m);

/* worker_live.c */
/* Live, and packets may still come: nothing is waited for. */
bool live_is_shedding(const struct worker *w);
/* What lies at this position waits no longer for W: relay.max_hold is over, by the time of day. */
bool live_is_overdue(const struct worker *w, uint64_t position);
/* W has passed that position without a worker that was left behind. */
static inline bool
live_is_unsure(const struct worker *w, uint64_t position)
{
	return w->cfg.live != NULL && !nt_relay_is_whole(w->relay, position);
}
/* Is the mapping shed? Counted then, and told. */
bool live_sheds(struct worker *w, const struct nt_packet_meta *at, const struct nt_mapping *m);
/* The same for a fact. */
bool live_sheds_fact(struct worker *w, enum nt_fact kind, const struct nt_packet_meta *at,
	const struct nt_mapping *m);
/* Is there room for a record of that size, or is it waited for? */
bool live_has_room(struct worker *w, size_t size);
/* Before a burst is processed, with its first packet; NULL: it was empty, everything up to R is
 * done. */
void live_begin_burst(struct worker *w, struct rte_mbuf *first, const struct nt_mark_value *R);
void live_init(struct worker *w);
/* relay.max_hold is another. */
void live_set_hold(struct worker *w);
void live_end_round(struct worker *w);

/* worker.c: what any wait does: publish T, drain the inbox, give the core away. */
void worker_wait(struct worker *w);

/* worker.c: bring up to date what others want to know now and then. */
void worker_observe(struct worker *w);

/* worker_settings.c: what was offered is taken, or a slice of what follows of it. True while there
 * is more. */
bool worker_take_settings(struct worker *w);

/* worker_markers.c */
/* The counters as they are; false when the ring has no room. */
bool send_stats(struct worker *w, enum record_kind kind, int64_t ts_ns);
void marker_packet(struct worker *w, enum mbuf_kind kind, const struct nt_packet_meta *at);

/* worker_packets.c */
void worker_process(struct worker *w, struct rte_mbuf **mbufs, unsigned int n);

/* worker_flows.c: connections begin and end. */
uint32_t flow_begin(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *m,
	const struct nt_flow_key *key, uint64_t hash, bool src_is_lo);
void flow_end(struct worker *w, uint32_t idx);
/* End up to so many connections, those nearest to their end, before their time. */
void flows_evict(struct worker *w, unsigned int max);
/* A bounded slice of what is due; true when something was. */
bool flows_expire(struct worker *w, int64_t clock_ns);
/* A bounded slice of ending everything; true while there is something left. */
bool flows_end_all(struct worker *w, unsigned int max);

/* worker_hosts.c: whose addresses are whose. */
size_t hosts_bytes(const struct nt_config *c);
int hosts_init(struct worker *w, const struct nt_hash_key *key, int64_t longest_timeout_ns);
void hosts_fini(struct worker *w);
void hosts_clear(struct worker *w);
/* Links were forgotten for want of room. */
bool hosts_lost(const struct worker *w);
void hosts_observe(struct worker *w);
/* A fact of kind HOST. */
void hosts_fact(struct worker *w, const struct nt_mapping *m);
/* A connection is about to begin with this packet. */
void hosts_ahead(const struct worker *w, const struct nt_packet *p);
/* A connection begins with this packet; there are hosts, and it has a link address. */
void hosts_begin(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at);
/* ARP or neighbour discovery. */
void hosts_neighbour(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at);
/* DHCP says that it has this address. */
void hosts_lease(struct worker *w, const struct nt_packet_meta *at, const uint8_t mac[6],
	const struct nt_addr *addr);
/*
 * The addresses of addr's host as of a position and its clock, itself first; returns how many. The
 * position may be as old as a start or an end that the name cache can be asked about
 * (nt_name_cache.h: A, B). *ret_settled: they are the same at any later position whose clock is in
 * the same slot.
 */
unsigned int host_addresses(struct worker *w, const struct nt_addr *addr, uint64_t position,
	int64_t clock_ns, struct nt_addr ret[NT_HOST_ADDRS_MAX + 1], bool *ret_settled);
bool hosts_same_slot(const struct worker *w, int64_t a_ns, int64_t b_ns);

/* worker_names.c: packets that carry names. */
void names_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *m,
	uint32_t idx, bool src_is_lo, enum port_use use);

/* The service dhcp, if this datagram says so. */
void confirm_dhcp(struct nt_flow_cold *cold, const struct nt_packet *p);

/*
 * A mapping of addr, client, index, source, flags and name, learnt from the packet at `at`: counted
 * by its source and sent. The caller has counted it as learnt.
 */
void names_learn(
	struct worker *w, const struct nt_packet_meta *at, struct nt_mapping *m, uint32_t ttl_sec);

/* The same, good for so long whatever names.ttl_* say. */
void names_learn_for(
	struct worker *w, const struct nt_packet_meta *at, struct nt_mapping *m, int64_t life_ns);

/* Where a DNS message was. */
struct dns_place {
	const struct nt_flow *f;
	const struct nt_flow_cold *cold;
	const struct nt_packet_meta *at;
	struct nt_addr from, to; /* who told whom */
	bool from_orig;
	enum port_use use; /* PORT_DNS or PORT_MDNS */
};
enum nt_dns_reason dns_message(
	struct worker *w, const struct dns_place *place, const uint8_t *msg, size_t len);

/*
 * worker_dns_stream.c: DNS over TCP. dir: NT_FLOW_ORIG or _RESP. Bytes in order; at: the packet
 * that let them be read; behind a gap nothing is read (at: NULL where the connection is over). _end
 * once for every connection that had any, before its flow is released.
 */
bool dns_stream_wanted(const struct worker *w, const struct nt_flow *f);
void dns_stream_data(struct worker *w, uint32_t idx, int dir, const uint8_t *bytes, size_t len,
	const struct nt_packet_meta *at);
void dns_stream_gap(struct worker *w, uint32_t idx, int dir, const struct nt_packet_meta *at);
void dns_stream_closed(struct worker *w, uint32_t idx); /* FIN or RST */
void dns_stream_end(struct worker *w, uint32_t idx);

/* worker_local.c: what local networks say: PORT_LLMNR to PORT_DHCP6. */
void local_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at,
	enum port_use use);
/* worker_quic.c */
/* nt_flow.stream of UDP: there is nothing more to look at. */
#define QUIC_DECIDED (1 << 1)
/* A datagram of a UDP flow that is not decided. */
void quic_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at,
	uint32_t idx, bool src_is_lo);
/* A UDP flow is over. */
void quic_end(struct worker *w, uint32_t idx);
/* Bring the counters up to date. */
void quic_observe(struct worker *w);

/* worker_records.c: ended connections to records. */
/* A bounded slice: pin, resolve, purge, in this order. True when something was done. */
bool records_advance(struct worker *w, unsigned int max);

/* worker_rows.c */
/* keys: of names_ahead. */
void row_make(struct worker *w, uint32_t idx, const struct nt_lookup_keys keys[2],
	struct nt_conn_row *row);

/* worker_streams.c: payload of TCP connections in order. */
/* A packet with payload or FIN of a connection whose stream is not decided. */
void streams_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at,
	uint32_t idx, bool src_is_lo);
/* The same where the stream is STREAM_HOSTS. */
void hosts_of_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at,
	uint32_t idx, bool src_is_lo);
void stream_end(struct worker *w, uint32_t idx);

/* The TCP connection is over: what is known now is all. */
static inline void
streams_end(struct worker *w, uint32_t idx)
{
	const uint8_t stream = nt_flow_at(w->flows, idx)->stream;
	if (stream == STREAM_OPEN || stream == STREAM_HOSTS)
		stream_end(w, idx);
}

struct ends {
	struct nt_addr orig, resp;
	uint16_t orig_p, resp_p;
	uint8_t proto;
};

/* worker_verdicts.c: was the responder looked up? */
/* The ends, as of one orientation. */
struct ends ends_of(const struct nt_flow_key *key, bool orig_is_lo);
/* From inside to outside, to where one gets to by looking it up; but is it a resolver? */
bool verdicts_is_outbound(const struct worker *w, const struct ends *e);
bool verdicts_is_resolver(struct worker *w, const struct ends *e, int64_t start_ns);
/*
 * What to ask about the lookups of a connection that began at that clock: of its originator's host
 * as of the position and the clock. clients: the room for it.
 */
struct nt_verdict_query verdicts_query(struct worker *w, const struct ends *e, uint64_t position,
	int64_t clock_ns, struct nt_addr clients[NT_HOST_ADDRS_MAX + 1]);
/* The first packet seen of the connection was not its first. */
bool verdicts_joined(const struct worker *w, uint32_t idx);
size_t verdicts_bytes(const struct nt_config *c);
int verdicts_init(struct worker *w, const struct nt_hash_key *key);
void verdicts_fini(struct worker *w);
void verdicts_set(struct worker *w, const struct settings *s);
void verdicts_begin_epoch(struct worker *w, int64_t clock_ns);
/* A connection begins with this packet. */
void verdicts_open(struct worker *w, uint32_t idx, const struct nt_packet *p);
/* Judge what has come of age, at most so many; returns how many. */
unsigned int verdicts_due(struct worker *w, unsigned int max);
/* Is it not judged yet? */
bool verdicts_waits(const struct worker *w, uint32_t idx);
void verdicts_row(struct worker *w, const struct nt_flow *f, uint32_t idx, struct nt_conn_row *row);
/* A mapping that is being applied is refused. */
void verdicts_refused(struct worker *w, const struct nt_mapping *m);
/* A fact that concerns them, or not, in the order of positions. */
void verdicts_fact(struct worker *w, enum nt_fact kind, const struct nt_mapping *m);

/* worker_doubts.c: what may have told of an address, and was not read. */
/* NT_FACT_LOST, source: beside enum nt_unknown: what was cut came whole. */
#define LOST_FOUND NT_UNKNOWN_REASONS
/* An answer to this client was not read. */
void answer_lost(struct worker *w, const struct nt_packet_meta *at, enum nt_unknown why,
	const struct nt_addr *client);
/* Of one only a part was seen (TRUNCATED, FRAGMENTED); and: it came whole. */
void answer_cut(struct worker *w, const struct nt_packet_meta *at, enum nt_unknown why,
	uint64_t question, const struct nt_addr *resolver, const struct nt_addr *client);
void answer_whole(struct worker *w, const struct nt_packet_meta *at, uint64_t question,
	const struct nt_addr *resolver, const struct nt_addr *client);
/* May one have come whole now? */
static inline bool
answer_waits(const struct worker *w, const struct nt_packet_meta *at)
{
	return at->clock_ns <= w->judging.cut_ns + w->config->notice.grace_ns;
}
/* A packet that is part of a datagram, decoded or not. */
void fragment_of_answer(
	struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at);
void fragment_packet(struct worker *w, const struct mbuf_meta *meta);
/* It was read, and does not count. */
void answer_refused(struct worker *w, const struct nt_packet_meta *at,
	const struct nt_dns_answer *a, const struct nt_addr *client);
/*
 * The memory of resolvers. An answer that counts is noted when the next one comes, by when its
 * place is there; or before anybody else looks.
 */
struct nt_told_table *resolvers_of(struct worker *w);
void resolver_answered(struct worker *w, uint64_t pair, int64_t clock_ns);
/* A connection speaks TLS or QUIC, with this server's name or none: is it DNS? */
void look_for_hidden_dns(struct worker *w, const struct nt_flow *f, const struct nt_packet_meta *at,
	const struct nt_server_name *name);

/* worker_trust.c: answers without a query. */
/* A query was seen on this flow. */
void query_seen(struct worker *w, const struct nt_packet_meta *at, const struct nt_flow *f);
/* Whether a packet of a local protocol comes from a local network. */
bool is_near(const struct worker *w, const struct nt_packet *p);
/* Some worker saw one; all mappings before it have been applied. */
void query_fact(struct worker *w);
/* Whether a mapping that is being applied comes of an answer that is refused for it. */
bool is_unasked(const struct worker *w, const struct nt_mapping *m);
void trust_begin_epoch(struct worker *w);

/* worker_mismatch.c: do lookups have the server's name elsewhere? */
size_t mismatches_bytes(const struct nt_config *c);
int mismatches_init(struct worker *w, const struct nt_hash_key *key);
void mismatches_fini(struct worker *w);
void mismatches_set(struct worker *w);
/* The connection asserted this name, its server's own, in the packet at `at`. */
void mismatches_add(struct worker *w, uint32_t idx, const struct nt_server_name *name,
	const struct nt_packet_meta *at);
/* Judge what has come of age, at most so many; returns how many. */
unsigned int mismatches_due(struct worker *w, unsigned int max);
static inline bool
mismatches_wait(const struct worker *w)
{
	return w->mismatches.head != NT_POOL_NONE;
}

/* worker_notices.c */
/* This name was asserted by an outbound connection with these ends, and is at `addrs`. */
void notice_mismatch(struct worker *w, const struct mismatch *m, const struct ends *e,
	const struct nt_name_addrs *addrs);
/* In the order of the connections' first packets. */
void notice_no_lookup(struct worker *w, uint32_t idx, const struct ends *e);
/* All before this clock is judged: say what was suppressed. INT64_MAX: all of it. */
void notices_expire(struct worker *w, int64_t clock_ns);
/* Where notice.suppress_for was shortened: up to max of what is over by that; false: nothing is. */
bool notices_settle(struct worker *w, unsigned int max);

/* worker_pins.c: names as of a connection's start. */
void pins_give_back(struct worker *w, uint32_t i);
/* Pin what has come of age, at most so many; returns how many. */
unsigned int pins_due(struct worker *w, unsigned int max);
/*
 * Others were told of its responder: their names are pinned now. The longer one waits, the more of
 * what was told since has to be looked over. Everything up to its start has been applied.
 */
void pins_early(struct worker *w, uint32_t idx);
/*
 * Of so many connections (NAMES_WINDOW at most), what names_of_flow will want from memory. What
 * they say of themselves is all said. keys: of the two ends of each, for names_of_flow.
 */
#define NAMES_WINDOW 8
void names_ahead(const struct worker *w, const uint32_t *flows, unsigned int n,
	struct nt_lookup_keys keys[][2]);
/* The names of an ended connection. */
void names_of_flow(struct worker *w, uint32_t idx, const struct nt_lookup_keys keys[2],
	struct found_names *ret);
/* Of so many lookups (below 32) that come soon (addr and name are set), so many steps. */
void lookups_ahead(const struct nt_name_cache *c, struct nt_lookup_keys *keys, unsigned int n,
	unsigned int steps);

/* worker_asserted.c: server names of connections themselves. */
/*
 * The connection said it in the packet at `at` (NULL: in what was left to read when it had ended);
 * behind_proxy: it is of what the server connects to.
 */
void server_name_asserted(struct worker *w, uint32_t idx, const struct nt_server_name *name,
	const struct nt_packet_meta *at, bool behind_proxy);
/* What was asserted in time to be asked for as of the start (nt_name_cache.h), or NULL. */
const struct nt_server_name *server_name_in_time(const struct worker *w, uint32_t idx);
/* Is it a name of the responder's? Not under ECH, not behind a proxy. */
bool server_name_is_own(const struct server_name *e);

#endif
