/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <nt_clock.h>

#include "reload.h"

/* A worker takes a microsecond, the housekeeper up to a tenth of a second; who asked waits for 5 s.
 */
#define TAKEN_WITHIN_NS NT_SEC(2)
#define LOOK_AGAIN_NS	200000

/* Problems that the sensor says itself; who asked is told more. */
#define SAID_MAX 20

struct taker {
	const char *name;
	struct settings_box *box;
};

struct reloader {
	struct reloader_config cfg;
	struct settings *now, *before; /* NULL: as of the start */
	struct taker takers[RELOAD_TAKERS_MAX];
	unsigned int taker_count;
};

struct reloader *
reloader_new(const struct reloader_config *cfg)
{
	struct reloader *r = calloc(1, sizeof(*r));
	if (r != NULL)
		r->cfg = *cfg;
	return r;
}

void
reloader_free(struct reloader *r)
{
	if (r == NULL)
		return;
	settings_free(r->now);
	settings_free(r->before);
	free(r);
}

void
reloader_add_taker(struct reloader *r, const char *name, struct settings_box *box)
{
	r->takers[r->taker_count++] = (struct taker){ .name = name, .box = box };
}

const struct nt_config *
reloader_config(const struct reloader *r)
{
	return r->now != NULL ? &r->now->config : r->cfg.begun;
}

/* A file's name need not be UTF-8; JSON has to. */
static json_t *
text_of(const char *line)
{
	char text[4096];
	json_t *ret = json_string(line);
	if (ret != NULL)
		return ret;
	snprintf(text, sizeof(text), "%s", line);
	for (char *c = text; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return json_string(text);
}

static void
add_line(void *arg, const char *line)
{
	(void)json_array_append_new(arg, text_of(line));
}

/* What the file and the assignments say; what is wrong goes to problems. */
static bool
read_again(const struct reloader *r, struct nt_config *ret, json_t *problems)
{
	const struct reload_source *s = &r->cfg.source;
	nt_config_default(ret);
	bool fine = nt_config_load_again(ret, s->path, add_line, problems) == 0;
	for (unsigned int i = 0; i < s->sets->count; i++)
		fine &= nt_config_set(ret, s->sets->sets[i], add_line, problems) == 0;
	return fine && nt_config_check(ret, add_line, problems) == 0;
}

static void
sort_key(void *arg, const char *key, enum nt_config_fate fate)
{
	static const char *const lists[] = {
		[NT_CONFIG_TAKEN] = "changed",
		[NT_CONFIG_NEEDS_RESTART] = "restart",
		[NT_CONFIG_ABOVE_START] = "above_start",
	};
	add_line(json_object_get(arg, lists[fate]), key);
}

/* Who has not taken what was offered last. */
static json_t *
late_ones(const struct reloader *r)
{
	json_t *ret = json_array();
	for (unsigned int i = 0; i < r->taker_count; i++)
		if (!settings_are_taken(r->takers[i].box))
			add_line(ret, r->takers[i].name);
	return ret;
}

static bool
all_have_taken(const struct reloader *r)
{
	for (unsigned int i = 0; i < r->taker_count; i++)
		if (!settings_are_taken(r->takers[i].box))
			return false;
	return true;
}

static void
wait_for_takers(const struct reloader *r)
{
	const struct timespec nap = { .tv_nsec = LOOK_AGAIN_NS };
	const int64_t until_ns = nt_clock_monotonic_ns() + TAKEN_WITHIN_NS;
	while (!all_have_taken(r) && nt_clock_monotonic_ns() < until_ns)
		nanosleep(&nap, NULL);
}

/* What was before the last one nobody looks at any more: all have taken the last. */
static void
hand_out(struct reloader *r, struct settings *s)
{
	settings_free(r->before);
	r->before = r->now;
	r->now = s;
	for (unsigned int i = 0; i < r->taker_count; i++)
		settings_offer(r->takers[i].box, s);
	wait_for_takers(r);
}

/* The keys that differ, each in its list; what of them can change is in *cfg. NULL: no memory. */
static json_t *
take_over(const struct reloader *r, struct nt_config *cfg, const struct nt_config *wanted)
{
	json_t *ret =
		json_pack("{s:[],s:[],s:[],s:[]}", "changed", "restart", "above_start", "late");
	if (ret != NULL)
		nt_config_take_over(cfg, r->cfg.begun, wanted, sort_key, ret);
	return ret;
}

static json_t *
refused(json_t *problems)
{
	return json_pack("{s:O}", "problems", problems);
}

/* *cfg: a scratch pad, what the sensor runs with. */
static json_t *
apply(struct reloader *r, struct nt_config *cfg, const struct nt_config *wanted, json_t *problems)
{
	json_t *ret = take_over(r, cfg, wanted);
	/* With what could not change, what could may be wrong. */
	if (nt_config_check(cfg, add_line, problems) != 0) {
		json_decref(ret);
		return refused(problems);
	}
	if (ret == NULL || json_array_size(json_object_get(ret, "changed")) == 0)
		return ret;
	struct settings *s = settings_new(cfg);
	if (s == NULL) {
		json_decref(ret);
		return NULL;
	}
	hand_out(r, s);
	(void)json_object_set_new(ret, "late", late_ones(r));
	return ret;
}

static int
may_reload(const struct reloader *r, struct nt_error *err)
{
	if (atomic_load_explicit(r->cfg.stop, memory_order_relaxed))
		return nt_error_set(err, -ESHUTDOWN, "the sensor is ending");
	for (unsigned int i = 0; i < r->taker_count; i++)
		if (!settings_are_taken(r->takers[i].box))
			return nt_error_set(err, -EBUSY,
				"%s stands still and has not taken what was reloaded before",
				r->takers[i].name);
	return 0;
}

static void
say_list(const struct reloader *r, const json_t *answer, const char *list, const char *what)
{
	char line[4096];
	size_t i, at = 0;
	json_t *key;
	json_array_foreach(json_object_get(answer, list), i, key)
	{
		const int n = snprintf(line + at, sizeof(line) - at, "%s%s", i == 0 ? what : ", ",
			json_string_value(key));
		at = NT_MIN(at + (size_t)NT_MAX(n, 0), sizeof(line) - 1);
	}
	if (at != 0)
		r->cfg.say(r->cfg.say_arg, line);
}

/* The sensor's own word of it. */
static void
tell(const struct reloader *r, const json_t *answer)
{
	size_t i;
	json_t *line;
	if (r->cfg.say == NULL || answer == NULL)
		return;
	say_list(r, answer, "changed", "reloaded: ");
	say_list(r, answer, "restart", "needs a restart: ");
	say_list(r, answer, "above_start", "needs a restart, for it is more than at the start: ");
	json_array_foreach(json_object_get(answer, "problems"), i, line)
	{
		if (i < SAID_MAX)
			r->cfg.say(r->cfg.say_arg, json_string_value(line));
	}
}

json_t *
reloader_reload(struct reloader *r, struct nt_error *err)
{
	struct nt_config *wanted = malloc(2 * sizeof(*wanted));
	json_t *problems = json_array(), *ret = NULL;
	nt_error_set(err, -ENOMEM, "out of memory");
	if (wanted != NULL && problems != NULL && may_reload(r, err) == 0) {
		wanted[1] = *reloader_config(r);
		ret = read_again(r, wanted, problems) ? apply(r, &wanted[1], wanted, problems)
						      : refused(problems);
	}
	tell(r, ret);
	json_decref(problems);
	free(wanted);
	return ret;
}
