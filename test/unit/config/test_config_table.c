/* SPDX-License-Identifier: BSD-3-Clause */
#include "complaints.h"

#include <config_table.h>

static size_t
type_size(enum config_type type)
{
	switch (type) {
	case CONFIG_BOOL:
		return sizeof(bool);
	case CONFIG_U32:
	case CONFIG_ENUM:
		return sizeof(uint32_t);
	case CONFIG_U64:
	case CONFIG_DURATION:
		return sizeof(uint64_t);
	case CONFIG_PORTS:
		return sizeof(struct nt_ports);
	case CONFIG_PROTO_PORTS:
		return sizeof(struct nt_port_list);
	case CONFIG_NETS:
		return sizeof(struct nt_netset);
	case CONFIG_TEXT:
		return sizeof(struct nt_config_text);
	case CONFIG_LONG_TEXT:
		return sizeof(struct nt_config_long_text);
	case CONFIG_DEVICES:
		return sizeof(struct nt_config_devices);
	case CONFIG_ALLOW:
		return sizeof(struct nt_allow_list);
	case CONFIG_HOSTS:
		return sizeof(struct nt_config_hosts);
	}
	return 0;
}

static void
test_rows_make_sense(void **state)
{
	(void)state;
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];

		assert_true(strlen(k->key) < CONFIG_KEY_LEN);
		assert_true(k->min <= k->max && k->max > 0);
		if (config_is_text(k)) {
			const size_t len = k->def_text != NULL ? strlen(k->def_text) : 0;

			assert_in_range(len, k->min, k->max);
			assert_true((size_t)k->max < type_size(k->type));
		} else if (!config_is_list(k))
			assert_in_range(k->def - k->min, 0, k->max - k->min);
		if (k->type == CONFIG_U32)
			assert_true(k->min >= 0 && k->max <= UINT32_MAX);
		assert_int_equal(k->help[strlen(k->help) - 1], '.');
		assert_null(strchr(k->help, '|'));
		if (strchr(k->key, '.') != NULL)
			assert_non_null(config_key_group(k));
		assert_ptr_equal(config_key_find(k->key), k);
	}
}

static void
test_every_field_has_one_key(void **state)
{
	static uint8_t seen[sizeof(struct nt_config)];
	size_t covered = 0;

	(void)state;
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];

		assert_true(k->offset + type_size(k->type) <= sizeof(seen));
		for (size_t j = 0; j < type_size(k->type); j++)
			assert_int_equal(seen[k->offset + j]++, 0);
		covered += type_size(k->type);
	}
	/* What is left is padding: at most one hole of four bytes for each group and the whole. */
	assert_true(sizeof(seen) - covered <= 4 * (config_group_count + 1));
}

static void
test_every_group_has_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < config_group_count; i++) {
		bool found = false;

		for (size_t j = 0; j < config_key_count; j++)
			found |= config_key_group(&config_keys[j]) == &config_groups[i];
		assert_true(found);
		assert_ptr_equal(config_group_find(config_groups[i].name), &config_groups[i]);
	}
}

/* Users' captures depend on them: a change is to be meant. */
static void
test_defaults(void **state)
{
	struct nt_config c;
	struct nt_netset private = { 0 };

	(void)state;
	nt_config_default(&c);
	nt_netset_add_private(&private);
	assert_int_equal(c.workers, 1);
	assert_memory_equal(&c.local_nets, &private, sizeof(private));
	assert_int_equal(c.log.format, NT_CONFIG_JSON);
	assert_int_equal(c.log.names, NT_CONFIG_DOTTED);
	assert_false(c.log.community_id || c.log.vlan || c.log.l2_addr || c.log.path_field);
	assert_int_equal(c.log.community_id_seed, 0);
	assert_string_equal(c.log.sensor.text, "");
	assert_int_equal(c.log.rotate_interval_ns, 0);
	assert_int_equal(c.log.rotate_bytes, 0);
	assert_int_equal(c.flow.max, 1048576);
	assert_int_equal(c.flow.tcp_inactivity_ns, NT_SEC(300));
	assert_int_equal(c.flow.udp_inactivity_ns, NT_SEC(60));
	assert_int_equal(c.flow.icmp_inactivity_ns, NT_SEC(60));
	assert_int_equal(c.flow.unknown_ip_inactivity_ns, NT_SEC(60));
	assert_int_equal(c.flow.tcp_SYN_timeout_ns, NT_SEC(5));
	assert_int_equal(c.flow.tcp_attempt_delay_ns, NT_SEC(5));
	assert_int_equal(c.flow.tcp_close_delay_ns, NT_SEC(5));
	assert_int_equal(c.flow.tcp_session_timer_ns, NT_SEC(6));
	assert_int_equal(c.flow.tcp_connection_linger_ns, NT_SEC(5));
	assert_int_equal(c.flow.dns_session_timeout_ns, NT_SEC(10));
	assert_int_equal(c.flow.interactive_inactivity_ns, NT_SEC(3600));
	assert_int_equal(c.flow.interactive_ports.count, 4);
	assert_int_equal(c.flow.interactive_ports.ports[3], 513);
	assert_memory_equal(&c.flow.likely_server_ports, &nt_ports_likely_servers,
		sizeof(nt_ports_likely_servers));
	assert_int_equal(c.names.dns_ports.count, 1);
	assert_int_equal(c.names.dns_ports.ports[0], 53);
	assert_int_equal(c.names.mdns_ports.count, 1);
	assert_int_equal(c.names.mdns_ports.ports[0], 5353);
	assert_int_equal(c.names.ttl_min_ns, NT_SEC(60));
	assert_int_equal(c.names.ttl_max_ns, NT_SEC(86400));
	assert_int_equal(c.names.ttl_grace_ns, NT_SEC(60));
	assert_int_equal(c.names.stale_for_ns, NT_SEC(3600));
	assert_int_equal(c.names.pin_after_ns, NT_SEC(60));
	assert_int_equal(c.names.query_life_ns, NT_SEC(30));
	assert_int_equal(c.names.max_queries, 65536);
	assert_int_equal(c.names.max_mappings, 1048576);
	assert_int_equal(c.names.max_addresses, 262144);
	assert_int_equal(c.names.max_names, 262144);
	assert_int_equal(c.names.max_name_bytes, 33554432);
	assert_int_equal(c.names.max_per_address, 65536);
	assert_int_equal(c.names.max_per_record, 8);
	assert_int_equal(c.relay.rate, 10000);
	assert_int_equal(c.relay.burst, 1000);
	assert_int_equal(c.relay.max_hold_ns, NT_SEC(5));
	assert_int_equal(c.stats.interval_ns, NT_SEC(300));
	assert_int_equal(c.read.slab_bytes, 524288);
	assert_int_equal(c.read.slabs, 8);
	assert_int_equal(c.read.ring_size, 4096);
	assert_int_equal(c.ports.count, 0);
	assert_int_equal(c.port.descriptors, 4096);
	assert_int_equal(c.port.mtu, 0);
	assert_int_equal(c.port.mbufs, 0);
	assert_int_equal(c.port.timestamps, NT_CONFIG_TIMESTAMPS_AUTO);
	assert_int_equal(c.port.distributor, NT_CONFIG_DISTRIBUTOR_AUTO);
	assert_true(c.port.promiscuous);
	assert_string_equal(c.lcores.cpus.text, "");
	assert_int_equal(c.lcores.idle, NT_CONFIG_IDLE_SLEEP);
	assert_int_equal(c.lcores.memory_mb, 0);
	assert_true(c.lcores.huge);
	assert_string_equal(c.run.dir.text, "/var/log/nametap");
	assert_string_equal(c.run.prefix.text, "nametap");
	assert_string_equal(c.run.snapshot.text, "");
	assert_int_equal(c.run.snapshot_interval_ns, NT_SEC(900));
	assert_int_equal(c.run.stuck_after_ns, NT_SEC(5));
	assert_true(c.run.prefault);
	assert_int_equal(nt_config_check(&c, NULL, NULL), 0);
}

static void
test_room_for_networks(void **state)
{
	struct nt_netset private = { 0 };

	(void)state;
	nt_netset_add_private(&private);
	assert_true(private.count + NT_CONFIG_NETS_MAX <= NT_NETSET_MAX);
}

static void
test_suggestions(void **state)
{
	static const char *const pairs[][2] = {
		{ "names.tll_min", "names.ttl_min" },
		{ "worker", "workers" },
		{ "wrokers", "workers" },
		{ "ttl_min", "names.ttl_min" },
		{ "read.ttl_min", "names.ttl_min" },
		{ "flow.tcp_syn_timeout", "flow.tcp_SYN_timeout" },
		{ "flow.tcp_session_time", "flow.tcp_session_timer" },
		{ "nmes", "names" },
		{ "relays", "relay" },
		{ "log.formats", "log.format" },
		{ "localnets", "local_nets" },
		{ "names.dns_port", "names.dns_ports" },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(pairs); i++) {
		const char *meant = config_key_suggest(pairs[i][0]);

		assert_non_null(meant);
		assert_string_equal(meant, pairs[i][1]);
	}
	assert_null(config_key_suggest("something else"));
	assert_null(config_key_suggest("names.bogus_thing"));
	assert_null(config_key_suggest("x"));
	assert_null(config_key_suggest("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.0.1.2."
				       "3.4.5"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_make_sense),
		cmocka_unit_test(test_every_field_has_one_key),
		cmocka_unit_test(test_every_group_has_keys),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_room_for_networks),
		cmocka_unit_test(test_suggestions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
