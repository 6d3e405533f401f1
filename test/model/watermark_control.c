/* SPDX-License-Identifier: BSD-3-Clause */
/* The control lcore's steps: nt_relay_step. */
#include "watermark.h"

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

static void
after_T(const struct scenario *sc, struct state *s)
{
	s->first_T = 0;
	if (sc->mutation == DRAIN_BEFORE_T || sc->mutation == RELEASE_W_BEFORE_DELIVERY)
		s->control = CONTROL_W;
	else
		s->control = CONTROL_TAKE;
}

/* A round that begins with a T at or before W moves nothing: it need not be gone through. */
static bool
is_idle(const struct scenario *sc, const struct state *s, uint8_t T)
{
	return T <= s->W && sc->mutation != DRAIN_BEFORE_T &&
	       sc->mutation != RELEASE_W_BEFORE_DELIVERY;
}

static void
acquire_T(struct explore *e, const struct scenario *sc, const struct state *s)
{
	static const char *const first[] = { "control acquires T0", "control acquires T1" };
	for (unsigned int i = 0; i < WORKERS; i++) {
		struct state n = *s;
		if (is_idle(sc, s, s->w[i].T))
			continue;
		/* After a drain that came too early, what did not fit has cut it already. */
		n.low = sc->mutation == DRAIN_BEFORE_T ? MIN(s->low, s->w[i].T) : s->w[i].T;
		n.first_T = (uint8_t)i;
		n.control = CONTROL_T_OTHER;
		if (sc->mutation == ONE_T_ONLY)
			after_T(sc, &n);
		explore_step(e, first[i], &n, NULL);
	}
}

static void
acquire_T_other(struct explore *e, const struct scenario *sc, const struct state *s)
{
	struct state n = *s;
	n.low = MIN(s->low, s->w[1 - s->first_T].T);
	after_T(sc, &n);
	if (is_idle(sc, s, n.low)) {
		n.control = CONTROL_T;
		n.low = 0;
	}
	explore_step(e, "control acquires other T", &n, NULL);
}

static uint8_t
first_waiting(const struct scenario *sc, const struct state *s, unsigned int i)
{
	return s->taken[i] < learnt(sc, s, i) ? sc->map_position[i][s->taken[i]] : POS_END;
}

static void
stop_taking(struct explore *e, const struct scenario *sc, struct state *n, const char *why)
{
	if (sc->mutation == DRAIN_BEFORE_T) {
		n->control = CONTROL_T;
	} else if (sc->mutation == RELEASE_W_BEFORE_DELIVERY) {
		n->control = CONTROL_T;
		n->low = 0;
	} else if (n->low <= n->W) {
		n->control = CONTROL_T; /* nothing to release */
		n->low = 0;
	} else {
		n->control = CONTROL_W;
	}
	explore_step(e, why, n, NULL);
}

/* One mapping, the first of all by position, from one out ring into the other's inbox. */
static void
take(struct explore *e, const struct scenario *sc, const struct state *s)
{
	struct state n = *s;
	const uint8_t a = first_waiting(sc, s, 0), b = first_waiting(sc, s, 1);
	const unsigned int from = a <= b ? 0 : 1;
	const uint8_t position = MIN(a, b);
	if (position == POS_END || position > s->low) {
		stop_taking(e, sc, &n, "control has taken all");
		return;
	}
	const bool full = s->taken[from] - s->w[1 - from].received == sc->inbox;
	if (full || sc->paced) {
		struct state cut = *s;
		if (sc->mutation != IGNORE_FULL_INBOX)
			cut.low = position - 1;
		stop_taking(e, sc, &cut, full ? "control finds an inbox full" : "control is paced");
	}
	if (full)
		return;
	n.taken[from]++;
	explore_step(e, from == 0 ? "control delivers w0's" : "control delivers w1's", &n, NULL);
}

static void
release_W(struct explore *e, const struct scenario *sc, const struct state *s)
{
	struct state n = *s;
	n.W = MAX(s->W, s->low);
	n.low = 0;
	n.control = CONTROL_T;
	if (sc->mutation == RELEASE_W_BEFORE_DELIVERY) {
		n.low = s->low;
		n.control = CONTROL_TAKE;
	} else if (sc->mutation == DRAIN_BEFORE_T) {
		n.low = POS_END;
		n.control = CONTROL_TAKE;
	}
	explore_step(e, "control releases W", &n, NULL);
}

void
control_next(struct explore *e, const struct scenario *sc, const struct state *s)
{
	switch (s->control) {
	case CONTROL_T:
		acquire_T(e, sc, s);
		break;
	case CONTROL_T_OTHER:
		acquire_T_other(e, sc, s);
		break;
	case CONTROL_TAKE:
		take(e, sc, s);
		break;
	default:
		release_W(e, sc, s);
		break;
	}
}
