/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Faults on purpose, for tests (meson: -Dfaults=true): places where something may run out or fail,
 * in one table, and how often it shall. In other builds nt_fault() is a constant, and nothing is
 * left of it. Calls of libc fail by nt_fault_calls.h, which needs nothing in the code.
 *
 * Each site of each thread has a random sequence of its own with a fixed seed: what fails depends
 * on how often a thread has come by, on nothing else.
 */
#ifndef NT_FAULT_H
#define NT_FAULT_H

#include <nt_base.h>

/* id, name, what happens */
/* clang-format off */
#define NT_FAULT_TABLE(X) \
	/* memory */ \
	X(HEAP, heap, "malloc and its like give nothing") \
	X(MAP, map, "a table's memory can't be mapped") \
	X(MBUF_POOL, mbuf_pool, "DPDK makes no pool of mbufs") \
	X(RING_NEW, ring_new, "DPDK makes no ring") \
	X(THREAD, thread, "a thread can't be started") \
	X(MBUF, mbuf, "no mbuf is free") \
	X(FLOW_SLOT, flow_slot, "the table of connections is full") \
	X(EXTRA_SLOT, extra_slot, "no room for a connection's gaps and long history") \
	X(LINK_SLOT, link_slot, "no room for what lies below a connection") \
	X(HELD_SLOT, held_slot, "no room for a segment that came before its turn") \
	X(MISMATCH_SLOT, mismatch_slot, "no room for a server name to be compared") \
	X(DNS_BUFFER, dns_buffer, "no room for a message of DNS over TCP") \
	X(QUIC_SLOT, quic_slot, "QUIC connections are forgotten for others") \
	X(CACHE_ROOM, cache_room, "the name cache has no room for a mapping, after giving one up") \
	X(DATAGRAM_SLOT, datagram_slot, "a datagram is given up for another one") \
	/* rings */ \
	X(QUEUE_FULL, queue_full, "a worker's queue of packets is full") \
	X(OUT_FULL, out_full, "a worker's ring of mappings is full") \
	X(INBOX_FULL, inbox_full, "a worker's inbox of mappings is full") \
	X(RECORDS_FULL, records_full, "a worker's ring of records is full") \
	X(WRITER_FULL, writer_full, "the writer thread has no free block") \
	/* files */ \
	X(OPEN, open, "open(2): EIO") \
	X(MKDIR, mkdir, "mkdir(2): EIO") \
	X(READ_ERROR, read_error, "read(2): EIO") \
	X(READ_INTERRUPTED, read_interrupted, "read(2): EINTR") \
	X(READ_SHORT, read_short, "read(2): half of what there is") \
	X(WRITE_FULL, write_full, "write(2): ENOSPC, half of it written") \
	X(WRITE_ERROR, write_error, "write(2): EIO") \
	X(WRITE_INTERRUPTED, write_interrupted, "write(2): EINTR") \
	X(WRITE_SHORT, write_short, "write(2): half of it") \
	X(WRITE_SLOW, write_slow, "write(2): 20 ms later") \
	X(TRUNCATE, truncate, "ftruncate(2): EIO") \
	X(RENAME, rename, "rename(2): EIO") \
	X(SYNC, sync, "fsync(2): EIO") \
	X(CLOSE, close, "close(2), fclose(3): EIO, and it is closed") \
	X(FLUSH, flush, "fflush(3): ENOSPC") \
	/* lcores */ \
	X(WORKER_STUCK, worker_stuck, "a worker stands still for 6 s") \
	X(CONTROL_STUCK, control_stuck, "control stands still for 4 s")
/* clang-format on */

enum nt_fault_site {
#define NT_FAULT_ID(id, name, help) NT_FAULT_##id,
	NT_FAULT_TABLE(NT_FAULT_ID)
#undef NT_FAULT_ID
	NT_FAULT_SITES
};

#ifdef NT_FAULTS
/* Does it happen now? Any thread. */
bool nt_fault(enum nt_fault_site site);
/* Sleep where it happens. */
void nt_fault_sleep(enum nt_fault_site site, int64_t ns);
#else
static inline bool
nt_fault(enum nt_fault_site site NT_UNUSED)
{
	return false;
}

static inline void
nt_fault_sleep(enum nt_fault_site site NT_UNUSED, int64_t ns NT_UNUSED)
{
}
#endif

/*
 * "SITE=RATE": a share of times, 0 to 1, or @N: the N-th time only, all threads counted together.
 * Before any thread begins. 0, or -EINVAL and *err: also where this build has no faults.
 */
int nt_fault_set(const char *assignment, struct nt_error *err);
/* NULL past the last. */
const char *nt_fault_name(unsigned int site);
/* How often it has happened. */
uint64_t nt_fault_count(unsigned int site);

#endif
