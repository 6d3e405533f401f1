/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The server names that connections asserted themselves (TLS, QUIC, HTTP), by the number of their
 * flow, each until its record is made. A pool as large as the flow table, of which only what is
 * used is resident. Owner: one worker.
 */
#ifndef SERVER_NAMES_H
#define SERVER_NAMES_H

#include <nt_pool.h>
#include <nt_server_name.h>

struct server_name {
	/*
	 * The clock at the packet that told it; INT64_MAX: it was read when the connection had
	 * ended.
	 */
	int64_t clock_ns;
	bool behind_proxy; /* of what the server was asked to connect to */
	struct nt_server_name name;
};

struct server_names {
	struct nt_pool pool; /* of struct server_name */
	uint32_t *of_flow; /* number + 1; 0: none */
};

int server_names_init(struct server_names *s, uint32_t flows); /* 0 or -errno */
size_t server_names_bytes(uint32_t flows); /* memory that they take when all are used */
void server_names_fini(struct server_names *s); /* a half-built one too */

/* NULL: it asserted none. */
static inline const struct server_name *
server_name_of(const struct server_names *s, uint32_t flow)
{
	const uint32_t i = s->of_flow[flow];
	return i != 0 ? nt_pool_at(&s->pool, i - 1) : NULL;
}

/* Ask for it, soon. */
static inline void
server_name_ahead(const struct server_names *s, uint32_t flow)
{
	const struct server_name *e = server_name_of(s, flow);
	if (e == NULL)
		return;
	nt_prefetch(e);
	nt_prefetch((const uint8_t *)e + NT_CACHE_LINE);
}

/* Keep a copy; it takes the place of one that was there. */
void server_name_keep(struct server_names *s, uint32_t flow, const struct nt_server_name *name,
	int64_t clock_ns, bool behind_proxy);
void server_name_drop(struct server_names *s, uint32_t flow);

#endif
