# SPDX-License-Identifier: BSD-3-Clause
"""Packets and capture files made byte by byte, for tests that need to know every one of them.

A packet is (time in ns, bytes on the link[, length on the wire]). Layers are plain functions from
bytes to bytes: ethernet(ipv4(A, B, 17, udp(1, 2, payload))). Checksums are left 0 where nothing
looks at them. No module but the standard library's.
"""
import ipaddress
import struct

DLT_NULL, DLT_ETHERNET, DLT_LOOP, DLT_SLL = 0, 1, 108, 113
DLT_IPV4, DLT_IPV6, DLT_SLL2 = 228, 229, 276
LINKTYPE_RAW = 101  # what the file says; libpcap calls it DLT_RAW, 12

SEC = 10**9
START = 1700000000 * SEC

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
A, NS, CNAME, PTR, TXT, AAAA, ANY = 1, 2, 5, 12, 16, 28, 255


def packed(address):
    return ipaddress.ip_address(address).packed


# --- network and transport -------------------------------------------------------------------

def ipv4(src, dst, proto, payload, ident=0, fragment=0, ttl=64, options=b""):
    return struct.pack("!BBHHHBBH4s4s", 0x40 | (20 + len(options)) // 4, 0,
                       20 + len(options) + len(payload), ident, fragment, ttl, proto, 0,
                       packed(src), packed(dst)) + options + payload


def ipv6(src, dst, proto, payload, hops=64):
    return struct.pack("!IHBB16s16s", 0x60000000, len(payload), proto, hops,
                       packed(src), packed(dst)) + payload


def ip(src, dst, proto, payload):
    return (ipv6 if ":" in src else ipv4)(src, dst, proto, payload)


def udp(sport, dport, payload=b""):
    return struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload


def tcp(sport, dport, seq, ack, flags, payload=b"", window=8192):
    return struct.pack("!HHIIBBHHH", sport, dport, seq, ack, 0x50, flags, window, 0, 0) + payload


def icmp(kind, code=0, rest=bytes(4), payload=b""):
    """rest: the second word of the header, by the type."""
    return struct.pack("!BBH", kind, code, 0) + rest + payload


def icmp_echo(reply, ident=1, number=1, payload=b"x" * 32):
    return struct.pack("!BBHHH", 0 if reply else 8, 0, 0, ident, number) + payload


def internet_sum(data):
    """RFC 1071, to be stored."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return struct.pack("!H", ~total & 0xffff)


def checksummed(packet):
    """An IP packet without options or extension headers, all its checksums made right."""
    v6 = packet[0] >> 4 == 6
    header, proto, ends = ((packet[:40], packet[6], packet[8:40]) if v6 else
                           (packet[:20], packet[9], packet[12:20]))
    body = packet[len(header):]
    at = {1: 2, 6: 16, 17: 6, 58: 2}.get(proto)
    if at is not None:
        body = body[:at] + b"\0\0" + body[at + 2:]
        pseudo = b"" if proto == 1 else ends + struct.pack("!II", len(body), proto)
        body = body[:at] + internet_sum(pseudo + body) + body[at + 2:]
    if not v6:
        header = header[:10] + b"\0\0" + header[12:]
        header = header[:10] + internet_sum(header) + header[12:]
    return header + body


# --- links -----------------------------------------------------------------------------------

MAC_A, MAC_B = b"\x02\0\0\0\0\x01", b"\x02\0\0\0\0\x02"


def is_v6(packet):
    return packet[0] >> 4 == 6


def ethertype(packet):
    return 0x86dd if is_v6(packet) else 0x0800


def ethernet(packet, vlans=(), src=MAC_A, dst=MAC_B):
    """vlans: outermost first, each (tag protocol, id)."""
    tags = b"".join(struct.pack("!HH", tpid, vid) for tpid, vid in vlans)
    return dst + src + tags + struct.pack("!H", ethertype(packet)) + packet


def vlan(packet):
    return ethernet(packet, [(0x8100, 7)])


def qinq(packet):
    return ethernet(packet, [(0x88a8, 9), (0x8100, 7)])


def sll(packet):
    return struct.pack("!HHH8sH", 0, 1, 6, MAC_A, ethertype(packet)) + packet


def sll2(packet):
    return struct.pack("!HHIHBB8s", ethertype(packet), 0, 2, 1, 0, 6, MAC_A) + packet


def raw(packet):
    return packet


def null(packet, order="<"):
    """BSD loopback: address family in the byte order of the machine that captured."""
    return struct.pack(order + "I", 30 if is_v6(packet) else 2) + packet


def loop(packet):
    return null(packet, ">")


# --- DNS -------------------------------------------------------------------------------------

def dns_name(name):
    """From text, or from a list of labels in bytes for names that text can't say."""
    labels = name if isinstance(name, list) else [x.encode() for x in name.split(".") if x]
    return b"".join(bytes([len(x)]) + x for x in labels) + b"\0"


def record(owner, rtype, rdata, ttl=300, rclass=1):
    """rdata: an address, a name, or bytes as they are."""
    if rtype in (A, AAAA) and not isinstance(rdata, bytes):
        rdata = packed(rdata)
    elif rtype in (NS, CNAME, PTR) and not isinstance(rdata, bytes):
        rdata = dns_name(rdata)
    return dns_name(owner) + struct.pack("!HHIH", rtype, rclass, ttl, len(rdata)) + rdata


def dns(ident, flags, question=None, answers=(), authority=(), additional=()):
    """question: (name, type) or None. answers: made by record()."""
    body = b"" if question is None else dns_name(question[0]) + struct.pack("!HH", question[1], 1)
    parts = (answers, authority, additional)
    return struct.pack("!HHHHHH", ident, flags, question is not None,
                       *(len(p) for p in parts)) + body + b"".join(b"".join(p) for p in parts)


def dns_query(ident, name, rtype=A):
    return dns(ident, 0x0100, (name, rtype))


def dns_response(ident, name, rtype, answers, rcode=0):
    return dns(ident, 0x8180 | rcode, (name, rtype), answers)


def reverse_name(address):
    return ipaddress.ip_address(address).reverse_pointer


# --- conversations: lists of (time, IP packet) -----------------------------------------------

def tcp_connection(at, client, server, cport=40000, sport=443, up=b"hello", down=b"world!",
                   step=SEC // 1000):
    """Handshake, a piece each way, both FINs: conn_state SF, 5 packets up and 4 down."""
    def out(seq, ack, flags, data=b""):
        return ip(client, server, 6, tcp(cport, sport, seq, ack, flags, data))

    def back(seq, ack, flags, data=b""):
        return ip(server, client, 6, tcp(sport, cport, seq, ack, flags, data))

    mine, theirs = 1001, 5001
    packets = [out(1000, 0, SYN), back(5000, mine, SYN | ACK), out(mine, theirs, ACK),
               out(mine, theirs, PSH | ACK, up)]
    mine += len(up)
    packets.append(back(theirs, mine, PSH | ACK, down))
    theirs += len(down)
    packets += [out(mine, theirs, FIN | ACK), back(theirs, mine + 1, ACK),
                back(theirs, mine + 1, FIN | ACK), out(mine + 1, theirs + 1, ACK)]
    return [(at + i * step, p) for i, p in enumerate(packets)]


def tcp_open(at, client, server, cport=40000, sport=443):
    """A handshake, and nothing that ends it."""
    return tcp_connection(at, client, server, cport, sport)[:3]


def lookup(at, client, resolver, name, answers, rtype=A, ident=1, cport=30000, port=53,
           rcode=0, delay=SEC // 100):
    """Query and response; answers: addresses or names for the type asked, or made records."""
    made = [a if isinstance(a, bytes) else record(name, rtype, a) for a in answers]
    return [(at, ip(client, resolver, 17, udp(cport, port, dns_query(ident, name, rtype)))),
            (at + delay, ip(resolver, client, 17,
                            udp(port, cport, dns_response(ident, name, rtype, made, rcode))))]


def on(link, packets):
    """Put IP packets on a link: a list of (time, bytes)."""
    return [(p[0], link(p[1])) for p in packets]


# --- files -----------------------------------------------------------------------------------

def pcap(packets, linktype=DLT_ETHERNET, order="<", nanoseconds=False, snaplen=262144):
    """Classic pcap. A packet longer than snaplen is cut to it."""
    out = [struct.pack(order + "IHHiIII", 0xa1b23c4d if nanoseconds else 0xa1b2c3d4, 2, 4, 0, 0,
                       snaplen, linktype)]
    for at, data, *rest in packets:
        wire = rest[0] if rest else len(data)
        fraction = at % SEC if nanoseconds else at % SEC // 1000
        data = data[:snaplen]
        out.append(struct.pack(order + "IIII", at // SEC, fraction, len(data), wire) + data)
    return b"".join(out)


def pcapng_block(kind, body, order="<"):
    body += b"\0" * (-len(body) % 4)
    total = len(body) + 12
    return struct.pack(order + "II", kind, total) + body + struct.pack(order + "I", total)


def pcapng_option(code, value, order="<"):
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def pcapng_section(order="<"):
    return pcapng_block(0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1), order)


def pcapng_interface(linktype, order="<", snaplen=0, tsresol=None):
    """tsresol: the negative power of ten that the stamps count in; None: microseconds."""
    options = b""
    if tsresol is not None:
        options = pcapng_option(9, bytes([tsresol]), order) + pcapng_option(0, b"", order)
    return pcapng_block(1, struct.pack(order + "HHI", linktype, 0, snaplen) + options, order)


def pcapng_packet(stamp, data, order="<", interface=0, wire=None):
    """stamp: in the interface's units."""
    head = struct.pack(order + "IIIII", interface, stamp >> 32, stamp & 0xffffffff, len(data),
                       len(data) if wire is None else wire)
    return pcapng_block(6, head + data, order)


def pcapng(packets, linktype=DLT_ETHERNET, order="<", nanoseconds=False):
    unit = 1 if nanoseconds else 1000
    return b"".join([pcapng_section(order),
                     pcapng_interface(linktype, order, tsresol=9 if nanoseconds else None)] +
                    [pcapng_packet(p[0] // unit, p[1], order, wire=p[2] if len(p) > 2 else None)
                     for p in packets])
