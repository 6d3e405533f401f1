/* SPDX-License-Identifier: BSD-3-Clause */
#include "lookups.h"
#include "rng.h"

#include <errno.h>
#include <stdlib.h>

int
tg_lookups_init(struct tg_lookups *l)
{
	l->room = 1u << 14;
	l->used = 0;
	l->table = calloc(l->room, sizeof(*l->table));
	return l->table == NULL ? -ENOMEM : 0;
}

void
tg_lookups_fini(struct tg_lookups *l)
{
	free(l->table);
	l->table = NULL;
}

static struct tg_lookup_entry *
find(const struct tg_lookups *l, uint64_t key)
{
	uint64_t i = tg_hash(key, 0) & (l->room - 1);

	while (l->table[i].key != 0 && l->table[i].key != key)
		i = (i + 1) & (l->room - 1);
	return &l->table[i];
}

static bool
grow(struct tg_lookups *l)
{
	struct tg_lookups bigger = { .room = l->room * 2, .used = l->used };

	bigger.table = calloc(bigger.room, sizeof(*bigger.table));
	if (bigger.table == NULL)
		return false;
	for (uint64_t i = 0; i < l->room; i++)
		if (l->table[i].key != 0)
			*find(&bigger, l->table[i].key) = l->table[i];
	free(l->table);
	*l = bigger;
	return true;
}

struct tg_lookup_entry *
tg_lookups_get(struct tg_lookups *l, uint32_t host, uint32_t name)
{
	uint64_t key = (uint64_t)host << 32 | (name + 1u);
	struct tg_lookup_entry *e = find(l, key);

	if (e->key == key)
		return e;
	if (l->used * 4 >= l->room * 3) {
		if (!grow(l))
			return NULL;
		e = find(l, key);
	}
	l->used++;
	e->key = key;
	return e;
}
