/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_APP_H
#define TG_APP_H

/*
 * What connections say above the transport: the beginning of each direction is a real ClientHello,
 * ServerHello, HTTP request or QUIC Initial, made anew from the flow's seed when it is sent; the
 * rest is random.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names.h"

enum tg_app_what {
	TG_APP_NONE, /* random bytes only */
	TG_APP_TLS,
	TG_APP_HTTP,
	TG_APP_QUIC
};

/* Which name the client asserts. */
enum tg_app_says {
	TG_SAYS_NOTHING,
	TG_SAYS_NAME, /* the one it connects to */
	TG_SAYS_OUTER, /* ECH: the provider's */
	TG_SAYS_RESOLVER /* of a server of encrypted DNS */
};

struct tg_app {
	uint8_t what;
	uint8_t says;
	uint16_t len[2]; /* of the beginning of the stream; QUIC: of its CRYPTO data */
	uint16_t cut; /* the originator's first segment ends here; 0: it is full */
	uint32_t name;
	uint64_t seed;
};

struct tg_gen;
struct tg_flow;

/* Most that tg_app_data() writes. */
#define TG_APP_SEGMENT 1460

/* Decides what the new connection f says, by its port, the shares asked for, and whom it is to
 * (TG_NO_NAME: a bare address). *packets grows by what that takes. */
void tg_app_plan(struct tg_gen *g, struct tg_flow *f, uint32_t name, uint32_t *packets);

/* A TLS or QUIC connection to an encrypted resolver. */
void tg_app_plan_resolver(struct tg_gen *g, struct tg_flow *f, uint32_t *packets);

/* TCP: how long the next segment is, and what is in len bytes of the stream from stream_at;
 * pool_at is for the rest. The result is in out or in the pool. */
size_t tg_app_len(struct tg_gen *g, const struct tg_flow *f, unsigned dir);
const uint8_t *tg_app_data(struct tg_gen *g, const struct tg_flow *f, unsigned dir,
	uint64_t stream_at, uint32_t pool_at, size_t len, uint8_t out[TG_APP_SEGMENT]);

/* UDP: the next datagram, of *len bytes, or another length for QUIC's first. */
const uint8_t *tg_app_datagram(struct tg_gen *g, const struct tg_flow *f, unsigned dir,
	uint32_t pool_at, size_t *len, uint8_t out[TG_APP_SEGMENT]);

/* The name that the originator has asserted in the packets sent so far, or NULL. */
const char *tg_app_said(const struct tg_gen *g, const struct tg_flow *f, char out[TG_NAME_SIZE]);

#endif
