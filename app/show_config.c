/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <nt_config.h>

#include "show.h"

/* Telemetry has neither truth values nor fractions nor long texts (telemetry_json.h): the defaults
 * tell which type a value had. */
static json_t *
defaults_json(void)
{
	static struct nt_config config;
	char *text = NULL;
	size_t len = 0;
	json_t *ret = NULL;
	FILE *f = open_memstream(&text, &len);
	nt_config_default(&config);
	if (f == NULL)
		return NULL;
	if (nt_config_print(&config, f) == 0 && fflush(f) == 0)
		ret = json_loadb(text, len, 0, NULL);
	fclose(f);
	free(text);
	return ret;
}

/* A text that came in pieces. */
static json_t *
joined(const json_t *pieces)
{
	size_t len = 0, i;
	json_t *e;
	json_array_foreach(pieces, i, e) len += json_string_length(e);
	char *text = calloc(1, len + 1), *at = text;
	if (text == NULL)
		return json_string("");
	json_array_foreach(pieces, i, e)
	{
		memcpy(at, json_string_value(e), json_string_length(e));
		at += json_string_length(e);
	}
	json_t *ret = json_string(text);
	free(text);
	return ret;
}

/* A list that came as an object: "0", "1", ... in this order. */
static json_t *
listed(const json_t *object)
{
	json_t *ret = json_array(), *e;
	const char *key;
	json_object_foreach((json_t *)(uintptr_t)object, key, e)
	{
		if (json_is_array(e))
			(void)json_array_append_new(ret, joined(e));
		else
			(void)json_array_append(ret, e);
	}
	return ret;
}

json_t *
show_list(const json_t *list)
{
	return json_is_object(list) ? listed(list) : json_copy((json_t *)(uintptr_t)list);
}

/* v (borrowed) as `like` is: a new reference. */
static json_t *
restored(json_t *v, const json_t *like)
{
	if (json_is_boolean(like))
		return json_boolean(json_integer_value(v) != 0);
	if (json_is_number(like) && json_is_string(v))
		return json_real(strtod(json_string_value(v), NULL));
	if (json_is_array(like) && json_is_object(v))
		return listed(v);
	if (json_is_string(like) && json_is_array(v))
		return joined(v);
	if (!json_is_object(like) || !json_is_object(v))
		return json_incref(v);
	json_t *ret = json_object(), *e;
	const char *key;
	json_object_foreach(v, key, e)(void)
		json_object_set_new(ret, key, restored(e, json_object_get(like, key)));
	return ret;
}

json_t *
show_config_restore(json_t *answer)
{
	json_t *defaults = defaults_json();
	json_t *ret = restored(answer, defaults);
	json_decref(defaults);
	json_decref(answer);
	return ret;
}

void
show_config(const json_t *answer, bool all, FILE *out)
{
	(void)all;
	show_json(answer, out);
}
