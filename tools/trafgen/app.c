/* SPDX-License-Identifier: BSD-3-Clause */
#include "app.h"
#include "bytes.h"
#include "gen.h"
#include "quic_msg.h"
#include "tls_msg.h"

#include <arpa/inet.h>
#include <stdio.h>

/* Properties of a connection's beginning, each with its own number of 32 bits. */
enum property {
	P_TLS13,
	P_GREASE,
	P_HYBRID,
	P_TWO_RECORDS,
	P_VERSION2,
	P_SHUFFLED,
	P_RESOLVER
};

static const char *const resolvers[] = { "dns.google", "cloudflare-dns.com", "dns.quad9.net" };

static bool
has(const struct tg_app *a, enum property p, double share)
{
	return (double)(tg_hash(a->seed, 50 + p) >> 32) * 0x1p-32 < share;
}

static const char *
asserted(const struct tg_gen *g, const struct tg_app *a, char out[TG_NAME_SIZE])
{
	switch (a->says) {
	case TG_SAYS_NAME:
		tg_names_text(&g->names, a->name, out);
		return out;
	case TG_SAYS_OUTER:
		return "public.edge-harbor.net";
	case TG_SAYS_RESOLVER:
		return resolvers[tg_hash(a->seed, P_RESOLVER) % 3];
	default:
		return NULL;
	}
}

static struct tg_hello
hello_of(const struct tg_gen *g, const struct tg_app *a, char name[TG_NAME_SIZE])
{
	struct tg_hello h = {
		.seed = a->seed,
		.server_name = asserted(g, a, name),
		.tls13 = a->what == TG_APP_QUIC || a->says == TG_SAYS_OUTER || has(a, P_TLS13, 0.8),
		.grease = has(a, P_GREASE, 0.5),
		.ech = a->says == TG_SAYS_OUTER,
		.quic = a->what == TG_APP_QUIC,
	};

	h.hybrid = h.tls13 && has(a, P_HYBRID, 0.4);
	return h;
}

static size_t
http(const struct tg_gen *g, const struct tg_flow *f, unsigned dir, uint8_t *out)
{
	char name[TG_NAME_SIZE], address[INET6_ADDRSTRLEN];
	const char *host = asserted(g, &f->app, name);
	int len;

	if (dir == 1)
		len = snprintf((char *)out, TG_HELLO_MAX,
			"HTTP/1.1 200 OK\r\nServer: edge\r\nContent-Type: application/octet-stream"
			"\r\nConnection: close\r\n\r\n");
	else if (host != NULL)
		len = snprintf((char *)out, TG_HELLO_MAX,
			"GET /%llx HTTP/1.1\r\nHost: %s\r\nUser-Agent: trafgen\r\nAccept: */*"
			"\r\n\r\n",
			(unsigned long long)f->app.seed, host);
	else
		len = snprintf((char *)out, TG_HELLO_MAX,
			"GET /%llx HTTP/1.1\r\nUser-Agent: trafgen\r\nHost: %s%s%s\r\n\r\n",
			(unsigned long long)f->app.seed, f->v6 ? "[" : "",
			inet_ntop(f->v6 ? AF_INET6 : AF_INET, f->end[1].addr, address,
				sizeof(address)),
			f->v6 ? "]" : "");
	return (size_t)len;
}

/* Handshake message of this direction; TLS over TCP: in records. */
static size_t
hello(const struct tg_gen *g, const struct tg_app *a, unsigned dir, uint8_t *out)
{
	char name[TG_NAME_SIZE];
	struct tg_hello h = hello_of(g, a, name);
	uint8_t message[TG_HELLO_MAX];
	bool two = dir == 0 && has(a, P_TWO_RECORDS, 0.03);
	size_t len;

	len = dir == 0 ? tg_tls_client_hello(&h, message) : tg_tls_server_hello(&h, message);
	if (a->what == TG_APP_TLS)
		return tg_tls_records(message, len, two, out);
	memcpy(out, message, len);
	return len;
}

static size_t
beginning(const struct tg_gen *g, const struct tg_flow *f, unsigned dir, uint8_t *out)
{
	return f->app.what == TG_APP_HTTP ? http(g, f, dir, out) : hello(g, &f->app, dir, out);
}

static unsigned
datagrams(const struct tg_app *a, unsigned dir)
{
	return (a->len[dir] + TG_QUIC_CRYPTO - 1u) / TG_QUIC_CRYPTO;
}

static enum tg_app_what
choose(struct tg_gen *g, const struct tg_flow *f)
{
	double u = tg_rng_unit(&g->more);
	unsigned port = f->end[1].port;

	if (f->kind == TG_UDP)
		return port == 443 && u < g->o.quic_share ? TG_APP_QUIC : TG_APP_NONE;
	if (port == 80 || port == 8080)
		return u < g->o.http_share ? TG_APP_HTTP : TG_APP_NONE;
	return port != 22 && u < g->o.tls_share ? TG_APP_TLS : TG_APP_NONE;
}

static void
begin(struct tg_gen *g, struct tg_flow *f, uint32_t *packets)
{
	struct tg_app *a = &f->app;
	uint8_t buffer[TG_HELLO_MAX];
	bool cut = tg_rng_chance(&g->more, 0.1);
	unsigned segments;

	a->seed = tg_rng_next(&g->more);
	for (unsigned dir = 0; dir < 2; dir++)
		a->len[dir] = (uint16_t)beginning(g, f, dir, buffer);
	if (a->what == TG_APP_QUIC) {
		segments = datagrams(a, 0);
		f->udp.burst_left = (uint8_t)(segments - 1);
		f->udp.left += segments;
	} else {
		a->cut = cut ? (uint16_t)(1 + a->seed % (a->len[0] - 1u)) : 0;
		segments = 3; /* at most, with a cut */
		f->tcp.segments_left += segments;
	}
	*packets += segments;
}

void
tg_app_plan(struct tg_gen *g, struct tg_flow *f, uint32_t name, uint32_t *packets)
{
	struct tg_app *a = &f->app;
	double u = tg_rng_unit(&g->more);

	a->what = (uint8_t)choose(g, f);
	a->name = name;
	a->says = name == TG_NO_NAME ? TG_SAYS_NOTHING : TG_SAYS_NAME;
	if (a->what == TG_APP_NONE)
		return;
	if (a->what != TG_APP_HTTP && a->says == TG_SAYS_NAME) {
		if (u < g->o.ech_share)
			a->says = TG_SAYS_OUTER;
		else if (u < g->o.ech_share + g->o.no_sni_share)
			a->says = TG_SAYS_NOTHING;
	}
	begin(g, f, packets);
}

void
tg_app_plan_resolver(struct tg_gen *g, struct tg_flow *f, uint32_t *packets)
{
	f->app.what = f->kind == TG_UDP ? TG_APP_QUIC : TG_APP_TLS;
	f->app.says = TG_SAYS_RESOLVER;
	f->app.name = TG_NO_NAME;
	begin(g, f, packets);
}

size_t
tg_app_len(struct tg_gen *g, const struct tg_flow *f, unsigned dir)
{
	const struct tg_app *a = &f->app;
	uint64_t sent = f->payload[dir];
	size_t left = a->len[dir] - (size_t)sent, mss = f->v6 ? 1440 : 1460, len;

	if (a->what == TG_APP_HTTP && dir == 0)
		return a->len[0]; /* one request after another */
	if (a->what == TG_APP_NONE || sent >= a->len[dir])
		return tg_payload_len(g, f->v6, dir);
	if (dir == 0) {
		len = sent == 0 && a->cut != 0 ? a->cut : left;
	} else {
		len = tg_payload_len(g, f->v6, dir);
		len = len < left ? left : len;
	}
	return len < mss ? len : mss;
}

const uint8_t *
tg_app_data(struct tg_gen *g, const struct tg_flow *f, unsigned dir, uint64_t stream_at,
	uint32_t pool_at, size_t len, uint8_t out[TG_APP_SEGMENT])
{
	const struct tg_app *a = &f->app;
	struct tg_bytes b = { out };
	uint8_t begins[TG_HELLO_MAX];
	size_t from = (size_t)stream_at, part = 0;

	if (a->what == TG_APP_NONE)
		return g->pool + pool_at;
	if (a->what == TG_APP_HTTP && dir == 0)
		from = 0;
	if (from < a->len[dir]) {
		part = a->len[dir] - from < len ? a->len[dir] - from : len;
		beginning(g, f, dir, begins);
		tg_put(&b, begins + from, part);
	}
	if (a->what == TG_APP_TLS && len - part >= 5) { /* a record of application data */
		tg_put8(&b, 23);
		tg_put16(&b, 0x0303);
		tg_put16(&b, (unsigned)(len - part - 5));
		part += 5;
	}
	tg_put(&b, g->pool + pool_at, len - part);
	return out;
}

static struct tg_quic
quic_of(const struct tg_app *a)
{
	struct tg_quic q = { .v2 = has(a, P_VERSION2, 0.1) };
	struct tg_bytes dcid = { q.dcid }, scid = { q.scid };
	struct tg_rng rng;

	tg_rng_seed(&rng, a->seed + 3);
	tg_put_random(&dcid, &rng, TG_QUIC_CID);
	tg_put_random(&scid, &rng, TG_QUIC_CID);
	return q;
}

const uint8_t *
tg_app_datagram(struct tg_gen *g, const struct tg_flow *f, unsigned dir, uint32_t pool_at,
	size_t *len, uint8_t out[TG_APP_SEGMENT])
{
	const struct tg_app *a = &f->app;
	struct tg_quic_initial i = { .server = dir == 1, .number = f->packets[dir] };
	uint8_t crypto[TG_HELLO_MAX];
	struct tg_quic q;

	if (a->what != TG_APP_QUIC)
		return g->pool + pool_at;
	q = quic_of(a);
	if (i.number >= datagrams(a, dir)) {
		memcpy(out, g->pool + pool_at, *len);
		tg_quic_short(&q, dir == 1, out, *len);
		return out;
	}
	i.crypto = crypto;
	i.at = (size_t)i.number * TG_QUIC_CRYPTO;
	i.len = beginning(g, f, dir, crypto) - i.at;
	if (i.len > TG_QUIC_CRYPTO)
		i.len = TG_QUIC_CRYPTO;
	i.shuffled = has(a, P_SHUFFLED, 0.3);
	if (tg_quic_initial(&q, &i, out) != 0)
		g->error = "no cryptography";
	*len = TG_QUIC_DATAGRAM;
	return out;
}

const char *
tg_app_said(const struct tg_gen *g, const struct tg_flow *f, char out[TG_NAME_SIZE])
{
	const struct tg_app *a = &f->app;
	bool complete = a->what == TG_APP_QUIC ? f->packets[0] >= datagrams(a, 0)
					       : f->payload[0] >= a->len[0];

	return a->what != TG_APP_NONE && complete ? asserted(g, a, out) : NULL;
}
