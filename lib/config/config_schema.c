/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_print.h"
#include "config_value.h"

#include <string.h>

static void
put(json_t *object, const char *key, json_t *value)
{
	(void)json_object_set_new(object, key, value);
}

static json_t *
integer_schema(int64_t min, int64_t max)
{
	json_t *ret = json_object();

	put(ret, "type", json_string("integer"));
	put(ret, "minimum", json_integer(min));
	put(ret, "maximum", json_integer(max));
	return ret;
}

static json_t *
duration_schema(const struct config_key *key)
{
	json_t *ret = json_object();

	put(ret, "type", json_string("number"));
	put(ret, "minimum", config_number_json(key, key->min));
	put(ret, "maximum", config_number_json(key, key->max));
	return ret;
}

static json_t *
words_schema(const struct config_key *key)
{
	json_t *ret = json_object(), *words = json_array();

	for (int64_t i = 0; i <= key->max; i++)
		(void)json_array_append_new(words, json_string(key->words[i]));
	put(ret, "type", json_string("string"));
	put(ret, "enum", words);
	return ret;
}

static json_t *
list_schema(const struct config_key *key, json_t *item)
{
	json_t *ret = json_object();

	put(ret, "type", json_string("array"));
	put(ret, "maxItems", json_integer(key->max));
	if (key->type == CONFIG_PORTS || key->type == CONFIG_PROTO_PORTS ||
		key->type == CONFIG_DEVICES)
		put(ret, "uniqueItems", json_true());
	put(ret, "items", item);
	return ret;
}

/* The program has the last word; this finds slips while typing. */
static json_t *
net_schema(void)
{
	json_t *ret = json_object();

	put(ret, "type", json_string("string"));
	put(ret, "pattern", json_string("^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$"));
	return ret;
}

/* 1 .. 65535, then the protocol. */
#define PROTO_PORT                                                                                 \
	"(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|"                                 \
	"[1-5][0-9]{4}|[1-9][0-9]{0,3})/(tcp|udp)"

static json_t *
proto_port_schema(void)
{
	json_t *ret = json_object();

	put(ret, "type", json_string("string"));
	put(ret, "pattern", json_string("^" PROTO_PORT "$"));
	return ret;
}

/* The program has the last word here, too. */
static json_t *
allow_schema(void)
{
	json_t *ret = json_object();

	put(ret, "type", json_string("string"));
	put(ret, "pattern",
		json_string("^(" PROTO_PORT
			    "|[\\[\\]0-9A-Fa-f:./]*[.:][\\[\\]0-9A-Fa-f:./]*(tcp|udp)?)$"));
	return ret;
}

static json_t *
host_schema(void)
{
	json_t *ret = json_object();

	put(ret, "type", json_string("string"));
	put(ret, "maxLength", json_integer(NT_CONFIG_TEXT_MAX));
	put(ret, "pattern", json_string("^(\\*|[A-Za-z0-9_-]+)(\\.[A-Za-z0-9_-]+)+$"));
	return ret;
}

static json_t *
text_schema(const struct config_key *key)
{
	json_t *ret = json_object();

	put(ret, "type", json_string("string"));
	put(ret, "maxLength", json_integer(key->max));
	put(ret, "minLength", json_integer(key->min));
	put(ret, "pattern",
		key->chars != NULL ? json_sprintf("^[%s]*$", key->chars)
				   : json_string("^[ !#-\\[\\]-~]*$"));
	return ret;
}

/* That one device stands twice by two names, only the program sees. */
static json_t *
device_schema(void)
{
	json_t *ret = json_object();

	put(ret, "type", json_string("string"));
	put(ret, "maxLength", json_integer(NT_CONFIG_DEVICE_MAX));
	put(ret, "pattern",
		json_string(
			"^(([0-9A-Fa-f]{4}:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]|net_[a-z0-9_]+)"
			"(,[ !#-\\[\\]-~]*[ !#-+\\--\\[\\]-~])?$"));
	return ret;
}

static json_t *
type_schema(const struct config_key *key)
{
	json_t *ret;

	switch (key->type) {
	case CONFIG_BOOL:
		ret = json_object();
		put(ret, "type", json_string("boolean"));
		return ret;
	case CONFIG_U32:
	case CONFIG_U64:
		return integer_schema(key->min, key->max);
	case CONFIG_DURATION:
		return duration_schema(key);
	case CONFIG_ENUM:
		return words_schema(key);
	case CONFIG_PORTS:
		return list_schema(key, integer_schema(1, UINT16_MAX));
	case CONFIG_PROTO_PORTS:
		return list_schema(key, proto_port_schema());
	case CONFIG_NETS:
		return list_schema(key, net_schema());
	case CONFIG_TEXT:
	case CONFIG_LONG_TEXT:
		return text_schema(key);
	case CONFIG_ALLOW:
		return list_schema(key, allow_schema());
	case CONFIG_HOSTS:
		return list_schema(key, host_schema());
	case CONFIG_DEVICES:
		return list_schema(key, device_schema());
	}
	return NULL;
}

static json_t *
key_schema(const struct config_key *key, const struct nt_config *defaults)
{
	json_t *ret = type_schema(key);
	const char *unit = key->unit;

	put(ret, "description",
		unit != NULL ? json_sprintf("%s Unit: %s.", key->help, unit)
			     : json_string(key->help));
	put(ret, "default", config_value_json(defaults, key));
	/* Not a keyword of the standard, which leaves those that begin so to others. */
	put(ret, "x-reload", json_string(config_reload_word(key)));
	return ret;
}

/* An object that has these properties and no others. */
static json_t *
object_schema(json_t *properties)
{
	json_t *ret = json_object();

	put(ret, "type", json_string("object"));
	put(ret, "additionalProperties", json_false());
	put(ret, "properties", properties);
	return ret;
}

static json_t *
keys_schema(void)
{
	struct nt_config defaults;
	json_t *ret = json_object(), *schema = json_object();

	nt_config_default(&defaults);
	put(schema, "type", json_string("string"));
	put(schema, "description", json_string("Where editors find this schema."));
	put(ret, "$schema", schema);
	for (size_t i = 0; i < config_key_count; i++)
		put(config_group_object(ret, &config_keys[i]), config_key_leaf(&config_keys[i]),
			key_schema(&config_keys[i], &defaults));
	/* So far the groups are plain objects of schemas. */
	for (size_t i = 0; i < config_group_count; i++) {
		const struct config_group *group = &config_groups[i];
		json_t *object = object_schema(json_incref(json_object_get(ret, group->name)));

		put(object, "description", json_string(group->help));
		put(ret, group->name, object);
	}
	return ret;
}

int
nt_config_print_schema(FILE *out)
{
	json_t *root = json_object();

	put(root, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
	put(root, "title", json_string("nametap configuration"));
	(void)json_object_update_new(root, object_schema(keys_schema()));
	return config_print_json(root, out);
}
