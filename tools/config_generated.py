#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What is checked in and derives from the table of configuration keys: is it what the code prints?

usage: config_generated.py [--write] NT_CONFIG_GEN

Compares config/nametap.json, config/nametap.schema.json and the marked part of
docs/configuration.md; with --write makes them so.
"""
import argparse
import difflib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILES = [("sample", "config/nametap.json"), ("schema", "config/nametap.schema.json"),
         ("markdown", "docs/configuration.md")]
BEGIN, END = "<!-- keys: generated, do not edit -->\n", "<!-- end of keys -->\n"


def printed(generator, what):
    return subprocess.run([generator, what], check=True, capture_output=True).stdout.decode()


def wanted(what, text, current):
    """The whole file as it should be: a page keeps what is around its marked part."""
    if what != "markdown":
        return text
    head, rest = current.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    return head + BEGIN + "\n" + text + "\n" + END + tail


def read(path):
    try:
        with open(path, encoding="utf-8") as f:
            return f.read()
    except FileNotFoundError:
        return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("generator")
    args = parser.parse_args()
    stale = 0
    for what, name in FILES:
        path = os.path.join(ROOT, name)
        current = read(path)
        want = wanted(what, printed(args.generator, what), current)
        if current == want:
            continue
        if args.write:
            with open(path, "w", encoding="utf-8") as f:
                f.write(want)
            print(f"{name}: written")
            continue
        stale += 1
        print(f"{name}: not what the code prints; ninja -C BUILD config-files mends it")
        sys.stdout.writelines(difflib.unified_diff(current.splitlines(True), want.splitlines(True),
                                                   "checked in", "printed", n=1))
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
