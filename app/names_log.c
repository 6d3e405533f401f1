/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nt_clock.h>
#include <nt_hash.h>
#include <nt_mem.h>

#include <fcntl.h>

#include "names_log.h"

struct entry {
	struct nt_addr addr, client;
	int64_t first_ns, last_ns;
	uint64_t count;
	uint64_t name_at; /* in text */
	uint32_t next; /* in the bucket */
	uint16_t name_len;
	uint8_t source, flags;
};

struct names_log {
	struct entry *entries;
	uint32_t *buckets; /* first entry plus one, 0: none */
	char *text;
	uint32_t count, max, mask;
	uint64_t text_used, text_max;
	uint64_t refused;
	struct nt_hash_key key;
};

struct names_log *
names_log_new(const struct nt_config *cfg)
{
	struct names_log *l = calloc(1, sizeof(*l));
	if (l == NULL)
		return NULL;
	l->max = cfg->names.max_mappings;
	l->text_max = cfg->names.max_name_bytes;
	l->mask = 1;
	while (l->mask < l->max - 1)
		l->mask = l->mask << 1 | 1;
	l->entries = nt_mem_map((size_t)l->max * sizeof(*l->entries));
	l->buckets = nt_mem_map(((size_t)l->mask + 1) * sizeof(*l->buckets));
	l->text = nt_mem_map(l->text_max);
	if (l->entries == NULL || l->buckets == NULL || l->text == NULL ||
		nt_hash_key_random(&l->key) != 0) {
		names_log_free(l);
		errno = ENOMEM;
		return NULL;
	}
	return l;
}

void
names_log_free(struct names_log *l)
{
	if (l == NULL)
		return;
	nt_mem_unmap(l->entries, (size_t)l->max * sizeof(*l->entries));
	nt_mem_unmap(l->buckets, ((size_t)l->mask + 1) * sizeof(*l->buckets));
	nt_mem_unmap(l->text, l->text_max);
	free(l);
}

static uint32_t
bucket_of(const struct names_log *l, const struct nt_mapping *m)
{
	struct {
		struct nt_addr addr, client;
		char name[NT_MAPPING_NAME_MAX + 1];
	} key = { .addr = m->addr, .client = m->client };
	memcpy(key.name, m->name, m->name_len);
	return (uint32_t)nt_siphash64(&l->key, &key, sizeof(key)) & l->mask;
}

static bool
is_same(const struct names_log *l, const struct entry *e, const struct nt_mapping *m)
{
	return e->source == m->source && e->flags == m->flags && e->name_len == m->name_len &&
	       nt_addr_equal(&e->addr, &m->addr) && nt_addr_equal(&e->client, &m->client) &&
	       memcmp(l->text + e->name_at, m->name, m->name_len) == 0;
}

void
names_log_add(struct names_log *l, const struct nt_mapping *m, int64_t ts_ns)
{
	uint32_t *bucket = &l->buckets[bucket_of(l, m)];
	/* Ends: a bucket's entries are a chain, each made later than the next one. */
	for (uint32_t i = *bucket; i != 0; i = l->entries[i - 1].next) {
		struct entry *e = &l->entries[i - 1];
		if (!is_same(l, e, m))
			continue;
		e->last_ns = ts_ns;
		e->count++;
		return;
	}
	if (l->count == l->max || l->text_max - l->text_used < m->name_len) {
		l->refused++;
		return;
	}
	memcpy(l->text + l->text_used, m->name, m->name_len);
	l->entries[l->count] = (struct entry){
		.addr = m->addr,
		.client = m->client,
		.first_ns = ts_ns,
		.last_ns = ts_ns,
		.count = 1,
		.name_at = l->text_used,
		.next = *bucket,
		.name_len = m->name_len,
		.source = m->source,
		.flags = m->flags,
	};
	l->text_used += m->name_len;
	*bucket = ++l->count;
}

static void
put_line(struct nt_strbuf *out, const struct nt_log_config *cfg, const struct names_log *l,
	const struct entry *e)
{
	const bool told = e->client.family != NT_FAMILY_NONE;
	const struct nt_names_row row = {
		.ts_ns = e->first_ns,
		.last_ns = e->last_ns,
		.addr = e->addr,
		.client = e->client,
		.count = e->count,
		.flags = (uint16_t)((told ? NT_NAMES_CLIENT : 0) |
				    ((e->flags & NT_MAPPING_UNSOLICITED) != 0 ? NT_NAMES_UNSOLICITED
									      : 0) |
				    ((e->flags & NT_MAPPING_ASKED) != 0 ? NT_NAMES_ASKED : 0)),
		.name_len = e->name_len,
		.source = e->source,
		.name = l->text + e->name_at,
	};
	nt_log_names(out, cfg, &row);
}

int
names_log_write(const struct names_log *l, const char *path, const struct nt_log_config *cfg,
	struct nt_error *err)
{
	char text[NT_MAX(NT_LOG_NAMES_MAX, NT_LOG_HEADER_MAX)];
	struct nt_strbuf out = nt_strbuf_init(text, sizeof(text));
	/* Who asked for what is nobody else's business: as the other logs. */
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (f == NULL)
		return nt_error_set(err, -errno,
			"can't write %s: %s; choose another FILE for --names", path,
			strerror(errno));
	nt_log_header(&out, cfg, NT_LOG_NAMES, nt_clock_wall_ns());
	fwrite(out.data, 1, out.len, f);
	for (uint32_t i = 0; i < l->count; i++) {
		out.len = 0;
		put_line(&out, cfg, l, &l->entries[i]);
		fwrite(out.data, 1, out.len, f);
	}
	out.len = 0;
	nt_log_footer(&out, cfg, nt_clock_wall_ns());
	fwrite(out.data, 1, out.len, f);
	errno = 0;
	const bool bad = ferror(f) != 0;
	if (fclose(f) != 0 || bad)
		return nt_error_set(err, -EIO, "can't write %s: %s; what is there is not whole",
			path, errno != 0 ? strerror(errno) : "write error");
	return 0;
}

uint64_t
names_log_refused(const struct names_log *l)
{
	return l->refused;
}
