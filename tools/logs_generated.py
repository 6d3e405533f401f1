#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The tables of columns in docs/logs.md: are they what the code prints?

usage: logs_generated.py [--write] LOG_COLUMNS

Compares; with --write makes them so. Exit status 1: they differed, or could not be compared.
"""
import argparse
import difflib
import pathlib
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs/logs.md"
LOGS = ["conn", "namecache", "notice", "names"]


def with_table(page, log, table):
    """The page with the marked part of one log as it should be."""
    begin, end = f"<!-- {log}: generated, do not edit -->\n", f"<!-- end of {log} -->\n"
    head, rest = page.split(begin, 1)
    return head + begin + "\n" + table + "\n" + end + rest.split(end, 1)[1]


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--write", action="store_true", help="change the page")
    p.add_argument("log_columns", help="the program that prints the tables")
    a = p.parse_args()
    page = wanted = PAGE.read_text(encoding="utf-8")
    for log in LOGS:
        table = subprocess.run([a.log_columns, log], check=True, capture_output=True).stdout
        wanted = with_table(wanted, log, table.decode())
    if a.write:
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    sys.stdout.writelines(difflib.unified_diff(page.splitlines(True), wanted.splitlines(True),
                                               "docs/logs.md", "the code"))
    return page != wanted


if __name__ == "__main__":
    sys.exit(main())
