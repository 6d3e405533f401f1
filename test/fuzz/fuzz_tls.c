/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The first octet says how long the pieces are. Whatever is fed: the name stays in its bounds and
 * is a name, and one piece gives what many give.
 */
#include <stdlib.h>
#include <string.h>

#include <nt_dtls.h>
#include <nt_tls.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

static unsigned int
play(const uint8_t *data, size_t size, size_t piece, struct nt_server_name *name)
{
	struct nt_tls t;
	unsigned int ret = 0;

	nt_tls_begin(&t);
	nt_server_name_clear(name);
	for (size_t at = 0; at < size && (ret & (NT_TLS_BAD | NT_TLS_OVER)) == 0; at += piece) {
		const size_t n = NT_MIN(piece, size - at);
		const unsigned int got = nt_tls_feed(&t, 0, data + at, n, name);
		if ((got & NT_TLS_NAME) != 0)
			CHECK(name->len > 0 && name->len <= NT_SERVER_NAME_MAX);
		ret |= got;
	}
	return ret;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nt_server_name one, many;

	if (size < 1)
		return 0;
	if (nt_dtls_hello(&one, data, size))
		CHECK(one.len <= NT_SERVER_NAME_MAX);
	else
		CHECK(one.len == 0);
	const unsigned int a = play(data + 1, size - 1, size, &one);
	const unsigned int b = play(data + 1, size - 1, 1 + data[0], &many);
	CHECK(a == b);
	if ((a & NT_TLS_BAD) == 0 && (a & NT_TLS_NAME) != 0)
		CHECK(one.len == many.len && memcmp(one.text, many.text, one.len) == 0);
	return 0;
}
