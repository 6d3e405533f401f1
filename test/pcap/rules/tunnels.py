# SPDX-License-Identifier: BSD-3-Clause
"""Packets in packets: the inner connection, its tunnel's own record where there is one, and the bound."""
import capture_maker as m
import layer_maker as lm
from layer_maker import gre, ip_in_ip, tunnelled, vxlan
from scenario import Rule, both, later, tcp

HELLO, HELLO6 = tcp("oS rH oA"), tcp("oS rH oA", v6=True)
P6 = ("p6", "q6")
# The ends of five tunnels, the innermost first.
NESTED = (("c", "s2"), ("c2", "s"), ("c2", "s2"), ("c", "q"), ("p", "q"))
INNER = "0 c:40000 s:9000 tcp - 0.002 0/0 S1 TF 0 ShA 2/1 80/40 "
INNER6 = "0 c6:40000 s6:9000 tcp - 0.002 0/0 S1 TF 0 ShA 2/1 120/60 "


def over(wrap, port, ends=("p", "q"), sport=50000):
    return wrap, ends, (sport, port)


def outer(service, port, payload, inner=INNER, sport=50000):
    """Two datagrams from p with this much payload, one from q; and the connection in them."""
    return (f"0 p:{sport} q:{port} udp {service} 0.002 {2 * payload}/{payload} SF FF 0 Dd 2/1 "
            f"{2 * (payload + 28)}/{payload + 28} -", f"{inner}p:{sport}>q:{port}")




def swinging(changes):
    """A connection in one tunnel, then in another, and back again."""
    ends = ("p", "q"), ("c2", "s2")
    return both(tunnelled(HELLO, gre()), *(
        later(0.01 * i, tunnelled(tcp("oA", isn=(1001, 500001)), (gre(), ends[i % 2]))) for i in range(1, changes + 1)))


# start originator responder proto service duration bytes state local missed history packets ip_bytes parent
RULES = [
    # labels of the link: nothing of them is seen in the record
    *(Rule(f"{name}: an IP packet like any other", tcp("oS rH oA", link=link), INNER + "-")
      for name, link in (("VLAN", m.vlan), ("QinQ", m.qinq), ("MPLS", lm.mpls), ("MPLS in a VLAN", lm.mpls_in_vlan),
                         ("PPPoE", lm.pppoe))),
    Rule("PPPoE: IPv6", tcp("oS rH oA", v6=True, link=lm.pppoe), INNER6 + "-"),
    # tunnels of IP: a parent without a record
    *(Rule(f"{name}: the tunnel has no record", tunnelled(HELLO, wrap), INNER + "t1")
      for name, wrap in (("IP in IP", ip_in_ip), ("GRE", gre()), ("GRE with key and number", lm.gre_key),
                         ("GRE, bridged", lm.gre_bridged), ("PPTP", lm.pptp), ("ERSPAN I", lm.erspan1),
                         ("ERSPAN II", lm.erspan2), ("ERSPAN III", lm.erspan3))),
    Rule("6in4", tunnelled(HELLO6, ip_in_ip), INNER6 + "t1"),
    Rule("4in6", tunnelled(HELLO, (ip_in_ip, P6)), INNER + "t1"),
    Rule("6in6", tunnelled(HELLO6, (ip_in_ip, P6)), INNER6 + "t1"),
    Rule("GRE with IPv6 in it", tunnelled(HELLO6, gre()), INNER6 + "t1"),
    Rule("GRE in a VLAN", tunnelled(HELLO, gre(), link=m.vlan), INNER + "t1"),
    Rule("two connections of one tunnel have one parent",
         both(tunnelled(HELLO, gre()), tunnelled(tcp("oS rH oA", orig=40001), gre())),
         INNER + "t1", INNER.replace("c:40000", "c:40001") + "t1"),
    Rule("the same connection outside of its tunnel is no other", both(
        tunnelled(HELLO, gre()), later(0.01, tcp("oA", isn=(1001, 500001)))),
         "0 c:40000 s:9000 tcp - 0.01 0/0 S1 TF 0 ShA 3/1 120/40 t1"),
    # five changes are Zeek's Tunnel::max_changes_per_connection
    Rule("five changes of the tunnel", swinging(5), "0 c:40000 s:9000 tcp - 0.05 0/0 S1 TF 0 ShA 7/1 280/40 t1,t2"),
    Rule("six changes of the tunnel", swinging(6), "0 c:40000 s:9000 tcp - 0.06 0/0 S1 TF 0 ShAX 8/1 320/40 t1,t2"),
    # tunnels over UDP: a record with their service
    Rule("VXLAN", tunnelled(HELLO, over(vxlan, 4789)), *outer("vxlan", 4789, 62)),
    Rule("GENEVE", tunnelled(HELLO, over(lm.geneve, 6081)), *outer("geneve", 6081, 62)),
    Rule("GENEVE with options", tunnelled(HELLO, over(lm.geneve_options, 6081)), *outer("geneve", 6081, 70)),
    Rule("GTP-U", tunnelled(HELLO, over(lm.gtp, 2152, sport=2152)), *outer("gtpv1", 2152, 48, sport=2152)),
    Rule("Teredo", tunnelled(HELLO6, over(lm.teredo, 3544)), *outer("teredo", 3544, 60, INNER6)),
    Rule("Teredo with an origin", tunnelled(HELLO6, over(lm.teredo_origin, 3544)), *outer("teredo", 3544, 68, INNER6)),
    Rule("Teredo of one end: known only when both were seen", tunnelled(tcp("oS", v6=True), over(lm.teredo, 3544)),
         "0 p:50000 q:3544 udp - - -/- S0 FF 0 D 1/0 88/0 -",
         "0 c6:40000 s6:9000 tcp - - -/- S0 TF 0 S 1/0 60/0 p:50000>q:3544"),
    Rule("AYIYA", tunnelled(HELLO6, over(lm.ayiya, 5072)), *outer("ayiya", 5072, 104, INNER6)),
    Rule("VXLAN over IPv6", tunnelled(HELLO, over(vxlan, 4789, P6)),
         "0 p6:50000 q6:4789 udp vxlan 0.002 124/62 SF FF 0 Dd 2/1 220/110 -", INNER + "p6:50000>q6:4789"),
    Rule("VXLAN, a flow of its own for each way: two parents",
         both(tunnelled(tcp("oS"), over(vxlan, 4789)),
              later(0.001, tunnelled(tcp("rHk1"), over(vxlan, 50001, sport=4789)))),
         "0 p:50000 q:4789 udp vxlan - -/- S0 FF 0 D 1/0 90/0 -",
         "0 c:40000 s:9000 tcp - 0.001 0/0 S1 TF 0 Sh 1/1 40/40 p:50000>q:4789,q:50001>p:4789",
         "0.001 q:50001 p:4789 udp vxlan - -/- S0 FF 0 D 1/0 90/0 -"),
    Rule("VXLAN's port, but no flag: no tunnel", tunnelled(HELLO, over(lambda p: bytes(8) + m.ethernet(p), 4789)),
         "0 p:50000 q:4789 udp - 0.002 124/62 SF FF 0 Dd 2/1 180/90 -"),
    Rule("VXLAN on another port: no tunnel", tunnelled(HELLO, over(vxlan, 4790)),
         "0 p:50000 q:4790 udp - 0.002 124/62 SF FF 0 Dd 2/1 180/90 -"),
    # one in another: the innermost is the parent, and there are four at most
    Rule("IP in IP in GRE", tunnelled(HELLO, (ip_in_ip, ("c2", "s2")), gre()), INNER + "t1"),
    Rule("GRE in VXLAN", tunnelled(HELLO, (gre(), ("c2", "s2")), over(vxlan, 4789)),
         "0 p:50000 q:4789 udp vxlan 0.002 172/86 SF FF 0 Dd 2/1 228/114 -", INNER + "t1"),
    Rule("VXLAN in GRE", tunnelled(HELLO, over(vxlan, 4789, ("c2", "s2")), gre()),
         "0 c2:50000 s2:4789 udp vxlan 0.002 124/62 SF TF 0 Dd 2/1 180/90 t1", INNER + "c2:50000>s2:4789"),
    Rule("VXLAN in VXLAN", tunnelled(HELLO, over(vxlan, 4789, ("c2", "s2")), over(vxlan, 4789)),
         "0 p:50000 q:4789 udp vxlan 0.002 224/112 SF FF 0 Dd 2/1 280/140 -",
         "0 c2:50000 s2:4789 udp vxlan 0.002 124/62 SF TF 0 Dd 2/1 180/90 p:50000>q:4789",
         INNER + "c2:50000>s2:4789"),
    Rule("four of IP in IP", tunnelled(HELLO, *((ip_in_ip, e) for e in NESTED[1:])), INNER + "t1"),
    Rule("five of IP in IP: the fifth is not opened", tunnelled(HELLO, *((ip_in_ip, e) for e in NESTED))),
    Rule("five of VXLAN: the fifth is not opened, and has an X",
         tunnelled(HELLO, *(over(vxlan, 4789, e) for e in NESTED)),
         "0 p:50000 q:4789 udp vxlan 0.002 524/262 SF FF 0 Dd 2/1 580/290 -",
         "0 c:50000 q:4789 udp vxlan 0.002 424/212 SF TF 0 Dd 2/1 480/240 p:50000>q:4789",
         "0 c2:50000 s2:4789 udp vxlan 0.002 324/162 SF TF 0 Dd 2/1 380/190 c:50000>q:4789",
         "0 c2:50000 s:4789 udp vxlan 0.002 224/112 SF TF 0 Dd 2/1 280/140 c2:50000>s2:4789",
         "0 c:50000 s2:4789 udp - 0.002 124/62 SF TF 0 DXd 2/1 180/90 c2:50000>s:4789"),
]
