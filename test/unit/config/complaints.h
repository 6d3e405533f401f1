/* SPDX-License-Identifier: BSD-3-Clause */
/* Collects what a configuration is told to be wrong, and looks at the form of each line. */
#ifndef NT_TEST_COMPLAINTS_H
#define NT_TEST_COMPLAINTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <nt_config.h>

struct complaints {
	unsigned int count;
	char text[16384]; /* the lines, each with its end; cut */
	size_t len;
};

/* One problem is one line of printable ASCII (the file's name is, here). */
static inline void
complaints_take(void *arg, const char *line)
{
	struct complaints *c = arg;
	size_t len = strlen(line);

	assert_true(len > 0 && len < 4096);
	for (size_t i = 0; i < len; i++)
		assert_in_range(line[i], ' ', '~');
	c->count++;
	if (c->len + len + 2 > sizeof(c->text))
		return;
	memcpy(c->text + c->len, line, len);
	c->len += len;
	c->text[c->len++] = '\n';
	c->text[c->len] = '\0';
}

static inline bool
complaints_have(const struct complaints *c, const char *part)
{
	return strstr(c->text, part) != NULL;
}

/* Load as a file called t.json. A failure must leave cfg alone and tell something. */
static inline int
load_bytes(struct nt_config *cfg, struct complaints *c, const char *text, size_t len)
{
	static struct nt_config before;
	int rc;

	*c = (struct complaints){ 0 };
	memcpy(&before, cfg, sizeof(before));
	rc = nt_config_load_text(cfg, "t.json", text, len, complaints_take, c);
	assert_true(rc == 0 || rc == -EINVAL);
	assert_int_equal(rc == 0, c->count == 0);
	if (rc != 0)
		assert_memory_equal(&before, cfg, sizeof(before));
	return rc;
}

static inline int
load(struct nt_config *cfg, struct complaints *c, const char *text)
{
	return load_bytes(cfg, c, text, strlen(text));
}

static inline int
set(struct nt_config *cfg, struct complaints *c, const char *assignment)
{
	static struct nt_config before;
	int rc;

	*c = (struct complaints){ 0 };
	memcpy(&before, cfg, sizeof(before));
	rc = nt_config_set(cfg, assignment, complaints_take, c);
	assert_true(rc == 0 || rc == -EINVAL);
	assert_int_equal(rc == 0, c->count == 0);
	if (rc != 0)
		assert_memory_equal(&before, cfg, sizeof(before));
	return rc;
}

#endif
