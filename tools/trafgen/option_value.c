/* SPDX-License-Identifier: BSD-3-Clause */
#include "option_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
tg_option_complain(const char *name, const char *value, const char *why)
{
	fprintf(stderr, "trafgen: --%s %s: %s\n", name, value, why);
	return -1;
}

static int
parse_number(const struct tg_option *opt, const char *text, uint64_t *ret)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0)
		return tg_option_complain(opt->name, text, "not a whole number");
	if (v < opt->min || v > opt->max) {
		fprintf(stderr, "trafgen: --%s %s: must be %llu to %llu\n", opt->name, text,
			(unsigned long long)opt->min, (unsigned long long)opt->max);
		return -1;
	}
	*ret = v;
	return 0;
}

static int
parse_share(const struct tg_option *opt, const char *text, double *ret)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end != '\0' || !(v >= 0 && v <= 1))
		return tg_option_complain(opt->name, text, "must be a share, 0 to 1");
	*ret = v;
	return 0;
}

static int
parse_range(const struct tg_option *opt, const char *text, uint64_t ret[2])
{
	char low[24];
	const char *dash = strchr(text, '-');
	size_t len = dash != NULL ? (size_t)(dash - text) : 0;
	uint64_t v[2];

	if (len == 0 || len >= sizeof(low))
		return tg_option_complain(opt->name, text, "must be MIN-MAX");
	memcpy(low, text, len);
	low[len] = '\0';
	if (parse_number(opt, low, &v[0]) != 0 || parse_number(opt, dash + 1, &v[1]) != 0)
		return -1;
	if (v[0] > v[1])
		return tg_option_complain(opt->name, text, "the minimum is above the maximum");
	ret[0] = v[0];
	ret[1] = v[1];
	return 0;
}

int
tg_option_set(struct tg_options *o, const struct tg_option *opt, const char *value)
{
	void *at = (char *)o + opt->at;

	switch (opt->type) {
	case T_FLAG:
		*(bool *)at = true;
		return 0;
	case T_NUMBER:
		return parse_number(opt, value, at);
	case T_SHARE:
		return parse_share(opt, value, at);
	case T_RANGE:
		return parse_range(opt, value, at);
	case T_STRING:
		*(const char **)at = value;
		return 0;
	case T_PRESET:
		return 0;
	}
	return -1;
}
