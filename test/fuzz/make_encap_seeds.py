#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_encap: one packet of each tunnel, some in each other, and fragments.

usage: make_encap_seeds.py [DIRECTORY]   (default: seeds/encap beside this script)
"""
import os
import struct
import sys

# Places in the target's table of link types.
ETHERNET, RAW, PPP, FDDI, NFLOG, WLAN, RADIO = 0, 1, 5, 7, 8, 9, 10
V6 = bytes.fromhex("20010db8" + "00" * 11)


def be16(*values):
    return struct.pack("!%dH" % len(values), *values)


def ipv4(proto, payload, fragment=0):
    return be16(0x4500, 20 + len(payload), 0x1234, fragment, 0x4000 | proto, 0) + bytes.fromhex(
        "c0000201c6336402") + payload


def ipv6(proto, payload, source=V6 + b"\1"):
    return struct.pack("!IHBB", 6 << 28, len(payload), proto, 64) + source + V6 + b"\2" + payload


def udp(payload, dport, sport=50000):
    return be16(sport, dport, 8 + len(payload), 0) + payload


def frame(ip):
    return bytes.fromhex("020000000002020000000001") + be16(0x86DD if ip[0] >> 4 == 6 else 0x0800) + ip


def over_udp(payload, dport):
    return frame(ipv4(17, udp(payload, dport)))


IP4 = ipv4(17, udp(b"name", 53))
IP6 = ipv6(17, udp(b"name", 53))
VXLAN = bytes.fromhex("0800000000000100") + frame(IP4)
GENEVE = bytes.fromhex("0100655800000100") + bytes(4) + frame(IP4)
TEREDO6 = ipv6(58, bytes(8), bytes.fromhex("20010000") + bytes(12))
ORIGIN = bytes(2) + b"\1" * 6
AUTHENTICATION = bytes.fromhex("0001020300") + bytes(13)
GTP = bytes.fromhex("30ff002011223344")
AYIYA = bytes.fromhex("41521129") + bytes(40)
WLAN_HEADER = b"\x88\x02" + bytes(22)
SNAP = bytes.fromhex("aaaa03000000")


def wlan(ip):
    return WLAN_HEADER + bytes(2) + SNAP + b"\x08\0" + ip


def amsdu():
    part = SNAP + b"\x08\0" + IP4
    return WLAN_HEADER + b"\x80\0" + (bytes(12) + be16(len(part)) + part) * 3


def nested(depth):
    ip = IP4
    for _ in range(depth):
        ip = ipv4(4, ip)
    return frame(ip)


SEEDS = {
    "tcp": (ETHERNET, frame(ipv4(6, bytes(12) + b"\x50\2" + bytes(6)))),
    "dns": (ETHERNET, frame(IP4)),
    "4in4": (ETHERNET, frame(ipv4(4, IP4))),
    "6in4": (ETHERNET, frame(ipv4(41, IP6))),
    "4in6": (RAW, ipv6(4, IP4)),
    "4in4_five": (ETHERNET, nested(5)),
    "gre": (ETHERNET, frame(ipv4(47, be16(0, 0x0800) + IP4))),
    "gre_options": (RAW, ipv4(47, be16(0xB000, 0x86DD) + bytes(12) + IP6)),
    "gre_bridge": (RAW, ipv4(47, be16(0, 0x6558) + frame(IP4))),
    "gre_pptp": (RAW, ipv4(47, be16(0x3001, 0x880B) + bytes(8) + be16(0xFF03, 0x21) + IP4)),
    "gre_erspan2": (RAW, ipv4(47, be16(0x1000, 0x88BE) + bytes(12) + frame(IP4))),
    "gre_erspan3": (RAW, ipv4(47, be16(0, 0x22EB) + bytes(11) + b"\1" + bytes(8) + frame(IP4))),
    "gre_aruba": (RAW, ipv4(47, be16(0, 0x9000) + wlan(IP4))),
    "gre_amsdu": (RAW, ipv4(47, be16(0, 0x8200) + amsdu())),
    "gre_udp": (ETHERNET, over_udp(be16(0, 0x0800) + IP4, 4754)),
    "vxlan": (ETHERNET, over_udp(VXLAN, 4789)),
    "geneve": (ETHERNET, over_udp(GENEVE, 6081)),
    "geneve_vxlan": (ETHERNET, over_udp(GENEVE[:12] + over_udp(VXLAN, 4789), 6081)),
    "teredo": (ETHERNET, over_udp(TEREDO6, 50001)),
    "teredo_headers": (ETHERNET, over_udp(AUTHENTICATION + ORIGIN + TEREDO6, 3544)),
    "ayiya": (ETHERNET, over_udp(AYIYA + IP6, 50001)),
    "gtp": (ETHERNET, over_udp(GTP + IP4, 2152)),
    "gtp_extension": (RAW, ipv4(17, udp(b"\x34" + GTP[1:] + bytes.fromhex("123400c00100ff00") + IP4, 2152))),
    "gtp_in_gtp": (ETHERNET, over_udp(GTP + ipv4(17, udp(GTP + IP4, 2152)), 2152)),
    "fragment4": (ETHERNET, frame(ipv4(17, udp(bytes(16), 53), 0x2000))),
    "fragment4_last": (ETHERNET, frame(ipv4(17, bytes(16), 3))),
    "fragment6": (RAW, ipv6(60, b"\x2c\0" + bytes(6) + b"\x11\0\0\1" + bytes(4) + udp(bytes(8), 53))),
    "fragment6_atomic": (RAW, ipv6(44, b"\x11" + bytes(7) + udp(bytes(8), 53))),
    "fragment_in_vxlan": (ETHERNET, over_udp(VXLAN[:8] + frame(ipv4(17, bytes(16), 3)), 4789)),
    "ppp": (PPP, be16(0xFF03, 0x21) + ipv4(4, IP4)),
    "fddi": (FDDI, bytes(21) + IP4),
    "nflog": (NFLOG, b"\2\0\0\0" + struct.pack("=HHI", 5, 10, 1) + struct.pack("=HH", 32, 9) + IP4),
    "wlan": (WLAN, wlan(IP6)),
    "amsdu": (WLAN, amsdu()),
    "radio": (RADIO, bytes.fromhex("00000800") + bytes(4) + wlan(IP4)),
}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    directory = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "seeds", "encap")
    os.makedirs(directory, exist_ok=True)
    for seed, (link, packet) in SEEDS.items():
        with open(os.path.join(directory, seed), "wb") as out:
            out.write(bytes([link, 0]) + packet)


if __name__ == "__main__":
    main()
