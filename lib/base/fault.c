/* SPDX-License-Identifier: BSD-3-Clause */
#include <nt_fault.h>

#include <string.h>

static const char *const names[] = {
#define NT_FAULT_NAME(id, name, help) #name,
	NT_FAULT_TABLE(NT_FAULT_NAME)
#undef NT_FAULT_NAME
};

const char *
nt_fault_name(unsigned int site)
{
	return site < NT_FAULT_SITES ? names[site] : NULL;
}

#ifndef NT_FAULTS

int
nt_fault_set(const char *assignment, struct nt_error *err)
{
	return nt_error_set(err, -EINVAL,
		"--fault %s: this build has no faults; meson's option -Dfaults=true makes one that "
		"has",
		assignment);
}

uint64_t
nt_fault_count(unsigned int site NT_UNUSED)
{
	return 0;
}

#else

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

struct fault {
	uint64_t below; /* of 2^64: it happens where the random number is less */
	uint64_t only; /* the n-th time, 0: by rate. Both are set before any thread begins */
	_Atomic uint64_t asked, happened;
};

static struct fault faults[NT_FAULT_SITES];

/* xorshift64* (Vigna): full period, never 0. */
static uint64_t
next_random(enum nt_fault_site site)
{
	static _Atomic unsigned int threads;
	static __thread uint64_t state[NT_FAULT_SITES];
	static __thread unsigned int thread;
	uint64_t x = state[site];

	if (thread == 0)
		thread = atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed) + 1;
	if (x == 0)
		x = (site + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ thread;
	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	state[site] = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

static bool
happens(enum nt_fault_site site)
{
	struct fault *f = &faults[site];

	if (f->only != 0)
		return atomic_fetch_add_explicit(&f->asked, 1, memory_order_relaxed) + 1 == f->only;
	return f->below != 0 && next_random(site) <= f->below;
}

bool
nt_fault(enum nt_fault_site site)
{
	if (!happens(site))
		return false;
	atomic_fetch_add_explicit(&faults[site].happened, 1, memory_order_relaxed);
	return true;
}

void
nt_fault_sleep(enum nt_fault_site site, int64_t ns)
{
	struct timespec ts = { .tv_sec = ns / NT_NS_PER_SEC, .tv_nsec = ns % NT_NS_PER_SEC };

	if (!nt_fault(site))
		return;
	while (nanosleep(&ts, &ts) != 0)
		;
}

static bool
set_rate(struct fault *f, const char *text)
{
	char *end;

	if (*text == '@') {
		f->only = strtoull(text + 1, &end, 10);
		return end != text + 1 && *end == '\0' && f->only != 0;
	}
	const double rate = strtod(text, &end);
	if (end == text || *end != '\0' || !(rate >= 0 && rate <= 1))
		return false;
	f->below = rate < 1 ? (uint64_t)(rate * 18446744073709551616.0) : UINT64_MAX;
	return true;
}

int
nt_fault_set(const char *assignment, struct nt_error *err)
{
	const size_t len = strcspn(assignment, "=");

	for (unsigned int i = 0; assignment[len] == '=' && i < NT_FAULT_SITES; i++) {
		if (strlen(names[i]) != len || memcmp(names[i], assignment, len) != 0)
			continue;
		if (set_rate(&faults[i], assignment + len + 1))
			return 0;
		return nt_error_set(err, -EINVAL,
			"--fault %s: a rate is 0 to 1, or @N for the N-th time", assignment);
	}
	return nt_error_set(err, -EINVAL,
		"--fault %s: not SITE=RATE with a SITE of lib/base/nt_fault.h", assignment);
}

uint64_t
nt_fault_count(unsigned int site)
{
	return atomic_load_explicit(&faults[site].happened, memory_order_relaxed);
}

#endif
