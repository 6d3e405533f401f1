#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""How many of the server names of QUIC connections, as others list them, are in our ClientHellos.

usage: quic_names.py QUIC_HELLOS [SHARED]   (77 where there is no SHARED: skipped)

Names that a version carries which has no TLS (Google's own, before T050) are not expected.
"""
import ipaddress
import os
import subprocess
import sys
from collections import defaultdict

FLOOR = 97.0  # percent
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
    names = defaultdict(set)
    for line in out.splitlines():
        _, *ends, hello = line.split("\t")
        names[ends_of(*ends)].add(server_name(bytes.fromhex(hello)))
    return names


def main(args):
    here = os.path.dirname(os.path.abspath(__file__))
    shared = args[1] if len(args) > 1 else os.environ.get(
        "NAMETAP_SHARED", os.path.join(here, "../../../shared"))
    table = os.path.join(shared, "expected/ndpi-server-names.tsv")
    if not os.path.exists(table):
        print("no table of server names: skipped")
        return 77
    expected = defaultdict(list)
    with open(table, encoding="utf-8") as f:
        for line in f:
            capture, protocol, _, *ends, name = line.rstrip("\n").split("\t")
            if protocol == "quic":
                expected[capture].append((ends_of(*ends), name.lower()))
    right = total = without = 0
    for capture, flows in sorted(expected.items()):
        names = learnt(args[0], os.path.join(shared, "corpus", capture))
        hits = sum(name in names.get(ends, ()) for ends, name in flows)
        print(f"{capture}: {hits}/{len(flows)}{' (no TLS)' if capture in WITHOUT_TLS else ''}")
        if capture in WITHOUT_TLS:
            without += len(flows)
            continue
        right, total = right + hits, total + len(flows)
    percent = 100 * right / total if total else 0
    print(f"QUIC server names: {right}/{total} ({percent:.1f} %), {without} without TLS")
    return 0 if percent >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
