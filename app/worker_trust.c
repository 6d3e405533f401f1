/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether DNS answers that nobody was seen to ask for count. On a tap that sees responses only they
 * are all there is; on one that sees queries they are late, lost or forged. Which of the two it is
 * the first query says, wherever it was seen: it is told to all workers, and whoever applies a
 * mapping knows whether that query came before it, so all caches decide alike.
 */
#include "worker_priv.h"

void
query_seen(struct worker *w, const struct nt_packet_meta *at)
{
	struct nt_mapping m = { .source = NT_SOURCE_NONE };
	if (w->query_told)
		return;
	w->query_told = true;
	worker_tell(w, NT_FACT_ASKED, at, &m);
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

void
trust_begin_epoch(struct worker *w)
{
	w->query_told = false;
	w->tap_sees_queries = false;
}
