/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * In builds with faults, the compiler reads this before each file of ours: calls of libc that may
 * fail do. No file includes it.
 */
#ifndef NT_FAULT_CALLS_H
#define NT_FAULT_CALLS_H

#include <fcntl.h>
#include <mm_malloc.h> /* it declares what is a macro below */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nt_fault.h"

static inline bool
nt_fault_as(enum nt_fault_site site, int code)
{
	if (!nt_fault(site))
		return false;
	errno = code;
	return true;
}

static inline ssize_t
nt_fault_read(int fd, void *buf, size_t len)
{
	if (nt_fault_as(NT_FAULT_READ_ERROR, EIO) || nt_fault_as(NT_FAULT_READ_INTERRUPTED, EINTR))
		return -1;
	return read(fd, buf, len > 1 && nt_fault(NT_FAULT_READ_SHORT) ? len / 2 : len);
}

static inline ssize_t
nt_fault_write(int fd, const void *buf, size_t len)
{
	nt_fault_sleep(NT_FAULT_WRITE_SLOW, NT_NS_PER_SEC / 50);
	if (nt_fault(NT_FAULT_WRITE_FULL)) {
		/* a disk that has room for some of it */
		if (len > 1)
			(void)!write(fd, buf, len / 2);
		errno = ENOSPC;
		return -1;
	}
	if (nt_fault_as(NT_FAULT_WRITE_ERROR, EIO) ||
		nt_fault_as(NT_FAULT_WRITE_INTERRUPTED, EINTR))
		return -1;
	return write(fd, buf, len > 1 && nt_fault(NT_FAULT_WRITE_SHORT) ? len / 2 : len);
}

static inline int
nt_fault_closes(int result)
{
	return nt_fault_as(NT_FAULT_CLOSE, EIO) ? -1 : result;
}

/* clang-format off */
#define NT_FAULT_OR(site, code, bad, call) (nt_fault_as(NT_FAULT_##site, code) ? (bad) : (call))
#define malloc(size) NT_FAULT_OR(HEAP, ENOMEM, NULL, malloc(size))
#define calloc(n, size) NT_FAULT_OR(HEAP, ENOMEM, NULL, calloc(n, size))
#define realloc(p, size) NT_FAULT_OR(HEAP, ENOMEM, NULL, realloc(p, size))
#define strdup(text) NT_FAULT_OR(HEAP, ENOMEM, NULL, strdup(text))
#define asprintf(...) NT_FAULT_OR(HEAP, ENOMEM, -1, asprintf(__VA_ARGS__))
#define aligned_alloc(align, size) NT_FAULT_OR(HEAP, ENOMEM, NULL, aligned_alloc(align, size))
#define posix_memalign(p, align, size) NT_FAULT_OR(HEAP, ENOMEM, ENOMEM, posix_memalign(p, align, size))
#define pthread_create(...) NT_FAULT_OR(THREAD, EAGAIN, EAGAIN, pthread_create(__VA_ARGS__))
#define open(...) NT_FAULT_OR(OPEN, EIO, -1, open(__VA_ARGS__))
#define mkdir(path, mode) NT_FAULT_OR(MKDIR, EIO, -1, mkdir(path, mode))
#define rename(from, to) NT_FAULT_OR(RENAME, EIO, -1, rename(from, to))
#define renameat2(...) NT_FAULT_OR(RENAME, EIO, -1, renameat2(__VA_ARGS__))
#define fsync(fd) NT_FAULT_OR(SYNC, EIO, -1, fsync(fd))
#define ftruncate(fd, size) NT_FAULT_OR(TRUNCATE, EIO, -1, ftruncate(fd, size))
#define fflush(f) NT_FAULT_OR(FLUSH, ENOSPC, EOF, fflush(f))
#define close(fd) nt_fault_closes(close(fd))
#define fclose(f) nt_fault_closes(fclose(f))
#define read(fd, buf, len) nt_fault_read(fd, buf, len)
#define write(fd, buf, len) nt_fault_write(fd, buf, len)
/* clang-format on */

#endif
