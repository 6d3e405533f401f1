/* SPDX-License-Identifier: BSD-3-Clause */
/* What the printers share. Private to the library. */
#ifndef NT_CONFIG_PRINT_H
#define NT_CONFIG_PRINT_H

#include <stdio.h>

#include <jansson.h>

#include "config_table.h"

/* The object of the key's group in root, made if need be; root for a key without a group. */
json_t *config_group_object(json_t *root, const struct config_key *key);
/* "yes", "no" or "lower". */
const char *config_reload_word(const struct config_key *key);
/* Indented, with a line end; takes root, which may be NULL (no memory). 0 or -EIO. */
int config_print_json(json_t *root, FILE *out);

#endif
