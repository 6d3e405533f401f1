/* SPDX-License-Identifier: BSD-3-Clause */
#include "columns.h"
#include "escape.h"
#include "uid.h"

/* A row on its way to text. */
struct line {
	const char *row;
	const char *tail, *tail_end; /* names that have not been written yet */
	uint32_t history_len;
	uint32_t flags;
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

/* A value that is quoted in JSON and harmless. */
#define PUT_QUOTED(p, l, put)                                                                      \
	do {                                                                                       \
		*(p) = '"';                                                                        \
		(p) += (l)->kind == ESCAPE_JSON;                                                   \
		(p) = put;                                                                         \
		*(p) = '"';                                                                        \
		(p) += (l)->kind == ESCAPE_JSON;                                                   \
	} while (0)

/* The value of a column; NULL where it is unset (what stands at p is void then). */
NT_TEXT_INLINE char *
put_value(char *p, struct line *l, const struct column *c)
{
	if ((l->flags & c->when) != c->when)
		return NULL;
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
	case COLUMN_LABEL32:
		return put_quoted_label(p, l, c, VALUE(uint32_t, l, c));
	case COLUMN_HISTORY:
		return put_history(p, l);
	case COLUMN_NAMES:
		return put_names(p, l, VALUE(uint8_t, l, c));
	}
	return NULL;
}

NT_TEXT_INLINE char *
put_json_line(char *start, struct line *l, const struct column_table *t, enum nt_log_names names)
{
	char *p = start, *end;

	for (const struct column *c = t->columns; c < t->columns + t->count; c++) {
		end = put_value(put_text(p, &c->key[names]), l, c);
		if (end != NULL)
			p = end;
	}
	*start = '{'; /* for the comma before the first key */
	*p++ = '}';
	*p++ = '\n';
	return p;
}

NT_TEXT_INLINE char *
put_tsv_line(char *p, struct line *l, const struct column_table *t)
{
	char *end;

	for (const struct column *c = t->columns; c < t->columns + t->count; c++) {
		end = put_value(p, l, c);
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
	if (cfg->format == NT_LOG_JSON) {
		l->kind = ESCAPE_JSON;
		end = put_json_line(start, l, t, cfg->names);
	} else {
		l->kind = ESCAPE_TSV;
		end = put_tsv_line(start, l, t);
	}
	out->len += (size_t)(end - start);
	return true;
}

bool
nt_log_conn(struct nt_strbuf *out, const struct nt_log_config *cfg, const struct nt_conn_row *r)
{
	size_t tail_len = NT_MIN((size_t)r->tail_len, sizeof(r->tail));
	uint32_t history_len = NT_MIN(r->history_len, (uint32_t)tail_len);
	struct line l = {
		.row = (const char *)r,
		.tail = r->tail + history_len,
		.tail_end = r->tail + tail_len,
		.history_len = history_len,
		.flags = r->flags,
	};

	return append_line(out, cfg, &l, &nt_conn_columns, nt_log_conn_max(r));
}

bool
nt_log_namecache(
	struct nt_strbuf *out, const struct nt_log_config *cfg, const struct nt_namecache_row *r)
{
	struct line l = { .row = (const char *)r, .flags = r->flags };

	return append_line(out, cfg, &l, &nt_namecache_columns, NT_LOG_NAMECACHE_MAX);
}
