/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include <nt_strbuf.h>
#include <nt_telemetry_args.h>

#include "telemetry_text.h"

void
telemetry_add_u64(json_t *o, const char *key, uint64_t n)
{
	(void)json_object_set_new(o, key, json_integer((json_int_t)NT_MIN(n, INT64_MAX)));
}

void
telemetry_add_text(json_t *o, const char *key, const char *text)
{
	if (text != NULL)
		(void)json_object_set_new(o, key, json_string(text));
}

void
telemetry_add_addr(json_t *o, const char *key, const struct nt_addr *a)
{
	char text[NT_ADDR_STRLEN];
	nt_addr_format(a, text);
	telemetry_add_text(o, key, text);
}

void
telemetry_add_name(json_t *o, const char *key, const char *name, size_t len)
{
	char text[NT_TELEMETRY_TEXT_MAX];
	nt_telemetry_name_text(name, len, text);
	telemetry_add_text(o, key, text);
}

void
telemetry_add_seconds(json_t *o, const char *key, int64_t ns)
{
	char text[40];
	struct nt_strbuf b = nt_strbuf_init(text, sizeof(text));
	nt_strbuf_seconds(&b, ns);
	telemetry_add_text(o, key, nt_strbuf_cstr(&b));
}

void
telemetry_add_member(json_t *list, unsigned int i, json_t *v)
{
	char key[16];
	snprintf(key, sizeof(key), "%u", i);
	(void)json_object_set_new(list, key, v);
}
