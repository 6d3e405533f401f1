/* SPDX-License-Identifier: BSD-3-Clause */
#include "runtime_dir.h"

#include <stdlib.h>
#include <unistd.h>

const char *
runtime_dir(void)
{
	const char *dir = getenv("RUNTIME_DIRECTORY");
	if (dir != NULL)
		return dir;
	if (getuid() == 0)
		return "/var/run";
	dir = getenv("XDG_RUNTIME_DIR");
	return dir != NULL ? dir : "/tmp";
}
