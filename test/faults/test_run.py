#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""nametap run while things fail: it goes on, says what it lost, and its books balance. A worker that stands still holds
nobody up. usage: test_run.py NAMETAP TRAFGEN"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hard_capture  # noqa: E402
import outputs  # noqa: E402
import sites  # noqa: E402

NAMETAP, TRAFGEN = sys.argv[1:3]
PACKETS = 3000
TIMEOUT_SEC = 60
# Some hundred of each kind are made at a start: the last ones of those.
MADE = {"heap": ("@15", "@25", "@40"), "map": ("@30", "@100"), "thread": ("@1", "@2"), "mbuf_pool": ("@1", "@2"),
        "ring_new": ("@1",), "mkdir": ("@1",)}
# What is tried with a rate while it runs.
RATES = {"mbuf": "0.3", "out_full": "0.5", "inbox_full": "0.5", "records_full": "0.5", "writer_full": "0.5",
         "queue_full": "0.5", "flow_slot": "0.3", "cache_room": "0.3", "write_full": "0.5", "write_error": "0.5",
         "write_interrupted": "0.5", "write_short": "0.5", "write_slow": "0.5", "rename": "0.5", "sync": "1",
         "flush": "1", "close": "0.3", "truncate": "0.5"}


class Sensor:
    def __init__(self, where, name, ports, faults, settings, workers):
        self.dir = os.path.join(where, name)
        self.out = os.path.join(self.dir, "logs")
        self.workers = workers
        os.makedirs(self.dir)
        config = os.path.join(self.dir, "nametap.json")
        with open(config, "w", encoding="utf-8") as f:
            json.dump({"ports": ports, "workers": workers, "lcores": {"huge": False},
                       "run": {"dir": self.out, "prefix": f"nametap-faults-{os.getpid()}",
                               "snapshot": os.path.join(self.dir, "snapshot")},
                       # All memory is taken at the start: little of it.
                       "flow": {"max": 8192}, "hosts": {"max_links": 8192}, "fragments": {"max_datagrams": 1024},
                       "names": {"max_mappings": 16384, "max_queries": 8192, "quic_max": 64, "max_dns_streams": 64},
                       "notice": {"warm_up": 0, "max_told": 16384}, "stats": {"interval": 1}}, f)
        self.command = [NAMETAP, "run", "-c", config]
        for setting in settings:
            self.command += ["--set", setting]
        for fault in faults:
            self.command += ["--fault", fault]

    def __enter__(self):
        with open(os.path.join(self.dir, "stderr"), "wb") as err:
            self.process = subprocess.Popen(self.command, env=dict(os.environ, XDG_RUNTIME_DIR=self.dir),
                                            stdin=subprocess.DEVNULL, stdout=err, stderr=err)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def said(self):
        with open(os.path.join(self.dir, "stderr"), encoding="utf-8") as f:
            return f.read()

    def wait_for(self, what, seconds=TIMEOUT_SEC):
        """False: it has ended by itself."""
        end = time.monotonic() + seconds
        while not what():
            if self.process.poll() is not None:
                return False
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s: {self.said()}")
            time.sleep(0.05)
        return True

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(TIMEOUT_SEC)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"SIGTERM did not end it: {self.said()}") from None

    def rows(self, log="namecache"):
        path = os.path.join(self.out, log + ".log")
        if not os.path.exists(path):
            return []
        with open(path, "rb") as f:
            return [json.loads(line) for line in f if line.endswith(b"\n")]

    def total(self, key):
        return sum(row[key] for row in self.rows())

    def fault(self, site):
        found = re.search(rf"^nametap: fault {site}: (\d+) times$", self.said(), re.M)
        return int(found.group(1)) if found else 0


class Run(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="nametap-faults-")
        cls.capture = os.path.join(cls.root, "hard.pcap")
        cls.packets = hard_capture.make(TRAFGEN, cls.capture, PACKETS)
        cls.port = [f"net_pcap0,rx_pcap={cls.capture}"]

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root)

    def check_logs(self, s, whole):
        found = outputs.problems(s.out, s.workers, all_written=whole, half_lines=not whole)
        self.assertEqual(found, [], s.said())
        self.assertNotIn("accounting", s.said())

    def test_what_is_made(self):
        """It does not start, says so in one line, and leaves no half file."""
        for site, rates in MADE.items():
            for rate in rates:
                with self.subTest(f"{site}={rate}"):
                    with Sensor(self.root, f"{site}{rate}", self.port, [f"{site}={rate}"], [], 2) as s:
                        s.wait_for(lambda: " is up" in s.said())
                        time.sleep(0.2)
                        status = s.stop()
                    self.assertIn(status, (0, 1), s.said())
                    self.assertNotIn("accounting", s.said())
                    if os.path.isdir(s.out):
                        self.check_logs(s, whole=status == 0)

    def test_what_runs_short(self):
        for site, rate in RATES.items():
            for workers in (1, 3):
                with self.subTest(f"{site}={rate}, {workers} workers"):
                    faults = [f"{site}={rate}"] + (["write_full=0.5"] if site == "truncate" else [])
                    settings = ["log.rotate_bytes=20000"] if site == "rename" else []
                    with Sensor(self.root, f"{site}-{workers}", self.port, faults, settings, workers) as s:
                        s.wait_for(lambda: " is up" in s.said())
                        time.sleep(1.2)
                        status = s.stop()
                    self.assertIn(status, (0, 1), s.said())
                    self.assertNotIn("accounting", s.said())
                    lost = re.search(r"lines of logs, lost", s.said()) is not None
                    self.check_logs(s, whole=status == 0 and not lost)

    def test_stuck_worker(self):
        """The others go on: their records are written, their names are told; it is said, counted, and it comes back."""
        parts = [os.path.join(self.root, f"part{i}.pcap") for i in range(2)]
        for part in parts:
            shutil.copy(self.capture, part)
        ports = ["net_pcap0," + ",".join(f"rx_pcap={part}" for part in parts) + ",infinite_rx=1"]
        short = ["port.timestamps=off", "relay.rate=0", "port.distributor=off", "port.mbufs=32768",
                 "relay.max_hold=2", "run.stuck_after=2",
                 "flow.udp_inactivity_timeout=1", "flow.tcp_inactivity_timeout=1", "flow.dns_session_timeout=1",
                 "notice.grace=0.5", "lcores.idle=sleep"]
        with Sensor(self.root, "stuck", ports, ["worker_stuck=@4000"], short, 2) as s:
            s.wait_for(lambda: " goes on" in s.said())
            time.sleep(2.5)
            status = s.stop()
        self.assertEqual(status, 0, s.said())
        self.assertEqual(s.fault("worker_stuck"), 1)
        # On a machine that has too much to do, a worker may stand still by itself: once more is no matter.
        for worker in re.findall(r"^nametap: worker ([01]) stands still \(for 2 s\)", s.said(), re.M):
            self.assertIn(f"nametap: worker {worker} goes on\n", s.said())
        self.assertGreater(s.said().count("stands still"), 0)
        self.assertEqual(s.total("lcores_stuck"), s.said().count("stands still"))
        self.check_stuck(s.rows())
        self.check_logs(s, whole=True)

    def check_stuck(self, rows):
        """Line by line: left behind; the others' records and names go on; all is well again."""
        left = [i for i, row in enumerate(rows) if row["left_behind"] > 0]
        self.assertTrue(left, rows)
        after = rows[left[0] + 1:left[0] + 4]
        self.assertTrue(all(row["conns"] > 0 and row["mappings_sent"] > 0 for row in after), after)
        self.assertGreater(sum(row["released_early"] for row in after), 0)
        # The watermark is a second behind at most, not the six that the worker stood.
        self.assertLess(min(row["watermark_lag_p99"] for row in after), 2)
        self.assertEqual(rows[-1]["released_early"], 0, rows[-1])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:])
