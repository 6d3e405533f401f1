/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How a card spreads packets over its queues: by a Toeplitz hash of the two addresses, under a key
 * that gives both directions the same. No EAL; any thread.
 *
 * The hash is the sum (xor) of windows of the key, 32 bits wide, one for each bit of the input that
 * is set. Swapping source and destination moves input bits by 32 (IPv4), 128 (IPv6) or 16 places
 * (ports, for cards that can't but hash them as well); if the key repeats itself every 16 bits, the
 * windows are the same. All that then counts is the xor of the input's 16-bit words, and the hash
 * of that is linear: it is one to one exactly if the 16 bits have an odd number of ones (a
 * circulant matrix of order 2^4 over GF(2)), and only then all queues get their share. So the key
 * is drawn from those, 2^15 of them, at each start: which addresses share a queue can't be known
 * from outside, as far as a linear function can keep it (docs/architecture.md).
 */
#ifndef PORT_RSS_H
#define PORT_RSS_H

#include <nt_base.h>

#define PORT_RSS_KEY_MAX 64 /* bytes; cards have 40 or 52 */

/* A pattern at random. 0, or -errno. */
int port_rss_pattern(uint16_t *ret);
void port_rss_key(uint8_t *key, size_t len, uint16_t pattern);

/*
 * Which of the types that a card offers (RTE_ETH_RSS_*) to ask for: those of addresses only. Where
 * it has them only together with ports, these (*by_ports): a fragment may then come to another
 * queue than the rest of its connection. 0: it can't.
 */
uint64_t port_rss_types(uint64_t offered, bool *by_ports);

/*
 * A card looks its queue up by the lowest bits of the hash, in a table of `size` entries. Cards
 * with tables of different sizes agree if they all use as many entries as the smallest has (powers
 * of two): entry i of the table is the queue of i modulo least.
 */
uint16_t port_rss_entry(uint16_t i, uint16_t least, uint16_t queues);

#endif
