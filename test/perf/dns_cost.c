/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dns_cost CAPTURE: what DNS messages cost, under callgrind (test_dns_cost.py runs and reads it).
 * First the responses in a capture (Ethernet, UDP port 53), to find the median one; then messages
 * of up to 64 KiB made to cost as much as they can. For each, everything that lib/names does with a
 * message is collected and dumped under its name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>
#include <valgrind/callgrind.h>

#include <nt_dns.h>
#include <nt_dns_confirm.h>
#include <nt_packet.h>

#include "dns_worst.h"

#define RESPONSES 301 /* of the capture */

static volatile uint64_t sink;

static void
cost_of(const char *name, const struct message *w, enum nt_dns_mode mode)
{
	static struct nt_dns_message m;
	/* The message ends where its memory ends. */
	uint8_t *bytes = malloc(w->len);

	if (bytes == NULL)
		exit(1);
	memcpy(bytes, w->bytes, w->len);
	CALLGRIND_ZERO_STATS;
	CALLGRIND_TOGGLE_COLLECT;
	sink += nt_dns_confirm(bytes, w->len, false);
	const enum nt_dns_reason reason = nt_dns_parse(&m, bytes, w->len, mode);
	sink += nt_dns_question_digest(&m) + nt_dns_answers_digest(&m);
	CALLGRIND_TOGGLE_COLLECT;
	CALLGRIND_DUMP_STATS_AT(name);
	printf("%s\t%zu\t%s\t%u\n", name, w->len, nt_dns_reason_name(reason), m.answer_count);
	free(bytes);
}

static bool
is_response(const struct nt_packet *p)
{
	return p->reason == NT_PACKET_OK && p->proto == 17 && p->sport == 53 &&
	       p->payload_captured > 12 && p->payload_captured == p->payload_len;
}

static int
cost_of_responses(const char *path)
{
	static struct message w;
	char why[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const u_char *data;
	unsigned int n = 0;
	pcap_t *in = pcap_open_offline(path, why);

	if (in == NULL) {
		fprintf(stderr, "dns_cost: %s\n", why);
		return -1;
	}
	while (n < RESPONSES && pcap_next_ex(in, &h, &data) == 1) {
		struct nt_packet p;
		nt_packet_decode(&p, data, h->caplen, h->len, NT_LINK_ETHERNET);
		if (!is_response(&p))
			continue;
		memcpy(w.bytes, p.payload, p.payload_captured);
		w.len = p.payload_captured;
		cost_of("response", &w, NT_DNS_UNICAST);
		n++;
	}
	pcap_close(in);
	return n > 0 ? 0 : -1;
}

int
main(int argc, char **argv)
{
	static struct message w;

	if (argc != 2 || cost_of_responses(argv[1]) != 0)
		return 2;
	for (unsigned int i = 0; dns_worst[i].name != NULL; i++) {
		w.len = 0;
		dns_worst[i].make(&w);
		cost_of(dns_worst[i].name, &w, dns_worst[i].mode);
	}
	return 0;
}
