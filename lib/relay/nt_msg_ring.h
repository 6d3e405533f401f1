/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages of different lengths from one lcore to another, by value, over an rte_ring of 64-byte
 * units: one producer, one consumer. A message begins with struct nt_msg_head and takes as many
 * units as it needs; it becomes visible whole. No EAL is needed (rte_ring_init on memory of our
 * own).
 */
#ifndef NT_MSG_RING_H
#define NT_MSG_RING_H

#include <nt_base.h>

#define NT_MSG_UNIT 64

struct nt_msg_head {
	uint32_t size; /* bytes of the whole message, this head included */
	uint32_t kind; /* the user's */
};

static inline unsigned int
nt_msg_units(size_t size)
{
	return (unsigned int)((size + NT_MSG_UNIT - 1) / NT_MSG_UNIT);
}

struct nt_msg_ring; /* producer: one lcore; consumer: one lcore, through nt_msg_reader */

/* units: a power of two; one less can be held. NULL and errno. */
struct nt_msg_ring *nt_msg_ring_new(const char *name, unsigned int units);
/* Memory that one takes. */
size_t nt_msg_ring_bytes(unsigned int units);
void nt_msg_ring_free(struct nt_msg_ring *r); /* NULL is fine */

/*
 * Producer. The message must be readable up to the next multiple of NT_MSG_UNIT behind its size
 * (what stands there is not looked at). False when there is no room for all of it.
 */
bool nt_msg_ring_put(struct nt_msg_ring *r, const struct nt_msg_head *msg);
/* Producer: room for a message of that size, now (it can only grow)? */
bool nt_msg_ring_has_room(const struct nt_msg_ring *r, size_t size);
/* Either end: units that are free; the producer's answer can only grow, the consumer's shrink. */
unsigned int nt_msg_ring_free_units(const struct nt_msg_ring *r);
/* Producer: messages that lie one behind the other, so many units in all, for which there is room.
 */
void nt_msg_ring_put_units(struct nt_msg_ring *r, const void *msgs, unsigned int units);

/*
 * The consumer's end: units are taken in bursts into a staging buffer, in which every message lies
 * in one piece. What has been staged is still "in the ring" for those who count.
 */
struct nt_msg_reader {
	struct nt_msg_ring *ring;
	uint8_t *stage; /* owned */
	unsigned int head, tail, room; /* units */
};

/* max_size: the longest message. 0 or -errno. */
int nt_msg_reader_init(struct nt_msg_reader *rd, struct nt_msg_ring *ring, size_t max_size);
/* Memory that one takes. */
size_t nt_msg_reader_bytes(size_t max_size);
void nt_msg_reader_fini(struct nt_msg_reader *rd);

/* The next message, NULL when there is none. Valid until nt_msg_reader_pop. */
const struct nt_msg_head *nt_msg_reader_peek(struct nt_msg_reader *rd);
void nt_msg_reader_pop(struct nt_msg_reader *rd);
/*
 * The next message if it has been staged already, else NULL: unlike nt_msg_reader_peek it leaves
 * what was popped where it lies.
 */
const struct nt_msg_head *nt_msg_reader_staged(const struct nt_msg_reader *rd);

#endif
