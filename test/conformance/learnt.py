#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Is what Zeek saw in DNS and DHCP learnt? By source: learnt / expected.

usage: learnt.py [-v] [--shared DIR] [--jobs N] [--floor PERCENT] NAMETAP

Reads every capture of ../shared/corpus for which a dns.log or dhcp.log is expected with `NAMETAP read
--names`, and looks for each (client, query, answer) of A, AAAA and PTR, and for each host name with an
address. Addresses that nothing may be named by (unspecified, loopback, multicast, broadcast) are counted
apart. -v prints what is missing. Exit status 77 without the corpus, 1 below the floor.
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
            yield "DHCP", None, address(a), r["host_name"].lower()


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
    p.add_argument("--floor", type=float, default=0)
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
                if unusable(addr) and not there:
                    apart[source] += 1
                    continue
                expected[source] += 1
                learnt[source] += there
                if a.verbose and not there:
                    print(f"{name}: {source}: {addr} is {text}, told to {client or 'nobody'}: missing")
    for source in sorted(expected):
        print(f"{source:12} {learnt[source]:5}/{expected[source]:<5} {100 * learnt[source] / expected[source]:6.2f}%"
              f"  (unusable {apart[source]})")
    share = 100 * sum(learnt.values()) / max(1, sum(expected.values()))
    print(f"all          {sum(learnt.values()):5}/{sum(expected.values()):<5} {share:6.2f}%")
    return share < a.floor


if __name__ == "__main__":
    sys.exit(main())
