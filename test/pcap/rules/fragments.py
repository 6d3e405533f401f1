# SPDX-License-Identifier: BSD-3-Clause
"""Fragments: a datagram counts once, whole, at the time of the piece that completed it."""
import capture_maker as m
from layer_maker import fragmented, gre, piece, pieces, through, tunnelled, vxlan
from scenario import MS, Rule, datagram, frames, tcp, udp

BIG = udp("oU2000")  # 2008 bytes of UDP: three pieces of at most 800 or 1000
VXLAN = (vxlan, ("p", "q"), (50000, 4789))


def reverse(found):
    return found[::-1]


def twice(found):
    return [p for f in found for p in (f, f)]


def all_but_the_last(found):
    return found[:-1]


def all_but_the_first(found):
    return found[1:]


def of(h, size=2000):
    return datagram(h.c, h.s, 17, m.udp(40000, 9000, b"x" * size))


def overlapping(h):
    """Pieces of 1200 bytes that begin 800 bytes apart."""
    payload = of(h)[20:]
    for at in range(0, 2008, 800):
        yield piece(of(h), at, payload[at:at + 1200], at + 1200 < 2008)


def interleaved(h):
    first, second = ([p for _, p in pieces(of(h), 1000, ident)] for ident in (1, 2))
    yield from (p for pair in zip(first, second) for p in pair)


def of_two_hosts(h):
    other = datagram(h.c2, h.s, 17, m.udp(40000, 9000, b"x" * 2000))
    first, second = ([p for _, p in pieces(packet, 1000)] for packet in (of(h), other))
    yield from (p for pair in zip(first, second) for p in pair)


def one_lost(h):
    """The second datagram is whole, the first is not."""
    yield [p for _, p in pieces(of(h), 1000, 1)][0]
    yield from (p for _, p in pieces(of(h), 1000, 2))


def cut_first(h):
    """Only the first was captured, and not all of it: its headers are taken as they are."""
    frame = m.ethernet(next(iter(pieces(of(h), 1000)))[1])
    return [(0, frame[:-10], len(frame))]


def ping(h):
    return [datagram(h.c, h.s, 1, m.icmp(8, payload=b"x" * 2992))]


def in_tunnel(h):
    """The datagram in pieces, each in GRE."""
    return [(i * MS, m.ethernet(through(h, gre(), p))) for i, (_, p) in enumerate(pieces(of(h), 1000))]


# start originator responder proto service duration bytes state local missed history packets ip_bytes parent
RULES = [
    Rule("in order", fragmented(BIG, 1000),
         "0.0002 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 2028/0 -"),
    Rule("reversed", fragmented(BIG, 1000, reverse),
         "0.0002 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 2028/0 -"),
    Rule("each twice: whole before the last came", fragmented(BIG, 1000, twice),
         "0.0004 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 2028/0 -"),
    Rule("overlapping", frames(overlapping),
         "0.002 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 2028/0 -"),
    Rule("the last never came", fragmented(BIG, 1000, all_but_the_last)),
    Rule("the first never came", fragmented(BIG, 1000, all_but_the_first)),
    Rule("one datagram is never whole, the next is", frames(one_lost),
         "0.003 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 2028/0 -"),
    Rule("two datagrams, mixed", frames(interleaved),
         "0.004 c:40000 s:9000 udp - 0.001 4000/0 S0 TF 0 D 2/0 4056/0 -"),
    Rule("two hosts, one identification", frames(of_two_hosts),
         "0.004 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 2028/0 -",
         "0.005 c2:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 2028/0 -"),
    Rule("both ways", fragmented(udp("oU2000 rU1500"), 1000),
         "0.0002 c:40000 s:9000 udp - 0.0009 2000/1500 SF TF 0 Dd 1/1 2028/1528 -"),
    Rule("a TCP header in pieces", fragmented(tcp("oS"), 8),
         "0.0002 c:40000 s:9000 tcp - - -/- S0 TF 0 S 1/0 40/0 -"),
    Rule("a segment in pieces", fragmented(tcp("oS rH oA oD2000 rA"), 1000),
         "0 c:40000 s:9000 tcp - 0.004 2000/0 S1 TF 0 ShADa 3/2 2120/80 -"),
    Rule("ICMP", fragmented(frames(ping), 1000),
         "0.0002 c:8 s:0 icmp - - -/- OTH TF 0 - 1/0 3020/0 -"),
    Rule("IPv6: in order", fragmented(udp("oU2000", v6=True), 1000),
         "0.0002 c6:40000 s6:9000 udp - - -/- S0 TF 0 D 1/0 2048/0 -"),
    Rule("IPv6: reversed", fragmented(udp("oU2000", v6=True), 1000, reverse),
         "0.0002 c6:40000 s6:9000 udp - - -/- S0 TF 0 D 1/0 2048/0 -"),
    Rule("IPv6: the last never came", fragmented(udp("oU2000", v6=True), 1000, all_but_the_last)),
    Rule("IPv6: a TCP header in pieces", fragmented(tcp("oS", v6=True), 8),
         "0.0002 c6:40000 s6:9000 tcp - - -/- S0 TF 0 S 1/0 60/0 -"),
    Rule("in a VLAN", fragmented(BIG, 1000, link=m.vlan),
         "0.0002 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 2028/0 -"),
    Rule("captured in part: the first by itself", cut_first,
         "0 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 1020/0 -"),
    Rule("inside of GRE", in_tunnel,
         "0.002 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 2028/0 t1"),
    Rule("GRE that is fragmented itself", fragmented(tunnelled(BIG, gre()), 1000),
         "0.0002 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 2028/0 t1"),
    Rule("VXLAN that is fragmented itself", fragmented(tunnelled(BIG, VXLAN), 1000),
         "0.0002 p:50000 q:4789 udp vxlan - -/- S0 FF 0 D 1/0 2078/0 -",
         "0.0002 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 2028/0 p:50000>q:4789"),
]
