/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "recent.h"

void
recent_read(
	struct recent *r, const struct nt_histogram *all, int64_t now_ns, struct nt_histogram *ret)
{
	struct nt_histogram now;
	memset(&now, 0, sizeof(now));
	nt_histogram_merge(&now, all); /* a copy: its owner goes on */
	if (now_ns - r->between_ns >= RECENT_NS) {
		r->before = r->between;
		r->between = now;
		r->between_ns = now_ns;
	}
	*ret = now;
	nt_histogram_since(ret, &r->before);
}
