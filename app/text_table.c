/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "text_table.h"

struct text_table {
	const char *heads[TEXT_TABLE_COLUMNS_MAX];
	size_t width[TEXT_TABLE_COLUMNS_MAX];
	bool right[TEXT_TABLE_COLUMNS_MAX];
	unsigned int columns;
	char *text; /* all cells, one behind the other, each with its NUL */
	size_t len, room;
	size_t count;
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
	free(t->text);
	free(t);
}

static bool
make_room(struct text_table *t, size_t need)
{
	const size_t room = NT_MAX(2 * t->room, need + 4096);
	char *grown;

	if (need <= t->room)
		return true;
	grown = realloc(t->text, room);
	if (grown == NULL)
		return false;
	t->text = grown;
	t->room = room;
	return true;
}

void
text_table_add(struct text_table *t, const char *text)
{
	const size_t len = strlen(text);
	size_t *width = &t->width[t->count % t->columns];

	if (!make_room(t, t->len + len + 1))
		return;
	memcpy(t->text + t->len, text, len + 1);
	t->len += len + 1;
	t->count++;
	*width = NT_MAX(*width, len);
}

/* Nothing stands behind the last column's text. */
static void
print_row(const struct text_table *t, const char *const *cells, FILE *out)
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
	const char *cell = t->text;

	if (t->count < t->columns)
		return;
	print_row(t, t->heads, out);
	for (size_t row = 0; row < t->count / t->columns; row++) {
		const char *cells[TEXT_TABLE_COLUMNS_MAX] = { NULL };
		for (unsigned int i = 0; i < t->columns; i++) {
			cells[i] = cell;
			cell += strlen(cell) + 1;
		}
		print_row(t, cells, out);
	}
}
