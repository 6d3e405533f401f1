#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Packets per CPU second of `nametap read` against a bare libpcap loop over the same capture.

Makes captures with trafgen, brings them into the page cache, and runs the loop and nametap in
alternation, so that whatever else slows the machine down meets both. CPU seconds are user plus
system time of the whole process, all its threads included. The ratio is that of the medians.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import sys
import tempfile


def parse_args():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("build", type=pathlib.Path, help="build directory (buildtype release)")
    p.add_argument("--dir", type=pathlib.Path, help="where captures and logs go, 4 GB (default: a "
                   "temporary directory); a capture of an earlier run with --keep is used again")
    p.add_argument("--keep", action="store_true", help="leave the captures there")
    p.add_argument("--packets", type=int, default=4_000_000)
    p.add_argument("--preset", action="append", help="enterprise and dns-heavy (default: both)")
    p.add_argument("--workers", type=int, action="append", help="1 and 2 (default: both)")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--set", action="append", default=[], metavar="KEY=VALUE",
                   help="passed on to nametap")
    p.add_argument("--nametap", type=pathlib.Path, help="another binary than the build's")
    p.add_argument("--min-ratio", type=float, default=0,
                   help="exit status 1 if enterprise with one worker is below")
    p.add_argument("--json", action="store_true", help="one JSON object a line")
    a = p.parse_args()
    a.preset = a.preset or ["enterprise", "dns-heavy"]
    a.workers = a.workers or [1, 2]
    return a


def cpu_seconds(argv):
    """Runs argv to its end; user and system time of all its threads."""
    devnull = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=devnull)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"read_ratio: {' '.join(argv)}: status {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime


def make_capture(a, directory, preset):
    path = directory / f"{preset}-{a.packets}.pcap"
    if not path.exists():
        cpu_seconds([str(a.build / "tools/trafgen/trafgen"), "--preset", preset,
                     "--packets", str(a.packets), "--no-truth", "-o", str(path)])
    return path


def measure(a, capture, logs):
    """CPU seconds of every round, by program: 0 is the loop, N is nametap with N workers."""
    loop = [str(a.build / "test/perf/pcap_loop"), str(capture)]
    nametap = str(a.nametap or a.build / "app/nametap")
    sets = [word for s in a.set for word in ("--set", s)]
    times = {n: [] for n in [0, *a.workers]}
    cpu_seconds(loop)  # into the page cache
    for _ in range(a.rounds):
        for n, seconds in times.items():
            logs.mkdir(exist_ok=True)
            seconds.append(cpu_seconds(loop if n == 0 else [
                nametap, "read", "-q", "-j", str(n), "-o", str(logs), *sets, str(capture)]))
            shutil.rmtree(logs, ignore_errors=True)
    return times


def rows(a, preset, times):
    rate = {n: a.packets / statistics.median(t) for n, t in times.items()}
    for n in times:
        best = a.packets / min(times[n])
        yield {"preset": preset, "workers": n, "packets": a.packets, "rounds": a.rounds,
               "packets_per_cpu_sec": round(rate[n]), "best_packets_per_cpu_sec": round(best),
               "ratio": round(rate[n] / rate[0], 3)}


def show(a, row):
    if a.json:
        print(json.dumps(row), flush=True)
        return
    who = f"nametap read -j {row['workers']}" if row["workers"] else "bare libpcap loop"
    print(f"{row['preset']:12} {who:18} {row['packets_per_cpu_sec'] / 1e6:7.2f} M packets/CPU s "
          f"(best {row['best_packets_per_cpu_sec'] / 1e6:.2f})   {row['ratio']:.3f}", flush=True)


def run(a, directory):
    status = 0
    for preset in a.preset:
        capture = make_capture(a, directory, preset)
        try:
            for row in rows(a, preset, measure(a, capture, directory / "logs")):
                show(a, row)
                if preset == "enterprise" and row["workers"] == 1:
                    status |= row["ratio"] < a.min_ratio
        finally:
            if not a.keep:
                capture.unlink()
    return status


def main():
    a = parse_args()
    if a.dir is not None:
        a.dir.mkdir(parents=True, exist_ok=True)
        return run(a, a.dir)
    with tempfile.TemporaryDirectory(prefix="nametap-perf-") as directory:
        return run(a, pathlib.Path(directory))


if __name__ == "__main__":
    sys.exit(main())
