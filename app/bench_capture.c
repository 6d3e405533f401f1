/* SPDX-License-Identifier: BSD-3-Clause */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include <nt_flow_table.h>

#include "bench_capture.h"
#include "capture.h"
#include "slabs.h"

#define SLAB_BYTES	  (1 << 20)
#define SLABS		  2
#define LINGER_TCP_SEC	  10
#define LINGER_SEC	  60
#define LINGER_CLOSED_SEC 5
/* Positions of packets are 32 bits, and all of them stay in memory. */
#define PACKETS_MAX (UINT32_C(1) << 28)

static int
grow(void **array, uint32_t *room, uint32_t count, size_t size)
{
	if (count < *room)
		return 0;
	const uint32_t more = *room == 0 ? 4096 : *room * 2;
	void *p = realloc(*array, more * size);
	if (p == NULL)
		return -ENOMEM;
	*array = p;
	*room = more;
	return 0;
}

static int
grow_bytes(struct bench_capture *c, uint32_t more)
{
	if (c->byte_count + more <= c->byte_room)
		return 0;
	const uint64_t room = NT_MAX(c->byte_room * 2, UINT64_C(1) << 24);
	uint8_t *p = realloc(c->bytes, room);
	if (p == NULL)
		return -ENOMEM;
	c->bytes = p;
	c->byte_room = room;
	return 0;
}

void
bench_capture_begin(struct bench_capture *c, int link)
{
	*c = (struct bench_capture){ .link = link };
}

/* Where its bytes are is known at the end only, for they move while there come more. */
int
bench_capture_add(struct bench_capture *c, const uint8_t *data, uint32_t cap_len, uint32_t wire_len,
	int64_t ts_ns)
{
	if (c->count == PACKETS_MAX || grow_bytes(c, cap_len) != 0 ||
		grow((void **)&c->packets, &c->packet_room, c->count, sizeof(*c->packets)) != 0)
		return -ENOMEM;
	memcpy(c->bytes + c->byte_count, data, cap_len);
	c->packets[c->count] = (struct bench_packet){ .cap_len = cap_len, .wire_len = wire_len };
	if (c->count == 0)
		c->first_ns = c->last_ns = ts_ns;
	c->last_ns = NT_MAX(c->last_ns, ts_ns);
	c->longest = NT_MAX(c->longest, cap_len);
	c->byte_count += cap_len;
	c->wire_bytes += wire_len;
	c->count++;
	return 0;
}

/* --- addresses in DNS answers ----------------------------------------------------------------- */

struct walk {
	const uint8_t *msg;
	size_t len, at;
};

static unsigned int
take_u16(struct walk *w)
{
	const unsigned int v = w->at + 2 <= w->len ? w->msg[w->at] * 256u + w->msg[w->at + 1] : 0;
	w->at += 2;
	return v;
}

/* A name that is broken leads past the end. */
static void
skip_name(struct walk *w)
{
	while (w->at < w->len && w->msg[w->at] != 0) {
		if (w->msg[w->at] >= 0xc0) {
			w->at += 2;
			return;
		}
		w->at += 1u + w->msg[w->at];
	}
	w->at++;
}

static int
note_rdata(struct bench_capture *c, struct bench_packet *p, size_t at, uint8_t bytes)
{
	if (grow((void **)&c->rdata, &c->rdata_room, c->rdata_count, sizeof(*c->rdata)) != 0)
		return -ENOMEM;
	if (p->rdata_count == 0)
		p->rdata = c->rdata_count;
	p->rdata_count++;
	c->rdata[c->rdata_count++] = (struct bench_rdata){ .at = (uint16_t)at, .bytes = bytes };
	return 0;
}

/* Records of all sections; the length and place of A and AAAA. */
static int
find_rdata(struct bench_capture *c, struct bench_packet *p, const struct nt_packet *v)
{
	struct walk w = { .msg = v->payload, .len = v->payload_captured, .at = 4 };
	const unsigned int questions = take_u16(&w);
	unsigned int records = take_u16(&w) + take_u16(&w) + take_u16(&w);
	for (unsigned int i = 0; i < questions && w.at < w.len; i++) {
		skip_name(&w);
		w.at += 4;
	}
	for (; records != 0 && w.at < w.len; records--) {
		skip_name(&w);
		const unsigned int type = take_u16(&w);
		w.at += 6;
		const unsigned int len = take_u16(&w);
		const size_t in_packet = (size_t)(v->payload - p->data) + w.at;
		const bool is_addr = (type == 1 && len == 4) || (type == 28 && len == 16);
		w.at += len;
		if (is_addr && w.at <= w.len && in_packet <= UINT16_MAX &&
			note_rdata(c, p, in_packet, (uint8_t)len) != 0)
			return -ENOMEM;
	}
	return 0;
}

/* --- what a packet is ------------------------------------------------------------------------- */

static bool
is_dns(const struct nt_packet *v, const struct nt_config *cfg)
{
	const struct nt_ports *ports = &cfg->names.dns_ports;
	for (uint32_t i = 0; i < ports->count; i++)
		if (v->sport == ports->ports[i])
			return v->proto == IPPROTO_UDP && v->payload_captured > 12;
	return false;
}

static uint32_t
hash_pair(const struct nt_packet *v)
{
	uint64_t a[2], b[2];
	memcpy(a, v->src.bytes, sizeof(a));
	memcpy(b, v->dst.bytes, sizeof(b));
	const uint64_t sum = (a[0] ^ a[1]) + (b[0] ^ b[1]); /* either direction's */
	return (uint32_t)((sum * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

static int
describe(struct bench_capture *c, struct bench_packet *p, const struct nt_packet *v,
	const struct nt_config *cfg)
{
	if (v->mac != NULL && (v->flags & NT_PKT_L2_SENDER) == 0) {
		p->has_macs = true;
		p->macs_at = (uint16_t)(v->mac - p->data);
	}
	if (v->l3 == NULL || v->src.family == NT_FAMILY_NONE)
		return 0;
	const bool v4 = v->src.family == NT_FAMILY_IPV4;
	p->addr_bytes = v4 ? 4 : 16;
	p->addrs_at = (uint16_t)(v->l3 - p->data + (v4 ? 12 : 8));
	if (p->addrs_at + 2u * p->addr_bytes > p->cap_len)
		p->addrs_at = 0;
	p->pair = hash_pair(v);
	if (v->reason == NT_PACKET_OK && (v->proto == IPPROTO_TCP || v->proto == IPPROTO_UDP))
		p->ports_at = (uint16_t)(v->l4 - p->data);
	return v->reason == NT_PACKET_OK && is_dns(v, cfg) ? find_rdata(c, p, v) : 0;
}

/* Connections, and the packets from the first to the last of each. */
struct flows {
	struct nt_flow_table *table;
	uint64_t spans;
};

/* By five-tuple alone: one that is used again is one connection here. */
static void
follow(struct bench_capture *c, struct flows *f, const struct nt_packet *v, uint32_t n)
{
	struct nt_flow_key key;
	nt_flow_key_of(&key, v);
	const uint64_t hash = nt_flow_hash(f->table, &key);
	uint32_t idx = nt_flow_find(f->table, &key, hash);
	if (idx == NT_FLOW_NONE) {
		idx = nt_flow_insert(f->table, &key, hash);
		if (idx == NT_FLOW_NONE)
			return;
		c->flows++;
	}
	struct nt_flow *flow = nt_flow_at(f->table, idx);
	const uint64_t before = flow->last_position;
	flow->last_position = n;
	if (v->proto == IPPROTO_TCP)
		flow->tcp_flags |= v->tcp_flags & (TH_FIN | TH_RST);
	f->spans += before == 0 ? 1 : n - before;
}

/*
 * About as long as Zeek's timeouts let them; those of the capture's end may go on, if they have not
 * said that they don't.
 */
static int
linger_sec(const struct bench_capture *c, const struct nt_flow *flow)
{
	if (flow->tcp_flags != 0)
		return LINGER_CLOSED_SEC;
	if (flow->last_position >= (uint64_t)c->count * 9 / 10)
		return 0;
	return flow->key.proto == IPPROTO_TCP ? LINGER_TCP_SEC : LINGER_SEC;
}

static void
count_lingering(struct bench_capture *c, const struct flows *f)
{
	const double seconds = (double)(c->last_ns - c->first_ns) / NT_NS_PER_SEC;
	double lingering = 0;
	for (uint32_t i = 0; i < c->flows; i++)
		lingering += linger_sec(c, nt_flow_at(f->table, i));
	c->lingering = lingering / NT_MAX(seconds, 1.0);
}

static int
describe_all(struct bench_capture *c, const struct nt_config *cfg, struct flows *f)
{
	const uint8_t *data = c->bytes;
	for (uint32_t i = 0; i < c->count; i++) {
		struct bench_packet *p = &c->packets[i];
		struct nt_packet v;
		p->data = data;
		data += p->cap_len;
		nt_packet_decode(&v, p->data, p->cap_len, p->wire_len, c->link);
		if (describe(c, p, &v, cfg) != 0)
			return -ENOMEM;
		if (v.reason == NT_PACKET_OK)
			follow(c, f, &v, i + 1);
	}
	count_lingering(c, f);
	c->open = NT_MAX(1.0, (double)f->spans / NT_MAX(c->count, 1u));
	return 0;
}

int
bench_capture_end(struct bench_capture *c, const struct nt_config *cfg)
{
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct flows f = { .table = nt_flow_table_new(NT_MAX(c->count, 2u), &key) };
	const int err = f.table == NULL ? -ENOMEM : describe_all(c, cfg, &f);
	nt_flow_table_free(f.table);
	return err;
}

void
bench_capture_free(struct bench_capture *c)
{
	free(c->packets);
	free(c->rdata);
	free(c->bytes);
	*c = (struct bench_capture){ 0 };
}

/* --- from a file ------------------------------------------------------------------------------ */

/* Every packet is copied out before the next one is read. */
static bool
never_wait(void *arg, uint64_t position)
{
	(void)arg;
	(void)position;
	return true;
}

static int
read_all(struct bench_capture *c, struct capture *file, const char *path, struct nt_error *err)
{
	struct capture_packet p;
	int n;
	bench_capture_begin(c, capture_link(file));
	while ((n = capture_next(file, c->count, &p, err)) == 1)
		if (bench_capture_add(c, p.data, p.cap_len, p.wire_len, p.ts_ns) != 0)
			return nt_error_set(err, -ENOMEM, "%s: too large for memory", path);
	if (n == 0 && c->count == 0)
		return nt_error_set(err, -ENODATA, "%s: no packets", path);
	return n;
}

int
bench_capture_load(struct bench_capture *c, const char *path, const struct nt_config *cfg,
	struct nt_error *err)
{
	struct slabs slabs;
	*c = (struct bench_capture){ 0 };
	if (slabs_init(&slabs, SLAB_BYTES, SLABS, never_wait, NULL) != 0)
		return nt_error_set(err, -ENOMEM, "out of memory");
	struct capture *file = capture_open(path, NULL, &slabs, err);
	int code = file == NULL ? -EINVAL : read_all(c, file, path, err);
	capture_close(file);
	slabs_fini(&slabs);
	if (code == 0 && bench_capture_end(c, cfg) != 0)
		code = nt_error_set(err, -ENOMEM, "%s: too large for memory", path);
	if (code != 0)
		bench_capture_free(c);
	return code;
}
