/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines of HTTP, a byte at a time: what Zeek's analyzer reads in them, and how strictly. */
#include <string.h>

#include "http_priv.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Of a request line. */
enum {
	PHASE_METHOD,
	PHASE_GAP,
	PHASE_TARGET
};
/* Of a reply line. */
enum {
	PHASE_HTTP,
	PHASE_VERSION,
	PHASE_SPACE,
	PHASE_CODE,
	PHASE_REASON
};
/* Of a header. */
enum {
	PHASE_NAME,
	PHASE_BEFORE,
	PHASE_VALUE,
	PHASE_REST
};

/*
 * Methods of the signature by which Zeek finds HTTP on any port: from the IANA registry, WebDAV,
 * Exchange and RPC over HTTP. What begins with one is enough.
 */
static const char *const methods[] = { "OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "ACL",
	"BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "CONNECT", "COPY", "LABEL", "LINK",
	"LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MKREDIRECTREF", "MOVE", "ORDERPATCH",
	"PATCH", "PROPFIND", "PROPPATCH", "REBIND", "REPORT", "SEARCH", "TRACE", "UNBIND",
	"UNCHECKOUT", "UNLINK", "UNLOCK", "UPDATE", "VERSION-CONTROL", "BCOPY", "BDELETE", "BMOVE",
	"BPROPFIND", "BPROPPATCH", "NOTIFY", "POLL", "SUBSCRIBE", "UNSUBSCRIBE", "X-MS-ENUMATTS",
	"MKWORKSPACE", "RPC_IN_DATA", "RPC_OUT_DATA" };

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

/* Bits of the characters ! # $ % & ' * + - . 0-9 A-Z ^ _ ` a-z | ~ (RFC 9110 5.6.2). */
static bool
is_token(uint8_t c)
{
	static const uint64_t tokens[4] = { UINT64_C(0x03ff6cfa00000000),
		UINT64_C(0x57ffffffc7fffffe) };

	return tokens[c / 64] >> (c % 64) & 1;
}

/* Bits of letters, digits and : / ? # [ ] @ ! $ & ' ( ) * + , ; = - . _ ~ % (RFC 3986 2). */
static bool
is_target(uint8_t c)
{
	static const uint64_t targets[4] = { UINT64_C(0xaffffffa00000000),
		UINT64_C(0x47fffffeafffffff) };

	return targets[c / 64] >> (c % 64) & 1;
}

/* Where the word is longer than fits, word_len is one more than that: it equals nothing. */
static void
keep(struct nt_http_side *s, uint8_t c)
{
	if (s->word_len < NT_HTTP_WORD)
		s->word[s->word_len] = (char)c;
	if (s->word_len <= NT_HTTP_WORD)
		s->word_len++;
}

static inline __attribute__((always_inline)) bool
word_is(const struct nt_http_side *s, const char *text)
{
	const size_t len = strlen(text);

	return s->word_len == len && memcmp(s->word, text, len) == 0;
}

void
http_line_begin(struct nt_http_side *s)
{
	s->phase = 0;
	s->header = HEADER_OTHER;
	s->matched = 0;
	s->word_len = 0;
	s->line_flags = LINE_EMPTY;
}

/* "HTTP/" counts where the target begins, and behind the first character that no URI has. */
static void
find_version(struct nt_http_side *s, uint8_t c)
{
	static const char text[] = "http/";
	const uint16_t inside = s->line_flags & (LINE_TARGET | LINE_NOT_TARGET);

	if (inside == LINE_TARGET && s->matched == 0)
		return;
	if (lower(c) != (uint8_t)text[s->matched])
		s->matched = 0;
	if (lower(c) == (uint8_t)text[s->matched])
		s->matched++;
	if (s->matched == sizeof(text) - 1) {
		s->line_flags |= LINE_VERSION;
		s->matched = 0;
	}
}

/* The three characters behind "HTTP/": which version, and whether it keeps connections. */
static void
version_byte(struct nt_http_side *s, uint8_t c)
{
	switch (s->matched++) {
	case 0:
		s->line_flags |= c == '1' ? LINE_MAJOR_1 : 0;
		s->line_flags |= c > '1' && c <= '9' ? LINE_KEEPS : 0;
		break;
	case 1:
		break;
	case 2:
		if ((s->line_flags & LINE_MAJOR_1) != 0)
			s->line_flags |= c > '0' && c <= '9' ? LINE_KEEPS : 0;
		if ((s->line_flags & LINE_MAJOR_1) != 0)
			s->line_flags |= c == '1' ? LINE_11 : 0;
		break;
	default:
		s->matched = 3;
		break;
	}
}

static void
method_byte(struct nt_http_side *s, uint8_t c)
{
	if (is_token(c)) {
		keep(s, c);
		return;
	}
	if (s->word_len == 0 || !is_space(c))
		s->line_flags |= LINE_BROKEN;
	s->phase = PHASE_GAP;
}

static bool
ends_line(uint8_t c)
{
	return c == '\r' || c == '\n';
}

size_t
http_line_length(const uint8_t *data, size_t len)
{
	size_t n = 0;

#ifdef __SSE2__
	for (; len - n >= sizeof(__m128i); n += sizeof(__m128i)) {
		const __m128i w = _mm_loadu_si128((const __m128i *)(const void *)(data + n));
		const __m128i end = _mm_or_si128(_mm_cmpeq_epi8(w, _mm_set1_epi8('\r')),
			_mm_cmpeq_epi8(w, _mm_set1_epi8('\n')));
		const int found = _mm_movemask_epi8(end);

		if (found != 0)
			return n + (size_t)__builtin_ctz((unsigned int)found);
	}
#endif
	while (n < len && !ends_line(data[n]))
		n++;
	return n;
}

enum nt_http_first
nt_http_goes_on(const uint8_t *data, size_t len)
{
	return http_line_length(data, len) < len ? NT_HTTP_FIRST_BAD : NT_HTTP_FIRST_BROKEN;
}

enum nt_http_first
nt_http_first(int dir, const uint8_t *data, size_t len)
{
	static const char reply[] = "http/";
	size_t n = 0;

	if (dir == DIR_REQUEST)
		while (n < len && is_token(data[n]))
			n++;
	else
		while (n < len && n < sizeof(reply) - 1 && lower(data[n]) == (uint8_t)reply[n])
			n++;
	if (n == len || ends_line(data[n]) || (dir == DIR_REQUEST && n != 0 && is_space(data[n])) ||
		(dir == DIR_REPLY && n == sizeof(reply) - 1))
		return NT_HTTP_FIRST_OPEN;
	return dir == DIR_REQUEST ? NT_HTTP_FIRST_BROKEN : nt_http_goes_on(data + n, len - n);
}

static void
target_byte(struct nt_http_side *s, uint8_t c)
{
	if (!is_target(c))
		s->line_flags |= LINE_NOT_TARGET;
	if ((s->line_flags & LINE_VERSION) == 0)
		find_version(s, c);
	else
		version_byte(s, c);
	s->line_flags |= LINE_TARGET;
}

/* Inside a target, before anything that may be "HTTP/": nothing changes. */
static size_t
skip_target(const struct nt_http_side *s, const uint8_t *data, size_t len)
{
	const uint16_t seen = s->line_flags & (LINE_TARGET | LINE_NOT_TARGET | LINE_VERSION);
	size_t n = 0;

	if (s->phase != PHASE_TARGET || seen != LINE_TARGET || s->matched != 0)
		return 0;
	while (n < len && is_target(data[n]))
		n++;
	return n;
}

void
http_request_bytes(struct nt_http_side *s, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len && (s->line_flags & LINE_BROKEN) == 0; i++) {
		s->line_flags &= (uint16_t)~LINE_EMPTY;
		if (s->phase == PHASE_GAP && !is_space(data[i]))
			s->phase = PHASE_TARGET;
		if (s->phase == PHASE_METHOD)
			method_byte(s, data[i]);
		else if (s->phase == PHASE_TARGET)
			target_byte(s, data[i]);
		i += skip_target(s, data + i + 1, len - i - 1);
	}
}

bool
http_request_is_old(const struct nt_http_side *s)
{
	return (s->line_flags & LINE_VERSION) == 0;
}

bool
http_request_is_good(const struct nt_http_side *s)
{
	if ((s->line_flags & LINE_BROKEN) != 0 || s->phase == PHASE_METHOD)
		return false;
	return !http_request_is_old(s) || (s->word_len >= 3 && (s->line_flags & LINE_TARGET) != 0);
}

bool
http_request_is(const struct nt_http_side *s, const char *method)
{
	return word_is(s, method);
}

bool
http_request_is_known(const struct nt_http_side *s)
{
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(methods); i++) {
		const size_t len = strlen(methods[i]);

		if (s->word_len >= len && memcmp(s->word, methods[i], len) == 0)
			return true;
	}
	return false;
}

static void
reply_byte(struct nt_http *h, struct nt_http_side *s, uint8_t c)
{
	static const char text[] = "http/";

	switch (s->phase) {
	case PHASE_HTTP:
		if (lower(c) != (uint8_t)text[s->matched])
			s->line_flags |= LINE_BROKEN;
		else if (++s->matched == sizeof(text) - 1)
			s->phase = PHASE_VERSION;
		if (s->phase == PHASE_VERSION)
			s->matched = 0;
		break;
	case PHASE_VERSION:
		version_byte(s, c);
		if (is_space(c))
			s->phase = PHASE_SPACE;
		break;
	case PHASE_SPACE:
		if (is_space(c))
			break;
		s->phase = PHASE_CODE;
		s->matched = 0;
		h->code = 0;
		/* fallthrough */
	case PHASE_CODE:
		h->code = is_digit(c) && h->code < 1000 ? (uint16_t)(h->code * 10 + c - '0') : 1000;
		if (++s->matched == 3) {
			s->phase = PHASE_REASON;
			s->line_flags |= LINE_GOOD;
		}
		break;
	default:
		break;
	}
}

void
http_reply_bytes(struct nt_http *h, struct nt_http_side *s, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len && (s->line_flags & LINE_BROKEN) == 0; i++) {
		s->line_flags &= (uint16_t)~LINE_EMPTY;
		if (s->phase == PHASE_REASON)
			return;
		reply_byte(h, s, data[i]);
	}
}

/* Those of header_of. */
static bool
begins_known_header(uint8_t c)
{
	c = lower(c);
	return c == 'c' || c == 'h' || c == 't' || c == 'u';
}

static enum http_header
header_of(const struct nt_http_side *s)
{
	static const struct {
		const char *name;
		enum http_header header;
	} known[] = {
		{ "host", HEADER_HOST },
		{ "content-length", HEADER_LENGTH },
		{ "transfer-encoding", HEADER_TRANSFER },
		{ "connection", HEADER_CONNECTION },
		{ "upgrade", HEADER_UPGRADE },
		{ "content-encoding", HEADER_ENCODING },
	};

	for (unsigned int i = 0; i < NT_ARRAY_SIZE(known); i++)
		if (word_is(s, known[i].name))
			return known[i].header;
	return HEADER_OTHER;
}

static void
end_name(struct nt_http_side *s, struct nt_server_name *name)
{
	s->header = (uint8_t)header_of(s);
	s->word_len = 0;
	s->phase = s->header != HEADER_OTHER ? PHASE_BEFORE : PHASE_REST;
	if (s->header != HEADER_HOST)
		return;
	/* The first one counts. */
	if (name == NULL || (s->flags & MESSAGE_HOST) != 0) {
		s->phase = PHASE_REST;
		return;
	}
	s->flags |= MESSAGE_HOST;
	nt_server_name_clear(name);
}

static void
value_byte(struct nt_http_side *s, uint8_t c, struct nt_server_name *name)
{
	if (s->header == HEADER_HOST)
		nt_server_name_add(name, c);
	else if ((is_space(c) || c == ',' || c == ';') && s->word_len != 0)
		s->phase = PHASE_REST; /* the first token only */
	else if (c != ',' && c != ';')
		keep(s, lower(c));
}

void
http_header_bytes(
	struct nt_http_side *s, const uint8_t *data, size_t len, struct nt_server_name *name)
{
	for (size_t i = 0; i < len && s->phase != PHASE_REST; i++) {
		const uint8_t c = data[i];

		/* Nobody's, or the line before goes on. */
		if ((s->line_flags & LINE_EMPTY) != 0 && !begins_known_header(c))
			s->phase = PHASE_REST;
		s->line_flags &= (uint16_t)~LINE_EMPTY;
		if (s->phase == PHASE_BEFORE && !is_space(c))
			s->phase = PHASE_VALUE;
		if (s->phase == PHASE_NAME && c == ':')
			end_name(s, name);
		else if (s->phase == PHASE_NAME)
			keep(s, lower(c));
		else if (s->phase == PHASE_VALUE)
			value_byte(s, c, name);
	}
}

/* The digits it begins with, as in Zeek; without any it is 0. */
static uint64_t
length_of(const struct nt_http_side *s)
{
	const unsigned int most = 18; /* digits that fit for certain */
	uint64_t n = 0;

	for (unsigned int i = 0; i < NT_MIN(s->word_len, most); i++) {
		if (!is_digit((uint8_t)s->word[i]))
			break;
		n = n * 10 + (uint64_t)(s->word[i] - '0');
	}
	return n;
}

static uint16_t
connection_flags(const struct nt_http_side *s)
{
	if (word_is(s, "close"))
		return MESSAGE_CLOSES;
	if (word_is(s, "keep-alive"))
		return MESSAGE_KEEPS;
	return word_is(s, "upgrade") ? MESSAGE_UPGRADES : 0;
}

void
http_header_end(struct nt_http_side *s)
{
	switch ((enum http_header)s->header) {
	case HEADER_LENGTH:
		s->left = length_of(s);
		s->flags |= s->word_len != 0 ? MESSAGE_LENGTH : 0;
		break;
	case HEADER_TRANSFER:
		s->flags |= word_is(s, "chunked") ? MESSAGE_CHUNKED : 0;
		break;
	case HEADER_CONNECTION:
		s->flags |= connection_flags(s);
		break;
	case HEADER_UPGRADE:
		s->flags |= s->word_len != 0 ? MESSAGE_PROTOCOL : 0;
		break;
	case HEADER_ENCODING:
		if (word_is(s, "gzip") || word_is(s, "x-gzip") || word_is(s, "deflate"))
			s->flags |= MESSAGE_PACKED;
		break;
	default:
		break;
	}
}

static int
hex_digit(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 9112 7.1: hexadecimal digits, perhaps extensions behind them. */
void
http_chunk_bytes(struct nt_http_side *s, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len && s->phase == 0; i++) {
		const int digit = hex_digit(data[i]);

		if (digit < 0 || s->left >> 56 != 0)
			s->phase = 1;
		else
			s->left = s->left << 4 | (unsigned int)digit;
	}
}
