#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The marked tables of a page of docs/: are they what the code prints?

usage: tables_generated.py [--write] PAGE PROGRAM TABLE...

PROGRAM TABLE prints a table. Compares; with --write makes the page so. Exit status 1: they
differed, or could not be compared.
"""
import argparse
import difflib
import pathlib
import subprocess
import sys

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"


def with_table(page, name, table):
    """The page with the marked part of one table as it should be."""
    begin, end = f"<!-- {name}: generated, do not edit -->\n", f"<!-- end of {name} -->\n"
    head, rest = page.split(begin, 1)
    return head + begin + "\n" + table + "\n" + end + rest.split(end, 1)[1]


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--write", action="store_true", help="change the page")
    p.add_argument("page", help="its name in docs/")
    p.add_argument("program", help="what prints the tables")
    p.add_argument("tables", nargs="+", help="their names")
    a = p.parse_args()
    path = DOCS / a.page
    page = wanted = path.read_text(encoding="utf-8")
    for name in a.tables:
        table = subprocess.run([a.program, name], check=True, capture_output=True).stdout
        wanted = with_table(wanted, name, table.decode())
    if a.write:
        path.write_text(wanted, encoding="utf-8")
        return 0
    sys.stdout.writelines(difflib.unified_diff(page.splitlines(True), wanted.splitlines(True),
                                               "docs/" + a.page, "the code"))
    return page != wanted


if __name__ == "__main__":
    sys.exit(main())
