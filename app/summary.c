/* SPDX-License-Identifier: BSD-3-Clause */
#include <nt_dns.h>
#include <nt_dns_match.h>
#include <nt_mapping.h>
#include <nt_packet.h>

#include "percent.h"
#include "summary.h"

static_assert(NT_COUNTER_PACKET_REASONS == NT_PACKET_REASONS, "a counter for each reason");
static_assert(NT_COUNTER_DNS_REASONS == NT_DNS_REASONS, "a counter for each reason");
static_assert(NT_COUNTER_DNS_VERDICTS == NT_DNS_VERDICTS, "a counter for each verdict");
static_assert(NT_COUNTER_SOURCES == NT_SOURCES, "a counter for each source");

static uint64_t
get(const struct summary *s, enum nt_counter id)
{
	return nt_counter_read(s->counters, id);
}

/* A line for each counter of a block that is not zero. */
static void
print_counters(FILE *out, const struct summary *s, enum nt_counter first, enum nt_counter last)
{
	for (unsigned int i = first; i <= (unsigned int)last; i++)
		if (get(s, (enum nt_counter)i) != 0)
			fprintf(out, "           %12llu  %s\n",
				(unsigned long long)get(s, (enum nt_counter)i),
				nt_counter_info(i)->help);
}

static void
print_named(FILE *out, const char *what, uint64_t named, uint64_t all)
{
	if (all != 0)
		fprintf(out, "  %-8s %12llu  of %llu named (%.1f %%)\n", what,
			(unsigned long long)named, (unsigned long long)all, percent(named, all));
}

void
summary_print(FILE *out, const struct summary *s)
{
	fprintf(out, "packets    %12llu  in %.2f s, %u worker%s\n",
		(unsigned long long)get(s, NT_COUNTER_PACKETS), s->seconds, s->workers,
		s->workers == 1 ? "" : "s");
	print_counters(out, s, NT_COUNTER_PACKETS_CUT_LINK, NT_COUNTER_FRAGMENTS_REFUSED);
	print_counters(out, s, NT_COUNTER_RX_DROPPED, NT_COUNTER_SPLIT_CONNS);
	fprintf(out, "connections%12llu  written to %s/conn%s.log\n",
		(unsigned long long)s->sink->lines_written[NT_LOG_CONN], s->dir,
		s->rotated ? ".*" : "");
	if (get(s, NT_COUNTER_CONNS_EVICTED) != 0)
		fprintf(out, "           %12llu  ended early: more than flow.max at once\n",
			(unsigned long long)get(s, NT_COUNTER_CONNS_EVICTED));
	print_counters(out, s, NT_COUNTER_CONNS_REFUSED, NT_COUNTER_CONN_LINK_EXHAUSTED);
	print_counters(out, s, NT_COUNTER_CONNS_LOST, NT_COUNTER_RELEASED_EARLY);
	print_named(out, "non-local", get(s, NT_COUNTER_ENDS_EXTERNAL_NAMED),
		get(s, NT_COUNTER_ENDS_EXTERNAL));
	print_named(
		out, "local", get(s, NT_COUNTER_ENDS_LOCAL_NAMED), get(s, NT_COUNTER_ENDS_LOCAL));
	fprintf(out, "mappings   %12llu  learnt, %llu of them repeats\n",
		(unsigned long long)get(s, NT_COUNTER_MAPPINGS_LEARNT),
		(unsigned long long)get(s, NT_COUNTER_MAPPINGS_REPEATS));
	print_counters(out, s, NT_COUNTER_MAPPINGS_SHED_OUT, NT_COUNTER_FACTS_SHED);
	print_counters(out, s, NT_COUNTER_MAPPINGS_EVICTED, NT_COUNTER_LOOKUPS_CUT);
	fprintf(out, "DNS        %12llu  responses matched to their query\n",
		(unsigned long long)get(s, NT_COUNTER_DNS_MATCHED));
	print_counters(out, s, NT_COUNTER_DNS_UNSOLICITED, NT_COUNTER_DNS_QUERIES_EVICTED);
	print_counters(out, s, NT_COUNTER_DNS_SHORT, NT_COUNTER_DNS_CLASS);
	fprintf(out, "lookups    %12llu  connections that none explains, %llu notices\n",
		(unsigned long long)get(s, NT_COUNTER_LOOKUP_NONE),
		(unsigned long long)s->sink->lines_written[NT_LOG_NOTICE]);
	print_counters(out, s, NT_COUNTER_LOOKUP_UNKNOWN, NT_COUNTER_TOLD_EVICTED);
}

static unsigned int
check(FILE *out, const char *what, uint64_t left, uint64_t right)
{
	if (left == right)
		return 0;
	fprintf(out, "nametap: accounting: %s: %llu is not %llu; please report this\n", what,
		(unsigned long long)left, (unsigned long long)right);
	return 1;
}

static uint64_t
sum_of_reasons(const struct summary *s)
{
	uint64_t sum = 0;
	for (unsigned int i = 0; i < NT_COUNTER_PACKET_REASONS; i++)
		sum += get(s, (enum nt_counter)(NT_COUNTER_PACKETS_OK + i));
	return sum;
}

static uint64_t
sum_of_unknown(const struct summary *s)
{
	uint64_t sum = 0;
	for (unsigned int i = 0; i < NT_COUNTER_UNKNOWN_REASONS; i++)
		sum += get(s, (enum nt_counter)(NT_COUNTER_UNKNOWN_JOINED + i));
	return sum;
}

/*
 * A port may have counted packets that came when nobody looked any more, as many as its queues
 * hold; never fewer than were taken from it.
 */
static unsigned int
check_received(FILE *out, const struct summary *s)
{
	const uint64_t received = get(s, NT_COUNTER_RX_PACKETS);
	const uint64_t taken = get(s, NT_COUNTER_PACKETS) + get(s, NT_COUNTER_RX_RING_FULL);
	const uint64_t left = received > taken ? NT_MIN(received - taken, s->rx_room) : 0;
	return check(out, "packets received = processed + dropped by rings + left in the ports",
		received, taken + left);
}

unsigned int
summary_check(FILE *out, const struct summary *s)
{
	const uint64_t sent = get(s, NT_COUNTER_MAPPINGS_SENT);
	unsigned int bad = 0;
	bad += s->live ? check_received(out, s)
		       : check(out, "packets read = processed", s->packets_read,
				 get(s, NT_COUNTER_PACKETS));
	bad += check(
		out, "packets = sum over reasons", get(s, NT_COUNTER_PACKETS), sum_of_reasons(s));
	bad += check(out, "connections made = written", get(s, NT_COUNTER_CONNS_MADE),
		get(s, NT_COUNTER_CONNS_WRITTEN) + get(s, NT_COUNTER_CONNS_LOST));
	bad += check(out, "records made = lines written + lost", get(s, NT_COUNTER_CONNS_WRITTEN),
		s->sink->lines_written[NT_LOG_CONN] + s->sink->lines_lost[NT_LOG_CONN]);
	bad += check(out, "notices made = lines written + lost", get(s, NT_COUNTER_NOTICES),
		s->sink->lines_written[NT_LOG_NOTICE] + s->sink->lines_lost[NT_LOG_NOTICE]);
	bad += check(out, "unknown lookups = sum over reasons", get(s, NT_COUNTER_LOOKUP_UNKNOWN),
		sum_of_unknown(s));
	bad += check(out, "mappings learnt = repeats + sent + shed",
		get(s, NT_COUNTER_MAPPINGS_LEARNT),
		get(s, NT_COUNTER_MAPPINGS_REPEATS) + sent + get(s, NT_COUNTER_MAPPINGS_SHED_OUT));
	bad += check(out, "mappings sent x (workers - 1) = received + shed",
		sent * (s->workers - 1),
		get(s, NT_COUNTER_MAPPINGS_RECEIVED) + get(s, NT_COUNTER_MAPPINGS_SHED_IN));
	bad += check(out, "mappings received = new + refreshed + refused",
		get(s, NT_COUNTER_MAPPINGS_RECEIVED),
		get(s, NT_COUNTER_MAPPINGS_NEW) + get(s, NT_COUNTER_MAPPINGS_REFRESHED) +
			get(s, NT_COUNTER_MAPPINGS_REFUSED));
	bad += check(out, "own mappings = new + refreshed + refused", sent,
		get(s, NT_COUNTER_OWN_NEW) + get(s, NT_COUNTER_OWN_REFRESHED) +
			get(s, NT_COUNTER_OWN_REFUSED));
	return bad;
}
