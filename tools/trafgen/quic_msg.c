/* SPDX-License-Identifier: BSD-3-Clause */
#include "quic_msg.h"
#include "bytes.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define KEY_BYTES 16
#define IV_BYTES  12
#define TAG_BYTES 16
#define SHA_BYTES 32
#define PN_BYTES  4 /* so that the sample of header protection follows the packet number */

/* RFC 9001, section 5.2, and RFC 9369, section 3.3. */
static const uint8_t salt1[20] = { 0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a,
	0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a };
static const uint8_t salt2[20] = { 0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81,
	0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9 };

struct keys {
	uint8_t key[KEY_BYTES], iv[SHA_BYTES], hp[KEY_BYTES];
};

/* HKDF-Expand-Label of at most one block (RFC 8446, section 7.1). */
static bool
expand(const uint8_t secret[SHA_BYTES], const char *label, uint8_t *out, unsigned len)
{
	uint8_t info[64], block[SHA_BYTES];
	struct tg_bytes b = { info };
	unsigned n = 0;

	tg_put16(&b, len);
	tg_put8(&b, 6 + (unsigned)strlen(label));
	tg_put_text(&b, "tls13 ");
	tg_put_text(&b, label);
	tg_put16(&b, 0x0001); /* no context; the first block */
	if (HMAC(EVP_sha256(), secret, SHA_BYTES, info, (size_t)(b.at - info), block, &n) == NULL)
		return false;
	memcpy(out, block, len);
	return true;
}

static bool
derive(const struct tg_quic *q, bool server, struct keys *k)
{
	uint8_t initial[SHA_BYTES], side[SHA_BYTES];
	unsigned n = 0;

	return HMAC(EVP_sha256(), q->v2 ? salt2 : salt1, 20, q->dcid, TG_QUIC_CID, initial, &n) !=
		       NULL &&
	       expand(initial, server ? "server in" : "client in", side, SHA_BYTES) &&
	       expand(side, q->v2 ? "quicv2 key" : "quic key", k->key, KEY_BYTES) &&
	       expand(side, q->v2 ? "quicv2 iv" : "quic iv", k->iv, IV_BYTES) &&
	       expand(side, q->v2 ? "quicv2 hp" : "quic hp", k->hp, KEY_BYTES);
}

/* AES-128-GCM in place; the tag comes after the data. */
static bool
seal(const struct keys *k, uint32_t number, const uint8_t *header, size_t header_len, uint8_t *data,
	size_t len)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t nonce[IV_BYTES];
	int n;
	bool ok;

	memcpy(nonce, k->iv, IV_BYTES);
	for (unsigned i = 0; i < 4; i++)
		nonce[IV_BYTES - 1 - i] ^= (uint8_t)(number >> 8 * i);
	ok = ctx != NULL && EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, k->key, nonce) == 1 &&
	     EVP_EncryptUpdate(ctx, NULL, &n, header, (int)header_len) == 1 &&
	     EVP_EncryptUpdate(ctx, data, &n, data, (int)len) == 1 &&
	     EVP_EncryptFinal_ex(ctx, data + len, &n) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, data + len) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

/* RFC 9001, section 5.4: the packet number is 4 bytes, and the sample what comes after it. */
static bool
protect_header(const struct keys *k, uint8_t *packet, uint8_t *number)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t mask[32];
	int n;
	bool ok;

	ok = ctx != NULL && EVP_EncryptInit_ex(ctx, EVP_aes_128_ecb(), NULL, k->hp, NULL) == 1 &&
	     EVP_EncryptUpdate(ctx, mask, &n, number + PN_BYTES, 16) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (!ok)
		return false;
	packet[0] ^= mask[0] & 0x0f;
	for (unsigned i = 0; i < PN_BYTES; i++)
		number[i] ^= mask[1 + i];
	return true;
}

static void
put_crypto(struct tg_bytes *b, const struct tg_quic_initial *i, size_t from, size_t to)
{
	tg_put8(b, 0x06);
	tg_put16(b, 0x4000 | (unsigned)(i->at + from));
	tg_put16(b, 0x4000 | (unsigned)(to - from));
	tg_put(b, i->crypto + i->at + from, to - from);
}

static void
put_frames(struct tg_bytes *b, const struct tg_quic_initial *i)
{
	size_t third = i->len / 3;

	if (!i->shuffled) {
		put_crypto(b, i, 0, i->len);
		return;
	}
	put_crypto(b, i, 2 * third, i->len);
	tg_put_fill(b, 0, 3); /* PADDING */
	tg_put8(b, 0x01); /* PING */
	put_crypto(b, i, 0, third);
	put_crypto(b, i, third, 2 * third);
}

static void
put_ids(struct tg_bytes *b, const struct tg_quic *q, bool server)
{
	if (server) {
		tg_put8(b, 0);
		tg_put8(b, TG_QUIC_CID);
		tg_put(b, q->scid, TG_QUIC_CID);
	} else {
		tg_put8(b, TG_QUIC_CID);
		tg_put(b, q->dcid, TG_QUIC_CID);
		tg_put8(b, 0);
	}
}

int
tg_quic_initial(const struct tg_quic *q, const struct tg_quic_initial *i, uint8_t *out)
{
	struct tg_bytes b = { out };
	uint8_t *number, *data, *end = out + TG_QUIC_DATAGRAM;
	struct keys k;

	/* Long header, fixed bit, Initial, a packet number of 4 bytes. */
	tg_put8(&b, 0xc0 | (q->v2 ? 0x10 : 0) | (PN_BYTES - 1));
	tg_put32(&b, q->v2 ? 0x6b3343cf : 1);
	put_ids(&b, q, i->server);
	tg_put8(&b, 0); /* no token */
	tg_put16(&b, 0x4000 | (unsigned)(end - b.at - 2));
	number = b.at;
	tg_put32(&b, i->number);
	data = b.at;
	put_frames(&b, i);
	tg_put_fill(&b, 0, (size_t)(end - TAG_BYTES - b.at));
	if (!derive(q, i->server, &k) ||
		!seal(&k, i->number, out, (size_t)(data - out), data, (size_t)(b.at - data)) ||
		!protect_header(&k, out, number))
		return -1;
	return 0;
}

void
tg_quic_short(const struct tg_quic *q, bool server, uint8_t *datagram, size_t len)
{
	datagram[0] = 0x40 | (datagram[0] & 0x3f);
	if (!server && len > TG_QUIC_CID)
		memcpy(datagram + 1, q->scid, TG_QUIC_CID);
}
