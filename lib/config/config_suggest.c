/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_table.h"

#include <string.h>

static char
lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c + ('a' - 'A'));
	return c;
}

/*
 * Insertions, deletions and changes from a to b, case apart (Levenshtein, one row of the table).
 * Both are shorter than CONFIG_KEY_LEN.
 */
static unsigned int
distance(const char *a, const char *b)
{
	unsigned int row[CONFIG_KEY_LEN];
	size_t len = strlen(b);

	for (size_t j = 0; j <= len; j++)
		row[j] = (unsigned int)j;
	for (unsigned int i = 1; *a != '\0'; a++, i++) {
		unsigned int diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			unsigned int change = diagonal + (lower(*a) != lower(b[j - 1]));

			diagonal = row[j];
			row[j] = NT_MIN(change, NT_MIN(row[j], row[j - 1]) + 1);
		}
	}
	return row[len];
}

static const char *
leaf(const char *dotted)
{
	const char *dot = strrchr(dotted, '.');

	return dot != NULL ? dot + 1 : dotted;
}

/* The whole key mistyped, or the right one (nearly) in another group. */
static unsigned int
cost(const char *dotted, const char *key)
{
	unsigned int whole = distance(dotted, key);
	unsigned int moved = distance(leaf(dotted), leaf(key)) + 1;

	return NT_MIN(whole, moved);
}

const char *
config_key_suggest(const char *dotted)
{
	unsigned int best_cost, c;
	const char *best = NULL;
	/* Groups are not in groups. */
	size_t count = config_key_count + (strchr(dotted, '.') == NULL ? config_group_count : 0);

	if (strlen(dotted) >= CONFIG_KEY_LEN)
		return NULL;
	/* Two letters, or a third, may be wrong: beyond, the guess is more likely to be. */
	best_cost = (unsigned int)NT_MAX(strlen(leaf(dotted)) / 3, (size_t)2) + 1;
	for (size_t i = 0; i < count; i++) {
		const char *key = i < config_key_count ? config_keys[i].key
						       : config_groups[i - config_key_count].name;

		c = cost(dotted, key);
		if (c < best_cost) {
			best_cost = c;
			best = key;
		}
	}
	return best;
}
