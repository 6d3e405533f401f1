/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_packet.h"

#include "layers.h"

static const char *const reason_names[] = {
	[NT_PACKET_OK] = "ok",
	[NT_PACKET_CUT_LINK] = "cut_link",
	[NT_PACKET_NOT_IP] = "not_ip",
	[NT_PACKET_CUT_IP] = "cut_ip",
	[NT_PACKET_BAD_IP] = "bad_ip",
	[NT_PACKET_BAD_CHECKSUM] = "bad_checksum",
	[NT_PACKET_CUT_L4] = "cut_l4",
	[NT_PACKET_BAD_L4] = "bad_l4",
	[NT_PACKET_FRAGMENT] = "fragment",
	[NT_PACKET_EXT_LIMIT] = "ext_limit",
	[NT_PACKET_TUNNEL] = "tunnel",
	[NT_PACKET_NO_TRANSPORT] = "no_transport",
};
static_assert(NT_ARRAY_SIZE(reason_names) == NT_PACKET_REASONS, "every reason has a name");

const char *
nt_packet_reason_name(enum nt_packet_reason r)
{
	return (unsigned int)r < NT_PACKET_REASONS ? reason_names[r] : "unknown";
}

/*
 * memset of 112 bytes becomes `rep stosq` for a generic x86-64, which costs some 30 cycles to
 * start: seven stores of 16 bytes instead.
 */
typedef uint64_t two_words __attribute__((vector_size(16), aligned(8), may_alias));
static_assert(sizeof(struct nt_packet) % sizeof(two_words) == 0, "cleared by 16 bytes");

static inline void
clear(struct nt_packet *p)
{
	two_words *w = (two_words *)p;

	for (size_t i = 0; i < sizeof(*p) / sizeof(*w); i++)
		w[i] = (two_words){ 0 };
}

static enum nt_packet_reason
decode_layers(struct nt_packet *p, struct nt_layers *l, int dlt)
{
	enum nt_packet_reason reason = nt_link_decode(p, l, dlt);

	if (nt_likely(reason == NT_PACKET_OK))
		reason = nt_ip_decode(p, l);
	if (nt_likely(reason == NT_PACKET_OK))
		reason = nt_l4_decode(p, l);
	return reason;
}

enum nt_packet_reason
nt_packet_decode(
	struct nt_packet *ret, const uint8_t *data, uint32_t cap_len, uint32_t wire_len, int dlt)
{
	struct nt_layers l = {
		.pos = data,
		.left = cap_len,
		.wire_left = NT_MAX(wire_len, cap_len),
	};
	enum nt_packet_reason reason;

	clear(ret);
	reason = decode_layers(ret, &l, dlt);
	ret->reason = (uint8_t)reason;
	return reason;
}

bool
nt_packet_find_ends(struct nt_packet_ends *ret, const uint8_t *data, uint32_t cap_len, int dlt)
{
	/* The wire's length decides only whether a packet counts, not whose it is. */
	struct nt_layers l = { .pos = data, .left = cap_len, .wire_left = UINT32_MAX };
	struct nt_packet p;

	clear(&p);
	if (nt_link_decode(&p, &l, dlt) == NT_PACKET_OK)
		(void)nt_ip_decode(&p, &l);
	ret->src = p.src;
	ret->dst = p.dst;
	return p.src.family != NT_FAMILY_NONE;
}
