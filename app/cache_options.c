/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache_options.h"

/* Names that connections may assert of one address: those of a large shared host, and a walk's
 * bound. */
#define ASSERTED_PER_ADDRESS 1024

int64_t
cache_longest_timeout_ns(const struct nt_config *c)
{
	int64_t most = NT_MAX(c->flow.tcp_inactivity_ns, c->flow.interactive_inactivity_ns);
	most = NT_MAX(most, c->flow.udp_inactivity_ns);
	most = NT_MAX(most, c->flow.icmp_inactivity_ns);
	return NT_MAX(most, c->flow.unknown_ip_inactivity_ns);
}

struct nt_name_cache_config
cache_options(const struct nt_config *c)
{
	return (struct nt_name_cache_config){
		.max_mappings = c->names.max_mappings,
		.max_addresses = c->names.max_addresses,
		.max_names = c->names.max_names,
		.max_name_bytes = c->names.max_name_bytes,
		.max_mappings_per_address = c->names.max_per_address,
		.max_per_record = c->names.max_per_record,
		.pin_after_ns = c->names.pin_after_ns,
		.reuse_after_ns = c->names.reuse_after_ns,
		.stale_for_ns = c->names.stale_for_ns,
		.hold_ns = cache_longest_timeout_ns(c),
	};
}

/*
 * Small, for anybody can fill it, and forgetful: what is asked of it is on time only (no hold), and
 * a name that was asserted long ago is worth nothing (no stale_for).
 */
struct nt_name_cache_config
cache_options_asserted(const struct nt_config *c)
{
	struct nt_name_cache_config cfg = cache_options(c);
	cfg.max_mappings = c->names.max_asserted;
	cfg.max_addresses = c->names.max_asserted;
	cfg.max_names = c->names.max_asserted;
	cfg.max_name_bytes = NT_MAX((uint64_t)c->names.max_asserted * 64, 1 << 20);
	cfg.max_mappings_per_address = NT_MIN(cfg.max_mappings_per_address, ASSERTED_PER_ADDRESS);
	cfg.reuse_after_ns = INT64_MAX;
	cfg.stale_for_ns = 0;
	cfg.hold_ns = 0;
	return cfg;
}
