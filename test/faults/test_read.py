#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""nametap read while each thing in turn fails: it ends as it says it does, its books balance, and there is no
half line. usage: test_read.py NAMETAP TRAFGEN"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hard_capture  # noqa: E402
import outputs  # noqa: E402
import sites  # noqa: E402

NAMETAP, TRAFGEN = sys.argv[1:3]
PACKETS = 4000
WORKERS = (1, 3)
TIMEOUT_SEC = 60
# Each sleeps 0.1 s while DPDK measures the clock.
AT_ONCE = 2 * (os.cpu_count() or 1)
# What has no room is counted or waited for, and the read is whole.
HARMLESS = {"mbuf", "flow_slot", "extra_slot", "link_slot", "held_slot", "mismatch_slot", "dns_buffer", "quic_slot",
            "cache_room", "datagram_slot", "queue_full", "out_full", "inbox_full", "records_full", "writer_full",
            "read_interrupted", "read_short", "write_interrupted", "write_short", "write_slow", "sync", "flush",
            "worker_stuck", "control_stuck"}
SETTINGS = ("flow.max=16384", "names.max_mappings=65536", "log.vlan=true", "stats.interval=5", "log.rotate_interval=5", "names.quic_max=64")


class Run:
    def __init__(self, site, rate, workers, where):
        self.what, self.site, self.workers = f"{site}={rate}, {workers} workers", site, workers
        self.out = os.path.join(where, f"{site}-{rate}-{workers}")
        self.status, self.said = None, ""
        os.makedirs(self.out)

    def go(self, capture):
        command = [NAMETAP, "read", "-j", str(self.workers), "-o", self.out, "--fault", self.what.split(",")[0]]
        if self.site == "truncate":
            command += ["--fault", "write_full=0.5"]
        for setting in SETTINGS:
            command += ["--set", setting]
        try:
            done = subprocess.run([*command, "--names", os.path.join(self.out, "names"), capture], check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=TIMEOUT_SEC, text=True)
            self.status, self.said = done.returncode, done.stdout
        except subprocess.TimeoutExpired as e:
            self.said = f"not over after {TIMEOUT_SEC} s: {e.stdout}"
        return self

    def happened(self):
        found = re.search(rf"^nametap: fault {self.site}: (\d+) times$", self.said, re.M)
        return int(found.group(1)) if found else 0

    def complaints(self):
        """All that it says but for the summary and the faults."""
        return [line for line in self.said.splitlines()
                if not re.match(r"nametap: fault |\w*  +(non-)?\w* *\d+  |connections\d{12}  ", line)]


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="nametap-faults-")
        cls.capture = os.path.join(cls.root, "hard.pcap")
        hard_capture.make(TRAFGEN, cls.capture, PACKETS)
        runs = [Run(site, rate, workers, cls.root)
                for site in sites.names() for rate in sites.rates(site) for workers in WORKERS]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            cls.runs = list(pool.map(lambda run: run.go(cls.capture), runs))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root)

    def test_ends_as_documented(self):
        for run in self.runs:
            with self.subTest(run.what):
                self.assertIn(run.status, (0,) if run.site in HARMLESS else (0, 1), run.said)
                self.assertNotIn("accounting", run.said)
                lines = run.complaints()
                self.assertEqual(bool(lines), run.status != 0, run.said)
                self.assertTrue(all(re.match(r"nametap: \S.*[^:]$", line) for line in lines), run.said)
                # one line for what failed; where reading and writing fails, one for each
                self.assertLessEqual(len(lines), 2, run.said)

    def test_whole_lines_and_sums(self):
        for run in self.runs:
            with self.subTest(run.what):
                # what a file can't be cut to is not cut
                self.assertEqual(outputs.problems(run.out, run.workers, run.said, run.site == "truncate"), [], run.said)
                self.assertTrue(run.status == 1 or outputs.from_summary(run.said), run.said)

    def test_every_site_is_reached(self):
        happened = {}
        for run in self.runs:
            happened[run.site] = happened.get(run.site, 0) + run.happened()
        self.assertLessEqual({site for site, n in happened.items() if n == 0}, sites.ONLY_LIVE)

    def test_sums_are_held_against_losses(self):
        """Some of it was lost, of each log, or nothing is shown by sums that hold."""
        lost = [outputs.from_summary(run.said) for run in self.runs if outputs.from_summary(run.said)]
        for log in ("conn_lost", "notice_lost", "namecache_lost"):
            self.assertGreater(sum(counts[log] > 0 for counts in lost), 0, log)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:])
