/* SPDX-License-Identifier: BSD-3-Clause */
/* GTPv1, user plane and control plane (3GPP TS 29.281, 29.060): IP in messages of one type. */
#include "encap.h"

#define GTP_HEADER 8
#define GTP_OPTION 4 /* sequence number, N-PDU number, type of the first extension */
#define GTP_USER   255 /* G-PDU: the message with a packet in it */

#define FLAG_EXTENSION 0x04
#define FLAGS_OPTION   0x07
#define FLAG_PROTOCOL  0x10 /* GTP, not GTP' */

/*
 * Extensions in units of four bytes, the last of which is the type of the next; none is shorter
 * than one unit, so the packet's end is the bound. False where they are not all there.
 */
static bool
skip_extensions(struct nt_encap_bytes *b)
{
	uint8_t next;

	do {
		uint32_t len = b->len > 0 ? 4u * b->at[0] : 0;

		if (len == 0 || b->len < len)
			return false;
		next = b->at[len - 1];
		nt_encap_bytes_step(b, len);
	} while (next != 0);
	return true;
}

static bool
skip_header(struct nt_encap_bytes *b)
{
	uint32_t header = GTP_HEADER;
	uint8_t flags;

	if (b->len < GTP_HEADER)
		return false;
	flags = b->at[0];
	header += flags & FLAGS_OPTION ? GTP_OPTION : 0;
	if (b->len < header)
		return false;
	nt_encap_bytes_step(b, header);
	return !(flags & FLAG_EXTENSION) || skip_extensions(b);
}

/* The message's own length is not asked: the packet inside has to end where UDP's payload does. */
void
nt_encap_gtpv1(struct nt_encap *e, struct nt_encap_bytes b)
{
	const uint8_t *h = b.at;
	unsigned int version;

	e->verdict = NT_ENCAP_VIOLATES;
	if (!skip_header(&b) || h[0] >> 5 != 1)
		return;
	if (!(h[0] & FLAG_PROTOCOL) || h[1] != GTP_USER) {
		e->verdict = NT_ENCAP_SILENT;
		return;
	}
	if (b.len < NT_IPV4_MIN)
		return;
	version = b.at[0] >> 4;
	if ((version != 4 && version != 6) || nt_encap_inner_ip(&b, version) != NT_INNER_FITS)
		return;
	e->verdict = NT_ENCAP_CONFIRMS;
	nt_encap_open(e, &b, NT_LINK_RAW);
}
