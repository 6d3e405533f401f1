/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Do all lcores go on? Each counts the rounds of its loop; one whose count does not change for
 * run.stuck_after stands still. One thread.
 */
#ifndef HEARTBEATS_H
#define HEARTBEATS_H

#include <nt_base.h>

#define HEARTBEATS_MAX 40

struct heartbeat {
	char name[32];
	uint64_t beats;
	int64_t since_ns; /* when they were seen to change last */
	bool still;
};

struct heartbeats {
	struct heartbeat of[HEARTBEATS_MAX];
	unsigned int count;
	int64_t after_ns;
};

/* now_ns, here and below: of a clock that nobody sets. */
void heartbeats_add(struct heartbeats *h, const char *name, int64_t now_ns);

/* Its count as of now. True where it is news: it stands still since now, or it goes on again. */
bool heartbeats_saw(struct heartbeats *h, unsigned int i, uint64_t beats, int64_t now_ns);

bool heartbeats_all_well(const struct heartbeats *h);

#endif
