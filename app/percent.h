/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PERCENT_H
#define PERCENT_H

#include <stdint.h>

/* 0 of nothing. */
static inline double
percent(uint64_t part, uint64_t whole)
{
	return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

#endif
