/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

/*
 * The digest's old interface: its state is the caller's, on the stack. The new one allocates it
 * with every digest begun (OpenSSL 3.0, measured), and a key takes ten.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "quic_keys.h"

#define HASH_BYTES   32 /* SHA-256 */
#define BLOCK_BYTES  64 /* RFC 2104: B */
#define SAMPLE_AT    4 /* from the packet number on: RFC 9001 5.4.2 */
#define SAMPLE_BYTES 16
/* RFC 8446 7.1: length, "tls13 " and the longest label, no context, RFC 5869's counter. */
#define INFO_MAX (2 + 1 + 6 + 12 + 1 + 1)

/* RFC 2104: both hashes with their block of the key behind them. */
struct hmac_key {
	SHA256_CTX inner, outer;
};

struct quic_cipher {
	EVP_CIPHER *gcm, *ecb;
	EVP_CIPHER_CTX *aead, *mask;
	const struct quic_version *salted; /* whose salt is hashed: nearly always the next one's */
	struct hmac_key salt;
};

void
quic_cipher_free(struct quic_cipher *c)
{
	if (c == NULL)
		return;
	EVP_CIPHER_CTX_free(c->aead);
	EVP_CIPHER_CTX_free(c->mask);
	EVP_CIPHER_free(c->gcm);
	EVP_CIPHER_free(c->ecb);
	free(c);
}

static bool
cipher_init(struct quic_cipher *c)
{
	c->gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	c->ecb = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);
	c->aead = EVP_CIPHER_CTX_new();
	c->mask = EVP_CIPHER_CTX_new();
	if (c->gcm == NULL || c->ecb == NULL || c->aead == NULL || c->mask == NULL)
		return false;
	return EVP_DecryptInit_ex(c->aead, c->gcm, NULL, NULL, NULL) == 1 &&
	       EVP_EncryptInit_ex(c->mask, c->ecb, NULL, NULL, NULL) == 1 &&
	       EVP_CIPHER_CTX_set_padding(c->mask, 0) == 1;
}

struct quic_cipher *
quic_cipher_new(void)
{
	struct quic_cipher *c = calloc(1, sizeof(*c));

	if (c != NULL && !cipher_init(c)) {
		quic_cipher_free(c);
		errno = ENOTSUP;
		return NULL;
	}
	return c;
}

/* len <= BLOCK_BYTES */
static void
begin_half(uint8_t pad, const uint8_t *key, size_t len, SHA256_CTX *ret)
{
	uint8_t block[BLOCK_BYTES];

	memset(block, pad, sizeof(block));
	for (size_t i = 0; i < len; i++)
		block[i] ^= key[i];
	SHA256_Init(ret);
	SHA256_Update(ret, block, sizeof(block));
}

static void
hmac_begin(struct hmac_key *k, const uint8_t *key, size_t len)
{
	begin_half(0x36, key, len, &k->inner);
	begin_half(0x5c, key, len, &k->outer);
}

static void
hmac(const struct hmac_key *k, const uint8_t *bytes, size_t len, uint8_t ret[HASH_BYTES])
{
	SHA256_CTX inner = k->inner, outer = k->outer;

	SHA256_Update(&inner, bytes, len);
	SHA256_Final(ret, &inner);
	SHA256_Update(&outer, ret, HASH_BYTES);
	SHA256_Final(ret, &outer);
}

/* HKDF-Expand-Label (RFC 8446 7.1) of at most one hash, so one round of RFC 5869 2.3. */
static void
expand_label(const struct hmac_key *secret, const char *label, uint8_t *ret, size_t len)
{
	uint8_t info[INFO_MAX], hash[HASH_BYTES];
	size_t label_len = strlen(label), n = 0;

	info[n++] = 0;
	info[n++] = (uint8_t)len;
	info[n++] = (uint8_t)(6 + label_len);
	memcpy(info + n, "tls13 ", 6);
	memcpy(info + n + 6, label, label_len);
	n += 6 + label_len;
	info[n++] = 0; /* no context */
	info[n++] = 1; /* the first round */
	hmac(secret, info, n, hash);
	memcpy(ret, hash, len);
}

void
quic_keys_derive(struct quic_cipher *c, const struct quic_version *v, const struct quic_cid *dcid,
	struct quic_keys *ret)
{
	uint8_t secret[HASH_BYTES];
	struct hmac_key key;

	if (c->salted != v)
		hmac_begin(&c->salt, v->salt, sizeof(v->salt));
	c->salted = v;
	hmac(&c->salt, dcid->bytes, dcid->len, secret);
	hmac_begin(&key, secret, sizeof(secret));
	expand_label(&key, "client in", secret, sizeof(secret));
	hmac_begin(&key, secret, sizeof(secret));
	expand_label(&key, v->v2_labels ? "quicv2 key" : "quic key", ret->key, sizeof(ret->key));
	expand_label(&key, v->v2_labels ? "quicv2 iv" : "quic iv", ret->iv, sizeof(ret->iv));
	expand_label(&key, v->v2_labels ? "quicv2 hp" : "quic hp", ret->hp, sizeof(ret->hp));
}

/* The first byte and the packet number without their protection: RFC 9001 5.4. */
struct unmasked {
	uint8_t first;
	uint8_t number[4];
	unsigned int number_len;
};

static bool
unmask(struct quic_cipher *c, const struct quic_keys *keys, const struct quic_packet *p,
	struct unmasked *ret)
{
	const uint8_t *number = p->start + p->header_bytes;
	uint8_t mask[SAMPLE_BYTES];
	int len;

	if (EVP_EncryptInit_ex(c->mask, NULL, NULL, keys->hp, NULL) != 1 ||
		EVP_EncryptUpdate(c->mask, mask, &len, number + SAMPLE_AT, SAMPLE_BYTES) != 1)
		return false;
	ret->first = p->start[0] ^ (mask[0] & 0x0f);
	ret->number_len = (ret->first & 3) + 1u;
	for (unsigned int i = 0; i < ret->number_len; i++)
		ret->number[i] = number[i] ^ mask[1 + i];
	return true;
}

/* The additional data is the header as it was before its protection: RFC 9001 5.3. */
static bool
feed_header(struct quic_cipher *c, const struct quic_packet *p, const struct unmasked *u)
{
	int len;

	return EVP_DecryptUpdate(c->aead, NULL, &len, &u->first, 1) == 1 &&
	       EVP_DecryptUpdate(c->aead, NULL, &len, p->start + 1, (int)p->header_bytes - 1) ==
		       1 &&
	       EVP_DecryptUpdate(c->aead, NULL, &len, u->number, (int)u->number_len) == 1;
}

bool
quic_decrypt(struct quic_cipher *c, const struct quic_keys *keys, const struct quic_packet *p,
	uint8_t *ret, size_t *ret_len)
{
	struct unmasked u;
	uint8_t nonce[QUIC_IV_BYTES], tag[QUIC_TAG_BYTES];
	int len, last;

	if (p->protected_bytes > QUIC_PLAIN_MAX || !unmask(c, keys, p, &u))
		return false;
	/* Initials are the first packets of a connection: their numbers are never abbreviated. */
	memcpy(nonce, keys->iv, sizeof(nonce));
	for (unsigned int i = 0; i < u.number_len; i++)
		nonce[QUIC_IV_BYTES - u.number_len + i] ^= u.number[i];

	const uint8_t *sealed = p->start + p->header_bytes + u.number_len;
	size_t sealed_len = p->protected_bytes - u.number_len - QUIC_TAG_BYTES;
	memcpy(tag, sealed + sealed_len, sizeof(tag));
	if (EVP_DecryptInit_ex(c->aead, NULL, NULL, keys->key, nonce) != 1 ||
		!feed_header(c, p, &u) ||
		EVP_DecryptUpdate(c->aead, ret, &len, sealed, (int)sealed_len) != 1 ||
		EVP_CIPHER_CTX_ctrl(c->aead, EVP_CTRL_AEAD_SET_TAG, QUIC_TAG_BYTES, tag) != 1 ||
		EVP_DecryptFinal_ex(c->aead, ret + len, &last) != 1)
		return false;
	*ret_len = (size_t)len;
	return true;
}
