# SPDX-License-Identifier: BSD-3-Clause
"""Scenarios for the rules of conn.log: a few packets in words, and the records that Zeek makes of
them. rules/README.md tells how to write one.
"""
import ipaddress
import re
import struct

import capture_maker as m
from capture_maker import SEC

MS = SEC // 1000

FLAGS = {"S": m.SYN, "H": m.SYN | m.ACK, "A": m.ACK, "D": m.ACK, "F": m.FIN | m.ACK, "R": m.RST,
         "B": m.RST | m.ACK, "I": m.FIN | m.RST, "Q": m.SYN | m.FIN, "q": m.SYN | m.FIN | m.ACK,
         "X": m.SYN | m.RST, "N": 0}
WORD = re.compile(r"([or])([A-Za-z])(\d*)((?:[-+=@~k]\d+(?:\.\d+)?|[Kwcb])*)(?:\*(\d+))?")
MODIFIER = re.compile(r"([-+=@~kKwcb])(\d+(?:\.\d+)?)?")


class Rule:
    """packets: from hosts to a list of (ns from the start, frame[, length on the wire]).
    rows: the records expected of it, as rules/README.md has them."""

    def __init__(self, title, packets, *rows):
        self.title, self.packets, self.rows = title, packets, rows


class Hosts:
    """The addresses of the nth scenario of a group; no other has them."""

    def __init__(self, n):
        self.c, self.c2 = f"10.0.{n}.1", f"10.0.{n}.3"
        self.s, self.s2 = f"23.0.{n}.2", f"23.0.{n}.4"
        self.p, self.q = f"24.0.{n}.5", f"24.0.{n}.6"
        self.c6, self.s6 = f"fd00:{n:x}::1", f"2a02:{n:x}::2"
        self.p6, self.q6 = f"2a03:{n:x}::5", f"2a03:{n:x}::6"
        self.l6, self.m6 = f"fe80::{n:x}:1", f"fe80::{n:x}:2"
        self.names = {ipaddress.ip_address(a): name for name, a in vars(self).items()}

    def name(self, address):
        return self.names.get(ipaddress.ip_address(address), address)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


OFFSET = {1: 2, 6: 16, 17: 6, 58: 2}  # of the checksum in ICMP, TCP, UDP, ICMPv6


def with_checksum(src, dst, proto, segment, wrong=False):
    """The segment with the checksum that its header has room for, or with a wrong one."""
    at = OFFSET[proto]
    pseudo = b"" if proto == 1 else m.packed(src) + m.packed(dst) + struct.pack("!II", len(segment), proto)
    value = checksum(pseudo + segment)
    if wrong:
        value ^= 0x5555
    if proto == 17 and value == 0:
        value = 0xffff
    return segment[:at] + struct.pack("!H", value) + segment[at + 2:]


def datagram(src, dst, proto, segment, wrong=False):
    """An IP packet whose checksums are right (or that of the transport wrong)."""
    packet = m.ip(src, dst, proto, with_checksum(src, dst, proto, segment, wrong))
    if packet[0] >> 4 == 4:
        packet = packet[:10] + struct.pack("!H", checksum(packet[:20])) + packet[12:]
    return packet


class End:
    def __init__(self, port, isn):
        self.port, self.next, self.seen = port, isn, 0


class Talk:
    """Two ends that say words, TCP or UDP."""

    def __init__(self, proto, ports, isn, payload):
        self.proto, self.at, self.payload = proto, -MS, list(payload or ())
        self.ends = [End(p, i) for p, i in zip(ports, isn)]

    def segment(self, me, kind, seq, ack, data, window):
        if self.proto == 17:
            return m.udp(me.port, self.peer.port, data)
        flags = FLAGS[kind]
        return m.tcp(me.port, self.peer.port, seq & 0xffffffff, ack & 0xffffffff if flags & m.ACK else 0,
                     flags, data, window)

    def take(self, who, count):
        """The next bytes of what this end has to say; all that is left where no number is given."""
        data = self.payload[who]
        count = count or len(data)
        self.payload[who] = data[count:]
        return data[:count]

    def say(self, who, kind, count, modifiers):
        """One packet: (time, sender, segment, what is the matter with it)."""
        me, self.peer = self.ends[who], self.ends[not who]
        data = self.take(who, count) if self.payload and kind in "DFU" else b"x" * count
        count = len(data)
        seq, ack = me.next, me.seen if "K" in modifiers else self.peer.next
        at, window, faults = self.at + MS, 8192, ""
        for what, number in MODIFIER.findall(modifiers):
            if what == "@":
                at = round(float(number) * SEC)
            elif what == "~":
                at = self.at + round(float(number) * SEC)
            elif what == "+":
                seq += int(number)
            elif what == "-":
                seq -= int(number)
            elif what == "=":
                seq = int(number)
            elif what == "k":
                ack += int(number)
            elif what == "w":
                window = 0
            elif what != "K":
                faults += what
        self.at = at
        out = self.segment(me, kind, seq, ack, data, window)
        if self.proto == 6:
            flags = FLAGS[kind]
            end = seq + count + bool(flags & m.SYN) + bool(flags & m.FIN)
            me.next = max(me.next, end) if "=" not in modifiers else me.next
            if flags & m.ACK:
                me.seen = ack
        return at, who, out, faults


def talk(proto, words, ports, isn=(1000, 500000), v6=False, ends=None, link=m.ethernet, payload=None):
    def packets(h):
        hosts = ends(h) if ends else (h.c6, h.s6) if v6 else (h.c, h.s)
        t, found = Talk(proto, ports, isn, payload), []
        for word in words.split():
            parsed = WORD.fullmatch(word)
            if not parsed:
                raise ValueError(f"not a word: {word}")
            who, kind, count, modifiers, times = parsed.groups()
            for _ in range(int(times or 1)):
                at, side, segment, faults = t.say("or".index(who), kind, int(count or 0), modifiers)
                packet = datagram(hosts[side], hosts[not side], proto, segment, "b" in faults)
                frame = link(packet)
                cut = (frame[:-(int(count) // 2)], len(frame)) if "c" in faults else (frame,)
                found.append((at, *cut))
        return found
    return packets


def tcp(words, orig=40000, resp=9000, **how):
    return talk(6, words, (orig, resp), **how)


def udp(words, orig=40000, resp=9000, **how):
    return talk(17, words, (orig, resp), **how)


def frames(make, link=m.ethernet, step=MS):
    """make: from hosts to IP packets, or (seconds, IP packet); else a millisecond apart."""
    def packets(h):
        found = []
        for i, p in enumerate(make(h)):
            at, packet = (round(p[0] * SEC), p[1]) if isinstance(p, tuple) else (i * step, p)
            found.append((at, link(packet)))
        return found
    return packets


def arp(h):
    """Who has..., broadcast: no IP, no record; but its time counts."""
    body = struct.pack("!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, m.MAC_A, m.packed(h.c), bytes(6), m.packed(h.c2))
    return b"\xff" * 6 + m.MAC_A + b"\x08\x06" + body


def ticks(*times):
    """Packets that have no record, at these seconds: timers run when a packet comes."""
    return lambda h: [(round(t * SEC), arp(h)) for t in times]


def both(*parts):
    """Packets of several makers, as they come in time."""
    return lambda h: sorted((p for part in parts for p in part(h)), key=lambda p: p[0])


def later(seconds, part):
    return lambda h: [(p[0] + round(seconds * SEC), *p[1:]) for p in part(h)]
