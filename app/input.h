/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A stream of bytes from a file or standard input, gzip or plain, whose first bytes can be looked
 * at before they are read. Reader lcore only; a pipe may make it wait.
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdio.h>

#include <nt_base.h>

struct input;

/* Called before it waits and again and again while it does; false to give up: -ECANCELED. */
typedef bool input_waiting(void *arg);

/* "-" is standard input. NULL and *err. */
struct input *input_open(const char *path, input_waiting *waiting, void *arg, struct nt_error *err);
void input_close(struct input *in); /* NULL is fine */

/* Up to len bytes: > 0, 0 at the end, -errno (-EBADMSG: corrupt gzip data; -ENODATA: gzip cut
 * short; -ECANCELED: told to give up). Once it failed it fails so for ever; what could be read
 * before has been given. */
ssize_t input_read(struct input *in, void *buf, size_t len);
/* The first bytes, not consumed; fewer than asked only where the stream is shorter. len <= 64. */
ssize_t input_peek(struct input *in, const uint8_t **ret, size_t len);

/* A stdio stream over it, for libpcap; closing it closes the input too. NULL and errno. */
FILE *input_stdio(struct input *in);

/* Bytes taken from the file itself (compressed ones where it is gzip), and its size (0: not known).
 */
uint64_t input_taken(const struct input *in);
uint64_t input_size(const struct input *in);
/* What reading failed with; 0 where it did not. */
int input_failure(const struct input *in);
/* One line on why. */
const char *input_reason(const struct input *in, int err);

#endif
