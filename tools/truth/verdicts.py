# SPDX-License-Identifier: BSD-3-Clause
"""resp_lookup against the truth: was an address told to the client, to another, or to nobody?"""

import bisect
import collections
import ipaddress

PUBLIC = {}

# Seconds in which a client's first connection to an encrypted resolver may say so, or not yet.
SOON = 1.0


def public(address):
    if address not in PUBLIC:
        PUBLIC[address] = ipaddress.ip_address(address).is_global
    return PUBLIC[address]


class Verdicts:
    """Judged are the clients' connections to public addresses that began after the warm-up. For
    clients that use encrypted DNS nobody can tell, so `none` is wrong for these. Pings are not
    judged."""

    def __init__(self, conns, responses, grace, warm_up):
        self.grace = grace
        self.after = min((c["ts"] for c in conns), default=0) + warm_up
        self.told = collections.defaultdict(list)
        for r in responses:
            if not r.get("spoofed"):
                for address in r["addresses"]:
                    self.told[address].append((r["ts"], r["host"]))
        self.encrypted = {}  # host: since when
        for c in conns:
            if c["kind"] == "encrypted-dns":
                since = self.encrypted.get(c["host"], c["ts"])
                self.encrypted[c["host"]] = min(since, c["ts"])
        self.table = collections.Counter()

    def truth(self, conn):
        told = self.told.get(conn["id.resp_h"], [])
        until = bisect.bisect_right(told, conn["ts"] + self.grace, key=lambda t: t[0])
        if any(host == conn["host"] for _, host in told[:until]):
            return "client"
        if until > 0:
            return "other"
        if conn["host"] not in self.encrypted:
            return "none"
        after = conn["ts"] - self.encrypted[conn["host"]]
        if after > SOON:
            return "hidden"
        return "none" if after < -SOON else "at the same time"

    def add(self, conn, record, failures):
        if conn["host"] is None or conn["kind"] not in ("tcp", "udp"):
            return
        if conn["ts"] < self.after or not public(conn["id.resp_h"]):
            return
        truth, said = self.truth(conn), record.get("resp_lookup")
        self.table[truth, said] += 1
        if truth == "at the same time":
            return
        if truth == "none" and said != "none":
            failures.add("not found to have no lookup", conn, said)
        if truth != "none" and said == "none":
            failures.add("wrongly said to have no lookup", conn, truth)

    def count(self, truth=None, said=None):
        return sum(n for (t, s), n in self.table.items()
                   if truth in (None, t) and said in (None, s))

    def show(self):
        for truth in ("client", "other", "hidden", "at the same time", "none"):
            said = " ".join(f"{s}={n}" for (t, s), n in sorted(self.table.items(), key=str)
                            if t == truth)
            if said:
                print(f"truly {truth}: said {said}")
