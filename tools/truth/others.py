# SPDX-License-Identifier: BSD-3-Clause
"""Names of originators, and names that must not be."""

import collections

from truth.files import names_of


class Originators:
    """Clients that have told their network what they are called."""

    def __init__(self):
        self.n = self.named = self.right = 0

    def add(self, conn, record, failures):
        if "orig_name" not in conn:
            return
        vals = names_of(record, "orig")
        self.n += 1
        self.named += bool(vals)
        if any(v.lower().split(".")[0] == conn["orig_name"] for v in vals[:1]):
            self.right += 1
        else:
            failures.add("originator", conn, f"{vals} is not {conn['orig_name']}")


class ServerNames:
    """The name that a client asserted stands in the log, and no other."""

    def __init__(self):
        self.n = self.right = 0

    def add(self, conn, record, failures):
        said = record.get("server_name")
        if conn.get("server_name") is None and said is None:
            return
        self.n += 1
        outer = bool(record.get("ech", False))
        if (said, outer) == (conn.get("server_name"), conn.get("ech", False)):
            self.right += 1
        else:
            failures.add("server name", conn, f"{said} is not {conn.get('server_name')}")


class Spoofed:
    """Forged answers: their names must not be on their addresses, unless a genuine answer said so
    too, and names that only forgers use not anywhere."""

    FORGED = ".forged.example"

    def __init__(self, responses):
        responses = list(responses)
        self.pairs = {(r["qname"], a) for r in responses if r.get("spoofed")
                      for a in r["addresses"]}
        self.why = {(r["qname"], a): r["spoofed"] for r in responses if r.get("spoofed")
                    for a in r["addresses"]}
        self.pairs -= {(r["qname"], a) for r in responses if not r.get("spoofed")
                       for a in r["addresses"]}
        self.records = 0
        self.found = collections.Counter()  # by what was wrong with the answer

    def wrong(self, name, address):
        return (name, address) in self.pairs or name.endswith(self.FORGED)

    def add(self, record, failures):
        said = [(name, record[f"id.{side}_h"]) for side in ("orig", "resp")
                for name in names_of(record, side)]
        said += [(record.get("server_name", ""), a)
                 for a in record.get("server_name_addrs") or []]
        bad = [pair for pair in said if self.wrong(*pair)]
        self.records += 1
        if bad:
            self.found[self.why.get(bad[0], "its name only")] += 1
            failures.add("forged name", record, f"{bad[0]} ({self.why.get(bad[0])})")
