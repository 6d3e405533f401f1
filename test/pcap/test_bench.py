#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_bench.py NAMETAP TRAFGEN [TEST]...: `nametap bench` through its command line.

What it measures is the machine's business; that it measures something, and says so, is tested.
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

NAMETAP = TRAFGEN = None

STAGES = ["rx", "decode", "lookup", "flow", "names", "expiry", "records"]
MEASURED = ["mpps", "cycles_per_packet", "probe_cycles_per_packet", "probe_ratio",
            "records_per_sec", "mapping_cycles", "mapping_refresh_cycles", "relay_hop_cycles",
            "relay_insert_cycles", "relay_mappings_per_sec", "bytes_per_flow", "bytes_per_mapping",
            "tsc_hz"]
OF_NAMES = {"mapping_cycles", "mapping_refresh_cycles", "bytes_per_mapping"}
RUN = ["capture", "flows", "flows_asked", "workers", "seconds", "names", "packets", "mappings",
       "records", "hugepages", "cpu", "version", "relay_receivers", "stages"]


class TestBench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="nametap-bench-test-")
        cls.addClassCleanup(cls.dir.cleanup)
        cls.mixed = cls.make("mixed", "--packets", "20000")
        cls.flood = cls.make("flood64", "--packets", "20000", "--flows", "200")

    @classmethod
    def make(cls, preset, *options):
        path = os.path.join(cls.dir.name, preset + ".pcap")
        subprocess.run([TRAFGEN, "--preset", preset, "--no-truth", *options, "-o", path],
                       check=True)
        return path

    def run_bench(self, *args):
        return subprocess.run([NAMETAP, "bench", *map(str, args)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120, check=False)

    def bench(self, *args):
        """The object that it prints."""
        r = self.run_bench("--seconds", 0.2, "--json", *args)
        self.assertEqual(r.returncode, 0, r)
        for line in r.stderr.splitlines():
            self.assertRegex(line, r"\Anametap: no free 2 MiB pages ")
        self.assertEqual(r.stdout.count("\n"), 1)
        found = json.loads(r.stdout)
        self.assertEqual(sorted(found), sorted(MEASURED + RUN))
        self.assertEqual(list(found["stages"]), STAGES)
        return found

    def check_measured(self, found, none=()):
        for key in MEASURED:
            if key in none:
                self.assertIsNone(found[key], key)
            elif found[key] is not None:  # a machine that never left a round whole
                self.assertGreater(found[key], 0, key)
        self.assertGreater(found["bytes_per_flow"], 100)

    def leftovers(self):
        return {f for f in os.listdir("/tmp")
                if f.startswith("nametap-bench-") and not f.startswith("nametap-bench-test-")}

    def test_json_has_every_key(self):
        found = self.bench(self.mixed)
        self.check_measured(found)
        self.assertEqual((found["capture"], found["workers"], found["names"], found["seconds"]),
                         (self.mixed, 1, True, 0.2))
        self.assertGreater(found["mappings"], 0)
        self.assertGreater(found["records"], 0)

    def test_flows_asked_for_are_open(self):
        found = self.bench("--flows", 5000, self.flood)
        self.assertEqual(found["flows_asked"], 5000)
        self.assertGreaterEqual(found["flows"], 5000)
        self.assertLess(found["flows"], 6500)
        self.assertGreaterEqual(found["packets"], 8 * 5000)

    def test_workers(self):
        found = self.bench("-j", 2, "--flows", 2000, self.mixed)
        self.assertEqual(found["workers"], 2)
        self.assertEqual(found["relay_receivers"], 1)
        self.assertGreater(found["mappings"], 0)

    def test_no_names(self):
        found = self.bench("--no-names", self.mixed)
        self.check_measured(found, OF_NAMES)
        self.assertIs(found["names"], False)
        self.assertEqual(found["mappings"], 0)
        self.assertGreater(found["records"], 0)

    def test_packets(self):
        more, less = (self.run_bench("--packets", n, "--json", "--flows", 1000, self.flood)
                      for n in (51200, 5120))
        self.assertEqual((more.returncode, less.returncode), (0, 0), (more, less))
        self.assertEqual(json.loads(more.stdout)["packets"] - json.loads(less.stdout)["packets"],
                         51200 - 5120)

    def test_table(self):
        before = self.leftovers()
        r = self.run_bench("--seconds", 0.2, self.mixed)
        self.assertEqual(r.returncode, 0, r)
        for word in ["Mpps", "cycles a packet", "probe", "M/s", "bytes"]:
            self.assertIn(word, r.stdout)
        self.assertNotIn("nan", r.stdout)
        self.assertLessEqual(self.leftovers(), before)

    def check_refused(self, status, *args):
        r = self.run_bench(*args)
        self.assertEqual((r.returncode, r.stdout), (status, ""), args)
        self.assertRegex(r.stderr, r"\Anametap: [^\n]+\n\Z", args)

    def test_wrong_arguments(self):
        for args in [(), (self.mixed, self.flood), ("--flows", "0", self.mixed),
                     ("--flows", "many", self.mixed), ("--flows", "-1", self.mixed),
                     ("--flows", "99999999999", self.mixed), ("--seconds", "0", self.mixed),
                     ("--seconds", "nan", self.mixed), ("--seconds", "1x", self.mixed),
                     ("--seconds", "1e9", self.mixed), ("--packets", "0", self.mixed),
                     ("-j", "0", self.mixed), ("-j", "99", self.mixed), ("-j", "x", self.mixed),
                     ("-j", "1" * 100, self.mixed), ("--set", "flow.max=no", self.mixed),
                     ("--fast", self.mixed), ("--flows",)]:
            self.check_refused(2, *args)

    def test_captures_that_are_none(self):
        empty = os.path.join(self.dir.name, "empty.pcap")
        with open(empty, "wb"):
            pass
        header = os.path.join(self.dir.name, "header.pcap")
        with open(self.flood, "rb") as f, open(header, "wb") as g:
            g.write(f.read(24))
        for path in ["/nonexistent.pcap", empty, header, self.dir.name]:
            self.check_refused(1, path)

    def test_help(self):
        r = self.run_bench("--help")
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertIn("usage: nametap bench", r.stdout)


if __name__ == "__main__":
    NAMETAP, TRAFGEN = sys.argv[1:3]
    del sys.argv[1:3]
    unittest.main()
