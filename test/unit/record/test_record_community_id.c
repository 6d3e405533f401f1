/* SPDX-License-Identifier: BSD-3-Clause */
/* The specification's own vectors (corelight/community-id-spec, baseline), and where there is none.
 */
#include <nt_community_id.h>

#include "rows.h"

static const struct vector {
	uint8_t proto;
	const char *orig_h, *resp_h;
	uint16_t orig_p, resp_p;
	const char *seed0, *seed1;
} vectors[] = {
	{ 58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 136,
		"1:dGHyGvjMfljg6Bppwm3bg0LO8TY=", "1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY=" },
	{ 58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 136, 135,
		"1:dGHyGvjMfljg6Bppwm3bg0LO8TY=", "1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY=" },
	{ 58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 135, 136,
		"1:zavyT/cezQr1fmImYCwYnMXbgck=", "1:2hSqmsDZ2kdcY9kbiUzOEBic0iM=" },
	{ 58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 136, 135,
		"1:zavyT/cezQr1fmImYCwYnMXbgck=", "1:2hSqmsDZ2kdcY9kbiUzOEBic0iM=" },
	{ 58, "3ffe:501:1800:2345::2", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0,
		"1:2ObVBgIn28oZvibYZhZMBgh7WdQ=", "1:lVEtCZpYu84Xqaa++3lXFyuu2n4=" },
	{ 58, "3ffe:501:410:0:2c0:dfff:fe47:33e", "3ffe:507:0:1:200:86ff:fe05:80da", 1, 4,
		"1:hLZd0XGWojozrvxqE0dWB1iM6R0=", "1:W8MHwXpWzpoSTD+cGcaJr4u0ys8=" },
	{ 58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:501:0:1001::2", 128, 129,
		"1:+TW+HtLHvV1xnGhV1lv7XoJrqQg=", "1:GfZxjAkDk2MkegpBYHV6tadtFXQ=" },
	{ 58, "3ffe:501:0:1001::2", "3ffe:507:0:1:200:86ff:fe05:80da", 129, 128,
		"1:+TW+HtLHvV1xnGhV1lv7XoJrqQg=", "1:GfZxjAkDk2MkegpBYHV6tadtFXQ=" },
	{ 58, "fe80::200:86ff:fe05:80da", "ff02::2", 133, 134,
		"1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0=", "1:L7Ka0ZMYu+J3bL4ulW2PrqyXNo8=" },
	{ 58, "fe80::260:97ff:fe07:69ea", "ff02::1", 134, 133,
		"1:pkvHqCL88/tg1k4cPigmZXUtL00=", "1:K/ee5UCqAMAQXDorP5nSa2CGLjc=" },
	{ 1, "192.168.0.89", "192.168.0.1", 8, 0,
		"1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", "1:03g6IloqVBdcZlPyX8r0hgoE7kA=" },
	{ 1, "192.168.0.1", "192.168.0.89", 0, 8,
		"1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", "1:03g6IloqVBdcZlPyX8r0hgoE7kA=" },
	{ 1, "10.0.0.1", "10.0.0.2", 11, 0,
		"1:YHxtAirCG//0OzkcVAukqKQN9xM=", "1:XjUibYHaafLQ3pxQeiMI8g25q20=" },
	{ 6, "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25,
		"1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=", "1:eJYTW6AOzFLlSUoESovMjnu7rMw=" },
	{ 6, "2607:f8b0:400c:c03::1a", "2001:470:e5bf:dead:4957:2174:e82c:4887", 25, 63943,
		"1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=", "1:eJYTW6AOzFLlSUoESovMjnu7rMw=" },
	{ 132, "192.168.170.8", "192.168.170.56", 7, 7,
		"1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=", "1:5w3ZRjeKBzqT3zsaEECDGjUbYeg=" },
	{ 132, "192.168.170.56", "192.168.170.8", 7, 7,
		"1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=", "1:5w3ZRjeKBzqT3zsaEECDGjUbYeg=" },
	{ 6, "128.232.110.120", "66.35.250.204", 34855, 80,
		"1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "1:3V71V58M3Ksw/yuFALMcW0LAHvc=" },
	{ 6, "66.35.250.204", "128.232.110.120", 80, 34855,
		"1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "1:3V71V58M3Ksw/yuFALMcW0LAHvc=" },
	{ 17, "192.168.1.52", "8.8.8.8", 54585, 53,
		"1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI=" },
	{ 17, "8.8.8.8", "192.168.1.52", 53, 54585,
		"1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI=" },
	{ 46, "10.1.12.1", "10.1.12.2", 0, 0,
		"1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=", "1:rYir8gphR31noO9iDRQmF/BteEI=" },
	{ 46, "10.1.12.2", "10.1.12.1", 0, 0,
		"1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=", "1:rYir8gphR31noO9iDRQmF/BteEI=" },
};

static struct nt_community_id_flow
flow_of(const struct vector *v)
{
	struct nt_community_id_flow f = {
		.orig_p = v->orig_p,
		.resp_p = v->resp_p,
		.ip_proto = v->proto,
	};

	assert_int_equal(nt_addr_parse(v->orig_h, &f.orig_h), 0);
	assert_int_equal(nt_addr_parse(v->resp_h, &f.resp_h), 0);
	return f;
}

static void
has_id(struct nt_community_id *c, const struct nt_community_id_flow *f, const char *want)
{
	uint8_t id[NT_COMMUNITY_ID_BYTES];
	char text[NT_COMMUNITY_ID_STRLEN];

	assert_true(nt_community_id_make(c, f, id));
	assert_int_equal(nt_community_id_format(id, text), NT_COMMUNITY_ID_STRLEN - 1);
	assert_string_equal(text, want);
}

static void
specification(void **state)
{
	struct nt_community_id *c0 = nt_community_id_new(0), *c1 = nt_community_id_new(1);

	(void)state;
	assert_true(c0 != NULL && c1 != NULL);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(vectors); i++) {
		const struct nt_community_id_flow f = flow_of(&vectors[i]);

		has_id(c0, &f, vectors[i].seed0);
		has_id(c1, &f, vectors[i].seed1);
	}
	nt_community_id_free(c0);
	nt_community_id_free(c1);
	nt_community_id_free(NULL);
}

/* Does the flow have the same ID from either end? */
static bool
symmetric(struct nt_community_id *c, uint8_t proto, uint16_t a, uint16_t b)
{
	static const uint8_t x[4] = { 10, 0, 0, 2 }, y[4] = { 10, 0, 0, 1 };
	const struct nt_community_id_flow f = {
		.orig_h = nt_addr_v4(x),
		.resp_h = nt_addr_v4(y),
		.orig_p = a,
		.resp_p = b,
		.ip_proto = proto,
	};
	const struct nt_community_id_flow g = {
		.orig_h = f.resp_h,
		.resp_h = f.orig_h,
		.orig_p = b,
		.resp_p = a,
		.ip_proto = proto,
	};
	uint8_t one[NT_COMMUNITY_ID_BYTES], other[NT_COMMUNITY_ID_BYTES];

	assert_true(nt_community_id_make(c, &f, one) && nt_community_id_make(c, &g, other));
	return memcmp(one, other, sizeof(one)) == 0;
}

static void
icmp_pairs(void **state)
{
	static const uint8_t v4[][2] = { { 8, 0 }, { 10, 9 }, { 13, 14 }, { 15, 16 }, { 17, 18 } };
	static const uint8_t v6[][2] = { { 128, 129 }, { 130, 131 }, { 133, 134 }, { 135, 136 },
		{ 139, 140 }, { 144, 145 } };
	static const uint8_t once4[] = { 3, 4, 5, 7, 11, 12, 19, 30, 40, 255 };
	static const uint8_t once6[] = { 1, 2, 3, 4, 127, 132, 137, 138, 141, 143, 146, 255 };
	struct nt_community_id *c = nt_community_id_new(0);

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(v4); i++)
		assert_true(symmetric(c, 1, v4[i][0], v4[i][1]));
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(v6); i++)
		assert_true(symmetric(c, 58, v6[i][0], v6[i][1]));
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(once4); i++)
		assert_false(symmetric(c, 1, once4[i], 1));
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(once6); i++)
		assert_false(symmetric(c, 58, once6[i], 0));
	assert_true(symmetric(c, 6, 1, 2) && symmetric(c, 17, 3, 3) && symmetric(c, 47, 0, 0));
	nt_community_id_free(c);
}

static void
none(void **state)
{
	struct nt_community_id_flow f = flow_of(&vectors[15]);
	struct nt_community_id *c = nt_community_id_new(0);
	uint8_t id[NT_COMMUNITY_ID_BYTES];

	(void)state;
	assert_int_equal(f.ip_proto, 132);
	f.orig_p = f.resp_p = 0;
	assert_false(nt_community_id_make(c, &f, id));
	f.ip_proto = 17;
	assert_true(nt_community_id_make(c, &f, id));
	f.resp_h.family = NT_FAMILY_IPV6;
	assert_false(nt_community_id_make(c, &f, id));
	f.orig_h.family = f.resp_h.family = NT_FAMILY_NONE;
	assert_false(nt_community_id_make(c, &f, id));
	nt_community_id_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(specification),
		cmocka_unit_test(icmp_pairs),
		cmocka_unit_test(none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
