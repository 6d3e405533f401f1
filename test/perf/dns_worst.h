/* SPDX-License-Identifier: BSD-3-Clause */
/* DNS messages made to cost as much as they can, up to 64 KiB each. */
#ifndef DNS_WORST_H
#define DNS_WORST_H

#include <nt_dns.h>

struct message {
	size_t len;
	uint8_t bytes[UINT16_MAX];
};

struct dns_worst {
	const char *name;
	void (*make)(struct message *w);
	enum nt_dns_mode mode;
};

extern const struct dns_worst dns_worst[]; /* the last one has no name */

#endif
