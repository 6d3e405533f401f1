# SPDX-License-Identifier: BSD-3-Clause
"""When a connection is over: each timer just before and just after."""
import capture_maker as m
from scenario import Rule, both, frames, tcp, ticks, udp

OPEN = "oS rH oA "
# A look every 10 s from the start ends what is idle for 9 s. 27 bytes asked, 52 answered.
ASK, ANSWER = "a.example", "192.0.2.1"


def dns(*times, port=53, answered=True):
    """Lookups at these seconds, all from one port."""
    def packets(h):
        for t in times:
            found = m.lookup(0, h.c, h.s, ASK, [ANSWER], cport=30000, port=port)
            yield t, found[0][1]
            if answered:
                yield t + 0.01, found[1][1]
    return frames(packets)


def pings(*times):
    return frames(lambda h: ((t, m.ip(h.c, h.s, 1, m.icmp_echo(False))) for t in times))


def sctp(*times):
    return frames(lambda h: ((t, m.ip(h.c, h.s, 132, bytes(20))) for t in times))


# start originator responder proto service duration bytes state local missed history packets ip_bytes parent
RULES = [
    # attempt, close and reset: 5 s
    Rule("attempt: again within 5 s", tcp("oS oS-1~4.9"),
         "0 c:40000 s:9000 tcp - 4.9 0/0 S0 TF 0 S 2/0 80/0 -"),
    Rule("attempt: again after 5 s", tcp("oS oS-1~5.1"),
         "0 c:40000 s:9000 tcp - - -/- S0 TF 0 S 1/0 40/0 -",
         "5.1 c:40000 s:9000 tcp - - -/- S0 TF 0 S 1/0 40/0 -"),
    Rule("attempt: 5 s from the first SYN", tcp("oS oS-1~3 oS-1~3"),
         "0 c:40000 s:9000 tcp - 3 0/0 S0 TF 0 S 2/0 80/0 -",
         "6 c:40000 s:9000 tcp - - -/- S0 TF 0 S 1/0 40/0 -"),
    Rule("attempt: answered late", tcp("oS rH~5.1 oA"),
         "0 c:40000 s:9000 tcp - - -/- S0 TF 0 S 1/0 40/0 -",
         "5.1 c:40000 s:9000 tcp - 0.001 0/0 OTH TF 0 ^hA 1/1 40/40 -"),
    Rule("a SYN-ACK without its SYN is an attempt too", tcp("rH rH-1~5.1"),
         "0 s:9000 c:40000 tcp - - -/- OTH FT 0 H 1/0 40/0 -",
         "5.1 s:9000 c:40000 tcp - - -/- OTH FT 0 H 1/0 40/0 -"),
    Rule("close: a late ACK within 5 s", tcp(OPEN + "oF rF oA~4.9"),
         "0 c:40000 s:9000 tcp - 0.004 0/0 SF TF 0 ShAFf 4/2 160/80 -"),
    Rule("close: a late ACK after 5 s", tcp(OPEN + "oF rF oA~5.1"),
         "0 c:40000 s:9000 tcp - 0.004 0/0 SF TF 0 ShAFf 3/2 120/80 -",
         "5.104 c:40000 s:9000 tcp - - -/- OTH TF 0 A 1/0 40/0 -"),
    Rule("close: 5 s whatever comes", tcp(OPEN + "oF rF oA~3 oA~3"),
         "0 c:40000 s:9000 tcp - 0.004 0/0 SF TF 0 ShAFf 4/2 160/80 -",
         "6.004 c:40000 s:9000 tcp - - -/- OTH TF 0 A 1/0 40/0 -"),
    Rule("reset: a late ACK within 5 s", tcp(OPEN + "rR oA~4.9"),
         "0 c:40000 s:9000 tcp - 4.903 0/0 RSTR TF 0 ShAr 3/2 120/80 -"),
    Rule("reset: a late ACK after 5 s", tcp(OPEN + "rR oA~5.1"),
         "0 c:40000 s:9000 tcp - 0.003 0/0 RSTR TF 0 ShAr 2/2 80/80 -",
         "5.103 c:40000 s:9000 tcp - - -/- OTH TF 0 A 1/0 40/0 -"),
    Rule("refused: another RST within 5 s", tcp("oS rB rB~4.9"),
         "0 c:40000 s:9000 tcp - 4.901 0/0 REJ TF 0 Sr 1/2 40/80 -"),
    Rule("refused: another RST after 5 s", tcp("oS rB rB~5.1"),
         "0 c:40000 s:9000 tcp - 0.001 0/0 REJ TF 0 Sr 1/1 40/40 -",
         "5.101 s:9000 c:40000 tcp - - -/- OTH FT 0 R 1/0 40/0 -"),
    Rule("half open and closed: another FIN after 5 s", tcp("oS oF oF-1~5.1"),
         "0 c:40000 s:9000 tcp - 0.001 0/0 SH TF 0 SF 2/0 80/0 -",
         "5.101 c:40000 s:9000 tcp - - -/- SH TF 0 F 1/0 40/0 -"),
    # inactivity: TCP 5 min
    Rule("inactivity: silent for less than 5 min", tcp(OPEN + "oD10 oD10~299"),
         "0 c:40000 s:9000 tcp - 299.003 20/0 S1 TF 0 ShAD 4/1 180/40 -"),
    Rule("inactivity: silent for 5 min", tcp(OPEN + "oD10 oD10~301"),
         "0 c:40000 s:9000 tcp - 0.003 10/0 S1 TF 0 ShAD 3/1 130/40 -",
         "301.003 c:40000 s:9000 tcp - - -/- OTH TF 0 D 1/0 50/0 -"),
    Rule("inactivity: counted from the last packet", tcp(OPEN + "oD10 rA~200 oD10~200 rA~200"),
         "0 c:40000 s:9000 tcp - 600.003 20/0 S1 TF 0 ShADa 4/3 180/120 -"),
    Rule("inactivity midstream: 5 min too", both(tcp("oD10 rA oD10~299 oD10~301")),
         "0 c:40000 s:9000 tcp - 299.001 20/0 OTH TF 0 Da 2/1 100/40 -",
         "600.001 c:40000 s:9000 tcp - - -/- OTH TF 0 D 1/0 50/0 -"),
    Rule("half closed: the other end may go on for 5 min", tcp(OPEN + "oF rA rD10~299 oA"),
         "0 c:40000 s:9000 tcp - 299.005 0/10 S2 TF 0 ShAFad 4/3 160/130 -"),
    Rule("half closed: over after 5 min", tcp(OPEN + "oF rA rD10~301"),
         "0 c:40000 s:9000 tcp - 0.004 0/0 S2 TF 0 ShAFa 3/2 120/80 -",
         "301.004 s:9000 c:40000 tcp - - -/- OTH FT 0 D 1/0 50/0 -"),
    # interactive ports: 1 h
    *(Rule(f"interactive: port {port}, silent for less than an hour", tcp(OPEN + "oA~3599", resp=port),
           f"0 c:40000 s:{port} tcp - 3599.002 0/0 S1 TF 0 ShA 3/1 120/40 -") for port in (21, 22, 23, 513)),
    Rule("interactive: silent for an hour", tcp(OPEN + "oA~3601", resp=22),
         "0 c:40000 s:22 tcp - 0.002 0/0 S1 TF 0 ShA 2/1 80/40 -",
         "3601.002 c:40000 s:22 tcp - - -/- OTH TF 0 A 1/0 40/0 -"),
    Rule("interactive: not midstream", tcp("oA rA oA~301", resp=22),
         "0 c:40000 s:22 tcp - 0.001 0/0 OTH TF 0 Aa 1/1 40/40 -",
         "301.001 c:40000 s:22 tcp - - -/- OTH TF 0 A 1/0 40/0 -"),
    # inactivity of others: 1 min
    Rule("UDP: silent for less than a minute", udp("oU10 rU10 oU10~59"),
         "0 c:40000 s:9000 udp - 59.001 20/10 SF TF 0 Dd 2/1 76/38 -"),
    Rule("UDP: silent for a minute", udp("oU10 rU10 oU10~61"),
         "0 c:40000 s:9000 udp - 0.001 10/10 SF TF 0 Dd 1/1 38/38 -",
         "61.001 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 38/0 -"),
    Rule("UDP: the answer comes after a minute", udp("oU10 rU10~61"),
         "0 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 38/0 -",
         "61 s:9000 c:40000 udp - - -/- S0 FT 0 D 1/0 38/0 -"),
    Rule("ICMP: silent for less than a minute", pings(0, 59),
         "0 c:8 s:0 icmp - 59 64/0 OTH TF 0 - 2/0 120/0 -"),
    Rule("ICMP: silent for a minute", pings(0, 61),
         "0 c:8 s:0 icmp - - -/- OTH TF 0 - 1/0 60/0 -",
         "61 c:8 s:0 icmp - - -/- OTH TF 0 - 1/0 60/0 -"),
    Rule("others: silent for less than a minute", sctp(0, 59),
         "0 c:0 s:0 ip132 - 59 0/0 OTH TF 0 - 2/0 80/0 -"),
    Rule("others: silent for a minute", sctp(0, 61),
         "0 c:0 s:0 ip132 - - -/- OTH TF 0 - 1/0 40/0 -",
         "61 c:0 s:0 ip132 - - -/- OTH TF 0 - 1/0 40/0 -"),
    # DNS: looks each 10 s
    Rule("DNS: idle at the look after 10 s", both(dns(0, 12), ticks(10)),
         "0 c:30000 s:53 udp dns 0.01 27/52 SF TF 0 Dd 1/1 55/80 -",
         "12 c:30000 s:53 udp dns 0.01 27/52 SF TF 0 Dd 1/1 55/80 -"),
    Rule("DNS: the packet that comes after 10 s runs the look itself", dns(0, 12),
         "0 c:30000 s:53 udp dns 0.01 27/52 SF TF 0 Dd 1/1 55/80 -",
         "12 c:30000 s:53 udp dns 0.01 27/52 SF TF 0 Dd 1/1 55/80 -"),
    Rule("DNS: before the look, though idle for 9 s", dns(0, 9.9),
         "0 c:30000 s:53 udp dns 9.91 54/104 SF TF 0 Dd 2/2 110/160 -"),
    Rule("DNS: not idle at any look", both(dns(0, 5, 12), ticks(10, 20)),
         "0 c:30000 s:53 udp dns 12.01 81/156 SF TF 0 Dd 3/3 165/240 -"),
    Rule("DNS: idle at the second look", both(dns(0, 5, 10.5, 21, answered=False), ticks(10, 20)),
         "0 c:30000 s:53 udp dns 10.5 81/0 S0 TF 0 D 3/0 165/0 -",
         "21 c:30000 s:53 udp dns - -/- S0 TF 0 D 1/0 55/0 -"),
    Rule("DNS: looks count from the packet that ran the last", dns(0, 8, 15, 24.5, answered=False),
         "0 c:30000 s:53 udp dns 24.5 108/0 S0 TF 0 D 4/0 220/0 -"),
    Rule("DNS: no looks at other ports", both(dns(0, 12, port=9000), ticks(10)),
         "0 c:30000 s:9000 udp - 12.01 54/104 SF TF 0 Dd 2/2 110/160 -"),
]
