/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <nt_cpu_list.h>
#include <nt_strbuf.h>

#include "preflight_priv.h"

#define CPU "/sys/devices/system/cpu/"

/* A list that the kernel tells; false where it tells none. */
static bool
kernel_list(const struct preflight *p, const char *path, struct nt_cpu_list *ret)
{
	char text[4096];
	return sysfs_line(p->root, path, text, sizeof(text)) && nt_cpu_list_parse(text, ret) == 0;
}

static bool
allowed_list(const struct preflight *p, struct nt_cpu_list *ret)
{
	char text[4096];
	return sysfs_field(
		       p->root, "/proc/self/status", "Cpus_allowed_list:", text, sizeof(text)) &&
	       nt_cpu_list_parse(text, ret) == 0;
}

/* Without lcores.cpus each lcore may run on any of them. */
static void
check_enough(struct preflight *p, const struct nt_cpu_list *allowed)
{
	const struct nt_config *c = p->config;
	const bool distributor = c->workers > 1 && c->port.distributor == NT_CONFIG_DISTRIBUTOR_ON;
	const uint32_t lcores = 1 + distributor + c->workers;
	if (allowed->count >= lcores || allowed->count == 0)
		return;
	preflight_warning(p, "CPUs: control%s and %u worker%s share %u",
		distributor ? ", the distributor" : "", c->workers, c->workers == 1 ? "" : "s",
		allowed->count);
	if (allowed->count > 1u + distributor)
		preflight_todo(p, "--set workers=%u", allowed->count - 1 - distributor);
	else if (c->lcores.idle != NT_CONFIG_IDLE_SLEEP)
		preflight_todo(p, "--set lcores.idle=sleep");
}

enum cpu_state {
	CPU_FINE,
	CPU_NOT_THERE,
	CPU_OFFLINE,
	CPU_NOT_OURS,
	CPU_STATES,
};

static enum cpu_state
state_of(const struct preflight *p, unsigned int cpu, const struct nt_cpu_list *online,
	const struct nt_cpu_list *allowed)
{
	char path[64];
	(void)snprintf(path, sizeof(path), CPU "cpu%u", cpu);
	if (online->count != 0 && !nt_cpu_list_has(online, cpu))
		return sysfs_may(p->root, path, 0) ? CPU_OFFLINE : CPU_NOT_THERE;
	return allowed->count == 0 || nt_cpu_list_has(allowed, cpu) ? CPU_FINE : CPU_NOT_OURS;
}

/* As they were written: "2-5,8". */
static const char *
list_text(const struct nt_cpu_list *l, char *out, size_t room)
{
	struct nt_strbuf b = nt_strbuf_init(out, room);
	for (uint32_t i = 0, last; i < l->count; i = last + 1) {
		for (last = i; last + 1 < l->count && l->cpus[last + 1] == l->cpus[last] + 1;)
			last++;
		if (i != 0)
			nt_strbuf_char(&b, ',');
		nt_strbuf_u64(&b, l->cpus[i]);
		if (last == i)
			continue;
		nt_strbuf_char(&b, '-');
		nt_strbuf_u64(&b, l->cpus[last]);
	}
	return nt_strbuf_cstr(&b);
}

static void
tell_state(struct preflight *p, enum cpu_state state, const struct nt_cpu_list *cpus)
{
	const char *configured = p->config->lcores.cpus.text;
	const bool one = cpus->count == 1;
	char text[160];
	list_text(cpus, text, sizeof(text));
	if (state == CPU_NOT_OURS)
		preflight_error(p, "CPU%s %s of lcores.cpus: this process may not use %s",
			one ? "" : "s", text, one ? "it" : "them");
	else
		preflight_error(p, "CPU%s %s of lcores.cpus: %s not online", one ? "" : "s", text,
			one ? "it is" : "they are");
	if (state == CPU_NOT_OURS)
		preflight_todo(p, "taskset -c %s nametap run ... (a service: CPUAffinity=%s)",
			configured, configured);
	else if (state == CPU_NOT_THERE)
		preflight_todo(p, "--set lcores.cpus=CPUS, of those that " CPU "online has");
	else if (one)
		preflight_todo(p, "echo 1 > " CPU "cpu%s/online", text);
	else
		preflight_todo(p, "chcpu -e %s", text);
}

/* Are they there, and ours? A line for all that lack the same. */
static bool
check_each(struct preflight *p, const struct nt_cpu_list *cpus, const struct nt_cpu_list *online,
	const struct nt_cpu_list *allowed)
{
	struct nt_cpu_list of[CPU_STATES];
	for (unsigned int state = 0; state < CPU_STATES; state++)
		of[state].count = 0;
	for (uint32_t i = 0; i < cpus->count; i++) {
		struct nt_cpu_list *l = &of[state_of(p, cpus->cpus[i], online, allowed)];
		l->cpus[l->count++] = cpus->cpus[i];
	}
	for (unsigned int state = CPU_NOT_THERE; state < CPU_STATES; state++)
		if (of[state].count != 0)
			tell_state(p, (enum cpu_state)state, &of[state]);
	return of[CPU_FINE].count == cpus->count;
}

/* Two lcores that share a core's units take turns. The first one that does is told. */
static void
check_siblings(struct preflight *p, const struct nt_cpu_list *cpus)
{
	for (uint32_t i = 1; i < cpus->count; i++) {
		struct nt_cpu_list siblings;
		char path[128];
		(void)snprintf(path, sizeof(path), CPU "cpu%u/topology/thread_siblings_list",
			cpus->cpus[i]);
		if (!kernel_list(p, path, &siblings))
			continue;
		for (uint32_t k = 1; k < i; k++) {
			if (!nt_cpu_list_has(&siblings, cpus->cpus[k]))
				continue;
			preflight_warning(p, "CPUs %u and %u of lcores.cpus are one core's threads",
				cpus->cpus[k], cpus->cpus[i]);
			preflight_todo(p, "--set lcores.cpus=CPUS, one of each core: lscpu -e");
			return;
		}
	}
}

/* Control does without. */
static void
check_isolated(struct preflight *p, const struct nt_cpu_list *cpus)
{
	struct nt_cpu_list isolated = { 0 };
	unsigned int shared = 0, first = 0;
	(void)kernel_list(p, CPU "isolated", &isolated);
	for (uint32_t i = 1; i < cpus->count; i++) {
		if (nt_cpu_list_has(&isolated, cpus->cpus[i]))
			continue;
		first = shared++ == 0 ? cpus->cpus[i] : first;
	}
	if (shared == 0)
		return;
	preflight_warning(p, "CPU %u%s of lcores.cpus: other work may run there as well", first,
		shared > 1 ? " and others" : "");
	preflight_todo(p, "boot with isolcpus=%s nohz_full=%s rcu_nocbs=%s",
		p->config->lcores.cpus.text, p->config->lcores.cpus.text,
		p->config->lcores.cpus.text);
}

void
preflight_cpus(struct preflight *p)
{
	struct nt_cpu_list cpus, allowed = { 0 }, online = { 0 };
	if (preflight_eal(p, "--lcores") != NULL || preflight_eal(p, "-l") != NULL ||
		preflight_eal(p, "-c") != NULL)
		return;
	(void)allowed_list(p, &allowed);
	(void)kernel_list(p, CPU "online", &online);
	if (nt_cpu_list_parse(p->config->lcores.cpus.text, &cpus) != 0)
		return; /* nt_config_check has told */
	if (cpus.count == 0) {
		check_enough(p, &allowed);
		return;
	}
	if (!check_each(p, &cpus, &online, &allowed))
		return;
	check_siblings(p, &cpus);
	check_isolated(p, &cpus);
}
