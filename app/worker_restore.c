/* SPDX-License-Identifier: BSD-3-Clause */
/* What another run knew, given to a worker before it runs. */
#include "worker_priv.h"

void
worker_restore_mapping(struct worker *w, const struct nt_mapping *m)
{
	nt_name_cache_add(w->names, m);
}

void
worker_restore_told(struct worker *w, const struct nt_told_entry *e)
{
	nt_told_restore(nt_verdicts_told(w->judging.verdicts), e);
}

void
worker_restore_missed(struct worker *w, int64_t now_ns)
{
	const struct nt_addr nobody = { .family = NT_FAMILY_NONE };
	nt_verdicts_lost(w->judging.verdicts, NT_UNKNOWN_DROPPED, &nobody, &nobody, now_ns);
}

uint64_t
worker_told_mark(const struct worker *w)
{
	return nt_told_mark(nt_verdicts_told(w->judging.verdicts));
}
