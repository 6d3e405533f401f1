#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Holds nametap's conn.log (JSON lines) against the truth that trafgen wrote.

Every connection must be there once with its packets and bytes, nearly every one whose client had
looked a name up must have a name, and the right one first; no forged name may be there. Other
measures are printed, and held against their floors where these are given. With --ideal instead of a
log, prints what the rule "the client's latest lookup before the start" reaches on this truth: the
name that a perfect sensor would put first.
"""

import argparse
import collections
import sys

from truth.failures import SHOWN, Failures, Floors
from truth.files import key, lines, match_of, names_of
from truth.named import Named
from truth.others import Originators, ServerNames, Spoofed
from truth.replay import ideal, usual
from truth.verdicts import Verdicts

COUNTS = ("orig_pkts", "resp_pkts", "orig_ip_bytes", "resp_ip_bytes")


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


class Log:
    """A conn.log, held against the truth."""

    def __init__(self, path):
        self.records = collections.defaultdict(list)
        for record in lines(path):
            self.records[key(record)].append(record)

    def check(self, truths, measures, failures, floors):
        measures.judged = any("resp_lookup" in r[0] for r in self.records.values())
        found = right = 0
        left = dict(self.records)
        for truth in truths:
            records = left.pop(key(truth), [])
            f, r = check_counts(truth, records, failures)
            found += f
            right += r
            measures.add(truth, records[0] if records else {}, failures)
        extra = sum(len(r) for r in left.values())
        print(f"connections: {len(truths)} expected, {found} found, {right} with right counts, "
              f"{extra} that are none")
        for records in list(left.values())[:SHOWN]:
            print("  not in the truth:", " ".join(str(x) for x in key(records[0])))
        floors.require("every connection, once, with its counts",
                       right == len(truths) and extra == 0)


class Measures:
    """All that is measured on one pass over the connections."""

    def __init__(self, truths, responses, args):
        self.judged = False  # until a record says resp_lookup at all
        self.named = Named()
        self.originators = Originators()
        self.server_names = ServerNames()
        self.spoofed = Spoofed(responses)
        self.verdicts = Verdicts(truths, responses, args.grace, args.warm_up)

    def add(self, truth, record, failures):
        if truth["name"] is not None:
            self.named.add(truth, names_of(record), match_of(record), failures)
        self.originators.add(truth, record, failures)
        self.server_names.add(truth, record, failures)
        if record:
            self.spoofed.add(record, failures)
        if self.judged:
            self.verdicts.add(truth, record, failures)

    def show_others(self, args, floors):
        o, s, v = self.originators, self.spoofed, self.verdicts
        if self.server_names.n:
            floors.measure("server names", self.server_names.right, self.server_names.n,
                           args.min_server_names)
        if o.n or args.min_originators is not None:
            floors.measure("originators named", o.right, o.n, args.min_originators)
        for why in sorted(set(s.why.values()) | set(s.found)):
            floors.measure(f"records without a forged name ({why})", s.records - s.found[why],
                           s.records, None if why in args.pending_forgery else 1.0)
        linked = self.named.rows["client, over the other IP version"]
        if linked["n"] or args.min_linked is not None:
            floors.measure("over the other IP version, found to be one host",
                           linked["match client"], linked["n"], args.min_linked)
        v.show()
        floors.measure("none: precision", v.count("none", "none"),
                       v.count(None, "none") - v.count("at the same time", "none"),
                       args.min_none_precision)
        floors.measure("none: recall", v.count("none", "none"), v.count("none"),
                       args.min_none_recall)
        if v.count("hidden"):
            floors.measure("clients of encrypted DNS: not said to have no lookup",
                           v.count("hidden") - v.count("hidden", "none"), v.count("hidden"),
                           args.min_hidden)


def show_named(named, baseline, args, floors):
    n = named.total("n")
    floors.measure("named", named.total("named"), n, args.min_named, may_lack=True)
    floors.measure("right first", named.total("right"), n, args.min_right, may_lack=True)
    for seen, text in ((True, "with the server name in sight"), (False, "without")):
        floors.measure(f"right first, {text}", named.sight[seen]["right"], named.sight[seen]["n"])
    floors.measure("right first by one map, the latest name at the end (the usual design)",
                   baseline.total("right"), n)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("truth", metavar="TRUTH_PREFIX",
                        help="OUT of OUT.truth.conns.jsonl (OUT.pcap will do)")
    parser.add_argument("log", metavar="CONN_LOG", nargs="?", help="conn.log as JSON lines")
    parser.add_argument("--min-named", type=float, default=0.999)
    parser.add_argument("--min-right", type=float, default=0.95)
    parser.add_argument("--min-server-names", type=float, default=0.999)
    for what, about in (("originators", "originators that told their names have them"),
                        ("linked", "connections over the other IP version have match client"),
                        ("none-precision", "resp_lookup none: true of those said"),
                        ("none-recall", "resp_lookup none: said of those true"),
                        ("hidden", "clients of encrypted DNS: not said to have no lookup")):
        parser.add_argument(f"--min-{what}", type=float, help=about)
    parser.add_argument("--pending-forgery", action="append", default=[], metavar="KIND",
                        help="measured only: forged answers of this kind")
    parser.add_argument("--grace", type=float, default=1.0,
                        help="notice.grace: a lookup counts so many seconds after the start")
    parser.add_argument("--warm-up", type=float, default=0.0, help="notice.warm_up, seconds")
    parser.add_argument("--ideal", action="store_true",
                        help="no log: what the rule reaches on the truth")
    parser.add_argument("--by-address", action="store_true",
                        help="with --ideal: a client is an address, not a host")
    args = parser.parse_args()
    if (args.log is None) != args.ideal:
        parser.error("CONN_LOG or --ideal")
    return args


def main():
    args = parse()
    prefix = args.truth.removesuffix(".pcap")
    truths = list(lines(prefix + ".truth.conns.jsonl"))
    responses = list(lines(prefix + ".truth.dns.jsonl"))
    failures, floors = Failures(), Floors()
    measures = None
    if args.ideal:
        named = ideal(truths, responses, not args.by_address, failures)
    else:
        measures = Measures(truths, responses, args)
        Log(args.log).check(truths, measures, failures, floors)
        named = measures.named
    named.show()
    show_named(named, usual(truths, responses), args, floors)
    if measures is not None:
        measures.show_others(args, floors)
    failures.show()
    print("ok" if floors.ok else "FAILED")
    return 0 if floors.ok else 1


if __name__ == "__main__":
    sys.exit(main())
