/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "text_table.h"

struct text_table {
	const char *heads[TEXT_TABLE_COLUMNS_MAX];
	size_t width[TEXT_TABLE_COLUMNS_MAX];
	bool right[TEXT_TABLE_COLUMNS_MAX];
	unsigned int columns;
	char **cells;
	size_t count, room;
};

struct text_table *
text_table_new(const char *const *heads)
{
	struct text_table *t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NULL;
	for (; heads[t->columns] != NULL && t->columns < TEXT_TABLE_COLUMNS_MAX; t->columns++) {
		const char *head = heads[t->columns];
		t->right[t->columns] = *head == '>';
		t->heads[t->columns] = head + (*head == '>');
		t->width[t->columns] = strlen(t->heads[t->columns]);
	}
	return t;
}

void
text_table_free(struct text_table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->count; i++)
		free(t->cells[i]);
	free(t->cells);
	free(t);
}

void
text_table_add(struct text_table *t, const char *text)
{
	if (t->count == t->room) {
		const size_t room = t->room == 0 ? 64 : 2 * t->room;
		char **cells = realloc(t->cells, room * sizeof(*cells));
		if (cells == NULL)
			return;
		t->cells = cells;
		t->room = room;
	}
	t->cells[t->count] = strdup(text);
	if (t->cells[t->count] == NULL)
		return;
	size_t *width = &t->width[t->count % t->columns];
	*width = NT_MAX(*width, strlen(text));
	t->count++;
}

/* Nothing stands behind the last column's text. */
static void
print_row(const struct text_table *t, char *const *cells, FILE *out)
{
	for (unsigned int i = 0; i < t->columns; i++) {
		const int width = (int)t->width[i];
		const char *gap = i + 1 < t->columns ? "  " : "\n";
		if (t->right[i])
			fprintf(out, "%*s%s", width, cells[i], gap);
		else
			fprintf(out, "%-*s%s", i + 1 < t->columns ? width : 0, cells[i], gap);
	}
}

void
text_table_print(const struct text_table *t, FILE *out)
{
	char *heads[TEXT_TABLE_COLUMNS_MAX];
	if (t->count < t->columns)
		return;
	memcpy(heads, t->heads, sizeof(heads));
	print_row(t, heads, out);
	for (size_t i = 0; i + t->columns <= t->count; i += t->columns)
		print_row(t, t->cells + i, out);
}
