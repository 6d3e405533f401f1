/* SPDX-License-Identifier: BSD-3-Clause */
#include <pthread.h>
#include <string.h>

#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include "lcores.h"

enum gate {
	GATE_SHUT,
	GATE_OPEN,
	GATE_GO_BACK,
};

void
lcores_add(struct lcores *l, int (*run)(void *arg), void *arg)
{
	l->jobs[l->count++] = (struct lcore_job){ .run = run, .arg = arg, .of = l };
}

void
lcores_visit(unsigned int i, rte_cpuset_t *ret_before)
{
	unsigned int lcore = (unsigned int)-1;
	CPU_ZERO(ret_before);
	(void)pthread_getaffinity_np(pthread_self(), sizeof(*ret_before), ret_before);
	for (unsigned int n = 0; n <= i; n++)
		lcore = rte_get_next_lcore(lcore, 1, 0);
	if (lcore >= RTE_MAX_LCORE)
		return;
	const rte_cpuset_t there = rte_lcore_cpuset(lcore);
	(void)pthread_setaffinity_np(pthread_self(), sizeof(there), &there);
}

void
lcores_go_back(const rte_cpuset_t *before)
{
	(void)pthread_setaffinity_np(pthread_self(), sizeof(*before), before);
}

static int
begin(void *arg)
{
	const struct lcore_job *job = arg;
	int gate;
	while ((gate = atomic_load_explicit(&job->of->gate, memory_order_acquire)) == GATE_SHUT)
		rte_pause();
	return gate == GATE_OPEN ? job->run(job->arg) : 0;
}

int
lcores_start(struct lcores *l, struct nt_error *err)
{
	unsigned int lcore = (unsigned int)-1;
	int code = 0;
	atomic_store_explicit(&l->gate, GATE_SHUT, memory_order_relaxed);
	for (unsigned int i = 0; i < l->count && code == 0; i++) {
		lcore = rte_get_next_lcore(lcore, 1, 0);
		code = lcore < RTE_MAX_LCORE ? rte_eal_remote_launch(begin, &l->jobs[i], lcore)
					     : -ENODEV;
	}
	atomic_store_explicit(&l->gate, code == 0 ? GATE_OPEN : GATE_GO_BACK, memory_order_release);
	if (code == 0)
		return 0;
	lcores_wait();
	if (code == -ENODEV)
		return nt_error_set(err, code,
			"too few lcores: %u are needed beside control's, by -l or --lcores, or "
			"fewer workers",
			l->count);
	return nt_error_set(err, code, "can't start %u lcores: %s", l->count, strerror(-code));
}

void
lcores_wait(void)
{
	rte_eal_mp_wait_lcore();
}
