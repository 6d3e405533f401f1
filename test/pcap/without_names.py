#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Check that names.enabled=false leaves out names and nothing else of the records.

usage: without_names.py NAMETAP TRAFGEN OUT

Reads synthetic captures, and those of corpus-50.txt where there is a corpus, with names and without,
and compares conn.log less the fields of names as sets of records: services, history and every other
field are the same. Without names no record has any of those fields, and there are no notices.
"""
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SHARED = pathlib.Path(os.environ.get("NAMETAP_SHARED", HERE.parents[2] / "shared"))
OF_NAMES = ("id.orig_h_name", "id.resp_h_name", "server_name", "ech", "resp_lookup")
SYNTHETIC = {
    "mixed": ["--preset", "mixed"],
    "spoofed": ["--preset", "spoofed", "--local-naming-share", "1", "--encrypted-dns-share", "0.2",
                "--dns-tcp-share", "0.3"],
}
PACKETS = "50000"


def captures(trafgen, out):
    for name, options in SYNTHETIC.items():
        path = out / f"{name}.pcap"
        subprocess.run([trafgen, *options, "--packets", PACKETS, "--no-truth", "-o", path], check=True)
        yield path
    if not (SHARED / "corpus").is_dir():
        print(f"no corpus in {SHARED}")
        return
    for line in (HERE / "corpus-50.txt").read_text().splitlines():
        if not line.startswith("#"):
            yield SHARED / "corpus" / line.split("\t")[0]


def read(nametap, capture, out, *options):
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    r = subprocess.run([nametap, "read", "--quiet", "-j", "2", "-o", out, *options, capture],
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       timeout=120)
    if r.returncode not in (0, 1):
        sys.exit(f"{capture}: ended with {r.returncode}: {r.stdout.decode(errors='replace')}")
    logs = []
    for log in ("conn.log", "notice.log"):
        path = out / log
        logs.append([json.loads(line) for line in open(path)] if path.exists() else [])
    return logs


def is_named(record):
    return any(k.startswith(OF_NAMES) for k in record)


def rest(records):
    return collections.Counter(
        json.dumps({k: v for k, v in r.items() if not k.startswith(OF_NAMES)}, sort_keys=True)
        for r in records)


def check(nametap, capture, out):
    """What is wrong, or None; how many records, with a service, and named."""
    conns, _ = read(nametap, capture, out / "with")
    plain, notices = read(nametap, capture, out / "without", "--set", "names.enabled=false")
    a, b = rest(conns), rest(plain)
    wrong = None
    if a != b:
        lines = [f"  - {x}" for x in sorted(a - b)[:3]] + [f"  + {x}" for x in sorted(b - a)[:3]]
        wrong = "\n".join([f"{sum((a - b).values())} records differ", *lines])
    elif any(map(is_named, plain)) or notices:
        wrong = "names without names"
    return wrong, len(conns), sum("service" in r for r in plain), sum(map(is_named, conns))


def main(nametap, trafgen, out):
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    bad, counts = 0, collections.Counter()
    for capture in captures(trafgen, out):
        wrong, conns, services, named = check(nametap, capture, out)
        counts.update(conns=conns, services=services, named=named)
        bad += wrong is not None
        if wrong:
            print(f"{capture}: {wrong}")
    print(f"{dict(counts)}, {bad} captures differ")
    return 1 if bad or not all(counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 4 else __doc__)
