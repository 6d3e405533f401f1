/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "config_device.h"
#include "config_value.h"

/* 53,5353 stands for [53,5353]. Commas within a device stay. */
static json_t *
split_list(const struct config_key *key, const char *text)
{
	json_t *ret = json_array();
	const char *end;

	do {
		json_t *v;

		end = key->type == CONFIG_DEVICES ? config_device_end(text) : strchrnul(text, ',');
		v = json_loadb(text, (size_t)(end - text), JSON_DECODE_ANY, NULL);
		if (v == NULL)
			v = json_stringn(text, (size_t)(end - text));
		if (v == NULL || json_array_append_new(ret, v) < 0) {
			json_decref(ret);
			return NULL;
		}
		text = end + 1;
	} while (*end != '\0');
	return ret;
}

/* An IPv6 address in brackets and no array, whose elements would begin with a quote. */
static bool
is_bracketed(const struct config_key *key, const char *text)
{
	return key->type == CONFIG_ALLOW && text[0] == '[' &&
	       text[1 + strspn(text + 1, "0123456789abcdefABCDEF")] == ':';
}

/* JSON; else a list without its brackets; else a bare word. NULL where it is not even UTF-8. */
static json_t *
parse_value(const struct config_key *key, const char *text)
{
	json_t *v = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);

	if (config_is_list(key) && (v == NULL || json_is_number(v)) && text[0] != '\0' &&
		(text[0] != '[' || is_bracketed(key, text))) {
		json_decref(v);
		return split_list(key, text);
	}
	/* lcores.cpus=2 is a text as well. */
	if (config_is_text(key) && json_is_number(v)) {
		json_decref(v);
		v = NULL;
	}
	return v != NULL ? v : json_string(text);
}

static const struct config_key *
find_key(const char *dotted, struct config_problems *p)
{
	const struct config_key *key = config_key_find(dotted);
	const char *meant;

	if (key != NULL)
		return key;
	meant = config_key_suggest(dotted);
	if (config_group_find(dotted) != NULL)
		config_problem(
			p, dotted, "is a group; name one of its keys (%s.KEY=VALUE)", dotted);
	else if (meant != NULL)
		config_problem(p, dotted, "unknown key (did you mean %s?)", meant);
	else
		config_problem(p, dotted, "unknown key");
	return NULL;
}

static void
assign(struct nt_config *cfg, const char *dotted, const char *text, struct config_problems *p)
{
	const struct config_key *key = find_key(dotted, p);
	json_t *value;

	if (key == NULL)
		return;
	value = parse_value(key, text);
	if (value == NULL) {
		config_problem(p, dotted, "its value is not UTF-8");
		return;
	}
	config_value_store(cfg, key, value, p);
	json_decref(value);
}

int
nt_config_set(
	struct nt_config *cfg, const char *assignment, nt_config_complain *complain, void *arg)
{
	struct config_problems p = { .complain = complain, .arg = arg };
	const char *equals = strchr(assignment, '=');
	struct nt_config copy = *cfg;
	char dotted[2 * CONFIG_KEY_LEN];
	int rc;

	if (equals == NULL || equals == assignment) {
		config_problem(
			&p, NULL, "%.100s: has to be KEY=VALUE, as in workers=4", assignment);
		return config_problems_end(&p);
	}
	/* What does not fit is no key of the table: cut, it isn't one either. */
	(void)snprintf(dotted, sizeof(dotted), "%.*s",
		(int)NT_MIN(equals - assignment, (ptrdiff_t)sizeof(dotted)), assignment);
	assign(&copy, dotted, equals + 1, &p);
	rc = config_problems_end(&p);
	if (rc == 0)
		*cfg = copy;
	return rc;
}
