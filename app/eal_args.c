/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <nt_cpu_list.h>
#include <nt_strbuf.h>

#include "eal_args.h"

int
eal_args_free_lcores(char *out, size_t room, unsigned int lcores)
{
	cpu_set_t set;
	struct nt_strbuf b = nt_strbuf_init(out, room);
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return -errno;
	nt_strbuf_lit(&b, "--lcores=(0-");
	nt_strbuf_u64(&b, lcores - 1);
	nt_strbuf_lit(&b, ")@(");
	const size_t begin = b.len;
	for (unsigned int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		if (b.len != begin)
			nt_strbuf_char(&b, ',');
		nt_strbuf_u64(&b, cpu);
	}
	nt_strbuf_lit(&b, ")");
	nt_strbuf_cstr(&b);
	return b.full ? -ENAMETOOLONG : 0;
}

static void
add_arg(struct eal_args *a, char *arg)
{
	if (a->argc + 1 >= (int)NT_ARRAY_SIZE(a->argv)) {
		a->full = true;
		return;
	}
	a->argv[a->argc++] = arg;
	a->argv[a->argc] = NULL;
}

static void add(struct eal_args *a, const char *fmt, ...) NT_PRINTF(2, 3);

static void
add(struct eal_args *a, const char *fmt, ...)
{
	const size_t room = sizeof(a->text) - a->len;
	char *to = a->text + a->len;
	va_list args;
	va_start(args, fmt);
	const int n = vsnprintf(to, room, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room) {
		a->full = true;
		return;
	}
	a->len += (size_t)n + 1;
	add_arg(a, to);
}

/* "--name", "--name=value", or "-n", "-nvalue". */
static bool
is_option(const char *arg, const char *name)
{
	const size_t len = strlen(name);
	if (strncmp(arg, name, len) != 0)
		return false;
	return name[1] != '-' || arg[len] == '\0' || arg[len] == '=';
}

/* Has the user said one of these? names: NULL behind the last. */
static bool
user_has(const struct eal_want *want, const char *const *names)
{
	for (int i = 0; i < want->extra_count; i++)
		for (unsigned int k = 0; names[k] != NULL; k++)
			if (is_option(want->extra[i], names[k]))
				return true;
	return false;
}

#define USER_HAS(want, ...) user_has((want), (const char *const[]){ __VA_ARGS__, NULL })

/*
 * An lcore for each CPU. The list has control's, the distributor's and the workers', and DPDK's
 * order is control, workers, distributor. If it has none for the distributor, that one may run
 * wherever the others do.
 */
static void
add_pinned(struct eal_args *a, const struct nt_cpu_list *cpus, unsigned int workers,
	unsigned int lcores, const char *list)
{
	char text[4096];
	struct nt_strbuf b = nt_strbuf_init(text, sizeof(text));
	const bool distributor = lcores > workers;
	const unsigned int first = distributor && cpus->count > 1 + workers ? 2 : 1;
	nt_strbuf_lit(&b, "0@");
	nt_strbuf_u64(&b, cpus->cpus[0]);
	for (unsigned int i = 0; i < workers; i++) {
		nt_strbuf_char(&b, ',');
		nt_strbuf_u64(&b, 1 + i);
		nt_strbuf_char(&b, '@');
		nt_strbuf_u64(&b, cpus->cpus[first + i]);
	}
	if (distributor) {
		nt_strbuf_char(&b, ',');
		nt_strbuf_u64(&b, lcores);
		nt_strbuf_lit(&b, "@(");
		if (first == 2)
			nt_strbuf_u64(&b, cpus->cpus[1]);
		else
			nt_strbuf_str(&b, list);
		nt_strbuf_char(&b, ')');
	}
	a->full = a->full || b.full;
	add(a, "--lcores=%s", nt_strbuf_cstr(&b));
}

static int
add_lcores(struct eal_args *a, const struct nt_config *c, const struct eal_want *want,
	struct nt_error *err)
{
	char text[8192];
	struct nt_cpu_list cpus;
	if (USER_HAS(want, "-l", "-c", "--lcores"))
		return 0;
	if (nt_cpu_list_parse(c->lcores.cpus.text, &cpus) != 0)
		return nt_error_set(
			err, -EINVAL, "lcores.cpus: no list of CPUs: %s", c->lcores.cpus.text);
	if (cpus.count != 0 && cpus.count <= c->workers)
		return nt_error_set(err, -EINVAL, "lcores.cpus: too few CPUs for %u workers: %s",
			c->workers, c->lcores.cpus.text);
	if (cpus.count != 0) {
		add_pinned(a, &cpus, c->workers, want->lcores, c->lcores.cpus.text);
	} else {
		const int code = eal_args_free_lcores(text, sizeof(text), want->lcores + 1);
		if (code != 0)
			return nt_error_set(
				err, code, "can't tell which CPUs there are: %s", strerror(-code));
		add(a, "%s", text);
	}
	if (!USER_HAS(want, "--main-lcore"))
		add(a, "--main-lcore=0");
	return 0;
}

static void
add_memory(struct eal_args *a, const struct nt_config *c, const struct eal_want *want)
{
	if (!c->lcores.huge)
		add(a, "--no-huge");
	else if (!USER_HAS(want, "--huge-unlink", "--in-memory"))
		add(a, "--huge-unlink=always"); /* a crash leaves none behind */
	if (USER_HAS(want, "-m", "--socket-mem"))
		return;
	/* Of hugepages it takes as many as it needs, when it needs them. */
	if (c->lcores.memory_mb != 0 || !c->lcores.huge)
		add(a, "-m%u", c->lcores.memory_mb != 0 ? c->lcores.memory_mb : want->memory_mb);
}

static bool
is_pci(const char *device)
{
	return memchr(device, ':', strcspn(device, ",")) != NULL;
}

/* Ethernet's header, two VLAN tags, the checksum; and what the kernel puts in front
 * (TPACKET2_HDRLEN). */
#define FRAME_BESIDE 160
#define FRAME_LEAST  4096
#define MTU_USUAL    1500

/* Frames have to fit their blocks, and blocks have whole pages: powers of two do. */
uint32_t
eal_args_frame(const struct nt_config *c, const char *device)
{
	const char *const driver = "net_af_packet";
	uint32_t bytes = FRAME_LEAST;
	if (strncmp(device, driver, strlen(driver)) != 0 || c->port.mtu <= MTU_USUAL ||
		strstr(device, "framesz=") != NULL || strstr(device, "blocksz=") != NULL)
		return 0;
	while (bytes < c->port.mtu + FRAME_BESIDE)
		bytes *= 2;
	return bytes;
}

/* With larger frames than the driver of AF_PACKET would make its ring for. */
static void
add_vdev(struct eal_args *a, const struct nt_config *c, const char *device)
{
	const uint32_t frame = eal_args_frame(c, device);
	if (frame != 0)
		add(a, "--vdev=%s,framesz=%u,blocksz=%u", device, frame, frame);
	else
		add(a, "--vdev=%s", device);
}

static void
add_devices(struct eal_args *a, const struct nt_config *c, const struct eal_want *want)
{
	bool pci = USER_HAS(want, "-a", "--allow", "-b", "--block", "--no-pci");
	for (uint32_t i = 0; i < c->ports.count; i++) {
		const char *device = c->ports.devices[i].text;
		if (is_pci(device))
			add(a, "-a%s", device);
		else
			add_vdev(a, c, device);
		pci = pci || is_pci(device);
	}
	/* Else it would take every card that is bound to vfio. */
	if (!pci)
		add(a, "--no-pci");
}

int
eal_args_live(struct eal_args *ret, const struct nt_config *config, const struct eal_want *want,
	struct nt_error *err)
{
	ret->argc = 0;
	ret->len = 0;
	ret->full = false;
	ret->user_options = want->extra_count != 0;
	ret->lcores = want->lcores + 1;
	add(ret, "nametap");
	const int code = add_lcores(ret, config, want, err);
	if (code != 0)
		return code;
	add_memory(ret, config, want);
	if (!USER_HAS(want, "--file-prefix"))
		add(ret, "--file-prefix=%s", config->run.prefix.text);
	if (!USER_HAS(want, "--log-level"))
		add(ret, "--log-level=*:error");
	add_devices(ret, config, want);
	for (int i = 0; i < want->extra_count; i++)
		add_arg(ret, want->extra[i]);
	if (ret->full)
		return nt_error_set(err, -E2BIG, "too many or too long EAL options");
	return 0;
}

static void
quote(struct nt_strbuf *b, const char *arg)
{
	bool plain = arg[0] != '\0';
	for (const char *p = arg; *p != '\0'; p++)
		plain = plain && (isalnum((unsigned char)*p) || strchr("_@%+=:,./-", *p) != NULL);
	if (plain) {
		nt_strbuf_str(b, arg);
		return;
	}
	nt_strbuf_char(b, '\'');
	for (const char *p = arg; *p != '\0'; p++)
		if (*p == '\'')
			nt_strbuf_lit(b, "'\\''");
		else
			nt_strbuf_char(b, *p);
	nt_strbuf_char(b, '\'');
}

void
eal_args_line(const struct eal_args *args, char *out, size_t room)
{
	struct nt_strbuf b = nt_strbuf_init(out, room);
	for (int i = 1; i < args->argc; i++) {
		if (i > 1)
			nt_strbuf_char(&b, ' ');
		quote(&b, args->argv[i]);
	}
	nt_strbuf_cstr(&b);
}
