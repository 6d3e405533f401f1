/* SPDX-License-Identifier: BSD-3-Clause */
/* trafgen: synthetic captures with the truth beside them. See docs/trafgen.md. */
#include <stdio.h>
#include <string.h>

#include "gen.h"

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "trafgen: %s: %s\n", what, why);
	return 1;
}

static int
generate(struct tg_gen *g, const struct tg_options *o)
{
	int r, close_error, truth_error = 0;

	if (tg_gen_init(g, o) != 0)
		return fail("start", g->error);
	r = tg_pcap_open(&g->pcap, o->output, (uint32_t)o->snaplen, o->nanoseconds);
	if (r != 0)
		return fail(o->output, strerror(-r));
	if (!o->no_truth)
		truth_error = tg_truth_open(&g->truth, o->output, o->nanoseconds);
	if (truth_error == 0)
		r = o->flood ? tg_flood_run(g) : tg_gen_run(g);
	close_error = tg_pcap_close(&g->pcap);
	if (truth_error == 0)
		truth_error = tg_truth_close(&g->truth);
	if (r != 0)
		return fail(o->output, g->error);
	if (close_error != 0)
		return fail(o->output, strerror(-close_error));
	if (truth_error != 0)
		return fail("truth", strerror(-truth_error));
	return 0;
}

int
main(int argc, char **argv)
{
	static struct tg_gen gen;
	struct tg_options o;
	int r = tg_options_parse(&o, argc, argv);

	if (r != 0)
		return r > 0 ? 0 : 2;
	r = generate(&gen, &o);
	tg_gen_fini(&gen);
	return r;
}
