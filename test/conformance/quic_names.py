#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""How many of the server names of QUIC connections, as others list them, are in our ClientHellos.

usage: quic_names.py [-v] [--shared DIR] [--floor quic=PERCENT] QUIC_HELLOS

Names that a version carries which has no TLS (Google's own, before T050) are not expected. Exit status 77
without the corpus, 1 below a floor.
"""
import ipaddress
import os
import subprocess
import sys
from collections import defaultdict

import names

# Google's own handshake: no TLS in it, and no server name that way.
WITHOUT_TLS = {"ndpi/gquic.pcap", "ndpi/http_ipv6.pcap", "ndpi/quic.pcap", "ndpi/quic046.pcap",
               "ndpi/youtube_quic.pcap", "ndpi/youtubeupload.pcap"}


def server_name(hello):
    """The name of a ClientHello's server_name extension (RFC 8446 4.1.2, RFC 6066 3)."""
    at = 4 + 2 + 32
    at += 1 + hello[at]
    at += 2 + int.from_bytes(hello[at:at + 2], "big")
    at += 1 + hello[at]
    at += 2
    while at + 4 <= len(hello):
        kind, length = (int.from_bytes(hello[at + i:at + i + 2], "big") for i in (0, 2))
        if kind == 0:
            return hello[at + 9:at + 4 + length].decode("latin-1").lower()
        at += 4 + length
    return None


def ends_of(src, sport, dst, dport):
    return ipaddress.ip_address(src), int(sport), ipaddress.ip_address(dst), int(dport)


def learnt(tool, capture):
    out = subprocess.run([tool, capture], capture_output=True, text=True, check=True).stdout
    ret = defaultdict(set)
    for line in out.splitlines():
        _, *ends, hello = line.split("\t")
        ret[ends_of(*ends)].add(server_name(bytes.fromhex(hello)))
    return ret


def expected(path):
    """(ends, name) of each connection, by capture."""
    ret = defaultdict(list)
    with open(path, encoding="utf-8") as f:
        for line in f:
            capture, protocol, _, *ends, name = line.rstrip("\n").split("\t")
            if protocol == "quic":
                ret[capture].append((ends_of(*ends), name.lower()))
    return ret


def check(a, capture, wanted):
    """(source, was it learnt, what to say)"""
    source = "without TLS" if capture in WITHOUT_TLS else "quic"
    found = learnt(a.quic_hellos, os.path.join(a.shared, "corpus", capture))
    return [(source, name in found.get(ends, ()), f"{capture}: {name} expected for {ends}") for ends, name in wanted]


def main():
    a = names.arguments(__doc__, "quic_hellos")
    wanted = expected(os.path.join(a.expected, "ndpi-server-names.tsv"))
    tally = names.Tally()
    for source, there, text in names.each(a, lambda c: check(a, c, wanted[c]), sorted(wanted)):
        tally.add({source}, there, source != "quic")
        if a.verbose and not there:
            print(text)
    return tally.conclude(a.floor)


if __name__ == "__main__":
    sys.exit(main())
