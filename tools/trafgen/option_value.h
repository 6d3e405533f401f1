/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_OPTION_VALUE_H
#define TG_OPTION_VALUE_H

/* One option's type and bounds, and how its text becomes a value. */

#include <stddef.h>
#include <stdint.h>

#include "options.h"

enum tg_option_type {
	T_FLAG,
	T_NUMBER,
	T_SHARE,
	T_RANGE,
	T_STRING,
	T_PRESET
};

struct tg_option {
	const char *name;
	enum tg_option_type type;
	size_t at;
	uint64_t min, max; /* T_NUMBER, T_RANGE */
	const char *initial;
	const char *help;
};

/* Says on standard error, in one line, what is wrong with this option; returns -1. */
int tg_option_complain(const char *name, const char *value, const char *why);

/* 0, or -1 after a complaint, and o is as before. value is not looked at for a flag. */
int tg_option_set(struct tg_options *o, const struct tg_option *opt, const char *value);

#endif
