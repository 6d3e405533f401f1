/* SPDX-License-Identifier: BSD-3-Clause */
#include "tls_msg.h"
#include "bytes.h"

enum {
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2
};

enum {
	X_SERVER_NAME = 0,
	X_STATUS_REQUEST = 5,
	X_GROUPS = 10,
	X_POINT_FORMATS = 11,
	X_SIGNATURES = 13,
	X_ALPN = 16,
	X_SCT = 18,
	X_MASTER_SECRET = 23,
	X_TICKET = 35,
	X_VERSIONS = 43,
	X_PSK_MODES = 45,
	X_KEY_SHARE = 51,
	X_QUIC = 57,
	X_ECH = 0xfe0d,
	X_RENEGOTIATION = 0xff01
};

enum {
	SECP256R1 = 0x17,
	SECP384R1 = 0x18,
	X25519 = 0x1d,
	X25519MLKEM768 = 0x11ec
};

#define HYBRID_SHARE 1216 /* ML-KEM-768's key (1184) and X25519's (32) */

static const uint16_t ciphers13[] = { 0x1301, 0x1302, 0x1303 };
static const uint16_t ciphers12[] = { 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013,
	0xc014, 0x009c, 0x009d, 0x002f, 0x0035 };
static const uint16_t signatures[] = { 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806,
	0x0601 };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* One of the 16 reserved values 0x?a?a; k: which of the message's. */
static unsigned
grease(const struct tg_hello *h, unsigned k)
{
	return 0x0a0a + 0x1010 * (unsigned)(tg_hash(h->seed, 1000 + k) & 15);
}

static uint8_t *
begin(struct tg_bytes *b, unsigned type)
{
	tg_put16(b, type);
	return tg_put_room(b, 2);
}

static void
put_list16(struct tg_bytes *b, const uint16_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		tg_put16(b, list[i]);
}

static void
put_empty(struct tg_bytes *b, unsigned type)
{
	tg_put16(b, type);
	tg_put16(b, 0);
}

/* RFC 6066, section 3: a list of one host_name. */
static void
put_server_name(struct tg_bytes *b, const char *name)
{
	uint8_t *x = begin(b, X_SERVER_NAME), *list = tg_put_room(b, 2), *host;

	tg_put8(b, 0);
	host = tg_put_room(b, 2);
	tg_put_text(b, name);
	tg_put_length(b, host, 2);
	tg_put_length(b, list, 2);
	tg_put_length(b, x, 2);
}

static void
put_groups(struct tg_bytes *b, const struct tg_hello *h)
{
	uint8_t *x = begin(b, X_GROUPS), *list = tg_put_room(b, 2);

	if (h->grease)
		tg_put16(b, grease(h, 1));
	if (h->hybrid)
		tg_put16(b, X25519MLKEM768);
	tg_put16(b, X25519);
	tg_put16(b, SECP256R1);
	tg_put16(b, SECP384R1);
	tg_put_length(b, list, 2);
	tg_put_length(b, x, 2);
}

static void
put_alpn(struct tg_bytes *b, const char *const *protocols, size_t n)
{
	uint8_t *x = begin(b, X_ALPN), *list = tg_put_room(b, 2);

	for (size_t i = 0; i < n; i++) {
		tg_put8(b, (unsigned)strlen(protocols[i]));
		tg_put_text(b, protocols[i]);
	}
	tg_put_length(b, list, 2);
	tg_put_length(b, x, 2);
}

static void
put_signatures(struct tg_bytes *b)
{
	uint8_t *x = begin(b, X_SIGNATURES), *list = tg_put_room(b, 2);

	put_list16(b, signatures, COUNT(signatures));
	tg_put_length(b, list, 2);
	tg_put_length(b, x, 2);
}

static void
put_share(struct tg_bytes *b, struct tg_rng *rng, unsigned group, size_t len)
{
	tg_put16(b, group);
	tg_put16(b, (unsigned)len);
	tg_put_random(b, rng, len);
}

static void
put_key_shares(struct tg_bytes *b, const struct tg_hello *h, struct tg_rng *rng)
{
	uint8_t *x = begin(b, X_KEY_SHARE), *list = tg_put_room(b, 2);

	if (h->grease)
		put_share(b, rng, grease(h, 1), 1);
	if (h->hybrid)
		put_share(b, rng, X25519MLKEM768, HYBRID_SHARE);
	put_share(b, rng, X25519, 32);
	tg_put_length(b, list, 2);
	tg_put_length(b, x, 2);
}

static void
put_versions(struct tg_bytes *b, const struct tg_hello *h)
{
	uint8_t *x = begin(b, X_VERSIONS), *list = tg_put_room(b, 1);

	if (h->grease)
		tg_put16(b, grease(h, 2));
	tg_put16(b, 0x0304);
	if (!h->quic)
		tg_put16(b, 0x0303);
	tg_put_length(b, list, 1);
	tg_put_length(b, x, 2);
}

/* ECHClientHello, outer: HKDF-SHA256 and AES-128-GCM, a config id, encapsulated key and payload. */
static void
put_ech(struct tg_bytes *b, struct tg_rng *rng)
{
	uint8_t *x = begin(b, X_ECH);

	tg_put8(b, 0);
	tg_put32(b, 0x00010001);
	tg_put_random(b, rng, 1);
	tg_put16(b, 32);
	tg_put_random(b, rng, 32);
	tg_put16(b, 176);
	tg_put_random(b, rng, 176);
	tg_put_length(b, x, 2);
}

/* RFC 9000, section 18: max_idle_timeout, initial_max_data and an empty source id. */
static void
put_quic_parameters(struct tg_bytes *b)
{
	static const uint8_t parameters[] = { 0x01, 4, 0x80, 0, 0x75, 0x30, 0x04, 4, 0x80, 0xf0, 0,
		0, 0x0f, 0 };
	uint8_t *x = begin(b, X_QUIC);

	tg_put(b, parameters, sizeof(parameters));
	tg_put_length(b, x, 2);
}

static void
put_extensions13(struct tg_bytes *b, const struct tg_hello *h, struct tg_rng *rng)
{
	uint8_t *x;

	put_key_shares(b, h, rng);
	x = begin(b, X_PSK_MODES);
	tg_put16(b, 0x0101); /* one mode: with a key exchange */
	tg_put_length(b, x, 2);
	put_versions(b, h);
	if (h->ech)
		put_ech(b, rng);
	if (h->quic)
		put_quic_parameters(b);
}

static void
put_extensions(struct tg_bytes *b, const struct tg_hello *h, struct tg_rng *rng)
{
	static const char *const web[] = { "h2", "http/1.1" }, *const quic[] = { "h3" };
	uint8_t *all = tg_put_room(b, 2), *x;

	if (h->grease)
		put_empty(b, grease(h, 3));
	if (h->server_name != NULL)
		put_server_name(b, h->server_name);
	if (!h->quic) {
		put_empty(b, X_MASTER_SECRET);
		x = begin(b, X_RENEGOTIATION);
		tg_put8(b, 0);
		tg_put_length(b, x, 2);
		x = begin(b, X_POINT_FORMATS);
		tg_put16(b, 0x0100);
		tg_put_length(b, x, 2);
		put_empty(b, X_TICKET);
	}
	put_groups(b, h);
	put_alpn(b, h->quic ? quic : web, h->quic ? 1 : 2);
	x = begin(b, X_STATUS_REQUEST);
	tg_put8(b, 1);
	tg_put32(b, 0);
	tg_put_length(b, x, 2);
	put_signatures(b);
	put_empty(b, X_SCT);
	if (h->tls13)
		put_extensions13(b, h, rng);
	if (h->grease) {
		x = begin(b, grease(h, 4) ^ 0x1010); /* another one than the first */
		tg_put8(b, 0);
		tg_put_length(b, x, 2);
	}
	tg_put_length(b, all, 2);
}

static void
put_session_id(struct tg_bytes *b, const struct tg_hello *h)
{
	struct tg_rng rng;

	tg_rng_seed(&rng, h->seed + 2);
	tg_put8(b, h->quic ? 0 : 32);
	if (!h->quic)
		tg_put_random(b, &rng, 32);
}

size_t
tg_tls_client_hello(const struct tg_hello *h, uint8_t *out)
{
	struct tg_bytes b = { out };
	struct tg_rng rng;
	uint8_t *message, *list;

	tg_rng_seed(&rng, h->seed);
	tg_put8(&b, CLIENT_HELLO);
	message = tg_put_room(&b, 3);
	tg_put16(&b, 0x0303);
	tg_put_random(&b, &rng, 32);
	put_session_id(&b, h);
	list = tg_put_room(&b, 2);
	if (h->grease)
		tg_put16(&b, grease(h, 0));
	if (h->tls13)
		put_list16(&b, ciphers13, COUNT(ciphers13));
	if (!h->quic)
		put_list16(&b, ciphers12, COUNT(ciphers12));
	tg_put_length(&b, list, 2);
	tg_put16(&b, 0x0100); /* no compression */
	put_extensions(&b, h, &rng);
	tg_put_length(&b, message, 3);
	return (size_t)(b.at - out);
}

static void
put_server_extensions(struct tg_bytes *b, const struct tg_hello *h, struct tg_rng *rng)
{
	uint8_t *all = tg_put_room(b, 2), *x;

	if (h->tls13) {
		x = begin(b, X_VERSIONS);
		tg_put16(b, 0x0304);
		tg_put_length(b, x, 2);
		x = begin(b, X_KEY_SHARE);
		put_share(b, rng, X25519, 32);
		tg_put_length(b, x, 2);
	} else {
		put_empty(b, X_MASTER_SECRET);
		x = begin(b, X_RENEGOTIATION);
		tg_put8(b, 0);
		tg_put_length(b, x, 2);
	}
	tg_put_length(b, all, 2);
}

size_t
tg_tls_server_hello(const struct tg_hello *h, uint8_t *out)
{
	struct tg_bytes b = { out };
	struct tg_rng rng;
	uint8_t *message;

	tg_rng_seed(&rng, h->seed + 1);
	tg_put8(&b, SERVER_HELLO);
	message = tg_put_room(&b, 3);
	tg_put16(&b, 0x0303);
	tg_put_random(&b, &rng, 32);
	put_session_id(&b, h);
	tg_put16(&b, h->tls13 ? ciphers13[0] : ciphers12[1]);
	tg_put8(&b, 0);
	put_server_extensions(&b, h, &rng);
	tg_put_length(&b, message, 3);
	return (size_t)(b.at - out);
}

static void
put_record(struct tg_bytes *b, const uint8_t *part, size_t len)
{
	tg_put8(b, 22); /* handshake */
	tg_put16(b, 0x0301); /* as first flights say, RFC 8446, section 5.1 */
	tg_put16(b, (unsigned)len);
	tg_put(b, part, len);
}

size_t
tg_tls_records(const uint8_t *message, size_t len, bool two, uint8_t *out)
{
	struct tg_bytes b = { out };
	size_t first = two ? len / 2 : len;

	put_record(&b, message, first);
	if (two)
		put_record(&b, message + first, len - first);
	return (size_t)(b.at - out);
}
