/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Google's QUIC before it took over TLS (Q024 to Q043 with the public header, Q046 with a long
 * one): the client's first message, CHLO, is readable and names the server. There is no RFC;
 * draft-tsvwg-quic-protocol-02 has the packets, "QUIC Crypto" the message. Untrusted bytes, no
 * state, no allocation, any thread.
 */
#ifndef NT_GQUIC_H
#define NT_GQUIC_H

#include <nt_base.h>
#include <nt_server_name.h>

/*
 * The name that a client's datagram asks for in a CHLO which begins its first frame; false where
 * there is none. Cheap on what is something else. A CHLO that goes on in the next datagram has its
 * name here, or is given up.
 */
bool nt_gquic_server_name(const uint8_t *payload, size_t len, struct nt_server_name *ret);

#endif
