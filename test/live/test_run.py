#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""nametap run over virtual devices that need neither root nor hugepages: test_run.py NAMETAP TRAFGEN"""

import collections
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

NAMETAP, TRAFGEN = sys.argv[1:3]
PACKETS = 30000
# What two runs have of their own: positions, and with them uids, are those of the run.
OWN = ("uid", "tunnel_parents")


def records(path):
    """How often each record stands in a log."""
    found = collections.Counter()
    with open(path, encoding="utf-8") as f:
        for line in f:
            record = json.loads(line)
            for key in OWN:
                record.pop(key, None)
            found[json.dumps(record, sort_keys=True)] += 1
    return found


def packets_of(path):
    """The header of a pcap, and each packet with its header."""
    with open(path, "rb") as f:
        data = f.read()
    at, found = 24, []
    while at < len(data):
        size = 16 + struct.unpack_from("<I", data, at + 8)[0]
        found.append(data[at:at + size])
        at += size
    return data[:24], found


def is_first_end(packet):
    """Whether the lesser of the packet's two addresses sent it; None: it has none."""
    kind = packet[28:30]
    if kind == b"\x08\x00":
        return packet[42:46] < packet[46:50]
    if kind == b"\x86\xdd":
        return packet[38:54] < packet[54:70]
    return None


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="nametap-live-")
        cls.capture = os.path.join(cls.root, "traffic.pcap")
        subprocess.run([TRAFGEN, "--preset", "mixed", "--packets", str(PACKETS), "-o", cls.capture],
                       check=True, stdout=subprocess.DEVNULL)
        subprocess.run([NAMETAP, "read", "-q", "-o", os.path.join(cls.root, "read"), cls.capture],
                       check=True)
        cls.wanted = records(os.path.join(cls.root, "read", "conn.log"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root)

    def setUp(self):
        self.dir = tempfile.mkdtemp(dir=self.root)
        self.out = os.path.join(self.dir, "logs")
        self.running = None

    def tearDown(self):
        if self.running is not None and self.running.poll() is None:
            self.running.kill()
            self.running.wait()

    def start(self, port, *sets, **environment):
        """A sensor on that device."""
        config = {
            "ports": [port],
            "lcores": {"huge": False},
            "run": {"dir": self.out, "prefix": f"nametap-test-{os.getpid()}"},
            "flow": {"max": 16384},
            "names": {"max_mappings": 65536},
            "notice": {"warm_up": 0},
            "stats": {"interval": 1},
        }
        path = os.path.join(self.dir, "nametap.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(config, f)
        command = [NAMETAP, "run", "-c", path]
        for assignment in sets:
            command += ["--set", assignment]
        env = dict(os.environ, XDG_RUNTIME_DIR=self.dir, **environment)
        with open(os.path.join(self.dir, "stderr"), "wb") as err:
            self.running = subprocess.Popen(command, env=env, stderr=err)
        return self.running

    def told(self):
        with open(os.path.join(self.dir, "stderr"), encoding="utf-8") as f:
            return f.read()

    def wait_for(self, what, seconds=60):
        end = time.monotonic() + seconds
        while not what():
            self.assertIsNone(self.running.poll(), self.told())
            self.assertLess(time.monotonic(), end, self.told())
            time.sleep(0.05)

    def path(self, name="conn.log"):
        return os.path.join(self.out, name)

    def stats(self):
        """The lines of namecache.log."""
        if not os.path.exists(self.path("namecache.log")):
            return []
        with open(self.path("namecache.log"), encoding="utf-8") as f:
            return [json.loads(line) for line in f if line.endswith("\n")]

    def seen(self, key="packets"):
        return sum(line[key] for line in self.stats())

    def stop(self, status=0):
        self.running.send_signal(signal.SIGTERM)
        self.assertEqual(self.running.wait(60), status, self.told())
        self.assertNotIn("accounting", self.told())

    def number(self, what):
        """A number of the summary, 0 where it has none."""
        found = re.search(r"^.*?(\d+)  " + re.escape(what), self.told(), re.M)
        return int(found.group(1)) if found else 0

    def pcap(self, *paths, more=""):
        return "net_pcap0" + "".join(f",rx_pcap={path}" for path in paths) + more

    def test_same_as_read(self):
        for workers in (1, 3):
            with self.subTest(workers=workers):
                shutil.rmtree(self.out, ignore_errors=True)
                self.start(self.pcap(self.capture), f"workers={workers}")
                self.wait_for(lambda: self.seen() == PACKETS)
                self.stop()
                self.assertEqual(records(self.path()), self.wanted)
                self.assertEqual(sum(records(self.path("notice.log")).values()),
                                 self.number_of_read_notices())

    def number_of_read_notices(self):
        return sum(records(os.path.join(self.root, "read", "notice.log")).values())

    def test_no_stamps_of_files(self):
        """By our own clock all of it happens now; what there is to count stays the same."""
        self.start(self.pcap(self.capture), "port.timestamps=off", "relay.max_hold=60")
        self.wait_for(lambda: self.seen() == PACKETS)
        self.stop()
        now = time.time()
        with open(self.path(), encoding="utf-8") as f:
            for line in f:
                self.assertLess(abs(json.loads(line)["ts"] - now), 120)

    def test_end(self):
        """In the middle of traffic: all that was received is written, and the sums hold."""
        self.start(self.pcap(self.few(1000), more=",infinite_rx=1"), "workers=2")
        self.wait_for(lambda: self.seen() > PACKETS)
        self.stop()
        written = self.number("written to")
        self.assertEqual(sum(records(self.path()).values()), written)
        self.assertGreater(written, 0)

    def test_appends(self):
        for times in (1, 2):
            self.start(self.pcap(self.capture))
            self.wait_for(lambda: self.seen() == times * PACKETS)
            self.stop()
        self.assertEqual(sum(records(self.path()).values()), 2 * sum(self.wanted.values()))

    def test_hangup(self):
        self.start(self.pcap(self.capture))
        self.wait_for(lambda: self.seen() == PACKETS)
        os.rename(self.path(), self.path("conn.log.1"))
        self.running.send_signal(signal.SIGHUP)
        self.wait_for(lambda: os.path.exists(self.path()))
        self.stop()
        self.assertEqual(records(self.path("conn.log.1")) + records(self.path()), self.wanted)
        self.assertGreater(sum(records(self.path()).values()), 0)

    def test_paced(self):
        """Mappings that come too late are waited for as long as relay.max_hold; nothing is lost."""
        self.start(self.pcap(self.capture), "workers=3", "relay.rate=50", "relay.burst=1",
                   "relay.max_hold=1")
        self.wait_for(lambda: self.seen("released_early") > 100)
        self.stop()
        self.assertEqual(sum(records(self.path()).values()), sum(self.wanted.values()))
        self.assertEqual(self.number("of these, known already: shed first"), 0)

    def test_idle(self):
        """Time goes on without packets, with any way to wait for them."""
        for idle in ("sleep", "pause", "poll"):
            with self.subTest(idle=idle):
                shutil.rmtree(self.out, ignore_errors=True)
                self.start("net_null0,no-rx=1", f"lcores.idle={idle}")
                self.wait_for(lambda: len(self.stats()) >= 2)
                self.stop()
                self.assertTrue(all(line["packets"] == 0 for line in self.stats()))

    def test_drops_in_lines(self):
        """The lines of namecache.log have every packet that was dropped, up to the end."""
        self.start(self.pcap(self.few(1000), more=",infinite_rx=1"), "workers=2", "port.distributor=on",
                   "port.timestamps=off", "read.ring_size=256", "lcores.idle=sleep")
        self.wait_for(lambda: self.seen("rx_dropped") > 0)
        self.stop()
        self.assertEqual(self.seen("rx_dropped"), self.number("dropped by the port or the ring"))

    def few(self, count):
        """The first packets only."""
        header, packets = packets_of(self.capture)
        path = os.path.join(self.dir, "few.pcap")
        with open(path, "wb") as f:
            f.write(header + b"".join(packets[:count]))
        return path

    def test_silence_expires(self):
        """Connections end on a link that has fallen silent."""
        self.start(self.pcap(self.few(50)), "port.timestamps=off", "flow.udp_inactivity_timeout=1",
                   "flow.dns_session_timeout=1")
        self.wait_for(lambda: self.seen("conns") > 0)
        self.stop()

    def test_ways_to_wait(self):
        """However lcores wait for packets, the records are the same."""
        few, read = self.few(5000), os.path.join(self.dir, "read")
        subprocess.run([NAMETAP, "read", "-q", "-o", read, few], check=True)
        wanted = records(os.path.join(read, "conn.log"))
        for idle in ("poll", "pause", "sleep"):
            with self.subTest(idle=idle):
                shutil.rmtree(self.out, ignore_errors=True)
                self.start(self.pcap(few), f"lcores.idle={idle}")
                self.wait_for(lambda: self.seen() == 5000)
                self.stop()
                self.assertEqual(records(self.path()), wanted)

    def test_snapshot_now_and_then(self):
        """It is taken while the sensor runs, again and again: who is killed loses no names."""
        snapshot = os.path.join(self.dir, "names.snapshot")
        sets = (f"run.snapshot={snapshot}", "run.snapshot_interval=0.3")
        self.start(self.pcap(self.capture), "port.timestamps=off", *sets)
        self.wait_for(lambda: self.seen() == PACKETS)
        taken = set()

        def twice_more():
            if os.path.exists(snapshot):
                taken.add(os.stat(snapshot).st_mtime_ns)
            return len(taken) > 2
        self.wait_for(twice_more)
        self.running.kill()
        self.running.wait()
        self.assertNotIn("mappings", self.told())
        self.start("net_null0,no-rx=1", *sets)
        self.wait_for(lambda: "are known from before" in self.told())
        self.stop()
        known = re.search(r"(\d+) mappings and (\d+) lookups are known from before", self.told())
        self.assertGreater(int(known.group(1)), 100, self.told())
        self.assertGreater(int(known.group(2)), 100, self.told())

    def test_systemd(self):
        name = os.path.join(self.dir, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.bind(name)
            s.settimeout(20)
            self.start("net_null0,no-rx=1", NOTIFY_SOCKET=name, WATCHDOG_USEC="400000")
            self.assertEqual(s.recv(200), b"READY=1\nMAINPID=%d" % self.running.pid)
            heard = [s.recv(200) for _ in range(6)]
            self.assertGreaterEqual(heard.count(b"WATCHDOG=1"), 4)
            self.running.send_signal(signal.SIGTERM)
            while s.recv(200) != b"STOPPING=1":
                pass
            self.assertEqual(self.running.wait(60), 0, self.told())

    def split(self, rule):
        """The capture in two, a queue each."""
        header, packets = packets_of(self.capture)
        paths = [os.path.join(self.dir, f"queue{i}.pcap") for i in range(2)]
        files = [open(path, "wb") for path in paths]
        for f in files:
            f.write(header)
        for packet in packets:
            files[bool(rule(packet))].write(packet)
        for f in files:
            f.close()
        return paths

    def test_wrong_split(self):
        """One direction on each of two queues: told once, and counted."""
        self.start(self.pcap(*self.split(is_first_end)), "workers=2", "port.distributor=off")
        self.wait_for(lambda: self.seen() == PACKETS)
        self.stop()
        self.assertEqual(self.told().count("come to two workers"), 1)
        self.assertGreater(self.number("of a sample, seen by two workers"), 10)

    def test_right_split(self):
        """Both directions on one queue: nothing to tell."""
        def rule(packet):
            if packet[28:30] == b"\x08\x00":
                return (sum(packet[42:50])) & 1
            return (sum(packet[38:70])) & 1
        self.start(self.pcap(*self.split(rule)), "workers=2", "port.distributor=off")
        self.wait_for(lambda: self.seen() == PACKETS)
        self.stop()
        self.assertNotIn("come to two workers", self.told())

    def test_log_fails(self):
        """A log that can't be written any more is told once; all else goes on."""
        os.mkdir(self.out)
        os.mkfifo(self.path())
        reader = os.open(self.path(), os.O_RDONLY | os.O_NONBLOCK)
        self.start(self.pcap(self.capture), "port.timestamps=off",
                   "flow.udp_inactivity_timeout=5", "flow.dns_session_timeout=5")
        self.wait_for(lambda: len(self.stats()) > 0)
        os.close(reader)
        self.wait_for(lambda: "lines of this log are lost" in self.told())
        lines = len(self.stats())
        self.wait_for(lambda: len(self.stats()) > lines + 1)
        self.stop(status=1)
        self.assertEqual(self.told().count("lines of this log are lost"), 1)

    def test_options_of_dpdk(self):
        """What follows -- is DPDK's: what is wrong there is one line, and it is ours."""
        config = os.path.join(self.dir, "nametap.json")
        with open(config, "w", encoding="utf-8") as f:
            json.dump({"ports": ["net_null0"], "lcores": {"huge": False}, "flow": {"max": 64},
                       "run": {"dir": self.out, "prefix": f"nametap-test-{os.getpid()}"}}, f)
        mine = "nametap: DPDK rejects an option of its own: see what follows --"
        for options, said in ((["--bogus"], f"{mine}\n"),
                              (["--socket-mem=x"], f"{mine}: invalid parameters for --socket-mem\n"),
                              (["-d", "/no.so"], f"{mine}: /no.so: cannot open shared object file"),
                              (["-l", "0"], "nametap: too few lcores")):
            r = subprocess.run([NAMETAP, "run", "-q", "-c", config, "--", *options], text=True,
                               env=dict(os.environ, XDG_RUNTIME_DIR=self.dir), timeout=60,
                               capture_output=True, check=False)
            self.assertEqual((r.returncode, r.stdout), (2, ""))
            self.assertTrue(r.stderr.startswith(said), r.stderr)
            self.assertEqual(r.stderr.count("\n"), 1, r.stderr)

    def test_does_not_start(self):
        for port, status in (("net_pcap0,rx_pcap=/nowhere/at-all.pcap", 1),
                             ("no_such_driver0", 2)):
            with self.subTest(port=port):
                self.start(port)
                self.assertEqual(self.running.wait(60), status, self.told())
                self.assertIn(port.split(",")[0], self.told())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:])
