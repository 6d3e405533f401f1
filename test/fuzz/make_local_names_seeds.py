#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_local_names: messages of DHCPv4, DHCPv6 and NetBIOS, by RFC."""
import os
import struct

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "seeds", "local_names")


def bootp(op, kind, *options, ci=b"\0" * 4, yi=b"\0" * 4, sname=b"", file=b""):
    fixed = bytes([op, 1, 6, 0]) + b"\1\2\3\4" + b"\0" * 4 + ci + yi + b"\0" * 8 + b"\2" * 16
    fixed += sname.ljust(64, b"\0") + file.ljust(128, b"\0") + bytes.fromhex("63825363")
    return fixed + option(53, bytes([kind])) + b"".join(options) + b"\xff"


def option(code, data):
    return bytes([code, len(data)]) + data


def option6(code, data):
    return struct.pack("!HH", code, len(data)) + data


def netbios(name, suffix):
    raw = name.encode().ljust(15) + bytes([suffix])
    return b"\x20" + bytes(c for b in raw for c in (65 + (b >> 4), 65 + (b & 15)))


def nb(flags, counts, *parts):
    return struct.pack("!HH4H", 7, flags, *counts) + b"".join(parts)


LABELS = b"\6laptop\7example\3com\0"
IA = option6(3, b"\0" * 12 + option6(5, bytes.fromhex("20010db8") + b"\0" * 11 + b"\1" + b"\0\0\2\0" * 2))
REPLY = b"\7\1\2\3" + option6(39, b"\1" + LABELS) + IA
RECORD = struct.pack("!HHIH", 0x20, 1, 300, 6) + b"\x60\0\xc0\xa8\1\x09"
STATUS = b"\2" + b"WORKGROUP".ljust(15) + b"\0\x84\0" + b"STATION".ljust(15) + b"\0\4\0"

SEEDS = {
    "ack": bootp(2, 5, option(12, b"laptop"), option(81, b"\4\0\0" + LABELS), yi=b"\xc0\xa8\1\x14"),
    "request": bootp(1, 3, option(50, b"\xc0\xa8\1\x14"), option(12, b"lap"), option(12, b"top")),
    "overload": bootp(2, 5, option(52, b"\3"), yi=b"\xc0\xa8\1\x14", file=option(12, b"file") + b"\xff",
                      sname=option(51, b"\0\0\1\0") + b"\xff"),
    "inform": bootp(1, 8, option(81, b"\0\0\0LAPTOP.example.com"), ci=b"\xc0\xa8\1\x15"),
    "reply6": REPLY,
    "request6": b"\3" + REPLY[1:],
    "relay6": b"\x0d" + b"\0" * 33 + option6(9, REPLY),
    "refused6": REPLY + option6(13, b"\0\2"),
    "registration": nb(0x2910, (1, 0, 0, 1), netbios("MYHOST", 0x20), b"\0\0\x20\0\1", b"\xc0\x0c", RECORD),
    "answer": nb(0x8580, (0, 1, 0, 0), netbios("MYHOST", 0), b"\4corp\0", RECORD),
    "status": nb(0x8400, (0, 1, 0, 0), netbios("*", 0), b"\0", struct.pack("!HHIH", 0x21, 1, 0, len(STATUS)), STATUS),
}

os.makedirs(OUT, exist_ok=True)
for name, data in SEEDS.items():
    with open(os.path.join(OUT, name), "wb") as f:
        f.write(data)
