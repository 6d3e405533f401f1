/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * HTTP/1 over TCP (RFC 9112; 0.9 as Zeek takes it), both directions of a connection, pushed in
 * order in pieces of any size: request and reply lines, the few headers that matter, and bodies
 * stepped over by their lengths, so that the next message is found (keep-alive, pipelines). It
 * answers what Zeek's analyzer would: this is HTTP, this is none, and the Host of the requests. A
 * line is as long as it likes, nothing of it is kept but what is compared. Work is linear; owner:
 * whoever holds the connection.
 */
#ifndef NT_HTTP_H
#define NT_HTTP_H

#include "nt_server_name.h"

/* What a piece has brought. */
enum {
	NT_HTTP_REQUEST = 1 << 0, /* a request line: Zeek's confirmation */
	NT_HTTP_HOST = 1 << 1, /* a request's headers are over; *name is its Host: a host name */
	NT_HTTP_BAD = 1 << 2, /* a line that is neither: Zeek's violation */
	NT_HTTP_BEGINS = 1 << 3, /* begins like Zeek's signatures: HTTP on any port */
	NT_HTTP_TUNNEL = 1 << 4, /* CONNECT was granted: something else follows */
	NT_HTTP_OVER = 1 << 5, /* Upgrade, or a gap: nothing more to see */
};

#define NT_HTTP_WORD 20 /* the longest header name or value compared, and more */

struct nt_http_side {
	uint64_t left; /* of a body or chunk */
	uint8_t state;
	uint8_t phase; /* inside the line */
	uint8_t header; /* which one the line is */
	uint8_t matched; /* of what is searched for in the line */
	uint8_t word_len;
	char word[NT_HTTP_WORD]; /* the beginning of a token, in lower case (a method as it is) */
	uint16_t line_flags, flags;
	bool after_cr;
	bool begun; /* a line was read */
};

struct nt_http {
	struct nt_http_side side[2];
	uint32_t heads; /* bit n: the n-th request that waits for its reply is a HEAD */
	uint8_t waiting; /* requests without a reply */
	uint16_t code; /* of the reply */
	bool raw; /* an HTTP/0.9 request: what follows from the server has no form */
	bool connect; /* the last request was CONNECT */
	bool keeps; /* more than one request is expected */
	bool closes; /* the server said that it closes the connection */
};

void nt_http_begin(struct nt_http *h);

/*
 * dir: 0 the originator, 1 the responder. name: where the Host is gathered, the same until
 * NT_HTTP_HOST; the next request's overwrites it; or NULL: it is not wanted. Returns NT_HTTP_*
 * bits; *ret_taken: bytes looked at: all, or as far as TUNNEL or HOST, behind which the rest is to
 * be fed again.
 */
unsigned int nt_http_feed(struct nt_http *h, int dir, const uint8_t *data, size_t len,
	struct nt_server_name *name, size_t *ret_taken);

/* len bytes of this direction were lost: skipped if they lie in a body, else OVER. */
unsigned int nt_http_gap(struct nt_http *h, int dir, uint64_t len);

/* Further requests can be read from the originator's side alone. */
bool nt_http_has_requests(const struct nt_http *h);

/* No request can be read any more: what the first line has in it so far is in none. */
bool nt_http_is_hopeless(const struct nt_http *h);

/* What a direction's first bytes say by themselves, before any state is kept. */
enum nt_http_first {
	NT_HTTP_FIRST_OPEN, /* whether it is HTTP only more bytes or its parser will tell */
	NT_HTTP_FIRST_BROKEN, /* a line that is none of HTTP's */
	NT_HTTP_FIRST_BAD, /* a reply's that has ended: nt_http_feed would return BAD */
};
enum nt_http_first nt_http_first(int dir, const uint8_t *data, size_t len);
/* What follows a FIRST_BROKEN: that, or FIRST_BAD. */
enum nt_http_first nt_http_goes_on(const uint8_t *data, size_t len);

/* The direction has ended: a line without an end counts. */
unsigned int nt_http_end(struct nt_http *h, int dir, struct nt_server_name *name);

#endif
