/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Community ID v1 (github.com/corelight/community-id-spec): the same text for the two directions of
 * a flow, and in every tool that writes it. One context per thread: it holds libcrypto's SHA-1.
 * Making one costs a SHA-1 of one block; nothing is allocated but by nt_community_id_new.
 */
#ifndef NT_COMMUNITY_ID_H
#define NT_COMMUNITY_ID_H

#include <nt_addr.h>
#include <nt_base.h>

#define NT_COMMUNITY_ID_BYTES 20
/* "1:", base64, NUL. */
#define NT_COMMUNITY_ID_STRLEN 31

struct nt_community_id;

/* Ports in host order; of ICMP and ICMPv6 type, and type of the answer or else code, as in
 * conn.log. */
struct nt_community_id_flow {
	struct nt_addr orig_h, resp_h;
	uint16_t orig_p, resp_p;
	uint8_t ip_proto;
};

/* seed: that of the site, 0 by default. NULL and errno (ENOMEM, ENOTSUP: libcrypto has no SHA-1).
 */
struct nt_community_id *nt_community_id_new(uint16_t seed);
void nt_community_id_free(struct nt_community_id *c); /* NULL is fine */

/*
 * False where there is none: addresses of two families or of none, SCTP without ports, or libcrypto
 * failed.
 */
bool nt_community_id_make(struct nt_community_id *c, const struct nt_community_id_flow *f,
	uint8_t ret[NT_COMMUNITY_ID_BYTES]);

/* Its text; returns the length without the NUL, always the same. */
size_t nt_community_id_format(
	const uint8_t id[NT_COMMUNITY_ID_BYTES], char out[NT_COMMUNITY_ID_STRLEN]);

#endif
