/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections that need no lookup, by where they go: an address or network, a port, a protocol, or
 * any of these together. As text:
 *
 *   198.51.100.7   198.51.100.0/24   2001:db8::/32      address or network
 *   :123   123/udp                                      port
 *   tcp                                                 protocol
 *   198.51.100.7:123   198.51.100.0/24:123/udp   198.51.100.7/udp   [2001:db8::1]:53/tcp
 *
 * Constant once filled; any thread.
 */
#ifndef NT_ALLOW_H
#define NT_ALLOW_H

#include <nt_addr.h>
#include <nt_base.h>

struct nt_allow {
	struct nt_net net; /* addr.family NONE: any address; else without host bits */
	uint16_t port; /* 0: any */
	uint8_t proto; /* 6, 17; 0: any */
	uint8_t zero;
};

/* Longest text form and its NUL: brackets, "::ffff:", "/128", ":65535", "/udp". */
#define NT_ALLOW_STRLEN (NT_ADDR_STRLEN + 24)

/* 0, -EINVAL, or -EDOM where a network's address has bits set behind its prefix. */
int nt_allow_parse(const char *text, struct nt_allow *ret);
/* What parses to the same. Returns the length without the NUL. */
size_t nt_allow_format(const struct nt_allow *a, char out[NT_ALLOW_STRLEN]);

#define NT_ALLOW_MAX 256

struct nt_allow_list {
	uint32_t count;
	struct nt_allow entries[NT_ALLOW_MAX];
};

bool nt_allow_list_has(
	const struct nt_allow_list *list, const struct nt_addr *addr, uint16_t port, uint8_t proto);

/*
 * The same at once, for who asks for every connection: one look tells of ports and protocols, one
 * that an address is in none of the networks. list: borrowed, constant as long as the index lives.
 */
struct nt_allow_index;
struct nt_allow_index *nt_allow_index_new(const struct nt_allow_list *list); /* NULL and errno */
void nt_allow_index_free(struct nt_allow_index *x); /* NULL is fine */
size_t nt_allow_index_bytes(void);
bool nt_allow_index_has(
	const struct nt_allow_index *x, const struct nt_addr *addr, uint16_t port, uint8_t proto);

#endif
