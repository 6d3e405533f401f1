/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Makes a client's Initial packets, for tests and the fuzzer: keys by the crypto library's own HKDF
 * and not by the code under test. Aborts where the library fails.
 */
#ifndef QUIC_SEAL_H
#define QUIC_SEAL_H

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <nt_base.h>

#define SEAL_V1	 1u
#define SEAL_V2	 0x6b3343cfu
#define SEAL_MAX 4096 /* bytes of a packet */

struct seal {
	uint32_t version;
	const uint8_t *salt;
	const char *dcid; /* what keys are made of */
	const char *to; /* the packet's own destination; NULL: dcid */
	size_t token_len;
	uint32_t number;
	unsigned int number_len; /* 1 to 4 */
	bool server; /* the server's keys */
};

static const uint8_t seal_salt_v1[20] = { 0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d,
	0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a };
static const uint8_t seal_salt_v2[20] = { 0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81,
	0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9 };

static inline struct seal
seal_with(uint32_t version, const char *dcid)
{
	return (struct seal){ .version = version,
		.salt = version == SEAL_V2 ? seal_salt_v2 : seal_salt_v1,
		.dcid = dcid,
		.number = 0,
		.number_len = 1 };
}

static inline void
seal_must(bool ok)
{
	if (!ok)
		abort();
}

/* RFC 5869: extract (info NULL) or expand. */
static inline void
seal_hkdf(const uint8_t *key, size_t key_len, const uint8_t *salt, const uint8_t *info,
	size_t info_len, uint8_t *ret, size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	int mode = info == NULL ? EVP_KDF_HKDF_MODE_EXTRACT_ONLY : EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	char digest[] = "SHA256";
	OSSL_PARAM p[5], *at = p;

	*at++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
	*at++ = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
	*at++ = OSSL_PARAM_construct_octet_string(
		OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)key, key_len);
	*at++ = info == NULL ? OSSL_PARAM_construct_octet_string(
				       OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt, 20)
			     : OSSL_PARAM_construct_octet_string(
				       OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)info, info_len);
	*at = OSSL_PARAM_construct_end();
	seal_must(EVP_KDF_derive(ctx, ret, len, p) == 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

static inline void
seal_label(const uint8_t secret[32], const char *label, uint8_t *ret, size_t len)
{
	uint8_t info[64] = { 0, (uint8_t)len, (uint8_t)(6 + strlen(label)), 't', 'l', 's', '1', '3',
		' ' };
	size_t n = strlen(label);

	memcpy(info + 9, label, n);
	seal_hkdf(secret, 32, NULL, info, 9 + n + 1, ret, len);
}

struct seal_keys {
	uint8_t key[16], iv[12], hp[16];
};

static inline struct seal_keys
seal_keys(const struct seal *s)
{
	const bool v2 = s->version == SEAL_V2;
	uint8_t initial[32], side[32];
	struct seal_keys k;

	seal_hkdf((const uint8_t *)s->dcid, strlen(s->dcid), s->salt, NULL, 0, initial, 32);
	seal_label(initial, s->server ? "server in" : "client in", side, 32);
	seal_label(side, v2 ? "quicv2 key" : "quic key", k.key, sizeof(k.key));
	seal_label(side, v2 ? "quicv2 iv" : "quic iv", k.iv, sizeof(k.iv));
	seal_label(side, v2 ? "quicv2 hp" : "quic hp", k.hp, sizeof(k.hp));
	return k;
}

/* The header, its packet number included; no source connection ID. */
static inline size_t
seal_header(const struct seal *s, size_t plain_len, uint8_t *ret)
{
	const char *to = s->to != NULL ? s->to : s->dcid;
	const size_t len = s->number_len + plain_len + 16;
	size_t n = 0;

	ret[n++] = (uint8_t)(0xc0 | (s->version == SEAL_V2) << 4 | (s->number_len - 1));
	for (int shift = 24; shift >= 0; shift -= 8)
		ret[n++] = (uint8_t)(s->version >> shift);
	ret[n++] = (uint8_t)strlen(to);
	memcpy(ret + n, to, strlen(to));
	n += strlen(to);
	ret[n++] = 0;
	if (s->token_len >= 64)
		ret[n++] = (uint8_t)(0x40 | s->token_len >> 8);
	ret[n++] = (uint8_t)s->token_len;
	memset(ret + n, 0x77, s->token_len);
	n += s->token_len;
	ret[n++] = (uint8_t)(0x40 | len >> 8);
	ret[n++] = (uint8_t)len;
	for (unsigned int i = s->number_len; i-- > 0;)
		ret[n++] = (uint8_t)(s->number >> 8 * i);
	return n;
}

/* A whole packet in ret (SEAL_MAX bytes); returns its length. plain_len: 4 bytes at least. */
static inline size_t
seal_packet_by(const struct seal *s, struct seal_keys k, const uint8_t *plain, size_t plain_len,
	uint8_t *ret)
{
	size_t head = seal_header(s, plain_len, ret);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t mask[32];
	int len, last;

	for (unsigned int i = 0; i < 4; i++)
		k.iv[11 - i] ^= (uint8_t)(s->number >> 8 * i);
	seal_must(EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, k.key, k.iv) == 1 &&
		  EVP_EncryptUpdate(ctx, NULL, &len, ret, (int)head) == 1 &&
		  EVP_EncryptUpdate(ctx, ret + head, &len, plain, (int)plain_len) == 1 &&
		  EVP_EncryptFinal_ex(ctx, ret + head + len, &last) == 1 &&
		  EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, ret + head + plain_len) == 1);
	const size_t number_at = head - s->number_len;
	seal_must(EVP_EncryptInit_ex(ctx, EVP_aes_128_ecb(), NULL, k.hp, NULL) == 1 &&
		  EVP_EncryptUpdate(ctx, mask, &len, ret + number_at + 4, 16) == 1);
	ret[0] ^= mask[0] & 0x0f;
	for (unsigned int i = 0; i < s->number_len; i++)
		ret[number_at + i] ^= mask[1 + i];
	EVP_CIPHER_CTX_free(ctx);
	return head + plain_len + 16;
}

static inline size_t
seal_packet(const struct seal *s, const uint8_t *plain, size_t plain_len, uint8_t *ret)
{
	return seal_packet_by(s, seal_keys(s), plain, plain_len, ret);
}

#endif
