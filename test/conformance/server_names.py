#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Server names that connections say themselves, against those that others saw: learnt / expected.

usage: server_names.py [-v] [--shared DIR] [--jobs N] [--floor SOURCE=PERCENT]... NAMETAP

Reads every capture of ../shared/corpus for which there are any with `NAMETAP read --names`. Expected are the
server_name of ssl.log, every host of http.log, and the names of ndpi-server-names.tsv (TLS, QUIC, HTTP; the
source `table` is all of it); addresses are no names. One is learnt if the connection's record has it, or a
mapping of its responder. -v prints what differs. Exit status 77 without the corpus, 1 below a floor.
"""
import argparse
import collections
import concurrent.futures
import csv
import ipaddress
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def rows(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return [json.loads(line) for line in f if line.startswith("{")]
    except FileNotFoundError:
        return []


def host_name(text):
    """Of a Host, without its port; None where it is an address, or no name."""
    name = re.sub(r":[0-9]*$", "", text.strip()).rstrip(".").lower()
    try:
        ipaddress.ip_address(name.strip("[]"))
        return None
    except ValueError:
        return name if re.fullmatch(r"[a-z0-9_.-]+", name) else None


def ends(r):
    return frozenset((ipaddress.ip_address(r[f"id.{e}_h"]), int(r[f"id.{e}_p"])) for e in ("orig", "resp"))


def of_zeek(folder):
    """(source, ends, name): the different ones of each connection."""
    for log, field in (("ssl", "server_name"), ("http", "host")):
        told = {(r["uid"], r[field]): r for r in rows(os.path.join(folder, log + ".log")) if field in r}
        for r in told.values():
            yield f"{log}.log", ends(r), r[field]


def of_table(path):
    """The same by capture."""
    ret = collections.defaultdict(list)
    with open(path, encoding="utf-8", newline="") as f:
        for r in csv.DictReader((line.lstrip("#") for line in f), delimiter="\t", quoting=csv.QUOTE_NONE):
            renamed = {"id." + k: v for k, v in r.items()}
            ret[r["capture"]].append((f"table {r['protocol']}", ends(renamed), r["server_name"]))
    return ret


def read(a, name):
    """What the records have by connection, and the mappings of addresses."""
    ours, mapped = collections.defaultdict(set), collections.defaultdict(set)
    with tempfile.TemporaryDirectory() as out:
        log = os.path.join(out, "names.json")
        subprocess.run([a.nametap, "read", "--quiet", "-o", out, "--names", log,
                        os.path.join(a.shared, "corpus", name)], check=False, stderr=subprocess.DEVNULL)
        for r in rows(os.path.join(out, "conn.log")):
            if r.get("server_name"):
                ours[ends(r)].add(r["server_name"].rstrip(".").lower())
        for r in rows(log):
            if r["src"] in ("SSL_SNI", "HTTP_HOST"):
                mapped[ipaddress.ip_address(r["addr"])].add(r["name"])
    return ours, mapped


def check(a, name, wanted):
    """(source, was it learnt, what to say)"""
    wanted = {(source, where, host_name(text)) for source, where, text in wanted}
    if not wanted:
        return []
    ours, mapped = read(a, name)
    ret = []
    for source, where, text in sorted(wanted, key=str):
        if text is None:
            continue
        there = ours[where] | set().union(*(mapped[addr] for addr, _ in where))
        ret.append((source, text in there, f"{name}: {source}: {text[:60]} expected, {sorted(ours[where])} for "
                    + " ".join(sorted(f"{addr} {port}" for addr, port in where))))
    return ret


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("-v", action="store_true", dest="verbose")
    p.add_argument("--shared", default=os.path.join(HERE, "../../../shared"))
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--floor", action="append", default=[], metavar="SOURCE=PERCENT")
    p.add_argument("nametap")
    a = p.parse_args()
    root = os.path.join(a.shared, "expected")
    if not os.path.isdir(root):
        print("skipped: no", root)
        return 77
    table = of_table(os.path.join(root, "ndpi-server-names.tsv"))
    names = sorted(os.path.relpath(d, root) for d, _, files in os.walk(root) if "conn.log" in files)
    wanted = {n: [*of_zeek(os.path.join(root, n)), *table[n]] for n in names}
    learnt, expected = collections.Counter(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for found in pool.map(lambda n: check(a, n, wanted[n]), names):
            for source, there, text in found:
                for s in {source, source.split()[0], "all"}:
                    expected[s] += 1
                    learnt[s] += there
                if a.verbose and not there:
                    print(text)
    for s in sorted(expected):
        print(f"{s:12} {learnt[s]:5}/{expected[s]:<5} {100 * learnt[s] / expected[s]:6.2f}%")
    floors = [(s, float(percent)) for s, percent in (f.split("=") for f in a.floor)]
    low = [s for s, percent in floors if 100 * learnt[s] < percent * expected[s] or expected[s] == 0]
    figures = ", ".join(f"{s} {learnt[s]}/{expected[s]} (floor {percent:g} %)" for s, percent in floors)
    print("below the floor:" if low else "all floors held:", figures or "none")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
