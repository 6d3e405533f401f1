/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether a message shows that a connection speaks DNS, as Zeek's DNS analyzer sees it: for the
 * service of conn.log, nothing else. It is laxer than nt_dns_parse (names may be cut, labels of any
 * kind; authority and additional records are not looked at) and stricter here and there (a record
 * without data ends it). No state, no allocation, any thread; linear in the message's length.
 */
#ifndef NT_DNS_CONFIRM_H
#define NT_DNS_CONFIRM_H

#include <nt_base.h>

enum nt_dns_confirm {
	NT_DNS_CONFIRM_NO, /* tells nothing */
	NT_DNS_CONFIRM_YES,
	NT_DNS_CONFIRM_OPCODE, /* an operation that Zeek doesn't know: 'X' in the history */
	NT_DNS_CONFIRM_VIOLATION, /* it is no DNS */
};

#define NT_DNS_CONFIRM_QUESTIONS_MAX 25 /* Zeek's dns_max_queries */

/* Bounded work: of a message with very many names and records it is NO. netbios: the responder's
 * port is 137; names and records are a little different there. */
enum nt_dns_confirm nt_dns_confirm(const uint8_t *msg, size_t len, bool netbios);

#endif
