/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include <nt_bucket.h>

#include "quic_table.h"

struct nt_quic {
	struct quic_cipher *cipher;
	struct quic_table table;
	struct nt_bucket rate;
	bool confirm_only;
	struct nt_quic_stats stats;
	uint8_t plain[QUIC_PLAIN_MAX];
	uint8_t hello[NT_QUIC_HELLO_MAX]; /* of the connection that was done last */
};

size_t
nt_quic_bytes(const struct nt_quic_config *cfg)
{
	return sizeof(struct nt_quic) + quic_table_bytes(cfg->connections);
}

struct nt_quic *
nt_quic_new(const struct nt_quic_config *cfg, const struct nt_hash_key *key)
{
	struct nt_quic *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return NULL;
	int err = quic_table_init(&q->table, cfg->connections, key);
	if (err == 0) {
		q->cipher = quic_cipher_new();
		err = q->cipher == NULL ? -errno : 0;
	}
	if (err != 0) {
		nt_quic_free(q);
		errno = -err;
		return NULL;
	}
	nt_bucket_init(&q->rate, cfg->decryptions_per_sec, cfg->decryptions_per_sec);
	q->confirm_only = cfg->confirm_only;
	return q;
}

void
nt_quic_free(struct nt_quic *q)
{
	if (q == NULL)
		return;
	quic_table_fini(&q->table);
	quic_cipher_free(q->cipher);
	free(q);
}

void
nt_quic_set_rate(struct nt_quic *q, uint64_t decryptions_per_sec)
{
	nt_bucket_init(&q->rate, decryptions_per_sec, decryptions_per_sec);
}

bool
nt_quic_may_begin(const uint8_t *payload, size_t len)
{
	struct nt_cursor c = nt_cursor_init(payload, len);
	struct quic_packet p;

	/* Long form and fixed bit: cheap enough for all that is no QUIC. */
	if (len < NT_QUIC_INITIAL_MIN || (payload[0] & 0xc0) != 0xc0)
		return false;
	return quic_packet_read(&c, &p) && p.type == QUIC_INITIAL;
}

/* One datagram on its way through. */
struct visit {
	struct nt_quic *q;
	struct quic_conn *conn;
	unsigned int direction;
	int64_t clock_ns;
	struct nt_quic_result *ret;
	size_t plain_len;
};

static bool
decrypt_with(struct visit *v, const struct quic_keys *keys, const struct quic_packet *p)
{
	struct nt_quic *q = v->q;

	if (nt_bucket_take(&q->rate, v->clock_ns, 1) == 0) {
		q->stats.over_rate++;
		return false;
	}
	const bool ok = quic_decrypt(q->cipher, keys, p, q->plain, &v->plain_len);
	q->stats.decrypted += ok;
	q->stats.failed += !ok;
	return ok;
}

static bool
same_keys(const struct quic_conn *conn, const struct quic_packet *p)
{
	return conn->has_keys && conn->version == p->number && conn->dcid.len == p->dcid.len &&
	       memcmp(conn->dcid.bytes, p->dcid.bytes, p->dcid.len) == 0;
}

/*
 * The keys are made of the connection ID that the client first sent to, or of the one a Retry gave
 * it (RFC 9001 5.2); with the latter, or another version, the stream begins anew. A server's own
 * connection ID, which the client uses from the answer on, changes no keys.
 */
static bool
decrypt(struct visit *v, const struct quic_packet *p)
{
	struct quic_conn *conn = v->conn;
	struct quic_keys keys;

	if (conn->has_keys && conn->client != v->direction)
		return false;
	if (conn->has_keys && conn->version == p->number && decrypt_with(v, &conn->keys, p))
		return true;
	if (same_keys(conn, p))
		return false;
	quic_keys_derive(v->q->cipher, p->version, &p->dcid, &keys);
	if (!decrypt_with(v, &keys, p))
		return false;
	conn->keys = keys;
	conn->dcid = p->dcid;
	conn->version = p->number;
	conn->client = (uint8_t)v->direction;
	conn->has_keys = true;
	quic_crypto_reset(&conn->crypto);
	return true;
}

/* What the client said so far. */
static enum nt_quic_verdict
judge(struct visit *v)
{
	const struct quic_crypto *s = &v->conn->crypto;

	switch (quic_crypto_state(s, &v->ret->hello_len)) {
	case QUIC_CRYPTO_HELLO:
		memcpy(v->q->hello, s->bytes, v->ret->hello_len);
		v->ret->hello = v->q->hello;
		return NT_QUIC_DONE;
	case QUIC_CRYPTO_TOO_LONG:
		v->q->stats.too_long++;
		return NT_QUIC_NOT;
	case QUIC_CRYPTO_OTHER:
		return NT_QUIC_NOT;
	default:
		return NT_QUIC_MORE;
	}
}

static enum nt_quic_verdict
read_packet(struct visit *v, const struct quic_packet *p)
{
	v->ret->version = p->number;
	v->ret->known |= nt_quic_version_known(p->number);
	if (p->type != QUIC_INITIAL || !decrypt(v, p))
		return NT_QUIC_MORE;
	v->ret->confirmed = true;
	if (v->q->confirm_only)
		return NT_QUIC_DONE;
	if (!quic_crypto_frames(&v->conn->crypto, v->q->plain, v->plain_len))
		return NT_QUIC_NOT;
	return judge(v);
}

/* RFC 9000 12.2: packets with long headers follow each other; what else there is ends them. */
static enum nt_quic_verdict
read_packets(struct visit *v, const uint8_t *payload, size_t len)
{
	struct nt_cursor c = nt_cursor_init(payload, len);
	enum nt_quic_verdict verdict = NT_QUIC_MORE;
	struct quic_packet p;

	for (unsigned int i = 0; i < NT_QUIC_PACKETS_MAX && verdict == NT_QUIC_MORE; i++) {
		if (nt_cursor_left(&c) == 0 || !quic_packet_read(&c, &p))
			break;
		verdict = read_packet(v, &p);
	}
	return verdict;
}

enum nt_quic_verdict
nt_quic_datagram(struct nt_quic *q, uint64_t flow, unsigned int direction, const uint8_t *payload,
	size_t len, int64_t clock_ns, struct nt_quic_result *ret)
{
	struct visit v = { .q = q,
		.conn = quic_table_find(&q->table, flow),
		.direction = direction,
		.clock_ns = clock_ns,
		.ret = ret };

	*ret = (struct nt_quic_result){ 0 };
	if (v.conn == NULL)
		v.conn = quic_table_add(&q->table, flow);
	enum nt_quic_verdict verdict = read_packets(&v, payload, len);
	if (verdict == NT_QUIC_MORE && ++v.conn->datagrams >= NT_QUIC_DATAGRAMS_MAX)
		verdict = NT_QUIC_NOT;
	if (verdict != NT_QUIC_MORE)
		quic_table_remove(&q->table, v.conn);
	return verdict;
}

void
nt_quic_forget(struct nt_quic *q, uint64_t flow)
{
	struct quic_conn *conn = quic_table_find(&q->table, flow);

	if (conn != NULL)
		quic_table_remove(&q->table, conn);
}

void
nt_quic_stats(const struct nt_quic *q, struct nt_quic_stats *ret)
{
	*ret = q->stats;
	ret->evicted = q->table.evicted;
}
