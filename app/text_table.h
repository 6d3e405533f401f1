/* SPDX-License-Identifier: BSD-3-Clause */
/* A table of texts, its columns as wide as they need to be. One thread. */
#ifndef TEXT_TABLE_H
#define TEXT_TABLE_H

#include <stdio.h>

#include <nt_base.h>

#define TEXT_TABLE_COLUMNS_MAX 16

struct text_table;

/*
 * heads: of the columns (borrowed), up to NULL; one that begins with '>' stands on the right, for
 * numbers. NULL: no memory.
 */
struct text_table *text_table_new(const char *const *heads);
void text_table_free(struct text_table *t); /* NULL is fine */
/* A cell, copied, behind the one before; the row is full when each column has one. */
void text_table_add(struct text_table *t, const char *text);
/* With its heads; where there are no rows, nothing. */
void text_table_print(const struct text_table *t, FILE *out);

#endif
