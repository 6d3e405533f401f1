#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A flood beside ordinary traffic: what it may cost, and that it is told.

usage: floods.py NAMETAP TRAFGEN OUT ATTACK

Makes a capture of which most packets are trafgen's --attack ATTACK, and reads it with tables that
are far too small for it, with 1 and 3 workers. Every connection must be written (an evicted one with
X or x in its history), ordinary ones with right counts, and what was lost must be counted. How large
the flood was, against the cap that it goes for, is in the logs, and required as well: a flood of
connections is TIMES the table, one address has a MILLION names, one name as many addresses.
"""
import collections
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
from truth.files import FIVE, lines  # noqa: E402
from truth.failures import Floors  # noqa: E402

NAMETAP, TRAFGEN, OUT, ATTACK = sys.argv[1:5]
TIMES, MILLION = 10, 10**6
ORDINARY = 24000
# Packets of the attack: SYNs are 2 for 3 packets, a connection of one-address is 640 names in 70, a
# response of one-name 64 addresses in 2 packets.
FLOOD = {"one-address": 112000, "one-name": 32000}.get(ATTACK, 96000)
COUNTS = ("orig_pkts", "resp_pkts", "orig_ip_bytes", "resp_ip_bytes")
# Room for connections, in all workers. Twins have room, being no flood.
FLOWS = {"syn": 6390, "udp": 9600, "one-name": 3000, "twins": ORDINARY + FLOOD}.get(ATTACK, 9999)
SETTINGS = {
    "names": {"names.max_names": 8192, "names.max_addresses": 8192, "names.max_mappings": 16384,
              "notice.max_told": 16384},
    "one-address": {"names.max_per_address": 256},
    "one-name": {"names.max_addresses": 65536, "notice.max_told": 65536},
    "fragments": {"fragments.max_datagrams": 1024, "fragments.max_bytes": 1 << 20},
}
# What is flooded: of how many there is room for how many, in each worker.
MAPPINGS = {"names": (48000, 8192), "one-address": (MILLION, 256), "one-name": (MILLION, 65536)}
# Which losses the summary has to tell.
TOLD = {
    "syn": ["ended early: more than flow.max"],
    "udp": ["ended early: more than flow.max"],
    "names": ["given up before their time: a names.max_"],
    "one-address": ["given up before their time: a names.max_"],
    "one-name": ["given up before their time: a names.max_"],
    "fragments": ["given up: a fragments.max_"],
}


def as_written(address):
    """IPv4-mapped addresses are written as Zeek writes them."""
    return address.removeprefix("::ffff:") if "." in address else address


def key(conn):
    return tuple(as_written(conn[k]) if k.endswith("_h") else conn[k] for k in FIVE)


def counts(conn):
    return tuple(conn[c] for c in COUNTS)


def by_key(conns):
    found = collections.defaultdict(list)
    for c in conns:
        found[key(c)].append(c)
    return found


def is_established(c):
    """Both have sent, and of TCP more than a handshake."""
    return c["kind"] != "attack" and c["resp_pkts"] > 0 and (c["proto"] != "tcp" or c["orig_pkts"] > 2)


class Survival:
    """What became of each true connection."""

    def __init__(self, truths, records):
        self.n = collections.Counter()
        self.found = collections.Counter()  # at least one record
        self.right = collections.Counter()  # one record, and its counts
        self.evicted = collections.Counter()
        self.lost_sum = 0  # packets of truths, minus those of their records
        left = by_key(records)
        for k, true in by_key(truths).items():
            self.judge(true, left.pop(k, []))
        self.extra = sum(len(r) for r in left.values())

    def judge(self, true, records):
        kind = "attack" if true[0]["kind"] == "attack" else "other"
        if is_established(true[0]):
            kind = "established " + true[0]["proto"]
        self.n[kind] += len(true)
        self.found[kind] += min(len(true), len(records))
        self.evicted[kind] += sum("x" in r.get("history", "").lower() for r in records)
        want, have = (collections.Counter(counts(c) for c in conns) for conns in (true, records))
        self.right[kind] += sum((want & have).values()) if len(true) == len(records) else 0
        self.lost_sum += sum(sum(counts(c)[:2]) for c in true) - sum(sum(counts(c)[:2]) for c in records)


def read(workers):
    out = os.path.join(OUT, str(workers))
    os.makedirs(out)
    command = [NAMETAP, "read", "-j", str(workers), "-o", out, os.path.join(OUT, "t.pcap"),
               "--set", f"flow.max={FLOWS // workers}"]
    for k, v in SETTINGS.get(ATTACK, {}).items():
        command += ["--set", f"{k}={v}"]
    # 3 where a sum does not hold
    r = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=120, check=True)
    return list(lines(os.path.join(out, "conn.log"))), r.stderr, \
        list(lines(os.path.join(out, "namecache.log")))


def check_names(truths, records, floors):
    """Of the connections that a lookup explains, none is said to have none; what is said of them."""
    found = by_key(records)
    verdicts = collections.Counter(r.get("resp_lookup") for c in truths if c["lookup"] == "client"
                                   for r in found[key(c)])
    print("looked up, and said to be:", dict(verdicts))
    floors.require(f"looked up, and not said to have no lookup: {verdicts['none']}",
                   verdicts.total() > 100 and verdicts["none"] == 0)
    if "notice.max_told" not in SETTINGS.get(ATTACK, {}):
        # no verdict has one that does not go out
        floors.require("all that went out were said to be the client's own lookups",
                       verdicts["client"] > 100 and set(verdicts) <= {"client", None})


def check_size(workers, s, rows, said, floors):
    """How large it was, and that the cap held: what was beyond it was given up."""
    if ATTACK in ("syn", "udp"):
        floors.require(f"{s.n['attack']} connections are {TIMES} times the {FLOWS} that there is room for",
                       s.n["attack"] >= TIMES * FLOWS)
        # the others were over by themselves
        floors.measure("attack: evicted", s.evicted["attack"], s.n["attack"], 0.8)
    if ATTACK in MAPPINGS:
        many, room = MAPPINGS[ATTACK]
        learnt, evicted = (sum(r[k] for r in rows) for k in ("src_dns_a", "mappings_evicted"))
        floors.require(f"mappings learnt: {learnt} of {many}", learnt >= many)
        floors.require(f"of different ones, in {workers} cache(s), evicted: {evicted}",
                       evicted >= workers * (many - room))
        held = max(r["cache_entries"] for r in rows)
        floors.require(f"addresses held: {held}",
                       held <= SETTINGS[ATTACK].get("names.max_addresses", held))
    if ATTACK == "fragments":
        given_up = int(re.search(r"(\d+) +given up: a fragments.max_", said + " 0 given up: a fragments.max_")[1])
        room = workers * SETTINGS[ATTACK]["fragments.max_datagrams"]
        floors.require(f"datagrams given up: {given_up} of {FLOOD}", given_up >= FLOOD - room)


def check(workers, truths, floors):
    records, said, rows = read(workers)
    s = Survival(truths, records)
    print(f"--- {ATTACK}, {workers} worker(s): {len(truths)} connections, {len(records)} records, "
          f"{sum(s.evicted.values())} of them evicted")
    for kind in sorted(s.n):
        floors.measure(f"{kind}: right counts", s.right[kind], s.n[kind],
                       0.99 if kind.startswith("established") else None)
        floors.measure(f"{kind}: written", s.found[kind], s.n[kind], 1.0)
    floors.require(f"no packet is lost: {s.lost_sum}", s.lost_sum == 0)
    floors.require(f"no record of nobody's: {s.extra}", s.extra == 0)
    evicted = sum(r["conns_evicted"] for r in rows)
    floors.require(f"evicted are as many as have x in their history: {evicted}",
                   evicted == sum(s.evicted.values()))
    check_size(workers, s, rows, said, floors)
    for loss in TOLD.get(ATTACK, []):
        floors.require(f"told: {loss}", loss in said)
    longest = max(r["flow_longest_bucket"] for r in rows)
    print("longest bucket:", longest, "longest probe:", max(r["cache_longest_probe"] for r in rows))
    floors.require("no long bucket", longest <= 4)
    check_names(truths, records, floors)


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    os.makedirs(OUT)
    prefix = os.path.join(OUT, "t")
    os.symlink("/dev/null", prefix + ".truth.dns.jsonl")  # a million lines that nobody reads
    subprocess.run([TRAFGEN, "--attack", ATTACK, "--packets", str(ORDINARY + FLOOD), "--attack-share",
                    str(FLOOD / (ORDINARY + FLOOD)), "--duration", "30", "--no-lookup-share", "0",
                    "-o", prefix + ".pcap"], check=True)
    floors = Floors()
    truths = list(lines(prefix + ".truth.conns.jsonl"))
    for workers in (1, 3):
        check(workers, truths, floors)
    shutil.rmtree(OUT)
    print("ok" if floors.ok else "FAILED")
    return 0 if floors.ok else 1


if __name__ == "__main__":
    sys.exit(main())
