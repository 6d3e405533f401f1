/* SPDX-License-Identifier: BSD-3-Clause */
#include "worker_gauges.h"

static const struct worker_gauge_info gauges[] = {
#define WORKER_GAUGES_INFO(id, name, key, help) { #name, key, help },
	WORKER_GAUGES(WORKER_GAUGES_INFO)
#undef WORKER_GAUGES_INFO
};

const struct worker_gauge_info *
worker_gauge_info(unsigned int id)
{
	return id < WORKER_GAUGE_COUNT ? &gauges[id] : NULL;
}
