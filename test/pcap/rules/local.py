# SPDX-License-Identifier: BSD-3-Clause
"""local_orig and local_resp: addresses that nobody routes, and those that the configuration names."""
import capture_maker as m
from scenario import Rule, frames, tcp, udp

SETTINGS = ['local_nets=["23.0.1.0/24", "23.0.3.2/32", "2a02:2::/32", "8.8.0.0/16"]']


def between(src, dst):
    return frames(lambda h: [m.ip(src, dst, 17, m.udp(40000, 9000, b"x"))])


def alike(what, local, *addresses):
    """A rule per address, as the originator towards one that is not local."""
    for a in addresses:
        other, size = ("2a09::9", 49) if ":" in a else ("23.9.9.9", 29)
        yield Rule(f"{what}: {a}", between(a, other),
                   f"0 {a}:40000 {other}:9000 udp - - -/- S0 {local}F 0 D 1/0 {size}/0 -")


# start originator responder proto service duration bytes state local missed history packets ip_bytes parent
RULES = [
    # The first three have the addresses that SETTINGS name.
    Rule("local_nets: the responder's network", tcp("oS"),
         "0 c:40000 s:9000 tcp - - -/- S0 TT 0 S 1/0 40/0 -"),
    Rule("local_nets: a network of IPv6", tcp("oS", v6=True),
         "0 c6:40000 s6:9000 tcp - - -/- S0 TT 0 S 1/0 60/0 -"),
    Rule("local_nets: an address by itself, and the one next to it",
         lambda h: tcp("oS")(h) + tcp("oS", ends=lambda h: (h.c, h.s2))(h),
         "0 c:40000 s:9000 tcp - - -/- S0 TT 0 S 1/0 40/0 -",
         "0 c:40000 s2:9000 tcp - - -/- S0 TF 0 S 1/0 40/0 -"),
    Rule("neither end is local", udp("oU1 rU1", ends=lambda h: (h.s, h.s2)),
         "0 s:40000 s2:9000 udp - 0.001 1/1 SF FF 0 Dd 1/1 29/29 -"),
    Rule("a turned connection: its ends are turned too", tcp("rH rR", resp=443),
         "0 c:40000 s:443 tcp - 0.001 0/0 RSTRH TF 0 ^hr 0/2 0/80 -"),
    *alike("local_nets", "T", "8.8.8.8"),
    *alike("private", "T", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.7.7",
           "fd12::1", "fc00::1"),
    *alike("shared with a carrier", "T", "100.64.0.1", "100.127.255.255"),
    *alike("link-local, loopback, this network", "T",
           "169.254.1.1", "127.0.0.1", "0.1.2.3", "fe80::99", "fec0::1", "::1"),
    *alike("documentation, benchmarks, reserved", "T", "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1",
           "192.0.0.9", "240.0.0.1", "2001:db8::1", "2001:2::1", "100::1", "64:ff9b:1::1"),
    *alike("private, as 6to4 writes it", "T", "2002:a00:1::1", "2002:c0a8:101::1", "2002:ac10:1::1"),
    *alike("next to those", "F", "11.0.0.1", "172.15.255.255", "172.32.0.1", "192.169.0.1", "100.63.255.255",
           "100.128.0.1", "169.253.0.1", "8.9.0.1", "2a02:3::1", "2001:200::1", "2002:808:808::1", "64:ff9b::1"),
]
