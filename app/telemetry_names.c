/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <nt_mapping.h>
#include <nt_strbuf.h>

#include "telemetry_names.h"
#include "telemetry_text.h"

struct held {
	struct nt_name_entry entry;
	unsigned int worker; /* the first one that has it */
	unsigned int workers; /* how many have it */
};

struct collection {
	struct ask_question question;
	struct ask_answer answer;
	struct held held[TELEMETRY_NAMES_MAX];
	unsigned int count;
	bool cut; /* there may be more */
	int64_t clock_ns; /* of the worker that has come farthest */
};

static bool
is_same(const struct nt_name_entry *a, const struct nt_name_entry *b)
{
	return a->first_position == b->first_position && a->source == b->source &&
	       nt_addr_equal(&a->addr, &b->addr) && nt_addr_equal(&a->client, &b->client) &&
	       a->name_len == b->name_len && memcmp(a->name, b->name, a->name_len) == 0;
}

/* Replicas tell the same in the same order: what is looked for is mostly where the last one was. */
static void
take(struct collection *c, const struct nt_name_entry *e, unsigned int worker, unsigned int *at)
{
	for (unsigned int n = 0; n < c->count; n++) {
		struct held *h = &c->held[(*at + n) % c->count];
		if (!is_same(&h->entry, e))
			continue;
		h->workers++;
		/* A worker may have come farther than the one before. */
		if (e->position > h->entry.position)
			h->entry = *e;
		*at = (*at + n + 1) % c->count;
		return;
	}
	if (c->count == TELEMETRY_NAMES_MAX) {
		c->cut = true;
		return;
	}
	c->held[c->count++] = (struct held){ .entry = *e, .worker = worker, .workers = 1 };
}

static int
ask_for_all(struct collection *c, struct ask_box *box, unsigned int worker, enum ask_kind kind)
{
	unsigned int at = 0;
	c->question.kind = kind;
	c->question.from = 0;
	do {
		const int err = ask(box, &c->question, &c->answer);
		if (err != 0)
			return err;
		for (unsigned int i = 0; i < c->answer.count; i++)
			take(c, &c->answer.entries[i], worker, &at);
		c->question.from += c->answer.count;
	} while (c->answer.more && c->question.from < NT_NAME_ENTRIES_STEPS);
	c->cut |= c->answer.cut || c->answer.more;
	c->clock_ns = NT_MAX(c->clock_ns, c->answer.clock_ns);
	return 0;
}

static int
collect(struct collection *c, struct ask_box *const boxes[], unsigned int workers, bool by_addr,
	struct nt_error *err)
{
	const enum ask_kind kinds[] = { by_addr ? ASK_NAMES : ASK_ADDRS,
		by_addr ? ASK_ASSERTED : ASK_ASSERTED_ADDRS };
	for (unsigned int k = 0; k < NT_ARRAY_SIZE(kinds); k++)
		for (unsigned int i = 0; i < workers; i++) {
			const int code = ask_for_all(c, boxes[i], i, kinds[k]);
			if (code != 0)
				return nt_error_set(err, code,
					"worker %u has not answered for %d ms: it stands still, or "
					"has no CPU; /nametap/workers shows its beats",
					i, ASK_TIMEOUT_MS);
		}
	return 0;
}

static json_t *
entry_json(const struct held *h, bool by_addr)
{
	const struct nt_name_entry *e = &h->entry;
	json_t *o = json_object();
	if (by_addr)
		telemetry_add_name(o, "name", e->name, e->name_len);
	else
		telemetry_add_addr(o, "address", &e->addr);
	telemetry_add_text(o, "source", nt_source_label((enum nt_source)e->source));
	if (e->client.family != NT_FAMILY_NONE)
		telemetry_add_addr(o, "client", &e->client);
	telemetry_add_seconds(o, "first_seen", e->first_seen_ns);
	telemetry_add_seconds(o, "last_seen", e->seen_ns);
	telemetry_add_seconds(o, "expires", e->expires_ns);
	telemetry_add_u64(o, "versions", (uint64_t)e->superseded + 1);
	telemetry_add_u64(o, "position", e->position);
	telemetry_add_u64(o, "worker", h->worker);
	telemetry_add_u64(o, "workers", h->workers);
	return o;
}

static json_t *
collection_json(const struct collection *c, bool by_addr, const struct nt_telemetry_args *args)
{
	json_t *root = json_object(), *list = json_object();
	if (by_addr)
		telemetry_add_addr(root, "address", &args->addr);
	else
		telemetry_add_name(root, "name", args->name, args->name_len);
	if (c->clock_ns != INT64_MIN)
		telemetry_add_seconds(root, "now", c->clock_ns);
	telemetry_add_u64(root, "count", c->count);
	if (c->cut)
		telemetry_add_u64(root, "cut", 1);
	for (unsigned int i = args->number; i < c->count; i++)
		telemetry_add_member(list, i, entry_json(&c->held[i], by_addr));
	(void)json_object_set_new(root, by_addr ? "names" : "addresses", list);
	return root;
}

json_t *
telemetry_names(struct ask_box *const boxes[], unsigned int workers, bool by_addr,
	const struct nt_telemetry_args *args, struct nt_error *err)
{
	struct collection *c = calloc(1, sizeof(*c));
	json_t *ret = NULL;
	if (c == NULL) {
		nt_error_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	c->clock_ns = INT64_MIN;
	c->question.addr = args->addr;
	c->question.name_len = args->name_len;
	memcpy(c->question.name, args->name, args->name_len);
	if (collect(c, boxes, workers, by_addr, err) == 0)
		ret = collection_json(c, by_addr, args);
	free(c);
	return ret;
}
