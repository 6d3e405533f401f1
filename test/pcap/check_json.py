#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Check that every line of every log is a JSON object in UTF-8, ended by a newline.

usage: check_json.py DIR...

Takes every *.log below the folders. Prints what is wrong (the first of each file) and a sum; exit
status 1 where anything is, or where there was no log at all.
"""
import json
import os
import sys


def reject(text):
    raise ValueError(f"{text} is not JSON")


def fault(line):
    """What is wrong with one line, or None. Python's parser takes NaN and repeated keys; we don't."""
    def once(pairs):
        keys = [k for k, _ in pairs]
        if len(set(keys)) != len(keys):
            raise ValueError("a key stands twice")
        return dict(pairs)

    if not line.endswith(b"\n"):
        return "no newline at the end"
    try:
        value = json.loads(line.decode("utf-8"), parse_constant=reject, object_pairs_hook=once)
    except ValueError as e:
        return str(e)
    return None if isinstance(value, dict) else "not an object"


def main(dirs):
    files = lines = bad = 0
    for top in dirs:
        for folder, _, names in os.walk(top):
            for path in (os.path.join(folder, n) for n in sorted(names) if n.endswith(".log")):
                files += 1
                first = True
                with open(path, "rb") as f:
                    for number, line in enumerate(f, 1):
                        lines += 1
                        why = fault(line)
                        if why:
                            bad += 1
                            if first:
                                print(f"{path}:{number}: {why}: {line[:120]!r}")
                            first = False
    print(f"{files} logs, {lines} lines, {bad} bad")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if sys.argv[1:] else __doc__)
