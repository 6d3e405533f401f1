#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_quic: lists of datagrams, whose packets the target encrypts itself.

usage: make_quic_seeds.py [DIRECTORY]   (default: seeds/quic beside this script)
"""
import os
import struct
import sys

SEALED, V2, OTHER_KEYS, OTHER_FLOW, SERVER, COALESCED, PADDED, OTHER_ID = (1 << i for i in range(8))
FULL = SEALED | PADDED


def datagram(op, payload):
    return struct.pack("!BH", op, len(payload)) + payload


def varint(v):
    return bytes([v]) if v < 64 else struct.pack("!H", 0x4000 | v)


def crypto(data, at=0):
    return b"\x06" + varint(at) + varint(len(data)) + data


def extension(kind, body):
    return struct.pack("!2H", kind, len(body)) + body


def hello(name=b"www.example.com", more=0):
    sni = extension(0, struct.pack("!HBH", len(name) + 3, 0, len(name)) + name)
    alpn = extension(16, b"\x00\x03\x02h3")
    share = extension(51, bytes(more))
    body = b"\x03\x03" + bytes(32) + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00"
    extensions = alpn + share + sni
    body += struct.pack("!H", len(extensions)) + extensions
    return b"\x01" + struct.pack("!I", len(body))[1:] + body


SMALL, BIG = hello(), hello(more=1200)
CHLO = (b"\xa0\x01\x00\x04CHLO" + struct.pack("<HH4sI4sI", 2, 0, b"PAD", 16, b"SNI", 31)
        + b"-" * 16 + b"www.example.com")
ACK = b"\x02\x05\x00\x01\x01\x00\x00"
ACK_ECN = b"\x03\x05\x00\x00\x00\x01\x02\x03"
pieces = [crypto(SMALL[i:i + 9], i) for i in range(0, len(SMALL), 9)]

SEEDS = {
    "one": datagram(FULL, crypto(SMALL)),
    "v2": datagram(FULL | V2, crypto(SMALL)),
    "two": datagram(FULL, crypto(BIG[:1000])) + datagram(FULL | OTHER_ID, crypto(BIG[1000:], 1000)),
    "two-reversed": datagram(FULL, crypto(BIG[1000:], 1000)) + datagram(FULL, crypto(BIG[:1000])),
    "pieces-reversed": datagram(FULL, b"\x01".join(reversed(pieces)) + ACK + ACK_ECN),
    "overlap": datagram(FULL, crypto(SMALL[20:60], 20))
    + datagram(FULL, crypto(SMALL[10:50], 10) + crypto(SMALL[:20])) + datagram(FULL, crypto(SMALL)),
    "retry": datagram(FULL, crypto(BIG[:900])) + datagram(FULL | OTHER_KEYS, crypto(BIG[:900]))
    + datagram(FULL | OTHER_KEYS, crypto(BIG[900:], 900)),
    "version-changes": datagram(FULL, crypto(BIG[:900])) + datagram(FULL | V2, crypto(SMALL)),
    "coalesced": datagram(SEALED, crypto(SMALL[:40]))
    + datagram(SEALED | COALESCED, crypto(SMALL[40:], 40)),
    "zero-rtt": datagram(0, b"\xd0\0\0\0\1\4dcid\0\x14" + bytes(20))
    + datagram(FULL | COALESCED, crypto(SMALL)),
    "two-flows": datagram(FULL, crypto(SMALL[:50])) + datagram(FULL | OTHER_FLOW, crypto(SMALL))
    + datagram(FULL, crypto(SMALL[50:], 50)),
    "server-first": datagram(FULL | SERVER, ACK + crypto(b"\x02\0\0\4abcd"))
    + datagram(FULL, crypto(SMALL)),
    "too-long": datagram(FULL, crypto(b"\x01\x00\x40\x00")),
    "beyond": datagram(FULL, b"\x06\x80\x00\x30\x00\x01x"),
    "bad-frame": datagram(FULL, crypto(SMALL[:30]) + b"\x08\x00"),
    "close": datagram(FULL, b"\x1c\x00\x00\x03bye"),
    "negotiation": datagram(0, b"\x80\0\0\0\0\x04dcid\x04scid\0\0\0\1\x6b\x33\x43\xcf"),
    "retry-packet": datagram(0, b"\xf0\0\0\0\1\0\x04scidtoken" + bytes(16)),
    "google": datagram(0, b"\xc3Q046\x50" + bytes(40)),
    "google-chlo": datagram(0, b"\x0dconnid-8Q043\x01" + bytes(12) + CHLO),
    "google-chlo-flags": datagram(0, b"\x0dconnid-8Q025\x01" + bytes(13) + CHLO),
    "google-chlo-long": datagram(0, b"\xc3Q046\x50connid-8" + bytes(16) + CHLO),
    "cid-too-long": datagram(0, b"\xc0\0\0\0\1\x15" + bytes(60)),
    "token-lies": datagram(0, b"\xc0\0\0\0\1\4dcid\0\x7f\xff" + bytes(60)),
    "short-header": datagram(0, b"\x40" + bytes(40)),
    "given-up": datagram(FULL, crypto(SMALL[:10])) * 9,
}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "seeds", "quic")
    os.makedirs(folder, exist_ok=True)
    for seed, datagrams in SEEDS.items():
        with open(os.path.join(folder, seed), "wb") as f:
            f.write(datagrams)


if __name__ == "__main__":
    main()
