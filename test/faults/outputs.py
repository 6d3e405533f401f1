#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Do the logs of a run balance, and is each line of them whole?

usage: outputs.py DIRECTORY WORKERS

DIRECTORY has the logs (JSON) of a `nametap read`, or of a `nametap run` that has ended. Rotated files count.
"""
import glob
import json
import os
import sys

LOGS = ("conn", "notice", "namecache")


def lines_of(directory, log, half_lines=False):
    """The records of a log, all of its files, in no order. ValueError: a line is not whole."""
    rows = []
    for path in glob.glob(os.path.join(directory, log + ".*log")):
        with open(path, "rb") as f:
            text = f.read()
        if half_lines:
            text = text[:text.rfind(b"\n") + 1]
        if text and not text.endswith(b"\n"):
            raise ValueError(f"{path} ends within a line: {text[-80:]!r}")
        for number, line in enumerate(text.splitlines(), 1):
            try:
                row = json.loads(line)
            except ValueError as e:
                raise ValueError(f"{path}, line {number}: {e}: {line[:80]!r}") from None
            if not isinstance(row, dict) or "ts" not in row:
                raise ValueError(f"{path}, line {number} is no record")
            rows.append(row)
    return rows


def totals(rows):
    """What the lines of namecache.log come to."""
    keys = {key for row in rows for key, value in row.items() if isinstance(value, int)}
    return {key: sum(row.get(key, 0) for row in rows) for key in keys}


def wrong_sums(total, workers, whole=True):
    """Those that do not hold, in words. whole: the lines are of a run that has ended."""
    t = total.__getitem__
    sums = [
        ("packets = packets_ok + packets_left_out", t("packets"), t("packets_ok") + t("packets_left_out")),
        ("mappings_learnt = repeats + sent + shed_out", t("mappings_learnt"),
         t("mappings_repeats") + t("mappings_sent") + t("mappings_shed_out")),
        ("mappings_received = new + refreshed + refused", t("mappings_received"),
         t("mappings_new") + t("mappings_refreshed") + t("mappings_refused")),
    ]
    if whole:
        sums += [
            ("mappings_sent x (workers - 1) = received + shed_in", t("mappings_sent") * (workers - 1),
             t("mappings_received") + t("mappings_shed_in")),
            ("conns_made = conns + conns_lost", t("conns_made"), t("conns") + t("conns_lost")),
        ]
    return [f"{what}: {a} is not {b}" for what, a, b in sums if a != b]


def problems(directory, workers, all_written=True, half_lines=False):
    """All that is wrong with the logs. all_written: no line of any log may be missing; half_lines: the last of a file
    may be half."""
    try:
        logs = {log: lines_of(directory, log, half_lines) for log in LOGS}
    except ValueError as e:
        return [str(e)]
    if not all_written:
        return []
    if not logs["namecache"]:
        return ["namecache.log has no line"]
    total = totals(logs["namecache"])
    found = wrong_sums(total, workers)
    if total["conns"] != len(logs["conn"]) + total["lines_lost"]:
        found.append(f"{total['conns']} connections written, {len(logs['conn'])} lines, {total['lines_lost']} lost")
    return found


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    FOUND = problems(sys.argv[1], int(sys.argv[2]))
    print("\n".join(FOUND) if FOUND else "all sums hold")
    sys.exit(bool(FOUND))
