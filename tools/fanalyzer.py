#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compile what a compile_commands.json lists with gcc -fanalyzer, to nowhere: what does it say?

usage: fanalyzer.py COMPILE_COMMANDS JOBS

Prints the warnings of the analyzer, each once. Warnings are errors elsewhere; here only -Wanalyzer ones are told.
"""
import concurrent.futures
import json
import re
import shlex
import subprocess
import sys

# Less optimized: what is inlined everywhere is analyzed everywhere.
OPTIONS = ["-fanalyzer", "-O1", "-Wno-error", "-fdiagnostics-plain-output", "-o", "/dev/null"]
# A file's analysis has bounds of its own: this is for a machine that is busy.
TIMEOUT_SEC = 300


def command(entry):
    words = shlex.split(entry["command"])
    at = words.index("-o")
    del words[at:at + 2]
    for option in ("-MD",):
        words = [w for w in words if w != option]
    for option in ("-MQ", "-MF"):
        at = words.index(option)
        del words[at:at + 2]
    return ["gcc"] + words[1:] + OPTIONS


def analyze(entry):
    try:
        r = subprocess.run(command(entry), cwd=entry["directory"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                           timeout=TIMEOUT_SEC, check=False)
    except subprocess.TimeoutExpired:
        return [f"{entry['file']}: not analyzed within {TIMEOUT_SEC} s"]
    text = r.stderr.decode(errors="replace")
    lines = [line for line in text.splitlines() if "[-Wanalyzer" in line]
    if r.returncode != 0 and not lines:
        lines = [f"{entry['file']}: does not compile: {text[-300:]}"]
    return [re.sub(r"^(\.\./)+", "", line) for line in lines]


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        entries = json.load(f)
    with concurrent.futures.ThreadPoolExecutor(int(sys.argv[2])) as pool:
        found = {line for lines in pool.map(analyze, entries) for line in lines}
    print("\n".join(sorted(found)), end="\n" if found else "")


if __name__ == "__main__":
    main()
