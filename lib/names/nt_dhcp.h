/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DHCPv4 (RFC 2131, RFC 2132, RFC 4702) and DHCPv6 (RFC 8415, RFC 4704): which name the host has
 * that an address was leased to, and (DHCPv4's ACK) which link address. Only messages that carry
 * name and address together count, for a client's and a server's travel on different address pairs,
 * which are never joined: a server's ACK or Reply (given), a client's REQUEST, INFORM, Request,
 * Renew or Rebind (asked: the server may still refuse). Untrusted bytes: options are bounded by the
 * message; long options are joined (RFC 3396) up to 255 octets; relay messages are nested at most 8
 * deep (HOP_COUNT_LIMIT). Whatever breaks a rule drops the whole message. No state, no allocation,
 * any thread.
 */
#ifndef NT_DHCP_H
#define NT_DHCP_H

#include <nt_addr.h>
#include <nt_base.h>

#define NT_DHCP_NAME_MAX   255
#define NT_DHCP_NAMES_MAX  2 /* host name, client FQDN */
#define NT_DHCP_ADDRS_MAX  8 /* of a client over all its IAs */
#define NT_DHCP_RELAYS_MAX 8

enum nt_dhcp_reason {
	NT_DHCP_OK, /* there is an address, and a name or a link address */
	NT_DHCP_NOTHING, /* well-formed, without a name or an address, or of a kind that gives none
			  */
	NT_DHCP_SHORT,
	NT_DHCP_COOKIE, /* BOOTP, or no DHCP at all */
	NT_DHCP_OPTION, /* an option of a wrong length */
	NT_DHCP_NAME, /* a name that is too long, or not of its encoding */
	NT_DHCP_RELAY, /* nested too deep */
	NT_DHCP_REASONS
};

struct nt_dhcp_name {
	uint16_t len;
	char text[NT_DHCP_NAME_MAX + 1]; /* lower case, no NUL */
};

struct nt_dhcp_message {
	bool asked; /* said by the client, which may not get the address */
	bool has_mac; /* of addrs[0]: a server's ACK says so, to a client on Ethernet */
	uint8_t mac[6];
	uint32_t lease_sec; /* 0 where it is not told */
	unsigned int addr_count, name_count;
	struct nt_addr addrs[NT_DHCP_ADDRS_MAX];
	struct nt_dhcp_name names[NT_DHCP_NAMES_MAX]; /* different ones */
	unsigned int refused; /* unusable addresses, and those beyond the bound */
};

/*
 * *ret is filled where OK is returned. A DHCPv6 client's DUID is not looked into: it may be made of
 * another interface's link address, and is opaque (RFC 8415 11).
 */
enum nt_dhcp_reason nt_dhcp_parse(struct nt_dhcp_message *ret, const uint8_t *msg, size_t len);
enum nt_dhcp_reason nt_dhcp6_parse(struct nt_dhcp_message *ret, const uint8_t *msg, size_t len);

/* Shorter messages are none. */
#define NT_DHCP_BYTES_MIN 240

/*
 * Does a message show that a connection speaks DHCPv4, as Zeek's analyzer sees it: the cookie, and
 * options up to their end. What they say does not matter.
 */
bool nt_dhcp_confirm(const uint8_t *msg, size_t len);

#endif
