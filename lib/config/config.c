/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_config.h"

#include <string.h>

#include "config_value.h"

void
nt_config_default(struct nt_config *ret)
{
	/* Padding as well: two configurations can be compared by their bytes. */
	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < config_key_count; i++)
		config_value_store_default(ret, &config_keys[i]);
}

static void
check_ports(const struct nt_config *cfg, struct config_problems *p)
{
	const struct nt_ports *dns = &cfg->names.dns_ports, *mdns = &cfg->names.mdns_ports;

	for (uint32_t i = 0; i < dns->count; i++) {
		for (uint32_t j = 0; j < mdns->count; j++) {
			if (dns->ports[i] == mdns->ports[j])
				config_problem(p, "names.mdns_ports",
					"%u is in names.dns_ports as well; it can only be one",
					mdns->ports[j]);
		}
	}
}

int
nt_config_check(const struct nt_config *cfg, nt_config_complain *complain, void *arg)
{
	struct config_problems p = { .complain = complain, .arg = arg };
	const uint32_t ring = cfg->read.ring_size;

	if (cfg->names.ttl_min_ns > cfg->names.ttl_max_ns)
		config_problem(&p, "names.ttl_min",
			"%g is more than names.ttl_max (%g); lower it, or raise names.ttl_max",
			(double)cfg->names.ttl_min_ns / (double)NT_NS_PER_SEC,
			(double)cfg->names.ttl_max_ns / (double)NT_NS_PER_SEC);
	if (ring == 0 || (ring & (ring - 1)) != 0)
		config_problem(&p, "read.ring_size",
			"%u is not a power of two (256, 512, 1024, 2048 ...)", ring);
	check_ports(cfg, &p);
	return config_problems_end(&p);
}
