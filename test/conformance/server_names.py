#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Server names in our conn.logs against those that others saw: Zeek's ssl.log and http.log, and a table.

usage: server_names.py [-v] [--shared DIR] [--floor PERCENT] LOGS

LOGS has a folder for each capture of ../shared/corpus with the conn.log that `nametap read` wrote for it.
Expected are the server_name of ssl.log, the first host of a connection in http.log, and the names of
ndpi-server-names.tsv (TLS, QUIC, HTTP); addresses are no names. -v prints what differs. Exit status 77 without
the corpus or where no record has a server_name, 1 below the floor.
"""
import argparse
import collections
import csv
import ipaddress
import json
import os
import re
import sys

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
    """(source, ends, name): one for each connection."""
    for log, field in (("ssl", "server_name"), ("http", "host")):
        seen = set()
        for r in sorted(rows(os.path.join(folder, log + ".log")), key=lambda r: r["ts"]):
            if field in r and r["uid"] not in seen:
                seen.add(r["uid"])
                yield f"Zeek's {log}.log", ends(r), r[field]


def of_table(path):
    """The same by capture."""
    ret = collections.defaultdict(list)
    with open(path, encoding="utf-8", newline="") as f:
        for r in csv.DictReader((line.lstrip("#") for line in f), delimiter="\t", quoting=csv.QUOTE_NONE):
            renamed = {"id." + k: v for k, v in r.items()}
            ret[r["capture"]].append((f"table, {r['protocol']}", ends(renamed), r["server_name"]))
    return ret


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("-v", action="store_true", dest="verbose")
    p.add_argument("--shared", default=os.path.join(HERE, "../../../shared"))
    p.add_argument("--floor", type=float, default=0)
    p.add_argument("logs")
    a = p.parse_args()
    root = os.path.join(a.shared, "expected")
    if not os.path.isdir(root):
        print("skipped: no", root)
        return 77
    table = of_table(os.path.join(root, "ndpi-server-names.tsv"))
    right, total, any_name = collections.Counter(), collections.Counter(), False
    for folder in sorted(f for f, _, files in os.walk(root) if "conn.log" in files):
        capture = os.path.relpath(folder, root)
        wanted = [*of_zeek(folder), *table[capture]]
        ours = collections.defaultdict(set)
        for r in rows(os.path.join(a.logs, capture, "conn.log")) if wanted else ():
            if r.get("server_name"):
                any_name = True
                ours[ends(r)].add(r["server_name"].rstrip(".").lower())
        for source, where, text in wanted:
            name = host_name(text)
            if name is None:
                continue
            total[source] += 1
            right[source] += name in ours[where]
            if a.verbose and name not in ours[where]:
                print(f"{capture}: {source}: {name[:60]} expected, {sorted(ours[where])} for {sorted(map(str, where))}")
    if not any_name:
        print("skipped: no server_name in", a.logs)
        return 77
    for source in sorted(total):
        print(f"{source:20} {right[source]:5}/{total[source]:<5} {100 * right[source] / total[source]:6.2f}%")
    share = 100 * sum(right.values()) / max(1, sum(total.values()))
    print(f"{'all':20} {sum(right.values()):5}/{sum(total.values()):<5} {share:6.2f}%")
    return share < a.floor


if __name__ == "__main__":
    sys.exit(main())
