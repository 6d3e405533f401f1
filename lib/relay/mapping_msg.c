/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "nt_mapping_msg.h"

void
nt_mapping_msg_pack(struct nt_mapping_msg *ret, enum nt_fact kind, const struct nt_mapping *m)
{
	const size_t size = offsetof(struct nt_mapping_msg, name) + m->name_len;
	ret->head = (struct nt_msg_head){ .size = (uint32_t)size, .kind = kind };
	ret->position = m->position;
	ret->seen_ns = m->seen_ns;
	ret->expires_ns = m->expires_ns;
	ret->departs_ns = m->seen_ns;
	ret->addr = m->addr;
	ret->client = m->client;
	ret->index = m->index;
	ret->name_len = m->name_len;
	ret->source = m->source;
	ret->flags = m->flags;
	memcpy(ret->name, m->name, m->name_len);
}

void
nt_mapping_msg_unpack(const struct nt_mapping_msg *msg, struct nt_mapping *ret)
{
	*ret = (struct nt_mapping){
		.addr = msg->addr,
		.client = msg->client,
		.position = msg->position,
		.seen_ns = msg->seen_ns,
		.expires_ns = msg->expires_ns,
		.index = msg->index,
		.source = msg->source,
		.flags = msg->flags,
		.name_len = msg->name_len,
		.name = msg->name,
	};
}
