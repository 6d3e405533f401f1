/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "snapshot_format.h"

/* A telling of a life: its first or its last. */
struct telling {
	int64_t seen_ns;
	uint64_t position; /* then, to order those of one time */
	const uint8_t *record; /* behind its kind */
};

struct nt_snapshot {
	struct nt_snapshot_head head;
	struct telling *tellings;
	struct nt_told_entry *tolds;
	uint64_t telling_count, told_count;
	uint8_t *bytes; /* of nt_snapshot_load; else NULL */
};

static int
compare_tellings(const void *a, const void *b)
{
	const struct telling *x = a, *y = b;
	if (x->seen_ns != y->seen_ns)
		return x->seen_ns < y->seen_ns ? -1 : 1;
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return x->record < y->record ? -1 : x->record > y->record;
}

static int
compare_tolds(const void *a, const void *b)
{
	const struct nt_told_entry *x = a, *y = b;
	return (x->last_ns > y->last_ns) - (x->last_ns < y->last_ns);
}

static void
add_told(struct nt_snapshot *s, struct snapshot_cursor *c, int64_t now_ns)
{
	struct nt_told_entry e;
	snapshot_unpack_told(c, &e);
	if (!c->bad && e.last_ns <= now_ns)
		s->tolds[s->told_count++] = e;
}

static void
add_name(struct nt_snapshot *s, struct snapshot_cursor *c, int64_t now_ns)
{
	struct nt_name_entry e;
	const char *name;
	const uint8_t *record = c->at;
	snapshot_unpack_name(c, &e, &name);
	if (c->bad || e.expires_ns <= now_ns || e.seen_ns > now_ns)
		return;
	if (e.first_position != e.position)
		s->tellings[s->telling_count++] =
			(struct telling){ e.first_seen_ns, e.first_position, record };
	s->tellings[s->telling_count++] = (struct telling){ e.seen_ns, e.position, record };
}

/* What the end has to say of it all. */
static bool
is_whole(const uint8_t *bytes, size_t len, struct snapshot_end *ret)
{
	if (len < SNAPSHOT_HEAD_BYTES + SNAPSHOT_END_BYTES)
		return false;
	struct snapshot_cursor c = { .at = bytes + len - SNAPSHOT_END_BYTES, .end = bytes + len };
	const bool is_end = snapshot_unpack_kind(&c) == SNAPSHOT_END;
	snapshot_unpack_end(&c, ret);
	const size_t records = len - SNAPSHOT_HEAD_BYTES - SNAPSHOT_END_BYTES;
	return is_end && ret->names <= records / SNAPSHOT_NAME_BYTES &&
	       ret->tolds <= records / SNAPSHOT_TOLD_BYTES &&
	       crc32_z(0, bytes, len - SNAPSHOT_END_BYTES) == ret->crc;
}

/* False: it does not say what its end says of it. */
static bool
read_records(struct nt_snapshot *s, struct snapshot_cursor *c, const struct snapshot_end *end,
	int64_t now_ns)
{
	struct snapshot_end n = { 0 };
	while (!c->bad && c->at < c->end) {
		const uint8_t kind = snapshot_unpack_kind(c);
		if (kind == SNAPSHOT_NAME && n.names++ < end->names)
			add_name(s, c, now_ns);
		else if (kind == SNAPSHOT_TOLD && n.tolds++ < end->tolds)
			add_told(s, c, now_ns);
		else
			return false;
	}
	return !c->bad && n.names == end->names && n.tolds == end->tolds;
}

static int
refuse(const char *name, struct nt_error *err, const char *why)
{
	return nt_error_set(err, -EINVAL, "%s: %s", name, why);
}

static int
parse(struct nt_snapshot *s, const char *name, const uint8_t *bytes, size_t len, int64_t now_ns,
	struct nt_error *err)
{
	struct snapshot_cursor c = { .at = bytes, .end = bytes + len };
	struct snapshot_end end;
	const uint32_t version = snapshot_unpack_head(&c, &s->head);
	if (version == 0)
		return refuse(name, err, "no snapshot of nametap");
	if (version != NT_SNAPSHOT_VERSION)
		return refuse(name, err, "a snapshot of another version of nametap");
	if (s->head.taken_ns > now_ns)
		return refuse(name, err, "taken later than now: was a clock wrong");
	if (!is_whole(bytes, len, &end))
		return refuse(name, err, "cut short or damaged");
	s->tellings = calloc(2 * end.names + 1, sizeof(*s->tellings));
	s->tolds = calloc(end.tolds + 1, sizeof(*s->tolds));
	if (s->tellings == NULL || s->tolds == NULL)
		return nt_error_set(err, -ENOMEM, "%s: no memory for it", name);
	c.end -= SNAPSHOT_END_BYTES;
	if (!read_records(s, &c, &end, now_ns))
		return refuse(name, err, "damaged");
	qsort(s->tellings, s->telling_count, sizeof(*s->tellings), compare_tellings);
	qsort(s->tolds, s->told_count, sizeof(*s->tolds), compare_tolds);
	return 0;
}

struct nt_snapshot *
nt_snapshot_parse(
	const char *name, const uint8_t *bytes, size_t len, int64_t now_ns, struct nt_error *err)
{
	struct nt_snapshot *s = calloc(1, sizeof(*s));
	const int code = s == NULL ? nt_error_set(err, -ENOMEM, "%s: no memory for it", name)
				   : parse(s, name, bytes, len, now_ns, err);
	if (code == 0)
		return s;
	nt_snapshot_free(s);
	errno = -code;
	return NULL;
}

/* All of a regular file; the caller frees. */
static uint8_t *
read_file(int fd, size_t *ret_len)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return NULL;
	if (st.st_size == 0) {
		errno = ENOENT;
		return NULL;
	}
	const size_t size = (size_t)st.st_size;
	uint8_t *bytes = malloc(size + 1);
	size_t got = 0;
	while (bytes != NULL && got < size) {
		const ssize_t n = read(fd, bytes + got, size - got);
		if (n == 0)
			break;
		if (n > 0) {
			got += (size_t)n;
		} else if (errno != EINTR) {
			free(bytes);
			return NULL;
		}
	}
	*ret_len = got;
	return bytes;
}

struct nt_snapshot *
nt_snapshot_load(const char *path, int64_t now_ns, struct nt_error *err)
{
	size_t len = 0;
	const int fd = snapshot_open(path);
	uint8_t *bytes = fd < 0 ? NULL : read_file(fd, &len);
	const int failed = fd < 0 ? -fd : bytes == NULL ? errno : 0;
	if (fd >= 0)
		close(fd);
	if (failed != 0) {
		nt_error_set(err, -failed, "can't read the snapshot %s: %s", path,
			fd == SNAPSHOT_NO_FILE ? nt_snapshot_place_text(NT_SNAPSHOT_PLACE_NO_FILE)
					       : strerror(failed));
		errno = failed;
		return NULL;
	}
	struct nt_snapshot *s = nt_snapshot_parse(path, bytes, len, now_ns, err);
	if (s == NULL)
		free(bytes);
	else
		s->bytes = bytes;
	return s;
}

void
nt_snapshot_free(struct nt_snapshot *s)
{
	if (s == NULL)
		return;
	free(s->tellings);
	free(s->tolds);
	free(s->bytes);
	free(s);
}

const struct nt_snapshot_head *
nt_snapshot_head(const struct nt_snapshot *s)
{
	return &s->head;
}

uint64_t
nt_snapshot_mappings(const struct nt_snapshot *s)
{
	return s->telling_count;
}

void
nt_snapshot_mapping(const struct nt_snapshot *s, uint64_t i, struct nt_mapping *ret)
{
	const struct telling *t = &s->tellings[i];
	struct snapshot_cursor c = { .at = t->record, .end = t->record + SNAPSHOT_RECORD_MAX };
	struct nt_name_entry e;
	const char *name;
	snapshot_unpack_name(&c, &e, &name);
	*ret = (struct nt_mapping){
		.addr = e.addr,
		.client = e.client,
		.position = i + 1,
		.seen_ns = t->seen_ns,
		.expires_ns = e.expires_ns,
		.source = e.source,
		.name_len = e.name_len,
		.name = name,
	};
}

uint64_t
nt_snapshot_tolds(const struct nt_snapshot *s)
{
	return s->told_count;
}

struct nt_told_entry
nt_snapshot_told(const struct nt_snapshot *s, uint64_t i)
{
	return s->tolds[i];
}
