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


def message(flags=0x8180, counts=(1, 1, 0, 0), question=b"\1a\0" + b"\0\1\0\1", records=b""):
    return struct.pack("!6H", 7, flags, *counts) + question + records


def a_record(owner=b"\xc0\x0c", length=4):
    return owner + struct.pack("!HHIH", 1, 1, 300, length) + b"\x5d\1\1\1"


def cname(owner, target):
    return m.dns_name(owner) + struct.pack("!HHIH", 5, 1, 300, len(m.dns_name(target))) + m.dns_name(target)


# Each way in which a message breaks a rule, and what the summary counts it as.
WRONG = {
    "ends inside a record": (message(records=a_record(length=5)), "that end inside the header or a record"),
    "another opcode": (message(0xa980, records=a_record()), "of another opcode"),
    "two questions": (message(counts=(2, 1, 0, 0), records=a_record()), "without exactly one question"),
    "counts that lie": (message(counts=(1, 9, 9, 9), records=a_record()), "with counts that they cannot hold"),
    "a pointer forward": (message(records=a_record(b"\xc0\xff")), "with pointers not strictly backward, or too many"),
    "an unknown label": (message(records=a_record(b"\x41x\0")), "with unknown label types"),
    "a name of 256 octets": (message(question=m.dns_name([b"x" * 63] * 3 + [b"x" * 62]) + b"\0\1\0\1",
                                     records=a_record()), "with names of more than 255 octets"),
    "an address of 3 octets": (message(records=a_record(length=3)), "with record data of a wrong length"),
    "a CNAME loop": (message(counts=(1, 2, 0, 0), records=cname("a", "b") + cname("b", "a")),
                     "with CNAME chains too long, looping or branching"),
    "17 CNAMEs": (message(counts=(1, 17, 0, 0), records=b"".join(cname(f"{i}", "b") for i in range(17))),
                  "that would have cost too much work"),
    "truncated": (message(0x8380, (1, 0, 0, 0)), "truncated (TC)"),
    "an error": (message(0x8183, (1, 0, 0, 0)), "responses that tell an error"),
    "another class": (message(question=b"\1a\0" + b"\0\1\0\3", records=a_record()), "of another class than IN"),
}


def exchange(response):
    return [(START, m.ipv4(CLIENT, SERVER, 17, m.udp(40000, 53, m.dns_query(7, "a")))),
            (START + SEC // 1000, m.ipv4(SERVER, CLIENT, 17, m.udp(53, 40000, response)))]


CASES = {
    "more mappings in a segment than any ring holds": (segment_of_answers(True), "shed before the relay"),
    "more refused answers in a segment": (segment_of_answers(False), "refused"),
    **{title: (exchange(response), f" 1  {counted}") for title, (response, counted) in WRONG.items()},
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
