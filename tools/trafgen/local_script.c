/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"
#include "local_msg.h"

/* The packets in which a host tells its name. */

static size_t
build(const struct tg_gen *g, const struct tg_local_script *s, bool second, uint8_t *out)
{
	const struct tg_client *c = &g->net.clients[s->client];
	struct tg_endpoint v4, v6;
	struct tg_self self = {
		.v4 = c->v4 ? v4.addr : NULL, .v6 = c->v6 ? v6.addr : NULL, .id = s->id
	};

	tg_net_client(&g->net, s->client, false, &v4);
	tg_net_client(&g->net, s->client, true, &v6);
	tg_net_hardware(s->client, self.mac);
	tg_net_host_name(s->client, self.name);
	switch (s->what) {
	case TG_TELLS_MDNS:
		return tg_local_mdns(&self, out);
	case TG_TELLS_LLMNR:
		return tg_local_llmnr(&self, s->answer, out);
	case TG_TELLS_NBNS:
		return tg_local_nbns(&self, out);
	default:
		return tg_local_dhcp(&self, second, out);
	}
}

uint64_t
tg_local_step(struct tg_gen *g, struct tg_flow *f)
{
	bool second = f->packets[0] > 0;
	uint8_t message[TG_LOCAL_MAX];
	size_t len = build(g, &f->local, second, message);

	tg_send_udp(g, f, f->local.answer || second, message, len);
	if (f->local.what == TG_TELLS_DHCP && !second)
		return f->rtt_us * UINT64_C(1000);
	return TG_DONE;
}
