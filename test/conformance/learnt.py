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
import argparse
import collections
import concurrent.futures
import ipaddress
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
NAMED = {"A", "AAAA", "PTR"}
LOCAL_PORTS = {5353, 5355}


def rows(path):
    """JSON lines, or nothing where there is no such log."""
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return [json.loads(line) for line in f if line.startswith("{")]
    except FileNotFoundError:
        return []


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


def check(a, name):
    expected = set()
    folder = os.path.join(a.shared, "expected", name)
    for r in rows(os.path.join(folder, "dns.log")):
        expected.update(of_dns(r))
    for r in rows(os.path.join(folder, "dhcp.log")):
        expected.update(of_dhcp(r))
    if not expected:
        return name, []
    with tempfile.TemporaryDirectory() as out:
        log = os.path.join(out, "names.json")
        subprocess.run([a.nametap, "read", "--quiet", "-o", out, "--names", log,
                        os.path.join(a.shared, "corpus", name)], check=False, stderr=subprocess.DEVNULL)
        told = {(r.get("client"), address(r["addr"]), r["name"]) for r in rows(log)}
    anyone = {(addr, text) for _, addr, text in told}
    return name, [(e, (e[2], e[3]) in anyone if e[1] is None else e[1:] in told) for e in sorted(expected, key=str)]


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("-v", action="store_true", dest="verbose")
    p.add_argument("--shared", default=os.path.join(HERE, "../../../shared"))
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--floor", action="append", default=[], metavar="SOURCE=PERCENT")
    p.add_argument("nametap")
    a = p.parse_args()
    root = os.path.join(a.shared, "expected")
    if not os.path.isdir(root):
        print("skipped: no", root)
        return 77
    names = sorted({os.path.relpath(d, root) for d, _, files in os.walk(root) if {"dns.log", "dhcp.log"} & set(files)})
    learnt, expected, apart = collections.Counter(), collections.Counter(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for name, found in pool.map(lambda n: check(a, n), names):
            for (source, client, addr, text), there in found:
                for s in with_groups(source):
                    apart[s] += unusable(addr) and not there
                    expected[s] += there or not unusable(addr)
                    learnt[s] += there
                if a.verbose and not there and not unusable(addr):
                    print(f"{name}: {source}: {addr} is {text}, told to {client or 'nobody'}: missing")
    for s in sorted(expected):
        print(f"{s:12} {learnt[s]:5}/{expected[s]:<5} {100 * learnt[s] / max(1, expected[s]):6.2f}%"
              f"  (unusable {apart[s]})")
    floors = [(s, float(percent)) for s, percent in (f.split("=") for f in a.floor)]
    low = [s for s, percent in floors if 100 * learnt[s] < percent * expected[s] or expected[s] == 0]
    figures = ", ".join(f"{s} {learnt[s]}/{expected[s]} (floor {percent:g} %)" for s, percent in floors)
    print("below the floor:" if low else "all floors held:", figures or "none")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
