/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <nt_packet.h>

#include "capture_priv.h"

#define CLASSIC_HEADER 24

static int
check_link(const struct capture *c, struct nt_error *err)
{
	if (nt_link_supported(c->dlt))
		return 0;
	const char *name = pcap_datalink_val_to_name(c->dlt);
	return nt_error_set(err, -EPROTONOSUPPORT,
		"%s: link type %d (%s) is not one that nametap reads (Ethernet, Linux cooked v1 "
		"and v2, raw IP, BSD null and loop, PPP, FDDI, IEEE 802.11, NFLOG)",
		c->name, c->dlt, name != NULL ? name : "unknown");
}

static int
begin(struct capture *c, const char *filter, struct nt_error *err)
{
	const uint8_t *header;
	const ssize_t n = input_peek(c->input, &header, CLASSIC_HEADER);
	if (n < 0)
		return nt_error_set(err, (int)n, "%s: %s", c->name, input_reason(c->input, (int)n));
	if (n == 0)
		return nt_error_set(err, -EINVAL, "%s: empty, not a capture file", c->name);
	int code;
	if (filter == NULL && classic_recognize(c, header, (size_t)n))
		code = classic_begin(c, err);
	else
		code = other_begin(c, filter, err);
	return code != 0 ? code : check_link(c, err);
}

/* Input that has to wait: there is nothing to wait for but the stop. */
static bool
wait_on_input(void *arg)
{
	const struct slabs *s = arg;
	return s->wait(s->wait_arg, 0);
}

struct capture *
capture_open(const char *path, const char *filter, struct slabs *slabs, struct nt_error *err)
{
	struct capture *c = calloc(1, sizeof(*c));
	if (c == NULL) {
		nt_error_set(err, -ENOMEM, "%s: out of memory", path);
		return NULL;
	}
	c->name = strcmp(path, "-") == 0 ? "standard input" : path;
	c->slabs = slabs;
	c->input = input_open(path, wait_on_input, slabs, err);
	if (c->input == NULL || begin(c, filter, err) != 0) {
		capture_close(c);
		return NULL;
	}
	return c;
}

void
capture_close(struct capture *c)
{
	if (c == NULL)
		return;
	if (c->pcap != NULL)
		pcap_close(c->pcap); /* closes the input as well */
	else
		input_close(c->input);
	free(c);
}

int
capture_link(const struct capture *c)
{
	return c->dlt;
}

int
capture_burst(struct capture *c, uint64_t last_position, struct capture_packet *ret,
	unsigned int max, struct nt_error *err)
{
	const int n = c->pcap != NULL ? other_next(c, last_position, ret, err)
				      : classic_burst(c, last_position, ret, max, err);
	if (n > 0)
		c->packets += (unsigned int)n;
	return n;
}

uint64_t
capture_taken(const struct capture *c)
{
	return input_taken(c->input);
}

uint64_t
capture_size(const struct capture *c)
{
	return input_size(c->input);
}
