/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_name.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The top bit of some byte of the result is set if a byte of w is zero, and only then. */
static inline uint64_t
zero_bytes(uint64_t w)
{
	return (w - DNS_ONES) & ~w & DNS_TOPS;
}

/*
 * Copies a label in lower case, eight bytes at a time; both sides have room for a multiple of
 * eight. Returns false where it has a byte that wants an escape.
 */
static bool
label_words(char *to, const uint8_t *from, unsigned int len)
{
	uint64_t special = 0;

	for (unsigned int i = 0; i < len; i += 8) {
		uint64_t w;

		memcpy(&w, from + i, 8);
		if (len - i < 8)
			w &= (UINT64_C(1) << 8 * (len - i)) - 1;
		special |= zero_bytes(w ^ DNS_ONES * '.') | zero_bytes(w ^ DNS_ONES * '\\');
		w = dns_lower_bytes(w);
		memcpy(to + i, &w, 8);
	}
	return special == 0;
}

/* The same byte by byte, with escapes. Returns the length, or room + 1 where it does not fit. */
static unsigned int
label_bytes(char *to, unsigned int room, const uint8_t *from, unsigned int len)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < len; i++) {
		uint8_t b = from[i];
		bool special = b == '.' || b == '\\';

		if (room - n < (special ? 4 : 1))
			return room + 1;
		if (special) {
			/* More follows. NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
			memcpy(to + n, b == '.' ? "\\x2e" : "\\x5c", 4);
			n += 4;
		} else {
			to[n++] = (char)(b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b);
		}
	}
	return n;
}

/* Appends a label of len bytes, all inside [from, end). Returns the new length, 0 if it is too
 * long. */
static unsigned int
label_append(char *text, unsigned int n, const uint8_t *from, unsigned int len, const uint8_t *end)
{
	unsigned int whole = (len + 7) & ~7u;

	if (n > 0) {
		if (n >= NT_DNS_NAME_MAX)
			return 0;
		text[n++] = '.';
	}
	if (nt_likely((size_t)(end - from) >= whole && n + whole <= NT_DNS_NAME_MAX) &&
		nt_likely(label_words(text + n, from, len)))
		return n + len;

	unsigned int added = label_bytes(text + n, NT_DNS_NAME_MAX - n, from, len);
	return added <= NT_DNS_NAME_MAX - n ? n + added : 0;
}

/* What a name has used up so far, and where reading goes on. */
struct unpacking {
	const uint8_t *pos;
	const uint8_t *end; /* behind the name's first pointer, NULL before there was one */
	const uint8_t *limit; /* of the labels being read: the message's end, then `start` before */
	size_t start; /* of the labels being read: the next pointer goes before it */
	unsigned int wire; /* octets on the wire, the root's included */
	unsigned int pointers;
};

/* The name goes on past its limit. */
static enum nt_dns_reason
unended(const struct dns_reader *r, const struct unpacking *u)
{
	return u->limit == r->c.end ? NT_DNS_SHORT : NT_DNS_POINTER;
}

/*
 * RFC 9267 2: only a pointer that goes strictly backward cannot loop. The header holds no name.
 * RFC 1035 4.1.4: it leads to a name that came before, so to one that ends before this one begins.
 */
static enum nt_dns_reason
follow(const struct dns_reader *r, struct unpacking *u)
{
	if (u->limit - u->pos < 2)
		return unended(r, u);

	size_t target = DNS_POINTER_TO(u->pos);
	if (target >= u->start || target < DNS_HEADER_BYTES || ++u->pointers > NT_DNS_POINTERS_MAX)
		return NT_DNS_POINTER;
	if (u->end == NULL)
		u->end = u->pos + 2;
	u->limit = r->c.start + u->start;
	u->start = target;
	u->pos = r->c.start + target;
	return NT_DNS_OK;
}

static inline enum nt_dns_reason
label_fits(const struct dns_reader *r, struct unpacking *u, unsigned int len)
{
	u->wire += 1 + len;
	if (nt_unlikely(u->wire > DNS_NAME_WIRE_MAX))
		return NT_DNS_NAME_LONG;
	return nt_likely((size_t)(u->limit - u->pos) > len) ? NT_DNS_OK : unended(r, u);
}

#ifdef __SSE2__

/*
 * What is left of the name up to its end or next pointer, 16 octets at a time: as nearly all names
 * are, with labels of ASCII that has nothing to escape. False: nothing was done, and the labels are
 * to be looked at one by one, which says what is wrong with them, if anything is.
 */
static inline bool
labels_take(struct dns_reader *r, struct unpacking *u, char *text, unsigned int *n)
{
	const bool first = *n == 0; /* no dot before it */
	const uint8_t *from = u->pos + first, *p = u->pos, *stop;
	const size_t room = NT_MIN((size_t)(r->c.end - from), (size_t)NT_DNS_NAME_MAX - *n);
	char *to = text + *n;
	size_t at = 0, len, lengths = 0, eighths = 0;
	unsigned int labels = 0, ends;
	__m128i w, special;

	if (nt_unlikely(room < 16))
		return false;
	for (;; at = NT_MIN(at + 16, room - 16)) {
		w = _mm_loadu_si128((const __m128i *)(const void *)(from + at));
		/* A to Z as the 26 least of signed bytes */
		const __m128i upper =
			_mm_cmplt_epi8(_mm_add_epi8(w, _mm_set1_epi8((char)(0x80 - 'A'))),
				_mm_set1_epi8((char)(0x80 + 26)));

		_mm_storeu_si128((__m128i *)(void *)(to + at),
			_mm_or_si128(w, _mm_and_si128(upper, _mm_set1_epi8(0x20))));
		special = _mm_or_si128(_mm_cmpeq_epi8(w, _mm_set1_epi8('.')),
			_mm_cmpeq_epi8(w, _mm_set1_epi8('\\')));
		/* A zero, or an octet above 127, which pointers begin with. */
		w = _mm_or_si128(w, _mm_cmpeq_epi8(w, _mm_setzero_si128()));
		if (_mm_movemask_epi8(_mm_or_si128(w, special)) != 0)
			break;
		if (nt_unlikely(at == room - 16))
			return false;
	}
	ends = (unsigned int)_mm_movemask_epi8(w);
	/* Something special before the end; or there is none. */
	if (nt_unlikely(((unsigned int)_mm_movemask_epi8(special) & (ends - 1) & ~ends) != 0))
		return false;
	stop = from + at + __builtin_ctz(ends);

	if (!first)
		to[0] = '.';
	/* Ends: an octet of length and one at least behind it each time. */
	for (;;) {
		len = *p;
		lengths |= len;
		eighths += len / 8;
		labels++;
		p += len + 1;
		if (p >= stop)
			break;
		to[p - from] = '.';
	}
	const unsigned int wire = u->wire + (unsigned int)(stop - u->pos);
	if (nt_unlikely(
		    p != stop || lengths > 63 || stop >= u->limit || wire > DNS_NAME_WIRE_MAX) ||
		nt_unlikely(!dns_spend(r, labels + (unsigned int)eighths)))
		return false;
	*n += (unsigned int)(stop - from);
	u->pos = stop;
	u->wire = wire;
	return true;
}

#else

static inline bool
labels_take(struct dns_reader *r, struct unpacking *u, char *text, unsigned int *n)
{
	(void)r, (void)u, (void)text, (void)n;
	return false;
}

#endif

/* One label, whatever it is. */
static enum nt_dns_reason
label_take(struct dns_reader *r, struct unpacking *u, char *text, unsigned int *n)
{
	const unsigned int len = *u->pos, before = *n;
	enum nt_dns_reason reason = label_fits(r, u, len);

	if (reason != NT_DNS_OK)
		return reason;
	*n = label_append(text, *n, u->pos + 1, len, r->c.end);
	if (*n == 0)
		return NT_DNS_NAME_LONG;
	u->pos += 1 + len;
	return *n > before + 1 + len && !dns_spend(r, len / 4) ? NT_DNS_WORK : NT_DNS_OK;
}

enum nt_dns_reason
dns_name_unpack(struct dns_reader *r, size_t offset, struct dns_text ret, size_t *ret_end)
{
	struct unpacking u = {
		.pos = r->c.start + offset, .limit = r->c.end, .start = offset, .wire = 1
	};
	bool together = true;
	unsigned int n = 0;

	if (nt_unlikely(!dns_spend(r, 2)))
		return NT_DNS_WORK;
	/* Ends: each round takes a label (at most 127 fit 255 octets) or a pointer (at most 16). */
	while (u.pos < u.limit && *u.pos != 0) {
		const unsigned int len = *u.pos;
		enum nt_dns_reason reason;

		if (nt_likely(DNS_LABEL_TYPE(len) == 0 && together)) {
			together = labels_take(r, &u, ret.text, &n);
			continue;
		}
		if (nt_unlikely(!dns_spend(r, 1 + (len & 0x3f) / 8)))
			return NT_DNS_WORK;
		if (DNS_LABEL_TYPE(len) == DNS_POINTER_BITS)
			reason = follow(r, &u);
		else if (nt_unlikely(DNS_LABEL_TYPE(len) != 0))
			reason = NT_DNS_LABEL;
		else
			reason = label_take(r, &u, ret.text, &n);
		if (nt_unlikely(reason != NT_DNS_OK))
			return reason;
	}
	if (nt_unlikely(u.pos >= u.limit))
		return unended(r, &u);
	*ret.len = (uint16_t)n;
	*ret_end = (size_t)((u.end != NULL ? u.end : u.pos + 1) - r->c.start);
	return NT_DNS_OK;
}

enum nt_dns_reason
dns_name_skip(struct dns_reader *r, size_t offset, size_t *ret_end)
{
	struct unpacking u = {
		.pos = r->c.start + offset, .limit = r->c.end, .start = offset, .wire = 1
	};
	enum nt_dns_reason reason = NT_DNS_OK;

	if (u.pos < u.limit && *u.pos == 0) { /* the root, as OPT has it */
		*ret_end = offset + 1;
		return NT_DNS_OK;
	}
	/* Ends: at most 127 labels fit 255 octets. */
	while (u.pos < r->c.end && *u.pos != 0 && u.end == NULL) {
		unsigned int len = *u.pos;

		if (nt_unlikely(!dns_spend(r, 1)))
			return NT_DNS_WORK;
		if (DNS_LABEL_TYPE(len) == DNS_POINTER_BITS)
			reason = follow(r, &u);
		else if (nt_unlikely(DNS_LABEL_TYPE(len) != 0))
			reason = NT_DNS_LABEL;
		else if (nt_likely((reason = label_fits(r, &u, len)) == NT_DNS_OK))
			u.pos += 1 + len;
		if (nt_unlikely(reason != NT_DNS_OK))
			return reason;
	}
	if (u.end == NULL && u.pos >= r->c.end)
		return NT_DNS_SHORT;
	*ret_end = (size_t)((u.end != NULL ? u.end : u.pos + 1) - r->c.start);
	return NT_DNS_OK;
}
