/* SPDX-License-Identifier: BSD-3-Clause */
/* What libpcap reads for us: pcapng, old and modified pcap, anything with a filter. */
#include <string.h>

#include "capture_priv.h"

static int
set_filter(struct capture *c, const char *filter, struct nt_error *err)
{
	struct bpf_program prog;
	if (pcap_compile(c->pcap, &prog, filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return nt_error_set(err, -EINVAL, "%s: --filter '%s': %s", c->name, filter,
			pcap_geterr(c->pcap));
	const int n = pcap_setfilter(c->pcap, &prog);
	pcap_freecode(&prog);
	return n == 0 ? 0 : nt_error_set(err, -EINVAL, "--filter: %s", pcap_geterr(c->pcap));
}

int
other_begin(struct capture *c, const char *filter, struct nt_error *err)
{
	char said[PCAP_ERRBUF_SIZE] = "";
	FILE *f = input_stdio(c->input);
	if (f == NULL)
		return nt_error_set(err, -errno, "%s: %s", c->name, strerror(errno));
	c->pcap = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, said);
	if (c->pcap == NULL) {
		const int failure = input_failure(c->input);
		fclose(f); /* and the input with it */
		c->input = NULL;
		if (failure != 0)
			return nt_error_set(
				err, failure, "%s: %s", c->name, input_reason(NULL, failure));
		return nt_error_set(err, -EINVAL, "%s: not a capture file (%s)", c->name, said);
	}
	c->dlt = pcap_datalink(c->pcap);
	return filter != NULL ? set_filter(c, filter, err) : 0;
}

/*
 * pcapng has stamps of 64 bits in any unit: what classic pcap could not say is no time, and would
 * overflow nanoseconds.
 */
static int64_t
stamp_of(const struct pcap_pkthdr *h)
{
	const int64_t sec = NT_MIN(NT_MAX((int64_t)h->ts.tv_sec, 0), (int64_t)UINT32_MAX);
	/* With nanosecond precision, tv_usec has nanoseconds. */
	const int64_t ns = NT_MIN(NT_MAX((int64_t)h->ts.tv_usec, 0), NT_NS_PER_SEC - 1);
	return NT_SEC(sec) + ns;
}

static int
broken(const struct capture *c, struct nt_error *err)
{
	const int failure = input_failure(c->input);
	if (failure == -ECANCELED)
		return failure;
	return nt_error_set(err, -EBADMSG, "%s: %s, after %llu packets", c->name,
		failure != 0 ? input_reason(c->input, failure) : pcap_geterr(c->pcap),
		(unsigned long long)c->packets);
}

int
other_next(
	struct capture *c, uint64_t last_position, struct capture_packet *ret, struct nt_error *err)
{
	struct slabs *s = c->slabs;
	struct pcap_pkthdr *h;
	const u_char *data;
	const int n = pcap_next_ex(c->pcap, &h, &data);
	if (n == PCAP_ERROR_BREAK)
		return 0;
	if (n != 1)
		return broken(c, err);
	const uint32_t cap_len = NT_MIN(h->caplen, (uint32_t)CAPTURE_PACKET_MAX);
	if (slabs_room(s) < cap_len && slabs_turn(s, last_position, s->at, 0) == NULL)
		return -ECANCELED;
	memcpy(s->at, data, cap_len);
	ret->data = s->at;
	ret->cap_len = cap_len;
	ret->wire_len = NT_MAX(h->len, cap_len);
	ret->ts_ns = stamp_of(h);
	s->at += cap_len;
	return 1;
}
