#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The worst DNS message costs at most 20 times the median one, in instructions (docs/hostile-input.md).

usage: test_dns_cost.py DNS_COST TRAFGEN OUT

The median is that of the responses in a capture of trafgen's preset enterprise. Counted by callgrind, so the result
does not depend on how busy the machine is. Prints the table; exit status 1 where a message costs more, 77 without
valgrind.
"""
import glob
import os
import re
import shutil
import statistics
import subprocess
import sys

RATIO_MAX = 20
SKIPPED = 77
DUMP = re.compile(r"^desc: Trigger: Client Request: (.*)$", re.M)
TOTAL = re.compile(r"^(?:totals|summary): (\d+)$", re.M)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]}: status {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


def dumps(out):
    """(name, instructions), in the order of the messages."""
    files = glob.glob(os.path.join(out, "cost.[0-9]*"))
    for path in sorted(files, key=lambda p: int(p.rsplit(".", 1)[1])):
        with open(path, encoding="ascii") as f:
            text = f.read()
        name, total = DUMP.search(text), TOTAL.search(text)
        if name and total:
            yield name[1], int(total[1])


def main():
    dns_cost, trafgen, out = sys.argv[1:4]
    if shutil.which("valgrind") is None:
        print("skipped: there is no valgrind")
        return SKIPPED
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    capture = os.path.join(out, "enterprise.pcap")
    run(trafgen, "--preset", "enterprise", "--packets", "20000", "-o", capture)
    said = run("valgrind", "--tool=callgrind", "--collect-atstart=no", f"--callgrind-out-file={out}/cost",
               dns_cost, capture)
    lines = [line.split("\t") for line in said.splitlines()]
    costs = list(dumps(out))
    if [name for name, _ in costs] != [line[0] for line in lines]:
        sys.exit("not what was asked for was counted")
    median = statistics.median(n for name, n in costs if name == "response")
    print(f"median of {sum(name == 'response' for name, _ in costs)} responses: {median:.0f} instructions")
    print("| message | bytes | ends as | answers | instructions | of the median |")
    print("| --- | --- | --- | --- | --- | --- |")
    worst = 0
    for (name, n), (_, length, reason, answers) in zip(costs, lines):
        if name != "response":
            print(f"| {name} | {length} | {reason} | {answers} | {n} | {n / median:.1f} |")
            worst = max(worst, n / median)
    print(f"the worst costs {worst:.1f} times the median, {RATIO_MAX} are allowed")
    return 1 if worst > RATIO_MAX else 0


if __name__ == "__main__":
    sys.exit(main())
