/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory that a configuration takes once its tables are full, table by table, without making any:
 * each table says it itself (nt_x_bytes beside nt_x_new). Tables are touched on first use, so a
 * sensor begins with far less. Owner: the caller. Any thread.
 */
#ifndef BUDGET_H
#define BUDGET_H

#include <stdio.h>

#include <nt_config.h>

#define BUDGET_ROWS_MAX 32

struct budget_row {
	const char *what; /* static */
	uint64_t entries; /* of one table; 0: it has none to speak of */
	size_t bytes; /* of one table */
	unsigned int copies; /* one of each worker, or one */
};

struct budget {
	unsigned int count;
	struct budget_row rows[BUDGET_ROWS_MAX];
	size_t dpdk_bytes; /* pools and rings of DPDK: on huge pages where lcores.huge is set */
};

void budget_add(
	struct budget *b, const char *what, uint64_t entries, size_t bytes, unsigned int copies);

/* Of a worker, and of all of them; worker_budget.c. */
void worker_budget(struct budget *b, const struct nt_config *c);

/* Of a live sensor: workers, what is between them, and dpdk_mb of DPDK's. */
void budget_live(struct budget *ret, const struct nt_config *c, unsigned int dpdk_mb);

/* All rows, without DPDK's. */
size_t budget_tables_bytes(const struct budget *b);

/* A line for each table. */
void budget_print(FILE *out, const struct budget *b);

#endif
