/* SPDX-License-Identifier: BSD-3-Clause */
#include "stream.h"

#include <nt_mem.h>
#include <stdlib.h>

#define COUNT_MAX      (1u << 24)
#define WINDOW_MIN     64u
#define WINDOW_MAX     (1u << 24)
#define GENERATION_BIT 32

static size_t
windows_size(const struct nt_streams *p)
{
	return (size_t)p->max_windows * 2 * p->window_bytes;
}

static int
tables_init(struct nt_streams *p)
{
	p->slots = nt_mem_map((size_t)p->max_streams * sizeof(*p->slots));
	p->windows = nt_mem_map(windows_size(p));
	p->free_windows = nt_mem_map((size_t)p->max_windows * sizeof(*p->free_windows));
	return p->slots && p->windows && p->free_windows ? 0 : -ENOMEM;
}

static bool
is_valid(const struct nt_streams_config *cfg)
{
	return cfg->max_streams > 0 && cfg->max_streams <= COUNT_MAX && cfg->max_windows > 0 &&
	       cfg->max_windows <= COUNT_MAX && cfg->window_bytes >= WINDOW_MIN &&
	       cfg->window_bytes <= WINDOW_MAX;
}

struct nt_streams *
nt_streams_new(const struct nt_streams_config *cfg)
{
	struct nt_streams *p;

	if (!is_valid(cfg)) {
		errno = EINVAL;
		return NULL;
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return NULL;
	p->max_streams = cfg->max_streams;
	p->max_windows = cfg->max_windows;
	p->window_bytes = cfg->window_bytes;
	if (tables_init(p) < 0) {
		nt_streams_free(p);
		errno = ENOMEM;
		return NULL;
	}
	return p;
}

void
nt_streams_free(struct nt_streams *p)
{
	if (p == NULL)
		return;
	nt_mem_unmap(p->slots, (size_t)p->max_streams * sizeof(*p->slots));
	nt_mem_unmap(p->windows, windows_size(p));
	nt_mem_unmap(p->free_windows, (size_t)p->max_windows * sizeof(*p->free_windows));
	free(p);
}

static struct stream *
slot_of(const struct nt_streams *p, uint32_t number)
{
	return &p->slots[number - 1];
}

static void
age_append(struct nt_streams *p, uint32_t number)
{
	struct stream *s = slot_of(p, number);

	s->age = (struct stream_link){ .older = p->ages.newest };
	if (p->ages.newest != 0)
		slot_of(p, p->ages.newest)->age.newer = number;
	else
		p->ages.oldest = number;
	p->ages.newest = number;
}

static void
age_remove(struct nt_streams *p, const struct stream *s)
{
	if (s->age.older != 0)
		slot_of(p, s->age.older)->age.newer = s->age.newer;
	else
		p->ages.oldest = s->age.newer;
	if (s->age.newer != 0)
		slot_of(p, s->age.newer)->age.older = s->age.older;
	else
		p->ages.newest = s->age.older;
}

static void
window_age_append(struct nt_streams *p, uint32_t number)
{
	struct stream *s = slot_of(p, number);

	s->window_age = (struct stream_link){ .older = p->window_ages.newest };
	if (p->window_ages.newest != 0)
		slot_of(p, p->window_ages.newest)->window_age.newer = number;
	else
		p->window_ages.oldest = number;
	p->window_ages.newest = number;
}

static void
window_age_remove(struct nt_streams *p, const struct stream *s)
{
	if (s->window_age.older != 0)
		slot_of(p, s->window_age.older)->window_age.newer = s->window_age.newer;
	else
		p->window_ages.oldest = s->window_age.newer;
	if (s->window_age.newer != 0)
		slot_of(p, s->window_age.newer)->window_age.older = s->window_age.older;
	else
		p->window_ages.newest = s->window_age.older;
}

void
stream_touch(struct nt_streams *p, struct stream *s)
{
	uint32_t number = stream_number(p, s);

	if (p->ages.newest != number) {
		age_remove(p, s);
		age_append(p, number);
	}
	if (s->window != 0 && p->window_ages.newest != number) {
		window_age_remove(p, s);
		window_age_append(p, number);
	}
}

void
stream_leave_window(struct nt_streams *p, struct stream *s)
{
	window_age_remove(p, s);
	p->free_windows[p->windows_free++] = s->window;
	p->stats.windows--;
	s->window = 0;
}

void
stream_take_window(struct nt_streams *p, struct stream *s)
{
	if (p->windows_free == 0 && p->windows_touched < p->max_windows) {
		s->window = ++p->windows_touched;
	} else {
		if (p->windows_free == 0) {
			stream_close(p, slot_of(p, p->window_ages.oldest));
			p->stats.windows_evicted++;
		}
		s->window = p->free_windows[--p->windows_free];
	}
	s->at = 0;
	window_age_append(p, stream_number(p, s));
	p->stats.windows++;
}

void
stream_close(struct nt_streams *p, struct stream *s)
{
	if (s->window != 0)
		stream_leave_window(p, s);
	age_remove(p, s);
	s->generation++;
	s->age.newer = p->free_first;
	p->free_first = stream_number(p, s);
	p->stats.open--;
}

struct stream *
stream_get(const struct nt_streams *p, uint64_t id)
{
	uint32_t number = (uint32_t)id, generation = (uint32_t)(id >> GENERATION_BIT);
	struct stream *s;

	if (number == 0 || number > p->touched)
		return NULL;
	s = slot_of(p, number);
	return s->generation == generation && generation % 2 != 0 ? s : NULL;
}

static uint32_t
take_slot(struct nt_streams *p)
{
	uint32_t number;

	if (p->free_first == 0 && p->touched < p->max_streams)
		return ++p->touched;
	if (p->free_first == 0) {
		stream_close(p, slot_of(p, p->ages.oldest));
		p->stats.evicted++;
	}
	number = p->free_first;
	p->free_first = slot_of(p, number)->age.newer;
	return number;
}

uint64_t
nt_stream_open(struct nt_streams *p, uint32_t first)
{
	uint32_t number = take_slot(p);
	struct stream *s = slot_of(p, number);

	s->generation++;
	s->read = first;
	s->unread = s->window = s->at = s->pieces = 0;
	age_append(p, number);
	p->stats.opened++;
	p->stats.open++;
	return (uint64_t)s->generation << GENERATION_BIT | number;
}

void
nt_stream_close(struct nt_streams *p, uint64_t id)
{
	struct stream *s = stream_get(p, id);

	if (s != NULL)
		stream_close(p, s);
}

bool
nt_stream_is_open(const struct nt_streams *p, uint64_t id)
{
	return stream_get(p, id) != NULL;
}

void
nt_streams_clear(struct nt_streams *p)
{
	while (p->ages.oldest != 0)
		stream_close(p, slot_of(p, p->ages.oldest));
}

void
nt_streams_stats(const struct nt_streams *p, struct nt_streams_stats *ret)
{
	*ret = p->stats;
}
