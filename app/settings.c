/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include "settings.h"

struct settings *
settings_new(const struct nt_config *config)
{
	struct settings *s = calloc(1, sizeof(*s));
	if (s == NULL)
		return NULL;
	s->config = *config;
	s->allow = nt_allow_index_new(&s->config.notice.allow); /* which it goes on reading */
	if (s->allow == NULL) {
		const int err = errno;
		settings_free(s);
		errno = err;
		return NULL;
	}
	return s;
}

void
settings_free(struct settings *s)
{
	if (s == NULL)
		return;
	nt_allow_index_free(s->allow);
	free(s);
}
