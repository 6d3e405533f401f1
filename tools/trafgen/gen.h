/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_GEN_H
#define TG_GEN_H

/* The generator's state, and how a flow's script sends a packet. */

#include "attack.h"
#include "events.h"
#include "lookups.h"
#include "names.h"
#include "net.h"
#include "options.h"
#include "pcap_out.h"
#include "rng.h"
#include "truth.h"

#define TG_NS_PER_SEC UINT64_C(1000000000)
#define TG_NS_PER_MS  UINT64_C(1000000)
#define TG_POOL_BYTES (1u << 20) /* payload is cut from here */

struct tg_gen {
	struct tg_options o;
	struct tg_rng rng;
	struct tg_rng more; /* for choices that shares of 0 leave out, so that the others stay */
	struct tg_names names;
	struct tg_net net;
	struct tg_lookups lookups;
	struct tg_events events;
	struct tg_pcap pcap;
	struct tg_truth truth;
	uint8_t *pool; /* owned: TG_POOL_BYTES and one MSS */
	uint64_t now_ns;
	uint64_t sent; /* packets */
	uint64_t sent_bytes;
	uint64_t planned; /* packets of all flows that were begun */
	uint64_t planned_dns;
	uint32_t forgeries;
	enum tg_attack attack;
	uint64_t attacks, attack_packets;
	const char *error; /* what made it stop; sticks */
};

/* 0, or -1 with g->error set; fini accepts a half-made one. */
int tg_gen_init(struct tg_gen *g, const struct tg_options *o);
void tg_gen_fini(struct tg_gen *g);

/* Sends o.packets packets. 0, or -1 with g->error set. */
int tg_gen_run(struct tg_gen *g);
int tg_flood_run(struct tg_gen *g);

/* Writes one packet of f at now_ns, from f->end[dir] to the other, and counts it. */
void tg_send_tcp(struct tg_gen *g, struct tg_flow *f, unsigned dir, const struct tg_tcp *tcp,
	const uint8_t *data, size_t len);
void tg_send_udp(
	struct tg_gen *g, struct tg_flow *f, unsigned dir, const uint8_t *data, size_t len);
/* The first fragment of a UDP datagram of which more would have to come; IPv4. */
void tg_send_first_fragment(struct tg_gen *g, struct tg_flow *f, const uint8_t *data, size_t len);
void tg_send_echo(struct tg_gen *g, struct tg_flow *f, unsigned dir, uint16_t seq);

/* A payload's length for this direction, steered to --mean-packet-bytes if that was asked for. */
size_t tg_payload_len(struct tg_gen *g, bool v6, unsigned dir);

/* Where in the pool a payload may begin. */
uint32_t tg_payload_at(struct tg_gen *g);

/* Scripts: each sends at most one packet and returns the pause to the next, or TG_DONE. */
#define TG_DONE UINT64_MAX

uint64_t tg_tcp_step(struct tg_gen *g, struct tg_flow *f);
uint64_t tg_udp_step(struct tg_gen *g, struct tg_flow *f);
uint64_t tg_echo_step(struct tg_gen *g, struct tg_flow *f);
uint64_t tg_scan_step(struct tg_gen *g, struct tg_flow *f);
uint64_t tg_dns_step(struct tg_gen *g, struct tg_flow *f);
uint64_t tg_dns_tcp_step(struct tg_gen *g, struct tg_flow *f);
uint64_t tg_local_step(struct tg_gen *g, struct tg_flow *f);

/* When the last response of a DNS connection over TCP will have been seen. */
uint64_t tg_dns_tcp_seen_ns(const struct tg_flow *f);

/* Message q of a DNS connection over TCP with its length in front, and its line in the truth. */
size_t tg_dns_tcp_message(
	struct tg_gen *g, struct tg_flow *f, unsigned q, bool response, uint8_t *out);
void tg_dns_tcp_tell(struct tg_gen *g, struct tg_flow *f, unsigned q);

/* Begins what one client does next (lookup, connections, ...) at now_ns; returns its packets. */
uint32_t tg_plan_session(struct tg_gen *g);

/* A new flow whose first step is at start_ns; NULL (and g->error) without memory. */
struct tg_flow *tg_plan_flow(struct tg_gen *g, enum tg_kind kind, bool v6, uint64_t start_ns);
/* A TCP or UDP connection of the client to server, which has an address and a MAC; *packets grows
 * by its length. NULL (and g->error) without memory. */
struct tg_flow *tg_plan_connection(struct tg_gen *g, uint32_t client, bool v6,
	const struct tg_endpoint *server, uint64_t start_ns, uint32_t *packets);

/* The next source port of a client; sets g->error when it has none left. */
uint16_t tg_plan_port(struct tg_gen *g, uint32_t client);

/* TCP or UDP, whatever its share, to server with its port. */
struct tg_flow *tg_plan_connection_to(struct tg_gen *g, uint32_t client, bool v6, bool udp,
	const struct tg_endpoint *server, uint64_t start_ns, uint32_t *packets);

/* Makes the client look the name up unless it still knows it; NULL (and g->error) without memory.
 * *packets grows by what it takes. */
struct tg_lookup_entry *tg_plan_lookup(
	struct tg_gen *g, uint32_t client, uint32_t name, uint32_t *packets);
/* Forged answers that come alone: one that nobody asked for, or with an address that is no host's.
 */
uint32_t tg_plan_forgery(struct tg_gen *g, uint32_t client);

/* A connection of the client to a host that no name leads to (tg_net_dark). */
struct tg_flow *tg_plan_dark(
	struct tg_gen *g, uint32_t client, uint32_t dark, uint64_t start_ns, uint32_t *packets);

/* The client of encrypted DNS learns a name out of sight; now and then its connection to the
 * resolver is begun anew. */
int tg_plan_encrypted(
	struct tg_gen *g, uint32_t client, struct tg_lookup_entry *e, uint32_t *packets);

/* The client tells its network its name, if it is of those that do, and has not yet. */
uint32_t tg_plan_announcement(struct tg_gen *g, uint32_t client);

/* A DNS flow to the resolver of the client, now; its script is empty. */
struct tg_flow *tg_plan_client_dns(struct tg_gen *g, uint32_t client, bool v6);

/* A PTR lookup of some address, or a question for a name that does not exist. */
uint32_t tg_plan_reverse(struct tg_gen *g, uint32_t client);
uint32_t tg_plan_nxdomain(struct tg_gen *g, uint32_t client);

#endif
