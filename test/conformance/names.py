# SPDX-License-Identifier: BSD-3-Clause
"""What the scripts that count names have in common: arguments, logs, running nametap, and the verdict.

Each counts by source what is learnt of what is expected. Exit status 77 without the corpus, 1 below a floor.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.environ.get("NAMETAP_SHARED", os.path.join(HERE, "../../../shared"))


def arguments(doc, tool="nametap"):
    p = argparse.ArgumentParser(description=doc.splitlines()[0])
    p.add_argument("-v", action="store_true", dest="verbose", help="what differs, too")
    p.add_argument("--shared", default=SHARED)
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--floor", action="append", default=[], metavar="SOURCE=PERCENT")
    p.add_argument(tool)
    a = p.parse_args()
    a.expected = os.path.join(a.shared, "expected")
    if not os.path.isdir(a.expected):
        print("skipped: no", a.expected)
        sys.exit(77)
    return a


def rows(path):
    """JSON lines, or nothing where there is no such log."""
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return [json.loads(line) for line in f if line.startswith("{")]
    except FileNotFoundError:
        return []


def captures(a, *logs):
    """Those for which one of these logs is expected."""
    return sorted({os.path.relpath(d, a.expected) for d, _, files in os.walk(a.expected) if set(logs) & set(files)})


def read(a, capture):
    """The rows of names.log and conn.log."""
    with tempfile.TemporaryDirectory() as out:
        log = os.path.join(out, "names.json")
        subprocess.run([a.nametap, "read", "--quiet", "-o", out, "--names", log,
                        os.path.join(a.shared, "corpus", capture)], check=False, stderr=subprocess.DEVNULL)
        return rows(log), rows(os.path.join(out, "conn.log"))


def each(a, check, names):
    """What check returns for each capture, in their order."""
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for found in pool.map(check, names):
            yield from found


class Tally:
    """Learnt and expected by source."""

    def __init__(self):
        self.learnt, self.expected, self.apart = (collections.Counter() for _ in range(3))

    def add(self, sources, there, apart=False):
        """apart: expected by others, but it counts only where it is there."""
        for s in sources:
            self.apart[s] += apart and not there
            self.expected[s] += there or not apart
            self.learnt[s] += there

    def conclude(self, floors):
        """Print it; the exit status. floors: SOURCE=PERCENT."""
        for s in sorted(self.expected):
            print(f"{s:12} {self.learnt[s]:5}/{self.expected[s]:<5} {100 * self.learnt[s] / max(1, self.expected[s]):6.2f}%"
                  + f"  (unusable {self.apart[s]})" * (self.apart[s] > 0))
        floors = [(s, float(percent)) for s, percent in (f.split("=") for f in floors)]
        low = [s for s, percent in floors if 100 * self.learnt[s] < percent * self.expected[s] or self.expected[s] == 0]
        figures = ", ".join(f"{s} {self.learnt[s]}/{self.expected[s]} (floor {percent:g} %)" for s, percent in floors)
        print("below the floor:" if low else "all floors held:", figures or "none")
        return 1 if low else 0
