#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Do the logs of a run balance, and is each line of them whole?

usage: outputs.py DIRECTORY WORKERS

DIRECTORY has the logs (JSON) of a `nametap read`, or of a `nametap run` that has ended. Rotated files count.
"""
import glob
import json
import os
import re
import sys

LOGS = ("conn", "notice", "namecache")
SUMMARY = {
    "packets": r"packets +(\d+)  in ",
    "conns": r"connections *(\d+)  written to ",
    "notices": r"lookups +\d+  connections that none explains, (\d+) notices",
    "lost": r" +(\d+)  lines of logs, lost: ",
    "conn_lost": r" +(\d+)  of these, of conn\.log",
    "notice_lost": r" +(\d+)  of these, of notice\.log",
}


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


def from_summary(said):
    """What the summary has: connections written, notices, packets, and the lines lost of each log. None: there is none."""
    found = {what: re.search(rf"^{pattern}", said, re.M) for what, pattern in SUMMARY.items()}
    if not found["packets"]:
        return None
    counts = {what: int(match[1]) if match else 0 for what, match in found.items()}
    counts["namecache_lost"] = counts["lost"] - counts["conn_lost"] - counts["notice_lost"]
    return counts


def wrong_files(logs, counts, uncut):
    """Lines of files that are not what the program says that it has written. uncut: nor could it take back what it
    counts as lost."""
    found = []
    for log, written, lost in (("conn", "conns", "conn_lost"), ("notice", "notices", "notice_lost")):
        most = counts[written] + (counts[lost] if uncut else 0)
        if not counts[written] <= len(logs[log]) <= most:
            found.append(f"{log}.log has {len(logs[log])} lines, {counts[written]} were written, at most {most}")
    return found


def wrong_lines(total, logs, uncut):
    """What was made, against the lines of files and those that were lost: log by log."""
    found = []
    for made, log, lost in (("conns", "conn", "conn_lines_lost"), ("notices", "notice", "notice_lines_lost")):
        there = len(logs[log])
        if not (there <= total[made] <= there + total[lost] if uncut else total[made] == there + total[lost]):
            found.append(f"{total[made]} {made}, {there} lines of {log}.log and {total[lost]} lost")
    return found


def problems(directory, workers, said="", half_lines=False):
    """All that is wrong with the logs. said: what the program said, with its summary where it came to one; half_lines:
    what a failed write has left could not be cut off."""
    try:
        logs = {log: lines_of(directory, log, half_lines) for log in LOGS}
    except ValueError as e:
        return [str(e)]
    counts = from_summary(said)
    if counts is None and said:
        return []  # it did not come to that: what did not begin has no sums
    found = wrong_files(logs, counts, half_lines) if counts else []
    if counts and (counts["namecache_lost"] > 0 or counts["packets"] == 0):
        return found  # the last line may be missing; nothing was begun
    if not logs["namecache"]:
        return found + ["namecache.log has no line"]
    total = totals(logs["namecache"])
    if counts:
        found += [f"{key}: {total[key]} in namecache.log, {counts[what]} in the summary"
                  for what, key in (("packets", "packets"), ("lost", "lines_lost"), ("conn_lost", "conn_lines_lost"),
                                    ("notice_lost", "notice_lines_lost")) if total[key] != counts[what]]
    return found + wrong_sums(total, workers) + wrong_lines(total, logs, half_lines)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    FOUND = problems(sys.argv[1], int(sys.argv[2]))
    print("\n".join(FOUND) if FOUND else "all sums hold")
    sys.exit(bool(FOUND))
