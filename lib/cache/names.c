/* SPDX-License-Identifier: BSD-3-Clause */
#include "names.h"

#include <string.h>

static uint64_t
slab_bytes(uint32_t max, uint64_t max_bytes)
{
	return max_bytes + (uint64_t)max * NT_NAMES_HEAD_BYTES;
}

size_t
nt_names_needs(uint32_t max, uint64_t max_bytes)
{
	return nt_slots_needs(max) + nt_slab_needs(slab_bytes(max, max_bytes));
}

int
nt_names_init(struct nt_names *n, const struct nt_hash_key *key, uint32_t max, uint64_t max_bytes)
{
	int rc = nt_slots_init(&n->slots, max);

	n->key = *key;
	n->used = 0;
	n->max = max;
	n->text_bytes = 0;
	n->max_bytes = max_bytes;
	if (rc == 0)
		rc = nt_slab_init(&n->slab, slab_bytes(max, max_bytes));
	return rc;
}

void
nt_names_fini(struct nt_names *n)
{
	nt_slots_fini(&n->slots);
	nt_slab_fini(&n->slab);
}

uint32_t
nt_names_tag(const struct nt_names *n, const char *name, uint16_t len)
{
	return (uint32_t)nt_hash_bytes(&n->key, name, len);
}

uint32_t
nt_names_find(const struct nt_names *n, uint32_t tag, const char *name, uint16_t len)
{
	uint32_t at = nt_slots_home(&n->slots, tag), id;

	while ((id = nt_slots_match(&n->slots, tag, &at)) != NT_LIST_NONE) {
		if (nt_names_is(n, id, name, len))
			break;
	}
	return id;
}

uint32_t
nt_names_add(struct nt_names *n, uint32_t tag, const char *name, uint16_t len)
{
	struct nt_interned_name *e;
	uint32_t id = NT_LIST_NONE;

	if (nt_names_has_room(n, len))
		id = nt_slab_take(&n->slab, NT_NAMES_HEAD_BYTES + len);
	if (id == NT_LIST_NONE)
		return NT_LIST_NONE;
	n->used++;
	n->text_bytes += len;
	e = nt_names_at(n, id);
	e->refs = 1;
	e->tag = tag;
	e->bonds = NT_LIST_NONE;
	e->len = len;
	memcpy(e->text, name, len);
	nt_slots_insert(&n->slots, tag, id);
	return id;
}

uint32_t
nt_names_take(struct nt_names *n, uint32_t tag, const char *name, uint16_t len)
{
	uint32_t id = nt_names_find(n, tag, name, len);

	if (id == NT_LIST_NONE)
		return nt_names_add(n, tag, name, len);
	nt_names_at(n, id)->refs++;
	return id;
}

void
nt_names_give(struct nt_names *n, uint32_t id)
{
	struct nt_interned_name *e = nt_names_at(n, id);

	if (--e->refs > 0)
		return;
	nt_slots_remove(&n->slots, e->tag, id);
	n->used--;
	n->text_bytes -= e->len;
	nt_slab_give(&n->slab, id);
}

size_t
nt_names_bytes(const struct nt_names *n)
{
	return nt_slots_bytes(&n->slots) + nt_slab_bytes(&n->slab);
}
