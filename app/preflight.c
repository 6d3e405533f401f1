/* SPDX-License-Identifier: BSD-3-Clause */
#include "preflight.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port.h"
#include "preflight_priv.h"

static void
put(char *out, size_t room, const char *fmt, va_list args)
{
	(void)vsnprintf(out, room, fmt, args);
	/* Paths and names of devices may hold anything. */
	for (char *c = out; *c != '\0'; c++)
		if (*c < ' ' || *c == 0x7f)
			*c = '?';
}

static struct preflight_finding *
next(struct preflight *p)
{
	return p->count < PREFLIGHT_MAX ? &p->findings[p->count++] : NULL;
}

void
preflight_error(struct preflight *p, const char *fmt, ...)
{
	struct preflight_finding *f = next(p);
	va_list args;
	p->errors++;
	if (f == NULL)
		return;
	*f = (struct preflight_finding){ .error = true };
	va_start(args, fmt);
	put(f->what, sizeof(f->what), fmt, args);
	va_end(args);
}

void
preflight_warning(struct preflight *p, const char *fmt, ...)
{
	struct preflight_finding *f = next(p);
	va_list args;
	p->warnings++;
	if (f == NULL)
		return;
	*f = (struct preflight_finding){ .error = false };
	va_start(args, fmt);
	put(f->what, sizeof(f->what), fmt, args);
	va_end(args);
}

void
preflight_todo(struct preflight *p, const char *fmt, ...)
{
	/* Of one that was not kept, the one before has its own already. */
	struct preflight_finding *f = &p->findings[p->count - 1];
	va_list args;
	if (f->todo[0] != '\0')
		return;
	va_start(args, fmt);
	put(f->todo, sizeof(f->todo), fmt, args);
	va_end(args);
}

bool
preflight_may(const struct preflight *p, unsigned int capability)
{
	char text[32];
	if (!sysfs_field(p->root, "/proc/self/status", "CapEff:", text, sizeof(text)))
		return true; /* nobody knows: EAL will tell */
	return (strtoull(text, NULL, 16) >> capability & 1) != 0;
}

const char *
preflight_eal(const struct preflight *p, const char *option)
{
	const size_t len = strlen(option);
	for (int i = 0; i < p->eal_count; i++) {
		const char *arg = p->eal[i];
		if (strncmp(arg, option, len) != 0)
			continue;
		/* -a0000:03:00.0, --vdev=net_null0, or the value comes next */
		if (option[1] != '-' || arg[len] == '=')
			return arg + len + (arg[len] == '=');
		if (arg[len] == '\0')
			return i + 1 < p->eal_count ? p->eal[i + 1] : "";
	}
	return NULL;
}

const char *
preflight_user(char out[64])
{
	const struct passwd *pw = getpwuid(geteuid());
	if (pw != NULL)
		(void)snprintf(out, 64, "%s", pw->pw_name);
	else
		(void)snprintf(out, 64, "%u", (unsigned int)geteuid());
	return out;
}

unsigned int
preflight_dpdk_mb(const struct nt_config *c)
{
	return c->lcores.memory_mb != 0 ? c->lcores.memory_mb : ports_memory_mb(c);
}

void
preflight_look(struct preflight *p)
{
	p->count = p->errors = p->warnings = 0;
	p->would_destroy = false;
	preflight_ports(p);
	preflight_memory(p);
	preflight_cpus(p);
	preflight_files(p);
}

static void
print_finding(FILE *out, const struct preflight_finding *f)
{
	fprintf(out, "nametap: %s: %s%s%s\n", f->error ? "error" : "warning", f->what,
		f->todo[0] != '\0' ? "; do this: " : "", f->todo);
}

void
preflight_print(FILE *out, const struct preflight *p, bool quiet)
{
	for (unsigned int i = 0; i < p->count; i++)
		if (p->findings[i].error || !quiet)
			print_finding(out, &p->findings[i]);
	if (p->errors + p->warnings > p->count)
		fprintf(out, "nametap: and %u more errors and warnings\n",
			p->errors + p->warnings - p->count);
}
