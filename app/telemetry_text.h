/* SPDX-License-Identifier: BSD-3-Clause */
/* Members of answers, as all of them are written. Any thread. */
#ifndef TELEMETRY_TEXT_H
#define TELEMETRY_TEXT_H

#include <jansson.h>

#include <nt_addr.h>

void telemetry_add_u64(json_t *o, const char *key, uint64_t n);
/* NULL: nothing is added. */
void telemetry_add_text(json_t *o, const char *key, const char *text);
void telemetry_add_addr(json_t *o, const char *key, const struct nt_addr *a);
/* Bytes of the wire, as nt_telemetry_args.h has them. */
void telemetry_add_name(json_t *o, const char *key, const char *name, size_t len);
/* A time, or a span of time: seconds with six decimals, as text (telemetry has whole numbers only).
 */
void telemetry_add_seconds(json_t *o, const char *key, int64_t ns);
/* A member of a list; takes v. */
void telemetry_add_member(json_t *list, unsigned int i, json_t *v);

#endif
