/* SPDX-License-Identifier: BSD-3-Clause */
#include "columns.h"
#include "escape.h"
#include "uid.h"

/* A row on its way to text. */
struct line {
	const char *row;
	const char *tail, *tail_end; /* names that have not been written yet */
	const char *parents; /* uids */
	const uint8_t *l2, *community_id; /* or NULL */
	uint32_t history_len;
	uint32_t parent_count;
	uint32_t flags; /* the row's, and from COLUMN_OPTIONS on the log's options */
	enum escape_kind kind;
};

#define VALUE(type, l, c) (*(const type *)(const void *)((l)->row + (c)->offset))

NT_TEXT_INLINE char *
put_text(char *p, const struct column_text *t)
{
	memcpy(p, t, sizeof(*t));
	return p + t->len;
}

NT_TEXT_INLINE const struct column_text *
label(const struct column *c, uint32_t index)
{
	const struct column_text *t = index < c->label_count ? &c->labels[index] : c->fallback;

	return t == NULL || t->len != 0 ? t : c->fallback;
}

NT_TEXT_INLINE char *
put_quoted_label(char *p, const struct line *l, const struct column *c, uint32_t index)
{
	const struct column_text *t = label(c, index);

	if (t == NULL)
		return NULL;
	if (l->kind == ESCAPE_TSV)
		return put_text(p, t);
	*p++ = '"';
	p = put_text(p, t);
	*p++ = '"';
	return p;
}

/* A value that is quoted in JSON and harmless. */
#define PUT_QUOTED(p, l, put)                                                                      \
	do {                                                                                       \
		*(p) = '"';                                                                        \
		(p) += (l)->kind == ESCAPE_JSON;                                                   \
		(p) = put;                                                                         \
		*(p) = '"';                                                                        \
		(p) += (l)->kind == ESCAPE_JSON;                                                   \
	} while (0)

/* Up to count names of the tail; NULL where there is none. */
NT_TEXT_INLINE char *
put_names(char *p, struct line *l, unsigned int count)
{
	const bool json = l->kind == ESCAPE_JSON;
	char *start = p;

	for (unsigned int i = 0; i < count && l->tail < l->tail_end; i++) {
		size_t len = (uint8_t)*l->tail;

		if (nt_unlikely(len > (size_t)(l->tail_end - l->tail) - 1))
			break;
		*p++ = json && i == 0 ? '[' : ',';
		if (!json && i == 0)
			p--;
		if (json)
			*p++ = '"';
		p = escape_text(p, l->tail + 1, len, l->kind);
		if (json)
			*p++ = '"';
		l->tail += len + 1;
	}
	if (p == start)
		return NULL;
	if (json)
		*p++ = ']';
	return p;
}

NT_TEXT_INLINE char *
put_history(char *p, const struct line *l)
{
	const char *history = ((const struct nt_conn_row *)(const void *)l->row)->tail;

	if (l->history_len == 0)
		return NULL;
	if (l->kind == ESCAPE_TSV)
		return escape_text(p, history, l->history_len, ESCAPE_TSV);
	*p++ = '"';
	p = escape_text(p, history, l->history_len, ESCAPE_JSON);
	*p++ = '"';
	return p;
}

/* The next name of the tail. */
static char *
put_tail_name(char *p, struct line *l)
{
	const size_t left = (size_t)(l->tail_end - l->tail);
	size_t len;

	if (left == 0 || (len = (uint8_t)*l->tail) > left - 1)
		return NULL;
	const char *name = l->tail + 1;
	l->tail += len + 1;
	if (l->kind == ESCAPE_TSV)
		return escape_text(p, name, len, ESCAPE_TSV_TEXT);
	*p++ = '"';
	p = escape_text(p, name, len, ESCAPE_JSON);
	*p++ = '"';
	return p;
}

/* Up to count addresses of the tail. */
static char *
put_addrs(char *p, struct line *l, unsigned int count)
{
	const bool json = l->kind == ESCAPE_JSON;
	const size_t size = sizeof(struct nt_addr);
	char *start = p;

	for (unsigned int i = 0; i < count && (size_t)(l->tail_end - l->tail) >= size; i++) {
		struct nt_addr addr;

		memcpy(&addr, l->tail, size);
		l->tail += size;
		if (json)
			*p++ = i == 0 ? '[' : ',';
		else if (i > 0)
			*p++ = ',';
		PUT_QUOTED(p, l, text_addr(p, &addr));
	}
	if (p == start)
		return NULL;
	if (json)
		*p++ = ']';
	return p;
}

/* An empty set is written, an empty vector is not: the rows have none. */
NT_TEXT_INLINE char *
put_parents(char *p, const struct line *l)
{
	const bool json = l->kind == ESCAPE_JSON;

	if (l->parent_count == 0)
		return NULL;
	for (uint32_t i = 0; i < l->parent_count; i++) {
		uint64_t uid[2];

		memcpy(uid, l->parents + i * sizeof(uid), sizeof(uid));
		if (json)
			*p++ = i == 0 ? '[' : ',';
		else if (i > 0)
			*p++ = ',';
		PUT_QUOTED(p, l, nt_uid_put(p, uid));
	}
	if (json)
		*p++ = ']';
	return p;
}

static char *
put_mac(char *p, const struct line *l, unsigned int end)
{
	static const char hex[] = "0123456789abcdef";
	static const uint8_t none[6];
	const uint8_t *mac;

	if (l->l2 == NULL)
		return NULL;
	mac = l->l2 + (size_t)end * 6;
	if (memcmp(mac, none, sizeof(none)) == 0)
		return NULL;
	*p = '"';
	p += l->kind == ESCAPE_JSON;
	for (unsigned int i = 0; i < 6; i++) {
		*p++ = hex[mac[i] >> 4];
		*p++ = hex[mac[i] & 15];
		*p++ = ':';
	}
	p[-1] = '"';
	return p - (l->kind != ESCAPE_JSON);
}

NT_TEXT_INLINE char *
put_community_id(char *p, const struct line *l)
{
	if (l->community_id == NULL)
		return NULL;
	PUT_QUOTED(p, l, p + nt_community_id_format(l->community_id, p));
	return p;
}

/* A label for each bit, with commas between them. */
static char *
put_labels(char *p, const struct column *c, uint32_t set)
{
	for (;;) {
		const struct column_text *label = &c->labels[__builtin_ctz(set)];

		p = put_text(p, label);
		set &= set - 1;
		if (set == 0)
			return p;
		*p++ = ',';
	}
}

static char *
put_quoted_labels(char *p, const struct line *l, const struct column *c, uint32_t set)
{
	set &= (1u << c->label_count) - 1;
	if (set == 0)
		return NULL;
	PUT_QUOTED(p, l, put_labels(p, c, set));
	return p;
}

/* A cell of its own: commas stay. */
static char *
put_text_value(char *p, const struct line *l, unsigned int which)
{
	const struct nt_notice_row *r = (const struct nt_notice_row *)(const void *)l->row;
	const size_t start = NT_MIN(which == 0 ? 0 : (size_t)r->msg_len, sizeof(r->tail));
	const size_t len = which == 0 ? r->msg_len : r->sub_len;
	const size_t kept = NT_MIN(len, sizeof(r->tail) - start);

	if (l->kind == ESCAPE_TSV)
		return escape_text(p, r->tail + start, kept, ESCAPE_TSV_TEXT);
	*p++ = '"';
	p = escape_text(p, r->tail + start, kept, ESCAPE_JSON);
	*p++ = '"';
	return p;
}

static char *
put_name(char *p, const struct line *l)
{
	const struct nt_names_row *r = (const struct nt_names_row *)(const void *)l->row;

	if (l->kind == ESCAPE_TSV)
		return escape_text(p, r->name, r->name_len, ESCAPE_TSV_TEXT);
	*p++ = '"';
	p = escape_text(p, r->name, r->name_len, ESCAPE_JSON);
	*p++ = '"';
	return p;
}

static char *
put_set(char *p, const struct line *l, const struct column *c)
{
	const bool json = l->kind == ESCAPE_JSON;

	if (c->fallback == NULL)
		return json ? text_lit(p, "[]") : text_lit(p, "(empty)");
	if (json)
		p = text_lit(p, "[\"");
	p = put_text(p, c->fallback);
	return json ? text_lit(p, "\"]") : p;
}

NT_TEXT_INLINE char *
put_bool(char *p, const struct line *l, bool v)
{
	if (l->kind == ESCAPE_TSV) {
		*p = v ? 'T' : 'F';
		return p + 1;
	}
	text_store8(p, v ? 0x65757274 : 0x65736c6166); /* "true", "false" */
	return p + 5 - v;
}

/*
 * The value of a column that has what it needs; NULL where it is unset (what stands at p is void
 * then).
 */
NT_TEXT_INLINE char *
put_value(char *p, struct line *l, const struct column *c)
{
	switch ((enum column_kind)c->kind) {
	case COLUMN_NEVER:
		return NULL;
	case COLUMN_TIME:
	case COLUMN_INTERVAL:
		return text_seconds(p, VALUE(int64_t, l, c));
	case COLUMN_UID:
		PUT_QUOTED(p, l, nt_uid_put(p, &VALUE(uint64_t, l, c)));
		return p;
	case COLUMN_ADDR:
		PUT_QUOTED(p, l, text_addr(p, &VALUE(struct nt_addr, l, c)));
		return p;
	case COLUMN_PORT:
		return text_u27(p, VALUE(uint16_t, l, c));
	case COLUMN_COUNT:
		return text_u64(p, VALUE(uint64_t, l, c));
	case COLUMN_COUNT8:
		return text_u27(p, VALUE(uint8_t, l, c));
	case COLUMN_BOOL:
		return put_bool(p, l, (l->flags & c->arg) != 0);
	case COLUMN_SHARE:
		/* not >= 0: unset; no NaN gets through */
		return VALUE(double, l, c) >= 0 ? text_share(p, VALUE(double, l, c)) : NULL;
	case COLUMN_LABEL:
		return put_quoted_label(p, l, c, VALUE(uint8_t, l, c));
	case COLUMN_LABELS:
		return put_quoted_labels(p, l, c, VALUE(uint32_t, l, c));
	case COLUMN_HISTORY:
		return put_history(p, l);
	case COLUMN_NAMES:
		return put_names(p, l, VALUE(uint8_t, l, c));
	case COLUMN_TAIL_NAME:
		return put_tail_name(p, l);
	case COLUMN_ADDRS:
		return put_addrs(p, l, VALUE(uint8_t, l, c));
	case COLUMN_PARENTS:
		return put_parents(p, l);
	case COLUMN_VLAN:
		return VALUE(uint16_t, l, c) != 0 ? text_u27(p, VALUE(uint16_t, l, c)) : NULL;
	case COLUMN_MAC:
		return put_mac(p, l, c->arg);
	case COLUMN_COMMUNITY_ID:
		return put_community_id(p, l);
	case COLUMN_TEXT:
		return put_text_value(p, l, c->arg);
	case COLUMN_NAME:
		return put_name(p, l);
	case COLUMN_SET:
		return put_set(p, l, c);
	}
	return NULL;
}

/* What collectors go by when lines of several logs and sensors come mixed. */
static char *
put_origin(char *p, const struct nt_log_config *cfg, const char *path)
{
	if ((cfg->options & NT_LOG_PATH) != 0) {
		p = text_lit(p, ",\"_path\":\"");
		const size_t len = strlen(path);
		/* More follows. NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
		memcpy(p, path, len);
		p += len;
		*p++ = '"';
	}
	if (cfg->sensor != NULL && *cfg->sensor != '\0') {
		p = text_lit(p, ",\"_system_name\":\"");
		p = nt_escape_slow(
			p, cfg->sensor, strnlen(cfg->sensor, NT_LOG_SENSOR_MAX), ESCAPE_JSON);
		*p++ = '"';
	}
	return p;
}

NT_TEXT_INLINE char *
put_json_line(
	char *start, struct line *l, const struct column_table *t, const struct nt_log_config *cfg)
{
	const uint32_t flags = l->flags;
	char *p = put_origin(start, cfg, t->path), *end;

	for (const struct column *c = t->columns; c < t->columns + t->count; c++) {
		if ((flags & c->needs) != c->needs)
			continue;
		end = put_value(put_text(p, &c->key[cfg->names]), l, c);
		if (end != NULL)
			p = end;
	}
	*start = '{'; /* for the comma before the first key */
	*p++ = '}';
	*p++ = '\n';
	return p;
}

NT_TEXT_INLINE char *
put_tsv_line(char *p, struct line *l, const struct column_table *t, const struct nt_log_config *cfg)
{
	const unsigned int off = ~cfg->options;
	char *end;

	for (const struct column *c = t->columns; c < t->columns + t->count; c++) {
		if (nt_unlikely((c->option & off) != 0))
			continue;
		end = (l->flags & c->when) == c->when ? put_value(p, l, c) : NULL;
		if (end == NULL) {
			*p = '-';
			end = p + 1;
		}
		p = end;
		*p++ = '\t';
	}
	p[-1] = '\n';
	return p;
}

/* The line appended; false where max bytes are not free. */
NT_TEXT_INLINE bool
append_line(struct nt_strbuf *out, const struct nt_log_config *cfg, struct line *l,
	const struct column_table *t, size_t max)
{
	char *start = out->data + out->len, *end;

	if (nt_unlikely(out->full || out->room - out->len < max))
		return false;
	l->flags |= cfg->options << COLUMN_OPTIONS;
	if (cfg->format == NT_LOG_JSON) {
		l->kind = ESCAPE_JSON;
		end = put_json_line(start, l, t, cfg);
	} else {
		l->kind = ESCAPE_TSV;
		end = put_tsv_line(start, l, t, cfg);
	}
	out->len += (size_t)(end - start);
	return true;
}

/* So many bytes of the tail; NULL, and nothing left, where they aren't there. */
NT_TEXT_INLINE const char *
take(struct line *l, size_t bytes)
{
	const char *p = l->tail;

	l->tail = nt_likely((size_t)(l->tail_end - p) >= bytes) ? p + bytes : l->tail_end;
	return l->tail == p + bytes ? p : NULL;
}

/* The tail's parts in their order; what it does not bear out is left out. */
static void
open_tail(struct line *l, const struct nt_conn_row *r)
{
	const size_t tail_len = NT_MIN((size_t)r->tail_len, sizeof(r->tail));

	l->history_len = NT_MIN(r->history_len, (uint32_t)tail_len);
	l->tail = r->tail + l->history_len;
	l->tail_end = r->tail + tail_len;
	l->parents = take(l, r->tunnel_parents * (size_t)NT_ROW_UID_BYTES);
	l->parent_count = l->parents != NULL ? r->tunnel_parents : 0;
	if ((r->flags & NT_ROW_L2) != 0)
		l->l2 = (const uint8_t *)take(l, NT_ROW_L2_BYTES);
	if ((r->flags & NT_ROW_COMMUNITY_ID) != 0)
		l->community_id = (const uint8_t *)take(l, NT_COMMUNITY_ID_BYTES);
}

bool
nt_log_conn(struct nt_strbuf *out, const struct nt_log_config *cfg, const struct nt_conn_row *r)
{
	struct line l = { .row = (const char *)r, .flags = r->flags };

	open_tail(&l, r);
	return append_line(out, cfg, &l, &nt_conn_columns, nt_log_conn_max(r));
}

bool
nt_log_namecache(
	struct nt_strbuf *out, const struct nt_log_config *cfg, const struct nt_namecache_row *r)
{
	struct line l = { .row = (const char *)r, .flags = r->flags };

	return append_line(out, cfg, &l, &nt_namecache_columns, NT_LOG_NAMECACHE_MAX);
}

bool
nt_log_notice(struct nt_strbuf *out, const struct nt_log_config *cfg, const struct nt_notice_row *r)
{
	struct line l = { .row = (const char *)r, .flags = r->flags };

	return append_line(out, cfg, &l, &nt_notice_columns, NT_LOG_NOTICE_MAX);
}

bool
nt_log_names(struct nt_strbuf *out, const struct nt_log_config *cfg, const struct nt_names_row *r)
{
	struct line l = { .row = (const char *)r, .flags = r->flags };

	return append_line(out, cfg, &l, &nt_names_columns, NT_LOG_NAMES_MAX);
}
