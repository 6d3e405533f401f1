/* SPDX-License-Identifier: BSD-3-Clause */
#include <ncurses.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <nt_clock.h>

#include "client_args.h"
#include "commands.h"
#include "human.h"
#include "top_screen.h"

#define EVERY_MS 1000
/* Shares are of so many samples back: ten seconds. */
#define SAMPLES 10
/* Where there is no terminal. */
#define ROWS	24
#define COLUMNS 80

static const char help[] =
	"usage: nametap top [OPTION]...\n"
	"\n"
	"Watches a running sensor (`nametap run`): traffic, losses by reason, connections, how "
	"many\n"
	"ends have names, how full its workers are, and the busiest destinations without a name.\n"
	"Refreshed every second; q quits.\n"
	"\n"
	"      --once            one screen as text, after a second; with --json one "
	"object\n" CLIENT_ARGS_HELP "\n"
	"--json prints an object in a line every second, until it is interrupted.\n"
	"\n"
	"Exit status: 0; 1 no sensor is running, or it has ended; 2 wrong command line.\n";

struct top {
	const struct client_args *args;
	struct telemetry_client *client;
	json_t *config;
	struct top_sample samples[SAMPLES]; /* a ring */
	unsigned int count; /* taken so far */
	struct top_grid grid;
	struct nt_error err;
};

static atomic_bool stop_asked;

static void
on_signal(int sig)
{
	(void)sig;
	atomic_store_explicit(&stop_asked, true, memory_order_relaxed);
}

static const struct top_sample *
sample_ago(const struct top *t, unsigned int ago)
{
	const unsigned int have = NT_MIN(t->count, SAMPLES);
	return &t->samples[(t->count - 1 - NT_MIN(ago, have - 1)) % SAMPLES];
}

/* False and t->err: the sensor has gone. */
static bool
take_sample(struct top *t)
{
	char most[16];
	struct top_sample *s = &t->samples[t->count % SAMPLES];
	snprintf(most, sizeof(most), "%d", TOP_DESTINATIONS);
	if (t->config == NULL)
		t->config = telemetry_client_ask(t->client, "/nametap/config", NULL, &t->err);
	json_t *stats = t->config == NULL
				? NULL
				: telemetry_client_ask(t->client, "/nametap/stats", NULL, &t->err);
	json_t *workers =
		stats == NULL ? NULL
			      : telemetry_client_ask(t->client, "/nametap/workers", NULL, &t->err);
	json_t *top = workers == NULL
			      ? NULL
			      : telemetry_client_ask(t->client, "/nametap/top", most, &t->err);
	if (top != NULL) {
		top_sample_make(s, stats, workers, t->config, top);
		s->at_ns = nt_clock_monotonic_ns();
		t->count++;
	}
	const bool taken = top != NULL;
	json_decref(stats);
	json_decref(workers);
	json_decref(top);
	return taken;
}

static void
make_screen(struct top *t, unsigned int rows, unsigned int columns)
{
	char clock[HUMAN_LEN];
	human_time(nt_clock_wall_ns(), clock);
	top_screen(&t->grid, rows, columns, sample_ago(t, 0), sample_ago(t, 1),
		sample_ago(t, SAMPLES - 1), clock);
}

/* Without the spaces at the end of each line. */
static void
print_text(struct top *t)
{
	make_screen(t, ROWS, COLUMNS);
	for (unsigned int r = 0; r < t->grid.rows; r++) {
		size_t len = strlen(t->grid.text[r]);
		while (len > 0 && t->grid.text[r][len - 1] == ' ')
			len--;
		printf("%.*s\n", (int)len, t->grid.text[r]);
	}
}

static void
print_json(struct top *t)
{
	json_t *o = top_sample_json(sample_ago(t, 0), sample_ago(t, 1));
	json_dumpf(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
	json_decref(o);
	putchar('\n');
	fflush(stdout);
}

/* True when it was asked to stop meanwhile. */
static bool
wait_for_next(void)
{
	const struct timespec nap = { .tv_sec = EVERY_MS / 1000,
		.tv_nsec = EVERY_MS % 1000 * 1000000L };
	nanosleep(&nap, NULL);
	return atomic_load_explicit(&stop_asked, memory_order_relaxed);
}

static bool
watch_as_text(struct top *t)
{
	bool ok = take_sample(t);
	while (ok && !wait_for_next()) {
		ok = take_sample(t);
		if (!ok)
			break;
		if (t->args->json)
			print_json(t);
		else
			print_text(t);
		if (t->args->flag || ferror(stdout))
			break;
	}
	return ok;
}

static bool
begin_terminal(struct nt_error *err)
{
	const char *name = getenv("TERM");
	if (newterm(NULL, stdout, stdin) == NULL) {
		nt_error_set(err, -ENOTTY,
			"what terminal is '%s'? set TERM, or take --once, which needs none",
			name != NULL ? name : "");
		return false;
	}
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	timeout(EVERY_MS);
	if (!has_colors())
		return true;
	start_color();
	use_default_colors();
	init_pair(TOP_GOOD, COLOR_GREEN, -1);
	init_pair(TOP_WARN, COLOR_YELLOW, -1);
	init_pair(TOP_BAD, COLOR_RED, -1);
	init_pair(TOP_HEAD, COLOR_CYAN, -1);
	return true;
}

static attr_t
attributes(enum top_look look)
{
	switch (look) {
	case TOP_TITLE:
		return A_REVERSE;
	case TOP_DIM:
		return A_DIM;
	case TOP_HEAD:
		return A_BOLD | (attr_t)COLOR_PAIR(TOP_HEAD);
	case TOP_BAD:
		return A_BOLD | (attr_t)COLOR_PAIR(TOP_BAD);
	case TOP_GOOD:
	case TOP_WARN:
		return (attr_t)COLOR_PAIR(look);
	default:
		return A_NORMAL;
	}
}

static void
draw(struct top *t)
{
	make_screen(t, (unsigned int)LINES, (unsigned int)COLS);
	erase();
	for (unsigned int r = 0; r < t->grid.rows; r++)
		for (unsigned int c = 0; c < t->grid.columns; c++)
			mvaddch((int)r, (int)c,
				(chtype)t->grid.text[r][c] |
					attributes((enum top_look)t->grid.look[r][c]));
	refresh();
}

static bool
watch_on_terminal(struct top *t)
{
	bool ok = take_sample(t) && begin_terminal(&t->err);
	if (!ok)
		return false;
	int64_t next_ns = nt_clock_monotonic_ns();
	for (int key = ERR; ok && key != 'q' && key != 'Q';) {
		const int64_t now_ns = nt_clock_monotonic_ns();
		if (now_ns >= next_ns) {
			next_ns = now_ns + EVERY_MS * (NT_NS_PER_SEC / 1000);
			ok = t->count == 0 || take_sample(t);
		}
		if (ok)
			draw(t);
		const int64_t left_ms = (next_ns - nt_clock_monotonic_ns()) / 1000000;
		timeout((int)NT_MAX(left_ms, 1));
		key = getch();
		if (atomic_load_explicit(&stop_asked, memory_order_relaxed))
			break;
	}
	endwin();
	return ok;
}

static int
watch(const struct client_args *a)
{
	int status;
	struct top *t = calloc(1, sizeof(*t));
	if (t == NULL) {
		fputs("nametap: out of memory\n", stderr);
		return EXIT_INCOMPLETE;
	}
	t->args = a;
	t->client = client_args_open(a, &status);
	if (t->client != NULL) {
		signal(SIGINT, on_signal);
		signal(SIGTERM, on_signal);
		const bool screen = !a->json && !a->flag && isatty(STDOUT_FILENO);
		status = (screen ? watch_on_terminal(t) : watch_as_text(t)) ? EXIT_FINE
									    : EXIT_INCOMPLETE;
		if (status != EXIT_FINE)
			fprintf(stderr, "nametap: %s\n", t->err.msg);
	}
	telemetry_client_close(t->client);
	json_decref(t->config);
	free(t);
	return status;
}

int
cmd_top(int argc, char **argv)
{
	struct client_args a;
	const int status = client_args_parse(&a, argc, argv, "once", help);
	if (status != -1)
		return status;
	if (a.operand_count > 0) {
		fprintf(stderr, "nametap: top takes no '%s'; `nametap top --help` says more\n",
			a.operands[0]);
		return EXIT_USAGE;
	}
	return watch(&a);
}
