/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * quic_hellos CAPTURE: the ClientHellos of its QUIC connections, a line each: protocol version,
 * source, its port, destination, its port, and the handshake message in hexadecimal.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <pcap/pcap.h>

#include <nt_packet.h>
#include <nt_quic.h>

#define FLOWS 65536

/* By number; UDP flows are told apart by a hash that is good enough for a test. */
struct flow {
	uint64_t id;
	unsigned int seen;
	bool waiting, decided;
};

static struct flow flows[FLOWS];
static const struct nt_hash_key key = { { 1, 2, 3, 4 } };

static struct flow *
flow_of(const struct nt_packet *p, unsigned int *ret_direction)
{
	struct {
		struct nt_addr addr[2];
		uint16_t port[2];
	} ends;
	const int order = memcmp(&p->src, &p->dst, sizeof(p->src));
	const unsigned int dir = order > 0 || (order == 0 && p->sport > p->dport);

	memset(&ends, 0, sizeof(ends));
	ends.addr[dir] = p->src;
	ends.addr[!dir] = p->dst;
	ends.port[dir] = p->sport;
	ends.port[!dir] = p->dport;
	*ret_direction = dir;
	const uint64_t id = nt_siphash64(&key, &ends, sizeof(ends)) | 1;
	for (uint64_t i = id, tries = 0; tries < FLOWS; i++, tries++) {
		struct flow *f = &flows[i % FLOWS];

		if (f->id == 0)
			f->id = id;
		if (f->id == id)
			return f;
	}
	return NULL;
}

static void
print_hello(const struct nt_packet *p, const struct nt_quic_result *r)
{
	char src[NT_ADDR_STRLEN], dst[NT_ADDR_STRLEN];

	nt_addr_format(&p->src, src);
	nt_addr_format(&p->dst, dst);
	printf("%08x\t%s\t%u\t%s\t%u\t", r->version, src, p->sport, dst, p->dport);
	for (size_t i = 0; i < r->hello_len; i++)
		printf("%02x", r->hello[i]);
	putchar('\n');
}

static void
take(struct nt_quic *q, const struct nt_packet *p)
{
	struct nt_quic_result r;
	unsigned int dir;
	struct flow *f = flow_of(p, &dir);

	if (f == NULL || f->decided || p->payload_captured == 0)
		return;
	if (f->waiting || nt_quic_may_begin(p->payload, p->payload_captured)) {
		const enum nt_quic_verdict v =
			nt_quic_datagram(q, f->id, dir, p->payload, p->payload_captured, 0, &r);

		f->waiting = v == NT_QUIC_MORE;
		f->decided = !f->waiting;
		if (v == NT_QUIC_DONE)
			print_hello(p, &r);
	} else if (++f->seen >= NT_QUIC_DATAGRAMS_MAX) {
		f->decided = true;
	}
}

int
main(int argc, char **argv)
{
	const struct nt_quic_config cfg = { .connections = 1024 };
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
	struct nt_quic *q = nt_quic_new(&cfg, &key);
	struct pcap_pkthdr *h;
	const uint8_t *data;
	struct nt_packet p;

	if (pcap == NULL || q == NULL)
		return 1;
	while (pcap_next_ex(pcap, &h, &data) == 1) {
		if (nt_packet_decode(&p, data, h->caplen, h->len, pcap_datalink(pcap)) ==
				NT_PACKET_OK &&
			p.proto == IPPROTO_UDP)
			take(q, &p);
	}
	nt_quic_free(q);
	pcap_close(pcap);
	return 0;
}
