/* SPDX-License-Identifier: BSD-3-Clause */
/* Streams of packets, made from numbers. */
#include <stdio.h>
#include <string.h>

#include "watermark.h"

/* What a packet does, in the digits of a number that stands for a stream. */
static const struct {
	uint8_t maps;
	bool ends;
} kinds[] = { { 0, true }, { 1, false }, { 1, true }, { 0, false }, { 2, false } };

static void
derive(struct scenario *sc)
{
	uint8_t maps[WORKERS] = { 0 }, number = 0;
	memset(sc->count, 0, sizeof(sc->count));
	memset(sc->ended, 0, sizeof(sc->ended));
	memset(sc->known, 0, sizeof(sc->known));
	for (uint8_t p = 1; p <= sc->packets; p++) {
		const unsigned int i = sc->owner[p];
		sc->list[i][sc->count[i]++] = p;
		for (unsigned int m = 0; m < sc->maps[p]; m++) {
			sc->map_position[i][maps[i]] = p;
			sc->map_number[i][maps[i]++] = number++;
		}
		sc->maps_before[i][sc->count[i]] = maps[i];
		if (sc->ends[p])
			sc->end_position[i][sc->ended[i]++] = p;
		sc->known[p] = number;
	}
	sc->known[POS_END] = number;
}

void
scenario_print(const struct scenario *sc)
{
	printf("  packets:");
	for (unsigned int p = 1; p <= sc->packets; p++)
		printf(" %u:w%u%s%s", p, sc->owner[p], sc->ends[p] ? ",ends" : "",
			sc->maps[p] == 0   ? ""
			: sc->maps[p] == 1 ? ",learns"
					   : ",learns twice");
	printf("; buffer %u rx %u burst %u own %u out %u in %u window %u%s\n", sc->buffer,
		sc->rx_ring, sc->burst, sc->own, sc->out_ring, sc->inbox, sc->window,
		sc->paced ? " paced" : "");
}

bool
scenario_make(struct scenario *sc, const struct shape *shape, unsigned int n)
{
	unsigned int maps = 0, ends = 0;
	sc->packets = shape->packets;
	sc->buffer = shape->buffer;
	sc->rx_ring = shape->rx_ring;
	sc->burst = shape->burst;
	sc->own = shape->own;
	sc->out_ring = shape->out_ring;
	sc->inbox = shape->inbox;
	sc->window = shape->window;
	sc->paced = shape->paced;
	for (unsigned int p = 1; p <= shape->packets; p++) {
		sc->owner[p] = n % WORKERS;
		n /= WORKERS;
		sc->maps[p] = kinds[n % shape->kinds].maps;
		sc->ends[p] = kinds[n % shape->kinds].ends;
		n /= shape->kinds;
		maps += sc->maps[p];
		ends += sc->ends[p];
	}
	if (n != 0)
		return false;
	derive(sc);
	return sc->owner[1] == 0 && maps != 0 && ends != 0;
}

unsigned int
scenario_count(const struct shape *shape)
{
	unsigned int n = 1;
	for (unsigned int p = 0; p < shape->packets; p++)
		n *= WORKERS * shape->kinds;
	return n;
}
