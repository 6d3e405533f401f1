/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether DNS answers that nobody was seen to ask for count. On a tap that sees responses only they
 * are all there is; on one that sees queries they are late, lost or forged. Which of the two it is
 * the first query of a local client says, wherever it was seen: it is told to all workers, and
 * whoever applies a mapping knows whether that query came before it, so all caches decide alike.
 */
#include <string.h>

#include "worker_priv.h"

/* What strangers ask says nothing of what the tap sees of the clients' own. */
void
query_seen(struct worker *w, const struct nt_packet_meta *at, const struct nt_flow *f)
{
	struct nt_mapping m = { .source = NT_SOURCE_NONE };
	const struct nt_addr client = key_addr(&f->key, f->orig_is_lo != 0);
	if (w->query_told || !nt_netset_has(&w->config->local_nets, &client))
		return;
	w->query_told = worker_tell(w, NT_FACT_ASKED, at, &m);
}

/* In the order of positions: the first one counts. */
void
query_fact(struct worker *w)
{
	w->tap_sees_queries = true;
}

bool
is_unasked(const struct worker *w, const struct nt_mapping *m)
{
	if ((m->flags & NT_MAPPING_UNSOLICITED) == 0)
		return false;
	switch ((enum nt_config_unsolicited)w->config->names.unsolicited) {
	case NT_CONFIG_UNSOLICITED_ACCEPT:
		return false;
	case NT_CONFIG_UNSOLICITED_REFUSE:
		return true;
	case NT_CONFIG_UNSOLICITED_AUTO:
		break;
	}
	return w->tap_sees_queries;
}

/*
 * Who speaks a local protocol is in a local network (RFC 6762, 11), or has no address yet: what
 * comes from elsewhere names nobody.
 */
bool
is_near(const struct worker *w, const struct nt_packet *p)
{
	static const uint8_t none[16];
	return memcmp(p->src.bytes, none, sizeof(none)) == 0 ||
	       nt_netset_has(&w->config->local_nets, &p->src);
}

void
trust_begin_epoch(struct worker *w)
{
	w->query_told = false;
	w->tap_sees_queries = false;
}
