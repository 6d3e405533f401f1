#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_dns: one hand-made DNS message each, right ones and every wrong kind.

usage: make_dns_seeds.py [DIRECTORY]   (default: seeds/dns beside this script)
"""
import os
import struct
import sys

A, NS, CNAME, SOA, PTR, TXT, AAAA, OPT, SVCB, HTTPS = 1, 2, 5, 6, 12, 16, 28, 41, 64, 65
QNAME = b"\xc0\x0c"  # a pointer to the question's name
V6 = bytes.fromhex("20010db8000000000000000000000001")


def name(text):
    labels = [label.encode() for label in text.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def pointer(offset):
    return struct.pack("!H", 0xC000 | offset)


def header(flags=0x8180, qd=1, an=0, ns=0, ar=0):
    return struct.pack("!6H", 0x1234, flags, qd, an, ns, ar)


def question(text, qtype=A, qclass=1):
    return name(text) + struct.pack("!2H", qtype, qclass)


def record(owner, rtype, rdata, ttl=300, rclass=1, rdlength=None):
    length = len(rdata) if rdlength is None else rdlength
    return owner + struct.pack("!2HIH", rtype, rclass, ttl, length) + rdata


def response(text, *records, qtype=A):
    return header(an=len(records)) + question(text, qtype) + b"".join(records)


def address(owner=QNAME, last=1):
    return record(owner, A, bytes([192, 0, 2, last]))


def chain(length):
    names = [f"n{i}.example" for i in range(length + 1)]
    links = [record(name(a), CNAME, name(b)) for a, b in zip(names, names[1:])]
    return response(names[0], *reversed(links), address(name(names[-1])))


def pointers(count):
    """A name behind so many pointers, each in the rdata of a TXT record."""
    at, target, records = 12 + len(question("a")), 12, []
    for _ in range(count):
        records.append(record(b"\0", TXT, pointer(target)))
        at, target = at + len(records[-1]), at + 11
    return response("a", *records, address(pointer(target)))


def binding(priority, target, *params, owner=QNAME, rtype=HTTPS):
    rdata = struct.pack("!H", priority) + name(target)
    for key, value in params:
        rdata += struct.pack("!2H", key, len(value)) + value
    return record(owner, rtype, rdata)


HINT4 = (4, bytes([192, 0, 2, 1, 192, 0, 2, 2]))
HINT6 = (6, V6)
ALPN = (1, b"\x02h2\x02h3")

REVERSE4 = "1.2.0.192.in-addr.arpa"
REVERSE6 = ".".join(f"{V6.hex()[::-1][i]}" for i in range(32)) + ".ip6.arpa"
FLUSH = 0x8001

SEEDS = {
    "query": header(0x0100, ar=1) + question("wWw.Example.COM") + record(b"\0", OPT, b"", 0, 1232),
    "two-addresses": response("www.example.com", address(), address(last=2)),
    "aaaa": response("www.example.com", record(QNAME, AAAA, V6), qtype=AAAA),
    "uncompressed": response("a.example", address(name("A.EXAMPLE"))),
    "sections": header(an=1, ns=1, ar=2) + question("a.example") + address()
    + record(pointer(14), NS, b"\x02ns" + pointer(14)) + address(b"\x02ns" + pointer(14))
    + record(b"\0", OPT, b"\0\x0a\0\x02hi", 0, 4096),
    "cname": response("a.example", record(QNAME, CNAME, b"\x03cdn" + pointer(14)),
                      address(pointer(12 + 15 + 12))),
    "chain-10-reversed": chain(10),
    "chain-11": chain(11),
    "cname-loop": response("a", record(QNAME, CNAME, name("b")), record(name("b"), CNAME, QNAME)),
    "cname-self": response("a", record(QNAME, CNAME, QNAME), address()),
    "cname-branch": response("a", record(QNAME, CNAME, name("b")), record(QNAME, CNAME, name("c"))),
    "out-of-chain": response("a.example", address(), address(name("b.example"), 2)),
    "unusable": response("a.example", record(QNAME, A, bytes([127, 0, 0, 1]))),
    "ptr4": response(REVERSE4, record(QNAME, PTR, name("Host.Example")), qtype=PTR),
    "ptr6": response(REVERSE6, record(QNAME, PTR, name("host.example")), qtype=PTR),
    "ptr-rfc2317": response(REVERSE4, record(QNAME, CNAME, b"\x011\x040/25" + pointer(14)),
                            record(b"\x011\x040/25" + pointer(14), PTR, name("host.example")),
                            qtype=PTR),
    "escapes": header(an=1) + b"\x04a.\\b\x00" + struct.pack("!2H", A, 1) + address(),
    "root": response("", address()),
    "nxdomain": header(0x8183, ns=1) + question("no.example")
    + record(pointer(15), SOA, QNAME + QNAME + bytes(20)),
    "truncated": header(0x8380) + question("a.example"),
    "chaos": header() + question("version.bind", TXT, 3),
    "notify": header(0x2000) + question("example", SOA),
    "no-question": header(0x8181, qd=0),
    "two-questions": header(0x0100, qd=2) + question("a") + question("b"),
    "header-cut": header()[:11],
    "pointer-self": header() + pointer(12) + struct.pack("!2H", A, 1),
    "pointer-loop": response("a", address(b"\x01b" + pointer(19))),
    "pointer-forward": response("a", address(pointer(60)), address()),
    "pointer-header": response("a", address(pointer(4))),
    "pointers-16": pointers(15),
    "pointers-17": pointers(16),
    "label-type": header() + b"\x40aaaa\0" + struct.pack("!2H", A, 1),
    "name-255": header(0x0100) + (b"\x3f" + b"x" * 63) * 3 + b"\x3d" + b"y" * 61 + b"\0"
    + struct.pack("!2H", A, 1),
    "name-256": header(0x0100) + (b"\x3f" + b"x" * 63) * 3 + b"\x3e" + b"y" * 62 + b"\0"
    + struct.pack("!2H", A, 1),
    "name-unended": header(0x0100) + b"\x03abc\x03de",
    "rdlength-past-end": response("a", record(QNAME, A, bytes(4), rdlength=500)),
    "rdlength-3": response("a", record(QNAME, A, bytes(3))),
    "rdlength-cname": response("a", record(QNAME, CNAME, name("b") + b"\0\0")),
    "counts-lie": header(an=0xFFFF) + question("a") + address(),
    "https-hints": response("a.example", binding(1, "", ALPN, HINT4, HINT6), qtype=HTTPS),
    "https-mandatory": response("a.example", binding(
        1, "", (0, b"\0\1\0\4"), ALPN, (3, b"\x01\xbb"), HINT4, (5, bytes(8)), HINT6,
        (667, b"x")), qtype=HTTPS),
    "https-malformed": response("a.example", binding(1, "", HINT6, HINT4), binding(2, "", HINT4),
                                qtype=HTTPS),
    "https-tree": header(an=4, ar=2) + question("q", HTTPS)
    + record(QNAME, CNAME, name("c")) + binding(0, "p", owner=name("c"))
    + binding(1, "s", ALPN, owner=name("p")) + binding(2, "t", ALPN, owner=name("p"))
    + address(name("s")) + record(name("t"), AAAA, V6),
    "https-loop": response("a", binding(0, "b"), binding(0, "a", owner=name("b")), qtype=HTTPS),
    "svcb": response("_dns.a.example", binding(1, "dns.a.example", HINT4, rtype=SVCB), qtype=SVCB),
    "mdns-host": header(0x8400, qd=0, an=1, ar=2)
    + record(name("Box.local"), A, bytes([192, 168, 1, 9]), 120, FLUSH)
    + record(pointer(12), AAAA, bytes.fromhex("fe80") + V6[2:], 120, FLUSH)
    + record(name("9.1.168.192.in-addr.arpa"), PTR, pointer(12), 120, FLUSH),
    "mdns-service": header(0x8400, qd=0, an=1, ar=1)
    + record(name("_ipp._tcp.local"), PTR, b"\x03Box" + pointer(12), 4500)
    + record(b"\x03box" + pointer(22), A, bytes([192, 168, 1, 9]), 120, FLUSH),
    "mdns-goodbye": header(0x8400, qd=0, an=1)
    + record(name("box.local"), A, bytes([192, 168, 1, 9]), 0, FLUSH),
    "mdns-query": header(0, qd=2, an=1) + question("_ipp._tcp.local", PTR, FLUSH)
    + question("box.local", A) + record(QNAME, PTR, b"\x03Box" + QNAME),
}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "seeds", "dns")
    os.makedirs(folder, exist_ok=True)
    for seed, message in SEEDS.items():
        with open(os.path.join(folder, seed), "wb") as f:
            f.write(message)


if __name__ == "__main__":
    main()
