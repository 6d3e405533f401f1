# SPDX-License-Identifier: BSD-3-Clause
"""checksums=verify, as Zeek without -C: a packet whose checksum is wrong leaves a C and nothing else."""
import capture_maker as m
from scenario import Rule, checksum, datagram, frames, tcp, udp, with_checksum

SETTINGS = ["checksums=verify"]


def without(v6):
    """UDP whose checksum is 0: none over IPv4, wrong over IPv6."""
    def make(h):
        ends = (h.c6, h.s6) if v6 else (h.c, h.s)
        packet = datagram(*ends, 17, m.udp(40000, 9000, b"x" * 10))
        at = 46 if v6 else 26
        yield packet[:at] + b"\0\0" + packet[at + 2:]
    return frames(make)


def echo(wrong, v6=False):
    def make(h):
        if v6:
            yield datagram(h.c6, h.s6, 58, m.icmp(128, payload=b"x" * 12), wrong)
        else:
            yield datagram(h.c, h.s, 1, m.icmp(8, payload=b"x" * 12), wrong)
    return frames(make)


def bad_header(h):
    packet = datagram(h.c, h.s, 17, m.udp(40000, 9000, b"x" * 10))
    yield packet[:8] + bytes([packet[8] - 1]) + packet[9:]


def sctp(h):
    packet = m.ipv4(h.c, h.s, 132, bytes(20))
    yield packet[:10] + checksum(packet[:20]).to_bytes(2, "big") + packet[12:]


assert with_checksum("10.0.0.1", "10.0.0.2", 17, m.udp(1, 2)) != m.udp(1, 2)

# start originator responder proto service duration bytes state local missed history packets ip_bytes parent
RULES = [
    Rule("all are right", tcp("oS rH oA oD101 rD50 oF rF oA"),
         "0 c:40000 s:9000 tcp - 0.006 101/50 SF TF 0 ShADdFf 5/3 301/170 -"),
    Rule("all are right over IPv6", tcp("oS rH oA oD101 rD50 oF rF oA", v6=True),
         "0 c6:40000 s6:9000 tcp - 0.006 101/50 SF TF 0 ShADdFf 5/3 401/230 -"),
    Rule("C: a segment that is wrong, then right", tcp("oS rH oA oD10b oD10-10 rA"),
         "0 c:40000 s:9000 tcp - 0.005 10/0 S1 TF 0 ShACDa 3/2 130/80 -"),
    Rule("c: of the responder", tcp("oS rH oA rD10b oA"),
         "0 c:40000 s:9000 tcp - 0.004 0/10 S1 TF 10 ShAcg 3/1 120/40 -"),
    Rule("C: the tenth", tcp("oS rH oA oD10b*10"),
         "0 c:40000 s:9000 tcp - 0.002 0/0 S1 TF 0 ShACC 2/1 80/40 -"),
    Rule("C: a SYN that is wrong begins a connection without packets", tcp("oSb"),
         "0 c:40000 s:9000 tcp - - -/- OTH TF 0 C 0/0 0/0 -"),
    Rule("a FIN and a RST that are wrong end nothing", tcp("oS rH oA oFb rRb oA"),
         "0 c:40000 s:9000 tcp - 0.005 1/0 S1 TF 0 ShACc 3/1 120/40 -"),
    Rule("UDP: C instead of D", udp("oU10b rU10"),
         "0 c:40000 s:9000 udp - 0.001 0/10 SHR TF 0 Cd 0/1 0/38 -"),
    Rule("UDP: the tenth", udp("oU10 rU10b*10 rU10"),
         "0 c:40000 s:9000 udp - 0.011 10/10 SF TF 0 Dccd 1/1 38/38 -"),
    Rule("UDP without a checksum", without(False),
         "0 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 38/0 -"),
    Rule("UDP without a checksum, where it must have one", without(True),
         "0 c6:40000 s6:9000 udp - - -/- OTH TF 0 C 0/0 0/0 -"),
    Rule("UDP that was cut cannot be judged", udp("oU100c"),
         "0 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 128/0 -"),
    Rule("TCP that was cut cannot be judged", tcp("oS rH oA oD100cb"),
         "0 c:40000 s:9000 tcp - 0.003 100/0 S1 TF 0 ShAD 3/1 220/40 -"),
    Rule("ICMP: right", echo(False),
         "0 c:8 s:0 icmp - - -/- OTH TF 0 - 1/0 40/0 -"),
    Rule("ICMP: wrong; no letter", echo(True),
         "0 c:8 s:0 icmp - - -/- OTH TF 0 - 0/0 0/0 -"),
    Rule("ICMP of IPv6: right", echo(False, v6=True),
         "0 c6:128 s6:129 icmp6 - - -/- OTH TF 0 - 1/0 60/0 -"),
    Rule("ICMP of IPv6: wrong", echo(True, v6=True),
         "0 c6:128 s6:129 icmp6 - - -/- OTH TF 0 - 0/0 0/0 -"),
    Rule("IP: a wrong header is no packet", frames(bad_header)),
    Rule("others have none that is looked at", frames(sctp),
         "0 c:0 s:0 ip132 - - -/- OTH TF 0 - 1/0 40/0 -"),
]
