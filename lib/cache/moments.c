/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_moments.h"

#include <stdlib.h>
#include <string.h>

/* No family of a real address. */
#define FAMILY_SPAN 255

struct nt_moments {
	struct nt_told_table *table;
	int64_t span_ns;
	bool any; /* there is something in it: most captures have nothing */
};

size_t
nt_moments_bytes(uint32_t max_entries)
{
	return sizeof(struct nt_moments) + nt_told_bytes(max_entries);
}

struct nt_moments *
nt_moments_new(uint32_t max_entries, int64_t span_ns, const struct nt_hash_key *key)
{
	struct nt_moments *m;
	if (span_ns < 1) {
		errno = EINVAL;
		return NULL;
	}
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return NULL;
	m->span_ns = span_ns;
	m->table = nt_told_new(max_entries, key);
	if (m->table == NULL) {
		free(m);
		return NULL;
	}
	return m;
}

void
nt_moments_free(struct nt_moments *m)
{
	if (m == NULL)
		return;
	nt_told_free(m->table);
	free(m);
}

void
nt_moments_clear(struct nt_moments *m)
{
	if (m->any)
		nt_told_clear(m->table);
	m->any = false;
}

static int64_t
span_at(const struct nt_moments *m, int64_t at_ns)
{
	const int64_t q = at_ns / m->span_ns;
	return q - (q * m->span_ns > at_ns); /* the floor, before 1970 too */
}

/* Kind and span in the form of an address: the table's keys are pairs of these. */
static struct nt_addr
key_of(unsigned int kind, int64_t span)
{
	struct nt_addr a = { .family = FAMILY_SPAN };
	memcpy(a.bytes, &span, sizeof(span));
	memcpy(a.bytes + sizeof(span), &kind, sizeof(kind));
	return a;
}

void
nt_moments_add(struct nt_moments *m, unsigned int kind, const struct nt_addr *whom, int64_t at_ns)
{
	const struct nt_addr key = key_of(kind, span_at(m, at_ns));
	m->any = true;
	nt_told_note(m->table, whom, &key, at_ns);
}

bool
nt_moments_any(const struct nt_moments *m)
{
	return m->any;
}

static bool
in_span(const struct nt_moments *m, const struct nt_addr *whom, unsigned int kind, int64_t span,
	int64_t from_ns, int64_t until_ns)
{
	const struct nt_addr key = key_of(kind, span);
	int64_t first_ns, last_ns;
	return nt_told_when(m->table, whom, &key, &first_ns, &last_ns) && last_ns >= from_ns &&
	       first_ns <= until_ns;
}

bool
nt_moments_within(const struct nt_moments *m, unsigned int kind, const struct nt_addr *whom,
	int64_t from_ns, int64_t until_ns)
{
	if (nt_likely(!m->any))
		return false;
	const int64_t first = span_at(m, from_ns), last = NT_MIN(span_at(m, until_ns), first + 3);
	for (int64_t span = first; span <= last; span++)
		if (in_span(m, whom, kind, span, from_ns, until_ns))
			return true;
	return false;
}

int64_t
nt_moments_lost_ns(const struct nt_moments *m)
{
	return nt_told_lost_ns(m->table);
}
