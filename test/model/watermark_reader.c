/* SPDX-License-Identifier: BSD-3-Clause */
/* The reader's steps: app/reader.c and app/reader_queues.c. */
#include "watermark.h"

#define MIN(a, b) ((a) < (b) ? (a) : (b))

static uint8_t
pushed(const struct scenario *sc, const struct state *s, unsigned int i)
{
	uint8_t n = 0;
	while (n < sc->count[i] && sc->list[i][n] < s->pos)
		n++;
	return n;
}

static uint8_t
buffered(const struct scenario *sc, const struct state *s, unsigned int i)
{
	return pushed(sc, s, i) - s->flushed[i];
}

static void
flush(const struct scenario *sc, struct state *s, unsigned int i)
{
	const uint8_t left = buffered(sc, s, i);
	const uint8_t room = sc->rx_ring - (s->flushed[i] - s->w[i].rx);
	const uint8_t n = MIN(left, room);
	s->flushed[i] += n;
	s->first[i] = n == left ? 0 : s->first[i] + n;
}

static bool
is_full(const struct scenario *sc, const struct state *s, unsigned int i)
{
	return s->first[i] + buffered(sc, s, i) == sc->buffer;
}

/* A slab is read into again when all workers have passed what it held. */
static bool
must_wait(const struct scenario *sc, const struct state *s)
{
	return sc->window != 0 && s->pos > sc->window &&
	       MIN(s->w[0].T, s->w[1].T) < s->pos - sc->window;
}

/* Where publishing begins, or goes on: an empty buffer is not flushed. */
static uint8_t
publish_from(const struct scenario *sc, const struct state *s, unsigned int i)
{
	if (sc->mutation == PUBLISH_BEFORE_FLUSH)
		return READER_PUBLISH;
	while (i < WORKERS && buffered(sc, s, i) == 0)
		i++;
	return (uint8_t)(READER_FLUSH_0 + i);
}

static void
wait(struct explore *e, const struct scenario *sc, struct state *s)
{
	if (sc->mutation != WAIT_WITHOUT_PUBLISH)
		s->reader = publish_from(sc, s, 0);
	explore_step(e, "reader waits", s, NULL);
}

/* Now and then it publishes without need; where that tells nothing new, it may as well not. */
static void
publish_at_will(struct explore *e, const struct scenario *sc, const struct state *s)
{
	struct state n = *s;
	if (sc->mutation == WAIT_WITHOUT_PUBLISH || s->R == s->pos - 1)
		return;
	n.reader = publish_from(sc, s, 0);
	explore_step(e, "reader will publish", &n, NULL);
}

static void
push(struct explore *e, const struct scenario *sc, const struct state *s)
{
	struct state n = *s;
	if (s->pos > sc->packets) {
		n.reader = publish_from(sc, s, 0);
		explore_step(e, "reader has read all", &n, NULL);
		return;
	}
	const unsigned int i = sc->owner[s->pos];
	publish_at_will(e, sc, s);
	if (must_wait(sc, s)) {
		wait(e, sc, &n);
		return;
	}
	if (is_full(sc, &n, i))
		flush(sc, &n, i);
	if (is_full(sc, &n, i)) {
		wait(e, sc, &n);
	} else {
		n.pos++;
		explore_step(e, "reader pushes", &n, NULL);
	}
}

/* True where its next step touches nothing shared. */
bool
reader_is_alone(const struct scenario *sc, const struct state *s)
{
	if (s->reader != READER_PUSH)
		return false;
	return s->pos > sc->packets ||
	       (!(sc->window != 0 && s->pos > sc->window) && !is_full(sc, s, sc->owner[s->pos]));
}

/* queues_publish */
static void
publish(struct explore *e, const struct scenario *sc, const struct state *s)
{
	struct state n = *s;
	uint8_t last = s->pos - 1;
	bool empty = true;
	for (unsigned int i = 0; i < WORKERS; i++) {
		if (buffered(sc, s, i) == 0)
			continue;
		empty = false;
		if (sc->mutation != PUBLISH_BEFORE_FLUSH)
			last = MIN(last, sc->list[i][s->flushed[i]] - 1);
	}
	n.R = last;
	n.reader = sc->mutation == PUBLISH_BEFORE_FLUSH ? READER_FLUSH_0 : READER_PUSH;
	if (s->pos > sc->packets && empty) {
		n.R = POS_END;
		n.reader = READER_DONE;
	}
	explore_step(e, "reader releases R", &n, NULL);
}

void
reader_next(struct explore *e, const struct scenario *sc, const struct state *s)
{
	struct state n = *s;
	switch (s->reader) {
	case READER_PUSH:
		push(e, sc, s);
		break;
	case READER_FLUSH_0:
		flush(sc, &n, 0);
		n.reader = sc->mutation == PUBLISH_BEFORE_FLUSH ? READER_FLUSH_1
								: publish_from(sc, &n, 1);
		explore_step(e, "reader flushes for w0", &n, NULL);
		break;
	case READER_FLUSH_1:
		flush(sc, &n, 1);
		n.reader = sc->mutation == PUBLISH_BEFORE_FLUSH ? READER_PUSH : READER_PUBLISH;
		explore_step(e, "reader flushes for w1", &n, NULL);
		break;
	case READER_PUBLISH:
		publish(e, sc, s);
		break;
	default:
		break;
	}
}
