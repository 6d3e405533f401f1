# SPDX-License-Identifier: BSD-3-Clause
"""Rules of naming, replayed on the truth: what a sensor that misses nothing reaches with them."""

import collections

from truth.named import Named


class Quiet:
    def add(self, kind, conn, said):
        pass


def in_order(conns, responses, when):
    """Connections (at the time under `when`) and genuine answers; answers first."""
    events = [(c[when], 1, c) for c in conns if c["name"] is not None]
    events += [(r["ts"], 0, r) for r in responses
               if r["addresses"] and not r["repeat"] and not r.get("spoofed")]
    events.sort(key=lambda e: e[:2])
    return events


def ideal(conns, responses, by_host, failures):
    """The rule of the name choice: client, else other; the latest first. A client is a host, or an
    address only."""
    def client(e, field):
        return e["host"] if by_host and e["host"] is not None else e[field]

    told = collections.defaultdict(dict)  # (client, address): name to (seen, expires)
    anyone = collections.defaultdict(dict)
    named = Named()
    for ts, is_conn, e in in_order(conns, responses, "ts"):
        if not is_conn:
            for address in e["addresses"]:
                for d in (told[client(e, "client"), address], anyone[address]):
                    d.pop(e["qname"], None)
                    d[e["qname"]] = ts + e["ttl"]
            continue
        for match, d in (("client", told[client(e, "id.orig_h"), e["id.resp_h"]]),
                         ("other", anyone[e["id.resp_h"]])):
            vals = [name for name, expires in reversed(d.items()) if expires > ts]
            if vals:
                break
        named.add(e, vals, match if vals else None, failures)
    return named


def usual(conns, responses):
    """The usual design: one map from address to the latest name, asked at the connection's end."""
    latest = {}
    named = Named()
    for _, is_conn, e in in_order(conns, responses, "last_ts"):
        if is_conn:
            name = latest.get(e["id.resp_h"])
            named.add(e, [name] if name else [], "latest" if name else None, Quiet())
        else:
            latest.update(dict.fromkeys(e["addresses"], e["qname"]))
    return named
