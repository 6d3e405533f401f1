# SPDX-License-Identifier: BSD-3-Clause
"""Reading JSON lines, and the fields of records under either spelling."""

import json
import sys

FIVE = ("id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto")


def lines(path):
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            try:
                yield json.loads(line)
            except ValueError as e:
                sys.exit(f"{path}:{number}: not JSON: {e}")


def key(conn):
    return tuple(conn.get(k) for k in FIVE)


def names_of(record, side="resp"):
    for field in (f"id.{side}_h_name.vals", f"id_{side}_h_n.vals"):
        if field in record:
            return record[field]
    return []


def match_of(record):
    return record.get("id.resp_h_name.match", record.get("id_resp_h_n.match"))


def share(part, whole):
    return part / whole if whole else 1.0
