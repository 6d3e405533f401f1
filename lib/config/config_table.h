/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of keys, from which everything else about the configuration is derived. Private to the
 * library and its tests. Constant; any thread.
 */
#ifndef NT_CONFIG_TABLE_H
#define NT_CONFIG_TABLE_H

#include "nt_config.h"

/* Room for a dotted key and its NUL; the table's longest has 35 (a test pins it). */
#define CONFIG_KEY_LEN 64

enum config_type {
	CONFIG_BOOL, /* bool */
	CONFIG_U32, /* uint32_t */
	CONFIG_U64, /* uint64_t */
	CONFIG_DURATION, /* int64_t nanoseconds; seconds in the file */
	CONFIG_ENUM, /* uint32_t, the index of the word */
	CONFIG_PORTS, /* struct nt_ports */
	CONFIG_PROTO_PORTS, /* struct nt_port_list: "443/tcp" */
	CONFIG_NETS, /* struct nt_netset: the private networks, then what the file has */
	CONFIG_TEXT, /* struct nt_config_text */
	CONFIG_LONG_TEXT, /* struct nt_config_long_text */
	CONFIG_ALLOW, /* struct nt_allow_list */
	CONFIG_HOSTS, /* struct nt_config_hosts */
	CONFIG_DEVICES, /* struct nt_config_devices */
};

/* What a running sensor can take over of a file that is read again. */
enum config_reload {
	CONFIG_RELOAD_NOT,
	CONFIG_RELOAD_ANY,
	CONFIG_RELOAD_LOWER, /* up to what it was started with: tables have no more room */
};

struct config_key {
	const char *key; /* dotted: each part but the last is a group */
	enum config_type type;
	size_t offset; /* in struct nt_config */
	/* Of the value (durations in ns), of the words' index, or of the number of elements or
	 * characters. */
	int64_t min, max;
	int64_t def; /* lists: the one element, -1 for none */
	const struct nt_port_list *def_ports; /* lists of ports: instead of def */
	const char *const *def_texts; /* CONFIG_ALLOW, CONFIG_HOSTS: ends in NULL */
	const char *def_text; /* texts: NULL is "" */
	const char *chars; /* texts: the only ones, as in a regular expression's []; NULL: any */
	const char *unit; /* NULL: a bare number */
	const char *const *words; /* CONFIG_ENUM: max + 1 of them */
	const char *help;
	enum config_reload reload;
};

/* An array in the file, its values' number first in the struct. */
static inline bool
config_is_list(const struct config_key *key)
{
	return key->type == CONFIG_PORTS || key->type == CONFIG_PROTO_PORTS ||
	       key->type == CONFIG_NETS || key->type == CONFIG_ALLOW || key->type == CONFIG_HOSTS ||
	       key->type == CONFIG_DEVICES;
}

static inline bool
config_is_text(const struct config_key *key)
{
	return key->type == CONFIG_TEXT || key->type == CONFIG_LONG_TEXT;
}

struct config_group {
	const char *name;
	const char *help;
};

extern const struct config_key config_keys[];
extern const size_t config_key_count;
extern const struct config_group config_groups[];
extern const size_t config_group_count;

/* NULL where there is none. */
const struct config_key *config_key_find(const char *dotted);
const struct config_group *config_group_find(const char *name);
/* The length of the key's group, 0 at the top. */
size_t config_key_group_len(const struct config_key *key);
const char *config_key_leaf(const struct config_key *key);
/* NULL at the top. */
const struct config_group *config_key_group(const struct config_key *key);

/* What was probably meant by a key that there isn't, or NULL. A group's name is one, too. */
const char *config_key_suggest(const char *dotted);

#endif
