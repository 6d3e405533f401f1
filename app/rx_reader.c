/* SPDX-License-Identifier: BSD-3-Clause */
#include "reader.h"
#include "rx.h"

static unsigned int
burst(struct rx *rx, struct rte_mbuf **mbufs, struct nt_mark_value *ret_R)
{
	struct reader *reader = ((struct rx_reader *)rx)->reader;
	*ret_R = nt_mark_acquire(reader_mark(reader));
	return reader_take(reader, mbufs);
}

/* The reader knows when its turn is over. */
static void
give_back(struct rx *rx NT_UNUSED, struct rte_mbuf **mbufs NT_UNUSED, unsigned int n NT_UNUSED)
{
}

static void
idle(struct rx *rx)
{
	(void)nt_relay_step(((struct rx_reader *)rx)->relay, 0);
}

void
rx_reader_init(struct rx_reader *r, struct reader *reader, struct nt_relay *relay)
{
	*r = (struct rx_reader){
		.rx = { .near = true, .burst = burst, .give_back = give_back, .idle = idle },
		.reader = reader,
		.relay = relay,
	};
}
