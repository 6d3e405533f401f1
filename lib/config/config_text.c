/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_value.h"

#include <stdio.h>
#include <string.h>

/* Digits that a double keeps: 0.1 stays "0.1". */
#define REAL_DIGITS JSON_REAL_PRECISION(15)

json_t *
config_number_json(const struct config_key *key, int64_t v)
{
	if (key->type != CONFIG_DURATION)
		return json_integer(v);
	if (v % NT_NS_PER_SEC == 0)
		return json_integer(v / NT_NS_PER_SEC);
	return json_real((double)v / (double)NT_NS_PER_SEC);
}

static json_t *
proto_ports_json(const struct nt_port_list *list)
{
	json_t *ret = json_array();
	char text[NT_PORT_STRLEN];

	for (uint32_t i = 0; i < list->count; i++) {
		(void)nt_port_format(&list->ports[i], text);
		(void)json_array_append_new(ret, json_string(text));
	}
	return ret;
}

static json_t *
ports_json(const struct nt_ports *ports)
{
	json_t *ret = json_array();

	for (uint32_t i = 0; i < ports->count; i++)
		(void)json_array_append_new(ret, json_integer(ports->ports[i]));
	return ret;
}

static json_t *
net_json(const struct nt_net *net)
{
	char addr[NT_ADDR_STRLEN];

	/* As text, an IPv4-mapped address is IPv4; its network has to stay what it is. */
	nt_addr_format(&net->addr, addr);
	return json_sprintf(
		"%s%s/%u", nt_addr_is_mapped(&net->addr) ? "::ffff:" : "", addr, net->prefix_len);
}

/* Those that the file has: behind the private ones. */
static json_t *
nets_json(const struct nt_netset *set)
{
	struct nt_netset private = { 0 };
	json_t *ret = json_array();

	nt_netset_add_private(&private);
	for (unsigned int i = private.count; i < set->count; i++)
		(void)json_array_append_new(ret, net_json(&set->nets[i]));
	return ret;
}

static json_t *
allow_json(const struct nt_allow_list *list)
{
	json_t *ret = json_array();
	char text[NT_ALLOW_STRLEN];

	for (uint32_t i = 0; i < list->count; i++) {
		(void)nt_allow_format(&list->entries[i], text);
		(void)json_array_append_new(ret, json_string(text));
	}
	return ret;
}

static json_t *
hosts_json(const struct nt_config_hosts *list)
{
	json_t *ret = json_array();

	for (uint32_t i = 0; i < list->count; i++)
		(void)json_array_append_new(ret, json_string(list->hosts[i].text));
	return ret;
}

static json_t *
devices_json(const struct nt_config_devices *list)
{
	json_t *ret = json_array();

	for (uint32_t i = 0; i < list->count; i++)
		(void)json_array_append_new(ret, json_string(list->devices[i].text));
	return ret;
}

json_t *
config_value_json(const struct nt_config *cfg, const struct config_key *key)
{
	const void *at = (const char *)cfg + key->offset;

	switch (key->type) {
	case CONFIG_BOOL:
		return json_boolean(*(const bool *)at);
	case CONFIG_U32:
		return json_integer(*(const uint32_t *)at);
	case CONFIG_U64:
		return json_integer((json_int_t) * (const uint64_t *)at);
	case CONFIG_DURATION:
		return config_number_json(key, *(const int64_t *)at);
	case CONFIG_ENUM:
		return json_string(key->words[*(const uint32_t *)at]);
	case CONFIG_PORTS:
		return ports_json(at);
	case CONFIG_PROTO_PORTS:
		return proto_ports_json(at);
	case CONFIG_NETS:
		return nets_json(at);
	case CONFIG_TEXT:
	case CONFIG_LONG_TEXT:
		return json_string(at);
	case CONFIG_ALLOW:
		return allow_json(at);
	case CONFIG_HOSTS:
		return hosts_json(at);
	case CONFIG_DEVICES:
		return devices_json(at);
	}
	return NULL;
}

/* A scalar, in ASCII, cut with dots; ret is never without its NUL. */
static const char *
scalar_text(const json_t *value, char *ret, size_t room)
{
	size_t len =
		json_dumpb(value, ret, room - 1, JSON_ENCODE_ANY | JSON_ENSURE_ASCII | REAL_DIGITS);

	if (len >= room) {
		len = room - 1;
		memcpy(ret + len - 3, "...", 3);
	}
	ret[len] = '\0';
	return ret;
}

const char *
config_shown(const json_t *value, char ret[CONFIG_SHOWN_LEN])
{
	if (json_is_array(value))
		return "an array";
	if (json_is_object(value))
		return "an object";
	return scalar_text(value, ret, CONFIG_SHOWN_LEN);
}

const char *
config_bounds(const struct config_key *key, char ret[CONFIG_BOUNDS_LEN])
{
	char min[24] = "", max[24] = "";
	json_t *v = config_number_json(key, key->min);

	scalar_text(v, min, sizeof(min));
	json_decref(v);
	v = config_number_json(key, key->max);
	scalar_text(v, max, sizeof(max));
	json_decref(v);
	(void)snprintf(ret, CONFIG_BOUNDS_LEN, "%s .. %s%s%s", min, max,
		key->unit != NULL ? " " : "", key->unit != NULL ? key->unit : "");
	return ret;
}
