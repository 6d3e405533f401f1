/* SPDX-License-Identifier: BSD-3-Clause */
/* Answers of telemetry as people read them: what `nametap show` and `nametap lookup` print. */
#ifndef SHOW_H
#define SHOW_H

#include <stdio.h>

#include <jansson.h>

#include <nt_base.h>

void show_json(const json_t *answer, FILE *out);
/* By the groups of the table of counters; all: those that are zero, too. */
void show_stats(const json_t *answer, bool all, FILE *out);
void show_workers(const json_t *answer, bool all, FILE *out);
/* What telemetry has no words for is put right again; takes the answer. */
json_t *show_config_restore(json_t *answer);
/* A list of texts as it was before telemetry took it to pieces: a new reference. */
json_t *show_list(const json_t *list);
/* As a configuration file. */
void show_config(const json_t *answer, bool all, FILE *out);
void show_ports(const json_t *answer, bool all, FILE *out);

/* The entries of an answer (names of an address, or addresses of a name), gathered in `list`. */
void show_names(const json_t *answer, const json_t *list, bool by_addr, FILE *out);

#endif
