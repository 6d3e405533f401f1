/* SPDX-License-Identifier: BSD-3-Clause */
#include "intervals.h"

void
intervals_init(struct intervals *v, int64_t length_ns)
{
	v->length_ns = NT_SEC((length_ns + NT_NS_PER_SEC - 1) / NT_NS_PER_SEC);
	v->end_ns = INT64_MAX;
}

void
intervals_begin(struct intervals *v, int64_t clock_ns, int64_t offset_ns)
{
	const int64_t number = (clock_ns - offset_ns) / v->length_ns;
	v->end_ns = (number + 1) * v->length_ns + offset_ns;
}

bool
intervals_pass(struct intervals *v, int64_t clock_ns, int64_t offset_ns, int64_t *ret_end_ns)
{
	if (nt_likely(clock_ns < v->end_ns))
		return false;
	*ret_end_ns = v->end_ns;
	intervals_begin(v, clock_ns, offset_ns);
	return true;
}
