#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_stream: each a list of steps as its head describes.

usage: make_stream_seeds.py [DIRECTORY]   (default: seeds/stream beside this script)
"""
import os
import struct
import sys

FEED, PUT, TAKE, SKIP, DROP, REOPEN, CLOSE, FAR = range(8)
ALL, DONE, STOP = 255, 254, 253


def step(what, offset=0, length=0, takes=ALL, stream=0, far=0):
    return struct.pack("!BhHBH", what << 5 | stream, offset, length, takes, far)


def seed(*steps, window=27):
    return bytes([window]) + b"".join(steps)


SEEDS = {
    "in-order": seed(*(step(FEED, 0, 100) for _ in range(5))),
    "out-of-order": seed(step(FEED, 100, 100), step(FEED, 0, 50), step(FEED, 0, 60)),
    "kept": seed(step(FEED, 0, 250, takes=100), step(FEED, 0, 50, takes=7), step(FEED, 0, 9)),
    "repeated": seed(step(FEED, 0, 100), step(FEED, -50, 100), step(FEED, -100, 20)),
    "gap": seed(step(FEED, 100, 50), step(FEED, 200, 50), step(SKIP, 300), step(FEED, 0, 10)),
    "gap-stops": seed(step(FEED, 100, 50), step(SKIP, 120, takes=STOP)),
    "drop": seed(step(PUT, 0, 100), step(PUT, 150, 60), step(DROP, 60), step(TAKE, takes=50)),
    "full": seed(step(PUT, 0, 400), step(PUT, 0, 96), step(PUT, 0, 1)),
    "done": seed(step(FEED, 0, 10, takes=DONE), step(FEED, 0, 10)),
    "beyond": seed(step(FEED, 400, 200), step(FEED, 0, 400), step(FEED, 496, 9)),
    "long": seed(step(FEED, 0, 5, takes=0), step(FEED, 0, 5000, takes=10), window=0),
    "pieces": seed(*(step(FEED, 20 * i, 10) for i in range(1, 12)), step(FEED, 0, 200)),
    "far": seed(step(FAR, 0, 100, far=0x7fff), step(FAR, 0, 100, far=0x8000), step(FEED, 0, 9)),
    "evicted": seed(*(step(FEED, 10 * (i % 3), 9, stream=i % 8) for i in range(20))),
    "reopen": seed(step(FEED, 9, 9), step(REOPEN), step(FEED, 0, 9), step(CLOSE), step(PUT, 0, 9)),
}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    out = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "seeds", "stream")
    os.makedirs(out, exist_ok=True)
    for name, data in SEEDS.items():
        with open(os.path.join(out, name), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main()
