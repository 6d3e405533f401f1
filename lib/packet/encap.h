/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What opens a tunnel: the bytes behind the headers so far, and whether a packet is in them.
 * Private to lib/packet. None of it trusts a length.
 */
#ifndef NT_PACKET_ENCAP_H
#define NT_PACKET_ENCAP_H

#include "layers.h"
#include "nt_encap.h"

/* GRE's protocol for it, and Geneve's. */
#define NT_ETHERTYPE_BRIDGING 0x6558

struct nt_encap_bytes {
	const uint8_t *at;
	uint32_t len; /* captured */
	uint32_t beyond; /* bytes that the wire had behind those */
};

/* An IP packet that must be exactly as long as what it lies in. */
enum nt_inner_ip {
	NT_INNER_FITS,
	NT_INNER_VERSION, /* another one, or too short to have any */
	NT_INNER_SHORT, /* there is less than its header says */
	NT_INNER_LONG, /* there is more */
};
enum nt_inner_ip nt_encap_inner_ip(const struct nt_encap_bytes *b, unsigned int version);

static inline void
nt_encap_bytes_step(struct nt_encap_bytes *b, uint32_t len)
{
	b->at += len;
	b->len -= len;
}

/* The packet is what is left of *b. */
static inline void
nt_encap_open(struct nt_encap *e, const struct nt_encap_bytes *b, int link)
{
	e->kind = NT_ENCAP_TUNNEL;
	e->inner = b->at;
	e->inner_cap_len = b->len;
	e->inner_wire_len = b->len + b->beyond;
	e->inner_link = link;
}

/* Each leaves kind as it is, NT_ENCAP_NONE, where there is no packet inside. */
void nt_encap_ip(struct nt_encap *e, struct nt_encap_bytes b);
void nt_encap_gre(struct nt_encap *e, struct nt_encap_bytes b);
void nt_encap_udp(struct nt_encap *e, const struct nt_encap_config *cfg, const struct nt_layers *l);
void nt_encap_vxlan(struct nt_encap *e, struct nt_encap_bytes b);
void nt_encap_geneve(struct nt_encap *e, struct nt_encap_bytes b);
void nt_encap_ayiya(struct nt_encap *e, struct nt_encap_bytes b);
void nt_encap_teredo(struct nt_encap *e, struct nt_encap_bytes b);
void nt_encap_gtpv1(struct nt_encap *e, struct nt_encap_bytes b);

/* What they look like, on a port that says nothing. */
bool nt_encap_is_ayiya(const struct nt_encap_bytes *b);
bool nt_encap_is_teredo(const struct nt_encap_bytes *b);

/* True where the packet is part of a datagram, captured whole. */
bool nt_encap_fragment(struct nt_fragment *ret, const struct nt_packet *p,
	const struct nt_layers *l, const uint8_t *data);

#endif
