/* SPDX-License-Identifier: BSD-3-Clause */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <rte_lcore.h>

#include <nt_fault.h>
#include <nt_clock.h>

#include "snapshot_keeper.h"

struct snapshot_keeper {
	const struct nt_config *config;
	struct snapshot_source from;
	bool running, failed;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	bool over; /* under the lock */
};

struct snapshot_keeper *
snapshot_keeper_new(const struct nt_config *config, const struct snapshot_source *from)
{
	struct snapshot_keeper *k = calloc(1, sizeof(*k));
	pthread_condattr_t attr;
	if (k == NULL)
		return NULL;
	k->config = config;
	k->from = *from;
	pthread_mutex_init(&k->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&k->ended, &attr);
	pthread_condattr_destroy(&attr);
	return k;
}

static void
take(struct snapshot_keeper *k)
{
	struct nt_error err;
	const bool failed = snapshot_take(k->config->run.snapshot.text, &k->from, &err) != 0;
	if (failed && !k->failed)
		fprintf(stderr, "nametap: %s\n", err.msg);
	k->failed = failed;
}

/* True when all is over; false after an interval. */
static bool
wait_for_end(struct snapshot_keeper *k)
{
	const int64_t until_ns = nt_clock_monotonic_ns() + k->config->run.snapshot_interval_ns;
	const struct timespec until = { .tv_sec = (time_t)(until_ns / NT_NS_PER_SEC),
		.tv_nsec = (long)(until_ns % NT_NS_PER_SEC) };
	int woken = 0;
	pthread_mutex_lock(&k->lock);
	while (!k->over && woken == 0)
		woken = pthread_cond_timedwait(&k->ended, &k->lock, &until);
	const bool over = k->over;
	pthread_mutex_unlock(&k->lock);
	return over;
}

static void *
keep(void *arg)
{
	struct snapshot_keeper *k = arg;
	while (!wait_for_end(k))
		take(k);
	return NULL;
}

int
snapshot_keeper_start(struct snapshot_keeper *k)
{
	k->from.running = true;
	if (k->config->run.snapshot_interval_ns == 0) /* only at the end */
		return 0;
	const int code = nt_fault(NT_FAULT_THREAD)
				 ? -EAGAIN
				 : rte_ctrl_thread_create(&k->thread, "nt-snapshot", NULL, keep, k);
	if (code != 0)
		return code < 0 ? code : -code;
	k->running = true;
	return 0;
}

static void
stop(struct snapshot_keeper *k)
{
	if (!k->running)
		return;
	pthread_mutex_lock(&k->lock);
	k->over = true;
	pthread_cond_signal(&k->ended);
	pthread_mutex_unlock(&k->lock);
	pthread_join(k->thread, NULL);
	k->running = false;
}

void
snapshot_keeper_finish(struct snapshot_keeper *k)
{
	stop(k);
	k->from.running = false;
	take(k);
}

void
snapshot_keeper_free(struct snapshot_keeper *k)
{
	if (k == NULL)
		return;
	stop(k);
	pthread_cond_destroy(&k->ended);
	pthread_mutex_destroy(&k->lock);
	free(k);
}
