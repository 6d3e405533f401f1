# SPDX-License-Identifier: BSD-3-Clause
"""UDP: who asked, who was heard of, and what DNS makes of the direction."""
import capture_maker as m
from scenario import Rule, frames, udp

NAME = "a.example"  # 27 bytes to ask, 52 to answer
QUERY = m.dns_query(1, NAME)
RESPONSE = m.dns_response(1, NAME, m.A, [m.record(NAME, m.A, "192.0.2.1")])
NOTIFY = m.dns(1, 4 << 11, (NAME, m.A))


def sent(*packets):
    """packets: from hosts to (source, port, destination, port, payload)."""
    def make(h):
        for src, sport, dst, dport, payload in (p(h) for p in packets):
            yield m.ip(src, dst, 17, m.udp(sport, dport, payload))
    return frames(make)


# start originator responder proto service duration bytes state local missed history packets ip_bytes parent
RULES = [
    Rule("S0: one way", udp("oU10 oU20"),
         "0 c:40000 s:9000 udp - 0.001 30/0 S0 TF 0 D 2/0 86/0 -"),
    Rule("SF: both ways", udp("oU10 rU20"),
         "0 c:40000 s:9000 udp - 0.001 10/20 SF TF 0 Dd 1/1 38/48 -"),
    Rule("SF: over IPv6", udp("oU10 rU20", v6=True),
         "0 c6:40000 s6:9000 udp - 0.001 10/20 SF TF 0 Dd 1/1 58/68 -"),
    Rule("no payload is D all the same", udp("oU0 rU0"),
         "0 c:40000 s:9000 udp - 0.001 0/0 SF TF 0 Dd 1/1 28/28 -"),
    # likely server ports
    Rule("SHR: only the server was heard", udp("rU20 rU10", resp=161),
         "0 c:40000 s:161 udp - 0.001 0/30 SHR TF 0 ^d 0/2 0/86 -"),
    Rule("SF: the server was heard first", udp("rU20 oU10", resp=161),
         "0 c:40000 s:161 udp - 0.001 10/20 SF TF 0 ^dD 1/1 38/48 -"),
    Rule("two likely ports: who sends first", udp("rU20 oU10", orig=162, resp=161),
         "0 s:161 c:162 udp - 0.001 20/10 SF FT 0 Dd 1/1 48/38 -"),
    # broadcast and multicast
    Rule("from a likely port to everybody: left", sent(lambda h: (h.c, 67, "255.255.255.255", 68, b"x" * 20)),
         "0 c:67 255.255.255.255:68 udp - - -/- S0 TT 0 D 1/0 48/0 -"),
    Rule("from a likely port to a network's broadcast: turned, so Zeek",
         sent(lambda h: (h.c, 161, h.c[:-1] + "255", 40000, b"x" * 20)),
         "0 10.0.9.255:40000 c:161 udp - - -/- SHR TT 0 ^d 0/1 0/48 -"),
    Rule("from nowhere to everybody", sent(lambda h: ("0.0.0.0", 68, "255.255.255.255", 67, b"x" * 20)),
         "0 0.0.0.0:68 255.255.255.255:67 udp - - -/- S0 TT 0 D 1/0 48/0 -"),
    Rule("a likely port and multicast: turned", sent(lambda h: (h.c, 161, "239.1.2.3", 40000, b"x" * 20)),
         "0 239.1.2.3:40000 c:161 udp - - -/- SHR TT 0 ^d 0/1 0/48 -"),
    # DNS
    Rule("DNS: lookup", sent(lambda h: (h.c, 40000, h.s, 53, QUERY), lambda h: (h.s, 53, h.c, 40000, RESPONSE)),
         "0 c:40000 s:53 udp dns 0.001 27/52 SF TF 0 Dd 1/1 55/80 -"),
    Rule("DNS: the response first", sent(lambda h: (h.s, 53, h.c, 40000, RESPONSE)),
         "0 c:40000 s:53 udp dns - -/- SHR TF 0 ^d 0/1 0/80 -"),
    Rule("DNS: the response first, between servers: turned by its flag",
         sent(lambda h: (h.s, 53, h.c, 53, RESPONSE)),
         "0 c:53 s:53 udp dns - -/- S0 TF 0 D^ 1/0 80/0 -"),
    Rule("DNS: turned by its flag; bytes and the state stay where they were",
         sent(lambda h: (h.s, 53, h.c, 53, RESPONSE), lambda h: (h.c, 53, h.s, 53, QUERY)),
         "0 c:53 s:53 udp dns 0.001 79/0 S0 TF 0 D^ 2/0 135/0 -"),
    Rule("DNS: a response to a group is left", sent(lambda h: (h.c, 5353, "224.0.0.251", 5353, RESPONSE)),
         "0 c:5353 224.0.0.251:5353 udp dns - -/- S0 TT 0 D 1/0 80/0 -"),
    Rule("DNS: a response to a group of IPv6 is left", sent(lambda h: (h.c6, 5353, "ff02::fb", 5353, RESPONSE)),
         "0 c6:5353 ff02::fb:5353 udp dns - -/- S0 TF 0 D 1/0 100/0 -"),
    Rule("DNS: LLMNR asks a group", sent(lambda h: (h.c, 40000, "224.0.0.252", 5355, QUERY)),
         "0 c:40000 224.0.0.252:5355 udp dns - -/- S0 TT 0 D 1/0 55/0 -"),
    Rule("DNS: port 137 too", sent(lambda h: (h.c, 137, h.s, 137, QUERY), lambda h: (h.s, 137, h.c, 137, RESPONSE)),
         "0 c:137 s:137 udp dns 0.001 27/52 SF TF 0 Dd 1/1 55/80 -"),
    Rule("X: an operation that Zeek's parser refuses",
         sent(lambda h: (h.c, 40000, h.s, 53, NOTIFY), lambda h: (h.s, 53, h.c, 40000, NOTIFY)),
         "0 c:40000 s:53 udp - 0.001 27/27 SF TF 0 DXd 1/1 55/55 -"),
    Rule("DNS on another port has no service", sent(lambda h: (h.c, 40000, h.s, 9000, QUERY)),
         "0 c:40000 s:9000 udp - - -/- S0 TF 0 D 1/0 55/0 -"),
]
