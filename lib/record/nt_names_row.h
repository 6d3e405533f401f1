/* SPDX-License-Identifier: BSD-3-Clause */
/* One line of names.log: one name of one address, told to one client by one source. */
#ifndef NT_NAMES_ROW_H
#define NT_NAMES_ROW_H

#include <nt_addr.h>
#include <nt_base.h>

enum {
	NT_NAMES_CLIENT = 1 << 0, /* client is set */
	NT_NAMES_UNSOLICITED = 1 << 1,
	NT_NAMES_ASKED = 1 << 2,
};

struct nt_names_row {
	int64_t ts_ns, last_ns; /* first and last seen, capture time */
	struct nt_addr addr, client;
	uint64_t count;
	uint16_t flags; /* NT_NAMES_* */
	uint16_t name_len;
	uint8_t source; /* enum nt_source */
	const char *name;
};

#endif
