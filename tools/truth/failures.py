# SPDX-License-Identifier: BSD-3-Clause
"""Failures by kind, and floors."""

import collections

SHOWN = 5  # failures of each kind


class Failures:
    """Counts by kind; keeps the first of each to show."""

    def __init__(self):
        self.kinds = collections.defaultdict(list)
        self.counts = collections.Counter()

    def add(self, kind, conn, said):
        self.counts[kind] += 1
        if len(self.kinds[kind]) < SHOWN:
            where = "{} {}:{} > {}:{}".format(
                conn["proto"], conn["id.orig_h"], conn["id.orig_p"],
                conn["id.resp_h"], conn["id.resp_p"])
            self.kinds[kind].append(f"{conn['ts']:.6f} {where}: {said}")

    def show(self):
        for kind, found in self.kinds.items():
            print(f"{kind} ({self.counts[kind]}), the first:")
            for text in found:
                print("  " + text)


class Floors:
    """Prints one line per measure, and remembers whether any is below its floor."""

    def __init__(self):
        self.ok = True

    def measure(self, what, part, whole, floor=None, may_lack=False):
        """A share; there must be something to measure where a floor is set, unless it may lack."""
        value = part / whole if whole else None
        text = "none to measure" if value is None else f"{value:.4%} ({part} of {whole})"
        if floor is None:
            print(f"{what}: {text}")
            return
        good = may_lack if value is None else value >= floor
        self.ok &= good
        print(f"{what}: {text}, {'ok' if good else 'FAILED'} (floor {floor:.4%})")

    def require(self, what, good):
        self.ok &= good
        print(f"{what}: {'ok' if good else 'FAILED'}")
