#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tell the results of a `meson test` run one by one, in the form that tools/test.sh counts.

usage: meson_results.py TESTLOG.json STAGE SUITE

Each line of the log is one test. A suite without any test has failed: nothing was shown.
"""
import json
import os
import sys

KINDS = {"OK": "PASS", "EXPECTEDFAIL": "PASS", "SKIP": "SKIP"}
TAIL_LINES = 15


def tests(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return [json.loads(line) for line in f if line.strip()]
    except FileNotFoundError:
        return []


def main(path, stage, suite):
    results = []
    for t in tests(path):
        kind = KINDS.get(t["result"], "FAIL")
        results.append((kind, f"{stage}: {t['name'].split(' / ')[-1]}"))
        why = "" if kind == "PASS" else ": " + t["result"].lower()
        print(f"{kind} {results[-1][1]}{why} ({t['duration']:.1f} s)")
        if kind == "FAIL":
            said = (t.get("stdout") or "") + (t.get("stderr") or "")
            print("".join(f"     {line}\n" for line in said.splitlines()[-TAIL_LINES:]), end="")
    if not results:
        results.append(("FAIL", f"{stage}: no tests in suite {suite}"))
        print(*results[-1])
    if os.environ.get("NT_RESULTS"):
        with open(os.environ["NT_RESULTS"], "a", encoding="utf-8") as f:
            f.writelines(f"{kind} {name}\n" for kind, name in results)
    return any(kind == "FAIL" for kind, _ in results)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
