#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""resp_lookup and NameTap::No_DNS_Lookup (docs/verdicts.md), case by case, with 1, 2, 3 and 8 workers.

usage: test_verdicts.py NAMETAP OUT
"""
import collections
import json
import os
import re
import shutil
import struct
import subprocess
import sys

import capture_maker as m
from capture_maker import SEC, START

NAMETAP, OUT = sys.argv[1:3]
RESOLVER = "10.99.0.53"
WORKERS = (1, 2, 3, 8)
ports = iter(range(20000, 60000))


def at(seconds):
    return START + round(seconds * SEC)


def tcp(seconds, client, server, port=443, up=b"hello"):
    return m.tcp_connection(at(seconds), client, server, next(ports), port, up)


def udp(seconds, client, server, port):
    return [(at(seconds), m.ip(client, server, 17, m.udp(next(ports), port, b"x" * 20)))]


def lookup(seconds, client, server, resolver=RESOLVER, **how):
    return m.lookup(at(seconds), client, resolver, "www.example.com",
                    [server], m.AAAA if ":" in server else m.A, ident=next(ports), cport=next(ports), **how)


def response(seconds, client, message, resolver=RESOLVER, query=b""):
    """A query, and what comes back for it."""
    port = next(ports)
    return [(at(seconds), m.ip(client, resolver, 17, m.udp(port, 53, query))),
            (at(seconds + 0.01), m.ip(resolver, client, 17, m.udp(53, port, message)))]


def client_hello(name):
    """TLS 1.2, as little as can be."""
    host = name.encode()
    extensions = b"" if not name else struct.pack("!HHHBH", 0, len(host) + 5, len(host) + 3, 0, len(host)) + host
    body = b"\x03\x03" + bytes(32) + b"\0" + b"\0\x02\x13\x01" + b"\x01\0" + struct.pack("!H", len(extensions)) + extensions
    handshake = b"\x01" + struct.pack("!I", len(body))[1:] + body
    return b"\x16\x03\x01" + struct.pack("!H", len(handshake)) + handshake


def server_hello():
    body = b"\x03\x03" + bytes(32) + b"\0" + b"\x13\x01" + b"\0"
    handshake = b"\x02" + struct.pack("!I", len(body))[1:] + body
    return b"\x16\x03\x03" + struct.pack("!H", len(handshake)) + handshake


def tls(seconds, client, server, port, name):
    return m.tcp_connection(at(seconds), client, server, next(ports), port, client_hello(name), server_hello())


def dns_tcp(seconds, client, name):
    query = m.dns_query(7, name)
    answer = m.dns_response(7, name, m.A, [m.record(name, m.A, "23.9.9.9")])
    return m.tcp_connection(at(seconds), client, RESOLVER, next(ports), 53,
                            struct.pack("!H", len(query)) + query, struct.pack("!H", len(answer)) + answer)


def dns_tcp_gap(seconds, client):
    """An answer was not captured, but acknowledged."""
    packets = dns_tcp(seconds, client, "gap.example")
    return packets[:4] + packets[5:]


def cases():
    """(case, packets, server of the connection, resp_lookup, reason of unknown); a client each."""
    n = iter(range(1, 250))

    def case(what, make, want, reason=None):
        i = next(n)
        c, s = f"10.0.{i}.1", f"23.0.{i}.2"
        return what, make(c, s, f"10.0.{i}.3"), c, s, want, reason

    question = ("cut.example", m.A)
    truncated = m.dns(5, 0x8380, question)
    broken = m.dns_response(5, "cut.example", m.A, [m.record("cut.example", m.A, "23.9.9.9")])[:-1]
    plain = m.dns_query(5, "cut.example")
    yield case("its own lookup", lambda c, s, o: lookup(0, c, s) + tcp(1, c, s), "client")
    yield case("over", lambda c, s, o: lookup(0, c, s) + tcp(90000, c, s), "client")
    yield case("somebody's", lambda c, s, o: lookup(0, o, s) + tcp(1, c, s), "other")
    yield case("no lookup", lambda c, s, o: tcp(1, c, s), "none")
    yield case("UDP", lambda c, s, o: udp(1, c, s, 9999), "none")
    yield case("within the grace", lambda c, s, o: tcp(1, c, s) + lookup(1.9, c, s), "client")
    yield case("too late", lambda c, s, o: m.tcp_connection(
        at(1), c, s, next(ports), step=SEC) + lookup(3, c, s), "none")
    yield case("another address", lambda c, s, o: lookup(0, c, "23.77.0.1") + tcp(1, c, s), "none")
    yield case("PTR", lambda c, s, o: m.lookup(at(0), c, RESOLVER, m.reverse_name(s), ["p.example"], m.PTR)
               + tcp(1, c, s), "none")
    yield case("joined", lambda c, s, o: tcp(1, c, s)[3:], "unknown", "their beginning was not seen")
    yield case("joined, told", lambda c, s, o: lookup(0, c, s) + tcp(1, c, s)[3:], "client")
    yield case("truncated", lambda c, s, o: response(0, c, truncated, query=plain) + tcp(59, c, s),
               "unknown", "a truncated answer")
    yield case("truncated long ago", lambda c, s, o: response(0, c, truncated, query=plain) + tcp(62, c, s), "none")
    yield case("truncated, then whole", lambda c, s, o: response(0, c, truncated, query=plain)
               + dns_tcp(0.1, c, "cut.example") + tcp(1, c, s), "none")
    yield case("truncated, then another", lambda c, s, o: response(0, c, truncated, query=plain)
               + dns_tcp(0.1, c, "uncut.example") + tcp(1, c, s), "unknown", "a truncated answer")
    yield case("truncated for another", lambda c, s, o: response(0, o, truncated, query=plain) + tcp(1, c, s), "none")
    yield case("malformed", lambda c, s, o: response(0, c, broken, query=plain) + tcp(1, c, s),
               "unknown", "a malformed answer")
    yield case("an error is no answer", lambda c, s, o: response(
        0, c, m.dns_response(5, "cut.example", m.A, [], 3), query=plain) + tcp(1, c, s), "none")
    yield case("not asked for", lambda c, s, o: response(
        0, c, m.dns_response(6, "cut.example", m.A, [m.record("cut.example", m.A, s)]), query=plain)
        + tcp(1, c, s), "unknown", "a refused answer")
    yield case("not asked for, of another", lambda c, s, o: response(
        0, c, m.dns_response(6, "cut.example", m.A, [m.record("cut.example", m.A, "23.78.0.1")]), query=plain)
        + tcp(1, c, s), "none")
    yield case("out of chain", lambda c, s, o: response(
        0, c, m.dns_response(5, "cut.example", m.A, [m.record("b.example", m.A, "23.78.0.2")]), query=plain)
        + tcp(1, c, s), "unknown", "a refused answer")
    yield case("gap", lambda c, s, o: dns_tcp_gap(0, c) + tcp(1, c, s), "unknown", "bytes missing in DNS over TCP")
    yield case("DoT", lambda c, s, o: tls(0, c, "23.79.0.1", 853, "") + tcp(3599, c, s), "unknown", "encrypted DNS")
    yield case("DoT long ago", lambda c, s, o: tls(0, c, "23.79.0.1", 853, "") + tcp(3602, c, s), "none")
    yield case("853 without TLS", lambda c, s, o: tcp(0, c, "23.79.0.1", 853) + tcp(1, c, s), "none")
    yield case("DoH", lambda c, s, o: lookup(0, c, "23.79.0.2") + tls(0.1, c, "23.79.0.2", 443, "DNS.google")
               + tcp(2, c, s), "unknown", "encrypted DNS")
    yield case("no DoH", lambda c, s, o: lookup(0, c, "23.79.0.3") + tls(0.1, c, "23.79.0.3", 443, "www.google")
               + tcp(2, c, s), "none")
    for what, s, port in (("a public resolver", "8.8.8.8", 443), ("multicast", "224.1.2.3", 9), ("local", "10.5.5.5", 9),
                          ("link-local", "169.254.1.1", 9), ("broadcast", "255.255.255.255", 9),
                          ("NTP", "23.80.0.1", 123), ("DNS", "23.80.0.2", 53)):
        i = next(n)
        c = f"10.0.{i}.1"
        yield what, udp(1, c, s, port), c, s, None, None
    i = next(n)
    yield "from outside", tcp(1, f"23.0.{i}.2", f"10.0.{i}.1"), f"23.0.{i}.2", f"10.0.{i}.1", None, None
    yield ("ping", [(at(1), m.ip(f"10.0.{i}.7", f"23.0.{i}.7", 1, m.icmp_echo(False)))], f"10.0.{i}.7",
           f"23.0.{i}.7", None, None)


def run(name, packets, workers, *sets):
    out = os.path.join(OUT, f"{name}-{workers}")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    capture = os.path.join(OUT, name + ".pcap")
    with open(capture, "wb") as f:
        f.write(m.pcap(sorted(m.on(m.ethernet, packets), key=lambda p: p[0]), nanoseconds=True))
    command = [NAMETAP, "read", "-j", str(workers), "-o", out]
    for s in sets:
        command += ["--set", s]
    r = subprocess.run(command + [capture], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert r.returncode == 0, (name, r.returncode, r.stderr)
    logs = {}
    for log in ("conn", "notice"):
        path = os.path.join(out, log + ".log")
        logs[log] = [json.loads(line) for line in open(path)] if os.path.exists(path) else []
    return logs["conn"], logs["notice"], r.stderr


def same(name, packets, *sets):
    """The logs, which are the same with any number of workers."""
    first = None
    for workers in WORKERS:
        conns, notices, said = run(name, packets, workers, *sets)
        have = [sorted(json.dumps(r) for r in log) for log in (conns, notices)]
        if first is None:
            first = conns, notices, said, have
        assert have == first[3], f"{name}: {workers} workers differ"
    return first[:3]


def verdicts(conns, client, server):
    return [r.get("resp_lookup") for r in conns if (r["id.orig_h"], r["id.resp_h"]) == (client, server)]


def check_cases():
    all_cases = list(cases())
    conns, notices, said = same("cases", [p for c in all_cases for p in c[1]])
    reasons = collections.Counter()
    for what, _, client, server, want, reason in all_cases:
        got = verdicts(conns, client, server)
        assert got == [want], f"{what}: {got}, not {want}"
        told = [x for x in notices if (x["src"], x["dst"]) == (client, server)]
        assert len(told) == (want == "none"), f"{what}: {told}"
        reasons[reason] += reason is not None
    for reason, count in reasons.items():
        if reason is not None:
            line = re.search(rf"(\d+)  because (?:of )?{re.escape(reason)}$", said, re.M)
            assert line and int(line[1]) == count, f"{reason}: {count}\n{said}"
    late = [r for r in conns if r.get("resp_lookup") == "none" and r.get("id.resp_h_name.match") == "late"]
    assert late, "a lookup that came too late is told"


def check_warm_up():
    c, s = "10.0.0.1", "23.0.0.2"
    packets = udp(0, "10.0.0.9", "10.0.0.8", 9) + tcp(299, c, s) + tcp(301, c, s, 444)
    conns, _, _ = same("warm-up", packets, "notice.warm_up=300")
    assert sorted((r["id.resp_p"], r["resp_lookup"]) for r in conns if r["id.resp_h"] == s) == \
        [(443, "unknown"), (444, "none")]


def check_allow():
    c = "10.0.0.1"
    packets = (tcp(0, c, "23.1.0.1") + tcp(0, c, "23.1.1.1", 80) + tcp(0, c, "23.1.1.2", 81) + tcp(0, c, "23.2.0.1", 99)
               + udp(0, c, "23.2.0.2", 99) + udp(0, c, "23.3.0.1", 53) + lookup(0, c, "23.9.0.1", "23.3.0.2")
               + tcp(0, "fd00::1", "2a02::1:1", 22) + tcp(0, "fd00::1", "2a02::1:2", 23))
    conns, _, _ = same("allow", packets, 'notice.allow=["23.1.0.1","23.1.1.0/24:80","99/udp","[2a02::/64]:22/tcp"]')
    got = {r["id.resp_h"]: r.get("resp_lookup") for r in conns}
    assert got == {"23.1.0.1": None, "23.1.1.1": None, "23.1.1.2": "none", "23.2.0.1": "none", "23.2.0.2": None,
                   "23.3.0.1": "none", "23.3.0.2": None, "2a02::1:1": None, "2a02::1:2": "none"}, got


def check_suppression():
    c, s, packets = "10.0.0.1", "23.0.0.2", []
    for seconds in (0, 10, 1000, 3599, 3600, 3700):
        packets += tcp(seconds, c, s)
    packets += tcp(5, c, s, 80) + tcp(5, c, "23.0.0.3") + tcp(9000, "10.0.7.7", "23.0.7.7")
    conns, notices, _ = same("suppression", packets)
    got = sorted((x["dst"], x["p"], round(x["ts"] - START / SEC), x["n"], "uid" in x) for x in notices)
    assert got == [("23.0.0.2", 80, 5, 1, True), ("23.0.0.2", 443, 0, 1, True), ("23.0.0.2", 443, 3599, 3, False),
                   ("23.0.0.2", 443, 3600, 1, True), ("23.0.0.2", 443, 3700, 1, False),
                   ("23.0.0.3", 443, 5, 1, True), ("23.0.7.7", 443, 9000, 1, True)], got
    assert sum(x["n"] for x in notices) == sum(r.get("resp_lookup") == "none" for r in conns)
    uids = {r["uid"] for r in conns}
    assert all(x["uid"] in uids for x in notices if "uid" in x)
    assert any("3 more times" in x["msg"] for x in notices)


def check_small():
    """At the caps: whatever is said, it ends, and the sums hold (exit status)."""
    packets = []
    for i in range(200):
        packets += tcp(i / 1000, "10.0.0.1", f"23.4.{i}.1") + lookup(i / 1000, "10.0.0.1", f"23.5.{i}.1")
    for workers in (1, 3):
        conns, _, said = run("small", packets, workers, "flow.max=16", "notice.max_told=16", "notice.max_suppressed=16")
        assert not any(r.get("resp_lookup") == "client" and r["id.resp_h"].startswith("23.4") for r in conns)
        assert "because flow.max was reached" in said or "because a notice.max_" in said, said


def main():
    for check in (check_cases, check_warm_up, check_allow, check_suppression, check_small):
        check()
        print(check.__name__, "ok", flush=True)


main()
