/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a sensor knows of names, in a file, so that a restart is no warm-up: the lives of a name
 * cache and the memory of what was ever told. Ordinary threads only, never an lcore.
 *
 * A file is written beside its path and renamed, so a path has a whole one or the one before; what
 * is no snapshot is never replaced, nor waited for. It is its owner's alone (0600), for it holds
 * the key of the memory. It begins with magic and version
 * and ends with counts and a CRC-32 of all before: what is cut short, damaged or of another version
 * is not loaded, none of it. Times are wall-clock nanoseconds. Little-endian, for one machine.
 */
#ifndef NT_SNAPSHOT_H
#define NT_SNAPSHOT_H

#include <nt_hash.h>
#include <nt_name_entries.h>
#include <nt_told.h>

#define NT_SNAPSHOT_VERSION 1

struct nt_snapshot_head {
	int64_t taken_ns; /* when it was begun to be written */
	int64_t began_ns; /* since when the sensor had watched without a break */
	struct nt_hash_key told_key; /* of the memory, and what it makes of it */
	uint64_t told_mark;
};

/* --- where it is to be ---------------------------------------------------------------------- */

enum nt_snapshot_place {
	NT_SNAPSHOT_PLACE_EMPTY, /* nothing is there, or an empty file */
	NT_SNAPSHOT_PLACE_OURS, /* begins as a snapshot does: of any version, perhaps damaged */
	NT_SNAPSHOT_PLACE_FOREIGN, /* a file, but no snapshot */
	NT_SNAPSHOT_PLACE_NO_FILE, /* a link, pipe, device, directory */
};

/* What is there, or -errno where it can't be told. */
int nt_snapshot_place(const char *path);
/* Why it can't be replaced, of the last two and of -errno. */
const char *nt_snapshot_place_text(int place);

#define NT_SNAPSHOT_UNUSABLE ".unusable"
/* What can't be used gets that behind its name, in place of an older one. 0, or -errno and *err. */
int nt_snapshot_set_aside(const char *path, struct nt_error *err);

/* --- writing -------------------------------------------------------------------------------- */

struct nt_snapshot_writer;

/* NULL and *err (one line). The path is copied. */
struct nt_snapshot_writer *nt_snapshot_create(
	const char *path, const struct nt_snapshot_head *head, struct nt_error *err);
/* Errors stick, and are told by nt_snapshot_commit. */
void nt_snapshot_put_name(struct nt_snapshot_writer *w, const struct nt_name_entry *e);
void nt_snapshot_put_told(struct nt_snapshot_writer *w, const struct nt_told_entry *e);
/*
 * To the disk, and into its place. 0, or -errno and *err: the path has what it had; -EEXIST where
 * that is no snapshot. Frees w.
 */
int nt_snapshot_commit(struct nt_snapshot_writer *w, struct nt_error *err);
/* Nothing of it stays. NULL is fine. */
void nt_snapshot_abandon(struct nt_snapshot_writer *w);

/* --- loading -------------------------------------------------------------------------------- */

struct nt_snapshot;

/*
 * NULL and *err (one line); errno is ENOENT where there is none, or an empty file; EINVAL where it
 * is none that can be used. Names that have expired at now_ns
 * are left out. What was taken later than now_ns is refused: caches go forward in time only.
 */
struct nt_snapshot *nt_snapshot_load(const char *path, int64_t now_ns, struct nt_error *err);
/* The same of bytes, which must stay. */
struct nt_snapshot *nt_snapshot_parse(
	const char *name, const uint8_t *bytes, size_t len, int64_t now_ns, struct nt_error *err);
void nt_snapshot_free(struct nt_snapshot *s); /* NULL is fine */

const struct nt_snapshot_head *nt_snapshot_head(const struct nt_snapshot *s);

/*
 * What caches are fed, in order; positions are 1, 2, 3 ... A life that was told more than once is
 * two: when it was learnt, and when it was told last. The name points into s.
 */
uint64_t nt_snapshot_mappings(const struct nt_snapshot *s);
void nt_snapshot_mapping(const struct nt_snapshot *s, uint64_t i, struct nt_mapping *ret);

/* In the order of last_ns. */
uint64_t nt_snapshot_tolds(const struct nt_snapshot *s);
struct nt_told_entry nt_snapshot_told(const struct nt_snapshot *s, uint64_t i);

#endif
