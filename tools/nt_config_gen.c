/* SPDX-License-Identifier: BSD-3-Clause */
/* Print what derives from the table of configuration keys. */
#include <stdio.h>
#include <string.h>

#include <nt_config.h>

static const struct {
	const char *name;
	int (*print)(FILE *out);
} things[] = {
	{ "sample", nt_config_print_sample },
	{ "schema", nt_config_print_schema },
	{ "markdown", nt_config_print_markdown },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < NT_ARRAY_SIZE(things); i++) {
		if (strcmp(argv[1], things[i].name) == 0)
			return things[i].print(stdout) == 0 ? 0 : 1;
	}
	fputs("usage: nt_config_gen sample|schema|markdown\n", stderr);
	return 2;
}
