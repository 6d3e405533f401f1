/* SPDX-License-Identifier: BSD-3-Clause */
/* log_columns conn|namecache|notice|names: the columns of a log as a markdown table, for
 * docs/logs.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nt_log.h>

static const struct nt_log_config dotted = { .names = NT_LOG_NAMES_DOTTED,
	.options = NT_LOG_ALL_COLUMNS };
static const struct nt_log_config shorter = { .names = NT_LOG_NAMES_SHORT,
	.options = NT_LOG_ALL_COLUMNS };

static void
print_row(enum nt_log_kind kind, unsigned int i, const struct nt_log_column *c)
{
	struct nt_log_column other;

	nt_log_column(&other, &shorter, kind, i);
	if (strcmp(c->name, other.name) == 0)
		printf("| `%s` | %s | %s |\n", c->name, c->type, c->help);
	else
		printf("| `%s` or `%s` | %s | %s |\n", c->name, other.name, c->type, c->help);
}

static void
print_table(enum nt_log_kind kind)
{
	struct nt_log_column c;

	printf("| field | type | meaning |\n| --- | --- | --- |\n");
	for (unsigned int i = 0; nt_log_column(&c, &dotted, kind, i) != NULL; i++)
		print_row(kind, i, &c);
}

int
main(int argc, char **argv)
{
	for (enum nt_log_kind kind = 0; kind < NT_LOG_TABLES; kind++) {
		if (argc != 2 || strcmp(argv[1], nt_log_path(kind)) != 0)
			continue;
		print_table(kind);
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "usage: log_columns conn|namecache|notice|names\n");
	return EXIT_FAILURE;
}
