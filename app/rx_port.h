/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A worker's packets straight from its queue of every port, live. Each worker opens the tunnels and
 * puts together the fragments that its queues gave it; what is inside stays with it.
 *
 * Positions are (TSC before the burst, worker, index in it): live_position.h.
 */
#ifndef RX_PORT_H
#define RX_PORT_H

#include <nt_hash.h>

#include "port.h"
#include "rx.h"

struct rx_port_config {
	const struct nt_config *config; /* borrowed */
	const struct ports *ports; /* borrowed */
	const struct live_clock *clock; /* borrowed */
	unsigned int worker;
	uint64_t tsc_begin; /* the same for all workers: when positions begin */
	struct nt_hash_key uid_key; /* the workers' */
	const atomic_bool *stop; /* borrowed: take what is there, then end the stream */
};

/* NULL and errno. */
struct rx *rx_port_new(const struct rx_port_config *cfg);
/* The worker has ended. NULL is fine. */
void rx_port_free(struct rx *rx);

#endif
