/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is a snapshot but for its checksum, which is made right here: what is loaded must be
 * mappings that caches take, in order.
 */
#include <stdlib.h>
#include <string.h>

#include <nt_snapshot.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

#define END_BYTES 21

static void
check_mappings(const struct nt_snapshot *s, int64_t now_ns)
{
	int64_t before_ns = INT64_MIN;
	for (uint64_t i = 0; i < nt_snapshot_mappings(s); i++) {
		struct nt_mapping m;
		char name[NT_MAPPING_NAME_MAX];
		nt_snapshot_mapping(s, i, &m);
		CHECK(m.position == i + 1 && m.seen_ns >= before_ns && m.expires_ns > now_ns &&
			m.seen_ns <= now_ns);
		CHECK(m.name_len > 0 && m.name_len <= sizeof(name));
		CHECK(m.source > NT_SOURCE_NONE && m.source < NT_SOURCES);
		memcpy(name, m.name, m.name_len); /* all of it is there */
		before_ns = m.seen_ns;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nt_error err;
	if (size < END_BYTES || size > 65536)
		return 0;
	uint8_t *bytes = malloc(size);
	memcpy(bytes, data, size);
	const uint32_t crc = (uint32_t)crc32(0, bytes, (unsigned int)(size - END_BYTES));
	for (unsigned int i = 0; i < 4; i++)
		bytes[size - 4 + i] = (uint8_t)(crc >> 8 * i);
	struct nt_snapshot *s = nt_snapshot_parse("input", bytes, size, 50, &err);
	if (s != NULL) {
		check_mappings(s, 50);
		for (uint64_t i = 1; i < nt_snapshot_tolds(s); i++)
			CHECK(nt_snapshot_told(s, i - 1).last_ns <= nt_snapshot_told(s, i).last_ns);
	}
	nt_snapshot_free(s);
	free(bytes);
	return 0;
}
