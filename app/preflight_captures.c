/* SPDX-License-Identifier: BSD-3-Clause */
/* The files that net_pcap reads, looked at with the library that it reads them with. */
#include <pcap/pcap.h>
#include <string.h>
#include <sys/stat.h>

#include <rte_mbuf.h>

#include "paths.h"
#include "port.h"
#include "preflight_priv.h"

/* Counting goes no further: they would take 10 GB. */
#define COUNT_MOST (1u << 22)

/* Lines would be appended to what is read. */
static bool
is_no_log(struct preflight *p, const char *port, const char *path, const struct stat *st)
{
	const char *run_dir = p->config->run.dir.text;
	char dir[SYSFS_PATH_MAX];
	const char *log = NULL;
	if (sysfs_path(dir, run_dir[0] == '/' ? p->root : "", "%s", run_dir) == 0)
		log = paths_log_that_is(dir, st);
	if (log == NULL)
		return true;
	p->would_destroy = true;
	preflight_error(p, "port %s: %s is the same file as %s/%s.log, which is written to", port,
		path, run_dir, log);
	preflight_todo(p, "--set run.dir=DIRECTORY, another one");
	return false;
}

/* infinite_rx: the driver holds all of them, a buffer each. */
static uint64_t
count(struct preflight *p, const char *port, const char *path, pcap_t *pcap)
{
	struct pcap_pkthdr *header;
	const u_char *data;
	uint64_t n = 0;
	bool fits = true;
	while (n < COUNT_MOST && pcap_next_ex(pcap, &header, &data) == 1) {
		n++;
		fits = fits && header->caplen <= RTE_MBUF_DEFAULT_DATAROOM;
	}
	if (fits)
		return n;
	preflight_error(p, "port %s: infinite_rx takes packets of at most %u bytes, %s has larger",
		port, RTE_MBUF_DEFAULT_DATAROOM, path);
	preflight_todo(p, "editcap -s %u %s SHORTER.pcap", RTE_MBUF_DEFAULT_DATAROOM, path);
	return n;
}

uint64_t
preflight_capture(struct preflight *p, const char *port, const char *path, bool infinite)
{
	char full[SYSFS_PATH_MAX], why[PCAP_ERRBUF_SIZE];
	struct stat st;
	uint64_t n = 0;
	if (sysfs_path(full, path[0] == '/' ? p->root : "", "%s", path) != 0 ||
		stat(full, &st) != 0 || !is_no_log(p, port, path, &st) || !S_ISREG(st.st_mode))
		return 0; /* a pipe would lose its writer */
	pcap_t *pcap = pcap_open_offline(full, why);
	if (pcap == NULL) {
		preflight_error(p, "port %s: %s is no capture: %.100s", port, path, why);
		preflight_todo(p, "file %s (net_pcap reads pcap and pcapng, not compressed)", path);
		return 0;
	}
	if (infinite)
		n = count(p, port, path, pcap);
	pcap_close(pcap);
	return n;
}

void
preflight_mbufs(struct preflight *p, const char *port, uint64_t held, bool descriptors)
{
	const struct nt_config *c = p->config;
	const uint64_t least = held + ports_mbufs_least(c, descriptors);
	const uint64_t wanted = held + ports_mbufs_own(c);
	const uint64_t have = c->port.mbufs != 0 ? c->port.mbufs : ports_mbufs_own(c);
	if (have >= least)
		return;
	if (held != 0)
		preflight_error(p,
			"port %s: infinite_rx holds the %llu%s packets of its files in memory, "
			"%llu "
			"buffers are too few",
			port, (unsigned long long)held, held >= COUNT_MOST ? " or more" : "",
			(unsigned long long)have);
	else
		preflight_error(p, "port %s: port.mbufs is %llu, it needs %llu or more", port,
			(unsigned long long)have, (unsigned long long)least);
	preflight_todo(p, "--set port.mbufs=%llu", (unsigned long long)wanted);
}
