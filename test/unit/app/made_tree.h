/* SPDX-License-Identifier: BSD-3-Clause */
/* A made-up root directory, with the files that a test wants /proc and /sys to have. */
#ifndef MADE_TREE_H
#define MADE_TREE_H

/* cmocka's setup and teardown: *state is the root's path. */
int made_tree(void **state);
int made_tree_gone(void **state);

/* Directories on the way are made; what is there is replaced. */
void made_dir(const char *root, const char *path);
void made_file(const char *root, const char *path, const char *text);
void made_link(const char *root, const char *path, const char *target);
void made_gone(const char *root, const char *path);

#endif
