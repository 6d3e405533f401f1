/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a TCP connection speaks, http or ssl, as Zeek's conn.log says it (`service`), and the server
 * name that it says itself. Bytes of both directions are pushed in order, in pieces as they
 * arrived. Zeek's way: an analyzer is at work from the start on its ports, and elsewhere once a
 * signature matches within the first bytes; it confirms the service at the first whole request line
 * or ClientHello; a violation within the first 10 KiB of the connection takes it away for good.
 * TLS behind STARTTLS and the like, in SOCKS and behind CONNECT is found too. Nothing is buffered;
 * work is linear in the bytes. Owner: whoever holds the connection.
 */
#ifndef NT_DETECT_H
#define NT_DETECT_H

#include "nt_http.h"
#include "nt_tls.h"

enum {
	NT_DETECT_HTTP = 1 << 0,
	NT_DETECT_TLS = 1 << 1,
};

struct nt_detect {
	uint8_t live, attached, seen; /* NT_DETECT_* bits: who still reads, is at work, was right */
	uint8_t flags;
	uint8_t named; /* counts the names there were, around */
	uint8_t pieces; /* as far as signatures are looked for */
	uint32_t bytes;
	struct nt_tls tls;
	struct nt_http http;
	struct nt_server_name gathered; /* by either of them, not judged */
	struct nt_server_name name; /* see nt_detect_name */
	/* Told of each Host of HTTP that follows the name; NULL: nobody wants to know. */
	void (*host)(void *host_arg, const struct nt_server_name *name);
	void *host_arg;
};

/* port: the responder's. */
void nt_detect_begin(struct nt_detect *d, uint16_t port);

/* From its beginning on: the services only. */
void nt_detect_no_names(struct nt_detect *d);

/*
 * What the first piece of a connection says by itself: for most that are neither HTTP nor TLS it is
 * all that has to be seen, and no struct is needed.
 */
enum nt_detect_first {
	NT_DETECT_FIRST_OPEN, /* nt_detect_begin, nt_detect_feed */
	NT_DETECT_FIRST_NOTHING, /* nothing can come of the connection any more */
	NT_DETECT_FIRST_REPLY, /* responder's: it is the originator's first piece that decides */
};
enum nt_detect_first nt_detect_first(int dir, const uint8_t *data, size_t len);

/* The responder's next piece, and the originator has said nothing yet: NOTHING, or still REPLY. */
enum nt_detect_first nt_detect_first_more(const uint8_t *data, size_t len);

/*
 * Instead of nt_detect_begin and nt_detect_feed where all that was seen is FIRST_REPLY: len bytes
 * of the responder in so many pieces. Where the originator's first piece is FIRST_NOTHING then, so
 * is all.
 */
void nt_detect_resume(struct nt_detect *d, uint16_t port, uint32_t len, unsigned int pieces);

/* Up to here a total need not be exact. */
#define NT_DETECT_FIRM_BYTES (10 * 1024)

/*
 * dir: 0 the originator, 1 the responder. total: payload of both directions together, as far as
 * this packet. All return whether anything more can come of it; if not, nothing is to be fed.
 */
bool nt_detect_feed(struct nt_detect *d, int dir, const uint8_t *data, size_t len, uint64_t total);
bool nt_detect_gap(struct nt_detect *d, int dir, uint64_t len);
/* The direction's FIN has come, and all before it. */
bool nt_detect_end(struct nt_detect *d, int dir, uint64_t total);

/*
 * It is HTTP, and what it speaks is decided: the originator's side alone may be read on, for the
 * Hosts of further requests, which changes neither services nor name. Both return whether there
 * can be more; a gap is nt_detect_gap's.
 */
bool nt_detect_wants_hosts(const struct nt_detect *d);
bool nt_detect_feed_hosts(struct nt_detect *d, const uint8_t *data, size_t len);

/* The services, NT_DETECT_* bits. */
static inline unsigned int
nt_detect_services(const struct nt_detect *d)
{
	return d->attached & d->seen;
}

/* The server's name, or NULL. */
const struct nt_server_name *nt_detect_name(const struct nt_detect *d);

#endif
