#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A sensor under floods of ever new content: after a warm-up, it takes no more memory.

usage: test_memory.py NAMETAP TRAFGEN OUT [SECONDS]

Packets come through a pipe from trafgen, which makes all its attacks over and over, none twice the
same, and through net_pcap, as fast as they are taken. Every cap is met many times over.
"""
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from sensor import Sensor, check, run_case  # noqa: E402

NAMETAP, TRAFGEN, OUT = sys.argv[1:4]
SECONDS = float(sys.argv[4]) if len(sys.argv) > 4 else 60
WARM_UP = SECONDS / 4
GROWTH_MAX = 0.01
CAPS = ("flow.max=16384", "names.max_addresses=16384", "names.max_names=16384",
        "names.max_mappings=32768", "names.max_per_address=4096", "names.max_asserted=1024",
        "names.max_queries=1024", "notice.max_told=32768", "notice.max_suppressed=1024",
        "fragments.max_datagrams=512", "fragments.max_bytes=1048576")
# What must have been given up.
MET = ("conns_evicted", "mappings_evicted", "told_evicted", "datagrams_evicted")


def resident_kb(pid):
    with open(f"/proc/{pid}/smaps_rollup") as f:
        found = dict(line.split()[:2] for line in list(f)[1:])
    return sum(int(found.get(k, 0)) for k in ("Rss:", "Shared_Hugetlb:", "Private_Hugetlb:"))


def watch(s, pid):
    """(seconds, kB) once a second; logs are thrown away as they come."""
    begin, seen = time.monotonic(), []
    while time.monotonic() - begin < SECONDS:
        time.sleep(1)
        check(s.process.poll() is None, f"ended by itself: {s.tail()}")
        seen.append((time.monotonic() - begin, resident_kb(pid)))
        for name in os.listdir(s.out):
            if name.endswith(".log") and os.path.getsize(os.path.join(s.out, name)) > 1 << 28:
                os.truncate(os.path.join(s.out, name), 0)
    return seen


def memory():
    shutil.rmtree(OUT, ignore_errors=True)
    os.makedirs(OUT)
    pipe = os.path.join(OUT, "pipe")
    os.mkfifo(pipe)
    with open(os.path.join(OUT, "trafgen"), "w") as errors, \
            subprocess.Popen([TRAFGEN, "--attack", "all", "--packets", "10000000000", "--duration", "1000000",
                              "--start", str(int(time.time())),
                              "--clients", "1000", "--no-truth", "-o", pipe], stderr=errors) as flood:
        try:
            with Sensor(NAMETAP, os.path.join(OUT, "live"), [f"net_pcap0,rx_pcap={pipe}"], *CAPS) as s:
                s.ready()
                seen = watch(s, s.process.pid)
                met = {name: s.counter(name) for name in MET}
                packets = s.counter("packets")
                s.stop()
        finally:
            flood.kill()
    warm = [kb for t, kb in seen if t >= WARM_UP]
    growth = max(warm) / warm[0] - 1
    print(f"{packets} packets; {seen[0][1]} kB at the start, {warm[0]} kB after {WARM_UP:.0f} s, at most "
          f"{max(warm)} kB until {SECONDS:.0f} s: {growth:.3%}; {met}")
    check(all(met.values()), "a cap was not met")
    check(growth < GROWTH_MAX, f"grew by {growth:.2%}")
    shutil.rmtree(OUT)


if __name__ == "__main__":
    sys.exit(run_case(memory))
