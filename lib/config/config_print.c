/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_print.h"

#include <string.h>

#include <nt_strbuf.h>

#include "config_value.h"

/* A default as text: the longest are the servers of DNS over HTTPS, 80 of some 25 characters each.
 */
#define DEFAULT_LEN 4096
/* A row of the documentation: key, default, type, help and what stands between them. */
#define ROW_LEN 8192

static int
write_all(const char *text, size_t len, void *out)
{
	return fwrite(text, 1, len, out) == len ? 0 : -1;
}

int
config_print_json(json_t *root, FILE *out)
{
	/* Digits that a double keeps: 0.1 stays "0.1". */
	int rc = root != NULL ? json_dump_callback(root, write_all, out,
					JSON_INDENT(2) | JSON_REAL_PRECISION(15))
			      : -1;

	json_decref(root);
	if (rc == 0)
		rc = write_all("\n", 1, out);
	return rc == 0 && fflush(out) == 0 ? 0 : -EIO;
}

json_t *
config_group_object(json_t *root, const struct config_key *key)
{
	char group[CONFIG_KEY_LEN];
	size_t len = config_key_group_len(key);
	json_t *object;

	if (len == 0)
		return root;
	memcpy(group, key->key, len);
	group[len] = '\0';
	object = json_object_get(root, group);
	if (object == NULL) {
		object = json_object();
		(void)json_object_set_new(root, group, object);
	}
	return object;
}

const char *
config_reload_word(const struct config_key *key)
{
	static const char *const words[] = {
		[CONFIG_RELOAD_NOT] = "no",
		[CONFIG_RELOAD_ANY] = "yes",
		[CONFIG_RELOAD_LOWER] = "lower",
	};

	return words[key->reload];
}

static void
add_keys(json_t *root, const struct nt_config *cfg)
{
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];

		(void)json_object_set_new(config_group_object(root, key), config_key_leaf(key),
			config_value_json(cfg, key));
	}
}

int
nt_config_print(const struct nt_config *cfg, FILE *out)
{
	json_t *root = json_object();

	add_keys(root, cfg);
	return config_print_json(root, out);
}

int
nt_config_print_sample(FILE *out)
{
	struct nt_config cfg;
	json_t *root = json_object();

	nt_config_default(&cfg);
	(void)json_object_set_new(root, "$schema", json_string("nametap.schema.json"));
	add_keys(root, &cfg);
	return config_print_json(root, out);
}

static void
put_text_bounds(struct nt_strbuf *b, const struct config_key *key)
{
	if (key->min > 0) {
		nt_strbuf_i64(b, key->min);
		nt_strbuf_lit(b, " .. ");
	} else {
		nt_strbuf_lit(b, "at most ");
	}
	nt_strbuf_i64(b, key->max);
	if (key->chars == NULL) {
		nt_strbuf_lit(b, " characters of ASCII, no quotes or backslashes");
		return;
	}
	nt_strbuf_lit(b, " of the characters `");
	nt_strbuf_str(b, key->chars);
	nt_strbuf_lit(b, "`");
}

static void
put_bounds(struct nt_strbuf *b, const struct config_key *key)
{
	char bounds[CONFIG_BOUNDS_LEN];

	switch (key->type) {
	case CONFIG_BOOL:
		nt_strbuf_lit(b, "`true` or `false`");
		break;
	case CONFIG_ENUM:
		for (int64_t i = 0; i <= key->max; i++) {
			if (i > 0)
				nt_strbuf_str(b, i < key->max ? ", " : " or ");
			nt_strbuf_lit(b, "`\"");
			nt_strbuf_str(b, key->words[i]);
			nt_strbuf_lit(b, "\"`");
		}
		break;
	case CONFIG_PORTS:
		nt_strbuf_lit(b, "array of at most ");
		nt_strbuf_i64(b, key->max);
		nt_strbuf_lit(b, " ports");
		break;
	case CONFIG_PROTO_PORTS:
		nt_strbuf_lit(b, "array of at most ");
		nt_strbuf_i64(b, key->max);
		nt_strbuf_lit(b, " ports, like `\"80/tcp\"`");
		break;
	case CONFIG_TEXT:
	case CONFIG_LONG_TEXT:
		put_text_bounds(b, key);
		break;
	case CONFIG_DEVICES:
		nt_strbuf_lit(b, "array of at most ");
		nt_strbuf_i64(b, key->max);
		nt_strbuf_lit(b, " devices of at most ");
		nt_strbuf_i64(b, NT_CONFIG_DEVICE_MAX);
		nt_strbuf_lit(b, " characters, like `\"0000:03:00.0\"` or "
				 "`\"net_pcap0,rx_pcap=a.pcap\"`");
		break;
	case CONFIG_ALLOW:
		nt_strbuf_lit(b, "array of at most ");
		nt_strbuf_i64(b, key->max);
		nt_strbuf_lit(b, ", like `\"192.0.2.1\"`, `\"198.51.100.0/24:443/tcp\"`, "
				 "`\"[2001:db8::1]:53\"` or `\"123/udp\"`");
		break;
	case CONFIG_HOSTS:
		nt_strbuf_lit(b, "array of at most ");
		nt_strbuf_i64(b, key->max);
		nt_strbuf_lit(b, " host names");
		break;
	case CONFIG_NETS:
		nt_strbuf_lit(b, "array of at most ");
		nt_strbuf_i64(b, key->max);
		nt_strbuf_lit(b, " networks, like `\"198.51.100.0/24\"`");
		break;
	default:
		nt_strbuf_str(b, config_bounds(key, bounds));
	}
}

static int
print_row(const struct config_key *key, const struct nt_config *defaults, FILE *out)
{
	char row[ROW_LEN], def[DEFAULT_LEN];
	struct nt_strbuf b = nt_strbuf_init(row, sizeof(row));
	json_t *v = config_value_json(defaults, key);
	size_t len = json_dumpb(v, def, sizeof(def), JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));

	json_decref(v);
	nt_strbuf_lit(&b, "| `");
	nt_strbuf_str(&b, key->key);
	nt_strbuf_lit(&b, "` | `");
	nt_strbuf_mem(&b, def, NT_MIN(len, sizeof(def)));
	nt_strbuf_lit(&b, "` | ");
	put_bounds(&b, key);
	nt_strbuf_lit(&b, " | ");
	nt_strbuf_str(&b, config_reload_word(key));
	nt_strbuf_lit(&b, " | ");
	nt_strbuf_str(&b, key->help);
	nt_strbuf_lit(&b, " |\n");
	return b.full ? -1 : write_all(b.data, b.len, out);
}

/* Above the first key of a group: a heading, what the group is about, and the table's head. */
static int
print_head(const struct config_group *group, FILE *out)
{
	char head[ROW_LEN];
	struct nt_strbuf b = nt_strbuf_init(head, sizeof(head));

	if (group != NULL) {
		nt_strbuf_lit(&b, "\n### ");
		nt_strbuf_str(&b, group->name);
		nt_strbuf_lit(&b, "\n\n");
		nt_strbuf_str(&b, group->help);
		nt_strbuf_lit(&b, "\n\n");
	}
	nt_strbuf_lit(&b, "| key | default | values | reload | meaning |\n"
			  "| --- | --- | --- | --- | --- |\n");
	return b.full ? -1 : write_all(b.data, b.len, out);
}

int
nt_config_print_markdown(FILE *out)
{
	const struct config_group *group, *last = NULL;
	struct nt_config defaults;
	int rc = 0;

	nt_config_default(&defaults);
	for (size_t i = 0; i < config_key_count && rc == 0; i++) {
		group = config_key_group(&config_keys[i]);
		if (i == 0 || group != last)
			rc = print_head(group, out);
		last = group;
		if (rc == 0)
			rc = print_row(&config_keys[i], &defaults, out);
	}
	return rc == 0 && fflush(out) == 0 ? 0 : -EIO;
}
