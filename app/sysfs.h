/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the kernel tells in small files, below a root directory ("" but in tests). Stateless; any
 * thread.
 */
#ifndef SYSFS_H
#define SYSFS_H

#include <nt_base.h>

#define SYSFS_PATH_MAX 1024

/* Root and path in one; -ENAMETOOLONG, or 0. */
int sysfs_path(char out[SYSFS_PATH_MAX], const char *root, const char *fmt, ...) NT_PRINTF(3, 4);

/* The first line, without its end, cut. False where it can't be read. */
bool sysfs_line(const char *root, const char *path, char *out, size_t room);
/* The line that begins with key, what follows the key and blanks. */
bool sysfs_field(const char *root, const char *path, const char *key, char *out, size_t room);
/* A number on the first line, decimal or 0x..; or without. */
int64_t sysfs_number(const char *root, const char *path, int64_t without);
/* As access(2). */
bool sysfs_may(const char *root, const char *path, int mode);
/* The last part of what a symbolic link leads to. */
bool sysfs_link(const char *root, const char *path, char *out, size_t room);

#endif
