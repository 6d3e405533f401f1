/* SPDX-License-Identifier: BSD-3-Clause */
#include "complaints.h"

static struct nt_config cfg;
static struct complaints told;

static int
setup(void **state)
{
	(void)state;
	nt_config_default(&cfg);
	return 0;
}

static void
refused(const char *assignment, const char *lines)
{
	assert_int_equal(set(&cfg, &told, assignment), -EINVAL);
	assert_string_equal(told.text, lines);
}

static void
test_scalars(void **state)
{
	(void)state;
	assert_int_equal(set(&cfg, &told, "workers=4"), 0);
	assert_int_equal(cfg.workers, 4);
	assert_int_equal(set(&cfg, &told, "names.ttl_min=0.5"), 0);
	assert_int_equal(cfg.names.ttl_min_ns, NT_NS_PER_SEC / 2);
	assert_int_equal(set(&cfg, &told, "relay.rate= 100 "), 0);
	assert_int_equal(cfg.relay.rate, 100);
	assert_int_equal(set(&cfg, &told, "log.format=tsv"), 0);
	assert_int_equal(cfg.log.format, NT_CONFIG_TSV);
	assert_int_equal(set(&cfg, &told, "log.format=\"json\""), 0);
	assert_int_equal(cfg.log.format, NT_CONFIG_JSON);
}

static void
test_lists(void **state)
{
	struct nt_addr a;

	(void)state;
	assert_int_equal(set(&cfg, &told, "names.dns_ports=[53, 5300]"), 0);
	assert_int_equal(cfg.names.dns_ports.count, 2);
	assert_int_equal(cfg.names.dns_ports.ports[1], 5300);
	assert_int_equal(set(&cfg, &told, "names.dns_ports=5301"), 0);
	assert_int_equal(cfg.names.dns_ports.count, 1);
	assert_int_equal(set(&cfg, &told, "names.dns_ports=53,5302"), 0);
	assert_int_equal(cfg.names.dns_ports.ports[1], 5302);
	assert_int_equal(set(&cfg, &told, "flow.likely_server_ports=80/tcp,53/udp"), 0);
	assert_int_equal(cfg.flow.likely_server_ports.count, 2);
	assert_int_equal(cfg.flow.likely_server_ports.ports[1].port, 53);
	assert_int_equal(cfg.flow.likely_server_ports.ports[1].proto, NT_PORT_UDP);
	assert_int_equal(set(&cfg, &told, "names.mdns_ports=[]"), 0);
	assert_int_equal(cfg.names.mdns_ports.count, 0);
	assert_int_equal(set(&cfg, &told, "local_nets=8.8.0.0/16,2a00::/16"), 0);
	assert_int_equal(nt_addr_parse("2a00::1", &a), 0);
	assert_true(nt_netset_has(&cfg.local_nets, &a));
	assert_int_equal(nt_addr_parse("8.8.8.8", &a), 0);
	assert_true(nt_netset_has(&cfg.local_nets, &a));
	assert_int_equal(set(&cfg, &told, "local_nets=::/0"), 0);
	assert_false(nt_netset_has(&cfg.local_nets, &a));
	assert_int_equal(set(&cfg, &told, "local_nets=[\"8.0.0.0/8\"]"), 0);
	assert_true(nt_netset_has(&cfg.local_nets, &a));
}

/* Without quotes, and brackets that are an address's. */
static void
test_allow(void **state)
{
	static const char *const texts[] = { "notice.allow=:443", "notice.allow=[2001:db8::/32]:53",
		"notice.allow=[::1]", "notice.allow=[ABCD::1]:1,123/udp",
		"notice.allow=[\"[::1]:53\"]", "notice.allow=[]" };
	static const uint32_t counts[] = { 1, 1, 1, 2, 1, 0 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(texts); i++) {
		assert_int_equal(set(&cfg, &told, texts[i]), 0);
		assert_int_equal(cfg.notice.allow.count, counts[i]);
	}
	assert_int_equal(set(&cfg, &told, "notice.allow=[2001:db8::/32]:53"), 0);
	assert_int_equal(cfg.notice.allow.entries[0].port, 53);
	assert_int_equal(cfg.notice.allow.entries[0].net.prefix_len, 32);
}

static void
test_bad_values(void **state)
{
	(void)state;
	refused("workers=x", "workers: has to be a whole number (1 .. 16 lcores), not \"x\"\n");
	refused("workers=", "workers: has to be a whole number (1 .. 16 lcores), not \"\"\n");
	refused("workers=017", "workers: has to be a whole number (1 .. 16 lcores), not \"017\"\n");
	refused("workers=17", "workers: 17 is out of bounds (1 .. 16 lcores)\n");
	refused("workers=2=3", "workers: has to be a whole number (1 .. 16 lcores), not \"2=3\"\n");
	refused("log.format=JSON", "log.format: has to be \"json\" or \"tsv\", not \"JSON\"\n");
	refused("log.format=\xff", "log.format: its value is not UTF-8\n");
	refused("flow.likely_server_ports=80",
		"flow.likely_server_ports[0]: has to be a port, like \"80/tcp\" or \"53/udp\", not "
		"80\n");
	refused("flow.likely_server_ports=80/tcp,80/udp,80/tcp",
		"flow.likely_server_ports[2]: \"80/tcp\" stands twice\n");
	refused("names.dns_ports=",
		"names.dns_ports: has to be an array of ports, like [53], not \"\"\n");
	refused("names.dns_ports=53,",
		"names.dns_ports[1]: has to be a port (1 .. 65535), not \"\"\n");
	refused("names.dns_ports=[53",
		"names.dns_ports: has to be an array of ports, like [53], not "
		"\"[53\"\n");
	refused("names.dns_ports=53,\xff", "names.dns_ports: its value is not UTF-8\n");
	refused("local_nets=8.8.8.8,8.8.8",
		"local_nets[1]: has to be a network, like \"198.51.100.0/24\" or "
		"\"2001:db8::/32\", not \"8.8.8\"\n");
	refused("local_nets=8.8.0.0/16,8.8.8.8/24",
		"local_nets[1]: \"8.8.8.8/24\": the address has bits set behind the prefix\n");
	refused("notice.allow=[2001:db8::1/32]:53",
		"notice.allow[0]: \"[2001:db8::1/32]:53\": the address has bits set behind the "
		"prefix\n");
	refused("notice.allow=[\"53/udp\"",
		"notice.allow: has to be an array of addresses, networks and ports, like "
		"[\"123/udp\"], not \"[\\\"53/udp\\\"\"\n");
	refused("names.ttl_min=1d",
		"names.ttl_min: has to be a number (0 .. 86400 seconds), not \"1d\"\n");
}

static void
test_bad_keys(void **state)
{
	static char long_key[5000];

	(void)state;
	refused("names.tll_min=5", "names.tll_min: unknown key (did you mean names.ttl_min?)\n");
	refused("names=5", "names: is a group; name one of its keys (names.KEY=VALUE)\n");
	refused("bogus.thing=5", "bogus.thing: unknown key\n");
	refused("$schema=x", "$schema: unknown key\n");
	refused(" workers=1", " workers: unknown key (did you mean workers?)\n");
	refused("workers", "workers: has to be KEY=VALUE, as in workers=4\n");
	refused("=5", "=5: has to be KEY=VALUE, as in workers=4\n");
	refused("", ": has to be KEY=VALUE, as in workers=4\n");
	refused("\x1b[0m\n=5", "\\x1b[0m\\x0a: unknown key\n");
	memset(long_key, 'a', sizeof(long_key) - 1);
	assert_int_equal(set(&cfg, &told, long_key), -EINVAL);
	assert_true(told.len < 300);
	long_key[4000] = '=';
	assert_int_equal(set(&cfg, &told, long_key), -EINVAL);
	assert_true(told.len < 300);
	assert_int_equal(nt_config_set(&cfg, "workers=0", NULL, NULL), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_scalars, setup),
		cmocka_unit_test_setup(test_lists, setup),
		cmocka_unit_test_setup(test_allow, setup),
		cmocka_unit_test_setup(test_bad_values, setup),
		cmocka_unit_test_setup(test_bad_keys, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
