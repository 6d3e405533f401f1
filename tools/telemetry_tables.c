/* SPDX-License-Identifier: BSD-3-Clause */
/* telemetry_tables counters|gauges: what telemetry tells as a markdown table, for
 * docs/telemetry.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nt_counters.h>

#include "worker_gauges.h"

static void
print_counters(void)
{
	struct nt_counter_group g;

	printf("| group | counter | unit | meaning |\n| --- | --- | --- | --- |\n");
	for (unsigned int i = 0; nt_counter_group(i, &g); i++)
		for (unsigned int id = g.first; id < g.first + g.count; id++) {
			const struct nt_counter_info *info = nt_counter_info(id);

			printf("| `%s` | `%s` | %s | %s |\n", g.name, info->name, info->unit,
				info->help);
		}
}

static void
print_gauges(void)
{
	const struct worker_gauge_info *info;

	printf("| gauge | is full at | meaning |\n| --- | --- | --- |\n");
	for (unsigned int id = 0; (info = worker_gauge_info(id)) != NULL; id++)
		if (*info->key != '\0')
			printf("| `%s` | `%s` | %s |\n", info->name, info->key, info->help);
		else
			printf("| `%s` | | %s |\n", info->name, info->help);
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "counters") == 0) {
		print_counters();
	} else if (argc == 2 && strcmp(argv[1], "gauges") == 0) {
		print_gauges();
	} else {
		fputs("usage: telemetry_tables counters|gauges\n", stderr);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
