/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_device.h"
#include "config_value.h"

#include <stdio.h>
#include <string.h>

/* 2^63 and 2^53: what an int64_t holds, and up to where every whole double is one number. */
#define INT64_END    0x1p63
#define DOUBLE_EXACT 0x1p53

static void *
field(struct nt_config *cfg, const struct config_key *key)
{
	return (char *)cfg + key->offset;
}

static void
wrong_type(struct config_problems *p, const char *path, const char *wanted, const json_t *value)
{
	char shown[CONFIG_SHOWN_LEN];

	config_problem(p, path, "has to be %s, not %s", wanted, config_shown(value, shown));
}

static void
out_of_bounds(struct config_problems *p, const struct config_key *key, const json_t *value)
{
	char shown[CONFIG_SHOWN_LEN], bounds[CONFIG_BOUNDS_LEN];

	config_problem(p, key->key, "%s is out of bounds (%s)", config_shown(value, shown),
		config_bounds(key, bounds));
}

/* 1e6 and 1.0 are whole numbers, too, as in JSON Schema. */
static bool
whole_number(const json_t *value, int64_t *ret)
{
	double d;

	if (json_is_integer(value)) {
		*ret = json_integer_value(value);
		return true;
	}
	if (!json_is_real(value))
		return false;
	d = json_real_value(value);
	if (!(d >= -DOUBLE_EXACT && d <= DOUBLE_EXACT) || d != (double)(int64_t)d)
		return false;
	*ret = (int64_t)d;
	return true;
}

static bool
store_number(
	const struct config_key *key, const json_t *value, struct config_problems *p, int64_t *ret)
{
	char bounds[CONFIG_BOUNDS_LEN], wanted[CONFIG_BOUNDS_LEN + 32];
	int64_t v;

	if (!whole_number(value, &v)) {
		(void)snprintf(
			wanted, sizeof(wanted), "a whole number (%s)", config_bounds(key, bounds));
		wrong_type(p, key->key, wanted, value);
		return false;
	}
	if (v < key->min || v > key->max) {
		out_of_bounds(p, key, value);
		return false;
	}
	*ret = v;
	return true;
}

static void
store_duration(
	int64_t *ret, const struct config_key *key, const json_t *value, struct config_problems *p)
{
	char bounds[CONFIG_BOUNDS_LEN], wanted[CONFIG_BOUNDS_LEN + 32];
	double sec = json_number_value(value), ns = sec * (double)NT_NS_PER_SEC;

	if (!json_is_number(value)) {
		(void)snprintf(wanted, sizeof(wanted), "a number (%s)", config_bounds(key, bounds));
		wrong_type(p, key->key, wanted, value);
		return;
	}
	/* In seconds: so the schema's bounds are these to the last bit. */
	if (!(sec >= (double)key->min / (double)NT_NS_PER_SEC &&
		    sec <= (double)key->max / (double)NT_NS_PER_SEC) ||
		!(ns < INT64_END)) {
		out_of_bounds(p, key, value);
		return;
	}
	/* Whole seconds stay exact. */
	*ret = json_is_integer(value) ? NT_SEC(json_integer_value(value)) : (int64_t)(ns + 0.5);
	*ret = NT_MIN(*ret, key->max);
}

static void
store_word(
	uint32_t *ret, const struct config_key *key, const json_t *value, struct config_problems *p)
{
	const char *word = json_string_value(value);
	char wanted[256];
	size_t len = 0;

	for (uint32_t i = 0; word != NULL && i <= (uint32_t)key->max; i++) {
		if (strcmp(word, key->words[i]) == 0) {
			*ret = i;
			return;
		}
	}
	for (int64_t i = 0; i <= key->max && len < sizeof(wanted); i++)
		len += (size_t)snprintf(wanted + len, sizeof(wanted) - len, "%s\"%s\"",
			i == 0	       ? ""
			: i < key->max ? ", "
				       : " or ",
			key->words[i]);
	wrong_type(p, key->key, wanted, value);
}

/* NULL unless it is a string without NULs. */
static const char *
whole_string(const json_t *value)
{
	const char *text = json_string_value(value);

	return text != NULL && json_string_length(value) == strlen(text) ? text : NULL;
}

static bool
has_port(const struct nt_ports *ports, uint16_t port)
{
	for (uint32_t i = 0; i < ports->count; i++) {
		if (ports->ports[i] == port)
			return true;
	}
	return false;
}

static void
take_port(void *list, const char *path, const json_t *value, struct config_problems *p)
{
	struct nt_ports *ret = list;
	char shown[CONFIG_SHOWN_LEN];
	int64_t port;

	if (!whole_number(value, &port))
		wrong_type(p, path, "a port (1 .. 65535)", value);
	else if (port < 1 || port > UINT16_MAX)
		config_problem(
			p, path, "%s is out of bounds (1 .. 65535)", config_shown(value, shown));
	else if (has_port(ret, (uint16_t)port))
		config_problem(p, path, "%u stands twice", (unsigned int)port);
	else
		ret->ports[ret->count++] = (uint16_t)port;
}

static void
take_proto_port(void *list, const char *path, const json_t *value, struct config_problems *p)
{
	struct nt_port_list *ret = list;
	const char *text = whole_string(value);
	char shown[CONFIG_SHOWN_LEN];
	struct nt_port port;

	if (text == NULL || nt_port_parse(text, &port) < 0)
		wrong_type(p, path, "a port, like \"80/tcp\" or \"53/udp\"", value);
	else if (nt_port_list_has(ret, &port))
		config_problem(p, path, "%s stands twice", config_shown(value, shown));
	else
		ret->ports[ret->count++] = port;
}

/* Is it 192.0.2.1 that is meant, or 192.0.2.0/24? */
static void
host_bits(struct config_problems *p, const char *path, const json_t *value)
{
	char shown[CONFIG_SHOWN_LEN];

	config_problem(p, path, "%s: the address has bits set behind the prefix",
		config_shown(value, shown));
}

static void
take_net(void *list, const char *path, const json_t *value, struct config_problems *p)
{
	const char *text = whole_string(value);
	const int rc = text != NULL ? nt_netset_add(list, text) : -EINVAL;

	if (rc == -ENOSPC)
		config_problem(p, path, "there is no room for more networks");
	else if (rc > 0)
		host_bits(p, path, value);
	else if (rc < 0)
		wrong_type(
			p, path, "a network, like \"198.51.100.0/24\" or \"2001:db8::/32\"", value);
}

/* Is it one of "a-z_", as in the brackets of a regular expression (a last '-' is itself)? */
static bool
in_set(char c, const char *set)
{
	for (; *set != '\0'; set++) {
		if (c == *set)
			return true;
		if (set[1] != '-' || set[2] == '\0')
			continue;
		if (c >= set[0] && c <= set[2])
			return true;
		set += 2;
	}
	return false;
}

/* Printable ASCII without quotes and backslashes; set: only of these, where it isn't NULL. */
static bool
is_plain(const char *text, const char *set)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\' ||
			(set != NULL && !in_set(*text, set)))
			return false;
	return true;
}

static void
store_text(char *ret, const struct config_key *key, const json_t *value, struct config_problems *p)
{
	const char *text = whole_string(value);
	const size_t len = text != NULL ? strlen(text) : 0;
	char wanted[96];

	if (text == NULL || !is_plain(text, key->chars)) {
		(void)snprintf(wanted, sizeof(wanted), "a text of %s%s",
			key->chars != NULL ? "" : "printable ASCII without \" and \\",
			key->chars != NULL ? key->chars : "");
		wrong_type(p, key->key, wanted, value);
	} else if (len < (size_t)key->min) {
		config_problem(p, key->key, "may not be empty");
	} else if (len > (size_t)key->max) {
		config_problem(p, key->key, "has %zu characters, at most %lld are possible", len,
			(long long)key->max);
	} else {
		memset(ret, 0, (size_t)key->max + 1);
		/* There is room for a zero, which is there. */
		memcpy(ret, text, len); /* NOLINT(bugprone-not-null-terminated-result) */
	}
}

static bool
has_device(const struct nt_config_devices *list, const char *text)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (config_device_same(list->devices[i].text, text))
			return true;
	return false;
}

static void
take_device(void *list, const char *path, const json_t *value, struct config_problems *p)
{
	struct nt_config_devices *ret = list;
	const char *text = whole_string(value);
	char shown[CONFIG_SHOWN_LEN];

	if (text == NULL || !is_plain(text, NULL) || !config_device_valid(text))
		wrong_type(p, path,
			"a device, like \"0000:03:00.0\" or \"net_af_packet0,iface=eth1\"", value);
	else if (strlen(text) > NT_CONFIG_DEVICE_MAX)
		config_problem(p, path, "has %zu characters, at most %d are possible", strlen(text),
			NT_CONFIG_DEVICE_MAX);
	else if (has_device(ret, text))
		config_problem(p, path, "%s: this device stands twice", config_shown(value, shown));
	else
		memcpy(ret->devices[ret->count++].text, text, strlen(text));
}

static void
take_allowed(void *list, const char *path, const json_t *value, struct config_problems *p)
{
	struct nt_allow_list *ret = list;
	const char *text = whole_string(value);
	const int rc = text != NULL ? nt_allow_parse(text, &ret->entries[ret->count]) : -EINVAL;

	if (rc == -EDOM)
		host_bits(p, path, value);
	else if (rc < 0)
		wrong_type(p, path,
			"an address, network, port or protocol, like \"192.0.2.1\", "
			"\"198.51.100.0/24:443/tcp\" or \"123/udp\"",
			value);
	else
		ret->count++;
}

static bool
is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* In lower case; two labels or more with a dot between them, the first of which may be a "*". */
static bool
parse_host(struct nt_config_text *ret, const char *text)
{
	const size_t len = strlen(text), from = strncmp(text, "*.", 2) == 0 ? 2 : 0;
	bool dot = from != 0;

	if (len > NT_CONFIG_TEXT_MAX)
		return false;
	*ret = (struct nt_config_text){ "" };
	memcpy(ret->text, text, from);
	for (size_t i = from; i < len; i++) {
		const char c = text[i];

		ret->text[i] = c;
		if (c >= 'A' && c <= 'Z')
			ret->text[i] = (char)(c + ('a' - 'A'));
		if (!is_host_char(ret->text[i]) && (c != '.' || i == from || text[i - 1] == '.'))
			return false;
		dot |= c == '.';
	}
	return dot && len > from && text[len - 1] != '.';
}

static void
take_host(void *list, const char *path, const json_t *value, struct config_problems *p)
{
	struct nt_config_hosts *ret = list;
	const char *text = whole_string(value);

	if (text == NULL || !parse_host(&ret->hosts[ret->count], text))
		wrong_type(p, path,
			"a host name of at most 63 characters, like \"dns.example.com\" or "
			"\"*.example.com\"",
			value);
	else
		ret->count++;
}

/* The types that are lists of elements; the others have no `take`. */
static const struct list_type {
	const char *wanted;
	size_t size; /* of the list */
	/* The next element, which stands at this path: added to the list, or a problem. */
	void (*take)(void *list, const char *path, const json_t *value, struct config_problems *p);
} list_types[] = {
	[CONFIG_PORTS] = { "an array of ports, like [53]", sizeof(struct nt_ports), take_port },
	[CONFIG_PROTO_PORTS] = { "an array of ports, like [\"80/tcp\", \"53/udp\"]",
		sizeof(struct nt_port_list), take_proto_port },
	[CONFIG_NETS] = { "an array of networks, like [\"198.51.100.0/24\"]",
		sizeof(struct nt_netset), take_net },
	[CONFIG_DEVICES] = { "an array of devices, like [\"0000:03:00.0\"]",
		sizeof(struct nt_config_devices), take_device },
	[CONFIG_ALLOW] = { "an array of addresses, networks and ports, like [\"123/udp\"]",
		sizeof(struct nt_allow_list), take_allowed },
	[CONFIG_HOSTS] = { "an array of host names, like [\"dns.example.com\"]",
		sizeof(struct nt_config_hosts), take_host },
};

static void
store_list(void *ret, const struct config_key *key, const json_t *value, struct config_problems *p)
{
	const struct list_type *type = &list_types[key->type];
	char path[CONFIG_KEY_LEN + 16];

	if (!json_is_array(value)) {
		wrong_type(p, key->key, type->wanted, value);
		return;
	}
	if (json_array_size(value) > (size_t)key->max) {
		config_problem(p, key->key, "has %zu elements, at most %lld are possible",
			json_array_size(value), (long long)key->max);
		return;
	}
	memset(ret, 0, type->size);
	if (key->type == CONFIG_NETS)
		nt_netset_add_private(ret);
	for (size_t i = 0; i < json_array_size(value); i++) {
		(void)snprintf(path, sizeof(path), "%s[%zu]", key->key, i);
		type->take(ret, path, json_array_get(value, i), p);
	}
}

void
config_value_store(struct nt_config *cfg, const struct config_key *key, const json_t *value,
	struct config_problems *p)
{
	void *at = field(cfg, key);
	int64_t v;

	switch (key->type) {
	case CONFIG_BOOL:
		if (json_is_boolean(value))
			*(bool *)at = json_is_true(value);
		else
			wrong_type(p, key->key, "true or false", value);
		break;
	case CONFIG_U32:
		if (store_number(key, value, p, &v))
			*(uint32_t *)at = (uint32_t)v;
		break;
	case CONFIG_U64:
		if (store_number(key, value, p, &v))
			*(uint64_t *)at = (uint64_t)v;
		break;
	case CONFIG_DURATION:
		store_duration(at, key, value, p);
		break;
	case CONFIG_ENUM:
		store_word(at, key, value, p);
		break;
	case CONFIG_TEXT:
	case CONFIG_LONG_TEXT:
		store_text(at, key, value, p);
		break;
	case CONFIG_PORTS:
	case CONFIG_PROTO_PORTS:
	case CONFIG_NETS:
	case CONFIG_DEVICES:
	case CONFIG_ALLOW:
	case CONFIG_HOSTS:
		store_list(at, key, value, p);
		break;
	}
}

static void
store_default_ports(struct nt_ports *ret, const struct config_key *key)
{
	*ret = (struct nt_ports){ 0 };
	if (key->def > 0)
		ret->ports[ret->count++] = (uint16_t)key->def;
	for (uint32_t i = 0; key->def_ports != NULL && i < key->def_ports->count; i++)
		ret->ports[ret->count++] = key->def_ports->ports[i].port;
}

static void
store_default_allow(struct nt_allow_list *ret, const struct config_key *key)
{
	*ret = (struct nt_allow_list){ 0 };
	for (const char *const *t = key->def_texts; t != NULL && *t != NULL; t++)
		ret->count += nt_allow_parse(*t, &ret->entries[ret->count]) == 0;
}

static void
store_default_hosts(struct nt_config_hosts *ret, const struct config_key *key)
{
	*ret = (struct nt_config_hosts){ 0 };
	for (const char *const *t = key->def_texts; t != NULL && *t != NULL; t++)
		ret->count += parse_host(&ret->hosts[ret->count], *t);
}

static void
store_default_text(char *ret, const struct config_key *key)
{
	memset(ret, 0, (size_t)key->max + 1);
	if (key->def_text != NULL)
		memcpy(ret, key->def_text, strlen(key->def_text));
}

void
config_value_store_default(struct nt_config *cfg, const struct config_key *key)
{
	void *at = field(cfg, key);

	switch (key->type) {
	case CONFIG_BOOL:
		*(bool *)at = key->def != 0;
		break;
	case CONFIG_U32:
	case CONFIG_ENUM:
		*(uint32_t *)at = (uint32_t)key->def;
		break;
	case CONFIG_U64:
		*(uint64_t *)at = (uint64_t)key->def;
		break;
	case CONFIG_DURATION:
		*(int64_t *)at = key->def;
		break;
	case CONFIG_PORTS:
		store_default_ports(at, key);
		break;
	case CONFIG_PROTO_PORTS:
		*(struct nt_port_list *)at = *key->def_ports;
		break;
	case CONFIG_NETS:
		*(struct nt_netset *)at = (struct nt_netset){ 0 };
		nt_netset_add_private(at);
		break;
	case CONFIG_TEXT:
	case CONFIG_LONG_TEXT:
		store_default_text(at, key);
		break;
	case CONFIG_DEVICES:
		*(struct nt_config_devices *)at = (struct nt_config_devices){ 0 };
		break;
	case CONFIG_ALLOW:
		store_default_allow(at, key);
		break;
	case CONFIG_HOSTS:
		store_default_hosts(at, key);
		break;
	}
}
