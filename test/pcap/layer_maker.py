# SPDX-License-Identifier: BSD-3-Clause
"""Fragments, labels and tunnels: what stands round an IP packet, or between its parts."""
import struct

import capture_maker as m
from scenario import MS, datagram


def label(ethertype, header, inner_type=b""):
    """Ethernet with another type, a header, and the IP packet."""
    return lambda packet: m.MAC_B + m.MAC_A + struct.pack("!H", ethertype) + header(packet) + inner_type + packet


mpls = label(0x8847, lambda p: struct.pack("!II", 17 << 12 | 64, 18 << 12 | 1 << 8 | 64))
pppoe = label(0x8864, lambda p: struct.pack("!BBHHH", 0x11, 0, 1, len(p) + 2, 0x57 if m.is_v6(p) else 0x21))


def mpls_in_vlan(packet):
    return m.MAC_B + m.MAC_A + struct.pack("!HHH", 0x8100, 7, 0x8847) + mpls(packet)[14:]


def three_vlans(packet):
    return m.ethernet(packet, [(0x88a8, 9), (0x8100, 8), (0x8100, 7)])


# --- tunnels: from an IP packet to the payload of IP, with its protocol -----------------------

def ip_in_ip(packet):
    return 41 if m.is_v6(packet) else 4, packet


def gre(proto=None, flags=0, fields=b"", inner=lambda p: p):
    """RFC 2784 and 2890; flags with their fields."""
    return lambda packet: (47, struct.pack("!HH", flags, proto or m.ethertype(packet)) + fields + inner(packet))


gre_key = gre(flags=0x3000, fields=struct.pack("!II", 7, 1))
gre_bridged = gre(0x6558, inner=m.ethernet)
erspan1 = gre(0x88be, inner=m.ethernet)
erspan2 = gre(0x88be, flags=0x1000, fields=bytes(4), inner=lambda p: bytes(8) + m.ethernet(p))
erspan3 = gre(0x22eb, flags=0x1000, fields=bytes(4), inner=lambda p: bytes(12) + m.ethernet(p))


def pptp(packet):
    """RFC 2637: version 1, with a key (payload length, call) and a number."""
    ppp = struct.pack("!HH", 0xff03, 0x0021) + packet
    return 47, struct.pack("!HHHHI", 0x3001, 0x880b, len(ppp), 1, 1) + ppp


# --- tunnels over UDP: from an IP packet to the payload ---------------------------------------

def vxlan(packet):
    return struct.pack("!II", 0x08000000, 42 << 8) + m.ethernet(packet)


def geneve(packet):
    return struct.pack("!BBHI", 0, 0, 0x6558, 42 << 8) + m.ethernet(packet)


def geneve_options(packet):
    option = struct.pack("!HBB", 0x0102, 1, 1) + bytes(4)
    return struct.pack("!BBHI", 2, 0, 0x6558, 42 << 8) + option + m.ethernet(packet)


def gtp(packet):
    return struct.pack("!BBHI", 0x30, 0xff, len(packet), 1) + packet


def teredo(packet):
    return packet


def teredo_origin(packet):
    return bytes(8) + packet


def ayiya(packet):
    return b"\x41\x52\x11\x29" + bytes(4 + 16 + 20) + packet


def source(packet):
    return packet[8:24] if m.is_v6(packet) else packet[12:16]


def through(h, wrap, packet, ends=None, ports=None):
    """The IP packet inside another, from p to q where it comes from c, else back. ports: over UDP."""
    out = source(packet) in (m.packed(h.c), m.packed(h.c6), m.packed(h.c2))
    src, dst = (ends or (h.p, h.q))[::1 if out else -1]
    if not ports:
        return m.ip(src, dst, *wrap(packet))
    sport, dport = ports[::1 if out else -1]
    return datagram(src, dst, 17, m.udp(sport, dport, wrap(packet)))


def tunnelled(part, *steps, link=m.ethernet):
    """What part says, each packet through these tunnels, the innermost first. A step is
    (wrap, ends, ports), the ends a pair of names of hosts; the last two can be left out."""
    def packets(h):
        found = []
        for at, frame, *_ in part(h):
            packet = frame[14:]
            for step in steps:
                wrap, ends, ports = (*step, None, None)[:3] if isinstance(step, tuple) else (step, None, None)
                packet = through(h, wrap, packet, ends and tuple(getattr(h, e) for e in ends), ports)
            found.append((at, link(packet)))
        return found
    return packets


# --- fragments --------------------------------------------------------------------------------

def pieces(packet, size, ident=1):
    """(offset, fragment): the payload of the IP packet, size bytes each (a multiple of 8)."""
    v6 = m.is_v6(packet)
    header = 40 if v6 else 20
    payload = packet[header:]
    for at in range(0, len(payload), size):
        yield at, piece(packet, at, payload[at:at + size], at + size < len(payload), ident)


def piece(packet, at, part, more, ident=1):
    """One fragment: bytes `part` of the datagram that begins as packet, at this offset."""
    if m.is_v6(packet):
        extension = struct.pack("!BBHI", packet[6], 0, at | more, ident)
        return packet[:4] + struct.pack("!HB", len(part) + 8, 44) + packet[7:40] + extension + part
    from_header = struct.pack("!HHH", 20 + len(part), ident, at >> 3 | more << 13)
    return packet[:2] + from_header + packet[8:20] + part


def fragmented(part, size, order=lambda found: found, link=m.ethernet):
    """What part says, each packet that is longer than size in pieces a tenth of a millisecond apart."""
    def packets(h):
        found = []
        for number, (at, frame, *_) in enumerate(part(h)):
            packet = frame[14:]
            if len(packet) <= size:
                found.append((at, link(packet)))
                continue
            split = order([p for _, p in pieces(packet, size, number + 1)])
            found += [(at + i * MS // 10, link(p)) for i, p in enumerate(split)]
        return found
    return packets
