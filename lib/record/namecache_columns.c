/* SPDX-License-Identifier: BSD-3-Clause */
#include "columns.h"

#define AT(field) .offset = offsetof(struct nt_namecache_row, field)
#define COUNT(field, h)                                                                            \
	{                                                                                          \
		COLUMN_NAMES_ONE(#field), .help = (h), .kind = COLUMN_COUNT, AT(field)             \
	}
#define SHARE(field, h)                                                                            \
	{                                                                                          \
		COLUMN_NAMES_ONE(#field), .help = (h), .kind = COLUMN_SHARE, AT(field)             \
	}
#define TIMES(f, w, h)                                                                             \
	{                                                                                          \
		COLUMN_NAMES_ONE(#f), .help = (h), .kind = COLUMN_INTERVAL, .when = (w),           \
				      AT(f##_ns)                                                   \
	}

/* clang-format off */
static const struct column columns[] = {
	{ COLUMN_NAMES_ONE("ts"), .help = "end of the interval", .kind = COLUMN_TIME, AT(ts_ns) },
	COUNT(lookups, "names asked of the caches for connection ends"),
	SHARE(hit_rate_conn, "connections with a name at either end"),
	SHARE(hit_rate_conn_orig_h, "connections with a name of the originator"),
	SHARE(hit_rate_conn_resp_h, "connections with a name of the responder"),
	SHARE(hit_rate_conn_int_h, "local ends that got a name"),
	SHARE(hit_rate_conn_ext_h, "non-local ends that got a name"),
	SHARE(hit_rate_conn_prod, "hit_rate_conn, of connections with payload both ways"),
	SHARE(hit_rate_conn_prod_orig_h, "hit_rate_conn_orig_h, of these"),
	SHARE(hit_rate_conn_prod_resp_h, "hit_rate_conn_resp_h, of these"),
	COUNT(src_dns_a, "mappings learnt from A answers"),
	COUNT(src_dns_aaaa, "from AAAA answers"),
	COUNT(src_dns_a6, "from A6 answers (never)"),
	COUNT(src_dns_ptr, "from PTR answers"),
	COUNT(src_http_host, "from HTTP Host headers"),
	COUNT(src_ssl_sni, "from TLS and QUIC server names"),
	COUNT(src_ntlm_auth, "from NTLM (never)"),
	COUNT(src_unknown, "from elsewhere"),
	COUNT(src_mdns, "from multicast DNS"),
	COUNT(src_llmnr, "from LLMNR"),
	COUNT(src_nbns, "from NetBIOS"),
	COUNT(src_dhcp, "from DHCP"),
	COUNT(src_dns_https, "from address hints of HTTPS and SVCB answers"),
	COUNT(cache_entries, "addresses held (largest worker)"),
	COUNT(cache_add_tx_ev, "messages sent by workers"),
	COUNT(cache_add_tx_mpg, "mappings in them"),
	COUNT(cache_add_rx_ev, "messages received by workers"),
	COUNT(cache_add_rx_mpg, "mappings in them"),
	COUNT(cache_add_rx_new, "mappings received that were new"),
	COUNT(cache_del_mpg, "mappings expired or evicted"),
	COUNT(mappings_learnt, "mappings learnt by workers"),
	COUNT(mappings_repeats, "of these, from retransmitted responses: dropped"),
	COUNT(mappings_sent, "of these, sent to the relay"),
	COUNT(mappings_shed, "lost before the relay or before a worker's cache"),
	COUNT(mappings_received, "mappings that workers got from the relay"),
	COUNT(mappings_new, "of these, new to the cache"),
	COUNT(mappings_refreshed, "of these, known already"),
	COUNT(mappings_refused, "of these, refused: no room"),
	TIMES(watermark_lag_p50, NT_NAMECACHE_LAG, "watermark behind the clock, median"),
	TIMES(watermark_lag_p99, NT_NAMECACHE_LAG, "the same, 99th percentile"),
	TIMES(propagation_p50, NT_NAMECACHE_PROPAGATION,
		"from the packet to the other workers' caches, median"),
	TIMES(propagation_p99, NT_NAMECACHE_PROPAGATION, "the same, 99th percentile"),
	COUNT(released_early, "connections written before the watermark had passed them"),
	COUNT(records_late_at_rate,
		"connections that would have missed a name at the configured pacing rate"),
	COUNT(conns, "connections written"),
	COUNT(packets, "packets received"),
	COUNT(rx_dropped, "packets dropped by ports and rings before a worker"),
	COUNT(conns_evicted, "connections ended early: flow.max was reached"),
	COUNT(conns_crowded,
		"connections begun where others had taken all room for such hashes: an attack"),
	COUNT(mappings_evicted, "mappings given up before their time: a names.max_* was reached"),
	COUNT(flow_longest_bucket,
		"most buckets chained in one place of the connections' table so far (largest worker)"),
	COUNT(cache_longest_probe,
		"most places looked at for one entry of the name cache so far (largest worker)"),
	COUNT(conns_lost, "connections not written: there was no room for their records"),
	COUNT(lines_lost, "lines of all logs, lost: their files could not be written"),
	COUNT(packets_ok, "packets that belong to a connection"),
	COUNT(packets_left_out, "the other packets; telemetry has the reasons"),
	COUNT(conns_made, "connections begun"),
	COUNT(mappings_shed_out, "mappings lost before the relay"),
	COUNT(mappings_shed_in, "mappings lost before a worker's cache, once for each"),
	COUNT(lcores_stuck, "times that an lcore made no turn for `run.stuck_after`"),
	COUNT(left_behind, "times that names and records went on without a worker that stood"),
	COUNT(notices, "notices made"),
	COUNT(conn_lines_lost, "of `lines_lost`, those of conn.log"),
	COUNT(notice_lines_lost, "of `lines_lost`, those of notice.log"),
	COUNT(datagrams_evicted, "fragmented datagrams given up: a fragments.max_* was reached"),
	COUNT(told_evicted, "lookups that verdicts go by, forgotten by a worker: notice.max_told was reached"),
};
/* clang-format on */

const struct column_table nt_namecache_columns = { "namecache", columns, NT_ARRAY_SIZE(columns) };
