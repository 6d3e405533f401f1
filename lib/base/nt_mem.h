/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of the big tables: anonymous mappings, zeroed, touched on first use (or at once:
 * nt_mem_prefault), on 2 MiB pages where
 * the kernel has them (MADV_HUGEPAGE). Only constructors call this.
 */
#ifndef NT_MEM_H
#define NT_MEM_H

#include "nt_base.h"

/* Aligned to a page at least (2 MiB from 2 MiB up). NULL and errno. size 0 is EINVAL. */
void *nt_mem_map(size_t size);
/* What a mapping of so many bytes takes: whole pages. For budgets (nt_x_bytes of each table). */
size_t nt_mem_mapped(size_t size);
/* NULL is fine. size as in nt_mem_map. */
void nt_mem_unmap(void *p, size_t size);

/*
 * From now on, mappings of this thread are touched as they are made, so that they never grow: on
 * the memory of the node that the thread runs on.
 */
void nt_mem_prefault(bool on);
/* Touch what somebody else has mapped; what is in it stays. */
void nt_mem_touch(void *p, size_t size);

#endif
