/* SPDX-License-Identifier: BSD-3-Clause */
/* What DHCPv4 and DHCPv6 share: names and addresses of a message. Private to lib/names. */
#ifndef DHCP_NAME_H
#define DHCP_NAME_H

#include <nt_dhcp.h>

/* Add a name that is plain text (RFC 2132 3.14): up to its first NUL, without a dot at its end. */
enum nt_dhcp_reason dhcp_add_text(struct nt_dhcp_message *ret, const uint8_t *bytes, size_t len);

/* Add a name of labels (RFC 1035 3.1), uncompressed; without a root it is a part (RFC 4702 2.3). */
enum nt_dhcp_reason dhcp_add_labels(struct nt_dhcp_message *ret, const uint8_t *bytes, size_t len);

void dhcp_add_addr(struct nt_dhcp_message *ret, const struct nt_addr *addr);
void dhcp_reset(struct nt_dhcp_message *ret);

#endif
