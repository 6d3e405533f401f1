/* SPDX-License-Identifier: BSD-3-Clause */
#include <nt_mem.h>

#include "departures.h"

size_t
departures_bytes(void)
{
	return nt_mem_mapped(DEPARTURES_MAX * sizeof(struct departure));
}

int
departures_init(struct departures *d)
{
	*d = (struct departures){ 0 };
	d->ring = nt_mem_map(DEPARTURES_MAX * sizeof(*d->ring));
	return d->ring == NULL ? -errno : 0;
}

void
departures_fini(struct departures *d)
{
	nt_mem_unmap(d->ring, DEPARTURES_MAX * sizeof(*d->ring));
	d->ring = NULL;
}

static struct departure *
at(const struct departures *d, uint64_t number)
{
	return &d->ring[number % DEPARTURES_MAX];
}

void
departures_add(struct departures *d, uint64_t position, int64_t departs_ns)
{
	if (d->begin != d->end && at(d, d->end - 1)->position == position)
		d->end--;
	*at(d, d->end++) = (struct departure){ .position = position, .departs_ns = departs_ns };
	if (d->end - d->begin > DEPARTURES_MAX)
		d->begin = d->end - DEPARTURES_MAX;
}

int64_t
departures_find(const struct departures *d, uint64_t position)
{
	uint64_t low = d->begin, high = d->end;
	while (low < high) {
		const uint64_t middle = low + (high - low) / 2;
		if (at(d, middle)->position < position)
			low = middle + 1;
		else
			high = middle;
	}
	return low != d->end && at(d, low)->position == position ? at(d, low)->departs_ns
								 : INT64_MIN;
}
