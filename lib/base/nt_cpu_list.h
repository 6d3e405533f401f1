/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of CPUs as Linux writes them ("2-5,8"), in the order given: what the configuration and
 * sysfs say. Owner: the caller. Any thread.
 */
#ifndef NT_CPU_LIST_H
#define NT_CPU_LIST_H

#include "nt_base.h"

/* Numbers of CPUs are below it, as in cpu_set_t. */
#define NT_CPU_LIST_MAX 1024

struct nt_cpu_list {
	uint32_t count;
	uint16_t cpus[NT_CPU_LIST_MAX];
};

/*
 * Nothing at all is an empty list. 0; -EINVAL: no such list; -ERANGE: a number that is too large,
 * or a range that runs backwards; -EEXIST: a CPU stands twice. *ret is untouched on failure.
 */
int nt_cpu_list_parse(const char *text, struct nt_cpu_list *ret);
bool nt_cpu_list_has(const struct nt_cpu_list *list, unsigned int cpu);

#endif
