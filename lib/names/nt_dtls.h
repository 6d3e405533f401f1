/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DTLS 1.0 and 1.2 (RFC 6347) on any UDP port: a datagram that begins with a ClientHello, as Zeek's
 * signature finds it, and the server's name in it. A hello in several fragments is found and not
 * read. No state, no allocation, any thread; linear in the datagram's length.
 */
#ifndef NT_DTLS_H
#define NT_DTLS_H

#include "nt_server_name.h"

#define NT_DTLS_HANDSHAKE 22 /* the first octet of such a datagram */

/*
 * A whole, well-formed ClientHello: Zeek's confirmation. Its server name, where it has one that is
 * a host name, is in *ret_name; else that has len 0.
 */
bool nt_dtls_hello(struct nt_server_name *ret_name, const uint8_t *datagram, size_t len);

#endif
