/* SPDX-License-Identifier: BSD-3-Clause */
#include "picks.h"

bool
nt_picks_before(const struct nt_picks *p, const struct nt_pick *a, const struct nt_pick *b)
{
	if (a->own != b->own)
		return a->own;
	if (a->position != b->position)
		return (a->position < b->position) == p->earliest_first;
	if (a->index != b->index)
		return (a->index < b->index) == p->earliest_first;
	return false;
}

static void
remove_at(struct nt_picks *p, unsigned int at)
{
	p->count--;
	memmove(&p->pick[at], &p->pick[at + 1], (p->count - at) * sizeof(p->pick[0]));
}

/* Take out what must go for this one; false: this one must not come in. */
static bool
make_room(struct nt_picks *p, const struct nt_pick *pick)
{
	for (unsigned int i = 0; i < p->count; i++) {
		if (p->pick[i].name != pick->name)
			continue;
		if (!nt_picks_before(p, pick, &p->pick[i]))
			return false;
		remove_at(p, i);
		return true;
	}
	if (!nt_picks_full(p))
		return true;
	if (!nt_picks_before(p, pick, &p->pick[p->count - 1]))
		return false;
	p->count--;
	return true;
}

void
nt_picks_offer(struct nt_picks *p, const struct nt_pick *pick)
{
	unsigned int at;

	if (!make_room(p, pick))
		return;
	for (at = p->count; at > 0 && nt_picks_before(p, pick, &p->pick[at - 1]); at--)
		p->pick[at] = p->pick[at - 1];
	p->pick[at] = *pick;
	p->count++;
}
