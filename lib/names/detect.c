/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "nt_detect.h"

/* nt_detect.flags */
enum {
	NAMED = 1 << 0, /* name is whole */
	WAITS = 1 << 1, /* a protocol that may turn to TLS: a ClientHello is waited for */
	HANDS = 1 << 4, /* ... and Zeek's analyzer hands over to that of TLS */
	NAMELESS = 1 << 5, /* nobody wants them */
	BEGUN = 1 << 2, /* the originator has sent something; the responder: shifted by one */
};

/* Zeek's dpd_buffer_size, dpd_max_packets and ignore_violations_after. */
#define SIGNATURE_BYTES	 1024
#define SIGNATURE_PIECES 100
#define FIRM_BYTES	 NT_DETECT_FIRM_BYTES
/* A ClientHello or request line that has not ended by then never will: five records. */
#define UNDECIDED_BYTES (5 * 16 * 1024)

/* Zeek's likely ports of its HTTP and SSL analyzers. */
static const uint16_t http_ports[] = { 80, 81, 631, 1080, 3128, 8000, 8080, 8888 };
static const uint16_t tls_ports[] = { 443, 563, 585, 614, 636, 853, 989, 990, 992, 993, 995, 5223 };

static bool
is_among(uint16_t port, const uint16_t *ports, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ports[i] == port)
			return true;
	return false;
}

void
nt_detect_begin(struct nt_detect *d, uint16_t port)
{
	d->live = NT_DETECT_HTTP | NT_DETECT_TLS;
	d->attached = 0;
	d->seen = 0;
	d->flags = 0;
	d->pieces = 0;
	d->named = 0;
	d->host = NULL;
	d->bytes = 0;
	if (is_among(port, http_ports, NT_ARRAY_SIZE(http_ports)))
		d->attached |= NT_DETECT_HTTP;
	if (is_among(port, tls_ports, NT_ARRAY_SIZE(tls_ports)))
		d->attached |= NT_DETECT_TLS;
	nt_tls_begin(&d->tls);
	nt_http_begin(&d->http);
	nt_server_name_clear(&d->gathered);
}

void
nt_detect_no_names(struct nt_detect *d)
{
	d->flags |= NAMELESS;
}

/* Where names go; NULL: they are stepped over. */
static struct nt_server_name *
gathered(struct nt_detect *d)
{
	return (d->flags & NAMELESS) != 0 ? NULL : &d->gathered;
}

const struct nt_server_name *
nt_detect_name(const struct nt_detect *d)
{
	return (d->flags & NAMED) != 0 ? &d->name : NULL;
}

static void
violated(struct nt_detect *d, uint8_t who, uint64_t total)
{
	d->live &= (uint8_t)~who;
	if (total <= FIRM_BYTES)
		d->seen &= (uint8_t)~who;
}

/* Signatures are looked for at the beginning only; true where this piece belongs to it. */
static bool
is_beginning(struct nt_detect *d, size_t len)
{
	if (d->bytes > SIGNATURE_BYTES || d->pieces > SIGNATURE_PIECES)
		return false;
	d->bytes += (uint32_t)NT_MIN(len, SIGNATURE_BYTES + 1);
	d->pieces++;
	return true;
}

static void
take_name(struct nt_detect *d)
{
	d->name = d->gathered;
	d->flags |= NAMED;
	d->named++;
}

/* The first one is the server's name; whoever wants them is told of all that follow. */
static void
take_host(struct nt_detect *d)
{
	if ((d->flags & NAMED) == 0)
		take_name(d);
	else if (d->host != NULL)
		d->host(d->host_arg, &d->gathered);
}

static void
feed_tls(struct nt_detect *d, int dir, const uint8_t *data, size_t len, uint64_t total,
	bool beginning)
{
	const unsigned int got = nt_tls_feed(&d->tls, dir, data, len, gathered(d));

	if ((got & NT_TLS_BEGINS) != 0 && beginning)
		d->attached |= NT_DETECT_TLS;
	if ((got & NT_TLS_HELLO) != 0)
		d->seen |= NT_DETECT_TLS;
	if ((got & NT_TLS_NAME) != 0)
		take_name(d);
	if ((got & NT_TLS_BAD) != 0)
		violated(d, NT_DETECT_TLS, total);
	if ((got & NT_TLS_OVER) != 0)
		d->live &= (uint8_t)~NT_DETECT_TLS;
}

/* What runs through the proxy begins anew, and has its own name. */
static void
begin_tunnel(struct nt_detect *d)
{
	d->live = NT_DETECT_TLS;
	d->attached &= NT_DETECT_HTTP;
	d->seen &= NT_DETECT_HTTP;
	d->bytes = 0;
	d->pieces = 0;
	nt_tls_begin(&d->tls);
}

static void
note_http(struct nt_detect *d, unsigned int got, uint64_t total, bool beginning)
{
	if ((got & NT_HTTP_BEGINS) != 0 && beginning)
		d->attached |= NT_DETECT_HTTP;
	if ((got & NT_HTTP_REQUEST) != 0)
		d->seen |= NT_DETECT_HTTP;
	if ((got & NT_HTTP_HOST) != 0)
		take_host(d);
	if ((got & NT_HTTP_BAD) != 0)
		violated(d, NT_DETECT_HTTP, total);
	if ((got & NT_HTTP_OVER) != 0)
		d->live &= (uint8_t)~NT_DETECT_HTTP;
}

static void
feed_http(struct nt_detect *d, int dir, const uint8_t *data, size_t len, uint64_t total,
	bool beginning)
{
	size_t at = 0, taken;
	unsigned int got;

	/* Ends: each Host takes a byte at least. */
	do {
		got = nt_http_feed(&d->http, dir, data + at, len - at, gathered(d), &taken);
		note_http(d, got, total, beginning);
		at += taken;
	} while ((got & NT_HTTP_HOST) != 0 && at < len);
	if (nt_http_is_hopeless(&d->http))
		d->live &= (uint8_t)~NT_DETECT_HTTP;
	if ((got & (NT_HTTP_TUNNEL | NT_HTTP_BAD)) != NT_HTTP_TUNNEL)
		return;
	begin_tunnel(d);
	if (at < len)
		feed_tls(d, dir, data + at, len - at, total, true);
}

static bool
starts(const uint8_t *data, size_t len, const char *with)
{
	const size_t n = strlen(with);

	return len >= n && memcmp(data, with, n) == 0;
}

/*
 * Protocols whose analyzers in Zeek hand over to TLS: SMTP and FTP, POP3, IMAP, MySQL by what the
 * server says first; XMPP, IRC, SOCKS, RDP by what the client does.
 */
static bool
hands_over(int dir, const uint8_t *data, size_t len)
{
	/* Most of what does not, in one step. */
	if (dir == 1 ? data[0] != '2' && data[0] != '+' && data[0] != '*' && len <= 5
		     : data[0] > 5 && (data[0] < '<' || data[0] > 'U'))
		return false;
	if (dir == 1)
		return starts(data, len, "220") || starts(data, len, "+OK") ||
		       starts(data, len, "* OK") || (len > 5 && data[3] == 0 && data[4] == 10);
	return starts(data, len, "<?xml") || starts(data, len, "<stream") ||
	       starts(data, len, "NICK ") || starts(data, len, "CAP ") ||
	       starts(data, len, "USER ") || starts(data, len, "STARTTLS") ||
	       (len >= 3 && data[0] == 5 && data[1] == len - 2) ||
	       (len >= 9 && data[0] == 4 && data[1] == 1) ||
	       (len >= 7 && data[0] == 3 && data[1] == 0 && data[2] == 0);
}

/*
 * Others, for the name: LDAP and PostgreSQL, which only a Zeek built with Spicy knows.
 */
static bool
may_turn_to_tls(int dir, const uint8_t *data, size_t len)
{
	static const uint8_t postgres[] = { 0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f };

	return dir == 0 && ((len == sizeof(postgres) && memcmp(data, postgres, len) == 0) ||
				   (len >= 7 && data[0] == 0x30));
}

/* A record with the beginning of a ClientHello at the beginning of a piece. */
static bool
is_client_hello(int dir, const uint8_t *data, size_t len)
{
	return dir == 0 && len >= 6 && data[0] == 22 && data[1] == 3 && data[2] <= 3 &&
	       data[5] == 1;
}

/* The first piece of a direction. */
static void
look_at_first(struct nt_detect *d, int dir, const uint8_t *data, size_t len)
{
	const bool over = hands_over(dir, data, len);

	d->flags |= (uint8_t)(BEGUN << dir);
	if (over)
		d->flags |= HANDS;
	if (over || may_turn_to_tls(dir, data, len))
		d->flags |= WAITS;
}

static void
begin_tls(struct nt_detect *d)
{
	d->live = NT_DETECT_TLS;
	if ((d->flags & HANDS) != 0)
		d->attached |= NT_DETECT_TLS;
	nt_tls_begin(&d->tls);
}

/* What is not decided when a violation does not count any more is followed a little longer. */
static bool
goes_on(const struct nt_detect *d, uint64_t total)
{
	if (total <= FIRM_BYTES)
		return d->live != 0 || (d->flags & WAITS) != 0;
	return (d->live & ~d->seen) != 0 && total <= UNDECIDED_BYTES;
}

enum nt_detect_first
nt_detect_first(int dir, const uint8_t *data, size_t len)
{
	if (len < NT_TLS_HEAD || nt_tls_may_begin(dir, data))
		return NT_DETECT_FIRST_OPEN;
	const enum nt_http_first http = nt_http_first(dir, data, len);

	if (http == NT_HTTP_FIRST_OPEN || hands_over(dir, data, len) ||
		may_turn_to_tls(dir, data, len))
		return NT_DETECT_FIRST_OPEN;
	/* Without a request there is no service; a reply's line counts once it has ended. */
	return dir == 0 || http == NT_HTTP_FIRST_BAD ? NT_DETECT_FIRST_NOTHING
						     : NT_DETECT_FIRST_REPLY;
}

enum nt_detect_first
nt_detect_first_more(const uint8_t *data, size_t len)
{
	return nt_http_goes_on(data, len) == NT_HTTP_FIRST_BAD ? NT_DETECT_FIRST_NOTHING
							       : NT_DETECT_FIRST_REPLY;
}

void
nt_detect_resume(struct nt_detect *d, uint16_t port, uint32_t len, unsigned int pieces)
{
	static const uint8_t byte;
	size_t taken;

	nt_detect_begin(d, port);
	d->live = NT_DETECT_HTTP;
	d->flags = BEGUN << 1;
	d->bytes = NT_MIN(len, SIGNATURE_BYTES + 1);
	d->pieces = (uint8_t)NT_MIN(pieces, SIGNATURE_PIECES + 1);
	nt_http_feed(&d->http, 1, &byte, sizeof(byte), &d->gathered, &taken);
}

bool
nt_detect_feed(struct nt_detect *d, int dir, const uint8_t *data, size_t len, uint64_t total)
{
	if ((d->flags & BEGUN << dir) == 0)
		look_at_first(d, dir, data, len);
	if ((d->flags & WAITS) != 0 && (d->seen & NT_DETECT_HTTP) == 0 &&
		is_client_hello(dir, data, len)) {
		d->flags &= (uint8_t)~WAITS;
		begin_tls(d);
		d->bytes = SIGNATURE_BYTES + 1;
	}
	const bool beginning = is_beginning(d, len);
	if ((d->live & NT_DETECT_TLS) != 0)
		feed_tls(d, dir, data, len, total, beginning);
	if ((d->live & NT_DETECT_HTTP) != 0)
		feed_http(d, dir, data, len, total, beginning);
	return goes_on(d, total);
}

bool
nt_detect_wants_hosts(const struct nt_detect *d)
{
	return d->live == NT_DETECT_HTTP && (d->seen & NT_DETECT_HTTP) != 0 &&
	       nt_http_has_requests(&d->http);
}

bool
nt_detect_feed_hosts(struct nt_detect *d, const uint8_t *data, size_t len)
{
	feed_http(d, 0, data, len, UINT64_MAX, false);
	return nt_detect_wants_hosts(d);
}

bool
nt_detect_gap(struct nt_detect *d, int dir, uint64_t len)
{
	d->live &= (uint8_t)~NT_DETECT_TLS;
	if ((d->live & NT_DETECT_HTTP) != 0 &&
		(nt_http_gap(&d->http, dir, len) & NT_HTTP_OVER) != 0)
		d->live &= (uint8_t)~NT_DETECT_HTTP;
	return d->live != 0 || (d->flags & WAITS) != 0;
}

bool
nt_detect_end(struct nt_detect *d, int dir, uint64_t total)
{
	if ((d->live & NT_DETECT_HTTP) != 0)
		note_http(d, nt_http_end(&d->http, dir, gathered(d)), total, true);
	return goes_on(d, total);
}
