/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The screen of `nametap top`, as characters with attributes on a grid: no terminal is needed to
 * make one. Whatever the size, nothing is written outside of it.
 */
#ifndef TOP_SCREEN_H
#define TOP_SCREEN_H

#include "top_sample.h"

#define TOP_ROWS_MAX	200
#define TOP_COLUMNS_MAX 500

enum top_look {
	TOP_PLAIN,
	TOP_TITLE, /* the line on top */
	TOP_HEAD, /* of a part */
	TOP_DIM,
	TOP_GOOD,
	TOP_WARN,
	TOP_BAD,
	TOP_LOOKS
};

struct top_grid {
	unsigned int rows, columns;
	char text[TOP_ROWS_MAX][TOP_COLUMNS_MAX + 1]; /* ASCII, spaces; ends in NUL */
	uint8_t look[TOP_ROWS_MAX][TOP_COLUMNS_MAX]; /* enum top_look */
};

/*
 * rates: from `before` to now (a second ago); shares: from `old` (some seconds ago). clock: the
 * time of day, shown as it is.
 */
void top_screen(struct top_grid *g, unsigned int rows, unsigned int columns,
	const struct top_sample *now, const struct top_sample *before, const struct top_sample *old,
	const char *clock);

#endif
