/* SPDX-License-Identifier: BSD-3-Clause */
/* Columns of conn.log: order, types, values, and that TSV and JSON say the same of every one. */
#include <stdio.h>

#include "rows.h"

static struct nt_conn_row row;

static void
order_and_types(void **state)
{
	static const char *const want[] = { "ts:time", "uid:string", "id.orig_h:addr",
		"id.orig_p:port", "id.resp_h:addr", "id.resp_p:port", "proto:enum",
		"service:string", "duration:interval", "orig_bytes:count", "resp_bytes:count",
		"conn_state:string", "local_orig:bool", "local_resp:bool", "missed_bytes:count",
		"history:string", "orig_pkts:count", "orig_ip_bytes:count", "resp_pkts:count",
		"resp_ip_bytes:count", "tunnel_parents:set[string]", "ip_proto:count",
		"id.orig_h_name.src:string", "id.orig_h_name.vals:vector[string]",
		"id.orig_h_name.more:bool", "id.resp_h_name.src:string",
		"id.resp_h_name.vals:vector[string]", "id.resp_h_name.more:bool",
		"id.resp_h_name.match:string", "id.resp_h_name.age:interval", "server_name:string",
		"server_name_addrs:vector[addr]", "ech:bool", "resp_lookup:string" };
	struct nt_log_column c;
	char got[64];

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(want); i++) {
		assert_non_null(nt_log_column(&c, &json_cfg, NT_LOG_CONN, i));
		(void)snprintf(got, sizeof(got), "%s:%s", c.name, c.type);
		assert_string_equal(got, want[i]);
		assert_true(strlen(c.help) > 0);
	}
	assert_null(nt_log_column(&c, &json_cfg, NT_LOG_CONN, NT_ARRAY_SIZE(want)));
}

static void
whole_json_line(void **state)
{
	(void)state;
	assert_string_equal(line_of(&json_cfg, row_plain(&row, "www.example.com", 15)),
		"{\"ts\":1531628253.224463,\"uid\":\"C2ALops063UfDVRKBz\""
		",\"id.orig_h\":\"10.0.0.201\",\"id.orig_p\":49842"
		",\"id.resp_h\":\"91.189.95.1\",\"id.resp_p\":443,\"proto\":\"tcp\""
		",\"service\":\"ssl\",\"duration\":0.250847,\"orig_bytes\":369,\"resp_bytes\":505"
		",\"conn_state\":\"SF\",\"local_orig\":true,\"local_resp\":false"
		",\"missed_bytes\":0,\"history\":\"ShADadfF\",\"orig_pkts\":5"
		",\"orig_ip_bytes\":581,\"resp_pkts\":100000000"
		",\"resp_ip_bytes\":9223372036854775807,\"ip_proto\":6"
		",\"id.resp_h_name.src\":\"DNS_A\""
		",\"id.resp_h_name.vals\":[\"www.example.com\"]"
		",\"id.resp_h_name.match\":\"client\",\"id.resp_h_name.age\":1.500000}");
}

static void
bare_row_leaves_out(void **state)
{
	static const char *const unset[] = { "service", "duration", "orig_bytes", "resp_bytes",
		"history", "tunnel_parents", "id.orig_h_name.src", "id.orig_h_name.vals",
		"id.resp_h_name.src", "id.resp_h_name.vals", "id.resp_h_name.match",
		"id.resp_h_name.age", "id.orig_h_name.more", "id.resp_h_name.more", "server_name",
		"server_name_addrs", "ech", "resp_lookup" };
	char *cells[CELLS_MAX];
	json_t *j;

	(void)state;
	row_plain(&row, NULL, 0);
	row.flags = 0;
	row.service = 0;
	row.history_len = 0;
	row.tail_len = 0;
	j = json_of(&json_cfg, &row);
	assert_int_equal(json_object_size(j), 34 - NT_ARRAY_SIZE(unset));
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(unset); i++)
		assert_null(json_object_get(j, unset[i]));
	assert_int_equal(split_cells(line_of(&tsv_cfg, &row), cells), 34);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(unset); i++)
		assert_string_equal(cells[column_of(&tsv_cfg, NT_LOG_CONN, unset[i])], "-");
	json_decref(j);
}

static void
string_at(const char *key, const char *want)
{
	json_t *j = json_of(&json_cfg, &row);

	if (want == NULL)
		assert_null(json_object_get(j, key));
	else
		assert_string_equal(json_string_value(json_object_get(j, key)), want);
	json_decref(j);
}

static void
labels(void **state)
{
	static const struct {
		uint8_t proto;
		const char *name;
	} protos[] = { { 1, "icmp" }, { 6, "tcp" }, { 17, "udp" }, { 58, "icmp" },
		{ 0, "unknown_transport" }, { 2, "unknown_transport" }, { 59, "unknown_transport" },
		{ 132, "unknown_transport" }, { 255, "unknown_transport" } };

	(void)state;
	row_plain(&row, "n", 1);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(protos); i++) {
		row.ip_proto = protos[i].proto;
		string_at("proto", protos[i].name);
	}
	for (unsigned int i = 0; i < NT_SOURCES + 3; i++) {
		row.resp_source = (uint8_t)i;
		string_at("id.resp_h_name.src", nt_source_label((enum nt_source)i));
	}
	for (unsigned int i = 0; i < NT_MATCHES + 3; i++) {
		row.resp_match = (uint8_t)i;
		string_at("id.resp_h_name.match", nt_match_label((enum nt_match)i));
	}
	for (unsigned int i = 0; i < NT_ROW_STATES + 3; i++) {
		row.conn_state = (uint8_t)i;
		string_at("conn_state", nt_row_state_name(i));
	}
}

static void
services(void **state)
{
	static const char *const names[] = { "ayiya", "dhcp", "dns", "dtls", "geneve", "gtpv1",
		"http", "quic", "ssl", "teredo", "vxlan" };

	(void)state;
	row_plain(&row, NULL, 0);
	static_assert(NT_ARRAY_SIZE(names) == NT_ROW_SERVICES, "all of them");
	for (uint32_t set = 0; set < 1u << NT_ROW_SERVICES; set++) {
		char want[96];
		struct nt_strbuf b = nt_strbuf_init(want, sizeof(want));

		for (unsigned int i = 0; i < NT_ROW_SERVICES; i++) {
			if ((set & 1u << i) == 0)
				continue;
			if (b.len > 0)
				nt_strbuf_char(&b, ',');
			nt_strbuf_str(&b, names[i]);
		}
		row.service = set;
		string_at("service", set != 0 ? nt_strbuf_cstr(&b) : NULL);
	}
	row.service = ~((1u << NT_ROW_SERVICES) - 1); /* there are no such */
	string_at("service", NULL);
}

/* Text of a number in the line, as it stands there. */
static void
number_at(const char *key, const char *want)
{
	char *line = line_of(&json_cfg, &row), *p, find[64];

	(void)snprintf(find, sizeof(find), "\"%s\":", key);
	p = strstr(line, find);
	assert_non_null(p);
	p += strlen(find);
	p[strcspn(p, ",}")] = '\0';
	assert_string_equal(p, want);
}

static void
times_are_rounded(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} times[] = { { 0, "0.000000" }, { 499, "0.000000" }, { 500, "0.000001" },
		{ 1531628253224463499, "1531628253.224463" },
		{ 1531628253224463500, "1531628253.224464" },
		{ 1531628253999999500, "1531628254.000000" }, { 999999999, "1.000000" },
		{ 99999999999999999, "100000000.000000" }, { 1000000000, "1.000000" },
		{ -499, "0.000000" }, { -500, "-0.000001" }, { -1500000000, "-1.500000" },
		{ INT64_MAX, "9223372036.854776" }, { INT64_MIN, "-9223372036.854776" } };

	(void)state;
	row_plain(&row, NULL, 0);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(times); i++) {
		row.ts_ns = row.resp_age_ns = row.duration_ns = times[i].ns;
		number_at("ts", times[i].text);
		number_at("duration", times[i].text);
		number_at("id.resp_h_name.age", times[i].text);
	}
}

static void
counts_of_every_length(void **state)
{
	char want[32];

	(void)state;
	row_plain(&row, NULL, 0);
	for (uint64_t v = 1; v != 0; v = v > UINT64_MAX / 10 ? 0 : v * 10) {
		for (int d = -1; d <= 1; d++) {
			row.missed_bytes = v + (uint64_t)d;
			(void)snprintf(
				want, sizeof(want), "%llu", (unsigned long long)row.missed_bytes);
			number_at("missed_bytes", want);
		}
	}
	row.missed_bytes = UINT64_MAX;
	number_at("missed_bytes", "18446744073709551615");
	for (uint32_t v = 0; v <= UINT16_MAX; v += v < 1100 ? 1 : 997) {
		row.orig_p = (uint16_t)v;
		(void)snprintf(want, sizeof(want), "%u", v);
		number_at("id.orig_p", want);
	}
}

static void
addresses(void **state)
{
	char want[NT_ADDR_STRLEN];

	(void)state;
	row_plain(&row, NULL, 0);
	for (unsigned int i = 0; i < 256; i++) {
		const uint8_t b[4] = { (uint8_t)i, (uint8_t)(i * 7), (uint8_t)~i,
			(uint8_t)(i / 3) };

		row.orig_h = nt_addr_v4(b);
		(void)nt_addr_format(&row.orig_h, want);
		string_at("id.orig_h", want);
	}
	assert_int_equal(nt_addr_parse("2001:db8::1", &row.orig_h), 0);
	string_at("id.orig_h", "2001:db8::1");
	assert_int_equal(nt_addr_parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", &row.orig_h), 0);
	string_at("id.orig_h", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

/* One cell against JSON's value of that column, by the column's type. */
static void
same_value(const char *cell, const char *type, const json_t *v)
{
	char text[4096];
	size_t n;

	if (strcmp(cell, "-") == 0) {
		assert_null(v);
	} else if (strcmp(type, "bool") == 0) {
		assert_string_equal(cell, json_is_true(v) ? "T" : "F");
	} else if (strcmp(type, "time") == 0 || strcmp(type, "interval") == 0) {
		assert_true(json_is_real(v) && strtod(cell, NULL) == json_real_value(v));
	} else if (strcmp(type, "count") == 0 || strcmp(type, "port") == 0) {
		assert_true(json_is_integer(v));
		assert_int_equal(strtoll(cell, NULL, 10), json_integer_value(v));
	} else if (strncmp(type, "vector", 6) == 0 || strcmp(type, "set[string]") == 0) {
		size_t i = 0;

		for (const char *p = cell; *p != '\0'; p += *p == ',', i++) {
			n = unescape(p, strcspn(p, ","), text);
			text[n] = '\0';
			assert_string_equal(text, json_string_value(json_array_get(v, i)));
			p += strcspn(p, ",");
		}
		assert_int_equal(i, json_array_size(v));
	} else {
		n = unescape(cell, strlen(cell), text);
		text[n] = '\0';
		assert_string_equal(text, json_string_value(v));
	}
}

static void
check_same(const struct nt_log_config *tsv, const struct nt_log_config *json)
{
	json_t *j = json_of(json, &row);
	char *cells[CELLS_MAX];
	unsigned int n = split_cells(line_of(tsv, &row), cells), set = 0;
	struct nt_log_column c;

	for (unsigned int i = 0; i < n; i++) {
		const json_t *v;

		assert_non_null(nt_log_column(&c, json, NT_LOG_CONN, i));
		v = json_object_get(j, c.name);
		set += v != NULL;
		same_value(cells[i], c.type, v);
	}
	assert_null(nt_log_column(&c, json, NT_LOG_CONN, n));
	assert_int_equal(set, json_object_size(j));
	json_decref(j);
}

static void
tsv_and_json_say_the_same(void **state)
{
	static const char *const names[] = { "a.example", "with,comma", "back\\slash", "-",
		"(empty)", "quote\"", "\xc3\xb1.example", "plain-and-rather-long.example.org" };
	uint64_t seed = 1;

	(void)state;
	for (unsigned int round = 0; round < 2000; round++) {
		seed = seed * 6364136223846793005 + 1442695040888963407;
		row_plain(&row, NULL, 0);
		row.flags = (uint16_t)(seed >> 33);
		row.ip_proto = (uint8_t)(seed >> 40);
		row.service = (seed >> 20) % 18;
		row.conn_state = (seed >> 24) % 14;
		row.orig_p = (uint16_t)(seed >> 48);
		row.ts_ns = (int64_t)(seed >> 3);
		row.duration_ns = (int64_t)(seed >> 10 >> (seed & 31));
		row.resp_age_ns = (seed & 1) != 0 ? row.duration_ns : -row.duration_ns;
		row.pkts[0] = seed >> 1 >> (seed >> 40) % 62;
		row.orig_names = (seed >> 8) % 4;
		row.resp_names = (seed >> 12) % 5;
		row.orig_source = (seed >> 16) % NT_SOURCES;
		row.resp_source = (seed >> 28) % NT_SOURCES;
		row.resp_match = (seed >> 36) % NT_MATCHES;
		for (unsigned int i = 0; i < row.orig_names + row.resp_names + 0u; i++) {
			const char *name = names[(seed >> (20 + 3 * i)) % NT_ARRAY_SIZE(names)];
			assert_true(nt_conn_row_name(&row, name, strlen(name)));
		}
		check_same(&tsv_cfg, &json_cfg);
		check_same(&tsv_short, &json_short);
	}
}

static void
both_spellings(void **state)
{
	static const char *const pairs[][2] = {
		{ "id.orig_h_name.src", "id_orig_h_n.src" },
		{ "id.orig_h_name.vals", "id_orig_h_n.vals" },
		{ "id.resp_h_name.src", "id_resp_h_n.src" },
		{ "id.resp_h_name.vals", "id_resp_h_n.vals" },
		{ "id.resp_h_name.match", "id_resp_h_n.match" },
		{ "id.resp_h_name.age", "id_resp_h_n.age" },
		{ "id.orig_h_name.more", "id_orig_h_n.more" },
		{ "id.resp_h_name.more", "id_resp_h_n.more" },
	};
	json_t *dotted, *brief;

	(void)state;
	row_plain(&row, NULL, 0);
	row.orig_names = row.resp_names = 1;
	row.flags |= NT_ROW_ORIG_MORE | NT_ROW_RESP_MORE;
	row.orig_source = NT_SOURCE_DNS_PTR;
	row.resp_source = NT_SOURCE_MDNS;
	row.resp_match = NT_MATCH_REVERSE;
	assert_true(nt_conn_row_name(&row, "orig", 4) && nt_conn_row_name(&row, "resp", 4));
	dotted = json_of(&json_cfg, &row);
	brief = json_of(&json_short, &row);
	assert_int_equal(json_object_size(dotted), json_object_size(brief));
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(pairs); i++) {
		json_t *a = json_object_get(dotted, pairs[i][0]);

		assert_true(json_equal(a, json_object_get(brief, pairs[i][1])));
		assert_null(json_object_get(dotted, pairs[i][1]));
		assert_null(json_object_get(brief, pairs[i][0]));
		assert_int_equal(column_of(&tsv_cfg, NT_LOG_CONN, pairs[i][0]),
			column_of(&tsv_short, NT_LOG_CONN, pairs[i][1]));
	}
	json_decref(dotted);
	json_decref(brief);
}

/* The end of the tail: the name that was asserted, its addresses. */
static void
server_names(void **state)
{
	static const uint8_t four[4] = { 192, 0, 2, 1 }, six[16] = { 0x20, 1, 0xd, 0xb8 };
	const struct nt_addr a = nt_addr_v4(four), b = nt_addr_v6(six);
	const char *line;

	(void)state;
	row_plain(&row, "one.example", 11);
	assert_true(nt_conn_row_server_name(&row, "a,\x01", 3));
	assert_true(nt_conn_row_server_addr(&row, &a) && nt_conn_row_server_addr(&row, &b));
	row.flags |= NT_ROW_ECH | NT_ROW_RESP_MORE;
	line = line_of(&json_cfg, &row);
	assert_non_null(strstr(line, "\"id.resp_h_name.vals\":[\"one.example\"]"
				     ",\"id.resp_h_name.more\":true,"));
	assert_non_null(strstr(line, ",\"server_name\":\"a,\\u0001\""
				     ",\"server_name_addrs\":[\"192.0.2.1\",\"2001:db8::\"]"
				     ",\"ech\":true}"));
	line = line_of(&tsv_cfg, &row);
	assert_non_null(strstr(line, "\ta,\\x01\t192.0.2.1,2001:db8::\tT"));
	check_same(&tsv_cfg, &json_cfg);
	for (unsigned int i = 2; i < NT_ROW_SERVER_ADDRS_MAX; i++)
		assert_true(nt_conn_row_server_addr(&row, &a));
	assert_false(nt_conn_row_server_addr(&row, &a));
	/* What the tail does not bear out. */
	row.tail_len = (uint16_t)(row.tail_len - 7 * sizeof(a) - 1);
	line = line_of(&json_cfg, &row);
	assert_null(strstr(line, "server_name_addrs"));
	row.tail_len--;
	row.tail_len = (uint16_t)(row.tail_len - sizeof(a) + 1);
	assert_null(strstr(line_of(&json_cfg, &row), "server_name"));
}

static void
header_and_footer(void **state)
{
	char text[NT_LOG_HEADER_MAX];
	struct nt_strbuf b = nt_strbuf_init(text, sizeof(text));
	const char *s;

	(void)state;
	setenv("TZ", "UTC", 1);
	nt_log_header(&b, &json_cfg, NT_LOG_CONN, NT_SEC(1531628253));
	nt_log_footer(&b, &json_cfg, NT_SEC(1531628253));
	assert_int_equal(b.len, 0);
	nt_log_header(&b, &tsv_cfg, NT_LOG_CONN, NT_SEC(1531628253));
	s = nt_strbuf_cstr(&b);
	assert_ptr_equal(strstr(s, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n"
				   "#unset_field\t-\n#path\tconn\n#open\t2018-07-15-04-17-33\n"
				   "#fields\tts\tuid\tid.orig_h\t"),
		s);
	assert_non_null(strstr(s, "\tresp_lookup\n#types\ttime\tstring\taddr\tport\t"));
	assert_non_null(strstr(s, "\tinterval\tstring\tvector[addr]\tbool\tstring\n"));
	b.len = 0;
	nt_log_footer(&b, &tsv_cfg, NT_SEC(1531628253));
	assert_string_equal(nt_strbuf_cstr(&b), "#close\t2018-07-15-04-17-33\n");
	b.len = 0;
	nt_log_header(&b, &tsv_cfg, NT_LOG_NAMECACHE, 0);
	assert_false(b.full);
	assert_string_equal(nt_log_path(NT_LOG_CONN), "conn");
	assert_string_equal(nt_log_path(NT_LOG_NAMECACHE), "namecache");
}

/* Zeek's names, types and order of what is asked for, and nothing of it where it isn't. */
static void
optional_columns(void **state)
{
	static const char *const want[] = { "vlan:int", "inner_vlan:int", "orig_l2_addr:string",
		"resp_l2_addr:string", "community_id:string" };
	const unsigned int at = column_of(&json_cfg, NT_LOG_CONN, "ip_proto") + 1;
	struct nt_log_config cfg = json_cfg;
	struct nt_log_column c;
	char got[64];

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(want); i++) {
		assert_non_null(nt_log_column(&c, &json_all, NT_LOG_CONN, at + i));
		(void)snprintf(got, sizeof(got), "%s:%s", c.name, c.type);
		assert_string_equal(got, want[i]);
	}
	assert_non_null(nt_log_column(&c, &json_all, NT_LOG_CONN, at + NT_ARRAY_SIZE(want)));
	assert_string_equal(c.name, "id.orig_h_name.src");
	cfg.options = NT_LOG_COMMUNITY_ID;
	assert_non_null(nt_log_column(&c, &cfg, NT_LOG_CONN, at));
	assert_string_equal(c.name, "community_id");
}

static void
put_all(struct nt_conn_row *r)
{
	static const uint8_t mac[6] = { 0x02, 0xab, 0, 0xcd, 0x9f, 0xff }, none[6];
	static const uint8_t id[NT_COMMUNITY_ID_BYTES] = "abcdefghijklmnopqrs";
	static const uint64_t parents[2][2] = { { 0, 0 }, { UINT64_MAX, UINT64_MAX } };

	row_plain(r, NULL, 0);
	r->vlan = 4095;
	assert_true(nt_conn_row_parent(r, parents[0]) && nt_conn_row_parent(r, parents[1]));
	assert_true(nt_conn_row_l2(r, mac, none));
	assert_true(nt_conn_row_community_id(r, id));
	assert_true(nt_conn_row_name(r, "a.example", 9));
	r->resp_names = 1;
}

static void
optional_values(void **state)
{
	char *cells[CELLS_MAX];
	json_t *j;

	(void)state;
	put_all(&row);
	assert_non_null(strstr(line_of(&json_all, &row),
		",\"tunnel_parents\":[\"C00000000000000000\",\"C4gfFC3LygHa16AHYF\"],\"ip_proto\":6"
		",\"vlan\":4095,\"orig_l2_addr\":\"02:ab:00:cd:9f:ff\""
		",\"community_id\":\"1:YWJjZGVmZ2hpamtsbW5vcHFycwA=\""
		",\"id.resp_h_name.vals\":[\"a.example\"]"));
	assert_int_equal(split_cells(line_of(&tsv_all, &row), cells), 39);
	assert_string_equal(cells[20], "C00000000000000000,C4gfFC3LygHa16AHYF");
	assert_string_equal(cells[22], "4095");
	assert_string_equal(cells[23], "-");
	assert_string_equal(cells[24], "02:ab:00:cd:9f:ff");
	assert_string_equal(cells[25], "-");
	assert_string_equal(cells[26], "1:YWJjZGVmZ2hpamtsbW5vcHFycwA=");
	check_same(&tsv_cfg, &json_cfg);
	j = json_of(&json_cfg, &row);
	assert_null(json_object_get(j, "vlan"));
	assert_null(json_object_get(j, "community_id"));
	assert_int_equal(json_array_size(json_object_get(j, "id.resp_h_name.vals")), 1);
	json_decref(j);
}

/* A tail that ends early has less of everything, in its order. */
static void
tail_cut(void **state)
{
	unsigned int last = 0;

	(void)state;
	put_all(&row);
	for (uint16_t len = 0, whole = row.tail_len; len <= whole; len++) {
		json_t *j;

		row.tail_len = len;
		j = json_of(&json_all, &row);
		assert_true(json_object_size(j) >= last);
		last = (unsigned int)json_object_size(j);
		json_decref(j);
	}
}

static void
begins(const char *line, const char *start)
{
	assert_int_equal(strncmp(line, start, strlen(start)), 0);
}

static void
origin(void **state)
{
	static const char start[] = "{\"_path\":\"conn\",\"_system_name\":\"tap 1\",\"ts\":";
	struct nt_log_config cfg = json_all;
	char name[NT_LOG_SENSOR_MAX + 10];

	(void)state;
	row_plain(&row, NULL, 0);
	begins(line_of(&cfg, &row), start);
	cfg.sensor = "";
	begins(line_of(&cfg, &row), "{\"_path\":\"conn\",\"ts\":");
	cfg.options = 0;
	begins(line_of(&cfg, &row), "{\"ts\":");
	memset(name, '"', sizeof(name));
	cfg.sensor = name; /* without an end, and cut */
	json_decref(json_of(&cfg, &row));
	begins(line_of(&tsv_all, &row), "1531628253.224463\t");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_and_types),
		cmocka_unit_test(whole_json_line),
		cmocka_unit_test(bare_row_leaves_out),
		cmocka_unit_test(labels),
		cmocka_unit_test(services),
		cmocka_unit_test(times_are_rounded),
		cmocka_unit_test(counts_of_every_length),
		cmocka_unit_test(addresses),
		cmocka_unit_test(tsv_and_json_say_the_same),
		cmocka_unit_test(both_spellings),
		cmocka_unit_test(server_names),
		cmocka_unit_test(header_and_footer),
		cmocka_unit_test(optional_columns),
		cmocka_unit_test(optional_values),
		cmocka_unit_test(tail_cut),
		cmocka_unit_test(origin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
