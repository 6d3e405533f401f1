/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_LOCAL_MSG_H
#define TG_LOCAL_MSG_H

/* Builds messages in which hosts tell their names to their network. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TG_LOCAL_MAX	 400
#define TG_HOST_NAME_MAX 16 /* with the final NUL; NetBIOS has 15 characters */

/* A host; v4 and v6 are NULL or its addresses. */
struct tg_self {
	char name[TG_HOST_NAME_MAX];
	const uint8_t *v4, *v6;
	uint8_t mac[6];
	uint32_t id;
};

/* Each writes at most TG_LOCAL_MAX bytes and returns the length. */
/* Multicast DNS, RFC 6762: an announcement of NAME.local, with the cache-flush bit. */
size_t tg_local_mdns(const struct tg_self *s, uint8_t *out);
/* RFC 4795: the question for NAME, or the answer. */
size_t tg_local_llmnr(const struct tg_self *s, bool answer, uint8_t *out);
/* RFC 1002, 4.2.2: registration of the unique name NAME<00>. */
size_t tg_local_nbns(const struct tg_self *s, uint8_t *out);
/* RFC 2131: the request that renews a lease, and the ACK, with options 12 and 81 (RFC 4702). */
size_t tg_local_dhcp(const struct tg_self *s, bool ack, uint8_t *out);

#endif
