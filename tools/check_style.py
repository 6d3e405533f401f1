#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The house rules that a script can see. Run in the tree; `tools/test.sh style` does.

usage: check_style.py

  spdx         every source names its licence in the first lines
  size         nothing over 200 KiB, and no binaries but fuzz seeds
  tokens       what code in a folder must not use (tools/style_rules.py says what, where and why)
  format       clang-format has nothing to change
  headers      every public header of a library compiles alone
  shellcheck   nothing to say about the scripts

Prints one PASS, FAIL or SKIP for each, and every place that is wrong.
"""
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter

import style_rules as rules

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAX_BYTES = 200 * 1024
NO_SPDX = ("*.md", "*.json", "LICENSE", "test/fuzz/seeds/*", ".editorconfig", "*.txt", "docs/*")


def matches(path, globs):
    return any(fnmatch.fnmatch(path, g) for g in globs)


def tracked():
    """Files in git, and new ones that are not ignored."""
    r = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                       cwd=ROOT, capture_output=True, check=True)
    names = r.stdout.decode().split("\0")
    return sorted({n for n in names if n and os.path.isfile(os.path.join(ROOT, n))})


def read(path):
    with open(os.path.join(ROOT, path), "rb") as f:
        return f.read()


def check_spdx(files):
    for path in files:
        if matches(path, NO_SPDX) and not path.endswith(("meson_options.txt", "meson.build")):
            continue
        head = b"\n".join(read(path).split(b"\n", 3)[:3])
        if b"SPDX-License-Identifier: BSD-3-Clause" not in head:
            yield f"{path}: no SPDX line"
        elif path.endswith((".c", ".h")) and not head.startswith(b"/* SPDX"):
            yield f"{path}: the SPDX line is not the first"


def check_size(files):
    for path in files:
        data = read(path)
        if len(data) > MAX_BYTES:
            yield f"{path}: {len(data)} bytes, more than {MAX_BYTES}"
        if b"\0" in data and not matches(path, ["test/fuzz/seeds/*"]):
            yield f"{path}: binary"


def blank(match):
    """Comments and literals become spaces: positions and line numbers stay."""
    return re.sub(r"[^\n]", " ", match.group())


LITERALS = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
# A function's name starts its line (clang-format breaks after the return type).
FUNCTION = re.compile(r"^([A-Za-z_]\w*)\(")


def code_lines(path):
    """(number, line without comments and literals, function it is in) of a C file."""
    text = read(path).decode("utf-8", errors="replace")
    # Included files are no literals: the layer rules look at them.
    kept = re.sub(r'(#[ \t]*include[ \t]*)"([^"\n]*)"', r"\1<\2>", text)
    function = ""
    for number, line in enumerate(LITERALS.sub(blank, kept).split("\n"), 1):
        found = FUNCTION.match(line)
        if found:
            function = found.group(1)
        elif line.startswith("}"):
            function = ""
        yield number, line, function


def allowed(path, token, function):
    return any(fnmatch.fnmatch(path, a.path) and re.fullmatch(a.token, token)
               and re.fullmatch(a.function, function) for a in rules.ALLOWED)


def check_tokens(files):
    for path in (f for f in files if f.endswith((".c", ".h"))):
        active = [r for r in rules.RULES if matches(path, r.where) and not matches(path, r.but)]
        if not active:
            continue
        for number, line, function in code_lines(path):
            for rule in active:
                if rule.functions and re.search(rule.functions, function):
                    continue
                for found in rule.regex.finditer(line):
                    if not allowed(path, found.group(1), function):
                        place = f" in {function}()" if function else ""
                        yield f"{path}:{number}: {found.group(1)}{place}: {rule.why}"


def said(command, **more):
    r = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
    return r.stdout.decode(errors="replace").splitlines() if r.returncode else []


def check_format(files):
    sources = [f for f in files if f.endswith((".c", ".h"))]
    if sources:
        wrong = said(["clang-format", "--dry-run", "-Werror"] + sources)
        places = Counter(line.split(":", 1)[0] for line in wrong if ": error:" in line)
        yield from (f"{path}: {n} places" for path, n in sorted(places.items()))


def check_headers(files):
    flags = subprocess.run(["pkg-config", "--cflags", "libdpdk"], capture_output=True, text=True,
                           check=True).stdout.split()
    flags = [re.sub("^-I", "-isystem", f) for f in flags]
    folders = sorted({os.path.dirname(f) for f in files if f.startswith("lib/") and f.endswith(".h")})
    include = [f"-I{f}" for f in folders]
    with tempfile.TemporaryDirectory() as tmp:
        for path in (f for f in files if fnmatch.fnmatch(f, "lib/*/nt_*.h")):
            source = os.path.join(tmp, "alone.c")
            with open(source, "w", encoding="ascii") as f:
                # Twice: guards work, and nothing is defined that may be so only once.
                f.write(f"#include <{os.path.basename(path)}>\n" * 2)
            yield from said(["cc", "-fsyntax-only", "-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra",
                             "-Werror", *flags, *include, source])


def check_shellcheck(files):
    scripts = [f for f in files if f.endswith(".sh") or f == ".ci/run"]
    yield from said(["shellcheck", "-x", "-P", "SCRIPTDIR", "-e", "SC1091"] + scripts)


CHECKS = [("spdx", check_spdx, None), ("size", check_size, None), ("tokens", check_tokens, None),
          ("format", check_format, "clang-format"), ("headers", check_headers, "cc"),
          ("shellcheck", check_shellcheck, "shellcheck")]


def main():
    files = tracked()
    results = []
    for name, check, needs in CHECKS:
        if needs and not shutil.which(needs):
            kind, why = "SKIP", [f"no {needs}"]
        else:
            why = list(check(files))
            kind = "FAIL" if why else "PASS"
        results.append(f"{kind} style: {name}\n")
        print("".join(f"     {line}\n" for line in why[:40]) + results[-1], end="")
        if len(why) > 40:
            print(f"     ... {len(why) - 40} more")
    if os.environ.get("NT_RESULTS"):
        with open(os.environ["NT_RESULTS"], "a", encoding="utf-8") as f:
            f.writelines(results)
    return any(r.startswith("FAIL") for r in results)


if __name__ == "__main__":
    sys.exit(main())
