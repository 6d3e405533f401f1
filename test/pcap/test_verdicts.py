#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""resp_lookup, NameTap::No_DNS_Lookup and NameTap::Name_Mismatch (docs/verdicts.md), case by case, with 1, 2, 3 and 8 workers.

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
from layer_maker import pieces

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


def framed(message):
    return struct.pack("!H", len(message)) + message


def one_way(packets, sender):
    return [p for p in packets if p[1][12:16] == m.packed(sender)]


def dns_tcp_gap(seconds, client):
    """An answer was not captured, but acknowledged."""
    packets = dns_tcp(seconds, client, "gap.example")
    return packets[:4] + packets[5:]


def long_answer(seconds, client, server, resolver=RESOLVER, keep=lambda found: found, port=53, size=1000):
    """A query, and its answer of 60 addresses, of which server is the last, in fragments."""
    name, cport = "long.example", next(ports)
    rtype = m.AAAA if ":" in server else m.A
    filler = ("2a02:9::%x" if ":" in server else "23.66.0.%d")
    answer = m.dns_response(5, name, rtype, [m.record(name, rtype, filler % i) for i in range(1, 60)]
                            + [m.record(name, rtype, server)])
    whole = m.ip(resolver, client, 17, m.udp(port, cport, answer))
    query = m.ip(client, resolver, 17, m.udp(cport, port, m.dns_query(5, name, rtype)))
    found = [part for _, part in pieces(whole, size, ident=cport)]
    return [(at(seconds), query)] + [(at(seconds + 0.001 * i), part) for i, part in enumerate(keep(found), 1)]


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
    long = m.dns_query(5, "long.example")
    yield case("in fragments", lambda c, s, o: long_answer(0, c, s) + tcp(1, c, s), "client")
    yield case("in fragments, backwards", lambda c, s, o: long_answer(0, c, s, keep=lambda f: f[::-1]) + tcp(1, c, s),
               "client")
    yield case("in fragments, of another", lambda c, s, o: long_answer(0, c, "23.79.0.9") + tcp(1, c, s), "none")
    yield case("a fragment is missing", lambda c, s, o: long_answer(0, c, s, keep=lambda f: f[:-1]) + tcp(1, c, s),
               "unknown", "an answer with fragments missing")
    yield case("a fragment was missing", lambda c, s, o: long_answer(0, c, s, keep=lambda f: f[:-1]) + tcp(62, c, s), "none")
    yield case("a fragment is missing, of somebody's", lambda c, s, o: long_answer(0, o, s, keep=lambda f: f[:-1])
               + tcp(1, c, s), "none")
    yield case("a fragment is missing, then whole", lambda c, s, o: long_answer(0, c, "23.79.0.8", keep=lambda f: f[:-1])
               + long_answer(0.5, c, "23.79.0.9") + tcp(1, c, s), "none")
    yield case("a fragment is missing, then whole over TCP", lambda c, s, o: long_answer(
        0, c, "23.79.0.8", keep=lambda f: f[:-1]) + dns_tcp(0.1, c, "long.example") + tcp(1, c, s), "none")
    yield case("a fragment is missing, then whole too late", lambda c, s, o: long_answer(
        0, c, "23.79.0.8", keep=lambda f: f[:-1]) + long_answer(1.5, c, "23.79.0.9") + tcp(2, c, s),
        "unknown", "an answer with fragments missing")
    yield case("an early fragment has the ports only", lambda c, s, o: long_answer(
        0, c, s, keep=lambda f: f[:1], size=8) + tcp(1, c, s), "unknown", "an answer with fragments missing")
    yield case("the first fragment is missing", lambda c, s, o: long_answer(0, c, s, keep=lambda f: f[1:])
               + tcp(1, c, s), "none")
    yield case("a fragment of a query is missing", lambda c, s, o: [(at(0), part) for _, part in pieces(
        m.ip(o, c, 17, m.udp(53, 53, long + bytes(1000))), 600)][:1] + tcp(1, c, s), "none")
    yield case("a fragment of something else is missing", lambda c, s, o: long_answer(
        0, c, s, keep=lambda f: f[:-1], port=99) + tcp(1, c, s), "none")
    yield case("TCP, queries only", lambda c, s, o: one_way(dns_tcp(0, c, "a.example"), c) + tcp(1, c, s),
               "unknown", "bytes missing in DNS over TCP")
    yield case("TCP, answers only", lambda c, s, o: one_way(m.tcp_connection(
        at(0), c, RESOLVER, next(ports), 53, b"", framed(m.dns_response(
            7, "a.example", m.A, [m.record("a.example", m.A, s)]))), RESOLVER) + tcp(1, c, s), "unknown", "a refused answer")
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


def run(name, packets, workers, *sets, frames=()):
    out = os.path.join(OUT, f"{name}-{workers}")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    capture = os.path.join(OUT, name + ".pcap")
    with open(capture, "wb") as f:
        f.write(m.pcap(sorted([*m.on(m.ethernet, packets), *frames], key=lambda p: p[0]), nanoseconds=True))
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


def mismatches(notices):
    """(originator, responder, port, seconds, n, with a connection), in order."""
    return sorted((x["src"], x["dst"], x["p"], round(x["ts"] - START / SEC), x["n"], "uid" in x)
                  for x in notices if x["note"] == "NameTap::Name_Mismatch")


def ech_hello(name):
    """The outer hello: an encrypted_client_hello beside the public name."""
    plain = client_hello(name)
    hello, ech = plain[9:], struct.pack("!HHB", 0xfe0d, 1, 0)
    at_extensions = 2 + 32 + 1 + 4 + 2
    hello = hello[:at_extensions] + struct.pack("!H", len(hello) - at_extensions - 2 + len(ech)) + hello[at_extensions + 2:] + ech
    handshake = b"\x01" + struct.pack("!I", len(hello))[1:] + hello
    return b"\x16\x03\x01" + struct.pack("!H", len(handshake)) + handshake


def mismatch_cases():
    """(case, packets, originator, responder, is it told): a client, a name and addresses each."""
    n = iter(range(1, 250))

    def case(what, make, want):
        i = next(n)
        c, s, other, name = f"10.1.{i}.1", f"23.1.{i}.2", f"23.1.{i}.3", f"n{i}.example"

        def asked(seconds, *servers, client=c, **how):
            return m.lookup(at(seconds), client, RESOLVER, name, servers, ident=next(ports), cport=next(ports), **how)

        def said(seconds, server=s, up=None, port=443, client=c, **how):
            return m.tcp_connection(at(seconds), client, server, next(ports), port,
                                    client_hello(name) if up is None else up, server_hello(), **how)
        return what, make(asked, said, s, other, name, f"10.1.{i}.9"), c, s, want

    host = "GET / HTTP/1.1\r\nHost: {}\r\n\r\n"
    yield case("elsewhere", lambda a, t, s, o, n, x: a(0, o) + t(1), True)
    yield case("HTTP", lambda a, t, s, o, n, x: a(0, o) + t(1, up=host.format(n).encode(), port=80), True)
    yield case("the right one", lambda a, t, s, o, n, x: a(0, s) + t(1), False)
    yield case("one of two", lambda a, t, s, o, n, x: a(0, o, s) + t(1), False)
    yield case("neither of two", lambda a, t, s, o, n, x: a(0, o, "23.99.0.1") + t(1), True)
    yield case("never looked up", lambda a, t, s, o, n, x: t(1), False)
    yield case("looked up by another", lambda a, t, s, o, n, x: a(0, o, client=x) + t(1), True)
    yield case("the right one, by another", lambda a, t, s, o, n, x: a(0, o) + a(0.5, s, client=x) + t(1), False)
    yield case("the right one before", lambda a, t, s, o, n, x: a(0, s) + a(10, o) + t(11), False)
    yield case("the right one within the grace", lambda a, t, s, o, n, x: a(0, o) + t(1) + a(1.9, s), False)
    yield case("the right one too late", lambda a, t, s, o, n, x: a(0, o) + t(1, step=SEC) + a(2.1, s), True)
    yield case("elsewhere, but later", lambda a, t, s, o, n, x: t(1) + a(1.5, o), False)
    yield case("the name comes late", lambda a, t, s, o, n, x: a(0, o) + t(1, step=10 * SEC), True)
    yield case("the name comes too late", lambda a, t, s, o, n, x: a(0, o) + [
        (when + (70 * SEC if k > 2 else 0), packet) for k, (when, packet) in enumerate(t(1))], False)
    yield case("long ago", lambda a, t, s, o, n, x: a(0, o) + t(90000), False)
    yield case("ECH", lambda a, t, s, o, n, x: a(0, o) + t(1, up=ech_hello(n)), False)
    yield case("by its CNAME", lambda a, t, s, o, n, x: a(0, m.record(n, m.CNAME, "c." + n), m.record("c." + n, m.A, s))
               + t(1), False)
    yield case("a CNAME elsewhere", lambda a, t, s, o, n, x: a(
        0, m.record(n, m.CNAME, "c." + n), m.record("c." + n, m.A, o)) + t(1), True)
    yield case("PTR only", lambda a, t, s, o, n, x: a(0, o) + m.lookup(
        at(0.5), x, RESOLVER, m.reverse_name(s), [n], m.PTR, ident=next(ports), cport=next(ports)) + t(1), True)
    yield case("the other family", lambda a, t, s, o, n, x: a(0, "2a02::9:9", rtype=m.AAAA) + t(1), False)
    yield case("joined", lambda a, t, s, o, n, x: a(0, o) + t(1)[3:], False)
    yield case("encrypted DNS", lambda a, t, s, o, n, x: tls(0, f"10.1.{s.split('.')[2]}.1", "23.98.0.1", 853, "")
               + a(0, o) + t(1), False)
    i = next(n)
    yield ("to inside", m.lookup(at(0), f"10.1.{i}.1", RESOLVER, "in.example", ["10.9.9.9"], ident=7)
           + tls(1, f"10.1.{i}.1", "10.9.9.8", 443, "in.example"), f"10.1.{i}.1", "10.9.9.8", False)
    yield ("allowed", m.lookup(at(0), f"10.1.{i}.1", RESOLVER, "dns.example", ["23.97.0.1"], ident=8)
           + tls(1, f"10.1.{i}.1", "9.9.9.9", 443, "dns.example"), f"10.1.{i}.1", "9.9.9.9", False)


def check_outer_names():
    """A name beside an encrypted ClientHello decides where the client has looked it up itself."""
    packets = []
    for i, said in enumerate(("a.example", "b.example", "show.example", "never.example")):
        c, s = f"10.2.{i}.1", f"23.20.{i}.1"
        for k, (name, client) in enumerate((("a.example", c), ("b.example", c), ("show.example", "10.2.9.9"))):
            packets += m.lookup(at(k / 10), client, RESOLVER, name, [s], ident=next(ports), cport=next(ports))
        packets += m.tcp_connection(at(1), c, s, next(ports), 443, ech_hello(said), server_hello())
    conns, _, _ = same("outer-names", packets)
    got = {r["id.orig_h"]: (r["server_name"], r["ech"], r["id.resp_h_name.vals"][0]) for r in conns if "server_name" in r}
    assert got == {"10.2.0.1": ("a.example", True, "a.example"), "10.2.1.1": ("b.example", True, "b.example"),
                   "10.2.2.1": ("show.example", True, "b.example"), "10.2.3.1": ("never.example", True, "b.example")}, got


def check_mismatches():
    all_cases = list(mismatch_cases())
    conns, notices, said = same("mismatches", [p for c in all_cases for p in c[1]])
    told = mismatches(notices)
    for what, _, client, server, want in all_cases:
        got = [x for x in told if x[:2] == (client, server)]
        assert len(got) == want, f"{what}: {got}"
    wanted = sum(c[4] for c in all_cases)
    assert len(told) == wanted, told
    line = re.search(r"(\d+)  with a server name that lookups have at other addresses$", said, re.M)
    assert line and int(line[1]) == wanted, said
    line = re.search(r"(\d+)  whose server name may be at other addresses, which can't be said$", said, re.M)
    assert line, said
    first = next(x for x in notices if x["note"] == "NameTap::Name_Mismatch" and x["src"] == "10.1.1.1")
    assert first["sub"] == "n1.example" and first["msg"] == \
        "10.1.1.1 went to 23.1.1.2:443/tcp as n1.example, which lookups have at 23.1.1.3", first
    uids = {r["uid"]: r for r in conns}
    for x in notices:
        if x["note"] == "NameTap::Name_Mismatch":
            assert uids[x["uid"]]["server_name"] == x["sub"] and uids[x["uid"]]["ts"] == x["ts"], x


def check_mismatch_suppression():
    """Its periods are its own; the sums hold; the record of what ended is not waited for."""
    c, s, packets = "10.0.0.1", "23.0.0.2", m.lookup(at(-1), "10.0.0.1", RESOLVER, "a.example", ["23.0.0.9"])
    for seconds in (0, 10, 1000, 3599, 3600, 3700):
        packets += tls(seconds, c, s, 443, "a.example")
    packets += tls(5, c, s, 444, "a.example") + tls(5, c, "23.0.0.3", 443, "a.example")
    _, notices, _ = same("mismatch-suppression", packets)
    assert mismatches(notices) == [
        (c, s, 443, 0, 1, True), (c, s, 443, 3599, 3, False), (c, s, 443, 3600, 1, True),
        (c, s, 443, 3700, 1, False), (c, s, 444, 5, 1, True), (c, "23.0.0.3", 443, 5, 1, True)], mismatches(notices)
    assert any("3 more times with a server name of other addresses" in x["msg"] for x in notices)
    assert sum(x["n"] for x in notices if x["note"] == "NameTap::No_DNS_Lookup") == 8


def neighbours(seconds, count):
    """ARP of so many hosts of the client's link."""
    for i in range(count):
        mac, address = bytes((2, 0, 0, 0, 1, i)), bytes((10, 0, 3, i + 1))
        yield at(seconds), (b"\xff" * 6 + mac + b"\x08\x06" + struct.pack("!HHBBH", 1, 0x800, 6, 4, 1)
                            + mac + address + bytes(6) + address)


def check_mismatch_caps():
    """Where something was given up, nothing is claimed: the right address may have been among it."""
    packets = []
    for i in range(100):
        packets += m.lookup(at(i / 100), "10.0.0.1", RESOLVER, f"m{i}.example", ["23.6.0.1"], ident=i + 1, cport=2000 + i)
    packets += m.lookup(at(2), "10.0.0.1", RESOLVER, "m0.example", ["23.6.0.9"])
    packets += tls(3, "10.0.0.1", "23.6.0.1", 443, "m0.example")
    for sets in (["names.max_per_address=16"], ["names.max_mappings=16"], ["names.max_names=16"]):
        for workers in (1, 3):
            _, notices, _ = run("mismatch-caps", packets, workers, *sets)
            assert not mismatches(notices), (sets, notices)
    one = m.lookup(at(0), "10.0.0.1", RESOLVER, "m.example", ["23.6.0.9"]) + tls(3, "10.0.0.1", "23.6.0.1", 443, "m.example")
    _, notices, _ = run("mismatch-alone", one, 1, "hosts.max_links=16")
    assert mismatches(notices), notices
    for workers in (1, 3):
        _, notices, _ = run("mismatch-links", one, workers, "hosts.max_links=16", frames=neighbours(1, 64))
        assert not mismatches(notices), notices


def check_small():
    """At the caps: whatever is said, it ends, and the sums hold (exit status)."""
    packets = []
    for i in range(200):
        packets += tcp(i / 1000, "10.0.0.1", f"23.4.{i}.1") + lookup(i / 1000, "10.0.0.1", f"23.5.{i}.1")
    for workers in (1, 3):
        conns, _, said = run("small", packets, workers, "flow.max=16", "notice.max_told=16", "notice.max_suppressed=16")
        assert not any(r.get("resp_lookup") == "client" and r["id.resp_h"].startswith("23.4") for r in conns)
        assert "flow.max was reached" in said or "because a notice.max_" in said, said


def main():
    for check in (check_cases, check_warm_up, check_allow, check_suppression, check_outer_names, check_mismatches,
                  check_mismatch_suppression, check_mismatch_caps, check_small):
        check()
        print(check.__name__, "ok", flush=True)


main()
