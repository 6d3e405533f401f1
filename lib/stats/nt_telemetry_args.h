/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands behind the comma of a telemetry command: text from whoever can open the socket. Any
 * thread, no memory. What is wrong is told in a line of printable ASCII.
 */
#ifndef NT_TELEMETRY_ARGS_H
#define NT_TELEMETRY_ARGS_H

#include <nt_addr.h>

#define NT_TELEMETRY_NAME_MAX 255 /* bytes of a name */
#define NT_TELEMETRY_WORD_MAX 31

enum nt_telemetry_form {
	NT_TELEMETRY_NOTHING, /* "" */
	NT_TELEMETRY_NUMBER, /* "" or "N" */
	NT_TELEMETRY_WORD, /* "" or letters, digits and _ */
	NT_TELEMETRY_ADDR, /* "ADDR" or "ADDR,N" */
	NT_TELEMETRY_NAME, /* "NAME" or "NAME,N" */
};

struct nt_telemetry_args {
	bool given; /* there was something */
	uint32_t number; /* 0 where it is left out */
	struct nt_addr addr;
	/*
	 * In lower case, without the dot at the end. Bytes that are not printable ASCII are given
	 * as \xNN (so telemetry tells them, too), and a backslash as \x5c.
	 */
	uint16_t name_len;
	char name[NT_TELEMETRY_NAME_MAX + 1]; /* ends in NUL */
	char word[NT_TELEMETRY_WORD_MAX + 1]; /* likewise */
};

/* params may be NULL. 0, or -EINVAL and *err. */
int nt_telemetry_args_parse(enum nt_telemetry_form form, const char *params,
	struct nt_telemetry_args *ret, struct nt_error *err);

/* Room for a name as text, and its NUL. */
#define NT_TELEMETRY_TEXT_MAX (4 * NT_TELEMETRY_NAME_MAX + 1)

/* A name as such a text. Its length. */
size_t nt_telemetry_name_text(const char *name, size_t len, char out[NT_TELEMETRY_TEXT_MAX]);

#endif
