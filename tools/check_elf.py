#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Is a program hardened as meson.build wants it? Looks at the files, not at options.

usage: check_elf.py PROGRAM ARCHIVE

The archive is one of ours that has functions with large frames and calls of snprintf: what others'
archives in the program have says nothing about our code.

Exit status 77 where readelf or objdump are missing.
"""
import re
import shutil
import subprocess
import sys


def said(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode(errors="replace")


def segments(text):
    """(type, flags) of each: the last words of a line are flags and alignment."""
    return re.findall(r"^  (\w+) +0x.* ([R ][W ][E ]) +0x[0-9a-f]+$", text, re.M)


def has_probes(archive):
    """A frame larger than a page is gone through page by page: gcc and clang touch the stack differently."""
    probe = re.compile(r"\b(?:or|mov)q +\$0x0,(?:0x[0-9a-f]+)?\(%rsp\)")
    with subprocess.Popen(["objdump", "-d", "--no-show-raw-insn", archive], stdout=subprocess.PIPE) as p:
        found = any(probe.search(line.decode(errors="replace")) for line in p.stdout)
        p.stdout.read()
    return found


def checks(program, archive):
    head, loads = said("readelf", "-hW", program), segments(said("readelf", "-lW", program))
    dynamic, symbols = said("readelf", "-dW", program), said("readelf", "-sW", archive)
    flags = dict(loads)
    yield "position independent (PIE)", "DYN" in head and re.search(r"Flags:.*\bPIE\b", dynamic)
    yield "relocations read only (RELRO)", "GNU_RELRO" in flags
    yield "all of them, from the start on (BIND_NOW)", re.search(r"Flags:.*\bNOW\b", dynamic)
    yield "no executable stack", flags.get("GNU_STACK") == "RW "
    yield "nothing both writable and executable", not any("W" in f and "E" in f for _, f in loads)
    yield "no text relocations", "TEXTREL" not in dynamic
    yield "stack protector", "__stack_chk_fail" in symbols
    yield "fortified calls of libc", re.search(r"\b__(?:memcpy|snprintf|read|vsnprintf)_chk\b", symbols)
    yield "stack clash protection", has_probes(archive)
    yield "shadow stack (CET)", "SHSTK" in said("readelf", "-nW", program)


def main():
    if not shutil.which("readelf") or not shutil.which("objdump"):
        print("no readelf or objdump")
        return 77
    wrong = 0
    for what, holds in checks(*sys.argv[1:]):
        print(f"{'ok    ' if holds else 'not ok'} {what}")
        wrong += not holds
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
