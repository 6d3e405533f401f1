/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is a message of DHCPv4, DHCPv6 or NetBIOS's name service, read as all three. What must
 * hold of whatever comes out: bounds, lower case, no unusable address, and nothing of what the
 * message's storage held before.
 */
#include <stdlib.h>
#include <string.h>

#include <nt_dhcp.h>
#include <nt_nbns.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

static void
check_text(const char *text, size_t len, size_t max)
{
	CHECK(len > 0 && len <= max);
	for (size_t i = 0; i < len; i++)
		CHECK(text[i] < 'A' || text[i] > 'Z');
}

static void
check_addrs(const struct nt_addr *addrs, unsigned int count, unsigned int max)
{
	CHECK(count <= max);
	for (unsigned int i = 0; i < count; i++)
		CHECK(!nt_addr_is_unusable(&addrs[i]));
}

static void
check_dhcp(enum nt_dhcp_reason (*fn)(struct nt_dhcp_message *, const uint8_t *, size_t),
	const uint8_t *data, size_t size)
{
	struct nt_dhcp_message m[2];
	enum nt_dhcp_reason reason[2];

	for (int i = 0; i < 2; i++) {
		memset(&m[i], i == 0 ? 0x00 : 0xff, sizeof(m[i]));
		reason[i] = fn(&m[i], data, size);
	}
	CHECK(reason[0] == reason[1] && reason[0] < NT_DHCP_REASONS);
	if (reason[0] != NT_DHCP_OK)
		return;
	CHECK(m[0].name_count <= NT_DHCP_NAMES_MAX);
	CHECK(m[0].has_mac == m[1].has_mac && (m[0].has_mac || m[0].name_count > 0));
	CHECK(!m[0].has_mac || memcmp(m[0].mac, m[1].mac, sizeof(m[0].mac)) == 0);
	CHECK(m[0].addr_count > 0 && m[0].addr_count == m[1].addr_count);
	for (unsigned int i = 0; i < m[0].name_count; i++) {
		check_text(m[0].names[i].text, m[0].names[i].len, NT_DHCP_NAME_MAX);
		CHECK(memcmp(m[0].names[i].text, m[1].names[i].text, m[0].names[i].len) == 0);
	}
	check_addrs(m[0].addrs, m[0].addr_count, NT_DHCP_ADDRS_MAX);
}

static void
check_nbns(const uint8_t *data, size_t size)
{
	struct nt_nbns_message m[2];
	enum nt_nbns_reason reason[2];

	for (int i = 0; i < 2; i++) {
		memset(&m[i], i == 0 ? 0x00 : 0xff, sizeof(m[i]));
		reason[i] = nt_nbns_parse(&m[i], data, size);
	}
	CHECK(reason[0] == reason[1] && reason[0] < NT_NBNS_REASONS);
	if (reason[0] != NT_NBNS_OK)
		return;
	check_text(m[0].name, m[0].name_len, NT_NBNS_NAME_MAX);
	CHECK(memcmp(m[0].name, m[1].name, m[0].name_len) == 0 && m[0].suffix == m[1].suffix);
	CHECK(m[0].addr_count == m[1].addr_count);
	CHECK(!m[0].from_sender || (m[0].addr_count == 0 && m[0].response));
	check_addrs(m[0].addrs, m[0].addr_count, NT_NBNS_ADDRS_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_dhcp(nt_dhcp_parse, data, size);
	check_dhcp(nt_dhcp6_parse, data, size);
	check_nbns(data, size);
	CHECK(!nt_dhcp_confirm(data, size) || size > NT_DHCP_BYTES_MIN);
	return 0;
}
