/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands behind the comma of a telemetry command, in the form that the first byte chooses.
 * Refused: a line of printable ASCII is told. A name that is taken is found again by its text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <nt_telemetry_args.h>

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			__builtin_trap();                                                          \
	} while (0)

static void
check_name(const struct nt_telemetry_args *a)
{
	struct nt_telemetry_args again;
	char text[NT_TELEMETRY_TEXT_MAX];

	CHECK(a->name_len >= 1 && a->name_len <= NT_TELEMETRY_NAME_MAX);
	CHECK(a->name[a->name_len] == '\0');
	const size_t len = nt_telemetry_name_text(a->name, a->name_len, text);
	CHECK(len == strlen(text) && len < sizeof(text));
	if (strchr(text, ',') != NULL || text[len - 1] == '.')
		return; /* what follows could be a number; a dot at the end is dropped */
	CHECK(nt_telemetry_args_parse(NT_TELEMETRY_NAME, text, &again, NULL) == 0);
	CHECK(again.name_len == a->name_len && memcmp(again.name, a->name, a->name_len) == 0);
}

static void
check_error(const struct nt_error *err)
{
	CHECK(err->msg[0] != '\0');
	for (const char *c = err->msg; *c != '\0'; c++)
		CHECK(*c >= ' ' && *c <= '~');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nt_telemetry_args a;
	struct nt_error err = { .msg = "" };

	if (size == 0)
		return 0;
	const enum nt_telemetry_form form =
		(enum nt_telemetry_form)(data[0] % (NT_TELEMETRY_NAME + 1));
	char *params = strndup((const char *)data + 1, size - 1);
	CHECK(params != NULL);
	const int rc = nt_telemetry_args_parse(form, params, &a, &err);
	CHECK(rc == 0 || rc == -EINVAL);
	if (rc != 0)
		check_error(&err);
	else if (form == NT_TELEMETRY_NAME)
		check_name(&a);
	else if (form == NT_TELEMETRY_ADDR)
		CHECK(a.addr.family == NT_FAMILY_IPV4 || a.addr.family == NT_FAMILY_IPV6);
	free(params);
	return 0;
}
