/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_TRUTH_H
#define TG_TRUTH_H

/* What really happened, as JSON lines: the connections and the DNS responses. */

#include <stdio.h>

#include "dns_msg.h"
#include "flow.h"

struct tg_truth {
	FILE *conns, *dns; /* NULL: not wanted */
	bool nanoseconds;
};

/* What a DNS response is besides its contents. */
struct tg_response {
	bool repeat;
	bool hidden; /* to a shared resolver */
	const char *spoofed; /* why it must name nothing, or NULL */
};

/* Beside OUT.pcap: OUT.truth.conns.jsonl and OUT.truth.dns.jsonl. 0 or -errno. */
int tg_truth_open(struct tg_truth *t, const char *pcap_path, bool nanoseconds);
/* 0 or -EIO. */
int tg_truth_close(struct tg_truth *t);

/* said: the server name that was in sight, or NULL. */
void tg_truth_conn(struct tg_truth *t, const struct tg_flow *f, const struct tg_names *names,
	const char *kind, const char *said);
void tg_truth_response(struct tg_truth *t, const struct tg_flow *f, const struct tg_dns *d,
	const struct tg_response *r);

#endif
