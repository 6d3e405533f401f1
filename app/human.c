/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "human.h"

const char *
human_count(uint64_t n, char out[HUMAN_LEN])
{
	char digits[24];
	const int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);
	size_t at = 0;
	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
	return out;
}

/* Three digits that count, of a value below 1000 (or whatever there is above the last unit). */
static const char *
three_digits(double v, const char *unit, char out[HUMAN_LEN])
{
	const int decimals = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
	snprintf(out, HUMAN_LEN, "%.*f %s", decimals, v, unit);
	return out;
}

const char *
human_si(double v, char out[HUMAN_LEN])
{
	static const char *const units[] = { "", "k", "M", "G", "T" };
	unsigned int i = 0;
	for (; v >= 999.5 && i < NT_ARRAY_SIZE(units) - 1; i++)
		v /= 1000;
	if (i > 0)
		return three_digits(v, units[i], out);
	/* Whole, or less than ten a second: then a decimal says something. */
	snprintf(out, HUMAN_LEN, "%.*f", v < 9.95 && v != floor(v) ? 1 : 0, v);
	return out;
}

const char *
human_bytes(uint64_t n, char out[HUMAN_LEN])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	double v = (double)n;
	unsigned int i = 0;
	for (; v >= 999.5 && i < NT_ARRAY_SIZE(units) - 1; i++)
		v /= 1024;
	if (i > 0)
		return three_digits(v, units[i], out);
	snprintf(out, HUMAN_LEN, "%.0f B", v);
	return out;
}

const char *
human_usec(uint64_t usec, char out[HUMAN_LEN])
{
	if (usec < 1000) {
		snprintf(out, HUMAN_LEN, "%" PRIu64 " us", usec);
		return out;
	}
	if (usec < 999500)
		return three_digits((double)usec / 1e3, "ms", out);
	return three_digits((double)usec / 1e6, "s", out);
}

const char *
human_span(int64_t ns, char out[HUMAN_LEN])
{
	const int64_t sec = NT_MAX(ns, 0) / NT_NS_PER_SEC, days = sec / 86400;
	char day[24] = "";
	if (days > 0)
		snprintf(day, sizeof(day), "%" PRId64 " d ", days);
	snprintf(out, HUMAN_LEN, "%s%02d:%02d:%02d", day, (int)(sec / 3600 % 24),
		(int)(sec / 60 % 60), (int)(sec % 60));
	return out;
}

const char *
human_time(int64_t ns, char out[HUMAN_LEN])
{
	const time_t sec = (time_t)(ns / NT_NS_PER_SEC);
	struct tm tm;
	if (localtime_r(&sec, &tm) == NULL || strftime(out, HUMAN_LEN, "%F %T", &tm) == 0)
		snprintf(out, HUMAN_LEN, "%" PRId64, (int64_t)sec);
	return out;
}
