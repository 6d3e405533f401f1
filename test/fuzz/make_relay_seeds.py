#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_relay: who tells what, and whose turn it is.

usage: make_relay_seeds.py [DIRECTORY]   (default: seeds/relay beside this script)
"""
import os
import sys

TELL, FACT, PROCESS, APPLY, STEP = range(5)
WORKERS = 3


def turn(what, who=0):
    return bytes([who << 4 | what])


def mapping(who, name_len=20, last=1):
    """expires, two addresses, source, flags, the name's length, fill and first byte"""
    return turn(TELL, who) + bytes([60, 0, last, 1, 1, last, 1, 0, name_len - 1, ord("n"), ord("a") + last % 26])


def fact(who, kind=0, last=1):
    return turn(FACT, who) + bytes([kind, 60, 1, last, 1, 1, last, 1, 0, 2, last])


def relayed():
    everybody = range(WORKERS)
    return (b"".join(turn(PROCESS, w) for w in everybody) + turn(STEP)
            + b"".join(turn(APPLY, w) for w in everybody))


SEEDS = {
    "one": mapping(0) + relayed(),
    "each": b"".join(mapping(w, last=w) for w in range(WORKERS)) + relayed(),
    "longest-names": b"".join(mapping(i % WORKERS, 255, i) + relayed() for i in range(6)),
    "a-full-packet": mapping(1, 255) * 20 + relayed() + mapping(1) + relayed(),
    "a-full-ring": b"".join(mapping(2, 255, i) + turn(PROCESS, 2) for i in range(30)) + relayed(),
    "facts": b"".join(fact(i % WORKERS, i, i) for i in range(8)) + relayed(),
    "nobody-applies": b"".join(mapping(i % 2, 100, i) + turn(PROCESS, i % 2) + turn(PROCESS, 2) + turn(STEP)
                               for i in range(40)),
    "one-is-behind": b"".join(mapping(0, 40, i) + turn(PROCESS) + turn(STEP) + turn(APPLY) for i in range(20)),
}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "seeds", "relay")
    os.makedirs(folder, exist_ok=True)
    for seed, data in SEEDS.items():
        with open(os.path.join(folder, seed), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main()
