/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is a capture file, read by the whole sensor with everything on. The two words of a
 * classic capture's header that no reader looks at (time zone and accuracy) choose the rest: how
 * many workers, live or not, caps so small that they are reached, the log's format. What must hold
 * is what the command checks at its end (app/summary.h), and that the same capture gives the same
 * records with one worker more, as long as no cap was reached.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <summary.h>

#include "worker_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX  (16 * 1024)
#define CHOICES_AT 8 /* in the header: draft-ietf-opsawg-pcap 4 */

enum {
	CHOOSE_WORKERS = 3,
	CHOOSE_LIVE = 1 << 2,
	CHOOSE_CAPS = 1 << 3,
	CHOOSE_TSV = 1 << 4,
	CHOOSE_COLUMNS = 1 << 5,
	CHOOSE_ACCEPT = 1 << 6,
	CHOOSE_VERIFY = 1 << 7,
};

/* The smallest record of a packet that begins a connection, and half of it. */
#define PACKET_MIN 40

/* More than an input of so many bytes can fill. */
static uint32_t
most_of(size_t size)
{
	uint32_t n = 64;
	while (n < size / PACKET_MIN)
		n *= 2;
	return n;
}

/* Tables small enough to be made for each input, and with CHOOSE_CAPS to be full. */
static void
configure(struct nt_config *c, unsigned int choices, size_t size)
{
	static struct nt_config defaults;
	static bool made;
	const bool caps = (choices & CHOOSE_CAPS) != 0;
	const uint32_t most = most_of(size);
	if (!made)
		nt_config_default(&defaults);
	made = true;
	*c = defaults;
	c->flow.max = caps ? 16 : most;
	c->fragments.max_datagrams = caps ? 16 : 64;
	c->fragments.max_bytes = 1 << 20;
	c->tunnel.max = caps ? 16 : 256;
	c->names.max_dns_streams = caps ? 1 : 16;
	c->names.max_queries = caps ? 16 : most;
	c->names.quic_max = caps ? 1 : 16;
	c->names.max_mappings = c->names.max_addresses = c->names.max_names = caps ? 16 : most;
	c->names.max_name_bytes = 65536;
	c->names.max_per_address = caps ? 4 : most;
	c->names.max_asserted = caps ? 16 : most;
	c->notice.max_told = c->notice.max_clients = c->notice.max_suppressed = caps ? 16 : most;
	c->notice.warm_up_ns = 0;
	c->hosts.max_links = caps ? 16 : most;
	c->stats.interval_ns = NT_SEC(1);
	c->log.format = (choices & CHOOSE_TSV) != 0 ? NT_CONFIG_TSV : NT_CONFIG_JSON;
	c->log.community_id = c->log.vlan = c->log.l2_addr = (choices & CHOOSE_COLUMNS) != 0;
	if ((choices & CHOOSE_ACCEPT) != 0)
		c->names.unsolicited = NT_CONFIG_UNSOLICITED_ACCEPT;
	if ((choices & CHOOSE_VERIFY) != 0)
		c->checksums = NT_CONFIG_CHECKSUMS_VERIFY;
}

static void
check_sums(const struct line_result *r, unsigned int workers)
{
	const struct nt_sink_stats sink = {
		.lines_written = { [NT_LOG_CONN] = r->conns, [NT_LOG_NOTICE] = r->notices },
	};
	const struct summary s = { .dir = "",
		.workers = workers,
		.packets_read = r->packets,
		.counters = &r->counters,
		.sink = &sink };
	if (summary_check(stderr, &s) != 0)
		abort();
}

/* Even of tables of this size some may be full: what the number of workers changes then. */
static bool
is_capped(const struct line_result *r)
{
	static const enum nt_counter caps[] = { NT_COUNTER_MAPPINGS_EVICTED, NT_COUNTER_LOOKUPS_CUT,
		NT_COUNTER_CONN_EXTRA_EXHAUSTED, NT_COUNTER_CONN_LINK_EXHAUSTED,
		NT_COUNTER_MAPPINGS_SHED_OUT, NT_COUNTER_FACTS_SHED, NT_COUNTER_DNS_STREAM_REFUSED,
		NT_COUNTER_DATAGRAMS_EVICTED };
	uint64_t n = 0;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(caps); i++)
		n += nt_counter_read(&r->counters, caps[i]);
	return n != 0;
}

static void
check_capture(const char *path, unsigned int choices, size_t size)
{
	static struct nt_config cfg;
	static struct line_result one, more;
	struct line_options options = { .workers = 1 + choices % CHOOSE_WORKERS,
		.live = (choices & CHOOSE_LIVE) != 0 };
	configure(&cfg, choices, size);
	if (!line_run(path, &cfg, &options, &one))
		return;
	check_sums(&one, options.workers);
	if ((choices & (CHOOSE_LIVE | CHOOSE_CAPS)) != 0)
		return;
	options.workers++;
	if (!line_run(path, &cfg, &options, &more))
		abort();
	check_sums(&more, options.workers);
	if (is_capped(&one) || is_capped(&more))
		return;
	if (one.conns != more.conns || one.notices != more.notices || one.digest != more.digest)
		abort();
}

/* A file in memory, the same one for all inputs. */
static const char *
put_input(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static char path[64];
	if (fd < 0) {
		fd = memfd_create("capture", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	return path;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size <= CHOICES_AT)
		return 0;
	size = NT_MIN(size, (size_t)INPUT_MAX);
	check_capture(put_input(data, size), data[CHOICES_AT], size);
	return 0;
}
