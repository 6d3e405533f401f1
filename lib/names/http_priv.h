/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the HTTP parser: messages (http.c) are made of lines (http_line.c). */
#ifndef HTTP_PRIV_H
#define HTTP_PRIV_H

#include "nt_http.h"

enum {
	DIR_REQUEST,
	DIR_REPLY
};

/* What comes next in a direction: nt_http_side.state. */
enum http_state {
	HTTP_START, /* a request or reply line */
	HTTP_HEADERS,
	HTTP_BODY, /* left bytes */
	HTTP_CHUNK_SIZE, /* a line */
	HTTP_CHUNK, /* left bytes */
	HTTP_CHUNK_END, /* the line behind a chunk */
	HTTP_TRAILER, /* lines to an empty one */
	HTTP_TO_END, /* all that follows */
	HTTP_NOTHING, /* ... which nobody understands any more */
};

/* nt_http_side.header */
enum http_header {
	HEADER_OTHER,
	HEADER_HOST,
	HEADER_LENGTH,
	HEADER_TRANSFER,
	HEADER_CONNECTION,
	HEADER_UPGRADE,
	HEADER_ENCODING,
};

/* nt_http_side.flags: of the message */
enum {
	MESSAGE_LENGTH = 1 << 0, /* left is set */
	MESSAGE_CHUNKED = 1 << 1,
	MESSAGE_UPGRADES = 1 << 2, /* Connection: upgrade */
	MESSAGE_PROTOCOL = 1 << 3, /* Upgrade: something */
	MESSAGE_CLOSES = 1 << 4, /* Connection: close */
	MESSAGE_PACKED = 1 << 5, /* Content-Encoding: gzip, deflate */
	MESSAGE_KEEPS = 1 << 8, /* Connection: keep-alive */
	MESSAGE_HOST = 1 << 6, /* a Host was gathered */
	MESSAGE_11 = 1 << 7, /* HTTP/1.1: others have no chunks */
};

/* nt_http_side.line_flags */
enum {
	LINE_EMPTY = 1 << 0,
	LINE_GOOD = 1 << 1, /* all that the line must have was there */
	LINE_VERSION = 1 << 2, /* HTTP/ was found */
	LINE_TARGET = 1 << 3, /* there is something behind the method */
	LINE_BROKEN = 1 << 4,
	LINE_11 = 1 << 6, /* HTTP/1.1 */
	LINE_MAJOR_1 = 1 << 7,
	LINE_KEEPS = 1 << 8, /* HTTP/1.1 or later: more requests are expected */
	LINE_NOT_TARGET = 1 << 5, /* a character that no URI has */
};

/* Bytes before the first CR or LF; len where there is none. */
size_t http_line_length(const uint8_t *data, size_t len);

void http_line_begin(struct nt_http_side *s);
/* Bytes inside one line, without its end. */
void http_request_bytes(struct nt_http_side *s, const uint8_t *data, size_t len);
void http_reply_bytes(struct nt_http *h, struct nt_http_side *s, const uint8_t *data, size_t len);
void http_header_bytes(
	struct nt_http_side *s, const uint8_t *data, size_t len, struct nt_server_name *name);
void http_chunk_bytes(struct nt_http_side *s, const uint8_t *data, size_t len);

/* The line is whole. */
bool http_request_is_good(const struct nt_http_side *s);
bool http_request_is_old(const struct nt_http_side *s); /* HTTP/0.9 */
bool http_request_is(const struct nt_http_side *s, const char *method);
/* Begins with a method that Zeek's signature has. */
bool http_request_is_known(const struct nt_http_side *s);
void http_header_end(struct nt_http_side *s);

#endif
