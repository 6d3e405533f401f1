/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The timing wheel of nt_flow_table.h. The slot of second s holds the deadlines in (s - 1, s], so
 * that it is due as a whole when the clock reaches s. Flows of a farther deadline wait in the last
 * slot.
 */
#include "flow_table_priv.h"

static int64_t
sec_floor(int64_t ns)
{
	return ns / NT_NS_PER_SEC - (ns % NT_NS_PER_SEC < 0);
}

static int64_t
sec_ceil(int64_t ns)
{
	return ns / NT_NS_PER_SEC + (ns % NT_NS_PER_SEC > 0);
}

/* Saturates: the wheel may stand at the end of time. */
static int64_t
sec_to_ns(int64_t sec)
{
	const int64_t limit = INT64_MAX / NT_NS_PER_SEC;

	return NT_MAX(NT_MIN(sec, limit), -limit) * NT_NS_PER_SEC;
}

static unsigned int
slot_of(int64_t sec)
{
	return (uint64_t)sec % NT_FLOW_WHEEL_SEC;
}

/* The second that a slot stands for now. */
static int64_t
slot_sec(const struct nt_flow_table *t, unsigned int slot)
{
	return t->next_sec + slot_of((int64_t)slot - t->next_sec);
}

/* The bits of a word from this one up; none for 64. */
static uint64_t
bits_from(unsigned int bit)
{
	return bit < 64 ? UINT64_MAX << bit : 0;
}

/* The first occupied slot from next_sec on, around; NT_FLOW_NONE where the wheel is empty. */
static unsigned int
slot_first(const struct nt_flow_table *t)
{
	const unsigned int from = slot_of(t->next_sec);
	unsigned int word = from / 64;
	const uint64_t here = t->occupied[word] & bits_from(from % 64);

	if (here != 0)
		return word * 64 + (unsigned int)__builtin_ctzll(here);
	if (t->occupied_words == 0)
		return NT_FLOW_NONE;
	const uint64_t after = t->occupied_words & bits_from(word + 1);
	word = (unsigned int)__builtin_ctzll(after != 0 ? after : t->occupied_words);
	return word * 64 + (unsigned int)__builtin_ctzll(t->occupied[word]);
}

void
nt_flow_schedule(struct nt_flow_table *t, uint32_t idx, int64_t deadline_ns)
{
	assert(t->cold[idx].wheel_slot != NT_FLOW_LIST_ENDED);
	if (!t->started || deadline_ns <= t->asked_ns) {
		t->overdue_ns = NT_MIN(t->overdue_ns, deadline_ns);
		nt_flow_list_move(t, NT_FLOW_LIST_OVERDUE, idx);
		return;
	}
	const int64_t sec = NT_MIN(sec_ceil(deadline_ns), t->next_sec + NT_FLOW_WHEEL_SEC - 1);
	if (sec == t->next_sec)
		t->soon_ns = NT_MIN(t->soon_ns, deadline_ns);
	nt_flow_list_move(t, slot_of(sec), idx);
}

int64_t
nt_flow_scheduled_ns(const struct nt_flow_table *t, uint32_t idx)
{
	const uint32_t list = t->cold[idx].wheel_slot;

	if (list > NT_FLOW_LIST_OVERDUE)
		return INT64_MAX;
	if (list == NT_FLOW_LIST_OVERDUE)
		return INT64_MIN;
	const int64_t sec = slot_sec(t, list);
	return sec_to_ns(sec) <= t->asked_ns ? INT64_MIN : sec_to_ns(sec - 1) + 1;
}

/* Up to max flows from the head of a list. */
static unsigned int
take(struct nt_flow_table *t, unsigned int list, uint32_t *ret_idx, unsigned int max)
{
	unsigned int n = 0;

	for (uint32_t idx; n < max && (idx = t->lists[list].head) != NT_FLOW_NONE; n++) {
		nt_prefetch(&t->hot[idx]);
		if (t->cold[idx].wheel_next != NT_FLOW_NONE)
			nt_prefetch(&t->cold[t->cold[idx].wheel_next].wheel_next);
		nt_flow_list_move(t, NT_FLOW_LIST_IDLE, idx);
		ret_idx[n] = idx;
	}
	return n;
}

/*
 * A pause longer than the range: everything on the wheel is due, so that the same slots in the same
 * order can as well stand for later seconds, still due. What is left to walk is below two rounds.
 * Until that is done, seconds say nothing of the deadlines left: soon_ns stays where it was.
 */
static void
skip_rounds(struct nt_flow_table *t, int64_t clock_sec)
{
	const int64_t rounds = (clock_sec - t->next_sec) / NT_FLOW_WHEEL_SEC;

	if (rounds <= 1)
		return;
	if (!t->skipped)
		t->soon_ns = sec_to_ns(t->next_sec - 1) + 1;
	t->skipped = true;
	t->next_sec += (rounds - 1) * NT_FLOW_WHEEL_SEC;
}

/* Hand out the slots that are due. Each turn takes a flow or is the last. */
static unsigned int
take_slots(struct nt_flow_table *t, int64_t clock_sec, uint32_t *ret_idx, unsigned int max)
{
	unsigned int n = 0;

	for (;;) {
		const unsigned int slot = slot_first(t);

		if (slot == NT_FLOW_NONE || slot_sec(t, slot) > clock_sec) {
			t->next_sec = NT_MAX(t->next_sec, clock_sec + 1);
			return n;
		}
		t->next_sec = slot_sec(t, slot);
		if (n == max)
			return n;
		n += take(t, slot, ret_idx + n, max - n);
	}
}

static void
bound_what_is_left(struct nt_flow_table *t, int64_t next_before)
{
	if (t->lists[NT_FLOW_LIST_OVERDUE].head == NT_FLOW_NONE)
		t->overdue_ns = INT64_MAX;
	if (t->lists[slot_of(t->next_sec)].head == NT_FLOW_NONE)
		t->soon_ns = INT64_MAX;
	else if (t->next_sec != next_before && !t->skipped)
		t->soon_ns = sec_to_ns(t->next_sec - 1) + 1;
}

unsigned int
nt_flow_due(struct nt_flow_table *t, int64_t clock_ns, uint32_t *ret_idx, unsigned int max)
{
	t->asked_ns = NT_MAX(clock_ns, t->asked_ns);
	const int64_t clock_sec = sec_floor(t->asked_ns);
	if (!t->started)
		t->next_sec = clock_sec + 1;
	t->started = true;

	const int64_t next_before = t->next_sec;
	unsigned int n = take(t, NT_FLOW_LIST_OVERDUE, ret_idx, max);
	skip_rounds(t, clock_sec);
	n += take_slots(t, clock_sec, ret_idx + n, max - n);
	if (t->next_sec > clock_sec)
		t->skipped = false;
	bound_what_is_left(t, next_before);
	return n;
}

int64_t
nt_flow_due_through(const struct nt_flow_table *t)
{
	const int64_t left_ns = NT_MIN(t->soon_ns, t->overdue_ns);

	if (!t->started || left_ns == INT64_MIN)
		return INT64_MIN;
	if (left_ns == INT64_MAX)
		return t->asked_ns;
	return NT_MIN(t->asked_ns, left_ns - 1);
}

uint32_t
nt_flow_victim(struct nt_flow_table *t)
{
	if (nt_unlikely(t->in_the_way != NT_FLOW_NONE))
		return t->in_the_way;
	if (t->lists[NT_FLOW_LIST_OVERDUE].head != NT_FLOW_NONE)
		return t->lists[NT_FLOW_LIST_OVERDUE].head;
	const unsigned int slot = slot_first(t);
	return slot != NT_FLOW_NONE ? t->lists[slot].head : NT_FLOW_NONE;
}
