/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses of the copies of a capture: an exclusive or with a key made of the copy's number, which
 * is its own inverse and depends on nothing but the address's network part, that stays. Special
 * addresses stay as they are. Copy 0 is the capture itself.
 */
#ifndef BENCH_ADDR_H
#define BENCH_ADDR_H

#include <nt_base.h>

void bench_addr_v4(uint8_t addr[4], uint32_t copy);
void bench_addr_v6(uint8_t addr[16], uint32_t copy);
void bench_addr_mac(uint8_t mac[6], uint32_t copy);

#endif
