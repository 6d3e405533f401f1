# SPDX-License-Identifier: BSD-3-Clause
"""service: what the first bytes say, whatever the port is; UDP's DNS is in udp.py."""
import struct

import capture_maker as m
from scenario import Rule, tcp

REQUEST = b"GET / HTTP/1.1\r\nHost: www.example\r\n\r\n"  # 37 bytes
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"  # 40 bytes


def tls_record(kind, body):
    message = struct.pack("!BBH", kind, 0, len(body)) + body
    return struct.pack("!BHH", 0x16, 0x0301, len(message)) + message


def client_hello(name=b"www.example"):
    """RFC 8446 4.1.2, with a server name."""
    sni = struct.pack("!HBH", len(name) + 3, 0, len(name)) + name
    extensions = struct.pack("!HH", 0, len(sni)) + sni
    body = struct.pack("!H", 0x0303) + bytes(range(32)) + b"\0" + struct.pack("!HH", 2, 0xc02f) + b"\1\0"
    return tls_record(1, body + struct.pack("!H", len(extensions)) + extensions)


HELLO = client_hello()  # 72 bytes
SERVER_HELLO = tls_record(2, struct.pack("!H", 0x0303) + bytes(range(32)) + b"\0" + struct.pack("!HB", 0xc02f, 0))  # 47
# A length in front of the message (RFC 1035 4.2.2).
QUERY = b"\0\x1b" + m.dns_query(1, "a.example")  # 29 bytes
RESPONSE = b"\0\x34" + m.dns_response(1, "a.example", m.A, [m.record("a.example", m.A, "192.0.2.1")])  # 54
STATUS = b"\0\x1b" + bytes([0, 1, 0x10, 0]) + bytes(14)  # 20 bytes of 29
NOISE = bytes(range(128, 168))  # 40 bytes

OPEN = "oS rH oA "

# start originator responder proto service duration bytes state local missed history packets ip_bytes parent
RULES = [
    *(Rule(f"HTTP on port {port}", tcp(OPEN + "oD rD", resp=port, payload=(REQUEST, REPLY)),
           f"0 c:40000 s:{port} tcp http 0.004 37/40 S1 TF 0 ShADd 3/2 157/120 -") for port in (80, 8080, 9000)),
    *(Rule(f"HTTP: the request alone, on port {port}", tcp(OPEN + "oD rA", resp=port, payload=(REQUEST, REPLY)),
           f"0 c:40000 s:{port} tcp http 0.004 37/0 S1 TF 0 ShADa 3/2 157/80 -") for port in (80, 9000)),
    Rule("HTTP in pieces", tcp(OPEN + "oD2 rA oD3 rA oD rD", resp=9000, payload=(REQUEST, REPLY)),
         "0 c:40000 s:9000 tcp http 0.008 37/40 S1 TF 0 ShADad 5/4 237/200 -"),
    Rule("HTTP over IPv6", tcp(OPEN + "oD rD", resp=9000, v6=True, payload=(REQUEST, REPLY)),
         "0 c6:40000 s6:9000 tcp http 0.004 37/40 S1 TF 0 ShADd 3/2 217/160 -"),
    *(Rule(f"TLS on port {port}", tcp(OPEN + "oD rD", resp=port, payload=(HELLO, SERVER_HELLO)),
           f"0 c:40000 s:{port} tcp ssl 0.004 72/47 S1 TF 0 ShADd 3/2 192/127 -") for port in (443, 9000)),
    *(Rule(f"TLS: the ClientHello alone, on port {port}", tcp(OPEN + "oD rA", resp=port, payload=(HELLO, b"")),
           f"0 c:40000 s:{port} tcp ssl 0.004 72/0 S1 TF 0 ShADa 3/2 192/80 -") for port in (443, 9000)),
    Rule("TLS in pieces", tcp(OPEN + "oD4 rA oD10 rA oD rD", resp=9000, payload=(HELLO, SERVER_HELLO)),
         "0 c:40000 s:9000 tcp ssl 0.008 72/47 S1 TF 0 ShADad 5/4 272/207 -"),
    Rule("DNS over TCP", tcp(OPEN + "oD rD", resp=53, payload=(QUERY, RESPONSE)),
         "0 c:40000 s:53 tcp dns 0.004 29/54 S1 TF 0 ShADd 3/2 149/134 -"),
    # a message that is not whole is looked at when one side closes: this one (RFC 1035 4.1.1: opcode 2) leaves an X
    Rule("DNS over TCP: part of a message, and no close", tcp(OPEN + "oD", resp=53, payload=(STATUS, b"")),
         "0 c:40000 s:53 tcp - 0.003 20/0 S1 TF 0 ShAD 3/1 140/40 -"),
    Rule("DNS over TCP: part of a message, then a FIN", tcp(OPEN + "oD oF", resp=53, payload=(STATUS, b"")),
         "0 c:40000 s:53 tcp - 0.004 20/0 S2 TF 0 ShADFX 4/1 180/40 -"),
    Rule("DNS over TCP: part of a message, then a RST", tcp(OPEN + "oD rR", resp=53, payload=(STATUS, b"")),
         "0 c:40000 s:53 tcp - 0.004 20/0 RSTR TF 0 ShADrX 3/2 140/80 -"),
    Rule("HTTP: the SYN-ACK first, both ports likely", tcp("rH oA oD rD", 1080, 8000, payload=(REQUEST, REPLY)),
         "0 c:1080 s:8000 tcp http 0.003 37/40 OTH TF 0 ^hADd 2/2 117/120 -"),
    # none
    Rule("a port of TLS makes no TLS", tcp(OPEN + "oD rD", resp=443, payload=(NOISE, NOISE)),
         "0 c:40000 s:443 tcp - 0.004 40/40 S1 TF 0 ShADd 3/2 160/120 -"),
    Rule("a port of HTTP makes no HTTP", tcp(OPEN + "oA rA", resp=80),
         "0 c:40000 s:80 tcp - 0.004 0/0 S1 TF 0 ShAa 3/2 120/80 -"),
    Rule("no payload, no service", tcp(OPEN + "oF rF", resp=443),
         "0 c:40000 s:443 tcp - 0.004 0/0 SF TF 0 ShAFf 3/2 120/80 -"),
    Rule("what is over before anything was said", tcp("oS rB", resp=80),
         "0 c:40000 s:80 tcp - 0.001 0/0 REJ TF 0 Sr 1/1 40/40 -"),
]

assert (len(REQUEST), len(REPLY), len(HELLO), len(SERVER_HELLO), len(QUERY), len(RESPONSE)) == (37, 40, 72, 47, 29, 54)
