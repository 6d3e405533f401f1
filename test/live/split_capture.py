#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Split a classic pcap of Ethernet into as many as there are OUT: by pair of IP addresses, as a card does
with a symmetric hash, or (--by-source) by the source alone, which tears connections.

usage: split_capture.py [--by-source] CAPTURE OUT...
"""
import struct
import sys
import zlib

VLAN = (0x8100, 0x88A8)


def addresses(frame):
    """The source's and the destination's, or nothing."""
    at, kind = 14, int.from_bytes(frame[12:14], "big")
    while kind in VLAN:
        at, kind = at + 4, int.from_bytes(frame[at + 2:at + 4], "big")
    if kind == 0x0800:
        return frame[at + 12:at + 16], frame[at + 16:at + 20]
    if kind == 0x86DD:
        return frame[at + 8:at + 24], frame[at + 24:at + 40]
    return b"", b""


def packets(data):
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at = 24
    while at + 16 <= len(data):
        cap_len = struct.unpack_from(order + "I", data, at + 8)[0]
        yield data[at:at + 16 + cap_len]
        at += 16 + cap_len


def split(capture, outs, by_source=False):
    """How many packets each got."""
    with open(capture, "rb") as f:
        data = f.read()
    counts = [0] * len(outs)
    files = [open(out, "wb") for out in outs]
    for f in files:
        f.write(data[:24])
    for packet in packets(data):
        src, dst = addresses(packet[16:])
        key = src if by_source else b"".join(sorted((src, dst)))
        i = zlib.crc32(key) % len(outs)
        files[i].write(packet)
        counts[i] += 1
    for f in files:
        f.close()
    return counts


if __name__ == "__main__":
    args = [a for a in sys.argv[1:] if a != "--by-source"]
    if len(args) < 2:
        sys.exit(__doc__)
    print(*split(args[0], args[1:], "--by-source" in sys.argv))
