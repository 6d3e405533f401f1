/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The least that a libpcap program can do: walk over a capture and look at each packet's length.
 * read_ratio.py measures `nametap read` against it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <pcap/pcap.h>

struct sums {
	unsigned long long packets, bytes;
};

static void
touch(u_char *user, const struct pcap_pkthdr *h, const u_char *data)
{
	struct sums *s = (struct sums *)(void *)user;

	(void)data;
	s->packets++;
	s->bytes += h->caplen;
}

static double
cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int
main(int argc, char **argv)
{
	char err[PCAP_ERRBUF_SIZE];
	struct sums s = { 0 };

	if (argc != 2) {
		fprintf(stderr, "usage: pcap_loop CAPTURE\n");
		return EXIT_FAILURE;
	}
	pcap_t *p = pcap_open_offline(argv[1], err);
	if (p == NULL) {
		fprintf(stderr, "pcap_loop: %s\n", err);
		return EXIT_FAILURE;
	}
	const int n = pcap_loop(p, -1, touch, (u_char *)&s);
	if (n != 0)
		fprintf(stderr, "pcap_loop: %s\n", pcap_geterr(p));
	pcap_close(p);
	printf("%llu packets, %llu bytes, %.3f CPU seconds\n", s.packets, s.bytes, cpu_seconds());
	return n == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
