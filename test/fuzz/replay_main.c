/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a fuzz target over files instead of random input: each argument is a file, or a folder whose
 * files are all taken. Every input sits in a buffer of exactly its size, so that a sanitizer sees
 * the first byte read too many. Exit status 77 (skipped) where there was no input at all.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned int inputs;

static int
replay_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(size ? size : 1);
	int ret = -1;

	if (f && data && fread(data, 1, size, f) == size) {
		LLVMFuzzerTestOneInput(data, size);
		inputs++;
		ret = 0;
	} else {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	}
	free(data);
	if (f)
		fclose(f);
	return ret;
}

static int
replay_dir(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);
	int ret = 0;

	for (int i = 0; i < n; i++) {
		char name[PATH_MAX];
		struct stat st;

		snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' && stat(name, &st) == 0 && S_ISREG(st.st_mode))
			ret |= replay_file(name, (size_t)st.st_size);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return ret;
}

int
main(int argc, char **argv)
{
	int ret = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) < 0) {
			fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
			continue;
		}
		ret |= S_ISDIR(st.st_mode) ? replay_dir(argv[i])
					   : replay_file(argv[i], (size_t)st.st_size);
	}
	printf("%u inputs\n", inputs);
	if (ret)
		return 1;
	return inputs ? 0 : 77;
}
