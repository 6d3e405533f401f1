#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Packets made to stop the whole sensor: it comes to its end, with its sums in order (exit status 0).

usage: test_hostile.py NAMETAP OUT
"""
import json
import os
import re
import shutil
import struct
import subprocess
import sys

import capture_maker as m
from capture_maker import ACK, SEC, START, SYN

NAMETAP, OUT = sys.argv[1:3]
WORKERS = (1, 2, 3, 8)
CLIENT, SERVER, OTHER = "10.0.0.1", "93.184.216.34", "10.0.0.2"
SEGMENT_MAX = 65535 - 40


def long_name(i):
    """255 octets on the wire, so a mapping of the largest size."""
    return [b"%05d" % i + b"x" * 58, b"y" * 63, b"z" * 63, b"w" * 61]


def framed(message):
    """DNS over TCP: RFC 1035 4.2.2."""
    return struct.pack("!H", len(message)) + message


def answer(i, name):
    """All the addresses that one message may give."""
    records = b"".join(b"\xc0\x0c" + struct.pack("!HHIH4s", 1, 1, 300, 4, bytes([93, 1, i, k])) for k in range(64))
    return struct.pack("!6H", i, 0x8180, 1, 64, 0, 0) + m.dns_name(name) + struct.pack("!HH", 1, 1) + records


def segment_of_answers(asked):
    """One TCP segment of 64 KiB with 50 answers of 64 addresses, and what was asked, or nothing."""
    count = SEGMENT_MAX // len(framed(answer(0, long_name(0))))
    queries = b"".join(framed(m.dns_query(i, long_name(i))) for i in range(count)) if asked else b""
    answers = b"".join(framed(answer(i, long_name(i))) for i in range(count))
    up, down = 1001 + len(queries), 5001 + len(answers)
    packets = [m.ipv4(CLIENT, SERVER, 6, m.tcp(40000, 53, 1000, 0, SYN)),
               m.ipv4(SERVER, CLIENT, 6, m.tcp(53, 40000, 5000, 1001, SYN | ACK)),
               m.ipv4(CLIENT, SERVER, 6, m.tcp(40000, 53, 1001, 5001, ACK, queries)),
               m.ipv4(SERVER, CLIENT, 6, m.tcp(53, 40000, 5001, up, ACK, answers)),
               m.ipv4(CLIENT, SERVER, 6, m.tcp(40000, 53, up, down, ACK))]
    later = m.tcp_connection(START + 2 * SEC, OTHER, SERVER)
    return [(START + i * SEC // 1000, p) for i, p in enumerate(packets)] + later


CASES = {
    "more mappings in a segment than any ring holds": (segment_of_answers(True), "shed before the relay"),
    "more refused answers in a segment": (segment_of_answers(False), "refused"),
}


def read(path, workers, out):
    """Its records and summary; None and why where it did not end well."""
    shutil.rmtree(out, ignore_errors=True)
    command = [NAMETAP, "read", "-j", str(workers), "-o", out, path]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return None, "it does not end"
    if run.returncode != 0:
        return None, f"status {run.returncode}: {run.stderr}"
    with open(os.path.join(out, "conn.log"), encoding="utf-8") as f:
        return sorted(json.dumps(json.loads(line), sort_keys=True) for line in f), run.stderr


def check(title, packets, wanted):
    path = os.path.join(OUT, re.sub(r"\W+", "-", title) + ".pcap")
    with open(path, "wb") as f:
        f.write(m.pcap(packets, linktype=m.LINKTYPE_RAW, nanoseconds=True))
    first = None
    for workers in WORKERS:
        records, said = read(path, workers, os.path.join(OUT, "logs"))
        if records is None or wanted not in said:
            return f"{workers} workers: {said}"
        first = first or records
        if records != first:
            return f"other records with {workers} workers"
    return None


def main():
    os.makedirs(OUT, exist_ok=True)
    wrong = [(title, why) for title, case in CASES.items() if (why := check(title, *case))]
    for title, why in wrong:
        print(f"{title}: {why}")
    print(f"{len(CASES) - len(wrong)} of {len(CASES)} right")
    return 1 if wrong else 0


sys.exit(main())
