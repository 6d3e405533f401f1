# SPDX-License-Identifier: BSD-3-Clause
"""Which connections have a name, and the right one first."""

import collections

from truth.files import share


def group_of(truth):
    """The kinds of lookups that are told apart in the result."""
    if truth["lookup"] == "client" and truth["cross_version"]:
        return "client, over the other IP version"
    return truth["lookup"]


def visible(truth):
    """The client asserted the name itself, in sight."""
    return truth.get("server_name") == truth["name"] and not truth.get("ech", False)


class Named:
    """Named and right-first shares, by kind of lookup, by match, and by what was in sight. Lookups
    that were encrypted are counted apart: nobody could know these names."""

    def __init__(self):
        self.rows = collections.defaultdict(collections.Counter)
        self.matches = collections.defaultdict(collections.Counter)
        self.sight = collections.defaultdict(collections.Counter)

    def add(self, truth, vals, match, failures):
        rows = [self.rows[group_of(truth)]]
        counted = truth["lookup"] != "encrypted"
        if counted:
            rows += [self.matches[str(match)], self.sight[visible(truth)]]
        right = bool(vals) and vals[0] == truth["name"]
        self.rows[group_of(truth)][f"match {match}"] += 1
        for row in rows:
            row["n"] += 1
            row["named"] += bool(vals)
            row["right"] += right
            row["among"] += truth["name"] in vals
        if counted and not vals:
            failures.add("unnamed", truth, f"{truth['name']} (lookup: {truth['lookup']})")
        elif counted and not right:
            failures.add("wrong name", truth,
                         f"{vals[0]} ({match}) is not {truth['name']} ({truth['lookup']})")

    def total(self, what):
        return sum(row[what] for row in self.matches.values())

    def show(self):
        for group, row in sorted(self.rows.items()):
            matches = " ".join(f"{k[6:]}={v}" for k, v in sorted(row.items())
                               if k.startswith("match "))
            print(f"lookup {group}: {row['n']}, named {share(row['named'], row['n']):.4%}, "
                  f"right first {share(row['right'], row['n']):.2%}, "
                  f"among all {share(row['among'], row['n']):.2%}; match: {matches}")
        for match, row in sorted(self.matches.items()):
            print(f"match {match}: {row['n']}, right first {share(row['right'], row['n']):.2%}")
