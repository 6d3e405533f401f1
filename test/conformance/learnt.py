#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Is what Zeek saw in DNS and DHCP learnt? By source: learnt / expected.

usage: learnt.py [-v] [--shared DIR] [--jobs N] [--floor SOURCE=PERCENT]... NAMETAP

Reads every capture of ../shared/corpus for which a dns.log or dhcp.log is expected with `NAMETAP read
--names`, and looks for each (client, query, answer) of A, AAAA and PTR, and for each host name with an
address. Addresses that nothing may be named by (unspecified, loopback, multicast, broadcast) are counted
apart. The source `dns` is all of A, AAAA and PTR over UDP and TCP, `local` all over multicast DNS and LLMNR.
-v prints what is missing. Exit status 77 without the corpus, 1 below a floor.
"""
import ipaddress
import os
import sys

import names

NAMED = {"A", "AAAA", "PTR"}
LOCAL_PORTS = {5353, 5355}


def address(text):
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def unusable(a):
    return a.is_unspecified or a.is_loopback or a.is_multicast or str(a) == "255.255.255.255"


def reverse(query):
    """The address a reverse name stands for."""
    name = query.lower().rstrip(".")
    if name.endswith(".in-addr.arpa"):
        return address(".".join(reversed(name[:-13].split("."))))
    if name.endswith(".ip6.arpa"):
        nibbles = name[:-9].split(".")[::-1]
        return address(":".join("".join(nibbles[i:i + 4]) for i in range(0, 32, 4))) if len(nibbles) == 32 else None
    return None


def of_dns(r):
    """(source, client, address, name) of one record of dns.log."""
    kind, query = r.get("qtype_name"), r.get("query", "").lower()
    if kind not in NAMED or not query or r.get("id.resp_p") == 137 or r.get("rcode", 0) != 0:
        return
    local = r["id.resp_p"] in LOCAL_PORTS
    source = f"{kind} {'local' if local else r['proto']}"
    for answer in r.get("answers", []):
        addr = reverse(query) if kind == "PTR" else address(answer)
        if addr is not None:
            yield source, None if local else r["id.orig_h"], addr, answer.lower() if kind == "PTR" else query


def of_dhcp(r):
    addrs = {r.get(k) for k in ("assigned_addr", "requested_addr", "client_addr")} - {None}
    if "host_name" in r and "REQUEST" in r.get("msg_types", []) + ["REQUEST"] * ("ACK" in r.get("msg_types", [])):
        for a in addrs:
            yield "dhcp", None, address(a), r["host_name"].lower()


def with_groups(source):
    """What counts for a source counts for these, too."""
    kind, _, how = source.partition(" ")
    return {source, "local" if how == "local" else "dns" if kind in NAMED else source, "all"}


def check(a, capture):
    """(what is expected, is it learnt, what to say)"""
    expected = set()
    folder = os.path.join(a.expected, capture)
    for log, of in (("dns.log", of_dns), ("dhcp.log", of_dhcp)):
        for r in names.rows(os.path.join(folder, log)):
            expected.update(of(r))
    if not expected:
        return []
    told = {(r.get("client"), address(r["addr"]), r["name"]) for r in names.read(a, capture)[0]}
    anyone = {(addr, text) for _, addr, text in told}
    return [(e, (e[2], e[3]) in anyone if e[1] is None else e[1:] in told,
             f"{capture}: {e[0]}: {e[2]} is {e[3]}, told to {e[1] or 'nobody'}: missing")
            for e in sorted(expected, key=str)]


def main():
    a = names.arguments(__doc__)
    tally = names.Tally()
    for (source, _, addr, _), there, text in names.each(
            a, lambda c: check(a, c), names.captures(a, "dns.log", "dhcp.log")):
        tally.add(with_groups(source), there, unusable(addr))
        if a.verbose and not there and not unusable(addr):
            print(text)
    return tally.conclude(a.floor)


if __name__ == "__main__":
    sys.exit(main())
