#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Holds nametap's conn.log (JSON lines) against the truth that trafgen wrote.

Every connection must be there once with its packets and bytes, nearly every one whose client had
looked a name up must have a name, and the right one first. With --ideal instead of a log, prints
what the rule "the client's latest lookup before the start" reaches on this truth: the name that a
perfect sensor would put first.
"""

import argparse
import collections
import json
import sys

COUNTS = ("orig_pkts", "resp_pkts", "orig_ip_bytes", "resp_ip_bytes")
FIVE = ("id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto")
SHOWN = 5  # failures of each kind


def lines(path):
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            try:
                yield json.loads(line)
            except ValueError as e:
                sys.exit(f"{path}:{number}: not JSON: {e}")


def key(conn):
    return tuple(conn.get(k) for k in FIVE)


def names_of(record):
    for field in ("id.resp_h_name.vals", "id_resp_h_n.vals"):
        if field in record:
            return record[field]
    return []


def match_of(record):
    return record.get("id.resp_h_name.match", record.get("id_resp_h_n.match"))


def share(part, whole):
    return part / whole if whole else 1.0


class Failures:
    """Counts by kind; keeps the first of each to show."""

    def __init__(self):
        self.kinds = collections.defaultdict(list)
        self.counts = collections.Counter()

    def add(self, kind, truth, said):
        self.counts[kind] += 1
        if len(self.kinds[kind]) < SHOWN:
            where = "{} {}:{} > {}:{}".format(
                truth["proto"], truth["id.orig_h"], truth["id.orig_p"],
                truth["id.resp_h"], truth["id.resp_p"])
            self.kinds[kind].append(f"{truth['ts']:.6f} {where}: {said}")

    def show(self):
        for kind, found in self.kinds.items():
            print(f"{kind} ({self.counts[kind]}), the first:")
            for text in found:
                print("  " + text)


def check_counts(truth, records, failures):
    """Each true connection is one record, with its counts; returns (found, right)."""
    if not records:
        failures.add("missing", truth, f"{truth['kind']}, no record")
        return 0, 0
    if len(records) > 1:
        failures.add("divided", truth, f"{truth['kind']}, {len(records)} records")
        return 1, 0
    wrong = [f"{c} {records[0].get(c)} is not {truth[c]}" for c in COUNTS
             if records[0].get(c) != truth[c]]
    if abs(records[0]["ts"] - truth["ts"]) > 2e-6:
        wrong.append(f"ts {records[0]['ts']:.6f}")
    if wrong:
        failures.add("miscounted", truth, f"{truth['kind']}, " + ", ".join(wrong))
    return 1, not wrong


def group_of(truth):
    """The kinds of lookups that are told apart in the result."""
    if truth["lookup"] == "client" and truth["cross_version"]:
        return "client, over the other IP version"
    return truth["lookup"]


class Named:
    """Named and right-first shares, by kind of lookup."""

    def __init__(self):
        self.rows = collections.defaultdict(collections.Counter)

    def add(self, truth, vals, match, failures):
        row = self.rows[group_of(truth)]
        row["n"] += 1
        row[f"match {match}"] += 1
        if not vals:
            failures.add("unnamed", truth, f"{truth['name']} (lookup: {truth['lookup']})")
            return
        row["named"] += 1
        if vals[0] == truth["name"]:
            row["right"] += 1
        else:
            failures.add("wrong name", truth,
                         f"{vals[0]} ({match}) is not {truth['name']} ({truth['lookup']})")
        row["among"] += truth["name"] in vals

    def total(self, what):
        return sum(row[what] for row in self.rows.values())

    def show(self):
        for group, row in sorted(self.rows.items()):
            matches = " ".join(f"{k[6:]}={v}" for k, v in sorted(row.items())
                               if k.startswith("match "))
            print(f"lookup {group}: {row['n']}, named {share(row['named'], row['n']):.4%}, "
                  f"right first {share(row['right'], row['n']):.2%}, "
                  f"among all {share(row['among'], row['n']):.2%}; match: {matches}")


def check_log(truths, path, failures):
    log = collections.defaultdict(list)
    for record in lines(path):
        log[key(record)].append(record)
    found = right = 0
    named = Named()
    for truth in truths:
        records = log.pop(key(truth), [])
        f, r = check_counts(truth, records, failures)
        found += f
        right += r
        if truth["name"] is not None:
            first = records[0] if records else {}
            named.add(truth, names_of(first), match_of(first), failures)
    extra = sum(len(r) for r in log.values())
    print(f"connections: {len(truths)} expected, {found} found, {right} with right counts, "
          f"{extra} that are none")
    for records in list(log.values())[:SHOWN]:
        print("  not in the truth:", " ".join(str(x) for x in key(records[0])))
    return right == len(truths) and extra == 0, named


def ideal(conns, responses, by_host, failures):
    """The rule of the name choice, replayed on the truth: client, else other; the latest first.

    A client is a host, or an address only."""
    def client(e, field):
        return e["host"] if by_host and e["host"] is not None else e[field]

    events = [(c["ts"], 1, c) for c in conns if c["name"] is not None]
    events += [(r["ts"], 0, r) for r in responses if r["addresses"] and not r["repeat"]]
    events.sort(key=lambda e: e[:2])
    told = collections.defaultdict(dict)  # (client, address): name to (seen, expires)
    anyone = collections.defaultdict(dict)
    named = Named()
    for ts, is_conn, e in events:
        if not is_conn:
            for address in e["addresses"]:
                for d in (told[client(e, "client"), address], anyone[address]):
                    d.pop(e["qname"], None)
                    d[e["qname"]] = ts + e["ttl"]
            continue
        for match, d in (("client", told[client(e, "id.orig_h"), e["id.resp_h"]]),
                         ("other", anyone[e["id.resp_h"]])):
            vals = [name for name, expires in reversed(d.items()) if expires > ts]
            if vals:
                break
        named.add(e, vals, match if vals else None, failures)
    return named


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("truth", metavar="TRUTH_PREFIX",
                        help="OUT of OUT.truth.conns.jsonl (OUT.pcap will do)")
    parser.add_argument("log", metavar="CONN_LOG", nargs="?", help="conn.log as JSON lines")
    parser.add_argument("--min-named", type=float, default=0.999)
    parser.add_argument("--min-right", type=float, default=0.95)
    parser.add_argument("--ideal", action="store_true",
                        help="no log: what the rule reaches on the truth")
    parser.add_argument("--by-address", action="store_true",
                        help="with --ideal: a client is an address, not a host")
    args = parser.parse_args()
    if (args.log is None) != args.ideal:
        parser.error("CONN_LOG or --ideal")
    prefix = args.truth.removesuffix(".pcap")
    truths = list(lines(prefix + ".truth.conns.jsonl"))
    failures = Failures()
    complete = True
    if args.ideal:
        named = ideal(truths, lines(prefix + ".truth.dns.jsonl"),
                      not args.by_address, failures)
    else:
        complete, named = check_log(truths, args.log, failures)
    n = named.total("n")
    with_name, right = share(named.total("named"), n), share(named.total("right"), n)
    named.show()
    print(f"truly named: {n}, named {with_name:.4%}, right first {right:.2%}")
    failures.show()
    ok = complete and with_name >= args.min_named and right >= args.min_right
    print("ok" if ok else f"FAILED (wanted: every connection, named {args.min_named:.4%}, "
          f"right first {args.min_right:.2%})")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
