/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A name that a connection says of its server itself: TLS server_name (RFC 6066 3), HTTP Host (RFC
 * 9110 7.2). Gathered a byte at a time, for it comes in pieces, then judged: a host name in lower
 * case (RFC 1123 2.1, underscores as they are found in names), no address. No allocation, any
 * thread.
 */
#ifndef NT_SERVER_NAME_H
#define NT_SERVER_NAME_H

#include <nt_base.h>

#define NT_SERVER_NAME_MAX 253 /* RFC 1035 2.3.4 as text */

enum {
	NT_SERVER_NAME_TLS = 1 << 0, /* from a ClientHello; else from a Host header */
	NT_SERVER_NAME_ECH = 1 << 1, /* RFC 9849: only the outer name is visible */
	NT_SERVER_NAME_LONG = 1 << 7, /* did not fit: no name */
};

struct nt_server_name {
	uint8_t len; /* 0: none */
	uint8_t flags; /* NT_SERVER_NAME_* */
	char text[NT_SERVER_NAME_MAX + 1]; /* no NUL; the last byte is the gathering's */
};
static_assert(sizeof(struct nt_server_name) == 256, "pools hold many");

static inline void
nt_server_name_clear(struct nt_server_name *n)
{
	n->len = 0;
	n->flags = 0;
}

static inline void
nt_server_name_add(struct nt_server_name *n, uint8_t byte)
{
	if (nt_unlikely(n->len > NT_SERVER_NAME_MAX))
		n->flags |= NT_SERVER_NAME_LONG;
	else
		n->text[n->len++] = (char)byte;
}

/*
 * All of it is there: put it into lower case without a trailing dot. False (and len 0) where it is
 * no host name: other characters, empty or long labels, an address, one long number.
 */
bool nt_server_name_finish(struct nt_server_name *n);

/* Likewise, of a Host header's value: white space around it and a port are taken off before. */
bool nt_server_name_finish_host(struct nt_server_name *n);

#endif
