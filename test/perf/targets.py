#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every figure that is wanted of the sensor's speed, measured on this machine, beside what is wanted.

Makes captures with trafgen, runs `nametap bench` (what is compared within it runs in alternation),
pairs of it with and without names, callgrind, and read_ratio.py, and prints a table. Cycles are
TSC cycles of this machine now; `scaled` is what they would be where the probe at 100,000 connections
takes 57, as on a free core of 2.6 GHz.
"""
import argparse
import json
import math
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

PROBE_REFERENCE = 57
CAPTURES = {
    "flood": ["--preset", "flood64", "--packets", "200000", "--flows", "500"],
    "long-flood": ["--preset", "flood64", "--packets", "500000", "--flows", "5000"],
    "enterprise": ["--preset", "enterprise", "--packets", "500000"],
    "dns-heavy": ["--preset", "dns-heavy", "--packets", "300000"],
}


def parse_args():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("build", type=pathlib.Path, help="build directory (buildtype release)")
    p.add_argument("--nametap", type=pathlib.Path, help="another binary than the build's")
    p.add_argument("--dir", type=pathlib.Path, help="where captures go, 0.4 GB (with the rows of "
                   "reading 4 GB); those of an earlier run are used again")
    p.add_argument("--row", action="append", choices=list(ROWS), help="only these")
    p.add_argument("--seconds", type=float, default=4, help="of each run")
    p.add_argument("--rounds", type=int, default=5, help="of what is run in pairs")
    p.add_argument("--json", action="store_true", help="one JSON object a line")
    a = p.parse_args()
    a.row = a.row or list(ROWS)
    a.nametap = a.nametap or a.build / "app/nametap"
    return a


def capture(a, name):
    path = a.dir / f"targets-{name}.pcap"
    if not path.exists():
        subprocess.run([a.build / "tools/trafgen/trafgen", *CAPTURES[name], "--no-truth", "-o",
                        path], check=True)
    return path


def bench(a, name, *options, seconds=None, prefix=()):
    argv = [*prefix, a.nametap, "bench", "--json", "--seconds", str(seconds or a.seconds),
            *options, capture(a, name)]
    out = subprocess.run(list(map(str, argv)), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         text=True, check=False)
    if out.returncode != 0:
        sys.exit(f"targets: {' '.join(map(str, argv))}: {out.stderr}")
    return json.loads(out.stdout)


def row(what, unit, least, aim, measured, scaled=None, note="", more_is_better=False):
    good = measured is not None and (measured >= least if more_is_better else measured <= least)
    return {"what": what, "unit": unit, "at_least": least, "aim": aim, "measured": measured,
            "scaled": scaled, "reached": good, "note": note}


def scale(a):
    """How much dearer a cycle is here than where the wanted figures are from."""
    if not hasattr(a, "dearer"):
        found = bench(a, "flood", "--flows", "100000", seconds=2)
        a.dearer = (found["probe_cycles_per_packet"] or PROBE_REFERENCE) / PROBE_REFERENCE
    return a.dearer


def run_flood(a, flows, least, aim):
    found = bench(a, "flood", "--flows", str(flows))
    stages = ", ".join(f"{k} {v:.0f}" for k, v in found["stages"].items())
    return [row(f"64-byte TCP, {flows:,} connections, a packet", "probes", least, aim,
                found["probe_ratio"],
                note=f"{found['cycles_per_packet']:.0f} cycles, probe "
                     f"{found['probe_cycles_per_packet']:.0f}; {stages}")]


def instructions(a, packets, *options):
    """Of the packet path and all that it calls, and the packets that went through it."""
    with tempfile.TemporaryDirectory() as d:
        out = pathlib.Path(d) / "callgrind.out"
        found = bench(a, "long-flood", "--packets", str(packets), *options, prefix=[
            "valgrind", "--tool=callgrind", "--toggle-collect=worker_process",
            "--dump-instr=no", f"--callgrind-out-file={out}"])
        total = re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M)
    return int(total.group(1)), found["packets"]


def run_instructions(a):
    """What more packets of the same connections cost: beginnings and ends are taken off."""
    cost = {}
    for options in ((), ("--no-names",)):
        (few, n), (many, m) = (instructions(a, k, *options) for k in (10240, 112640))
        cost[options] = (many - few) / (m - n)
    on, off = cost[()], cost[("--no-names",)]
    return [row("names on against --no-names, packets without names", "% instructions", 0.5, 0,
                100 * (on / off - 1), note=f"{on:.1f} against {off:.1f} instructions a packet")]


def run_enterprise(a):
    ratios, on_cycles = [], []
    for _ in range(a.rounds):
        on = bench(a, "enterprise")["cycles_per_packet"]
        off = bench(a, "enterprise", "--no-names")["cycles_per_packet"]
        if on and off:
            ratios.append(off / on)
            on_cycles.append(on)
    if not ratios:
        return []
    return [row("enterprise mix, packets/s with names against without", "", 0.86, 0.95,
                statistics.median(ratios), more_is_better=True,
                note=f"{statistics.median(on_cycles):.0f} cycles a packet with names; "
                     f"{min(ratios):.2f} to {max(ratios):.2f}")]


def run_parts(a):
    """The median of some runs of each figure that needs no pair."""
    found = [bench(a, "dns-heavy", seconds=1) for _ in range(a.rounds)]
    middle = {k: statistics.median([f[k] for f in found if f[k] is not None] or [math.nan])
              for k in ("mapping_cycles", "mapping_refresh_cycles", "records_per_sec",
                        "relay_hop_cycles", "relay_insert_cycles", "bytes_per_flow",
                        "bytes_per_mapping")}
    dearer = scale(a)
    mapping, hop, insert = (middle[k] for k in
                            ("mapping_cycles", "relay_hop_cycles", "relay_insert_cycles"))
    return [
        row("DNS responses with 2 answers, a mapping, parse to cache", "cycles", 900, 500, mapping,
            mapping / dearer, note=f"known ones {middle['mapping_refresh_cycles']:.0f}"),
        row("connection records as JSON by the control lcore", "M/s", 2, 3.5,
            middle["records_per_sec"] / 1e6, middle["records_per_sec"] / 1e6 * dearer,
            more_is_better=True),
        row("relay, the hop, a mapping and receiver", "cycles", 60, 30, hop, hop / dearer),
        row("relay, the insert at the receiver", "cycles", 250, 150, insert, insert / dearer),
        row("memory of a connection", "bytes", 256, 192, middle["bytes_per_flow"]),
        row("memory of a mapping beside its name", "bytes", 128, 96, middle["bytes_per_mapping"]),
    ]


def run_read(a, preset, least, aim):
    script = pathlib.Path(__file__).with_name("read_ratio.py")
    out = subprocess.run([sys.executable, script, a.build, "--nametap", a.nametap, "--preset",
                          preset, "--workers", "1", "--rounds", str(a.rounds), "--json",
                          "--dir", a.dir, "--keep"], stdout=subprocess.PIPE, text=True, check=True)
    found = [json.loads(line) for line in out.stdout.splitlines()]
    mine = next(f for f in found if f["workers"] == 1)
    return [row(f"nametap read, {preset}, against a bare libpcap loop", "", least, aim,
                mine["ratio"], more_is_better=True,
                note=f"{mine['packets_per_cpu_sec'] / 1e6:.2f} M packets a CPU second")]


ROWS = {
    "flood-100k": lambda a: run_flood(a, 100_000, 2.2, 1.7),
    "flood-1m": lambda a: run_flood(a, 1_000_000, 1.9, 1.4),
    "instructions": run_instructions,
    "enterprise": run_enterprise,
    "parts": run_parts,
    "read-enterprise": lambda a: run_read(a, "enterprise", 0.44, 0.55),
    "read-dns-heavy": lambda a: run_read(a, "dns-heavy", 0.12, 0.18),
}


def number(value):
    if value is None or math.isnan(value):
        return "-"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"


def show(a, r):
    if a.json:
        print(json.dumps(r), flush=True)
        return
    print(f"{r['what']:54} {number(r['at_least']):>6} {number(r['aim']):>6} "
          f"{number(r['measured']):>8} {number(r['scaled']):>8} {r['unit']:15} "
          f"{'yes' if r['reached'] else 'no':3}  {r['note']}", flush=True)


def run(a):
    if not a.json:
        print(f"{'':54} {'least':>6} {'aim':>6} {'measured':>8} {'scaled':>8}")
    for name in a.row:
        if name == "instructions" and shutil.which("valgrind") is None:
            print("targets: instructions: no valgrind here", file=sys.stderr)
            continue
        for r in ROWS[name](a):
            show(a, r)
    return 0


def main():
    a = parse_args()
    if a.dir is not None:
        a.dir.mkdir(parents=True, exist_ok=True)
        return run(a)
    with tempfile.TemporaryDirectory(prefix="nametap-targets-") as directory:
        a.dir = pathlib.Path(directory)
        return run(a)


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C")
    sys.exit(main())
