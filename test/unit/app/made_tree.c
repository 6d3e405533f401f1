/* SPDX-License-Identifier: BSD-3-Clause */
#include "made_tree.h"

#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char made_root[] = "/tmp/nametap-tree-XXXXXX";

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int
made_tree(void **state)
{
	memcpy(made_root + sizeof(made_root) - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(made_root));
	*state = made_root;
	return 0;
}

int
made_tree_gone(void **state)
{
	return nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* All directories above the last part. */
static void
make_above(char *full)
{
	for (char *at = strchr(full + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
		*at = '\0';
		(void)mkdir(full, 0755);
		*at = '/';
	}
}

static void
full_path(char out[PATH_MAX], const char *root, const char *path)
{
	assert_true(snprintf(out, PATH_MAX, "%s%s", root, path) < PATH_MAX);
	make_above(out);
}

void
made_dir(const char *root, const char *path)
{
	char full[PATH_MAX];
	full_path(full, root, path);
	assert_int_equal(mkdir(full, 0755), 0);
}

void
made_file(const char *root, const char *path, const char *text)
{
	char full[PATH_MAX];
	full_path(full, root, path);
	FILE *f = fopen(full, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

void
made_link(const char *root, const char *path, const char *target)
{
	char full[PATH_MAX];
	full_path(full, root, path);
	(void)unlink(full);
	assert_int_equal(symlink(target, full), 0);
}

void
made_gone(const char *root, const char *path)
{
	char full[PATH_MAX];
	full_path(full, root, path);
	assert_int_equal(nftw(full, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}
