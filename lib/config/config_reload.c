/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "config_value.h"

static size_t
value_bytes(const struct config_key *key)
{
	static const size_t bytes[] = {
		[CONFIG_BOOL] = sizeof(bool),
		[CONFIG_U32] = sizeof(uint32_t),
		[CONFIG_U64] = sizeof(uint64_t),
		[CONFIG_DURATION] = sizeof(int64_t),
		[CONFIG_ENUM] = sizeof(uint32_t),
		[CONFIG_PORTS] = sizeof(struct nt_ports),
		[CONFIG_PROTO_PORTS] = sizeof(struct nt_port_list),
		[CONFIG_NETS] = sizeof(struct nt_netset),
		[CONFIG_TEXT] = sizeof(struct nt_config_text),
		[CONFIG_LONG_TEXT] = sizeof(struct nt_config_long_text),
		[CONFIG_ALLOW] = sizeof(struct nt_allow_list),
		[CONFIG_HOSTS] = sizeof(struct nt_config_hosts),
		[CONFIG_DEVICES] = sizeof(struct nt_config_devices),
	};

	return bytes[key->type];
}

static const char *
value_of(const struct nt_config *cfg, const struct config_key *key)
{
	return (const char *)cfg + key->offset;
}

/* Behind a list's or text's end there may be anything. */
static bool
is_same(const struct nt_config *a, const struct nt_config *b, const struct config_key *key)
{
	json_t *ja, *jb;
	bool same;

	if (memcmp(value_of(a, key), value_of(b, key), value_bytes(key)) == 0)
		return true;
	if (!config_is_list(key) && !config_is_text(key))
		return false;
	ja = config_value_json(a, key);
	jb = config_value_json(b, key);
	same = ja != NULL && jb != NULL && json_equal(ja, jb);
	json_decref(ja);
	json_decref(jb);
	return same;
}

static uint64_t
number_of(const struct nt_config *cfg, const struct config_key *key)
{
	uint32_t u32;
	uint64_t u64;

	if (key->type == CONFIG_U64) {
		memcpy(&u64, value_of(cfg, key), sizeof(u64));
		return u64;
	}
	memcpy(&u32, value_of(cfg, key), sizeof(u32));
	return u32;
}

static enum nt_config_fate
fate_of(const struct nt_config *begun, const struct nt_config *wanted, const struct config_key *key)
{
	if (key->reload == CONFIG_RELOAD_NOT)
		return NT_CONFIG_NEEDS_RESTART;
	if (key->reload == CONFIG_RELOAD_LOWER && number_of(wanted, key) > number_of(begun, key))
		return NT_CONFIG_ABOVE_START;
	return NT_CONFIG_TAKEN;
}

void
nt_config_take_over(struct nt_config *cfg, const struct nt_config *begun,
	const struct nt_config *wanted, nt_config_differs *tell, void *arg)
{
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];
		enum nt_config_fate fate;

		if (is_same(cfg, wanted, key))
			continue;
		fate = fate_of(begun, wanted, key);
		if (fate == NT_CONFIG_TAKEN)
			memcpy((char *)cfg + key->offset, value_of(wanted, key), value_bytes(key));
		tell(arg, key->key, fate);
	}
}
