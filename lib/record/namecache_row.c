/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "nt_namecache_row.h"

/* Counts of the row that are a counter's growth. */
static const struct {
	uint16_t offset;
	uint16_t counter;
} counts[] = {
#define COUNT(field, id)                                                                           \
	{                                                                                          \
		offsetof(struct nt_namecache_row, field), NT_COUNTER_##id                          \
	}
	COUNT(lookups, LOOKUPS),
	COUNT(src_dns_a, SRC_DNS_A),
	COUNT(src_dns_aaaa, SRC_DNS_AAAA),
	COUNT(src_dns_a6, SRC_DNS_A6),
	COUNT(src_dns_ptr, SRC_DNS_PTR),
	COUNT(src_http_host, SRC_HTTP_HOST),
	COUNT(src_ssl_sni, SRC_SSL_SNI),
	COUNT(src_ntlm_auth, SRC_NTLM_AUTH),
	COUNT(src_unknown, SRC_UNKNOWN),
	COUNT(src_mdns, SRC_MDNS),
	COUNT(src_llmnr, SRC_LLMNR),
	COUNT(src_nbns, SRC_NBNS),
	COUNT(src_dhcp, SRC_DHCP),
	COUNT(src_dns_https, SRC_DNS_HTTPS),
	COUNT(cache_add_tx_ev, MESSAGES_SENT),
	COUNT(cache_add_tx_mpg, MAPPINGS_SENT),
	COUNT(cache_add_rx_ev, MESSAGES_RECEIVED),
	COUNT(cache_add_rx_mpg, MAPPINGS_RECEIVED),
	COUNT(cache_add_rx_new, MAPPINGS_NEW),
	COUNT(cache_del_mpg, MAPPINGS_DELETED),
	COUNT(mappings_learnt, MAPPINGS_LEARNT),
	COUNT(mappings_repeats, MAPPINGS_REPEATS),
	COUNT(mappings_sent, MAPPINGS_SENT),
	COUNT(mappings_received, MAPPINGS_RECEIVED),
	COUNT(mappings_new, MAPPINGS_NEW),
	COUNT(mappings_refreshed, MAPPINGS_REFRESHED),
	COUNT(mappings_refused, MAPPINGS_REFUSED),
	COUNT(released_early, RELEASED_EARLY),
	COUNT(records_late_at_rate, RECORDS_LATE_AT_RATE),
	COUNT(conns, CONNS_WRITTEN),
	COUNT(packets, PACKETS),
	COUNT(rx_dropped, RX_DROPPED),
	COUNT(conns_evicted, CONNS_EVICTED),
	COUNT(conns_crowded, CONNS_CROWDED),
	COUNT(mappings_evicted, MAPPINGS_EVICTED),
	COUNT(conns_lost, CONNS_LOST),
	COUNT(lines_lost, LINES_LOST),
	COUNT(packets_ok, PACKETS_OK),
	COUNT(conns_made, CONNS_MADE),
	COUNT(mappings_shed_out, MAPPINGS_SHED_OUT),
	COUNT(mappings_shed_in, MAPPINGS_SHED_IN),
	COUNT(lcores_stuck, LCORES_STUCK),
	COUNT(left_behind, LEFT_BEHIND),
	COUNT(notices, NOTICES),
	COUNT(conn_lines_lost, CONN_LINES_LOST),
	COUNT(notice_lines_lost, NOTICE_LINES_LOST),
	COUNT(datagrams_evicted, DATAGRAMS_EVICTED),
	COUNT(told_evicted, TOLD_EVICTED),
#undef COUNT
};

/* Shares of the row: one counter's growth in another's. */
static const struct {
	uint16_t offset;
	uint16_t part, whole;
} shares[] = {
#define SHARE(field, part, whole)                                                                  \
	{                                                                                          \
		offsetof(struct nt_namecache_row, field), NT_COUNTER_##part, NT_COUNTER_##whole    \
	}
	SHARE(hit_rate_conn, NAMED_CONNS, CONNS_WRITTEN),
	SHARE(hit_rate_conn_orig_h, NAMED_ORIG, CONNS_WRITTEN),
	SHARE(hit_rate_conn_resp_h, NAMED_RESP, CONNS_WRITTEN),
	SHARE(hit_rate_conn_int_h, ENDS_LOCAL_NAMED, ENDS_LOCAL),
	SHARE(hit_rate_conn_ext_h, ENDS_EXTERNAL_NAMED, ENDS_EXTERNAL),
	SHARE(hit_rate_conn_prod, PROD_NAMED_CONNS, PROD_CONNS),
	SHARE(hit_rate_conn_prod_orig_h, PROD_NAMED_ORIG, PROD_CONNS),
	SHARE(hit_rate_conn_prod_resp_h, PROD_NAMED_RESP, PROD_CONNS),
#undef SHARE
};

static uint64_t
growth(const struct nt_counters *now, const struct nt_counters *before, unsigned int id)
{
	uint64_t old = before != NULL ? before->n[id] : 0;

	return now->n[id] > old ? now->n[id] - old : 0;
}

/* Counters are read one by one while they move: a part may be one ahead of its whole. */
static double
share(uint64_t part, uint64_t whole)
{
	if (whole == 0)
		return NT_SHARE_UNSET;
	return part >= whole ? 1.0 : (double)part / (double)whole;
}

static bool
set_quantiles(const struct nt_histogram *h, int64_t *ret_p50_ns, int64_t *ret_p99_ns)
{
	if (h == NULL || h->total == 0)
		return false;
	*ret_p50_ns = (int64_t)NT_MIN(nt_histogram_quantile(h, 0.50), (uint64_t)INT64_MAX);
	*ret_p99_ns = (int64_t)NT_MIN(nt_histogram_quantile(h, 0.99), (uint64_t)INT64_MAX);
	return true;
}

void
nt_namecache_fill_most(struct nt_namecache_fill *most, const struct nt_namecache_fill *one)
{
	most->cache_entries = NT_MAX(most->cache_entries, one->cache_entries);
	most->flow_longest_bucket = NT_MAX(most->flow_longest_bucket, one->flow_longest_bucket);
	most->cache_longest_probe = NT_MAX(most->cache_longest_probe, one->cache_longest_probe);
}

void
nt_namecache_row_make(struct nt_namecache_row *ret, const struct nt_counters *now,
	const struct nt_counters *before, const struct nt_namecache_extra *extra)
{
	char *base = (char *)ret;

	memset(ret, 0, sizeof(*ret));
	ret->ts_ns = extra->ts_ns;
	ret->cache_entries = extra->fill.cache_entries;
	ret->flow_longest_bucket = extra->fill.flow_longest_bucket;
	ret->cache_longest_probe = extra->fill.cache_longest_probe;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(counts); i++) {
		uint64_t n = growth(now, before, counts[i].counter);
		memcpy(base + counts[i].offset, &n, sizeof(n));
	}
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(shares); i++) {
		double v = share(
			growth(now, before, shares[i].part), growth(now, before, shares[i].whole));
		memcpy(base + shares[i].offset, &v, sizeof(v));
	}
	ret->mappings_shed = ret->mappings_shed_out + ret->mappings_shed_in;
	for (unsigned int id = NT_COUNTER_PACKETS_OK + 1;
		id < NT_COUNTER_PACKETS_OK + NT_COUNTER_PACKET_REASONS; id++)
		ret->packets_left_out += growth(now, before, id);
	if (set_quantiles(extra->watermark_lag_ns, &ret->watermark_lag_p50_ns,
		    &ret->watermark_lag_p99_ns))
		ret->flags |= NT_NAMECACHE_LAG;
	if (set_quantiles(
		    extra->propagation_ns, &ret->propagation_p50_ns, &ret->propagation_p99_ns))
		ret->flags |= NT_NAMECACHE_PROPAGATION;
}
