/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages of HTTP/1: how lines and bodies follow each other, as Zeek's analyzer has them follow.
 */
#include <string.h>

#include "http_priv.h"

#define WAITING_MAX 32 /* pipelined requests of which it is known whether they are HEAD */

void
nt_http_begin(struct nt_http *h)
{
	memset(h, 0, sizeof(*h));
	http_line_begin(&h->side[DIR_REQUEST]);
	http_line_begin(&h->side[DIR_REPLY]);
}

static void
begin_message(struct nt_http *h, struct nt_http_side *s)
{
	h->keeps = h->keeps || (s->line_flags & LINE_KEEPS) != 0;
	s->state = HTTP_HEADERS;
	s->flags = (s->line_flags & LINE_11) != 0 ? MESSAGE_11 : 0;
	s->left = 0;
}

static void
add_waiting(struct nt_http *h, bool head)
{
	if (h->waiting == WAITING_MAX)
		return;
	h->heads |= (uint32_t)head << h->waiting;
	h->waiting++;
}

static void
drop_waiting(struct nt_http *h)
{
	if (h->waiting == 0)
		return;
	h->heads >>= 1;
	h->waiting--;
}

static unsigned int
bad(struct nt_http_side *s)
{
	s->state = HTTP_NOTHING;
	return NT_HTTP_BAD;
}

static unsigned int
request_line(struct nt_http *h, struct nt_http_side *s)
{
	unsigned int ret = NT_HTTP_REQUEST;

	if ((s->line_flags & LINE_EMPTY) != 0)
		return 0;
	/* What follows the only request of a connection is nobody's business. */
	if (!http_request_is_good(s))
		return s->begun && !h->keeps ? 0 : bad(s);
	if (!s->begun && http_request_is_known(s))
		ret |= NT_HTTP_BEGINS;
	h->raw = h->raw || http_request_is_old(s);
	h->connect = h->connect || http_request_is(s, "CONNECT");
	add_waiting(h, http_request_is(s, "HEAD"));
	s->begun = true;
	begin_message(h, s);
	return ret;
}

static unsigned int
reply_line(struct nt_http *h, struct nt_http_side *s)
{
	if ((s->line_flags & LINE_EMPTY) != 0)
		return 0;
	if ((s->line_flags & LINE_GOOD) == 0)
		return bad(s);
	h->connect = h->connect && h->code == 200;
	const unsigned int ret = s->begun ? 0 : NT_HTTP_BEGINS;
	s->begun = true;
	begin_message(h, s);
	return ret;
}

/* A message is over. */
static unsigned int
end_message(struct nt_http *h, int dir)
{
	struct nt_http_side *s = &h->side[dir];
	const uint16_t upgrade = MESSAGE_UPGRADES | MESSAGE_PROTOCOL;

	s->state = HTTP_START;
	if (dir == DIR_REQUEST)
		return 0;
	if (h->code == 101 && h->waiting == 1 && (s->flags & upgrade) == upgrade)
		return NT_HTTP_OVER;
	if (h->code < 100 || h->code >= 200)
		drop_waiting(h);
	return 0;
}

static bool
has_no_body(const struct nt_http *h, int dir)
{
	if (dir == DIR_REQUEST)
		return false;
	return (h->waiting != 0 && (h->heads & 1) != 0) || (h->code >= 100 && h->code < 200) ||
	       h->code == 204 || h->code == 304;
}

/* Headers are over: what comes now (RFC 9112 6.3). */
static unsigned int
begin_body(struct nt_http *h, int dir)
{
	struct nt_http_side *s = &h->side[dir];

	if (has_no_body(h, dir))
		return end_message(h, dir);
	if ((s->flags & MESSAGE_CHUNKED) != 0 && (s->flags & MESSAGE_11) != 0) {
		s->state = HTTP_CHUNK_SIZE;
		s->left = 0;
	} else if ((s->flags & MESSAGE_LENGTH) != 0)
		s->state = HTTP_BODY;
	else if (dir == DIR_REPLY || h->closes || (s->flags & MESSAGE_PACKED) != 0)
		s->state = HTTP_TO_END;
	else
		return end_message(h, dir);
	return s->state == HTTP_BODY && s->left == 0 ? end_message(h, dir) : 0;
}

static unsigned int
end_headers(struct nt_http *h, int dir, struct nt_server_name *name)
{
	struct nt_http_side *s = &h->side[dir];
	unsigned int ret = 0;

	if (dir == DIR_REQUEST && (s->flags & MESSAGE_HOST) != 0 &&
		nt_server_name_finish_host(name))
		ret |= NT_HTTP_HOST;
	if (dir == DIR_REQUEST && (s->flags & MESSAGE_KEEPS) != 0)
		h->keeps = true;
	if (dir == DIR_REPLY && (s->flags & MESSAGE_CLOSES) != 0)
		h->closes = true;
	if (dir == DIR_REPLY && h->connect)
		return ret | NT_HTTP_TUNNEL;
	return ret | begin_body(h, dir);
}

static void
chunk_size(struct nt_http_side *s)
{
	s->state = s->left != 0 ? HTTP_CHUNK : HTTP_TRAILER;
}

/* A line is whole. */
static unsigned int
end_line(struct nt_http *h, int dir, struct nt_server_name *name)
{
	struct nt_http_side *s = &h->side[dir];
	const bool empty = (s->line_flags & LINE_EMPTY) != 0;
	unsigned int ret = 0;

	switch ((enum http_state)s->state) {
	case HTTP_START:
		ret = dir == DIR_REQUEST ? request_line(h, s) : reply_line(h, s);
		break;
	case HTTP_HEADERS:
		http_header_end(s);
		ret = empty ? end_headers(h, dir, name) : 0;
		break;
	case HTTP_CHUNK_SIZE:
		chunk_size(s);
		break;
	case HTTP_CHUNK_END:
		s->state = HTTP_CHUNK_SIZE;
		s->left = 0;
		break;
	case HTTP_TRAILER:
		ret = empty ? end_message(h, dir) : 0;
		break;
	default:
		break;
	}
	http_line_begin(s);
	return ret;
}

static void
line_bytes(struct nt_http *h, int dir, const uint8_t *data, size_t len, struct nt_server_name *name)
{
	struct nt_http_side *s = &h->side[dir];

	switch ((enum http_state)s->state) {
	case HTTP_START:
		if (dir == DIR_REQUEST)
			http_request_bytes(s, data, len);
		else
			http_reply_bytes(h, s, data, len);
		break;
	case HTTP_HEADERS:
		http_header_bytes(s, data, len, dir == DIR_REQUEST ? name : NULL);
		break;
	case HTTP_CHUNK_SIZE:
		http_chunk_bytes(s, data, len);
		break;
	default:
		if (len != 0)
			s->line_flags &= (uint16_t)~LINE_EMPTY;
		break;
	}
}

/* CR, LF and CR LF end a line. Returns the bytes taken: to the end of the line, or all. */
static size_t
take_line(struct nt_http *h, int dir, const uint8_t *data, size_t len, struct nt_server_name *name,
	unsigned int *ret)
{
	struct nt_http_side *s = &h->side[dir];
	const size_t n = http_line_length(data, len);

	line_bytes(h, dir, data, n, name);
	if (n == len)
		return n;
	*ret |= end_line(h, dir, name);
	if (data[n] == '\r' && n + 1 < len && data[n + 1] == '\n')
		return n + 2;
	s->after_cr = data[n] == '\r';
	return n + 1;
}

static size_t
take_body(struct nt_http *h, int dir, size_t len, unsigned int *ret)
{
	struct nt_http_side *s = &h->side[dir];
	const size_t n = (size_t)NT_MIN((uint64_t)len, s->left);

	s->left -= n;
	if (s->left != 0)
		return n;
	if (s->state == HTTP_BODY)
		*ret |= end_message(h, dir);
	else
		s->state = HTTP_CHUNK_END;
	return n;
}

static bool
takes_all(const struct nt_http *h, int dir)
{
	const uint8_t state = h->side[dir].state;

	return state == HTTP_TO_END || state == HTTP_NOTHING || (dir == DIR_REPLY && h->raw);
}

unsigned int
nt_http_feed(struct nt_http *h, int dir, const uint8_t *data, size_t len,
	struct nt_server_name *name, size_t *ret_taken)
{
	struct nt_http_side *s = &h->side[dir];
	const unsigned int stop = NT_HTTP_TUNNEL | NT_HTTP_OVER | NT_HTTP_BAD | NT_HTTP_HOST;
	unsigned int ret = 0;
	size_t at = 0;

	while (at < len && (ret & stop) == 0 && !takes_all(h, dir)) {
		/* The second half of a line's end, also where a body begins. */
		const bool half = s->after_cr && data[at] == '\n';

		s->after_cr = false;
		if (half)
			at++;
		else if (s->state == HTTP_BODY || s->state == HTTP_CHUNK)
			at += take_body(h, dir, len - at, &ret);
		else
			at += take_line(h, dir, data + at, len - at, name, &ret);
	}
	*ret_taken = (ret & (NT_HTTP_TUNNEL | NT_HTTP_HOST)) != 0 ? at : len;
	return ret;
}

unsigned int
nt_http_gap(struct nt_http *h, int dir, uint64_t len)
{
	struct nt_http_side *s = &h->side[dir];

	s->after_cr = false;
	if ((s->state == HTTP_BODY || s->state == HTTP_CHUNK) && s->left >= len) {
		unsigned int ret = 0;
		while (len != 0)
			len -= take_body(h, dir, (size_t)NT_MIN(len, UINT32_MAX), &ret);
		return ret;
	}
	s->state = HTTP_NOTHING;
	if (dir == DIR_REQUEST) /* which replies have bodies is not known any more */
		h->side[DIR_REPLY].state = HTTP_NOTHING;
	return h->side[DIR_REQUEST].state == HTTP_NOTHING ? NT_HTTP_OVER : 0;
}

bool
nt_http_has_requests(const struct nt_http *h)
{
	return !h->connect && !takes_all(h, DIR_REQUEST);
}

bool
nt_http_is_hopeless(const struct nt_http *h)
{
	const struct nt_http_side *s = &h->side[DIR_REQUEST];

	return s->state == HTTP_START && !s->begun && (s->line_flags & LINE_BROKEN) != 0;
}

unsigned int
nt_http_end(struct nt_http *h, int dir, struct nt_server_name *name)
{
	struct nt_http_side *s = &h->side[dir];

	if (takes_all(h, dir) || (s->line_flags & LINE_EMPTY) != 0 || s->state == HTTP_BODY ||
		s->state == HTTP_CHUNK)
		return 0;
	return end_line(h, dir, name);
}
