/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The configuration: one table in config_table.c says key, type, bounds, default, unit and help;
 * this struct is what it fills. Loading, checking, the sample file, the JSON Schema and the
 * documentation all come from that table. Read only once loaded. No EAL; any thread.
 *
 * Durations stand in the file as seconds (numbers, fractions allowed), here as nanoseconds.
 */
#ifndef NT_CONFIG_H
#define NT_CONFIG_H

#include <stdio.h>

#include <nt_addr.h>
#include <nt_base.h>
#include <nt_port.h>

#include "nt_allow.h"

#define NT_CONFIG_PORTS_MAX   32
#define NT_CONFIG_WORKERS_MAX 16 /* queues of a net_ring port */
#define NT_CONFIG_TEXT_MAX    63 /* characters of a text */
#define NT_CONFIG_LONG_MAX    255 /* of a long one: paths, lists of CPUs */
#define NT_CONFIG_DEVICES_MAX 8
#define NT_CONFIG_DEVICE_MAX  511 /* characters */
#define NT_CONFIG_HOSTS_MAX   128
#define NT_CONFIG_NETS_MAX    200 /* of local_nets; the private ones take 41 of NT_NETSET_MAX */

enum nt_config_format {
	NT_CONFIG_JSON,
	NT_CONFIG_TSV,
};

/* What becomes of answers that nobody was seen to ask for. */
enum nt_config_unsolicited {
	NT_CONFIG_UNSOLICITED_AUTO, /* they count until the first query is seen */
	NT_CONFIG_UNSOLICITED_ACCEPT,
	NT_CONFIG_UNSOLICITED_REFUSE,
};

enum nt_config_spelling {
	NT_CONFIG_DOTTED, /* id.orig_h_name.src */
	NT_CONFIG_SHORT, /* id_orig_h_n.src */
};

enum nt_config_checksums {
	NT_CONFIG_CHECKSUMS_IGNORE,
	NT_CONFIG_CHECKSUMS_VERIFY,
	NT_CONFIG_CHECKSUMS_NIC,
};

/* Does the port say when a packet came? */
enum nt_config_timestamps {
	NT_CONFIG_TIMESTAMPS_AUTO, /* where it can */
	NT_CONFIG_TIMESTAMPS_OFF,
};

/* An lcore that receives everything and steers it to the workers. */
enum nt_config_distributor {
	NT_CONFIG_DISTRIBUTOR_AUTO, /* where a port can't spread both directions alike */
	NT_CONFIG_DISTRIBUTOR_ON,
	NT_CONFIG_DISTRIBUTOR_OFF,
};

/* What an lcore does that has nothing to do. */
enum nt_config_idle {
	NT_CONFIG_IDLE_POLL,
	NT_CONFIG_IDLE_PAUSE,
	NT_CONFIG_IDLE_SLEEP,
};

/* Printable ASCII without quotes and backslashes, ends in NUL. */
struct nt_config_text {
	char text[NT_CONFIG_TEXT_MAX + 1];
};

struct nt_config_long_text {
	char text[NT_CONFIG_LONG_MAX + 1];
};

/* A PCI address or the name of a virtual device ("net_pcap0"), then its arguments behind commas. */
struct nt_config_device {
	char text[NT_CONFIG_DEVICE_MAX + 1];
};

struct nt_config_devices {
	uint32_t count;
	struct nt_config_device devices[NT_CONFIG_DEVICES_MAX];
};

/* Host names in lower case; "*.example.com": whatever lies below it. */
struct nt_config_hosts {
	uint32_t count;
	struct nt_config_text hosts[NT_CONFIG_HOSTS_MAX];
};

struct nt_ports {
	uint32_t count;
	uint16_t ports[NT_CONFIG_PORTS_MAX];
};

struct nt_config {
	uint32_t workers; /* workers: 1 .. NT_CONFIG_WORKERS_MAX, default 1 */
	struct nt_netset local_nets; /* local_nets: beside the private ones, which are always in */
	uint32_t checksums; /* checksums: "ignore", "verify" or "nic" */
	struct nt_config_devices ports; /* ports []: what `nametap run` receives from */

	struct {
		uint32_t descriptors; /* port.descriptors 4096 (64 .. 32768), a power of two */
		uint32_t mtu; /* port.mtu 0: as it is; else 68 .. 16000 */
		uint32_t mbufs; /* port.mbufs 0: computed */
		uint32_t timestamps; /* port.timestamps: "auto" or "off" */
		uint32_t distributor; /* port.distributor: "auto", "on" or "off" */
		bool promiscuous; /* port.promiscuous true */
	} port;

	struct {
		/* lcores.cpus "": any. Else control's, the distributor's if there is one, the
		 * workers'. */
		struct nt_config_long_text cpus;
		uint32_t idle; /* lcores.idle: "poll", "pause" or "sleep", the default */
		uint32_t memory_mb; /* lcores.memory 0: computed */
		bool huge; /* lcores.huge true: 2 MiB pages */
	} lcores;

	struct {
		struct nt_config_long_text dir; /* run.dir "/var/log/nametap" */
		struct nt_config_text prefix; /* run.prefix "nametap": DPDK's file prefix */
		struct nt_config_long_text snapshot; /* run.snapshot "": none */
		int64_t snapshot_interval_ns; /* run.snapshot_interval 900; 0: only at the end */
		int64_t stuck_after_ns; /* run.stuck_after 5 */
		bool prefault; /* run.prefault true */
	} run;

	struct {
		uint32_t format; /* log.format: "json" or "tsv" */
		uint32_t names; /* log.name_fields: "dotted" or "short" */
		uint32_t community_id_seed; /* log.community_id_seed 0 */
		bool community_id; /* log.community_id false */
		bool vlan; /* log.vlan false */
		bool l2_addr; /* log.l2_addr false */
		bool path_field; /* log.path_field false */
		struct nt_config_text sensor; /* log.sensor "": none */
		int64_t rotate_interval_ns; /* log.rotate_interval 0: never */
		uint64_t rotate_bytes; /* log.rotate_bytes 0: never */
	} log;

	struct {
		uint32_t max; /* flow.max: connections held by a worker, default 1048576 */
		int64_t tcp_inactivity_ns; /* flow.tcp_inactivity_timeout 300 */
		int64_t udp_inactivity_ns; /* flow.udp_inactivity_timeout 60 */
		int64_t icmp_inactivity_ns; /* flow.icmp_inactivity_timeout 60 */
		int64_t unknown_ip_inactivity_ns; /* flow.unknown_ip_inactivity_timeout 60 */
		int64_t tcp_SYN_timeout_ns; /* flow.tcp_SYN_timeout 5 */
		int64_t tcp_attempt_delay_ns; /* flow.tcp_attempt_delay 5 */
		int64_t tcp_close_delay_ns; /* flow.tcp_close_delay 5 */
		int64_t tcp_session_timer_ns; /* flow.tcp_session_timer 6 */
		int64_t tcp_connection_linger_ns; /* flow.tcp_connection_linger 5 */
		int64_t dns_session_timeout_ns; /* flow.dns_session_timeout 10 */
		int64_t interactive_inactivity_ns; /* flow.interactive_inactivity_timeout 3600 */
		struct nt_ports interactive_ports; /* flow.interactive_ports [21, 22, 23, 513] */
		struct nt_port_list likely_server_ports; /* flow.likely_server_ports: Zeek's */
	} flow;

	struct {
		uint32_t max_datagrams; /* fragments.max_datagrams 4096: under way at once */
		uint32_t max_bytes; /* fragments.max_bytes 16777216: kept of them */
		int64_t timeout_ns; /* fragments.frag_timeout 30 */
	} fragments;

	struct {
		uint32_t max; /* tunnel.max 16384: tunnels known at once */
		uint32_t max_depth; /* tunnel.max_depth 4 */
	} tunnel;

	struct {
		struct nt_ports dns_ports; /* names.dns_ports [53] */
		struct nt_ports mdns_ports; /* names.mdns_ports [5353] */
		struct nt_ports llmnr_ports; /* names.llmnr_ports [5355] */
		struct nt_ports nbns_ports; /* names.nbns_ports [137] */
		struct nt_ports dhcp_ports; /* names.dhcp_ports [67] */
		struct nt_ports dhcp6_ports; /* names.dhcp6_ports [547] */
		int64_t ttl_min_ns; /* names.ttl_min 60 */
		int64_t ttl_max_ns; /* names.ttl_max 86400 */
		int64_t ttl_grace_ns; /* names.ttl_grace 60 */
		int64_t stale_for_ns; /* names.stale_for 3600 */
		int64_t pin_after_ns; /* names.pin_after 60 */
		int64_t reuse_after_ns; /* names.reuse_after 10 */
		int64_t query_life_ns; /* names.query_life 30 */
		uint32_t max_dns_streams; /* names.max_dns_streams 256: a worker */
		uint32_t unsolicited; /* names.unsolicited: "auto", "accept" or "refuse" */
		uint32_t max_queries; /* names.max_queries 65536: queries in flight, a worker */
		uint32_t quic_max; /* names.quic_max 1024: QUIC connections beginning */
		uint64_t quic_rate; /* names.quic_rate 20000: decryptions/s, 0 = unlimited */
		uint32_t max_mappings; /* names.max_mappings 1048576 */
		uint32_t max_addresses; /* names.max_addresses 262144 */
		uint32_t max_names; /* names.max_names 262144 */
		uint64_t max_name_bytes; /* names.max_name_bytes 33554432 */
		uint32_t max_per_address; /* names.max_per_address 65536 */
		int64_t asserted_ttl_ns; /* names.asserted_ttl 300 */
		uint32_t max_asserted; /* names.max_asserted 65536 */
		uint32_t max_hosts_per_connection; /* names.max_hosts_per_connection 64 */
		uint32_t max_per_record; /* names.max_per_record 8 (1 .. 32) */
		bool enabled; /* names.enabled true: else there are none */
	} names;

	struct {
		int64_t grace_ns; /* notice.grace 1 */
		int64_t warm_up_ns; /* notice.warm_up 300; for read 0, unless it is set */
		int64_t look_back_ns; /* notice.look_back 86400 */
		int64_t lost_for_ns; /* notice.lost_for 60 */
		int64_t hidden_for_ns; /* notice.hidden_for 3600 */
		int64_t suppress_for_ns; /* notice.suppress_for 3600 */
		uint32_t max_told; /* notice.max_told 1048576: addresses and their clients */
		uint32_t max_clients; /* notice.max_clients 65536 */
		uint32_t max_suppressed; /* notice.max_suppressed 65536 */
		struct nt_allow_list allow; /* notice.allow */
		struct nt_ports dot_ports; /* notice.dot_ports [853]: TCP */
		struct nt_ports doq_ports; /* notice.doq_ports [784, 853, 8853]: UDP */
		struct nt_config_hosts doh_servers; /* notice.doh_servers */
	} notice;

	struct {
		bool enabled; /* hosts.enabled true */
		uint32_t max_ipv4, max_ipv6; /* hosts.max_ipv4 4, .max_ipv6 16 */
		int64_t ttl_ns; /* hosts.ttl 3600 */
		uint32_t max_links; /* hosts.max_links 131072 */
	} hosts;

	struct {
		uint64_t rate; /* relay.rate mappings/s, 0 = unlimited, default 10000 */
		uint64_t burst; /* relay.burst, default 1000 */
		int64_t max_hold_ns; /* relay.max_hold 5: how long an ended connection waits live */
	} relay;

	struct {
		int64_t interval_ns; /* stats.interval 300 */
	} stats;

	struct {
		uint64_t slab_bytes; /* read.slab_bytes 524288 (524288 .. 16777216) */
		uint32_t slabs; /* read.slabs 8 */
		uint32_t ring_size; /* read.ring_size 4096: packets a worker's queue holds, power of
				       two */
	} read;
};

/* The defaults. */
void nt_config_default(struct nt_config *ret);

/*
 * Load a JSON file over what *cfg has. Every problem (unknown key, wrong type, value out of bounds,
 * with its path in the file; syntax with line and column) is one line through complain; all
 * problems are told, not only the first. 0, -EINVAL, or -errno of the file. *cfg is untouched on
 * failure.
 */
typedef void nt_config_complain(void *arg, const char *line);
int nt_config_load(
	struct nt_config *cfg, const char *path, nt_config_complain *complain, void *arg);

/* The same with the file's text, which came from somewhere else; name is what lines begin with. */
int nt_config_load_text(struct nt_config *cfg, const char *name, const char *text, size_t len,
	nt_config_complain *complain, void *arg);

/*
 * One KEY=VALUE, as --set takes it: VALUE is JSON, or a bare word for strings; lists can do without
 * brackets (names.dns_ports=53,5300). A list replaces what *cfg has. 0 or -EINVAL, *cfg untouched.
 */
int nt_config_set(
	struct nt_config *cfg, const char *assignment, nt_config_complain *complain, void *arg);

/* What spans several keys (ttl_min <= ttl_max, powers of two ...). 0 or -EINVAL. */
int nt_config_check(const struct nt_config *cfg, nt_config_complain *complain, void *arg);

/*
 * The same while a sensor runs: of regular files only, so that it is never waited for (a pipe, a
 * device: -ENOTSUP, told).
 */
int nt_config_load_again(
	struct nt_config *cfg, const char *path, nt_config_complain *complain, void *arg);

/* What becomes of a key that differs from what a running sensor has. */
enum nt_config_fate {
	NT_CONFIG_TAKEN,
	NT_CONFIG_NEEDS_RESTART,
	NT_CONFIG_ABOVE_START, /* a cap: more than its tables have had room for from the start */
};
typedef void nt_config_differs(void *arg, const char *key, enum nt_config_fate fate);

/*
 * Take over into *cfg (what the sensor runs with; begun: what it was started with) each key of
 * *wanted that can change at run time. Every key that differs is told, in the table's order.
 */
void nt_config_take_over(struct nt_config *cfg, const struct nt_config *begun,
	const struct nt_config *wanted, nt_config_differs *tell, void *arg);

/* Is the name (lower case, no dot at the end) one of these? */
bool nt_config_hosts_has(const struct nt_config_hosts *list, const char *name, size_t len);

/* What *cfg has, as a file that gives the same when it is loaded. 0 or -EIO. */
int nt_config_print(const struct nt_config *cfg, FILE *out);
/* The sample configuration (defaults), the JSON Schema, and a table for the documentation. 0 or
 * -EIO. */
int nt_config_print_sample(FILE *out);
int nt_config_print_schema(FILE *out);
int nt_config_print_markdown(FILE *out);

#endif
