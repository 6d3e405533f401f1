# SPDX-License-Identifier: BSD-3-Clause
"""Payload bytes from the sequence numbers, gaps, and what frames that are padded or cut tell."""
import struct

import capture_maker as m
from scenario import Rule, frames, tcp, udp


def padded(packet):
    """As Ethernet has it: at least 60 bytes."""
    frame = m.ethernet(packet)
    return frame + b"\xaa" * (60 - len(frame))


def offloaded(packet):
    """Left by the kernel to the NIC: with a total length of 0."""
    return m.ethernet(packet[:2] + b"\0\0" + packet[4:] if len(packet) > 1500 else packet)


def jumbo_length(h):
    """A datagram of UDP whose own length is not that of IP, twice."""
    for ulen in (12, 58):
        yield m.ip(h.c, h.s, 17, struct.pack("!HHHH", 40000, 9000, ulen, 0) + b"x" * 10)


# start originator responder proto service duration bytes state local missed history packets ip_bytes parent
RULES = [
    # unset against zero
    Rule("one packet: bytes and duration are unset, packets are not", tcp("oD10"),
         "0 c:40000 s:9000 tcp - - -/- OTH TF 0 D 1/0 50/0 -"),
    Rule("two packets with one time: unset too", tcp("oS rH@0"),
         "0 c:40000 s:9000 tcp - - -/- S1 TF 0 Sh 1/1 40/40 -"),
    Rule("a microsecond later: zero", tcp("oS rH@0.000001"),
         "0 c:40000 s:9000 tcp - 0.000001 0/0 S1 TF 0 Sh 1/1 40/40 -"),
    # sequence space
    Rule("data in the SYN, which looks sent again", tcp("oS10 rH oA"),
         "0 c:40000 s:9000 tcp - 0.002 10/0 S1 TF 0 SThA 2/1 90/40 -"),
    Rule("data in a RST is none, though it looks sent again", tcp("oS rH oA oD10 rA rR20"),
         "0 c:40000 s:9000 tcp - 0.005 10/0 RSTR TF 0 ShADart 3/3 130/140 -"),
    Rule("numbers that wrap", tcp("oS rH oA oD100 rD100 oF rF oA", isn=(2**32 - 50, 2**32 - 2)),
         "0 c:40000 s:9000 tcp - 0.006 100/100 SF TF 0 ShADdFf 5/3 300/220 -"),
    Rule("numbers that wrap midstream", tcp("oD100 rA rD100 oA", isn=(2**32 - 50, 2**32 - 100)),
         "0 c:40000 s:9000 tcp - 0.003 100/100 OTH TF 0 DadA 2/2 180/180 -"),
    Rule("a gap where they wrap", tcp("oS rH oA oD10+90 rA", isn=(2**32 - 50, 7)),
         "0 c:40000 s:9000 tcp - 0.004 100/0 S1 TF 90 ShADaG 3/2 130/80 -"),
    Rule("SYN and FIN only, 3 GB apart", tcp("oS rH oA oF+3000000000 rA"),
         "0 c:40000 s:9000 tcp - 0.004 3000000000/0 S2 TF 0 ShAFa 3/2 120/80 -"),
    Rule("acknowledged, but not sent: counts as sent", tcp("oS rH oA rAk500"),
         "0 c:40000 s:9000 tcp - 0.003 500/0 S1 TF 500 ShAaG 2/2 80/80 -"),
    Rule("an ACK of a RST is not believed", tcp("oS rH oA rBk500"),
         "0 c:40000 s:9000 tcp - 0.003 0/0 RSTR TF 0 ShAr 2/2 80/80 -"),
    # gaps
    Rule("out of order, and filled", tcp("oS rH oA oD10+10 oD10-20 rA oD5"),
         "0 c:40000 s:9000 tcp - 0.006 25/0 S1 TF 0 ShADTa 5/2 225/80 -"),
    Rule("a hole that nobody acknowledged is no gap yet", tcp("oS rH oA oD10+90"),
         "0 c:40000 s:9000 tcp - 0.003 100/0 S1 TF 0 ShAD 3/1 130/40 -"),
    Rule("two holes, one ACK: two gaps, one letter", tcp("oS rH oA oD10+10 oD10+20 rA"),
         "0 c:40000 s:9000 tcp - 0.005 50/0 S1 TF 30 ShADaG 4/2 180/80 -"),
    Rule("a hole that was acknowledged, then filled: sent again", tcp("oS rH oA oD10+20 rAK rA oD20-30 rA"),
         "0 c:40000 s:9000 tcp - 0.007 30/0 S1 TF 20 ShADaGT 4/4 190/160 -"),
    Rule("a gap in front of the FIN", tcp("oS rH oA oF+50 rF oA"),
         "0 c:40000 s:9000 tcp - 0.004 50/0 SF TF 50 ShAFfG 4/2 160/80 -"),
    Rule("midstream nothing is missed", tcp("oD10 rA oD10+90 rA"),
         "0 c:40000 s:9000 tcp - 0.003 110/0 OTH TF 0 Da 2/2 100/80 -"),
    Rule("midstream from a keep-alive: its byte counts", tcp("oA-1 rA oD10 rA"),
         "0 c:40000 s:9000 tcp - 0.003 11/0 OTH TF 0 AaD 2/2 90/80 -"),
    Rule("one half of a connection: no acknowledgement, no gap", tcp("oS oA oD1000 oD1000+5000 oF"),
         "0 c:40000 s:9000 tcp - 0.004 7000/0 SH TF 0 SADF 5/0 2200/0 -"),
    # frames
    Rule("padding is no payload", tcp("oS rH oA oD3 rA oF rF oA", link=padded),
         "0 c:40000 s:9000 tcp - 0.006 3/0 SF TF 0 ShADaFf 5/3 203/120 -"),
    Rule("padding is no payload of UDP", udp("oU3 rU0", link=padded),
         "0 c:40000 s:9000 udp - 0.001 3/0 SF TF 0 Dd 1/1 31/28 -"),
    Rule("cut off by the snap length: lengths count, but it was not seen", tcp("oS rH oA oD100c rA"),
         "0 c:40000 s:9000 tcp - 0.004 100/0 S1 TF 100 ShADaG 3/2 220/80 -"),
    Rule("cut UDP: lengths count", udp("oU100c rU100c"),
         "0 c:40000 s:9000 udp - 0.001 100/100 SF TF 0 Dd 1/1 128/128 -"),
    Rule("a total length of 0: the payload is what is there, ip_bytes stay 0",
         tcp("oS rH oA oD2000 rA", link=offloaded),
         "0 c:40000 s:9000 tcp - 0.004 2000/0 S1 TF 0 ShADa 3/2 80/80 -"),
    Rule("UDP's own length counts, not that of IP", frames(jumbo_length),
         "0 c:40000 s:9000 udp - 0.001 54/0 S0 TF 0 D 2/0 76/0 -"),
]
