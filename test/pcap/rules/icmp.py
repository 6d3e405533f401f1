# SPDX-License-Identifier: BSD-3-Clause
"""ICMP: the type and its counterpart are the ports; errors are connections of their own."""
import capture_maker as m
from scenario import Rule, both, frames, later, udp

GROUP = "ff02::1:ff00:2"  # a solicited-node multicast address


def said(*messages):
    """messages: (from c: True, type, code, bytes of payload)."""
    def make(h):
        for mine, kind, code, size in messages:
            ends = (h.c, h.s) if mine else (h.s, h.c)
            yield m.ip(*ends, 1, m.icmp(kind, code, payload=b"x" * size))
    return frames(make)


def said6(*messages):
    """messages: (source, destination, type, code, bytes of payload); hosts by name or address."""
    def make(h):
        for src, dst, kind, code, size in messages:
            yield m.ip(getattr(h, src, src), getattr(h, dst, dst), 58, m.icmp(kind, code, payload=b"x" * size))
    return frames(make)


def quoting(h):
    """Port unreachable, with the datagram that it is about."""
    about = m.ip(h.c, h.s, 17, m.udp(40000, 9000, b"x" * 10))
    return [m.ip(h.s, h.c, 1, m.icmp(3, 3, payload=about))]


def cut(h):
    return [m.ip(h.c, h.s, 1, m.icmp_echo(False))] * 2


def cut_frames(h):
    return [(at, frame[:-10], len(frame)) for at, frame in frames(cut)(h)]


# start originator responder proto service duration bytes state local missed history packets ip_bytes parent
RULES = [
    *(Rule(f"{name}: type {ask} and its answer {answer}", said((True, ask, 0, 12), (False, answer, 0, 12)),
           f"0 c:{ask} s:{answer} icmp - 0.001 12/12 OTH TF 0 - 1/1 40/40 -")
      for name, ask, answer in (("echo", 8, 0), ("timestamp", 13, 14), ("information", 15, 16), ("mask", 17, 18),
                                ("router", 10, 9))),
    Rule("all echoes of two hosts are one", said(*[(True, 8, 0, 56), (False, 0, 0, 56)] * 3),
         "0 c:8 s:0 icmp - 0.005 168/168 OTH TF 0 - 3/3 252/252 -"),
    Rule("both ask: two", said((True, 8, 0, 12), (False, 8, 0, 12)),
         "0 c:8 s:0 icmp - - -/- OTH TF 0 - 1/0 40/0 -",
         "0.001 s:8 c:0 icmp - - -/- OTH FT 0 - 1/0 40/0 -"),
    Rule("only the answer: who sends first", said((False, 0, 0, 12)),
         "0 s:0 c:8 icmp - - -/- OTH FT 0 - 1/0 40/0 -"),
    Rule("errors: type and code; each code is another", said((False, 3, 1, 28), (False, 3, 3, 28), (False, 11, 0, 28)),
         "0 s:3 c:1 icmp - - -/- OTH FT 0 - 1/0 56/0 -",
         "0.001 s:3 c:3 icmp - - -/- OTH FT 0 - 1/0 56/0 -",
         "0.002 s:11 c:0 icmp - - -/- OTH FT 0 - 1/0 56/0 -"),
    Rule("errors of one kind are one", said((False, 3, 1, 28), (False, 3, 1, 28)),
         "0 s:3 c:1 icmp - 0.001 56/0 OTH FT 0 - 2/0 112/0 -"),
    Rule("errors both ways are two", said((False, 3, 1, 28), (True, 3, 1, 28)),
         "0 s:3 c:1 icmp - - -/- OTH FT 0 - 1/0 56/0 -",
         "0.001 c:3 s:1 icmp - - -/- OTH TF 0 - 1/0 56/0 -"),
    Rule("an error leaves the flow alone that it quotes", both(udp("oU10"), later(0.5, frames(quoting)), udp("oU10@1")),
         "0 c:40000 s:9000 udp - 1 20/0 S0 TF 0 D 2/0 76/0 -",
         "0.5 s:3 c:3 icmp - - -/- OTH FT 0 - 1/0 66/0 -"),
    Rule("redirect, source quench, parameter problem: one way",
         said((False, 5, 1, 28), (False, 4, 0, 28), (False, 12, 0, 28)),
         "0 s:5 c:1 icmp - - -/- OTH FT 0 - 1/0 56/0 -",
         "0.001 s:4 c:0 icmp - - -/- OTH FT 0 - 1/0 56/0 -",
         "0.002 s:12 c:0 icmp - - -/- OTH FT 0 - 1/0 56/0 -"),
    Rule("cut off by the snap length: bytes, but no packets", cut_frames,
         "0 c:8 s:0 icmp - 0.001 64/0 OTH TF 0 - 0/0 0/0 -"),
    # IPv6
    Rule("IPv6: echo", said6(("c6", "s6", 128, 0, 12), ("s6", "c6", 129, 0, 12)),
         "0 c6:128 s6:129 icmp6 - 0.001 12/12 OTH TF 0 - 1/1 60/60 -"),
    Rule("IPv6: a neighbour asks a group and is answered by a host: two",
         said6(("l6", GROUP, 135, 0, 24), ("m6", "l6", 136, 0, 24)),
         f"0 l6:135 {GROUP}:136 icmp6 - - -/- OTH TF 0 - 1/0 72/0 -",
         "0.001 m6:136 l6:135 icmp6 - - -/- OTH TT 0 - 1/0 72/0 -"),
    Rule("IPv6: neighbours that know one another: one",
         said6(("l6", "m6", 135, 0, 24), ("m6", "l6", 136, 0, 24)),
         "0 l6:135 m6:136 icmp6 - 0.001 24/24 OTH TT 0 - 1/1 72/72 -"),
    Rule("IPv6: duplicate address detection, from no address", said6(("::", GROUP, 135, 0, 16)),
         f"0 :::135 {GROUP}:136 icmp6 - - -/- OTH TF 0 - 1/0 64/0 -"),
    Rule("IPv6: routers", said6(("l6", "ff02::2", 133, 0, 8), ("m6", "ff02::1", 134, 0, 48)),
         "0 l6:133 ff02::2:134 icmp6 - - -/- OTH TF 0 - 1/0 56/0 -",
         "0.001 m6:134 ff02::1:133 icmp6 - - -/- OTH TF 0 - 1/0 96/0 -"),
    Rule("IPv6: listeners: query, report, done, report of version 2",
         said6(("m6", "ff02::1", 130, 0, 16), ("l6", "ff02::5", 131, 0, 16),
               ("l6", "ff02::2", 132, 0, 16), ("l6", "ff02::16", 143, 0, 20)),
         "0 m6:130 ff02::1:131 icmp6 - - -/- OTH TF 0 - 1/0 64/0 -",
         "0.001 l6:131 ff02::5:130 icmp6 - - -/- OTH TF 0 - 1/0 64/0 -",
         "0.002 l6:132 ff02::2:0 icmp6 - - -/- OTH TF 0 - 1/0 64/0 -",
         "0.003 l6:143 ff02::16:0 icmp6 - - -/- OTH TF 0 - 1/0 68/0 -"),
    Rule("IPv6: errors: unreachable, too big, time exceeded, parameter problem",
         said6(("s6", "c6", 1, 4, 48), ("s6", "c6", 2, 0, 48), ("s6", "c6", 3, 0, 48), ("s6", "c6", 4, 1, 48)),
         "0 s6:1 c6:4 icmp6 - - -/- OTH FT 0 - 1/0 96/0 -",
         "0.001 s6:2 c6:0 icmp6 - - -/- OTH FT 0 - 1/0 96/0 -",
         "0.002 s6:3 c6:0 icmp6 - - -/- OTH FT 0 - 1/0 96/0 -",
         "0.003 s6:4 c6:1 icmp6 - - -/- OTH FT 0 - 1/0 96/0 -"),
    Rule("IPv6: home agents, node information", said6(("c6", "s6", 144, 0, 4), ("s6", "c6", 145, 0, 4),
                                                      ("c6", "s6", 139, 0, 4), ("s6", "c6", 140, 0, 4)),
         "0 c6:144 s6:145 icmp6 - 0.001 4/4 OTH TF 0 - 1/1 52/52 -",
         "0.002 c6:139 s6:140 icmp6 - 0.001 4/4 OTH TF 0 - 1/1 52/52 -"),
]
