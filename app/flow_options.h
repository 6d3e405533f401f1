/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration of connections, as whoever keeps connections takes it. */
#ifndef FLOW_OPTIONS_H
#define FLOW_OPTIONS_H

#include <nt_config.h>
#include <nt_conn.h>

void flow_options(struct nt_conn_config *ret, const struct nt_config *c);

#endif
