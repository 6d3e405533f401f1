/* SPDX-License-Identifier: BSD-3-Clause */
#include "budget.h"

#include <assert.h>
#include <inttypes.h>

#include <nt_mem.h>
#include <nt_relay.h>

#include "distribute.h"
#include "record_msg.h"
#include "sizes.h"

#define MIB ((double)(1 << 20))

void
budget_add(struct budget *b, const char *what, uint64_t entries, size_t bytes, unsigned int copies)
{
	assert(b->count < BUDGET_ROWS_MAX);
	b->rows[b->count++] = (struct budget_row){
		.what = what, .entries = entries, .bytes = bytes, .copies = copies
	};
}

void
budget_live(struct budget *ret, const struct nt_config *c, unsigned int dpdk_mb)
{
	const struct nt_relay_config relay = {
		.workers = c->workers, .ring_units = RELAY_UNITS, .own_units = RELAY_UNITS
	};
	*ret = (struct budget){ .dpdk_bytes = (size_t)dpdk_mb << 20 };
	worker_budget(ret, c);
	budget_add(ret, "fragments and tunnels", c->tunnel.max, distribute_bytes(c), c->workers);
	budget_add(ret, "relay", 0, nt_relay_worker_bytes(&relay), c->workers);
	budget_add(ret, "control", 0,
		nt_relay_bytes() + c->workers * nt_msg_reader_bytes(RECORD_MSG_MAX), 1);
	budget_add(
		ret, "text of logs", SINK_BLOCKS, nt_mem_mapped(SINK_BLOCKS * SINK_BLOCK_BYTES), 1);
}

size_t
budget_tables_bytes(const struct budget *b)
{
	size_t sum = 0;
	for (unsigned int i = 0; i < b->count; i++)
		sum += b->rows[i].bytes * b->rows[i].copies;
	return sum;
}

static void
print_row(FILE *out, const struct budget_row *r)
{
	char entries[24] = "", each[24] = "";
	if (r->entries != 0) {
		(void)snprintf(entries, sizeof(entries), "%" PRIu64, r->entries);
		(void)snprintf(each, sizeof(each), "%" PRIu64, (uint64_t)r->bytes / r->entries);
	}
	fprintf(out, "%-26s %10s %8s %10.1f %3u %10.1f\n", r->what, entries, each,
		(double)r->bytes / MIB, r->copies, (double)r->bytes * r->copies / MIB);
}

void
budget_print(FILE *out, const struct budget *b)
{
	const size_t tables = budget_tables_bytes(b);
	fprintf(out, "%-26s %10s %8s %10s %3s %10s\n", "memory at most", "entries", "bytes", "MiB",
		"x", "MiB in all");
	for (unsigned int i = 0; i < b->count; i++)
		print_row(out, &b->rows[i]);
	fprintf(out, "%-26s %10s %8s %10s %3s %10.1f\n", "all tables", "", "", "", "",
		(double)tables / MIB);
	fprintf(out, "%-26s %10s %8s %10s %3s %10.1f\n", "DPDK's pools and rings", "", "", "", "",
		(double)b->dpdk_bytes / MIB);
}
