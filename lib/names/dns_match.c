/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <nt_dns_match.h>
#include <nt_mem.h>

#define NONE	     UINT32_MAX
#define CAPACITY_MAX (UINT32_C(1) << 26) /* 4 GiB of entries */

enum state {
	STATE_ASKED, /* a query without a response */
	STATE_ANSWERED, /* a query, and the response that counted */
	STATE_UNSOLICITED, /* a response without a query */
};

/*
 * One query in flight. Entries hang in a list by age, which is by seen_ns too, since the clock
 * never runs backwards.
 */
struct entry {
	struct nt_dns_match_key key;
	uint64_t answer;
	int64_t seen_ns; /* when its life began */
	uint32_t older, younger;
	uint8_t state;
	uint8_t pad[15];
};
static_assert(sizeof(struct entry) == NT_CACHE_LINE, "an entry is one cache line");

/*
 * Where an entry is: open addressing with linear probing. It carries the tag, so what is not there
 * is found out in one line of memory, without a look at entries.
 */
struct slot {
	uint32_t tag;
	uint32_t at1; /* entry + 1; 0: empty */
};

/* Twice as many slots as entries. */
struct nt_dns_match {
	struct entry *entries;
	struct slot *slots;
	uint32_t mask; /* of entries */
	uint32_t slot_mask;
	uint32_t fresh; /* entries from here on were never used: their memory is not touched */
	uint32_t oldest, youngest;
	int64_t life_ns;
	uint64_t evicted;
	/* The query that is yet to be entered, if there is one. */
	bool asked;
	struct nt_dns_match_key asked_key;
	int64_t asked_ns;
	struct nt_hash_key key;
};

static size_t
entries_bytes(uint32_t mask)
{
	return ((size_t)mask + 1) * sizeof(struct entry);
}

static size_t
slots_bytes(uint32_t mask)
{
	return ((size_t)mask + 1) * 2 * sizeof(struct slot);
}

/* A power of two of entries. */
static uint32_t
mask_for(uint32_t capacity)
{
	return capacity == 1 ? 0 : (UINT32_C(1) << (32 - __builtin_clz(capacity - 1))) - 1;
}

size_t
nt_dns_match_bytes(uint32_t capacity)
{
	const uint32_t mask = mask_for(capacity);

	return sizeof(struct nt_dns_match) + nt_mem_mapped(entries_bytes(mask)) +
	       nt_mem_mapped(slots_bytes(mask));
}

void
nt_dns_match_clear(struct nt_dns_match *m)
{
	memset(m->slots, 0, slots_bytes(m->mask));
	m->fresh = 0;
	m->oldest = m->youngest = NONE;
	m->asked = false;
}

struct nt_dns_match *
nt_dns_match_new(uint32_t capacity, int64_t life_ns, const struct nt_hash_key *key)
{
	if (capacity == 0 || capacity > CAPACITY_MAX || life_ns <= 0) {
		errno = EINVAL;
		return NULL;
	}
	struct nt_dns_match *m = calloc(1, sizeof(*m));
	if (m == NULL)
		return NULL;
	m->mask = mask_for(capacity);
	m->slot_mask = 2 * m->mask + 1;
	m->life_ns = life_ns;
	m->key = *key;
	m->entries = nt_mem_map(entries_bytes(m->mask));
	m->slots = nt_mem_map(slots_bytes(m->mask));
	if (m->entries == NULL || m->slots == NULL) {
		int err = errno;

		nt_dns_match_free(m);
		errno = err;
		return NULL;
	}
	m->oldest = m->youngest = NONE;
	return m;
}

void
nt_dns_match_free(struct nt_dns_match *m)
{
	if (m == NULL)
		return;
	nt_mem_unmap(m->entries, entries_bytes(m->mask));
	nt_mem_unmap(m->slots, slots_bytes(m->mask));
	free(m);
}

static inline bool
alive(const struct nt_dns_match *m, const struct entry *e, int64_t clock_ns)
{
	return clock_ns - e->seen_ns <= m->life_ns;
}

static void
age_remove(struct nt_dns_match *m, const struct entry *e)
{
	if (e->older != NONE)
		m->entries[e->older].younger = e->younger;
	else
		m->oldest = e->younger;
	if (e->younger != NONE)
		m->entries[e->younger].older = e->older;
	else
		m->youngest = e->older;
}

static void
age_append(struct nt_dns_match *m, struct entry *e)
{
	uint32_t i = (uint32_t)(e - m->entries);

	e->older = m->youngest;
	e->younger = NONE;
	if (m->youngest != NONE)
		m->entries[m->youngest].younger = i;
	else
		m->oldest = i;
	m->youngest = i;
}

static void
slot_add(struct nt_dns_match *m, const struct entry *e)
{
	uint32_t s = e->key.tag & m->slot_mask;

	while (m->slots[s].at1 != 0)
		s = (s + 1) & m->slot_mask;
	m->slots[s] = (struct slot){ e->key.tag, (uint32_t)(e - m->entries) + 1 };
}

/* No tombstones: what was probed past the hole moves into it. */
static void
slot_remove(struct nt_dns_match *m, const struct entry *e)
{
	uint32_t hole = e->key.tag & m->slot_mask;

	while (m->slots[hole].at1 != (uint32_t)(e - m->entries) + 1)
		hole = (hole + 1) & m->slot_mask;
	for (uint32_t s = (hole + 1) & m->slot_mask; m->slots[s].at1 != 0;
		s = (s + 1) & m->slot_mask) {
		const uint32_t home = m->slots[s].tag & m->slot_mask;

		if (((s - home) & m->slot_mask) >= ((s - hole) & m->slot_mask)) {
			m->slots[hole] = m->slots[s];
			hole = s;
		}
	}
	m->slots[hole].at1 = 0;
}

/*
 * The oldest, if it is dead, which is no loss: memory is touched for those alive, and slots
 * hold few others. Else a fresh one, or the oldest all the same.
 */
static struct entry *
entry_take(struct nt_dns_match *m, int64_t clock_ns)
{
	struct entry *e;

	if (m->fresh <= m->mask &&
		(m->oldest == NONE || alive(m, &m->entries[m->oldest], clock_ns)))
		return &m->entries[m->fresh++];
	e = &m->entries[m->oldest];
	m->evicted += alive(m, e, clock_ns);
	age_remove(m, e);
	slot_remove(m, e);
	return e;
}

/* Those that go next, and their slots, are asked for in time. */
static void
prefetch_oldest(const struct nt_dns_match *m)
{
	const struct entry *e = &m->entries[m->oldest];

	nt_prefetch_write(&m->slots[e->key.tag & m->slot_mask]);
	if (e->younger != NONE)
		nt_prefetch_write(&m->entries[e->younger]);
}

static void
entry_add(struct nt_dns_match *m, const struct nt_dns_match_key *key, uint64_t answer,
	enum state state, int64_t clock_ns)
{
	struct entry *e = entry_take(m, clock_ns);

	e->key = *key;
	e->seen_ns = clock_ns;
	e->answer = answer;
	e->state = (uint8_t)state;
	slot_add(m, e);
	age_append(m, e);
	prefetch_oldest(m);
}

/* Its life begins anew. */
static void
entry_restart(struct nt_dns_match *m, struct entry *e, uint64_t answer, enum state state,
	int64_t clock_ns)
{
	e->seen_ns = clock_ns;
	e->answer = answer;
	e->state = (uint8_t)state;
	age_remove(m, e);
	age_append(m, e);
}

struct nt_dns_match_key
nt_dns_match_key(const struct nt_dns_match *m, uint64_t flow, uint16_t id, uint64_t question)
{
	/* Where others have the same they share a place, no more. */
	const uint64_t words[2] = { flow ^ (uint64_t)id << 48, question };

	return (struct nt_dns_match_key){
		.flow = flow,
		.question = question,
		.tag = (uint32_t)nt_hash_words(&m->key, words, 2),
		.id = id,
	};
}

void
nt_dns_match_ahead(
	const struct nt_dns_match *m, const struct nt_dns_match_key *key, unsigned int step)
{
	const struct slot *s = &m->slots[key->tag & m->slot_mask];

	if (step == 0)
		nt_prefetch_write(s);
	else if (s->at1 != 0 && s->tag == key->tag)
		nt_prefetch_write(&m->entries[s->at1 - 1]);
}

/* The walk ends at an empty slot, of which there is one in two; a key chosen at random keeps it
 * short. */
static struct entry *
find(const struct nt_dns_match *m, const struct nt_dns_match_key *key)
{
	uint32_t s = key->tag & m->slot_mask;

	for (; m->slots[s].at1 != 0; s = (s + 1) & m->slot_mask) {
		struct entry *e = &m->entries[m->slots[s].at1 - 1];

		if (m->slots[s].tag == key->tag && e->key.flow == key->flow &&
			e->key.question == key->question && e->key.id == key->id)
			return e;
	}
	return NULL;
}

/* The query that waits for it. */
static void
query_enter(struct nt_dns_match *m)
{
	if (!m->asked)
		return;
	const int64_t clock_ns = m->asked_ns;
	struct entry *e = find(m, &m->asked_key);

	m->asked = false;
	if (e == NULL)
		entry_add(m, &m->asked_key, 0, STATE_ASKED, clock_ns);
	else if (e->state == STATE_ANSWERED && alive(m, e, clock_ns))
		/* Sent again although its answer was seen: that answer again is a repeat. */
		entry_restart(m, e, e->answer, STATE_ANSWERED, clock_ns);
	else
		/* What came unasked before does not keep the answer from counting. */
		entry_restart(m, e, 0, STATE_ASKED, clock_ns);
}

void
nt_dns_match_query(struct nt_dns_match *m, const struct nt_dns_match_key *key, int64_t clock_ns)
{
	nt_dns_match_ahead(m, key, 0);
	query_enter(m);
	m->asked = true;
	m->asked_key = *key;
	m->asked_ns = clock_ns;
}

uint64_t
nt_dns_match_evicted(struct nt_dns_match *m)
{
	query_enter(m);
	return m->evicted;
}

/* A response that no living query waits for. */
static enum nt_dns_match_verdict
response_unasked(struct nt_dns_match *m, struct entry *e, const struct nt_dns_match_key *key,
	bool saw_queries, uint64_t answer, int64_t clock_ns)
{
	if (saw_queries)
		return NT_DNS_UNMATCHED;
	if (e == NULL)
		entry_add(m, key, answer, STATE_UNSOLICITED, clock_ns);
	else
		entry_restart(m, e, answer, STATE_UNSOLICITED, clock_ns);
	return NT_DNS_UNSOLICITED;
}

enum nt_dns_match_verdict
nt_dns_match_response(struct nt_dns_match *m, const struct nt_dns_match_key *key, bool saw_queries,
	uint64_t answer, int64_t clock_ns)
{
	query_enter(m);
	struct entry *e = find(m, key);

	if (e == NULL || !alive(m, e, clock_ns))
		return response_unasked(m, e, key, saw_queries, answer, clock_ns);
	if (e->state == STATE_ASKED) {
		e->state = STATE_ANSWERED;
		e->answer = answer;
		return NT_DNS_MATCHED;
	}
	if (e->answer == answer)
		return NT_DNS_REPEAT;
	return e->state == STATE_UNSOLICITED && saw_queries ? NT_DNS_UNMATCHED : NT_DNS_CONFLICT;
}
