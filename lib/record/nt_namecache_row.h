/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One line of namecache.log: what happened in an interval. Shares are 0 to 1, or NT_SHARE_UNSET
 * where there was nothing to share; times are set by flags.
 */
#ifndef NT_NAMECACHE_ROW_H
#define NT_NAMECACHE_ROW_H

#include <nt_counters.h>
#include <nt_histogram.h>

#define NT_SHARE_UNSET (-1.0)

enum {
	NT_NAMECACHE_LAG = 1 << 0, /* watermark_lag_* are set */
	NT_NAMECACHE_PROPAGATION = 1 << 1, /* propagation_* are set */
};

struct nt_namecache_row {
	int64_t ts_ns; /* end of the interval */
	uint16_t flags;
	uint64_t lookups;
	double hit_rate_conn, hit_rate_conn_orig_h, hit_rate_conn_resp_h;
	double hit_rate_conn_int_h, hit_rate_conn_ext_h;
	double hit_rate_conn_prod, hit_rate_conn_prod_orig_h, hit_rate_conn_prod_resp_h;
	uint64_t src_dns_a, src_dns_aaaa, src_dns_a6, src_dns_ptr, src_http_host, src_ssl_sni;
	uint64_t src_ntlm_auth, src_unknown;
	uint64_t src_mdns, src_llmnr, src_nbns, src_dhcp, src_dns_https;
	uint64_t cache_entries;
	uint64_t cache_add_tx_ev, cache_add_tx_mpg;
	uint64_t cache_add_rx_ev, cache_add_rx_mpg, cache_add_rx_new;
	uint64_t cache_del_mpg;
	uint64_t mappings_learnt, mappings_repeats, mappings_sent, mappings_shed;
	uint64_t mappings_received, mappings_new, mappings_refreshed, mappings_refused;
	int64_t watermark_lag_p50_ns, watermark_lag_p99_ns;
	int64_t propagation_p50_ns, propagation_p99_ns;
	uint64_t released_early, records_late_at_rate;
	uint64_t conns, packets;
	uint64_t conns_evicted, conns_crowded, mappings_evicted;
	uint64_t flow_longest_bucket, cache_longest_probe;
	uint64_t rx_dropped, conns_lost, lines_lost;
	uint64_t packets_ok, packets_left_out, conns_made;
	uint64_t mappings_shed_out, mappings_shed_in;
	uint64_t lcores_stuck, left_behind;
	uint64_t notices, conn_lines_lost, notice_lines_lost;
	uint64_t datagrams_evicted, told_evicted;
};

/* How full the tables of a worker are; of several, the most. */
struct nt_namecache_fill {
	uint64_t cache_entries; /* addresses held */
	uint64_t flow_longest_bucket, cache_longest_probe;
};
void nt_namecache_fill_most(struct nt_namecache_fill *most, const struct nt_namecache_fill *one);

/* What the counters do not know. The histograms are those of the interval; NULL or empty: unset. */
struct nt_namecache_extra {
	int64_t ts_ns;
	struct nt_namecache_fill fill;
	const struct nt_histogram *watermark_lag_ns, *propagation_ns;
};

/* Row of the interval between two sums over the workers; before may be NULL (everything is new). */
void nt_namecache_row_make(struct nt_namecache_row *ret, const struct nt_counters *now,
	const struct nt_counters *before, const struct nt_namecache_extra *extra);

#endif
