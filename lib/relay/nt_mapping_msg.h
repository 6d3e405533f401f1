/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A mapping as a message between lcores: by value, its name behind it. Two units for a name of up
 * to 42 bytes, at most six. What else workers must know of each other travels in the same form.
 */
#ifndef NT_MAPPING_MSG_H
#define NT_MAPPING_MSG_H

#include <nt_mapping.h>

#include "nt_msg_ring.h"

/* What a message tells, and which fields of the mapping it uses beside position, index and seen. */
enum nt_fact {
	NT_FACT_MAPPING, /* all */
	NT_FACT_HOST, /* addr was seen with a link address: the name's six bytes */
	NT_FACT_HIDDEN, /* client is seen to use encrypted DNS; until expires */
	NT_FACT_LOST, /* answers were lost: source says why (the app's) */
	NT_FACT_ASKED, /* a query was seen */
};

struct nt_mapping_msg {
	struct nt_msg_head head; /* kind: enum nt_fact */
	uint64_t position;
	int64_t seen_ns;
	int64_t expires_ns;
	int64_t departs_ns; /* set by control: when the bucket lets it go; before that, seen_ns */
	struct nt_addr addr;
	struct nt_addr client;
	uint16_t index;
	uint16_t name_len;
	uint8_t source;
	uint8_t flags;
	char name[NT_MAPPING_NAME_MAX + NT_MSG_UNIT]; /* room to read on to the end of a unit */
};
static_assert(offsetof(struct nt_mapping_msg, name) == 86, "mapping message has no padding");

/* Longest as it travels. */
#define NT_MAPPING_MSG_MAX (offsetof(struct nt_mapping_msg, name) + NT_MAPPING_NAME_MAX)

/* The name is copied; name_len must be within its bound. */
void nt_mapping_msg_pack(struct nt_mapping_msg *ret, enum nt_fact kind, const struct nt_mapping *m);
/* ret->name points into msg. */
void nt_mapping_msg_unpack(const struct nt_mapping_msg *msg, struct nt_mapping *ret);

#endif
