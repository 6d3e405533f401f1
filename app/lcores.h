/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lcores of a run, started together or not at all: where one can't be started, those that were
 * go back at once and nobody has begun. Caller: the main lcore.
 */
#ifndef LCORES_H
#define LCORES_H

#include <stdatomic.h>

#include <rte_lcore.h>

#include <nt_config.h>

/* Workers, and the reader or the distributor. */
#define LCORES_MAX (NT_CONFIG_WORKERS_MAX + 1)

struct lcores;

struct lcore_job {
	int (*run)(void *arg);
	void *arg;
	struct lcores *of;
};

struct lcores {
	struct lcore_job jobs[LCORES_MAX]; /* in the order of EAL's lcores */
	unsigned int count;
	_Atomic int gate; /* main: wo, the others: ro */
};

void lcores_add(struct lcores *l, int (*run)(void *arg), void *arg);
/*
 * The caller runs where job number i will, so that what it touches first lies on that node, until
 * it goes back to where it was; as far as the kernel lets it.
 */
void lcores_visit(unsigned int i, rte_cpuset_t *ret_before);
void lcores_go_back(const rte_cpuset_t *before);
/* 0 or -errno and *err. */
int lcores_start(struct lcores *l, struct nt_error *err);
/* Until all have ended. */
void lcores_wait(void);

#endif
