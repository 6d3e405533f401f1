/* SPDX-License-Identifier: BSD-3-Clause */
/* For each file that is named: "ok" or "bad", one line each. */
#include <stdio.h>

#include <nt_config.h>

int
main(int argc, char **argv)
{
	static struct nt_config cfg;

	for (int i = 1; i < argc; i++) {
		nt_config_default(&cfg);
		puts(nt_config_load(&cfg, argv[i], NULL, NULL) == 0 ? "ok" : "bad");
	}
	return 0;
}
