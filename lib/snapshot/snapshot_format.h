/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file: head, any number of names and tolds, end. Each of them is a record: kind (1 byte), and
 * what follows by its kind.
 *
 *   head  8 magic, 4 version, 8 taken_ns, 8 began_ns, 32 told_key, 8 told_mark
 *   name  1 kind, 1 source, 2 index, 1 family, 16 addr, 1 family, 16 client, 8 first_seen_ns,
 *         8 seen_ns, 8 expires_ns, 8 first_position, 8 position, 1 name_len, name
 *   told  1 kind, 8 tag, 8 first_ns, 8 last_ns
 *   end   1 kind, 8 names, 8 tolds, 4 CRC-32 of all before it
 */
#ifndef SNAPSHOT_FORMAT_H
#define SNAPSHOT_FORMAT_H

#include "nt_snapshot.h"

#define SNAPSHOT_MAGIC_BYTES 8
#define SNAPSHOT_HEAD_BYTES  68
#define SNAPSHOT_NAME_BYTES  79 /* without the name */
#define SNAPSHOT_TOLD_BYTES  25
#define SNAPSHOT_END_BYTES   21
#define SNAPSHOT_RECORD_MAX  (SNAPSHOT_NAME_BYTES + NT_MAPPING_NAME_MAX)

enum snapshot_kind {
	SNAPSHOT_NAME = 1,
	SNAPSHOT_TOLD,
	SNAPSHOT_END,
};

struct snapshot_end {
	uint64_t names, tolds;
	uint32_t crc;
};

/* Do they begin as a snapshot does? Of any version. */
bool snapshot_is_magic(const uint8_t *bytes, size_t len);

/* To read a regular file: its descriptor, SNAPSHOT_NO_FILE where it is none, or -errno. */
#define SNAPSHOT_NO_FILE (-EBADFD)
int snapshot_open(const char *path);

/* May what was found there go? */
static inline bool
snapshot_replaceable(int place)
{
	return place == NT_SNAPSHOT_PLACE_EMPTY || place == NT_SNAPSHOT_PLACE_OURS;
}

/* Each writes its bytes at out and returns how many. */
size_t snapshot_pack_head(uint8_t *out, const struct nt_snapshot_head *h);
size_t snapshot_pack_name(uint8_t *out, const struct nt_name_entry *e);
size_t snapshot_pack_told(uint8_t *out, const struct nt_told_entry *e);
size_t snapshot_pack_end(uint8_t *out, const struct snapshot_end *e);

/* A place in untrusted bytes; an error sticks. */
struct snapshot_cursor {
	const uint8_t *at, *end;
	bool bad;
};

/* The version, or 0 where it is no snapshot; *ret is set for NT_SNAPSHOT_VERSION only. */
uint32_t snapshot_unpack_head(struct snapshot_cursor *c, struct nt_snapshot_head *ret);
/* The kind that comes next, which is stepped over. */
uint8_t snapshot_unpack_kind(struct snapshot_cursor *c);
/* What is no entry is bad. *ret_name points into the bytes; ret->name is not set. */
void snapshot_unpack_name(
	struct snapshot_cursor *c, struct nt_name_entry *ret, const char **ret_name);
void snapshot_unpack_told(struct snapshot_cursor *c, struct nt_told_entry *ret);
void snapshot_unpack_end(struct snapshot_cursor *c, struct snapshot_end *ret);

#endif
