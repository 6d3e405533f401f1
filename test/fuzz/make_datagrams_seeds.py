#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_datagrams: each a list of fragments as its head describes.

usage: make_datagrams_seeds.py [DIRECTORY]   (default: seeds/datagrams beside this script)
"""
import os
import struct
import sys

MORE, V6, OTHER, LINK = 0x10, 0x20, 0x40, 0x80


def fragment(offset, length, flags=0, ident=1, fill=0x41, header=0, wait=0):
    return struct.pack("!BHHBBB", ident | flags, offset // 8, length, fill, header, wait)


def seed(*fragments, datagrams=19, kib=255):
    return bytes([datagrams, kib]) + b"".join(fragments)


FOUR = [fragment(800 * i, 800, MORE) for i in range(3)] + [fragment(2400, 9)]
SEEDS = {
    "in-order": seed(*FOUR),
    "reversed": seed(*FOUR[::-1]),
    "ipv6": seed(fragment(0, 1448, V6 | MORE, header=8), fragment(1448, 7, V6, header=8)),
    "atomic": seed(fragment(0, 100, V6)),
    "overlap-same": seed(fragment(0, 800, MORE), fragment(400, 800, MORE), fragment(1200, 8)),
    "overlap-other": seed(fragment(400, 800, MORE), fragment(0, 800, MORE | OTHER), fragment(1200, 8)),
    "teardrop": seed(fragment(0, 36, MORE), fragment(24, 4)),
    "two-ends": seed(fragment(800, 8), fragment(800, 80), fragment(0, 800, MORE)),
    "beyond-end": seed(fragment(1600, 8, MORE), fragment(0, 800, MORE), fragment(800, 8)),
    "ping-of-death": seed(fragment(0, 65512, MORE), fragment(65512, 1400)),
    "longest": seed(fragment(0, 65504, V6 | MORE), fragment(65504, 31, V6)),
    "farthest": seed(fragment(65528, 65535)),
    "empty": seed(fragment(800, 0), fragment(0, 800, MORE)),
    "long-headers": seed(fragment(0, 8, V6 | LINK, header=216), fragment(0, 8, V6 | LINK, header=217)),
    "odd-lengths": seed(fragment(0, 13, MORE), fragment(16, 5), fragment(8, 8, MORE)),
    "timeout": seed(fragment(0, 8, MORE), fragment(8, 8, wait=101), fragment(0, 8, MORE)),
    "cap-datagrams": seed(*(fragment(0, 8, MORE, ident=i) for i in range(16)), datagrams=3),
    "cap-bytes": seed(*(fragment(4096 * i, 4096, MORE, ident=i) for i in range(16)), kib=0),
    "holes": seed(*(fragment(16 * i, 8, MORE) for i in range(40)), fragment(640, 8),
                  *(fragment(16 * i + 8, 8, MORE) for i in range(40))),
}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    out = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "seeds", "datagrams")
    os.makedirs(out, exist_ok=True)
    for name, data in SEEDS.items():
        with open(os.path.join(out, name), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main()
