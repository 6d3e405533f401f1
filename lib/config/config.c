/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_config.h"

#include <string.h>

#include <nt_cpu_list.h>

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
check_two(struct config_problems *p, const char *const names[],
	const struct nt_ports *const lists[], size_t first, size_t later)
{
	for (uint32_t i = 0; i < lists[first]->count; i++) {
		for (uint32_t j = 0; j < lists[later]->count; j++) {
			if (lists[first]->ports[i] == lists[later]->ports[j])
				config_problem(p, names[later],
					"%u is in %s as well; it can only be one",
					lists[later]->ports[j], names[first]);
		}
	}
}

/* A UDP port can be one thing only. */
static void
check_ports(const struct nt_config *cfg, struct config_problems *p)
{
	static const char *const names[] = { "names.dns_ports", "names.mdns_ports",
		"names.llmnr_ports", "names.nbns_ports", "names.dhcp_ports", "names.dhcp6_ports" };
	const struct nt_ports *const lists[NT_ARRAY_SIZE(names)] = { &cfg->names.dns_ports,
		&cfg->names.mdns_ports, &cfg->names.llmnr_ports, &cfg->names.nbns_ports,
		&cfg->names.dhcp_ports, &cfg->names.dhcp6_ports };

	for (size_t later = 1; later < NT_ARRAY_SIZE(lists); later++)
		for (size_t first = 0; first < later; first++)
			check_two(p, names, lists, first, later);
}

/* "*.example.com": something, a dot, and the rest. */
static bool
host_matches(const struct nt_config_text *host, const char *name, size_t len)
{
	const char *text = host->text;

	/* Host names have no NUL (nt_server_name.h): an equal one ends where the text does. */
	if (text[0] != '*')
		return len != 0 && len <= NT_CONFIG_TEXT_MAX && name[0] == text[0] &&
		       memcmp(name, text, len) == 0 && text[len] == '\0';
	const size_t want = strlen(text);
	return len >= want && memcmp(name + len - (want - 1), text + 1, want - 1) == 0;
}

bool
nt_config_hosts_has(const struct nt_config_hosts *list, const char *name, size_t len)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (host_matches(&list->hosts[i], name, len))
			return true;
	return false;
}

static bool
is_power_of_two(uint32_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

static void
check_power(struct config_problems *p, const char *path, uint32_t n)
{
	if (!is_power_of_two(n))
		config_problem(p, path, "%u is not a power of two (256, 512, 1024, 2048 ...)", n);
}

/* An lcore each. Whether a distributor is needed where it is "auto", only the ports can tell. */
static void
check_cpus(const struct nt_config *cfg, struct config_problems *p)
{
	const bool distributor =
		cfg->workers > 1 && cfg->port.distributor == NT_CONFIG_DISTRIBUTOR_ON;
	const uint32_t needed = 1 + distributor + cfg->workers;
	struct nt_cpu_list cpus;
	const int rc = nt_cpu_list_parse(cfg->lcores.cpus.text, &cpus);

	if (rc == -EEXIST)
		config_problem(p, "lcores.cpus", "a CPU stands twice");
	else if (rc == -ERANGE)
		config_problem(p, "lcores.cpus",
			"a CPU's number is above %d, or a range runs backwards",
			NT_CPU_LIST_MAX - 1);
	else if (rc != 0)
		config_problem(p, "lcores.cpus", "is no list of CPUs, like 2-5,8");
	else if (cpus.count != 0 && cpus.count < needed)
		config_problem(p, "lcores.cpus",
			"%u CPUs are too few: control%s and %u worker%s need %u", cpus.count,
			distributor ? ", the distributor" : "", cfg->workers,
			cfg->workers == 1 ? "" : "s", needed);
}

static void
check_live(const struct nt_config *cfg, struct config_problems *p)
{
	/* An IPv4 packet's least (RFC 791). */
	static const uint32_t mtu_min = 68;

	check_power(p, "port.descriptors", cfg->port.descriptors);
	if (cfg->port.mtu != 0 && cfg->port.mtu < mtu_min)
		config_problem(p, "port.mtu", "%u is less than %u; 0 leaves the port's as it is",
			cfg->port.mtu, mtu_min);
	check_cpus(cfg, p);
}

int
nt_config_check(const struct nt_config *cfg, nt_config_complain *complain, void *arg)
{
	struct config_problems p = { .complain = complain, .arg = arg };

	if (cfg->names.ttl_min_ns > cfg->names.ttl_max_ns)
		config_problem(&p, "names.ttl_min",
			"%g is more than names.ttl_max (%g); lower it, or raise names.ttl_max",
			(double)cfg->names.ttl_min_ns / (double)NT_NS_PER_SEC,
			(double)cfg->names.ttl_max_ns / (double)NT_NS_PER_SEC);
	check_power(&p, "read.ring_size", cfg->read.ring_size);
	check_ports(cfg, &p);
	check_live(cfg, &p);
	return config_problems_end(&p);
}
