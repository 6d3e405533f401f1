/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "telemetry_json.h"

/* What "more":1 takes. */
#define MORE_BYTES 10

/* "key": and a comma */
#define MEMBER_BYTES(key) (strlen(key) + 4)

struct room {
	size_t left;
	bool cut;
};

static json_t *shape(const json_t *v);

/* In pieces that do not cut a character of UTF-8 into two. */
static json_t *
shape_text(const json_t *v)
{
	const char *text = json_string_value(v);
	size_t left = json_string_length(v);
	if (left <= TELEMETRY_TEXT_BYTES)
		return json_string(text);
	json_t *pieces = json_array();
	while (left > 0) {
		size_t n = NT_MIN(left, TELEMETRY_TEXT_BYTES);
		while (n < left && ((uint8_t)text[n] & 0xc0) == 0x80)
			n--;
		(void)json_array_append_new(pieces, json_stringn(text, n));
		text += n;
		left -= n;
	}
	return pieces;
}

static json_t *
shape_number(const json_t *v)
{
	char text[32];
	if (json_is_integer(v) && json_integer_value(v) >= 0)
		return json_integer(json_integer_value(v));
	if (json_is_integer(v))
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(v));
	else
		snprintf(text, sizeof(text), "%.15g", json_real_value(v));
	return json_string(text);
}

static bool
is_plain_array(const json_t *v)
{
	const json_type first = json_typeof(json_array_get(v, 0));
	size_t i;
	json_t *e;
	json_array_foreach(v, i, e)
	{
		if (json_typeof(e) != first || (json_is_integer(e) && json_integer_value(e) < 0) ||
			(json_is_string(e) && json_string_length(e) > TELEMETRY_TEXT_BYTES))
			return false;
	}
	return first == JSON_STRING || first == JSON_INTEGER;
}

static json_t *
shape_array(const json_t *v)
{
	if (json_array_size(v) == 0)
		return json_array();
	const bool plain = is_plain_array(v);
	json_t *ret = plain ? json_array() : json_object();
	size_t i;
	json_t *e;
	json_array_foreach(v, i, e)
	{
		char key[24];
		snprintf(key, sizeof(key), "%zu", i);
		if (plain)
			(void)json_array_append_new(ret, shape(e));
		else
			(void)json_object_set_new(ret, key, shape(e));
	}
	return ret;
}

static json_t *
shape_object(const json_t *v)
{
	json_t *ret = json_object();
	void *it = json_object_iter((json_t *)(uintptr_t)v);
	for (; it != NULL; it = json_object_iter_next((json_t *)(uintptr_t)v, it))
		(void)json_object_set_new(
			ret, json_object_iter_key(it), shape(json_object_iter_value(it)));
	return ret;
}

static json_t *
shape(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return shape_object(v);
	case JSON_ARRAY:
		return shape_array(v);
	case JSON_STRING:
		return shape_text(v);
	case JSON_INTEGER:
	case JSON_REAL:
		return shape_number(v);
	default:
		return json_integer(json_is_true(v));
	}
}

static size_t
bytes_of(const json_t *v)
{
	return json_dumpb(v, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
}

static bool
is_number(const char *key)
{
	return key[strspn(key, "0123456789")] == '\0';
}

static json_t *cut(const json_t *v, struct room *r);

static json_t *
cut_array(const json_t *v, struct room *r)
{
	json_t *ret = json_array(), *e;
	size_t i;
	json_array_foreach(v, i, e)
	{
		const size_t bytes = bytes_of(e) + 1;
		if (bytes > r->left || i == TELEMETRY_ARRAY_MAX) {
			r->cut = true;
			break;
		}
		r->left -= bytes;
		(void)json_array_append(ret, e);
	}
	return ret;
}

/* False: neither this member nor what follows it in a list. */
static bool
cut_member(json_t *ret, const char *key, json_t *v, struct room *r)
{
	const size_t head = MEMBER_BYTES(key), bytes = head + bytes_of(v);
	if (json_object_size(ret) == TELEMETRY_DICT_MAX - 1 || strlen(key) > TELEMETRY_KEY_BYTES)
		return false;
	if (bytes <= r->left && json_object_size(v) < TELEMETRY_DICT_MAX &&
		json_array_size(v) <= TELEMETRY_ARRAY_MAX) {
		r->left -= bytes;
		return json_object_set(ret, key, v) == 0;
	}
	if (is_number(key) || !(json_is_object(v) || json_is_array(v)) || r->left < head + 2)
		return false;
	r->left -= head + 2;
	return json_object_set_new(ret, key, cut(v, r)) == 0;
}

static json_t *
cut(const json_t *v, struct room *r)
{
	if (json_is_array(v))
		return cut_array(v, r);
	json_t *ret = json_object();
	void *it = json_object_iter((json_t *)(uintptr_t)v);
	for (; it != NULL; it = json_object_iter_next((json_t *)(uintptr_t)v, it)) {
		if (cut_member(ret, json_object_iter_key(it), json_object_iter_value(it), r))
			continue;
		r->cut = true;
		if (is_number(json_object_iter_key(it)))
			break;
	}
	return ret;
}

json_t *
telemetry_shape(json_t *root, size_t max_bytes)
{
	struct room r = { .left = max_bytes - MORE_BYTES - 2 };
	json_t *all = root != NULL ? shape(root) : NULL;
	json_t *ret = all != NULL ? cut(all, &r) : NULL;
	json_decref(root);
	json_decref(all);
	if (ret != NULL && r.cut)
		(void)json_object_set_new(ret, "more", json_integer(1));
	return ret;
}
