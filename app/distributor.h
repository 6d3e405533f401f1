/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The distributor lcore: where no port can spread packets well, it polls them all and does what the
 * reader does offline: fragments, tunnels, steering by the innermost addresses. Positions are
 * ordinals (live_position.h); what the mbufs' data is in goes to the worker with the mbuf.
 *
 * It never waits: a packet that finds a worker's ring full is dropped and counted in rx->lost of
 * that worker.
 */
#ifndef DISTRIBUTOR_H
#define DISTRIBUTOR_H

#include <nt_hash.h>
#include <nt_relay.h>

#include "port.h"
#include "rx.h"

struct distributor_config {
	const struct nt_config *config; /* borrowed */
	const struct ports *ports; /* borrowed */
	const struct live_clock *clock; /* borrowed */
	unsigned int workers;
	struct nt_hash_key uid_key; /* the workers' */
	const struct nt_relay *relay; /* borrowed */
	const atomic_bool *stop; /* borrowed */
};

struct distributor;

/* NULL and errno. */
struct distributor *distributor_new(const struct distributor_config *cfg);
void distributor_free(struct distributor *d); /* NULL is fine */

/* Where that worker's packets come from; valid until distributor_free. */
struct rx *distributor_rx(struct distributor *d, unsigned int worker);

/* For rte_eal_remote_launch; arg is the struct distributor. Returns 0 when it was stopped. */
int distributor_main(void *arg);

/* Rounds of its loop: a heartbeat. Any thread. */
uint64_t distributor_rounds(const struct distributor *d);

#endif
