/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration of a worker's two name caches, as they take it. */
#ifndef CACHE_OPTIONS_H
#define CACHE_OPTIONS_H

#include <nt_config.h>
#include <nt_name_cache.h>

/* What lookups told. */
struct nt_name_cache_config cache_options(const struct nt_config *c);
/* What connections asserted. */
struct nt_name_cache_config cache_options_asserted(const struct nt_config *c);
/* The longest a connection can be idle before it ends: how long `late` mappings must be kept. */
int64_t cache_longest_timeout_ns(const struct nt_config *c);

#endif
