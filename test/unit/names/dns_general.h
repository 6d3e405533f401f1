/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parser of DNS messages without what it does in fewer steps for most of them: names label by
 * label, and all answers collected before any is taken. Both must read every message alike.
 */
#ifndef DNS_GENERAL_H
#define DNS_GENERAL_H

#include <nt_dns.h>

enum nt_dns_reason dns_general_parse(
	struct nt_dns_message *ret, const uint8_t *msg, size_t len, enum nt_dns_mode mode);

/* In all that is said of a message. */
bool dns_general_same(const struct nt_dns_message *a, const struct nt_dns_message *b);

#endif
