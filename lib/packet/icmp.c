/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_packet.h"

#define COUNTERPART	  0x100
#define PAIR(ask, answer) [ask] = COUNTERPART | (answer), [answer] = COUNTERPART | (ask)

/* Requests and replies; what is not in the table has no counterpart. */
static const uint16_t icmp4_pairs[256] = {
	PAIR(8, 0), /* echo */
	PAIR(10, 9), /* router solicitation, advertisement */
	PAIR(13, 14), /* timestamp */
	PAIR(15, 16), /* information */
	PAIR(17, 18), /* address mask */
};

static const uint16_t icmp6_pairs[256] = {
	PAIR(128, 129), /* echo */
	PAIR(130, 131), /* multicast listener query, report */
	PAIR(133, 134), /* router solicitation, advertisement */
	PAIR(135, 136), /* neighbour solicitation, advertisement */
	PAIR(139, 140), /* node information */
	PAIR(144, 145), /* home agent address discovery */
};

void
nt_icmp_ports(struct nt_packet *p, bool v6)
{
	uint16_t pair = (v6 ? icmp6_pairs : icmp4_pairs)[p->icmp_type];

	p->sport = p->icmp_type;
	if (pair & COUNTERPART) {
		p->dport = pair & 0xff;
	} else {
		p->dport = p->icmp_code;
		p->flags |= NT_PKT_ONE_WAY;
	}
}
