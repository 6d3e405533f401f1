/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text put behind a pointer, without a check: the caller has made sure of the room once for the
 * whole line, NT_TEXT_SLACK bytes beyond what the text needs included (stores are made in whole
 * words, and what they write behind the text is overwritten by what comes next). No branch depends
 * on how long a number of less than nine digits is, but that most are below 256: lengths of counts
 * are noise to a branch predictor, and a line has ten of them. Every function returns where the
 * text ends. Private to lib/record.
 */
#ifndef NT_RECORD_TEXT_H
#define NT_RECORD_TEXT_H

#include <string.h>

#include <nt_addr.h>
#include <nt_base.h>

#define NT_TEXT_SLACK 64

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "digits are stored as they lie in a word");

#define NT_TEXT_INLINE static inline __attribute__((always_inline))

NT_TEXT_INLINE uint64_t
text_load8(const char *p)
{
	uint64_t w;
	memcpy(&w, p, sizeof(w));
	return w;
}

NT_TEXT_INLINE void
text_store8(char *p, uint64_t w)
{
	memcpy(p, &w, sizeof(w));
}

/* A literal: its length is known to the compiler. */
#define text_lit(p, literal)                                                                       \
	((char *)memcpy((p), "" literal, sizeof(literal) - 1) + sizeof(literal) - 1)

/*
 * The eight decimal digits of v < 10^8, the first one in the lowest byte: halves, quarters and
 * digits in parallel lanes. 10486 / 2^20 and 103 / 2^10 are 1/100 and 1/10, exact up to 9999
 * and 99.
 */
NT_TEXT_INLINE uint64_t
text_digits8(uint32_t v)
{
	uint64_t x, q;

	x = v / 10000 | (uint64_t)(v % 10000) << 32;
	q = (x * 10486 >> 20) & 0x0000007f0000007f;
	x = q | (x - q * 100) << 16;
	q = (x * 103 >> 10) & 0x000f000f000f000f;
	return q | (x - q * 10) << 8;
}

#define NT_TEXT_ZEROS 0x3030303030303030

/* One to three digits, and in the fourth byte how many. */
extern const uint32_t nt_text_octets[256];

/* v < 256 */
NT_TEXT_INLINE char *
text_octet(char *p, uint32_t v)
{
	const uint32_t octet = nt_text_octets[v];

	memcpy(p, &octet, sizeof(octet));
	return p + (octet >> 24);
}

/* v < 10^8 without leading zeros. */
NT_TEXT_INLINE char *
text_u27(char *p, uint32_t v)
{
	if (v < 256)
		return text_octet(p, v);
	uint64_t digits = text_digits8(v);
	/* bit 56 stands for the last digit, which stays even if it is 0 */
	unsigned int skip = (unsigned int)__builtin_ctzll(digits | UINT64_C(1) << 56) / 8;

	text_store8(p, (digits | NT_TEXT_ZEROS) >> skip * 8);
	return p + 8 - skip;
}

NT_TEXT_INLINE char *
text_digits8_put(char *p, uint32_t v)
{
	text_store8(p, text_digits8(v) | NT_TEXT_ZEROS);
	return p + 8;
}

NT_TEXT_INLINE char *
text_u64(char *p, uint64_t v)
{
	const uint64_t e8 = 100000000;

	if (nt_likely(v < e8))
		return text_u27(p, (uint32_t)v);
	if (v >= e8 * e8) {
		p = text_u27(p, (uint32_t)(v / (e8 * e8)));
		p = text_digits8_put(p, (uint32_t)(v / e8 % e8));
	} else {
		p = text_u27(p, (uint32_t)(v / e8));
	}
	return text_digits8_put(p, (uint32_t)(v % e8));
}

/* Nanoseconds as seconds with six decimals, rounded to nearest (ties away from zero), any sign. */
NT_TEXT_INLINE char *
text_seconds(char *p, int64_t ns)
{
	uint64_t abs_ns = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	uint64_t usec = (abs_ns + 500) / 1000;

	*p = '-';
	p += ns < 0 && usec > 0;
	p = text_u64(p, usec / 1000000);
	*p++ = '.';
	(void)text_digits8_put(p, (uint32_t)(usec % 1000000) * 100);
	return p + 6;
}

/* v >= 0, taken as 1 at most, with up to six decimals, at least one ("0.5", "1.0"). */
NT_TEXT_INLINE char *
text_share(char *p, double v)
{
	uint32_t ppm = (uint32_t)(NT_MIN(v, 1.0) * 1000000 + 0.5);
	char *end;

	p = text_u27(p, ppm / 1000000);
	*p++ = '.';
	end = text_digits8_put(p, ppm % 1000000 * 100);
	while (end > p + 1 && end[-1] == '0')
		end--;
	return end;
}

NT_TEXT_INLINE char *
text_addr(char *p, const struct nt_addr *a)
{
	if (nt_unlikely(a->family != NT_FAMILY_IPV4))
		return p + nt_addr_format(a, p);
	p = text_octet(p, a->bytes[0]);
	for (int i = 1; i < 4; i++) {
		*p++ = '.';
		p = text_octet(p, a->bytes[i]);
	}
	return p;
}

#endif
