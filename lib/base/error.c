/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_base.h"

#include <stdarg.h>
#include <stdio.h>

int
nt_error_set(struct nt_error *err, int code, const char *fmt, ...)
{
	va_list args;

	if (err == NULL)
		return code;
	va_start(args, fmt);
	if (vsnprintf(err->msg, sizeof(err->msg), fmt, args) < 0)
		err->msg[0] = '\0';
	va_end(args);
	return code;
}
