#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_worker: small captures of trafgen's, and the scenarios of test/pcap/rules, some at a time.

usage: make_worker_seeds.py TRAFGEN DIRECTORY [DONE]

They are made when they are needed, not kept: the same bytes each time. DONE is a file that then says so.
"""
import importlib
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pcap"))
import capture_maker as m  # noqa: E402
from scenario import Hosts  # noqa: E402

PRESETS = {
    "mixed": [], "dns-heavy": ["--dns-tcp-share", "0.5", "--https-share", "0.5"], "no-lookup": [], "spoofed": [],
    "encrypted-dns": [], "local-names": [], "dualstack": [], "flood64": [],
}
PACKETS = 50
GROUPS = ("tcp_states", "tcp_history", "tcp_direction", "udp", "icmp", "transports", "local", "fragments", "tunnels",
          "services")
TOGETHER = 6  # scenarios in a capture
SIZE_MAX = 16384  # fuzz_worker takes no more
CHOICES_AT = 8  # the byte of the header that fuzz_worker chooses its options by


def write(directory, name, capture, choices):
    capture = bytearray(capture[:SIZE_MAX])
    capture[CHOICES_AT] = choices
    with open(os.path.join(directory, name), "wb") as f:
        f.write(capture)


def generated(trafgen, preset, options):
    with tempfile.TemporaryDirectory() as there:
        path = os.path.join(there, "capture")
        subprocess.run([trafgen, "--preset", preset, "--packets", str(PACKETS), "--duration", "60", *options, "-o", path],
                       check=True, capture_output=True)
        with open(path, "rb") as f:
            return f.read()


def scenarios(group):
    rules = importlib.import_module(f"rules.{group}").RULES
    for i in range(0, len(rules), TOGETHER):
        packets = [(m.START + p[0], *p[1:]) for number, rule in enumerate(rules[i:i + TOGETHER], 1)
                   for p in rule.packets(Hosts(number))]
        yield m.pcap(sorted(packets, key=lambda p: p[0]), nanoseconds=True)


def main():
    trafgen, directory = sys.argv[1:3]
    os.makedirs(directory, exist_ok=True)
    choices = 0
    for preset, options in PRESETS.items():
        write(directory, preset, generated(trafgen, preset, options), choices & 0xff)
        choices += 37
    for group in GROUPS:
        for number, capture in enumerate(scenarios(group)):
            write(directory, f"{group}-{number}", capture, choices & 0xff)
            choices += 37
    if len(sys.argv) > 3:
        with open(sys.argv[3], "w", encoding="ascii"):
            pass


if __name__ == "__main__":
    main()
