/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values of the table's types: from JSON, checked; to JSON; as text for people. Private to the
 * library.
 */
#ifndef NT_CONFIG_VALUE_H
#define NT_CONFIG_VALUE_H

#include <jansson.h>

#include "config_problem.h"
#include "config_table.h"

/* Store a value, or tell what is wrong with it (then *cfg may hold half of a list). */
void config_value_store(struct nt_config *cfg, const struct config_key *key, const json_t *value,
	struct config_problems *p);
void config_value_store_default(struct nt_config *cfg, const struct config_key *key);

/* What *cfg has, as it stands in a file. A new reference, or NULL (no memory). */
json_t *config_value_json(const struct nt_config *cfg, const struct config_key *key);
/* A number of the key's type (a duration: of nanoseconds) as it stands in a file. */
json_t *config_number_json(const struct config_key *key, int64_t v);

/* Room for two numbers, what is between them, and a unit. */
#define CONFIG_BOUNDS_LEN 80
/* "0 .. 86400 seconds" */
const char *config_bounds(const struct config_key *key, char ret[CONFIG_BOUNDS_LEN]);

/* For messages: a scalar as it is, cut; else what it is ("an array"). */
#define CONFIG_SHOWN_LEN 64
const char *config_shown(const json_t *value, char ret[CONFIG_SHOWN_LEN]);

#endif
