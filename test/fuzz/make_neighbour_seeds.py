#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_neighbour: frames of ARP and neighbour discovery, by RFC 826 and 4861."""
import os
import struct

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "seeds", "neighbour")
HOST = bytes.fromhex("020000000001")
ROUTER = bytes.fromhex("020000000002")
LOCAL = bytes.fromhex("fe80") + b"\0" * 13 + b"\1"


def frame(kind, payload, vlan=b""):
    return b"\xff" * 6 + HOST + vlan + struct.pack("!H", kind) + payload


def arp(op, mac=HOST, ip=b"\x0a\0\0\1"):
    return struct.pack("!HHBBH", 1, 0x0800, 6, 4, op) + mac + ip + b"\0" * 6 + b"\x0a\0\0\2"


def nd(kind, head, *rest):
    body = bytes([kind, 0, 0, 0]) + head + b"".join(rest)
    return frame(0x86dd, b"\x60\0\0\0" + struct.pack("!HBB", len(body), 58, 255) + LOCAL +
                 bytes.fromhex("ff02") + b"\0" * 13 + b"\1" + body)


def option(kind, data):
    return bytes([kind, (len(data) + 2) // 8]) + data


PREFIX = option(3, b"\x40\xc0" + b"\0" * 12 + bytes.fromhex("20010db8") + b"\0" * 12)

SEEDS = {
    "arp_request": frame(0x0806, arp(1)),
    "arp_reply": frame(0x0806, arp(2) + b"\0" * 18),
    "arp_vlan": frame(0x0806, arp(1), b"\x81\0\0\7"),
    "arp_probe": frame(0x0806, arp(1, ip=b"\0" * 4)),
    "solicit": nd(135, b"\0" * 4, LOCAL, option(14, b"nonce."), option(1, HOST)),
    "advert": nd(136, b"\x60\0\0\0", LOCAL, option(2, HOST)),
    "advert_router": nd(136, b"\xe0\0\0\0", LOCAL, option(2, ROUTER)),
    "router_solicit": nd(133, b"\0" * 4, option(1, HOST)),
    "router_solicit_empty": nd(133, b"\0" * 4),
    "router_advert": nd(134, b"\x40\0\7\x08", b"\0" * 8, option(1, ROUTER),
                        option(5, b"\0\0\0\0\5\xdc"), PREFIX),
    "no_length": nd(135, b"\0" * 4, LOCAL, b"\1\0" + HOST),
}

os.makedirs(OUT, exist_ok=True)
for name, data in SEEDS.items():
    with open(os.path.join(OUT, name), "wb") as f:
        f.write(data)
