/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pool of QUIC connections whose ClientHello is not whole yet: private to lib/names. Keyed by
 * flow; fixed; the oldest goes first.
 */
#ifndef QUIC_TABLE_H
#define QUIC_TABLE_H

#include <nt_pool.h>

#include "quic_crypto.h"
#include "quic_keys.h"

#define QUIC_NONE NT_POOL_NONE

struct quic_conn {
	uint64_t flow;
	uint32_t bucket;
	uint32_t next; /* in the bucket */
	uint32_t older, younger;

	uint8_t datagrams; /* offered so far */
	uint8_t client; /* the direction whose Initial was decrypted */
	bool has_keys; /* keys and client are set */
	struct quic_cid dcid; /* that the keys were made of */
	uint32_t version;
	struct quic_keys keys;
	struct quic_crypto crypto;
};

struct quic_table {
	struct nt_pool conns; /* of struct quic_conn */
	uint32_t *buckets;
	uint32_t mask; /* of both: a full table has one connection a bucket in the mean */
	uint32_t oldest, youngest;
	uint64_t evicted;
	struct nt_hash_key key;
};

/* 0 or -errno. */
int quic_table_init(struct quic_table *t, uint32_t connections, const struct nt_hash_key *key);
size_t quic_table_bytes(uint32_t connections);
void quic_table_fini(struct quic_table *t);

struct quic_conn *quic_table_find(const struct quic_table *t, uint64_t flow); /* or NULL */
/* A new one, empty, in place of the oldest if need be. flow must not be there. */
struct quic_conn *quic_table_add(struct quic_table *t, uint64_t flow);
void quic_table_remove(struct quic_table *t, struct quic_conn *c);

#endif
