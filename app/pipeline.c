/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "pipeline.h"
#include "sizes.h"

int
pipeline_make_relay(struct pipeline *p, enum nt_relay_pacing pacing)
{
	const struct nt_relay_config cfg = {
		.workers = p->worker_count,
		.pacing = pacing,
		.rate = p->config->relay.rate,
		.burst = p->config->relay.burst,
		.ring_units = RELAY_UNITS,
		.own_units = RELAY_UNITS,
	};
	p->relay = nt_relay_new(&cfg);
	return p->relay == NULL ? -errno : 0;
}

int
pipeline_make_worker(struct pipeline *p, unsigned int index, struct worker_config cfg)
{
	cfg.config = p->config;
	cfg.index = index;
	cfg.relay = p->relay;
	p->workers[index] = worker_new(&cfg);
	return p->workers[index] == NULL ? -errno : 0;
}

int
pipeline_make_control(struct pipeline *p, struct control_config cfg)
{
	cfg.config = p->config;
	cfg.relay = p->relay;
	cfg.workers = p->workers;
	cfg.worker_count = p->worker_count;
	p->control = control_new(&cfg);
	return p->control == NULL ? -errno : 0;
}

void
pipeline_free(struct pipeline *p)
{
	control_free(p->control);
	for (unsigned int i = 0; i < p->worker_count; i++)
		worker_free(p->workers[i]);
	nt_relay_free(p->relay);
}

void
pipeline_add_workers(struct pipeline *p)
{
	for (unsigned int i = 0; i < p->worker_count; i++)
		lcores_add(&p->lcores, worker_main, p->workers[i]);
}

int
pipeline_failed(const struct pipeline *p, int code, struct nt_error *err)
{
	return nt_error_set(err, code,
		"can't make tables and rings for %u workers: %s; lower flow.max, names.max_* or "
		"the number of workers",
		p->worker_count, strerror(-code));
}
