/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "human.h"
#include "top_screen.h"

/* Below this the parts stand one below the other without empty lines. */
#define AIRY_ROWS 32
/* Worker, packets a second, and two times. */
#define WORKER_FIXED 40
#define LOSSES_MAX   8

struct screen {
	struct top_grid *g;
	const struct top_sample *now, *before, *old;
	unsigned int row;
	unsigned int right; /* column of the right half */
};

static void
put_text(struct top_grid *g, unsigned int row, unsigned int column, enum top_look look,
	const char *text)
{
	if (row >= g->rows)
		return;
	for (; *text != '\0' && column < g->columns; text++, column++) {
		g->text[row][column] = (char)(*text >= ' ' && *text <= '~' ? *text : '?');
		g->look[row][column] = (uint8_t)look;
	}
}

static void NT_PRINTF(5, 6) put(struct top_grid *g, unsigned int row, unsigned int column,
	enum top_look look, const char *fmt, ...)
{
	char text[TOP_COLUMNS_MAX + 1];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	put_text(g, row, column, look, text);
}

static enum top_look
look_of_fill(double share)
{
	return share >= 0.9 ? TOP_BAD : share >= 0.7 ? TOP_WARN : TOP_GOOD;
}

/* [||||      12 %] in width columns, six at least. */
static void
put_bar(struct top_grid *g, unsigned int row, unsigned int column, unsigned int width,
	uint64_t used, uint64_t most)
{
	const double share = most > 0 ? NT_MIN((double)used / (double)most, 1.0) : 0;
	const unsigned int inside = width - 2;
	const unsigned int full = (unsigned int)(share * inside + 0.5);
	char text[16];
	put_text(g, row, column, TOP_DIM, "[");
	for (unsigned int i = 0; i < full; i++)
		put_text(g, row, column + 1 + i, look_of_fill(share), "|");
	put_text(g, row, column + width - 1, TOP_DIM, "]");
	const int len = snprintf(text, sizeof(text), "%.*f%%", share < 0.0995 ? 1 : 0, 100 * share);
	if (len > 0 && (unsigned int)len <= inside)
		put_text(g, row, column + width - 1 - (unsigned int)len,
			full + (unsigned int)len > inside ? look_of_fill(share) : TOP_DIM, text);
}

static void
put_title(struct screen *s, const char *clock)
{
	struct top_grid *g = s->g;
	char span[HUMAN_LEN], right[80];
	for (unsigned int i = 0; i < g->columns; i++)
		put_text(g, 0, i, TOP_TITLE, " ");
	put(g, 0, 1, TOP_TITLE, "nametap %s  %s", s->now->version, s->now->sensor);
	const int len = snprintf(
		right, sizeof(right), "up %s   %s ", human_span(s->now->uptime_ns, span), clock);
	if (len > 0 && (unsigned int)len < g->columns)
		put_text(g, 0, g->columns - (unsigned int)len, TOP_TITLE, right);
	s->row = 1;
}

/* "what   1.23 M/s" */
static void
put_rate(struct screen *s, unsigned int row, unsigned int column, const char *what,
	enum nt_counter id, double factor, const char *unit)
{
	char rate[HUMAN_LEN];
	human_si(factor * top_rate(s->now, s->before, id), rate);
	const bool scaled = strchr(rate, ' ') != NULL;
	put(s->g, row, column, TOP_DIM, "%-13s", what);
	put(s->g, row, column + 13, TOP_PLAIN, "%s%s%s", rate, scaled ? "" : " ", unit);
}

static void
put_percent(struct screen *s, unsigned int row, const char *what, enum nt_counter part,
	enum nt_counter whole)
{
	const double percent = top_percent(s->now, s->old, part, whole);
	put(s->g, row, s->right, TOP_DIM, "%-13s", what);
	if (percent < 0)
		put_text(s->g, row, s->right + 13, TOP_DIM, "-");
	else
		put(s->g, row, s->right + 13, TOP_PLAIN, "%5.1f %%", percent);
}

static void
put_traffic(struct screen *s)
{
	const unsigned int row = s->row;
	const double packets = top_rate(s->now, s->before, NT_COUNTER_PACKETS);
	const double bytes = top_rate(s->now, s->before, NT_COUNTER_PACKET_BYTES);
	char open[HUMAN_LEN];
	put_text(s->g, row, 1, TOP_HEAD, "TRAFFIC");
	put_rate(s, row + 1, 1, "packets", NT_COUNTER_PACKETS, 1, "/s");
	put_rate(s, row + 2, 1, "bits", NT_COUNTER_PACKET_BYTES, 8, "b/s");
	put_text(s->g, row + 3, 1, TOP_DIM, "packet size");
	put(s->g, row + 3, 14, TOP_PLAIN, "%.0f B", packets > 0 ? bytes / packets : 0);
	put_rate(s, row + 4, 1, "dropped", NT_COUNTER_RX_DROPPED, 1, "/s");
	put_text(s->g, row + 5, 1, TOP_DIM, "connections");
	put(s->g, row + 5, 14, TOP_PLAIN, "%s open",
		human_count(top_gauge(s->now, WORKER_GAUGE_FLOWS), open));
	put_rate(s, row + 6, 1, "  new", NT_COUNTER_CONNS_MADE, 1, "/s");
	put_rate(s, row + 7, 1, "  written", NT_COUNTER_CONNS_WRITTEN, 1, "/s");
}

/* Shares of outbound connections by what lookups returned, of all four. */
static void
put_lookups(struct screen *s, unsigned int row)
{
	static const struct {
		enum nt_counter id;
		const char *what;
	} verdicts[] = {
		{ NT_COUNTER_LOOKUP_CLIENT, "client" },
		{ NT_COUNTER_LOOKUP_OTHER, "other" },
		{ NT_COUNTER_LOOKUP_NONE, "none" },
		{ NT_COUNTER_LOOKUP_UNKNOWN, "unknown" },
	};
	double rates[NT_ARRAY_SIZE(verdicts)], all = 0;
	unsigned int column = s->right;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(verdicts); i++)
		all += rates[i] = top_rate(s->now, s->old, verdicts[i].id);
	put_text(s->g, row, column, TOP_DIM, "outbound connections, looked up by:");
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(verdicts); i++) {
		const bool bad = verdicts[i].id == NT_COUNTER_LOOKUP_NONE && rates[i] > 0;
		char share[16];
		snprintf(share, sizeof(share), all > 0 ? "%.0f%%" : "-", 100 * rates[i] / all);
		put_text(s->g, row + 1, column, TOP_DIM, verdicts[i].what);
		column += (unsigned int)strlen(verdicts[i].what) + 1;
		put_text(s->g, row + 1, column, bad ? TOP_WARN : TOP_PLAIN, share);
		column += (unsigned int)strlen(share) + (s->g->columns < 100 ? 1 : 3);
	}
}

static const char *
usec_text(uint64_t usec, char out[HUMAN_LEN])
{
	return usec == TOP_NO_USEC ? "-" : human_usec(usec, out);
}

static void
put_names(struct screen *s)
{
	const unsigned int row = s->row;
	char p50[HUMAN_LEN], p99[HUMAN_LEN];
	put_text(s->g, row, s->right, TOP_HEAD, "NAMES");
	put_percent(
		s, row + 1, "non-local", NT_COUNTER_ENDS_EXTERNAL_NAMED, NT_COUNTER_ENDS_EXTERNAL);
	put_percent(s, row + 2, "local", NT_COUNTER_ENDS_LOCAL_NAMED, NT_COUNTER_ENDS_LOCAL);
	put_rate(s, row + 3, s->right, "named conns", NT_COUNTER_NAMED_CONNS, 1, "/s");
	put_rate(s, row + 4, s->right, "mappings", NT_COUNTER_MAPPINGS_LEARNT, 1, "/s");
	put_text(s->g, row + 5, s->right, TOP_DIM, "propagation");
	put(s->g, row + 5, s->right + 13, TOP_PLAIN, "p50 %s  p99 %s",
		usec_text(s->now->propagation_p50_usec, p50),
		usec_text(s->now->propagation_p99_usec, p99));
	put_lookups(s, row + 6);
	s->row = row + 8;
}

static void
put_losses(struct screen *s, unsigned int max)
{
	enum nt_counter ids[LOSSES_MAX];
	const unsigned int n = top_losses(s->now, s->before, ids, NT_MIN(max, LOSSES_MAX));
	char rate[HUMAN_LEN], total[HUMAN_LEN];
	put_text(s->g, s->row, 1, TOP_HEAD, "LOSSES");
	if (n == 0)
		put_text(s->g, s->row, 14, TOP_GOOD, "none");
	else
		put(s->g, s->row, 14, TOP_DIM, "%10s  %14s", "/s", "total");
	s->row++;
	for (unsigned int i = 0; i < n; i++, s->row++) {
		const struct nt_counter_info *info = nt_counter_info(ids[i]);
		const double lately = top_rate(s->now, s->before, ids[i]);
		put(s->g, s->row, 14, lately > 0 ? TOP_BAD : TOP_PLAIN, "%10s  %14s",
			human_si(lately, rate), human_count(s->now->counters[ids[i]], total));
		put(s->g, s->row, 42, TOP_PLAIN, "%s", info->name);
		if (s->g->columns > 110)
			put(s->g, s->row, 70, TOP_DIM, "%s", info->help);
	}
}

static double
worker_rate(const struct screen *s, unsigned int i)
{
	const uint64_t a = s->before->workers[i].packets, b = s->now->workers[i].packets;
	const double sec = (double)(s->now->at_ns - s->before->at_ns) / 1e9;
	return b > a && sec > 0 ? (double)(b - a) / sec : 0;
}

/* The bars of a worker: of what, and what it is full of. */
static const struct {
	const char *head;
	enum worker_gauge used, most; /* most == used: a key of the configuration says */
} bars[] = {
	{ "flows", WORKER_GAUGE_FLOWS, WORKER_GAUGE_FLOWS },
	{ "cache", WORKER_GAUGE_CACHE_MAPPINGS, WORKER_GAUGE_CACHE_MAPPINGS },
	{ "relay", WORKER_GAUGE_OUT_RING, WORKER_GAUGE_OUT_RING_SIZE },
	{ "records", WORKER_GAUGE_RECORD_RING, WORKER_GAUGE_RECORD_RING_SIZE },
};

static void
put_worker(struct screen *s, unsigned int i, unsigned int bar_width)
{
	const struct top_worker *w = &s->now->workers[i];
	char rate[HUMAN_LEN], p50[HUMAN_LEN], p99[HUMAN_LEN];
	unsigned int column = 15;
	put(s->g, s->row, 1, TOP_PLAIN, "%2u %10s", i, human_si(worker_rate(s, i), rate));
	for (unsigned int b = 0; b < NT_ARRAY_SIZE(bars); b++, column += bar_width + 1)
		put_bar(s->g, s->row, column, bar_width, w->gauges[bars[b].used],
			bars[b].most == bars[b].used ? s->now->most[bars[b].used]
						     : w->gauges[bars[b].most]);
	put(s->g, s->row, column, TOP_PLAIN, " %8s %8s", usec_text(w->lag_p50_usec, p50),
		usec_text(w->lag_p99_usec, p99));
	s->row++;
}

static void
put_workers(struct screen *s, unsigned int max)
{
	const unsigned int width =
		s->g->columns < WORKER_FIXED + 4 * 9 ? 8 : (s->g->columns - WORKER_FIXED) / 4 - 1;
	unsigned int column = 15;
	put(s->g, s->row, 1, TOP_HEAD, "WORKERS");
	put(s->g, s->row, 9, TOP_DIM, "pkt/s");
	for (unsigned int b = 0; b < NT_ARRAY_SIZE(bars); b++, column += width + 1)
		put(s->g, s->row, column, TOP_DIM, "%.*s", (int)width, bars[b].head);
	put(s->g, s->row, column, TOP_DIM, " %8s %8s", "lag p50", "p99");
	s->row++;
	for (unsigned int i = 0; i < s->now->worker_count && i < max; i++)
		put_worker(s, i, width);
}

static void
put_destinations(struct screen *s)
{
	const struct top_sample *now = s->now;
	char since[HUMAN_LEN], conns[HUMAN_LEN], error[HUMAN_LEN], bytes[HUMAN_LEN];
	put(s->g, s->row, 1, TOP_HEAD, "UNNAMED DESTINATIONS");
	put(s->g, s->row, 42, TOP_DIM, "%12s %10s %12s", "connections", "error <=", "bytes");
	if (s->g->columns > 110 && now->destinations_since_ns != 0)
		put(s->g, s->row, 82, TOP_DIM, "since %s",
			human_time(now->destinations_since_ns, since));
	s->row++;
	if (now->destination_count == 0)
		put_text(s->g, s->row, 1, TOP_GOOD, "none");
	for (unsigned int i = 0; i < now->destination_count && s->row < s->g->rows; i++, s->row++) {
		const struct top_destination *d = &now->destinations[i];
		put(s->g, s->row, 1, TOP_PLAIN, "%s", d->address);
		put(s->g, s->row, 42, TOP_PLAIN, "%12s %10s %12s", human_count(d->conns, conns),
			human_count(d->error, error), human_bytes(d->bytes, bytes));
		if (d->local)
			put_text(s->g, s->row, 82, TOP_DIM, "local");
	}
}

static void
clear(struct top_grid *g, unsigned int rows, unsigned int columns)
{
	g->rows = NT_MIN(rows, TOP_ROWS_MAX);
	g->columns = NT_MIN(columns, TOP_COLUMNS_MAX);
	for (unsigned int r = 0; r < g->rows; r++) {
		memset(g->text[r], ' ', g->columns);
		g->text[r][g->columns] = '\0';
		memset(g->look[r], TOP_PLAIN, g->columns);
	}
}

void
top_screen(struct top_grid *g, unsigned int rows, unsigned int columns,
	const struct top_sample *now, const struct top_sample *before, const struct top_sample *old,
	const char *clock)
{
	clear(g, rows, columns);
	const unsigned int gap = g->rows >= AIRY_ROWS;
	/* What is left below the two halves, shared by three lists. */
	const unsigned int left = g->rows > 12 ? g->rows - 12 : 0;
	struct screen s = {
		.g = g, .now = now, .before = before, .old = old, .right = g->columns / 2
	};
	put_title(&s, clock);
	s.row += gap;
	put_traffic(&s);
	put_names(&s);
	s.row += gap;
	put_losses(&s, NT_MAX(left / 4, 1));
	s.row += gap;
	put_workers(&s, NT_MAX(left / 3, 1));
	s.row += gap;
	put_destinations(&s);
}
