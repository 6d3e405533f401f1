/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is a list of datagrams: an octet of SEALED ... bits, two octets of length, and as many
 * bytes. What is SEALED is the plain payload of an Initial packet, encrypted here, so that frames
 * and streams are reached; the rest is offered as it is. What must hold: a ClientHello is whole,
 * the verdicts are those of a fresh context, and other flows change nothing. Google's CHLO is
 * looked for, too.
 */
#include "../unit/names/quic_seal.h"

#include <nt_gquic.h>
#include <nt_quic.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DATAGRAMS_MAX 40

enum {
	SEALED = 1 << 0,
	V2 = 1 << 1,
	OTHER_KEYS = 1 << 2, /* as after a Retry */
	OTHER_FLOW = 1 << 3,
	SERVER = 1 << 4, /* the other direction */
	COALESCED = 1 << 5, /* with what was read before */
	PADDED = 1 << 6,
	OTHER_ID = 1 << 7, /* the server's own connection ID */
};

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

static const struct nt_hash_key hash_key = { { 1, 2, 3, 4 } };

static struct nt_quic *
make(void)
{
	const struct nt_quic_config cfg = { .connections = 2 };
	struct nt_quic *q = nt_quic_new(&cfg, &hash_key);

	CHECK(q != NULL);
	return q;
}

/* HKDF is slow: each of the four keys is made once. */
static size_t
seal_by_op(unsigned int op, const uint8_t *plain, size_t len, uint8_t *ret)
{
	static struct seal_keys keys[4];
	static bool made[4];
	const unsigned int which = op >> 1 & 3;
	struct seal s = seal_with(op & V2 ? SEAL_V2 : SEAL_V1, op & OTHER_KEYS ? "retry" : "dcid");

	if (!made[which])
		keys[which] = seal_keys(&s);
	made[which] = true;
	if (op & OTHER_ID)
		s.to = "server";
	return seal_packet_by(&s, keys[which], plain, len, ret);
}

struct datagram {
	size_t len;
	uint8_t bytes[2 * SEAL_MAX];
};

static void
build(struct datagram *d, unsigned int op, const uint8_t *bytes, size_t len)
{
	uint8_t plain[2048] = { 0 };

	if (!(op & COALESCED) || d->len > SEAL_MAX)
		d->len = 0;
	if (!(op & SEALED)) {
		memcpy(d->bytes + d->len, bytes, len);
		d->len += len;
		return;
	}
	memcpy(plain, bytes, len);
	d->len += seal_by_op(op, plain, NT_MAX(len, op & PADDED ? 1162u : 4u), d->bytes + d->len);
}

/* The bytes end where their allocation ends. */
static enum nt_quic_verdict
offer(struct nt_quic *q, uint64_t flow, unsigned int direction, const struct datagram *d,
	struct nt_quic_result *ret)
{
	uint8_t *copy = malloc(d->len + 1);

	CHECK(copy != NULL);
	memcpy(copy, d->bytes, d->len);
	(void)nt_quic_may_begin(copy, d->len);
	struct nt_server_name name;
	CHECK(nt_gquic_server_name(copy, d->len, &name) == (name.len > 0));
	CHECK(name.len <= NT_SERVER_NAME_MAX);
	enum nt_quic_verdict v = nt_quic_datagram(q, flow, direction, copy, d->len, 0, ret);
	free(copy);
	return v;
}

static void
check_result(enum nt_quic_verdict v, const struct nt_quic_result *r)
{
	CHECK(v == NT_QUIC_MORE || v == NT_QUIC_NOT || v == NT_QUIC_DONE);
	CHECK((v == NT_QUIC_DONE) == (r->hello != NULL));
	if (v != NT_QUIC_DONE)
		return;
	CHECK(r->confirmed && r->known && r->hello[0] == 1);
	CHECK(r->hello_len ==
		4 + ((size_t)r->hello[1] << 16 | (size_t)r->hello[2] << 8 | r->hello[3]));
}

/* One flow's datagrams, with or without those of the other in between. */
struct trace {
	unsigned int count;
	enum nt_quic_verdict verdicts[DATAGRAMS_MAX];
	size_t hello_len[DATAGRAMS_MAX];
};

static void
run(const uint8_t *data, size_t size, bool both, struct trace *t)
{
	static struct datagram d;
	struct nt_quic *q = make();

	t->count = 0;
	d.len = 0;
	for (unsigned int i = 0; i < DATAGRAMS_MAX && size >= 3; i++) {
		struct nt_quic_result r;
		const unsigned int op = data[0];
		const size_t len = NT_MIN((size_t)(data[1] << 8 | data[2]) % 2048, size - 3);

		build(&d, op, data + 3, len);
		data += 3 + len;
		size -= 3 + len;
		if ((op & OTHER_FLOW) && !both)
			continue;
		enum nt_quic_verdict v =
			offer(q, op & OTHER_FLOW ? 2 : 1, (op & SERVER) != 0, &d, &r);
		check_result(v, &r);
		if (op & OTHER_FLOW)
			continue;
		t->verdicts[t->count] = v;
		t->hello_len[t->count++] = r.hello_len;
	}
	nt_quic_free(q);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace alone, among;

	run(data, size, false, &alone);
	run(data, size, true, &among);
	CHECK(alone.count == among.count);
	for (unsigned int i = 0; i < alone.count; i++) {
		CHECK(alone.verdicts[i] == among.verdicts[i]);
		CHECK(alone.hello_len[i] == among.hello_len[i]);
	}
	return 0;
}
