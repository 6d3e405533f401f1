/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a live sensor is set to while it runs: the configuration, and what is made of it once. Never
 * changed after it was made, so that all threads may read it. A reload (reload.h) makes a new one
 * and offers it; each of those who use it takes it between two of its turns, and says so; the old
 * one stays until everybody has. So nobody waits and nothing is locked.
 *
 * Owner: the reloader. What came with the start is the caller's, and stays.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdatomic.h>

#include <nt_config.h>

struct settings {
	struct nt_config config;
	struct nt_allow_index *allow; /* of notice.allow */
};

struct settings *settings_new(const struct nt_config *config); /* NULL and errno */
void settings_free(struct settings *s); /* NULL is fine */

/* Where one of those who use it finds it. All zero: nothing but the start's so far. */
struct settings_box {
	_Atomic(const struct settings *) offered NT_CACHE_ALIGNED; /* reloader: wo, taker: ro */
	_Atomic(const struct settings *) taken NT_CACHE_ALIGNED; /* taker: rw, reloader: ro */
};

/* The taker: what is to be taken, or NULL. */
static inline const struct settings *
settings_offered(const struct settings_box *b)
{
	const struct settings *s = atomic_load_explicit(&b->offered, memory_order_acquire);
	return nt_likely(s == atomic_load_explicit(&b->taken, memory_order_relaxed)) ? NULL : s;
}

/* The taker: from now on it looks at s, and at nothing older. */
static inline void
settings_take(struct settings_box *b, const struct settings *s)
{
	atomic_store_explicit(&b->taken, s, memory_order_release);
}

/* The reloader. */
static inline void
settings_offer(struct settings_box *b, const struct settings *s)
{
	atomic_store_explicit(&b->offered, s, memory_order_release);
}

/* The reloader: it looks at what was offered last, and at nothing older. */
static inline bool
settings_are_taken(const struct settings_box *b)
{
	return atomic_load_explicit(&b->taken, memory_order_acquire) ==
	       atomic_load_explicit(&b->offered, memory_order_relaxed);
}

#endif
