/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Texts that name a DPDK device, and lists of them on a command line. Private to the library.
 * Stateless; any thread.
 */
#ifndef CONFIG_DEVICE_H
#define CONFIG_DEVICE_H

#include <nt_base.h>

/*
 * "0000:03:00.0" or "net_pcap0", with arguments behind a comma: what EAL's -a and --vdev take. Does
 * the text begin with such a name? Its length, or 0.
 */
size_t config_device_name_len(const char *text);
/* Whether more than the comma follows where one does. */
bool config_device_valid(const char *text);
/* Do they name the same device? (03:00.0 is 0000:03:00.0.) */
bool config_device_same(const char *a, const char *b);
/*
 * Where the first device of "net_pcap0,rx_pcap=a,0000:03:00.0" ends: at a comma behind which
 * another begins, or at the end.
 */
const char *config_device_end(const char *text);

#endif
