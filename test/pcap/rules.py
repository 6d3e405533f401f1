#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Check what conn.log says of a group of scenarios, with any number of workers.

usage: rules.py NAMETAP OUT GROUP

GROUP is a module of rules/ (rules/README.md tells how to write one). Its scenarios go into one
capture, one after another, each with addresses and a time of its own. Prints the rows that are
missing (-) or too many (+); exit status 1 where there are any, where other workers write other
records, or where there is nothing in conn.log; 77 where all of it is pending.
"""
import collections
import fnmatch
import importlib
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import capture_maker as m  # noqa: E402
from capture_maker import SEC, START  # noqa: E402
from rules.pending import PENDING  # noqa: E402
from scenario import Hosts  # noqa: E402

WORKERS = (1, 2, 3, 8)
GAP = 10 * SEC  # between two scenarios
SKIPPED = 77
TITLES = "start originator responder proto service duration bytes state local missed history packets ip_bytes parent"

Placed = collections.namedtuple("Placed", "rule hosts begin end")


def place(rules):
    """The scenarios one after another: where each is, and the packets of all."""
    at, placed, packets = START, [], []
    for number, rule in enumerate(rules, 1):
        hosts = Hosts(number)
        mine = sorted(rule.packets(hosts), key=lambda p: p[0])
        packets += [(at + p[0], *p[1:]) for p in mine]
        end = at + mine[-1][0] + GAP
        end += -end % SEC
        placed.append(Placed(rule, hosts, at, end))
        at = end
    return placed, packets


def seconds(value):
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0"


class Namer:
    """What stands for the parents of a tunnel: the record's ends, or, where it has no record, t1, t2..."""

    def __init__(self, hosts, records):
        self.hosts, self.tunnels = hosts, {}
        self.records = {r["uid"]: r for r in records}

    def end(self, record, which):
        return f"{self.hosts.name(record[f'id.{which}_h'])}:{record[f'id.{which}_p']}"

    def parent(self, uid):
        if uid in self.records:
            return f"{self.end(self.records[uid], 'orig')}>{self.end(self.records[uid], 'resp')}"
        return self.tunnels.setdefault(uid, f"t{len(self.tunnels) + 1}")

    def parents(self, record):
        return ",".join(sorted(map(self.parent, record.get("tunnel_parents", [])))) or "-"


def proto(record):
    """With the number of the protocol where its name does not say it."""
    named = {("tcp", 6): "tcp", ("udp", 17): "udp", ("icmp", 1): "icmp", ("icmp", 58): "icmp6"}
    found = (record["proto"], record.get("ip_proto"))
    return f"ip{found[1]}" if found[0] == "unknown_transport" else named.get(found, "/".join(map(str, found)))


def pair(record, field):
    return "/".join(str(record.get(field.format(end), "-")) for end in ("orig", "resp"))


def row(record, begin, namer):
    local = "".join({True: "T", False: "F"}.get(record.get(f"local_{end}"), "-") for end in ("orig", "resp"))
    return " ".join([
        seconds(round(record["ts"] - begin / SEC, 6)), namer.end(record, "orig"), namer.end(record, "resp"),
        proto(record), record.get("service", "-"),
        seconds(record["duration"]) if "duration" in record else "-", pair(record, "{}_bytes"),
        record["conn_state"], local, str(record["missed_bytes"]), record.get("history", "-"),
        pair(record, "{}_pkts"), pair(record, "{}_ip_bytes"), namer.parents(record)])


def rows(placed, records):
    mine = sorted((r for r in records if placed.begin <= round(r["ts"] * SEC) < placed.end),
                  key=lambda r: (r["ts"], r["id.orig_h"], r["id.orig_p"]))
    namer = Namer(placed.hosts, mine)
    return [row(r, placed.begin, namer) for r in mine]


def show(title, want, got):
    """The differences, below one another, with the titles of the columns."""
    missing, extra = (collections.Counter(a) - collections.Counter(b) for a, b in ((want, got), (got, want)))
    lines = [("", *TITLES.split())]
    lines += [("-", *r.split()) for r in missing.elements()] + [("+", *r.split()) for r in extra.elements()]
    wide = [max(len(line[i]) if i < len(line) else 0 for line in lines) for i in range(len(lines[0]))]
    print(title)
    for line in lines:
        print("  " + " ".join(cell.ljust(w) for cell, w in zip(line, wide)).rstrip())


def read(nametap, capture, out, workers, settings):
    """The lines of conn.log, and the numbers of the summary by what follows them."""
    command = [nametap, "read", "-j", str(workers), "-o", out]
    for s in settings:
        command += ["--set", s]
    r = subprocess.run(command + [capture], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, timeout=300, check=False)
    if r.returncode:
        print(r.stdout.decode(errors="replace").strip())
        return None, None
    with open(os.path.join(out, "conn.log"), "rb") as f:
        lines = f.readlines()
    told = re.findall(r"^ *(?:packets)? +(\d+)  (.*)$", r.stdout.decode(errors="replace"), re.MULTILINE)
    return lines, collections.Counter({what: int(n) for n, what in told})


class Group:
    def __init__(self, name):
        module = importlib.import_module(f"rules.{name}")
        self.name, self.rules = name, module.RULES
        self.settings = getattr(module, "SETTINGS", ())
        self.counters = getattr(module, "COUNTERS", {})
        titles = [r.title for r in self.rules]
        asked = [title for group, title in PENDING if group == name]
        self.pending = {t for t in titles if any(fnmatch.fnmatchcase(t, a) for a in asked)}
        if len(set(titles)) < len(titles):
            sys.exit(f"{name}: a title stands twice")
        if not all(any(fnmatch.fnmatchcase(t, a) for t in titles) for a in asked):
            sys.exit(f"{name}: no scenario is called what is pending: {asked}")

    def judge(self, placed, records, sums):
        """How many scenarios are not as they should be."""
        wrong = 0
        for p in placed:
            want = [" ".join(r.split()) for r in p.rule.rows]
            got = rows(p, records)
            same = sorted(want) == sorted(got)
            if p.rule.title in self.pending:
                if same:
                    print(f"no longer pending: {p.rule.title}")
            elif not same:
                wrong += 1
                show(f"{p.rule.title}:", want, got)
        for name, value in self.counters.items():
            if sums[name] != value:
                wrong += 1
                print(f"summary: {sums[name]} instead of {value} {name}")
        return wrong

    def run(self, nametap, out):
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        capture = os.path.join(out, f"{self.name}.pcap")
        placed, packets = place(self.rules)
        with open(capture, "wb") as f:
            f.write(m.pcap(packets, nanoseconds=True))
        first, wrong = None, 0
        for workers in WORKERS:
            lines, sums = read(nametap, capture, os.path.join(out, str(workers)), workers, self.settings)
            if lines is None:
                return SKIPPED if len(self.pending) == len(self.rules) else 1
            if first is None:
                first = collections.Counter(lines)
                wrong = self.judge(placed, [json.loads(line) for line in lines], sums)
            elif collections.Counter(lines) != first:
                wrong += 1
                print(f"{workers} workers: {sum((first - collections.Counter(lines)).values())} records are others")
        print(f"{self.name}: {len(self.rules)} scenarios, {len(self.pending)} pending, {wrong} wrong")
        return 1 if wrong or not first else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(Group(sys.argv[3]).run(os.path.abspath(sys.argv[1]), sys.argv[2]))
