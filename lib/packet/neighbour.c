/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_neighbour.h"

#include <nt_cursor.h>

/* RFC 826; hardware types: Ethernet, IEEE 802 */
#define ARP_ETHERNET 1
#define ARP_IEEE_802 6
#define ARP_IPV4     0x0800
#define ARP_REQUEST  1
#define ARP_REPLY    2

/* RFC 4861 4 */
enum {
	ND_ROUTER_SOLICIT = 133,
	ND_ROUTER_ADVERT = 134,
	ND_SOLICIT = 135,
	ND_ADVERT = 136,
};

#define ND_SOURCE_LINK 1
#define ND_TARGET_LINK 2
#define ND_HOP_LIMIT   255 /* nobody has forwarded it */
#define ND_IS_ROUTER   0x80 /* R of an advertisement, in the fifth octet */
#define ND_TIMERS      8 /* of a router advertisement, behind the first eight octets */
#define ND_TARGET      16

static bool
take(struct nt_neighbour *ret, const uint8_t *mac, const struct nt_addr *addr)
{
	if (mac == NULL || !nt_mac_is_host(mac) || nt_addr_is_unusable(addr))
		return false;
	memcpy(ret->mac, mac, sizeof(ret->mac));
	ret->addr = *addr;
	return true;
}

static bool
take_router(struct nt_neighbour *ret, const uint8_t *mac)
{
	if (mac == NULL || !nt_mac_is_host(mac))
		return false;
	memcpy(ret->mac, mac, sizeof(ret->mac));
	ret->router = true;
	return true;
}

static bool
parse_arp(struct nt_neighbour *ret, const struct nt_packet *p)
{
	struct nt_cursor c = nt_cursor_init(p->payload, p->payload_captured);
	const uint16_t hardware = nt_cursor_u16(&c), protocol = nt_cursor_u16(&c);
	const uint8_t hardware_len = nt_cursor_u8(&c), protocol_len = nt_cursor_u8(&c);
	const uint16_t op = nt_cursor_u16(&c);
	const uint8_t *mac = nt_cursor_bytes(&c, NT_MAC_BYTES);
	const uint8_t *ip = nt_cursor_bytes(&c, 4);

	if (c.bad || (hardware != ARP_ETHERNET && hardware != ARP_IEEE_802) ||
		protocol != ARP_IPV4 || hardware_len != NT_MAC_BYTES || protocol_len != 4 ||
		(op != ARP_REQUEST && op != ARP_REPLY))
		return false;
	const struct nt_addr addr = nt_addr_v4(ip);
	return take(ret, mac, &addr);
}

/*
 * The link address in the first option of that type. An option's length is in units of eight
 * octets, its own two included; 0 makes the message invalid (4.6), hence at most as many rounds as
 * it has units. False where the message is malformed.
 */
static bool
find_link(struct nt_cursor c, unsigned int type, const uint8_t **ret_mac)
{
	*ret_mac = NULL;
	while (nt_cursor_left(&c) > 0) {
		const unsigned int found = nt_cursor_u8(&c);
		const unsigned int len = nt_cursor_u8(&c);
		const uint8_t *data = len == 0 ? NULL : nt_cursor_bytes(&c, 8 * len - 2);

		if (data == NULL)
			return false;
		if (found == type && len == 1 && *ret_mac == NULL)
			*ret_mac = data;
	}
	return !c.bad;
}

static const uint8_t *
frame_source(const struct nt_packet *p)
{
	return p->mac != NULL ? p->mac + NT_MAC_BYTES : NULL;
}

static bool
parse_advert(struct nt_neighbour *ret, const struct nt_packet *p, struct nt_cursor c)
{
	const uint8_t *target = nt_cursor_bytes(&c, ND_TARGET), *mac;

	if (target == NULL || !find_link(c, ND_TARGET_LINK, &mac))
		return false;
	if ((p->l4[4] & ND_IS_ROUTER) != 0)
		return take_router(ret, mac != NULL ? mac : frame_source(p));
	const struct nt_addr addr = nt_addr_v6(target);
	return take(ret, mac, &addr);
}

static bool
parse_nd(struct nt_neighbour *ret, const struct nt_packet *p)
{
	const uint8_t *mac;

	/* Nothing in it, cut short, or not valid by 6.1.1 to 7.1.2. */
	if (p->payload == NULL || p->ttl != ND_HOP_LIMIT || p->icmp_code != 0 ||
		p->payload_captured != p->payload_len ||
		(p->flags & (NT_PKT_BAD_CHECKSUM | NT_PKT_FRAG_FIRST)) != 0)
		return false;
	struct nt_cursor c = nt_cursor_init(p->payload, p->payload_captured);
	if (p->icmp_type == ND_ADVERT)
		return parse_advert(ret, p, c);
	if (p->icmp_type != ND_ROUTER_SOLICIT)
		nt_cursor_skip(&c, p->icmp_type == ND_SOLICIT ? ND_TARGET : ND_TIMERS);
	if (c.bad || !find_link(c, ND_SOURCE_LINK, &mac))
		return false;
	if (p->icmp_type == ND_ROUTER_ADVERT)
		return take_router(ret, mac != NULL ? mac : frame_source(p));
	return take(ret, mac, &p->src);
}

bool
nt_neighbour_parse(struct nt_neighbour *ret, const struct nt_packet *p)
{
	memset(ret, 0, sizeof(*ret));
	if (nt_neighbour_is_arp(p))
		return parse_arp(ret, p);
	return p->reason == NT_PACKET_OK && nt_neighbour_is_nd(p) && parse_nd(ret, p);
}
