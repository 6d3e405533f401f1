/* SPDX-License-Identifier: BSD-3-Clause */
#include "complaints.h"

#include <config_device.h>

static struct nt_config cfg;
static struct complaints told;

static void
test_names(void **state)
{
	static const char *const good[] = { "0000:03:00.0", "03:00.7", "abcd:EF:1f.1", "net_pcap0",
		"net_af_packet0,iface=eth1", "net_null0,a,b=c d", "net_0", "0000:03:00.0,x=1" };
	static const char *const bad[] = { "", "net_", "net", "eth0", "net_pcap0,", "net_Pcap",
		"net_pcap 0", "0000:03:00.8", "0000:03:00", "000:03:00.0", "00000:03:00.0",
		"003:00.0", "03:0.0", "03:00.00", "03-00.0", "0000:03:00.0,", ",", "net_a-b",
		"0000:0000:03:00.0", "0000:", "03:" };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(good); i++)
		if (!config_device_valid(good[i]))
			fail_msg("'%s' was refused", good[i]);
	for (size_t i = 0; i < NT_ARRAY_SIZE(bad); i++)
		if (config_device_valid(bad[i]))
			fail_msg("'%s' was accepted", bad[i]);
	assert_int_equal(config_device_name_len("net_pcap0,rx_pcap=a"), 9);
	assert_int_equal(config_device_name_len("0000:03:00.0,x=1"), 12);
	assert_int_equal(config_device_name_len("03:00.0"), 7);
}

static void
test_same(void **state)
{
	(void)state;
	assert_true(config_device_same("0000:03:00.0", "03:00.0"));
	assert_true(config_device_same("0000:0A:00.0,x=1", "0000:0a:00.0"));
	assert_false(config_device_same("0001:03:00.0", "03:00.0"));
	assert_false(config_device_same("0000:03:00.0", "0000:03:00.1"));
	assert_true(config_device_same("net_pcap0,rx_pcap=a", "net_pcap0,rx_pcap=b"));
	assert_false(config_device_same("net_pcap0", "net_pcap01"));
	assert_false(config_device_same("net_pcap0", "net_null0"));
}

static void
test_list(void **state)
{
	(void)state;
	nt_config_default(&cfg);
	assert_int_equal(load(&cfg, &told,
				 "{\"ports\": [\"0000:03:00.0\", "
				 "\"net_pcap0,rx_pcap=a.pcap,rx_pcap=b.pcap\"]}"),
		0);
	assert_int_equal(cfg.ports.count, 2);
	assert_string_equal(cfg.ports.devices[0].text, "0000:03:00.0");
	assert_string_equal(cfg.ports.devices[1].text, "net_pcap0,rx_pcap=a.pcap,rx_pcap=b.pcap");
	assert_int_equal(load(&cfg, &told, "{\"ports\": [\"net_null0\"]}"), 0);
	assert_int_equal(cfg.ports.count, 1);
	assert_string_equal(cfg.ports.devices[1].text, "");
}

static void
test_refused(void **state)
{
	(void)state;
	nt_config_default(&cfg);
	assert_int_equal(
		load(&cfg, &told, "{\"ports\": [\"03:00.0\", \"0000:03:00.0,a=1\"]}"), -EINVAL);
	assert_string_equal(
		told.text, "t.json: ports[1]: \"0000:03:00.0,a=1\": this device stands twice\n");
	assert_int_equal(load(&cfg, &told, "{\"ports\": [\"eth0\", 1]}"), -EINVAL);
	assert_string_equal(told.text,
		"t.json: ports[0]: has to be a device, like \"0000:03:00.0\" or "
		"\"net_af_packet0,iface=eth1\", not \"eth0\"\n"
		"t.json: ports[1]: has to be a device, like \"0000:03:00.0\" or "
		"\"net_af_packet0,iface=eth1\", not 1\n");
	assert_int_equal(load(&cfg, &told, "{\"ports\": [\"net_null0\\u0000\"]}"), -EINVAL);
	assert_int_equal(load(&cfg, &told, "{\"ports\": [\"net_null0,\\u00eb\"]}"), -EINVAL);
	assert_int_equal(load(&cfg, &told, "{\"ports\": \"net_null0\"}"), -EINVAL);
	assert_int_equal(
		set(&cfg, &told,
			"ports=net_null0,net_null1,net_null2,net_null3,net_null4,net_null5,"
			"net_null6,net_null7,net_null8"),
		-EINVAL);
	assert_true(complaints_have(&told, "has 9 elements, at most 8"));
}

static void
test_length(void **state)
{
	char text[NT_CONFIG_DEVICE_MAX + 32];
	const char *const begin = "ports=net_tap0,";
	const size_t room = NT_CONFIG_DEVICE_MAX + strlen("ports=");

	(void)state;
	nt_config_default(&cfg);
	memset(text, 'x', sizeof(text));
	memcpy(text, begin, strlen(begin));
	text[room] = '\0';
	assert_int_equal(set(&cfg, &told, text), 0);
	assert_int_equal(strlen(cfg.ports.devices[0].text), NT_CONFIG_DEVICE_MAX);
	text[room] = 'x';
	text[room + 1] = '\0';
	assert_int_equal(set(&cfg, &told, text), -EINVAL);
	assert_true(complaints_have(&told, "has 512 characters, at most 511"));
}

/* A comma within a device's arguments divides nothing. */
static void
test_set(void **state)
{
	(void)state;
	nt_config_default(&cfg);
	assert_int_equal(set(&cfg, &told,
				 "ports=net_pcap0,rx_pcap=a,rx_pcap=b,0000:03:00.0,net_af_xdp0,"
				 "iface=e,force_copy=1"),
		0);
	assert_int_equal(cfg.ports.count, 3);
	assert_string_equal(cfg.ports.devices[0].text, "net_pcap0,rx_pcap=a,rx_pcap=b");
	assert_string_equal(cfg.ports.devices[1].text, "0000:03:00.0");
	assert_string_equal(cfg.ports.devices[2].text, "net_af_xdp0,iface=e,force_copy=1");
	assert_int_equal(set(&cfg, &told, "ports=[\"net_null0,a\",\"net_null1\"]"), 0);
	assert_int_equal(cfg.ports.count, 2);
	assert_int_equal(set(&cfg, &told, "ports=[]"), 0);
	assert_int_equal(cfg.ports.count, 0);
	assert_int_equal(set(&cfg, &told, "ports=net_null0,"), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_set),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
