# SPDX-License-Identifier: BSD-3-Clause
"""The table of lib/base/nt_fault.h, and how often each site is tried."""
import os
import re

HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "base", "nt_fault.h")

# Who is held up for ever would wait for ever: at most nine times out of ten.
WAITING = {"mbuf", "queue_full", "out_full", "inbox_full", "records_full", "writer_full", "read_interrupted",
           "write_interrupted", "write_slow"}
# Once: it takes seconds.
STUCK = {"worker_stuck": "@40", "control_stuck": "@20"}
# Constructors: the first, and each of the others alone.
MADE_ONCE = {"heap": (1, 2, 3, 5, 8, 13, 16, 18, 20, 30, 40, 60), "map": (1, 2, 5, 10, 20, 40, 50, 60, 80, 100),
             "thread": (1, 2, 3)}

# A read does not call it: made to happen while a sensor runs.
ONLY_LIVE = {"sync"}


def names():
    with open(HEADER, encoding="utf-8") as f:
        return re.findall(r"^\tX\([A-Z_]+, (\w+), ", f.read(), re.M)


def rates(site):
    if site in STUCK:
        return (STUCK[site],)
    if site in MADE_ONCE:
        return (*(f"@{n}" for n in MADE_ONCE[site]), "0.05")
    if site in WAITING:
        return ("0.9", "0.1")
    return ("1", "0.2", "@1", "@3")
