#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Show what nametap wrote: some connections with the names of both ends, and how many had names.

usage: show_demo.py [-n ROWS] DIR
"""
import argparse
import datetime
import json
import os
import sys
from collections import Counter

COLUMNS = ["time", "orig", "orig name", "resp", "resp name", "match", "proto", "bytes"]
WIDTHS = {"orig": 24, "orig name": 24, "resp": 28, "resp name": 40}


def records(path):
    try:
        with open(path, encoding="utf-8") as f:
            for line in f:
                yield json.loads(line)
    except FileNotFoundError:
        return


def names(rec, end):
    for key in (f"id.{end}_h_name.vals", f"id_{end}_h_n.vals"):
        if rec.get(key):
            return rec[key]
    return []


def cut(text, width):
    """The end of a name says more than its beginning, so the middle goes."""
    if len(text) <= width:
        return text
    half = (width - 1) // 2
    return text[:half] + "…" + text[len(text) - (width - 1 - half):]


def address(host, port):
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def row(rec):
    when = datetime.datetime.fromtimestamp(float(rec["ts"]), datetime.timezone.utc)
    service = rec.get("service")
    service = ",".join(service) if isinstance(service, list) else service
    proto = rec.get("proto", "")
    sizes = [rec.get(f) for f in ("orig_bytes", "resp_bytes")]
    return {
        "time": when.strftime("%H:%M:%S.%f")[:-3],
        "orig": rec["id.orig_h"],
        "orig name": (names(rec, "orig") or ["-"])[0],
        "resp": address(rec["id.resp_h"], rec["id.resp_p"]),
        "resp name": (names(rec, "resp") or ["-"])[0],
        "match": rec.get("id.resp_h_name.match") or rec.get("id_resp_h_n.match") or "-",
        "proto": f"{proto}/{service}" if service else proto,
        "bytes": "-" if None in sizes else f"{sizes[0]}/{sizes[1]}",
    }


def choose(rows, count):
    """Some of everything: first the kinds of match in turn, then in order of time."""
    kinds = {}
    for r in rows:
        kinds.setdefault((r["match"], r["orig name"] != "-"), []).append(r)
    chosen, depth = [], 0
    while len(chosen) < min(count, len(rows)):
        chosen += [kind[depth] for kind in kinds.values() if depth < len(kind)]
        depth += 1
    return sorted(chosen[:count], key=lambda r: r["time"])


def table(rows):
    cells = [{c: cut(str(r[c]), WIDTHS.get(c, 99)) for c in COLUMNS} for r in rows]
    width = {c: max([len(c)] + [len(r[c]) for r in cells]) for c in COLUMNS}
    yield "  ".join(c.ljust(width[c]) for c in COLUMNS).rstrip()
    yield "  ".join("-" * width[c] for c in COLUMNS)
    for r in cells:
        yield "  ".join(r[c].ljust(width[c]) for c in COLUMNS).rstrip()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("-n", type=int, default=20, help="connections to show")
    ap.add_argument("dir")
    a = ap.parse_args()

    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    conns = list(records(os.path.join(a.dir, "conn.log")))
    # The lookups themselves are in the log too, but they are not what a first look is for.
    rows = [row(r) for r in conns if r.get("id.resp_p") not in (53, 5353)] or [row(r) for r in conns]
    if not rows:
        print("no connections in this capture")
    else:
        shown = choose(rows, a.n)
        print(f"{len(shown)} of {len(conns)} connections:\n")
        print("\n".join(table(shown)))
        how = Counter(r["match"] for r in rows)
        print("\nhow the responder's name was found: "
              + ", ".join(f"{k if k != '-' else 'no name'} {n}" for k, n in how.most_common()))

    print("\nhit rates over the whole capture (namecache.log has them by interval):")
    for what, local in (("non-local", False), ("local", True)):
        ends = [bool(names(r, end)) for r in conns for end in ("orig", "resp")
                if r.get(f"local_{end}", False) == local]
        if ends:
            print(f"  {100 * sum(ends) / len(ends):6.1f} %  of {len(ends)} {what} ends have a name")
    print("\nlogs:")
    for name in sorted(os.listdir(a.dir)):
        if name.endswith(".log"):
            path = os.path.join(os.path.abspath(a.dir), name)
            with open(path, "rb") as f:
                print(f"  {path}  ({sum(1 for _ in f)} lines)")


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.exit(0)
