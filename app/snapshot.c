/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "snapshot.h"

static int
ask_source(const struct snapshot_source *from, const struct ask_question *q, struct ask_answer *ret)
{
	struct ask_box *box = worker_ask_box(from->worker);
	if (from->running)
		return ask(box, q, ret);
	worker_answer(from->worker, ask_leave(box, q));
	*ret = box->answer;
	return 0;
}

static void
put(struct nt_snapshot_writer *w, enum ask_kind kind, const struct ask_answer *a, int64_t now_ns)
{
	for (uint32_t i = 0; i < a->count; i++) {
		if (kind == ASK_TOLD)
			nt_snapshot_put_told(w, &a->tolds[i]);
		else if (a->entries[i].expires_ns > now_ns)
			nt_snapshot_put_name(w, &a->entries[i]);
	}
}

/* Slice by slice: names go on at their cursor, and so does what was told. */
static int
put_all(struct nt_snapshot_writer *w, enum ask_kind kind, const struct snapshot_source *from,
	int64_t now_ns, struct ask_answer *scratch)
{
	struct ask_question q = { .kind = kind };
	while (q.from != UINT32_MAX) {
		const int err = ask_source(from, &q, scratch);
		if (err != 0)
			return err;
		put(w, kind, scratch, now_ns);
		q.from = scratch->cursor;
	}
	return 0;
}

/* On the clock that the entries' times are of. */
static int64_t
time_of(const struct snapshot_source *from, struct ask_answer *scratch)
{
	const struct ask_question q = { .kind = ASK_TOLD };
	if (ask_source(from, &q, scratch) != 0 || scratch->clock_ns == INT64_MIN)
		return from->began_ns;
	return scratch->clock_ns;
}

int
snapshot_take(const char *path, const struct snapshot_source *from, struct nt_error *ret_err)
{
	struct ask_answer *scratch = malloc(sizeof(*scratch));
	if (scratch == NULL)
		return nt_error_set(ret_err, -ENOMEM, "no memory for the snapshot %s", path);
	const struct nt_snapshot_head head = {
		.taken_ns = time_of(from, scratch),
		.began_ns = from->began_ns,
		.told_key = from->names_key,
		.told_mark = worker_told_mark(from->worker),
	};
	struct nt_snapshot_writer *w = nt_snapshot_create(path, &head, ret_err);
	int err = w == NULL ? -EIO : put_all(w, ASK_WALK, from, head.taken_ns, scratch);
	if (err == 0)
		err = put_all(w, ASK_TOLD, from, head.taken_ns, scratch);
	free(scratch);
	if (w == NULL)
		return err;
	if (err == 0)
		return nt_snapshot_commit(w, ret_err);
	nt_snapshot_abandon(w);
	return nt_error_set(ret_err, err,
		"no snapshot %s was taken: its worker does not answer: %s", path, strerror(-err));
}

static void
restore_worker(const struct nt_snapshot *s, struct worker *w, bool told, int64_t now_ns)
{
	for (uint64_t i = 0; i < nt_snapshot_mappings(s); i++) {
		struct nt_mapping m;
		nt_snapshot_mapping(s, i, &m);
		worker_restore_mapping(w, &m);
	}
	for (uint64_t i = 0; told && i < nt_snapshot_tolds(s); i++) {
		const struct nt_told_entry e = nt_snapshot_told(s, i);
		worker_restore_told(w, &e);
	}
	worker_restore_missed(w, now_ns);
}

struct snapshot_restored
snapshot_restore(const struct nt_snapshot *s, struct worker *const *workers,
	unsigned int worker_count, int64_t now_ns)
{
	const bool told = nt_snapshot_head(s)->told_mark == worker_told_mark(workers[0]);
	for (unsigned int i = 0; i < worker_count; i++)
		restore_worker(s, workers[i], told, now_ns);
	return (struct snapshot_restored){
		.mappings = nt_snapshot_mappings(s),
		.tolds = told ? nt_snapshot_tolds(s) : 0,
		.told_differs = !told,
	};
}
