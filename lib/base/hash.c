/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_hash.h"

#include <string.h>
#include <sys/random.h>

#include "siphash.h"

int
nt_hash_key_random(struct nt_hash_key *ret)
{
	struct nt_hash_key key;
	uint8_t *p = (uint8_t *)&key;
	size_t done = 0;

	while (done < sizeof(key)) {
		ssize_t n = getrandom(p + done, sizeof(key) - done, 0);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			done += (size_t)n;
	}
	*ret = key;
	return 0;
}

struct nt_hash_key
nt_hash_key_fixed(void)
{
	/* The first 256 bits of the fraction of pi: nothing up the sleeve. */
	return (struct nt_hash_key){ .k = { 0x243f6a8885a308d3, 0x13198a2e03707344,
					     0xa4093822299f31d0, 0x082efa98ec4e6c89 } };
}

static uint64_t
load_le64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v; /* nt_hash.h's only machines are little-endian, see siphash.h */
}

/* The last 0 to 7 bytes, with the length's low byte on top. */
static uint64_t
last_word(const uint8_t *tail, size_t len)
{
	uint64_t v = (uint64_t)len << 56;

	for (size_t i = 0; i < (len & 7); i++)
		v |= (uint64_t)tail[i] << (8 * i);
	return v;
}

static void
absorb_bytes(struct siphash *s, const uint8_t *p, size_t len)
{
	const uint8_t *end = p + (len & ~(size_t)7);

	for (; p != end; p += 8)
		siphash_absorb(s, load_le64(p), 2);
	siphash_absorb(s, last_word(p, len), 2);
}

uint64_t
nt_siphash64(const struct nt_hash_key *key, const void *bytes, size_t len)
{
	struct siphash s = siphash_init(key->k[0], key->k[1]);

	absorb_bytes(&s, bytes, len);
	s.v2 ^= 0xff;
	return siphash_squeeze(&s, 4);
}
