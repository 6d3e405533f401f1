#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Server names that connections say themselves, against those that others saw: learnt / expected.

usage: server_names.py [-v] [--shared DIR] [--jobs N] [--floor SOURCE=PERCENT]... NAMETAP

Reads every capture of ../shared/corpus for which there are any with `NAMETAP read --names`. Expected are the
server_name of ssl.log, every host of http.log, and the names of ndpi-server-names.tsv (TLS, QUIC, HTTP; the
source `table` is all of it); addresses are no names. One is learnt if the connection's record has it, or a
mapping of its responder. -v prints what differs. Exit status 77 without the corpus, 1 below a floor.
"""
import collections
import csv
import ipaddress
import os
import re
import sys

import names


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
        told = {(r["uid"], r[field]): r for r in names.rows(os.path.join(folder, log + ".log")) if field in r}
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


def read(a, capture):
    """What the records have by connection, and the mappings of addresses."""
    ours, mapped = collections.defaultdict(set), collections.defaultdict(set)
    mappings, conns = names.read(a, capture)
    for r in conns:
        if r.get("server_name"):
            ours[ends(r)].add(r["server_name"].rstrip(".").lower())
    for r in mappings:
        if r["src"] in ("SSL_SNI", "HTTP_HOST"):
            mapped[ipaddress.ip_address(r["addr"])].add(r["name"])
    return ours, mapped


def check(a, capture, wanted):
    """(source, was it learnt, what to say)"""
    wanted = {(source, where, host_name(text)) for source, where, text in wanted}
    if not wanted:
        return []
    ours, mapped = read(a, capture)
    ret = []
    for source, where, text in sorted(wanted, key=str):
        if text is None:
            continue
        there = ours[where] | set().union(*(mapped[addr] for addr, _ in where))
        ret.append((source, text in there, f"{capture}: {source}: {text[:60]} expected, {sorted(ours[where])} for "
                    + " ".join(sorted(f"{addr} {port}" for addr, port in where))))
    return ret


def main():
    a = names.arguments(__doc__)
    table = of_table(os.path.join(a.expected, "ndpi-server-names.tsv"))
    tally = names.Tally()
    for source, there, text in names.each(
            a, lambda c: check(a, c, [*of_zeek(os.path.join(a.expected, c)), *table[c]]), names.captures(a, "conn.log")):
        tally.add({source, source.split()[0], "all"}, there)
        if a.verbose and not there:
            print(text)
    return tally.conclude(a.floor)


if __name__ == "__main__":
    sys.exit(main())
