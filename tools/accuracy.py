#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Measures the figures of docs/accuracy.md: makes captures with trafgen, reads them with nametap,
and holds the logs against the truth with check_truth.py. Prints Markdown tables.

usage: accuracy.py NAMETAP TRAFGEN [names | hosts | cache | lookups | others]...
"""

import os
import re
import subprocess
import sys
import tempfile

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check_truth.py")
RIGHT, NAMED = "right first", "named"
USUAL = "right first by one map, the latest name at the end (the usual design)"
BIG = ("--preset", "shared", "--clients", "4000", "--servers", "2000", "--packets", "2000000")


def run(*args):
    r = subprocess.run(args, capture_output=True, text=True, check=False)
    if r.returncode not in (0, 1) or r.stderr.startswith("Traceback"):
        sys.exit(f"{' '.join(args)}: {r.stderr}")
    return r.stdout + r.stderr


class Bench:
    def __init__(self, nametap, trafgen, folder):
        self.nametap, self.trafgen, self.folder = nametap, trafgen, folder
        self.summary = ""

    def make(self, *options):
        """Makes the capture that read() reads."""
        run(self.trafgen, *options, "-o", os.path.join(self.folder, "t.pcap"))

    def read(self, *options):
        """Measures by their names, as text."""
        pcap = os.path.join(self.folder, "t.pcap")
        self.summary = run(self.nametap, "read", "-o", self.folder, *options, pcap)
        return self.held(os.path.join(self.folder, "conn.log"))

    def held(self, *options):
        out = run(sys.executable, CHECK, os.path.join(self.folder, "t"), *options)
        return dict(re.findall(r"^([^:\n]+(?:: \w+)?): ([\d.]+%|none to measure)", out, re.M))

    def evicted(self):
        found = re.search(r"(\d+)  given up before their time", self.summary)
        return int(found[1]) if found else 0


def percent(text):
    return f"{float(text[:-1]):.2f} %" if text and text.endswith("%") else "–"


def row(*cells):
    print("| " + " | ".join(str(c) for c in cells) + " |")


def head(*cells):
    row(*cells)
    row(*(["---"] + ["---:"] * (len(cells) - 1)))


def names(b):
    head("capture", "usual design", "the rule, replayed", "nametap", "name in sight", "not in sight")
    for options in (("shared", "--packets", "1000000"), ("shared-names", "--packets", "1000000"),
                    ("mixed", "--packets", "500000")):
        b.make("--preset", *options)
        m, rule = b.read(), b.held("--ideal")
        row(f"`{options[0]}`", percent(m[USUAL]), percent(rule[RIGHT]), percent(m[RIGHT]),
            percent(m["right first, with the server name in sight"]),
            percent(m["right first, without"]))


def hosts(b):
    head("capture", "found to be one host", "right first", "usual design")
    for text, options in (("one MAC a host", ()), ("behind a router", ("--behind-router",))):
        b.make("--preset", "dualstack", "--names-per-address", "200", "--servers", "300",
               "--packets", "500000", *options)
        m = b.read()
        row(text, percent(m["over the other IP version, found to be one host"]),
            percent(m[RIGHT]), percent(m[USUAL]))


def cache(b):
    head("`names.max_mappings`", "given up", "named", "right first")
    b.make(*BIG)
    for bits in (20, 15, 14, 13, 12, 11, 10):
        m = b.read("--set", f"names.max_mappings={1 << bits}")
        row(f"2^{bits}", b.evicted(), percent(m[NAMED]), percent(m[RIGHT]))


def lookups(b):
    head("capture", "precision of `none`", "recall of `none`")
    for preset in ("no-lookup", "encrypted-dns"):
        b.make("--preset", preset, "--packets", "500000")
        m = b.read()
        row(f"`{preset}`", percent(m.get("none: precision")), percent(m.get("none: recall")))


def others(b):
    head("capture", "measure", "share")
    for preset in ("local-names", "spoofed"):
        b.make("--preset", preset, "--packets", "200000")
        for measure, text in sorted(b.read().items()):
            if measure.startswith(("originators", "records without")):
                row(f"`{preset}`", measure, percent(text))


def main():
    tables = {f.__name__: f for f in (names, hosts, cache, lookups, others)}
    wanted = sys.argv[3:] or list(tables)
    if len(sys.argv) < 3 or not set(wanted) <= set(tables):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        for what in wanted:
            print(f"\n{what}\n")
            tables[what](Bench(*sys.argv[1:3], folder))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
