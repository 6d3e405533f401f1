/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <nt_port.h>

/* Every port is read as it is written. */
static void
test_round_trip(void **state)
{
	char text[NT_PORT_STRLEN], want[32];

	(void)state;
	for (unsigned int port = 1; port <= UINT16_MAX; port++) {
		struct nt_port p = { .port = (uint16_t)port,
			.proto = port % 2 ? NT_PORT_TCP : NT_PORT_UDP };
		struct nt_port again = { 0 };

		snprintf(want, sizeof(want), "%u/%s", port, port % 2 ? "tcp" : "udp");
		assert_int_equal(nt_port_format(&p, text), strlen(want));
		assert_string_equal(text, want);
		assert_int_equal(nt_port_parse(text, &again), 0);
		assert_memory_equal(&p, &again, sizeof(p));
	}
}

static void
test_refused(void **state)
{
	static const char *const texts[] = { "", "/", "/tcp", "1", "1/", "1/t", "1/tcpx", "1/sctp",
		"0/tcp", "01/tcp", "65536/tcp", "4294967297/udp", "99999999999999999999/udp",
		"-1/tcp", " 1/tcp", "1 /tcp", "1/tcp ", "1/TCP", "x/tcp" };
	struct nt_port p = { .port = 7 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(texts); i++)
		assert_int_equal(nt_port_parse(texts[i], &p), -EINVAL);
	assert_int_equal(p.port, 7);
}

static void
check_list(const struct nt_port_list *list)
{
	struct nt_port_list before = { 0 };

	assert_in_range(list->count, 1, NT_PORT_LIST_MAX);
	for (uint32_t i = 0; i < NT_PORT_LIST_MAX; i++) {
		const struct nt_port *p = &list->ports[i];

		if (i >= list->count) {
			assert_int_equal(p->port, 0);
			continue;
		}
		assert_true(p->port != 0 && (p->proto == NT_PORT_TCP || p->proto == NT_PORT_UDP));
		assert_false(nt_port_list_has(&before, p));
		before.ports[before.count++] = *p;
		assert_true(nt_port_list_has(&before, p));
	}
}

static void
test_defaults(void **state)
{
	const struct nt_port https = { .port = 443, .proto = NT_PORT_TCP };
	const struct nt_port syslog = { .port = 514, .proto = NT_PORT_TCP };

	(void)state;
	check_list(&nt_ports_likely_servers);
	check_list(&nt_ports_interactive);
	assert_true(nt_port_list_has(&nt_ports_likely_servers, &https));
	assert_false(nt_port_list_has(&nt_ports_likely_servers, &syslog));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
