/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_fault.h"
#include "nt_mem.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_PAGE ((size_t)2 << 20)

static _Thread_local bool prefault;

/* 0 where it overflows. */
size_t
nt_mem_mapped(size_t size)
{
	size_t page = size >= HUGE_PAGE ? HUGE_PAGE : (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) & ~(page - 1);
}

static void *
map_anonymous(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* mmap aligns to small pages only: map one huge page more and give the ends back. */
static void *
map_aligned(size_t size)
{
	uint8_t *p, *aligned;
	size_t head, tail;

	if (size + HUGE_PAGE < size) {
		errno = ENOMEM;
		return NULL;
	}
	p = map_anonymous(size + HUGE_PAGE);
	if (p == NULL)
		return NULL;
	head = (HUGE_PAGE - ((uintptr_t)p & (HUGE_PAGE - 1))) & (HUGE_PAGE - 1);
	tail = HUGE_PAGE - head;
	aligned = p + head;
	if (head > 0)
		munmap(p, head);
	if (tail > 0)
		munmap(aligned + size, tail);
	/* Small pages do as well, only slower: no error. */
	(void)madvise(aligned, size, MADV_HUGEPAGE);
	return aligned;
}

void *
nt_mem_map(size_t size)
{
	size_t mapped;
	void *p;

	if (size == 0) {
		errno = EINVAL;
		return NULL;
	}
	mapped = nt_mem_mapped(size);
	if (mapped == 0 || nt_fault(NT_FAULT_MAP)) {
		errno = ENOMEM;
		return NULL;
	}
	p = mapped >= HUGE_PAGE ? map_aligned(mapped) : map_anonymous(mapped);
	if (p != NULL && prefault)
		nt_mem_touch(p, mapped);
	return p;
}

void
nt_mem_unmap(void *p, size_t size)
{
	if (p != NULL)
		munmap(p, nt_mem_mapped(size));
}

void
nt_mem_prefault(bool on)
{
	prefault = on;
}

void
nt_mem_touch(void *p, size_t size)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	_Atomic uint8_t *at = p;

#ifdef MADV_POPULATE_WRITE
	if ((uintptr_t)p % page == 0 && madvise(p, size, MADV_POPULATE_WRITE) == 0)
		return;
#endif
	/* Linux before 5.14, or no whole pages: one write to each. */
	for (size_t i = 0; i < size; i += page)
		atomic_fetch_or_explicit(&at[i], 0, memory_order_relaxed);
	if (size != 0)
		atomic_fetch_or_explicit(&at[size - 1], 0, memory_order_relaxed);
}
