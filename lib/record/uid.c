/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_log.h"

#include "uid.h"

static_assert(NT_UID_LEN == 18, "as long as Zeek's longest");

/* The n digits of v, the least significant one last. Zeek's alphabet. */
NT_TEXT_INLINE void
base62(char *p, uint32_t v, unsigned int n)
{
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	while (n-- > 0) {
		p[n] = digits[v % 62];
		v /= 62;
	}
}

char *
nt_uid_put(char *p, const uint64_t uid[2])
{
	/* 62^5 < 2^32 and 2^64 / 62^10 < 62: three chains of short divisions instead of a long one.
	 */
	const uint64_t e5 = UINT64_C(62) * 62 * 62 * 62 * 62;
	uint64_t high = uid[0] / e5;

	*p = 'C';
	base62(p + 1, (uint32_t)uid[1], 6);
	base62(p + 7, (uint32_t)(high / e5), 1);
	base62(p + 8, (uint32_t)(high % e5), 5);
	base62(p + 13, (uint32_t)(uid[0] % e5), 5);
	return p + NT_UID_LEN;
}

size_t
nt_uid_format(const uint64_t uid[2], char out[24])
{
	*nt_uid_put(out, uid) = '\0';
	return NT_UID_LEN;
}
