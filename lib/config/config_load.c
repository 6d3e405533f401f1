/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_value.h"

/* The sample is smaller than 2 KiB, one with every list full than 16 KiB. */
#define FILE_MAX (1024 * 1024)
/* A key longer than any is cut here: enough to tell it. */
#define PATH_LEN 256

struct loading {
	struct nt_config *cfg;
	struct config_problems problems;
};

static void
unknown_key(struct loading *l, const char *name, const char *path)
{
	const struct config_key *dotted = config_key_find(path);
	const char *meant = config_key_suggest(path);

	if (dotted != NULL && strchr(name, '.') != NULL)
		config_problem(&l->problems, path, "keys nest in a file: \"%.*s\": {\"%s\": ...}",
			(int)config_key_group_len(dotted), dotted->key, config_key_leaf(dotted));
	else if (meant != NULL)
		config_problem(&l->problems, path, "unknown key (did you mean %s?)", meant);
	else
		config_problem(&l->problems, path, "unknown key");
}

static void
take_object(struct loading *l, const char *group, json_t *object)
{
	char path[PATH_LEN], shown[CONFIG_SHOWN_LEN];
	const struct config_key *key;
	const char *name;
	json_t *value;

	if (!json_is_object(object)) {
		config_problem(&l->problems, group[0] != '\0' ? group : NULL,
			"has to be an object, {...}, not %s", config_shown(object, shown));
		return;
	}
	json_object_foreach(object, name, value)
	{
		(void)snprintf(
			path, sizeof(path), "%s%s%s", group, group[0] != '\0' ? "." : "", name);
		key = config_key_find(path);
		if (strchr(name, '.') != NULL)
			unknown_key(l, name, path);
		else if (key != NULL)
			config_value_store(l->cfg, key, value, &l->problems);
		else if (config_group_find(path) != NULL)
			/* As deep as the table's groups, whatever the file has. */
			take_object(l, path, value);
		else
			unknown_key(l, name, path);
	}
}

/* Editors find the schema by it. */
static void
drop_schema(struct loading *l, json_t *root)
{
	const json_t *schema = json_object_get(root, "$schema");
	char shown[CONFIG_SHOWN_LEN];

	if (schema != NULL && !json_is_string(schema))
		config_problem(&l->problems, "$schema", "has to be a string, not %s",
			config_shown(schema, shown));
	(void)json_object_del(root, "$schema");
}

/* jansson overlooks NULs behind numbers: no file that has one is text. */
static json_t *
parse(const char *text, size_t len, struct config_problems *p)
{
	const char *nul = memchr(text, '\0', len);
	json_error_t error;
	json_t *root;

	if (nul != NULL) {
		config_problem(p, NULL, "has a NUL byte at offset %td; it has to be JSON in UTF-8",
			nul - text);
		return NULL;
	}
	/* What is nested deeper than 2048 is refused. */
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL)
		config_problem(p, NULL, ":%d:%d: %s", error.line, error.column, error.text);
	return root;
}

int
nt_config_load_text(struct nt_config *cfg, const char *name, const char *text, size_t len,
	nt_config_complain *complain, void *arg)
{
	struct nt_config copy = *cfg;
	struct loading l = {
		.cfg = &copy,
		.problems = { .complain = complain, .arg = arg, .file = name },
	};
	json_t *root = parse(text, len, &l.problems);
	int rc;

	if (root != NULL) {
		drop_schema(&l, root);
		take_object(&l, "", root);
		json_decref(root);
	}
	rc = config_problems_end(&l.problems);
	if (rc == 0)
		*cfg = copy;
	return rc;
}

/* The number of bytes, or -errno; -EFBIG where there are more than fit. Pipes are fine. */
static ssize_t
read_all(int fd, char *buf, size_t room)
{
	size_t len = 0;

	while (len < room) {
		ssize_t n = read(fd, buf + len, room - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return (ssize_t)len;
		len += (size_t)n;
	}
	return -EFBIG;
}

static bool
is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* never_wait: -ENOTSUP for what may not have an end, or not yet. */
static ssize_t
read_file(const char *path, bool never_wait, char *buf, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | (never_wait ? O_NONBLOCK | O_NOCTTY : 0));
	ssize_t ret;

	if (fd < 0)
		return -errno;
	ret = never_wait && !is_regular(fd) ? -ENOTSUP : read_all(fd, buf, room);
	(void)close(fd);
	return ret;
}

static int
load(struct nt_config *cfg, const char *path, bool never_wait, nt_config_complain *complain,
	void *arg)
{
	struct config_problems p = { .complain = complain, .arg = arg, .file = path };
	char *buf = malloc(FILE_MAX + 1), why[128];
	ssize_t len = buf != NULL ? read_file(path, never_wait, buf, FILE_MAX + 1) : -ENOMEM;
	int rc = (int)len;

	if (len >= 0)
		rc = nt_config_load_text(cfg, path, buf, (size_t)len, complain, arg);
	else if (len == -EFBIG)
		config_problem(&p, NULL, "is larger than %d bytes", FILE_MAX);
	else if (len == -ENOTSUP && never_wait)
		config_problem(&p, NULL, "is no regular file; nothing else is read again");
	else
		config_problem(&p, NULL, "%s", strerror_r(-rc, why, sizeof(why)));
	free(buf);
	return rc;
}

int
nt_config_load(struct nt_config *cfg, const char *path, nt_config_complain *complain, void *arg)
{
	return load(cfg, path, false, complain, arg);
}

int
nt_config_load_again(
	struct nt_config *cfg, const char *path, nt_config_complain *complain, void *arg)
{
	return load(cfg, path, true, complain, arg);
}
