/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * nt_mem.h for fuzz targets, linked in place of lib/base/mem.c. A target makes its tables anew for
 * each input; mapped and unmapped each time (and cleared by 2 MiB), they cost more than what is
 * tested. So memory that was given back is kept, by powers of two, and cleared when it is wanted
 * again. Under ASan it is more than mappings are: what lies behind a table, and a table that was
 * freed, must not be touched.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sanitizer/asan_interface.h>

#include <nt_mem.h>

#define GRAIN ((size_t)4096)
#define SIZES 24 /* GRAIN << SIZES: 64 GiB, more than is ever asked for */
#define GUARD ((size_t)64)
#define ARENA ((size_t)64 << 20)
/* From here on pages are given back: few of them were touched. */
#define CLEAR_MAX ((size_t)64 << 10)
/* So much of what must not be touched is watched: what goes astray goes a little astray. */
#define WATCHED ((size_t)8 << 10)

struct block {
	struct block *next;
};

static struct block *spare[SIZES];
static uint8_t *arena;
static size_t arena_left;

const char *__asan_default_options(void);

/* Freed memory is kept for 256 MiB unless told: each input would have cold pages. */
const char *
__asan_default_options(void)
{
	return "quarantine_size_mb=8:malloc_context_size=8";
}

static void
watch(void *p, size_t size, bool on)
{
	if (on)
		ASAN_POISON_MEMORY_REGION(p, NT_MIN(size, WATCHED));
	else
		ASAN_UNPOISON_MEMORY_REGION(p, NT_MIN(size, WATCHED));
}

static unsigned int
size_class(size_t size)
{
	unsigned int c = 0;

	while (GRAIN << c < size + GUARD)
		c++;
	return c;
}

static uint8_t *
map_pages(size_t size)
{
	uint8_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)madvise(p, size, MADV_NOHUGEPAGE);
	return p;
}

static uint8_t *
fresh(size_t room)
{
	uint8_t *p;

	if (room >= ARENA)
		return map_pages(room);
	if (room > arena_left) {
		arena = map_pages(ARENA);
		arena_left = arena != NULL ? ARENA : 0;
	}
	if (arena == NULL)
		return NULL;
	p = arena;
	arena += room;
	arena_left -= room;
	return p;
}

static uint8_t *
used_before(unsigned int c, size_t size)
{
	struct block *b = spare[c];

	watch(b, GRAIN << c, false);
	spare[c] = b->next;
	memset(b, 0, (GRAIN << c) <= CLEAR_MAX ? size : sizeof(*b));
	return (uint8_t *)b;
}

void *
nt_mem_map(size_t size)
{
	uint8_t *p;
	unsigned int c;

	if (size == 0 || size > GRAIN << (SIZES - 2)) {
		errno = size == 0 ? EINVAL : ENOMEM;
		return NULL;
	}
	c = size_class(size);
	/* never SIZES: what a sanitizer's build can't see by itself */
	p = c >= SIZES ? NULL : spare[c] != NULL ? used_before(c, size) : fresh(GRAIN << c);
	if (p == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	watch(p + size, (GRAIN << c) - size, true);
	return p;
}

void
nt_mem_unmap(void *p, size_t size)
{
	unsigned int c;
	struct block *b = p;

	if (p == NULL)
		return;
	c = size_class(size);
	watch(b, GRAIN << c, false);
	watch((uint8_t *)p + size, (GRAIN << c) - size, false);
	if (GRAIN << c > CLEAR_MAX)
		(void)madvise(p, size, MADV_DONTNEED);
	b->next = spare[c];
	spare[c] = b;
	watch(b, GRAIN << c, true);
}

size_t
nt_mem_mapped(size_t size)
{
	return (size + GRAIN - 1) & ~(GRAIN - 1);
}

void
nt_mem_prefault(bool on)
{
	(void)on;
}

void
nt_mem_touch(void *p, size_t size)
{
	(void)p;
	(void)size;
}
