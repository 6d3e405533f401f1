/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_strbuf.h"

#include <math.h>
#include <stdio.h>

/* Decimal digits of UINT64_MAX. */
#define U64_DIGITS 20

/* The digits of v, written backwards from end; returns where they begin. */
static char *
digits_before(char *end, uint64_t v)
{
	do {
		*--end = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	return end;
}

void
nt_strbuf_str(struct nt_strbuf *b, const char *s)
{
	nt_strbuf_mem(b, s, strlen(s));
}

void
nt_strbuf_u64(struct nt_strbuf *b, uint64_t v)
{
	char tmp[U64_DIGITS], *end = tmp + sizeof(tmp);
	char *p = digits_before(end, v);

	nt_strbuf_mem(b, p, (size_t)(end - p));
}

void
nt_strbuf_i64(struct nt_strbuf *b, int64_t v)
{
	char tmp[U64_DIGITS + 1], *end = tmp + sizeof(tmp);
	char *p = digits_before(end, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);

	if (v < 0)
		*--p = '-';
	nt_strbuf_mem(b, p, (size_t)(end - p));
}

void
nt_strbuf_seconds(struct nt_strbuf *b, int64_t ns)
{
	char tmp[U64_DIGITS + 2], *end = tmp + sizeof(tmp), *p = end;
	uint64_t abs_ns = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	uint64_t usec = (abs_ns + 500) / 1000;
	uint64_t part = usec % 1000000;

	for (int i = 0; i < 6; i++, part /= 10)
		*--p = (char)('0' + part % 10);
	*--p = '.';
	p = digits_before(p, usec / 1000000);
	if (ns < 0 && usec > 0)
		*--p = '-';
	nt_strbuf_mem(b, p, (size_t)(end - p));
}

void
nt_strbuf_double(struct nt_strbuf *b, double v, unsigned int decimals)
{
	/* DBL_MAX has 309 digits; a sign, a point, 9 decimals and the NUL. */
	char tmp[309 + 12];
	int len;

	if (!isfinite(v))
		v = 0;
	len = snprintf(tmp, sizeof(tmp), "%.*f", (int)NT_MIN(decimals, 9u), v);
	if (len > 0)
		nt_strbuf_mem(b, tmp, (size_t)len);
}

void
nt_strbuf_addr(struct nt_strbuf *b, const struct nt_addr *a)
{
	char tmp[NT_ADDR_STRLEN];
	size_t len = nt_addr_format(a, tmp);

	nt_strbuf_mem(b, tmp, len);
}

const char *
nt_strbuf_cstr(struct nt_strbuf *b)
{
	if (b->room == 0)
		return "";
	b->data[NT_MIN(b->len, b->room - 1)] = '\0';
	return b->data;
}
