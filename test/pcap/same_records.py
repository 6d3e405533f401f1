#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Check that runs wrote the same records, in whatever order.

usage: same_records.py DIR OTHER...

Compares conn.log and notice.log at each place below the folders, as sets that count: names, uids and
every other field included. Prints the first differences; exit status 1 where there are any, or
where there was nothing to compare.
"""
import os
import sys
from collections import Counter

LOGS = ("conn.log", "notice.log")
SHOWN = 5


def places(top):
    return {os.path.relpath(os.path.join(folder, n), top)
            for folder, _, names in os.walk(top) for n in names if n in LOGS}


def records(path):
    """Lines, less the header's times of a TSV log."""
    try:
        with open(path, "rb") as f:
            return Counter(line for line in f if not line.startswith((b"#open", b"#close")))
    except FileNotFoundError:
        return Counter()


def main(first, *others):
    differ = compared = 0
    for other in others:
        for place in sorted(places(first) | places(other)):
            a, b = records(os.path.join(first, place)), records(os.path.join(other, place))
            compared += sum(a.values())
            if a == b:
                continue
            differ += 1
            if differ <= SHOWN:
                print(f"{place}: {sum((a - b).values())} only in {first}, {sum((b - a).values())} only in {other}")
                for sign, lines in (("-", a - b), ("+", b - a)):
                    for line in sorted(lines)[:2]:
                        print(f"  {sign} {line.decode(errors='replace').rstrip()}")
    print(f"{compared} records compared, {differ} logs differ")
    return 1 if differ or not compared else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) > 2 else __doc__)
