/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What all workers' name caches have of an address, or of a name, as one list. The caches are
 * replicas, so most entries are in all of them: each stands once, with the number of workers that
 * have it. Ordinary threads only: it waits for the workers (ask.h).
 */
#ifndef TELEMETRY_NAMES_H
#define TELEMETRY_NAMES_H

#include <jansson.h>

#include <nt_telemetry_args.h>

#include "ask.h"

/* Told of one address or name, at most; what a worker looks at in one answer (nt_name_entries.h).
 */
#define TELEMETRY_NAMES_MAX (2 * NT_NAME_ENTRIES_STEPS)

/*
 * The entries from args->number on: of args->addr where by_addr, else of args->name. boxes: the
 * workers'. NULL and *err: a worker does not answer, or no memory.
 */
json_t *telemetry_names(struct ask_box *const boxes[], unsigned int workers, bool by_addr,
	const struct nt_telemetry_args *args, struct nt_error *err);

#endif
