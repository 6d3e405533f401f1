/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_cpu_list.h"

/* What follows the digits, or NULL where there are none; *ret stops growing once it is too large.
 */
static const char *
take_number(const char *text, uint32_t *ret)
{
	uint32_t n = 0;

	if (*text < '0' || *text > '9')
		return NULL;
	for (; *text >= '0' && *text <= '9'; text++)
		if (n < NT_CPU_LIST_MAX)
			n = n * 10 + (uint32_t)(*text - '0');
	*ret = n;
	return text;
}

static int
add_range(struct nt_cpu_list *list, uint32_t first, uint32_t last)
{
	if (last >= NT_CPU_LIST_MAX || first > last)
		return -ERANGE;
	for (uint32_t cpu = first; cpu <= last; cpu++) {
		if (nt_cpu_list_has(list, cpu))
			return -EEXIST;
		list->cpus[list->count++] = (uint16_t)cpu;
	}
	return 0;
}

int
nt_cpu_list_parse(const char *text, struct nt_cpu_list *ret)
{
	struct nt_cpu_list list = { 0 };
	uint32_t first = 0, last;
	bool more = *text != '\0';
	int err = 0;

	while (more && err == 0) {
		text = take_number(text, &first);
		last = first;
		if (text != NULL && *text == '-')
			text = take_number(text + 1, &last);
		if (text == NULL || (*text != ',' && *text != '\0'))
			return -EINVAL;
		err = add_range(&list, first, last);
		more = *text++ == ',';
	}
	if (err == 0)
		*ret = list;
	return err;
}

bool
nt_cpu_list_has(const struct nt_cpu_list *list, unsigned int cpu)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->cpus[i] == cpu)
			return true;
	return false;
}
