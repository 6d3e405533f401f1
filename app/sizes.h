/* SPDX-License-Identifier: BSD-3-Clause */
/* Sizes that nobody configures, of what lies between lcores. */
#ifndef SIZES_H
#define SIZES_H

#include <nt_log.h>

/* Units of each relay ring: 1 MiB, about 8,000 mappings; own queues likewise. */
#define RELAY_UNITS 16384
/* Units of a worker's ring of records: 2 MiB, about 5,000 records. */
#define RECORD_RING_UNITS 32768
/* Text on its way to the writer thread: four blocks ahead of the disk. */
#define SINK_BLOCK_BYTES NT_MAX((size_t)(512 * 1024), (size_t)NT_LOG_LINE_MAX)
#define SINK_BLOCKS	 (2 * NT_LOG_KINDS + 4)

#endif
