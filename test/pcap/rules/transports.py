# SPDX-License-Identifier: BSD-3-Clause
"""Protocols without ports, IPv6's extension headers, headers that do not fit, frames without IP."""
import struct

import capture_maker as m
from scenario import Rule, arp, datagram, frames, tcp, udp

TO_GROUP = {"IGMP": (2, "224.0.0.22"), "OSPF": (89, "224.0.0.5"), "PIM": (103, "224.0.0.13"),
            "VRRP": (112, "224.0.0.18")}


def plain(proto, answered=False, v6=False):
    def make(h):
        ends = (h.c6, h.s6) if v6 else (h.c, h.s)
        yield m.ip(*ends, proto, bytes(24))
        if answered:
            yield m.ip(*ends[::-1], proto, bytes(12))
    return frames(make)


def after(kind, header):
    """A SYN over IPv6 behind an extension header of this kind, whose first byte is the next one."""
    def make(h):
        syn = datagram(h.c6, h.s6, 6, m.tcp(40000, 9000, 1000, 0, m.SYN))[40:]
        yield m.ipv6(h.c6, h.s6, kind, header + syn)
    return frames(make)


def extension(following, body):
    return struct.pack("!BB", following, (len(body) + 2) // 8 - 1) + body


PAD = b"\1\4\0\0\0\0"
AH = struct.pack("!BBHII", 6, 4, 0, 1, 1) + bytes(12)


def chain(h):
    """Hop by hop, destination options, routing that is done, a fragment header that says: whole."""
    syn = datagram(h.c6, h.s6, 6, m.tcp(40000, 9000, 1000, 0, m.SYN))[40:]
    routing = struct.pack("!BBBB", 44, 2, 0, 0) + bytes(4) + m.packed("2a09::9")
    yield m.ipv6(h.c6, h.s6, 0, extension(60, PAD) + extension(43, PAD) + routing +
                 struct.pack("!BBHI", 6, 0, 0, 7) + syn)


def routed(h):
    """On its way to the next hop: where it goes in the end is in the routing header."""
    syn = datagram(h.c6, h.s6, 6, m.tcp(40000, 9000, 1000, 0, m.SYN))[40:]
    yield m.ipv6(h.c6, "2a09::9", 43, struct.pack("!BBBB", 6, 2, 0, 1) + bytes(4) + m.packed(h.s6) + syn)


def options(h):
    yield m.ipv4(h.c, h.s, 6, m.tcp(40000, 9000, 1000, 0, m.SYN), options=b"\1\1\1\0")


def short(h):
    for proto, size in ((6, 19), (17, 7), (1, 7)):
        yield m.ipv4(h.c, h.s, proto, b"\x50" * size)


def offset_too_small(h):
    header = m.tcp(40000, 9000, 1000, 0, m.SYN)
    yield m.ipv4(h.c, h.s, 6, header[:12] + b"\x40" + header[13:])


def longer_than_its_frame(h):
    packet = m.ipv4(h.c, h.s, 6, m.tcp(40000, 9000, 1000, 0, m.SYN))
    yield packet[:2] + struct.pack("!H", 4000) + packet[4:]


def without_ip(h):
    lldp = b"\x01\x80\xc2\0\0\x0e" + m.MAC_A + b"\x88\xcc" + bytes(46)
    stp = b"\x01\x80\xc2\0\0\0" + m.MAC_A + b"\0\x26\x42\x42\x03" + bytes(43)
    eapol = b"\x01\x80\xc2\0\0\x03" + m.MAC_A + b"\x88\x8e" + bytes(46)
    wake = b"\xff" * 6 + m.MAC_A + b"\x08\x42" + b"\xff" * 6 + m.MAC_B * 16
    return [(i, frame) for i, frame in enumerate((arp(h), lldp, stp, eapol, wake))]


# Counted, not mistaken for connections.
COUNTERS = {"without IP: ARP, LLDP and the like": 5, "too short for their transport header": 3,
            "with an impossible IP header": 1, "without a transport that has connections": 2}

# start originator responder proto service duration bytes state local missed history packets ip_bytes parent
RULES = [
    *(Rule(f"{name}: no ports, no bytes", plain(proto, answered=True),
           f"0 c:0 s:0 ip{proto} - 0.001 0/0 OTH TF 0 - 1/1 44/32 -")
      for name, proto in (("SCTP", 132), ("ESP", 50), ("AH", 51), ("L2TP", 115), ("UDP-Lite", 136))),
    *(Rule(f"{name}: to a group", frames(lambda h, p=proto, g=group: [m.ip(h.c, g, p, bytes(24))]),
           f"0 c:0 {group}:0 ip{proto} - - -/- OTH TT 0 - 1/0 44/0 -")
      for name, (proto, group) in TO_GROUP.items()),
    Rule("SCTP over IPv6", plain(132, answered=True, v6=True),
         "0 c6:0 s6:0 ip132 - 0.001 0/0 OTH TF 0 - 1/1 64/52 -"),
    Rule("two protocols of two hosts are two", frames(lambda h: [m.ip(h.c, h.s, p, bytes(24)) for p in (132, 89)]),
         "0 c:0 s:0 ip132 - - -/- OTH TF 0 - 1/0 44/0 -",
         "0.001 c:0 s:0 ip89 - - -/- OTH TF 0 - 1/0 44/0 -"),
    Rule("ESP over IPv6 is no connection", plain(50, v6=True)),
    Rule("mobility over IPv6 is no connection", after(135, extension(59, bytes(6)))),
    # extension headers
    Rule("hop-by-hop options", after(0, extension(6, PAD)),
         "0 c6:40000 s6:9000 tcp - - -/- S0 TF 0 S 1/0 68/0 -"),
    Rule("destination options", after(60, extension(6, PAD)),
         "0 c6:40000 s6:9000 tcp - - -/- S0 TF 0 S 1/0 68/0 -"),
    Rule("authentication", after(51, AH),
         "0 c6:40000 s6:9000 tcp - - -/- S0 TF 0 S 1/0 84/0 -"),
    Rule("a chain of them; a fragment that is whole loses its header", frames(chain),
         "0 c6:40000 s6:9000 tcp - - -/- S0 TF 0 S 1/0 100/0 -"),
    Rule("a routing header says where it goes in the end", frames(routed),
         "0 c6:40000 s6:9000 tcp - - -/- S0 TF 0 S 1/0 84/0 -"),
    # headers
    Rule("IPv4 options", frames(options),
         "0 c:40000 s:9000 tcp - - -/- S0 TF 0 S 1/0 44/0 -"),
    Rule("no room for the transport's header: no connection", frames(short)),
    Rule("a TCP header shorter than itself: a connection without packets", frames(offset_too_small),
         "0 c:40000 s:9000 tcp - - -/- OTH TF 0 - 0/0 0/0 -"),
    Rule("longer than its frame: no connection", frames(longer_than_its_frame)),
    Rule("ARP, LLDP, STP, EAPOL, wake-up calls: no connections", without_ip),
    Rule("what comes behind them", udp("oU1"),
         "0 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 29/0 -"),
    Rule("the same ports over IPv4 and IPv6, TCP and UDP are four",
         lambda h: [p for make in (tcp("oS"), udp("oU1"), tcp("oS", v6=True), udp("oU1", v6=True)) for p in make(h)],
         "0 c:40000 s:9000 tcp - - -/- S0 TF 0 S 1/0 40/0 -",
         "0 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 29/0 -",
         "0 c6:40000 s6:9000 tcp - - -/- S0 TF 0 S 1/0 60/0 -",
         "0 c6:40000 s6:9000 udp - - -/- S0 TF 0 D 1/0 49/0 -"),
]
