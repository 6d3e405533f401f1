/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QUIC from its first datagrams (RFC 9000, 9001; version 2: RFC 9369; the drafts 23 to 34 and their
 * like): the client's Initial packets are decrypted, whose keys anybody can compute, and their
 * CRYPTO frames put together to the TLS ClientHello, which names the server. Untrusted bytes.
 *
 * A connection that needs more than one packet is kept in a fixed pool, keyed by its flow; when the
 * pool is full the oldest goes, counted. Decryptions are bounded in number, by packet (two keys at
 * most), by datagram, by flow, and by second of the clock. Nothing is allocated after _new. Below
 * the caps the verdicts depend on the flow's own datagrams only. Owner: one worker.
 */
#ifndef NT_QUIC_H
#define NT_QUIC_H

#include <nt_base.h>
#include <nt_hash.h>

#define NT_QUIC_DATAGRAMS_MAX 8 /* of a flow, looked at before it is given up */
#define NT_QUIC_PACKETS_MAX   6 /* of a datagram: RFC 9000 12.2 has one for each of four keys */
#define NT_QUIC_INITIAL_MIN   1200 /* bytes of a datagram with a client's Initial: RFC 9000 14.1 */
/*
 * A ClientHello that is put together. With a hybrid key share it has 1.8 KiB; browsers that resume
 * send less than 4.
 */
#define NT_QUIC_HELLO_MAX 8192

enum nt_quic_verdict {
	NT_QUIC_MORE, /* the ClientHello is not whole yet: more datagrams, please */
	NT_QUIC_NOT, /* nothing more will come of it */
	NT_QUIC_DONE, /* the ClientHello is there */
};

struct nt_quic_result {
	bool confirmed; /* a client's Initial was authentic: this flow is QUIC, whatever the verdict
			 */
	bool known; /* a version that is QUIC, by its long header */
	uint32_t version; /* of the packet looked at last; 0: none */
	/*
	 * DONE: the handshake message (RFC 8446 4), type and length included; valid until the next
	 * call.
	 */
	const uint8_t *hello;
	size_t hello_len;
};

struct nt_quic_config {
	uint32_t connections; /* in the pool, rounded up to a power of two; about 16 KiB each */
	uint64_t decryptions_per_sec; /* 0 is unlimited */
	bool confirm_only; /* a flow is DONE when it is confirmed; its ClientHello is not read */
};

struct nt_quic_stats {
	uint64_t decrypted; /* Initial packets */
	uint64_t failed; /* Initial packets that were not authentic, or not a client's */
	uint64_t over_rate; /* Initial packets not decrypted, since there were too many in a second
			     */
	uint64_t evicted; /* connections forgotten because the pool was full */
	uint64_t too_long; /* ClientHellos longer than NT_QUIC_HELLO_MAX */
};

struct nt_quic;

/* NULL and errno; ENOTSUP where the crypto library lacks a primitive. */
struct nt_quic *nt_quic_new(const struct nt_quic_config *cfg, const struct nt_hash_key *key);
/* Memory that one takes. */
size_t nt_quic_bytes(const struct nt_quic_config *cfg);
void nt_quic_free(struct nt_quic *q); /* NULL is fine */

/* From now on; 0 is unlimited. */
void nt_quic_set_rate(struct nt_quic *q, uint64_t decryptions_per_sec);

/*
 * Whether a datagram may begin with a client's Initial packet: a long header of a version that can
 * be decrypted, and long enough. Cheap: for whatever UDP brings.
 */
bool nt_quic_may_begin(const uint8_t *payload, size_t len);

/*
 * The next datagram of a flow. flow: what tells this flow from all others, ever (its first
 * position); direction: 0 or 1; the client is whose Initial can be decrypted. After NOT and DONE
 * the flow is forgotten, and is not to be offered again.
 */
enum nt_quic_verdict nt_quic_datagram(struct nt_quic *q, uint64_t flow, unsigned int direction,
	const uint8_t *payload, size_t len, int64_t clock_ns, struct nt_quic_result *ret);

/* The flow has ended. Nothing happens where it isn't known. */
void nt_quic_forget(struct nt_quic *q, uint64_t flow);

void nt_quic_stats(const struct nt_quic *q, struct nt_quic_stats *ret);

/* A version that is QUIC: one of those decrypted, Google's, or reserved to exercise negotiation. */
bool nt_quic_version_known(uint32_t version);

#endif
