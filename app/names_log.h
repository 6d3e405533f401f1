/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * names.log: every mapping learnt, once for each (address, name, client, source, flags), with when
 * it was seen first and last and how often. Fed by one worker from what its cache is fed, which is
 * the same sequence in every worker; written when all is done. Fixed memory; what has no room is
 * counted. Only made when it is asked for.
 */
#ifndef NAMES_LOG_H
#define NAMES_LOG_H

#include <nt_config.h>
#include <nt_log.h>
#include <nt_mapping.h>

struct names_log;

/* Room as that of the name cache: names.max_mappings, names.max_name_bytes. NULL and errno. */
struct names_log *names_log_new(const struct nt_config *cfg);
void names_log_free(struct names_log *l); /* NULL is fine */

/* ts_ns: when it was seen, capture time. */
void names_log_add(struct names_log *l, const struct nt_mapping *m, int64_t ts_ns);

/* Lines in the order in which the mappings came first. 0 or -errno and *err. */
int names_log_write(const struct names_log *l, const char *path, const struct nt_log_config *cfg,
	struct nt_error *err);

uint64_t names_log_refused(const struct names_log *l);

#endif
