/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_device.h"

#include <string.h>
#include <strings.h>

#define VDEV_PREFIX "net_"

/* No locale. */
static const char hex[] = "0123456789abcdefABCDEF";
static const char word[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

static bool
ends_name(char c)
{
	return c == '\0' || c == ',';
}

/* "03:00.0": bus, device, function. */
static size_t
bus_len(const char *text)
{
	if (strspn(text, hex) != 2 || text[2] != ':' || strspn(text + 3, hex) != 2 ||
		text[5] != '.' || text[6] < '0' || text[6] > '7')
		return 0;
	return ends_name(text[7]) ? 7 : 0;
}

static size_t
domain_len(const char *text)
{
	return strspn(text, hex) == 4 && text[4] == ':' ? 5 : 0;
}

static size_t
pci_len(const char *text)
{
	const size_t domain = domain_len(text), bus = bus_len(text + domain);

	return bus != 0 ? domain + bus : 0;
}

size_t
config_device_name_len(const char *text)
{
	const size_t prefix = sizeof(VDEV_PREFIX) - 1;
	size_t len = 0;

	if (strncmp(text, VDEV_PREFIX, prefix) != 0)
		return pci_len(text);
	len = strspn(text + prefix, word);
	return len > 0 && ends_name(text[prefix + len]) ? prefix + len : 0;
}

bool
config_device_valid(const char *text)
{
	const size_t len = config_device_name_len(text);

	/* A comma promises arguments. */
	return len > 0 && text[strlen(text) - 1] != ',';
}

bool
config_device_same(const char *a, const char *b)
{
	static const char domain[] = "0000:";
	const size_t zero = sizeof(domain) - 1;

	a += strncmp(a, domain, zero) == 0 ? zero : 0;
	b += strncmp(b, domain, zero) == 0 ? zero : 0;
	const size_t len = config_device_name_len(a);
	return len == config_device_name_len(b) && strncasecmp(a, b, len) == 0;
}

const char *
config_device_end(const char *text)
{
	const char *comma = strchrnul(text, ',');

	while (*comma != '\0' && config_device_name_len(comma + 1) == 0)
		comma = strchrnul(comma + 1, ',');
	return comma;
}
