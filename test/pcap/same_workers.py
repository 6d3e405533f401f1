#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Check that a capture gives the same records with any number of workers and at any pacing rate.

usage: same_workers.py [--tsv] [--set KEY=VALUE]... NAMETAP OUT CAPTURE...

Reads each capture with 1, 2, 3 and 8 workers, at relay rates of 100/s, 10,000/s and unlimited, and
compares conn.log and notice.log as sets of lines: names, uids and every other field included; and
namecache.log line by line, without the fields that tell of the relay between workers. The first run (one worker, unlimited) is what the others are held to. Prints a line per capture; exit
status 1 where one differs, none had records, or nametap ended otherwise than with 0 or 1.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from same_records import records  # noqa: E402

WORKERS = (1, 2, 3, 8)
RATES = (0, 100, 10000)  # mappings a second; 0: unlimited
LOGS = ("conn.log", "notice.log")
INTERVALS = "namecache.log"
# What depends on how many workers there are, and on when they hear of one another.
RELAY_FIELDS = ("cache_", "flow_longest_bucket", "mappings_received", "mappings_new", "mappings_refreshed", "mappings_refused",
                "watermark_", "propagation_", "records_late_at_rate")
# Runs sleep 0.1 s each while DPDK measures the clock.
AT_ONCE = 2 * (os.cpu_count() or 1)
TIMEOUT_SEC = 300


def intervals(path):
    """The lines of namecache.log, numbered, without what tells of the relay."""
    lines = collections.Counter()
    with open(path, "rb") as f:
        for number, line in enumerate(f):
            row = {k: v for k, v in json.loads(line).items() if not k.startswith(RELAY_FIELDS)}
            lines[f"{number}: {json.dumps(row, sort_keys=True)}".encode()] += 1
    return lines


def read(a, capture, workers, rate):
    """One run: (exit status, what it said, its logs)."""
    out = os.path.join(a.out, os.path.basename(capture), f"{workers}-{rate}")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    command = [a.nametap, "read", "--quiet", "-j", str(workers), "-o", out, "--set", f"relay.rate={rate}"]
    for s in a.set:
        command += ["--set", s]
    if a.tsv:
        command += ["--format", "tsv"]
    try:
        r = subprocess.run(command + [capture], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=TIMEOUT_SEC)
    except subprocess.TimeoutExpired:
        return "a timeout", "", []
    # The folder of the run may stand in a message; it is no difference.
    return r.returncode, r.stdout.decode(errors="replace").replace(out, "OUT"), \
        [records(os.path.join(out, log)) for log in LOGS] \
        + ([] if a.tsv else [intervals(os.path.join(out, INTERVALS))])


def first_difference(logs, expected):
    for log, have, want in zip(LOGS + (INTERVALS,), logs, expected):
        if have != want:
            lines = [("-", line) for line in sorted(want - have)[:3]] \
                + [("+", line) for line in sorted(have - want)[:3]]
            counts = f"{log}: {sum((want - have).values())} missing, {sum((have - want).values())} too many\n"
            return counts + "\n".join(f"  {sign} {line.decode(errors='replace').rstrip()}" for sign, line in lines)
    return None


def check(a, capture, pool):
    """None, or what is wrong; and how many records there are."""
    runs = [(w, r) for r in RATES for w in WORKERS]
    results = list(pool.map(lambda run: read(a, capture, *run), runs))
    status, said, expected = results[0]
    if status not in (0, 1):
        return f"ended with {status}: {said.strip()[-300:]}", 0
    for (workers, rate), (got, text, logs) in zip(runs, results):
        where = f"{workers} workers, rate {rate or 'unlimited'}"
        if got != status:
            return f"{where}: ended with {got}, not {status}: {text.strip()[-300:]}", 0
        wrong = first_difference(logs, expected)
        if wrong:
            return f"{where}: {wrong}", 0
    return None, sum(expected[0].values())


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--tsv", action="store_true")
    ap.add_argument("--set", action="append", default=[])
    ap.add_argument("nametap")
    ap.add_argument("out")
    ap.add_argument("captures", nargs="+")
    a = ap.parse_args()
    bad = total = 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for capture in a.captures:
            wrong, count = check(a, capture, pool)
            total += count
            bad += wrong is not None
            print(f"{capture}: {wrong or f'the same {count} records'}", flush=True)
    print(f"{len(a.captures)} captures, {total} records, {bad} bad")
    return 1 if bad or not total else 0


if __name__ == "__main__":
    sys.exit(main())
