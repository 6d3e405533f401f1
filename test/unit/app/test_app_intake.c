/* SPDX-License-Identifier: BSD-3-Clause */
/* VLAN tags that a port or the kernel took off and told beside the packet are put back into it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <pcap/pcap.h>

#include <rte_mbuf.h>

#include "intake.h"
#include "live_ports.h"

#define ADDRESSES 12 /* two of Ethernet */
#define TAG	  4
#define ONE	  (RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED)
#define TWO	  (ONE | RTE_MBUF_F_RX_QINQ | RTE_MBUF_F_RX_QINQ_STRIPPED)

struct fixture {
	struct nt_config config;
	struct ports ports;
	struct port port;
	struct intake in;
	struct rte_mempool *pool;
	struct rte_mbuf *got; /* the last packet pushed */
	unsigned int count;
};

static bool
push(void *arg, unsigned int worker, struct rte_mbuf *m)
{
	struct fixture *x = arg;
	assert_int_equal(worker, 0);
	if (mbuf_meta(m)->kind == MBUF_OUTER) {
		rte_pktmbuf_free(m);
		return true;
	}
	x->got = m;
	x->count++;
	return true;
}

static bool
passed(void *arg, uint64_t position)
{
	(void)arg;
	(void)position;
	return true;
}

static int
setup(void **state)
{
	static struct fixture x;
	const struct intake_config cfg = {
		.config = &x.config,
		.ports = &x.ports,
		.workers = 1,
		.uid_key = nt_hash_key_fixed(),
		.push = push,
		.passed = passed,
		.arg = &x,
	};
	memset(&x, 0, sizeof(x));
	nt_config_default(&x.config);
	x.port.link = DLT_EN10MB;
	x.pool = rte_pktmbuf_pool_create("intake", 15, 0, sizeof(struct mbuf_meta),
		RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	assert_non_null(x.pool);
	x.ports.handles = x.pool;
	assert_int_equal(intake_init(&x.in, &cfg), 0);
	*state = &x;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *x = *state;
	assert_int_equal(rte_mempool_avail_count(x->pool), x->pool->size);
	intake_fini(&x->in);
	rte_mempool_free(x->pool);
	return 0;
}

static struct rte_mbuf *
mbuf_of(struct fixture *x, const struct frame *f, uint64_t flags, uint16_t tci, uint16_t outer)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(x->pool);
	assert_non_null(m);
	memcpy(rte_pktmbuf_append(m, (uint16_t)f->len), f->b, f->len);
	m->ol_flags |= flags;
	m->vlan_tci = tci;
	m->vlan_tci_outer = outer;
	return m;
}

/* The packet that is handed on is the frame with these tags, in hex. */
static void
assert_tagged(struct fixture *x, struct rte_mbuf *m, const struct frame *f, const char *tags)
{
	const uint32_t more = (uint32_t)strlen(tags) / 2;
	uint8_t want[2 * TAG];
	unsigned int before = x->count;
	for (uint32_t i = 0; i < more; i++) {
		unsigned int byte;
		assert_int_equal(sscanf(tags + 2 * i, "%2x", &byte), 1);
		want[i] = (uint8_t)byte;
	}
	intake_packet(&x->in, &x->port, m, 77);
	assert_int_equal(x->count, before + 1);
	const struct mbuf_meta *meta = mbuf_meta(x->got);
	assert_int_equal(meta->kind, MBUF_PACKET);
	assert_int_equal(meta->at.position, 77);
	assert_int_equal(meta->cap_len, f->len + more);
	assert_int_equal(meta->wire_len, f->len + more);
	assert_int_equal(meta->frame_len, f->len + more);
	assert_memory_equal(meta->data, f->b, ADDRESSES);
	assert_memory_equal(meta->data + ADDRESSES, want, more);
	assert_memory_equal(meta->data + ADDRESSES + more, f->b + ADDRESSES, f->len - ADDRESSES);
	assert_int_equal(x->got->ol_flags & TWO & ~(RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_QINQ), 0);
	rte_pktmbuf_free(x->got);
}

static void
test_tags(void **state)
{
	struct fixture *x = *state;
	const struct frame f = frame_udp(1, 2, 30, 9);
	assert_tagged(x, mbuf_of(x, &f, 0, 7, 8), &f, "");
	/* It is told, but still there: a port that only reads it. */
	assert_tagged(x, mbuf_of(x, &f, RTE_MBUF_F_RX_VLAN, 7, 8), &f, "");
	assert_tagged(x, mbuf_of(x, &f, ONE, 7, 8), &f, "81000007");
	assert_tagged(x, mbuf_of(x, &f, ONE, 0xefff, 8), &f, "8100efff"); /* priority and all */
	/* The outer one comes first on the wire. */
	assert_tagged(x, mbuf_of(x, &f, TWO, 7, 0x123), &f, "8100012381000007");
}

/* In a tunnel the frame is the outer packet; what is inside has no tag of its own. */
static void
test_tunnel(void **state)
{
	struct fixture *x = *state;
	const struct frame in = frame_udp(1, 2, 30, 9), f = frame_vxlan(7, 8, &in);
	const uint32_t at = f.len - in.len + TAG;
	intake_packet(&x->in, &x->port, mbuf_of(x, &f, ONE, 7, 0), 77);
	assert_int_equal(x->count, 1);
	const struct mbuf_meta *meta = mbuf_meta(x->got);
	assert_int_equal(meta->frame_len, f.len + TAG);
	assert_int_equal(meta->cap_len, in.len);
	assert_ptr_equal(meta->data, rte_pktmbuf_mtod_offset(x->got, const uint8_t *, at));
	rte_pktmbuf_free(x->got);
}

/* Without room in front for one, or for the second of two, the packet goes without. */
static void
test_no_room(void **state)
{
	struct fixture *x = *state;
	const struct frame f = frame_udp(1, 2, 30, 9);
	struct rte_mbuf *m = mbuf_of(x, &f, ONE, 7, 0);
	memmove(m->buf_addr, rte_pktmbuf_mtod(m, uint8_t *), f.len);
	m->data_off = 0;
	assert_tagged(x, m, &f, "");
	m = mbuf_of(x, &f, TWO, 7, 0x123);
	memmove((uint8_t *)m->buf_addr + TAG, rte_pktmbuf_mtod(m, uint8_t *), f.len);
	m->data_off = TAG;
	assert_tagged(x, m, &f, "81000007");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tags, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tunnel, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_room, setup, teardown),
	};
	return cmocka_run_group_tests(tests, live_eal_start, live_eal_stop);
}
