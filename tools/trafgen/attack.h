/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_ATTACK_H
#define TG_ATTACK_H

/*
 * Floods, sent between the packets of ordinary traffic: --attack KIND is --attack-share of all
 * packets. What they make of connections and DNS responses is in the truth (kind "attack").
 */

#include <stdbool.h>
#include <stdint.h>

enum tg_attack {
	TG_ATTACK_NONE,
	TG_ATTACK_SYN, /* SYNs, each from another source; half of them are answered */
	TG_ATTACK_UDP, /* a datagram each, from many sources to all ports of a host */
	TG_ATTACK_NAMES, /* lookups of ever new names, an address each */
	TG_ATTACK_ONE_ADDRESS, /* ever new names of one address, hundreds over a TCP connection */
	TG_ATTACK_ONE_NAME, /* ever new addresses of one name, TG_DNS_ADDRESSES in an answer */
	TG_ATTACK_FRAGMENTS, /* first fragments of datagrams that never become whole */
	TG_ATTACK_TWINS, /* IPv4 and IPv6 connections whose addresses have the same bytes */
	TG_ATTACK_ALL, /* one after the other, a thousand packets each, over and over */
	TG_ATTACKS
};

/* TG_ATTACKS where there is none of this name. */
enum tg_attack tg_attack_find(const char *name);

struct tg_gen;
/* Sends what is due of it: when it returns, the attack has its share of all packets sent. */
void tg_attack_run(struct tg_gen *g);

#define TG_DARK_ATTACK 1000000u /* hosts that only attacks have */

struct tg_flow;
/* A flow of no client, and its line in the truth when it is over. */
void tg_attack_begin(struct tg_flow *f, uint8_t proto, bool v6);
void tg_attack_tell(struct tg_gen *g, const struct tg_flow *f);

/* Number n of the attacks that are lookups. */
void tg_attack_lookup(struct tg_gen *g, enum tg_attack attack, uint64_t n);

#endif
