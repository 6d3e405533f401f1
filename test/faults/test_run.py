#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""nametap run while things fail: it goes on, says what it lost, and its books balance. A worker that stands still holds
nobody up. usage: test_run.py NAMETAP TRAFGEN"""
import concurrent.futures
import itertools
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
PACKETS = 4000
TIMEOUT_SEC = 60
AT_ONCE = 2 * (os.cpu_count() or 1)
NUMBERS = itertools.count()  # of sensors
# Some hundred of each kind are made at a start: the last ones of those.
MADE = {"heap": ("@15", "@25", "@40"), "map": ("@30", "@100"), "thread": ("@1", "@2"), "mbuf_pool": ("@1", "@2"),
        "ring_new": ("@1",), "mkdir": ("@1",), "open": ("@1", "@2", "@3", "@4", "@5"), "read_error": ("@1", "@2")}
# What is tried with a rate while it runs.
RATES = {"mbuf": "0.3", "out_full": "0.5", "inbox_full": "0.5", "records_full": "0.5", "writer_full": "0.5",
         "queue_full": "0.5", "flow_slot": "0.3", "cache_room": "0.3", "write_full": "0.5", "write_error": "0.5",
         "write_interrupted": "0.5", "write_short": "0.5", "write_slow": "0.5", "rename": "0.5", "sync": "1",
         "flush": "1", "close": "0.3", "truncate": "0.5", "extra_slot": "0.5", "link_slot": "0.5", "held_slot": "0.5",
         "mismatch_slot": "0.5", "dns_buffer": "0.5", "quic_slot": "1", "datagram_slot": "0.5",
         "read_interrupted": "0.5", "read_short": "1"}


class Sensor:
    def __init__(self, where, name, ports, faults, settings, workers):
        self.dir = os.path.join(where, name)
        self.out = os.path.join(self.dir, "logs")
        self.workers = workers
        os.makedirs(self.dir)
        config = os.path.join(self.dir, "nametap.json")
        with open(config, "w", encoding="utf-8") as f:
            json.dump({"ports": ports, "workers": workers, "lcores": {"huge": False},
                       "run": {"dir": self.out, "prefix": f"nametap-{os.getpid()}-{next(NUMBERS)}",
                               "snapshot": os.path.join(self.dir, "snapshot")},
                       # All memory is taken at the start: little of it.
                       "flow": {"max": 8192}, "hosts": {"max_links": 8192}, "fragments": {"max_datagrams": 1024},
                       "names": {"max_mappings": 16384, "max_queries": 8192, "quic_max": 64, "max_dns_streams": 64},
                       "notice": {"warm_up": 0, "max_told": 16384}, "log": {"vlan": True}, "stats": {"interval": 1}}, f)
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


class Attempt:
    """A sensor that runs for a moment, while something fails."""

    def __init__(self, where, ports, site, rate, workers):
        self.what, self.site, self.workers = f"{site}={rate}, {workers} workers", site, workers
        faults = [f"{site}={rate}"] + (["write_full=0.5"] if site == "truncate" else [])
        settings = ["log.rotate_bytes=20000"] if site == "rename" else []
        self.sensor = Sensor(where, f"{site}-{rate}-{workers}", ports, faults, settings, workers)
        self.out = self.sensor.out

    def go(self):
        with self.sensor as s:
            s.wait_for(lambda: " is up" in s.said())
            time.sleep(1.2)
            self.status = s.stop()
        self.said, self.happened = s.said(), s.fault(self.site)


class Run(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="nametap-faults-")
        cls.capture = os.path.join(cls.root, "hard.pcap")
        cls.packets = hard_capture.make(TRAFGEN, cls.capture, PACKETS)
        cls.port = [f"net_pcap0,rx_pcap={cls.capture}"]
        cls.attempts = [Attempt(cls.root, cls.port, site, rate, 2) for site in MADE for rate in MADE[site]]
        cls.attempts += [Attempt(cls.root, cls.port, site, RATES[site], workers) for site in RATES for workers in (1, 3)]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(Attempt.go, cls.attempts):
                pass

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root)

    def check_logs(self, s):
        self.check(s.out, s.workers, s.said())

    def check(self, out, workers, said, half_lines=False):
        if os.path.isdir(out):
            self.assertEqual(outputs.problems(out, workers, said, half_lines), [], said)
        self.assertNotIn("accounting", said)

    def test_what_is_made(self):
        """It does not start, says so in one line, and leaves no half file; or does without."""
        for a in self.attempts:
            if a.site in MADE:
                with self.subTest(a.what):
                    # 2: what it is to do could not be read
                    self.assertIn(a.status, (0, 1, 2) if a.site in ("open", "read_error") else (0, 1), a.said)
                    self.check(a.out, a.workers, a.said)

    def test_what_runs_short(self):
        """It goes on, and its sums hold, whatever it lost."""
        for a in self.attempts:
            if a.site in RATES:
                with self.subTest(a.what):
                    self.assertIn(a.status, (0, 1), a.said)
                    self.check(a.out, a.workers, a.said, half_lines=a.site == "truncate")

    def test_every_site_is_reached(self):
        """Each can happen to a sensor, and did; lcores that stand still have tests of their own."""
        happened = {site: 0 for site in (*MADE, *RATES)}
        for a in self.attempts:
            happened[a.site] += a.happened
        self.assertEqual({site for site, n in happened.items() if n == 0}, set())
        self.assertEqual(set(happened) | set(sites.STUCK), set(sites.names()))

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
        self.check_logs(s)

    def test_stuck_control(self):
        """It is said by name, counted, and it comes back; workers go on meanwhile, and nothing is lost."""
        settings = ["run.stuck_after=2", "relay.max_hold=2", "lcores.idle=sleep"]
        with Sensor(self.root, "stuck-control", self.port, ["control_stuck=@200"], settings, 2) as s:
            s.wait_for(lambda: "nametap: control goes on\n" in s.said())
            time.sleep(1.2)
            status = s.stop()
        self.assertEqual(status, 0, s.said())
        self.assertEqual(s.fault("control_stuck"), 1)
        self.assertRegex(s.said(), r"(?m)^nametap: control stands still \(for 2 s\)")
        # a worker may have waited for it, or for a turn, on a machine that has too much to do
        self.assertEqual(s.total("lcores_stuck"), s.said().count("stands still"))
        self.assertEqual(s.total("packets"), self.packets)
        self.assertEqual((s.total("conns_lost"), s.total("mappings_shed_out"), s.total("lines_lost")), (0, 0, 0))
        self.check_logs(s)

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
