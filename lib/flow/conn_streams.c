/* SPDX-License-Identifier: BSD-3-Clause */
/* How far Zeek would have delivered a TCP connection's payload, for those who read it. */
#include "conn_priv.h"

/* Without the number that the FIN takes. */
static uint32_t
acked_payload(const struct nt_flow *f, const struct nt_flow_cold *cold, int dir)
{
	uint32_t acked = f->tcp.last_ack[dir], fin = cold->start_seq[dir] + cold->fin_seq[dir] - 1;

	return fin_seen(cold, dir) && (int32_t)(acked - fin) > 0 ? fin : acked;
}

uint64_t
nt_conn_streams(
	const struct nt_flow *f, const struct nt_flow_cold *cold, struct nt_conn_stream ret[2])
{
	uint64_t total = 0;

	for (int dir = 0; dir < 2; dir++) {
		const bool active = end_state(f, dir) != END_INACTIVE;

		ret[dir].start = cold->start_seq[dir] + 1;
		ret[dir].acked = active ? acked_payload(f, cold, dir) : ret[dir].start;
		ret[dir].partial = (f->tcp_flags & TCPF_PARTIAL) != 0;
		total += seq_size(f, cold, dir);
	}
	return total;
}
