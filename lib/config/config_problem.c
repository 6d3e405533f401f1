/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <nt_strbuf.h>

/* Of a file's name, a key's path and the text. Escaped, a byte takes four. */
#define FILE_SHOWN 512
#define PATH_SHOWN 96
#define TEXT_SHOWN 512
#define LINE_LEN   (4 * (FILE_SHOWN + PATH_SHOWN + TEXT_SHOWN) + 16)

/* Bytes of other scripts are the reader's own in a file's name, hostile in what stands in the file.
 */
static void
put_escaped(struct nt_strbuf *b, const char *text, size_t len, bool ascii)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= ' ' && c != 0x7f && (c < 0x80 || !ascii)) {
			nt_strbuf_char(b, (char)c);
			continue;
		}
		nt_strbuf_lit(b, "\\x");
		nt_strbuf_char(b, digits[c >> 4]);
		nt_strbuf_char(b, digits[c & 15]);
	}
}

/* The end of a file's name tells more than its beginning. */
static void
put_file(struct nt_strbuf *b, const char *file)
{
	size_t len = strlen(file);

	if (len > FILE_SHOWN) {
		nt_strbuf_lit(b, "...");
		file += len - (FILE_SHOWN - 3);
		len = FILE_SHOWN - 3;
	}
	put_escaped(b, file, len, false);
}

static void
put_path(struct nt_strbuf *b, const char *path)
{
	size_t len = strlen(path);

	put_escaped(b, path, NT_MIN(len, (size_t)PATH_SHOWN), true);
	if (len > PATH_SHOWN)
		nt_strbuf_lit(b, "...");
	nt_strbuf_str(b, len == 0 ? "\"\": " : ": ");
}

static void
tell(const struct config_problems *p, const char *path, const char *text)
{
	char line[LINE_LEN];
	struct nt_strbuf b = nt_strbuf_init(line, sizeof(line));

	if (p->file != NULL) {
		put_file(&b, p->file);
		/* A place in it follows at once. */
		if (text[0] != ':')
			nt_strbuf_lit(&b, ": ");
	}
	if (path != NULL)
		put_path(&b, path);
	put_escaped(&b, text, strlen(text), true);
	p->complain(p->arg, nt_strbuf_cstr(&b));
}

void
config_problem(struct config_problems *p, const char *path, const char *fmt, ...)
{
	char text[TEXT_SHOWN];
	va_list args;

	p->count++;
	if (p->complain == NULL || p->count > CONFIG_PROBLEMS_MAX)
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	tell(p, path, text);
}

int
config_problems_end(const struct config_problems *p)
{
	char text[64];

	if (p->count > CONFIG_PROBLEMS_MAX && p->complain != NULL) {
		(void)snprintf(
			text, sizeof(text), "and %u more problems", p->count - CONFIG_PROBLEMS_MAX);
		tell(p, NULL, text);
	}
	return p->count > 0 ? -EINVAL : 0;
}
