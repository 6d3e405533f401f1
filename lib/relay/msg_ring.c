/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include <rte_ring.h>
#include <rte_ring_elem.h>
#include <rte_ring_peek_zc.h>

#include <nt_mem.h>

#include "nt_msg_ring.h"

/* Units taken from the ring at a time: enough to pay for the index update, little enough for L1. */
#define STAGE_BURST 128

struct nt_msg_ring {
	struct rte_ring *ring;
	size_t bytes;
};

/* This struct, on a line of its own, and the ring; 0 where there can't be one. */
static size_t
ring_bytes(unsigned int units)
{
	const ssize_t size = rte_ring_get_memsize_elem(NT_MSG_UNIT, units);

	return size < 0 ? 0 : NT_MSG_UNIT + (size_t)size;
}

size_t
nt_msg_ring_bytes(unsigned int units)
{
	return nt_mem_mapped(ring_bytes(units));
}

size_t
nt_msg_reader_bytes(size_t max_size)
{
	return nt_mem_mapped((size_t)(nt_msg_units(max_size) + STAGE_BURST) * NT_MSG_UNIT);
}

struct nt_msg_ring *
nt_msg_ring_new(const char *name, unsigned int units)
{
	const size_t bytes = ring_bytes(units);
	if (bytes == 0) {
		errno = EINVAL;
		return NULL;
	}
	uint8_t *mem = nt_mem_map(bytes);
	if (mem == NULL)
		return NULL;
	struct nt_msg_ring *r = (struct nt_msg_ring *)(void *)mem;
	r->ring = (struct rte_ring *)(void *)(mem + NT_MSG_UNIT);
	r->bytes = bytes;
	const int err = rte_ring_init(r->ring, name, units, RING_F_SP_ENQ | RING_F_SC_DEQ);
	if (err != 0) {
		nt_mem_unmap(mem, bytes);
		errno = -err;
		return NULL;
	}
	return r;
}

void
nt_msg_ring_free(struct nt_msg_ring *r)
{
	if (r != NULL)
		nt_mem_unmap(r, r->bytes);
}

/* DPDK's own copies go by four bytes: three times the instructions. */
static bool
put_units(struct nt_msg_ring *r, const uint8_t *from, unsigned int units)
{
	struct rte_ring_zc_data room;
	if (rte_ring_enqueue_zc_bulk_elem_start(r->ring, NT_MSG_UNIT, units, &room, NULL) == 0)
		return false;
	memcpy(room.ptr1, from, (size_t)room.n1 * NT_MSG_UNIT);
	if (nt_unlikely(room.ptr2 != NULL)) /* round the end */
		memcpy(room.ptr2, from + (size_t)room.n1 * NT_MSG_UNIT,
			(size_t)(units - room.n1) * NT_MSG_UNIT);
	rte_ring_enqueue_zc_elem_finish(r->ring, units);
	return true;
}

static unsigned int
take_units(struct nt_msg_ring *r, uint8_t *to, unsigned int max)
{
	struct rte_ring_zc_data there;
	const unsigned int n =
		rte_ring_dequeue_zc_burst_elem_start(r->ring, NT_MSG_UNIT, max, &there, NULL);
	if (n == 0)
		return 0;
	memcpy(to, there.ptr1, (size_t)there.n1 * NT_MSG_UNIT);
	if (nt_unlikely(there.ptr2 != NULL))
		memcpy(to + (size_t)there.n1 * NT_MSG_UNIT, there.ptr2,
			(size_t)(n - there.n1) * NT_MSG_UNIT);
	rte_ring_dequeue_zc_elem_finish(r->ring, n);
	return n;
}

bool
nt_msg_ring_put(struct nt_msg_ring *r, const struct nt_msg_head *msg)
{
	return put_units(r, (const uint8_t *)msg, nt_msg_units(msg->size));
}

bool
nt_msg_ring_has_room(const struct nt_msg_ring *r, size_t size)
{
	return rte_ring_free_count(r->ring) >= nt_msg_units(size);
}

void
nt_msg_ring_put_units(struct nt_msg_ring *r, const void *msgs, unsigned int units)
{
	(void)put_units(r, msgs, units);
}

unsigned int
nt_msg_ring_free_units(const struct nt_msg_ring *r)
{
	return rte_ring_free_count(r->ring);
}

int
nt_msg_reader_init(struct nt_msg_reader *rd, struct nt_msg_ring *ring, size_t max_size)
{
	const unsigned int room = nt_msg_units(max_size) + STAGE_BURST;
	uint8_t *stage = nt_mem_map((size_t)room * NT_MSG_UNIT);
	if (stage == NULL)
		return -errno;
	*rd = (struct nt_msg_reader){ .ring = ring, .stage = stage, .room = room };
	return 0;
}

void
nt_msg_reader_fini(struct nt_msg_reader *rd)
{
	nt_mem_unmap(rd->stage, (size_t)rd->room * NT_MSG_UNIT);
	*rd = (struct nt_msg_reader){ 0 };
}

const struct nt_msg_head *
nt_msg_reader_staged(const struct nt_msg_reader *rd)
{
	if (rd->head == rd->tail)
		return NULL;
	const struct nt_msg_head *m = (const void *)(rd->stage + (size_t)rd->head * NT_MSG_UNIT);
	return nt_msg_units(m->size) <= rd->tail - rd->head ? m : NULL;
}

/* Move the piece of a message that is left to the front and take more behind it. */
static void
refill(struct nt_msg_reader *rd)
{
	const unsigned int left = rd->tail - rd->head;
	if (left != 0 && rd->head != 0)
		memmove(rd->stage, rd->stage + (size_t)rd->head * NT_MSG_UNIT,
			(size_t)left * NT_MSG_UNIT);
	rd->head = 0;
	rd->tail = left +
		   take_units(rd->ring, rd->stage + (size_t)left * NT_MSG_UNIT, rd->room - left);
}

const struct nt_msg_head *
nt_msg_reader_peek(struct nt_msg_reader *rd)
{
	const struct nt_msg_head *m = nt_msg_reader_staged(rd);
	if (m == NULL) {
		refill(rd);
		m = nt_msg_reader_staged(rd);
	}
	return m;
}

void
nt_msg_reader_pop(struct nt_msg_reader *rd)
{
	const struct nt_msg_head *m = (const void *)(rd->stage + (size_t)rd->head * NT_MSG_UNIT);
	rd->head += nt_msg_units(m->size);
}
