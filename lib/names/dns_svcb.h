/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Service bindings (RFC 9460): what a SVCB or HTTPS record says of addresses. Private to lib/names.
 */
#ifndef DNS_SVCB_H
#define DNS_SVCB_H

#include "dns_record.h"

struct dns_svcb {
	uint16_t target; /* offset of the TargetName */
	bool alias; /* AliasMode: nothing but the target counts */
	bool self; /* the TargetName is the root: the owner itself, or nobody in AliasMode */
	struct nt_cursor hint4, hint6; /* whole addresses; empty where there are none */
};

/* NT_DNS_OK, RDLENGTH (malformed: the record doesn't count, others may) or WORK. */
enum nt_dns_reason dns_svcb_read(
	struct dns_reader *r, const struct dns_record *rec, struct dns_svcb *ret);

#endif
