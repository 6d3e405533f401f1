/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The first octet says how the rest is cut into pieces that go both ways in turn: the whole
 * detector is fed. What must hold: the name is one, and services are among those there are.
 */
#include <stdlib.h>

#include <nt_detect.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

static void
check(const struct nt_detect *d)
{
	const struct nt_server_name *n = nt_detect_name(d);

	CHECK((nt_detect_services(d) & ~(unsigned int)(NT_DETECT_HTTP | NT_DETECT_TLS)) == 0);
	if (n == NULL)
		return;
	CHECK(n->len <= NT_SERVER_NAME_MAX);
	for (unsigned int i = 0; i < n->len; i++)
		CHECK(n->text[i] > ' ' && n->text[i] < 0x7f &&
			(n->text[i] < 'A' || n->text[i] > 'Z'));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nt_detect d;
	int dir = 0;

	if (size < 2)
		return 0;
	nt_detect_begin(&d, (data[0] & 1) != 0 ? 80 : 8081);
	const size_t piece = 1u + (data[0] >> 1);
	bool more = true;
	for (size_t at = 1; at < size && more; at += piece) {
		more = nt_detect_feed(&d, dir, data + at, NT_MIN(piece, size - at), at);
		if (more && data[at] == 0xfe)
			more = nt_detect_gap(&d, dir, data[at - 1]);
		dir ^= data[at] & 1;
		check(&d);
	}
	if (more)
		nt_detect_end(&d, dir, size);
	check(&d);
	return 0;
}
