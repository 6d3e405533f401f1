#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Disks that are full, read-only, gone or slow, and processes that are killed: no half line, nothing lost in silence.
usage: test_disks.py NAMETAP TRAFGEN. What needs root is left out without."""
import glob
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

NAMETAP, TRAFGEN = sys.argv[1:3]
KILLS_OF_READ, KILLS_OF_RUN, KILLS_IN_A_LINE = 20, 20, 4
TIMEOUT_SEC = 60
ROOT = os.geteuid() == 0


def lines_of(directory, half_lines=False):
    """How many lines all logs have. ValueError: one is none."""
    count = 0
    for path in glob.glob(os.path.join(directory, "*.log")):
        with open(path, "rb") as f:
            text = f.read()
        end = text.rfind(b"\n") + 1
        if end != len(text) and not half_lines:
            raise ValueError(f"{path} ends within a line: {text[end:][-80:]!r}")
        for line in text[:end].splitlines():
            count += 1
            if "ts" not in json.loads(line):
                raise ValueError(f"{path}: no record: {line!r}")
    return count


class Disks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="nametap-disks-")
        cls.capture = cls.made("traffic", 60000)
        cls.small = cls.made("small", 2000)
        # its log is written for most of the time that it takes to read it
        cls.busy = cls.made("busy", 120000, "--preset", "dns-heavy")

    @classmethod
    def made(cls, name, packets, *options):
        path = os.path.join(cls.root, name + ".pcap")
        subprocess.run([TRAFGEN, "--packets", str(packets), *options, "--no-truth", "-o", path], check=True,
                       stdout=subprocess.DEVNULL)
        return path

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root)

    def setUp(self):
        self.dir = tempfile.mkdtemp(dir=self.root)
        self.out = os.path.join(self.dir, "logs")
        os.mkdir(self.out)
        self.process = None

    def tearDown(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        while os.path.ismount(self.out):
            subprocess.run(["umount", "-l", self.out], check=True)

    def mount(self, *options):
        if not ROOT:
            self.skipTest("only root can mount")
        done = subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", self.out], check=False, capture_output=True)
        if done.returncode != 0:
            self.skipTest(f"can't mount here: {done.stderr.decode().strip()}")

    def remount(self, option):
        subprocess.run(["mount", "-o", f"remount,{option}", self.out], check=True)

    # --- nametap read ---------------------------------------------------------------------------

    def read(self, *options, capture=None):
        return subprocess.Popen([NAMETAP, "read", "-q", "-o", self.out, *options, capture or self.capture],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def ends(self, process, status):
        said = process.communicate(timeout=TIMEOUT_SEC)[0]
        self.assertEqual(process.returncode, status, said)
        if status == 1:
            self.assertRegex(said, r"^nametap: .*\n$")
        return said

    def test_read_onto_a_full_disk(self):
        self.mount("-o", "size=200k")
        self.assertIn("No space left", self.ends(self.read(), 1))
        self.assertGreater(lines_of(self.out), 0)

    def test_read_counts_what_is_lost(self):
        os.symlink("/dev/full", os.path.join(self.out, "conn.log"))
        self.assertIn("No space left", self.ends(self.read("-j", "2", capture=self.small), 1))
        rows = self.rows("namecache.log")
        self.assertGreater(rows[-1]["lines_lost"], 0)
        self.assertEqual(rows[-1]["lines_lost"], sum(row["conns"] for row in rows))

    def test_read_into_what_is_read_only(self):
        self.mount("-o", "ro")
        self.assertIn("Read-only", self.ends(self.read(), 1))

    def test_read_waits_for_a_slow_disk(self):
        os.mkfifo(os.path.join(self.out, "conn.log"))
        process = self.read("-j", "3")
        seen = []

        def take():
            with open(os.path.join(self.out, "conn.log"), "rb") as f:
                while piece := f.read1(30000):
                    seen.append(piece)
                    time.sleep(0.01)

        taker = threading.Thread(target=take)
        taker.start()
        self.ends(process, 0)
        taker.join()
        text = b"".join(seen)
        self.assertTrue(text.endswith(b"\n"))
        for line in text.splitlines():
            json.loads(line)
        again = os.path.join(self.dir, "again")
        subprocess.run([NAMETAP, "read", "-q", "-o", again, self.capture], check=True)
        with open(os.path.join(again, "conn.log"), "rb") as f:
            self.assertEqual(sorted(text.splitlines()), sorted(f.read().splitlines()))

    def test_read_is_killed(self):
        """At any moment of the time that it takes, and at any size of its log: often while that is written."""
        begin = time.monotonic()
        self.ends(self.read(capture=self.busy), 0)
        takes, whole = time.monotonic() - begin, self.size()
        moments, within, halves = random.Random(1), 0, 0
        for number in range(KILLS_OF_READ):
            if self.size() != 0:  # the last one may have been killed before it made any
                os.unlink(os.path.join(self.out, "conn.log"))
            self.process = self.read("-j", str(1 + number % 3), capture=self.busy)
            if number % 2 == 0:
                time.sleep(moments.uniform(0, takes))
            else:
                self.has_grown(moments.randrange(1, whole * 9 // 10))
            self.process.kill()
            self.process.communicate()
            lines_of(self.out, half_lines=True)
            within += 0 < self.size() < whole
            halves += self.is_cut()
        print(f"{KILLS_OF_READ} kills of read within {takes:.1f} s: {within} left a part of the log, {halves} half a line")
        self.assertGreaterEqual(within, KILLS_OF_READ // 4)
        self.ends(self.read(capture=self.busy), 0)
        self.assertEqual(self.size(), whole)
        lines_of(self.out)

    def test_is_killed_within_a_line(self):
        """A pipe takes less than what is written at once. What has come of it is what the next one begins with."""
        path = os.path.join(self.out, "conn.log")
        moments, halves = random.Random(3), 0
        for _ in range(KILLS_IN_A_LINE):
            os.mkfifo(path)
            self.process = self.read(capture=self.busy)
            with open(path, "rb") as f:
                text = f.read(moments.randrange(1, 300000))
                self.process.kill()
                self.process.communicate()
                text += f.read()
            os.unlink(path)
            with open(path, "wb") as f:
                f.write(text)
            lines_of(self.out, half_lines=True)
            halves += self.is_cut()
            os.unlink(path)
        self.assertGreaterEqual(halves, KILLS_IN_A_LINE // 2)
        cut = text + b'{"ts":1'
        with open(path, "wb") as f:
            f.write(cut)
        self.start()
        self.wait_for(lambda: self.size() > len(cut))
        self.stop(0)
        lines_of(self.out)
        with open(path, "rb") as f:
            self.assertTrue(f.read().startswith(cut[:cut.rindex(b"\n") + 1]))

    # --- nametap run ----------------------------------------------------------------------------

    def start(self, *sets):
        config = os.path.join(self.dir, "nametap.json")
        with open(config, "w", encoding="utf-8") as f:
            json.dump({"ports": [f"net_pcap0,rx_pcap={self.small},infinite_rx=1"], "lcores": {"huge": False},
                       "run": {"dir": self.out, "prefix": f"nametap-disks-{os.getpid()}"}, "port": {"timestamps": "off"},
                       "flow": {"max": 16384, "udp_inactivity_timeout": 1, "tcp_inactivity_timeout": 1},
                       "names": {"max_mappings": 65536}, "notice": {"warm_up": 0}, "stats": {"interval": 1}}, f)
        command = [NAMETAP, "run", "-q", "-c", config]
        for assignment in sets:
            command += ["--set", assignment]
        with open(os.path.join(self.dir, "stderr"), "wb") as err:
            self.process = subprocess.Popen(command, env=dict(os.environ, XDG_RUNTIME_DIR=self.dir),
                                            stdin=subprocess.DEVNULL, stderr=err)

    def said(self):
        with open(os.path.join(self.dir, "stderr"), encoding="utf-8") as f:
            return f.read()

    def wait_for(self, holds, pause=0.05):
        end = time.monotonic() + TIMEOUT_SEC
        while not holds():
            self.assertIsNone(self.process.poll(), self.said())
            self.assertLess(time.monotonic(), end, self.said())
            time.sleep(pause)

    def size(self, name="conn.log"):
        try:
            return os.path.getsize(os.path.join(self.out, name))
        except FileNotFoundError:
            return 0

    def all_sizes(self):
        """Of conn.log and of what it was before it was rotated."""
        return sum(self.size(path) for path in glob.glob(os.path.join(self.out, "conn.*log")))

    def is_cut(self):
        """Does the log end within a line?"""
        if self.size() == 0:
            return False
        with open(os.path.join(self.out, "conn.log"), "rb") as f:
            return not f.read().endswith(b"\n")

    def has_grown(self, size):
        """Looks as often as it can: who is killed then may be writing."""
        end = time.monotonic() + TIMEOUT_SEC
        while self.size() < size and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.0001)

    def stop(self, status):
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(TIMEOUT_SEC), status, self.said())
        self.assertNotIn("accounting", self.said())

    def told_once_each(self, log="conn"):
        """An outage is told when it begins and when it is over; the lines that it cost."""
        began = re.findall(rf"^nametap: .*{log}.*; lines of this log are lost", self.said(), re.M)
        over = re.findall(rf"^nametap: {log}\.log is written again; (\d+) lines", self.said(), re.M)
        self.assertEqual((len(began), len(over)), (1, 1), self.said())
        self.assertGreater(int(over[0]), 0)

    def outage(self, begin, end):
        """Some time without a disk, and then with one."""
        self.start()
        self.wait_for(lambda: self.size() > 0)
        begin()
        self.wait_for(lambda: "lines of this log are lost" in self.said())
        time.sleep(1.5)
        end()
        self.wait_for(lambda: "conn.log is written again" in self.said())
        self.stop(1)
        self.told_once_each()
        self.assertGreater(lines_of(self.out), 0)

    def test_run_onto_a_full_disk(self):
        self.mount("-o", "size=4m")
        self.outage(lambda: None, lambda: self.remount("size=1g"))
        # what a line of namecache.log had that found no room is in the next one
        rows = self.rows("namecache.log")
        total = {key: sum(row[key] for row in rows)
                 for key in ("packets", "packets_ok", "packets_left_out", "conns", "conns_made", "conns_lost", "lines_lost",
                             "conn_lines_lost")}
        self.assertEqual(total["conns_made"], total["conns"] + total["conns_lost"], total)
        self.assertEqual(total["packets"], total["packets_ok"] + total["packets_left_out"], total)
        told = sum(int(n) for n in re.findall(r"is written again; (\d+) lines", self.said()))
        self.assertGreaterEqual(total["lines_lost"], told)  # what is over at the end only is not told
        lost = total["conns"] - len(self.rows("conn.log"))
        self.assertGreater(lost, 0)
        self.assertEqual(lost, total["conn_lines_lost"])

    def test_run_onto_what_becomes_read_only(self):
        self.mount("-o", "size=1g")

        def read_only():
            # what is open for writing keeps the kernel from it: the logs are opened again
            subprocess.run(["mount", "--bind", self.out, self.out], check=True)
            subprocess.run(["mount", "-o", "remount,ro,bind", self.out], check=True)
            self.process.send_signal(signal.SIGHUP)

        def writable():
            subprocess.run(["mount", "-o", "remount,rw,bind", self.out], check=True)

        self.outage(read_only, writable)

    def test_run_onto_what_takes_nothing(self):
        """A disk that hangs: told when it begins and when it is over, and no end waits for it."""
        os.mkfifo(os.path.join(self.out, "conn.log"))
        reader = os.open(os.path.join(self.out, "conn.log"), os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        over = "the logs keep up again; "

        def take():
            try:
                while os.read(reader, 1 << 20):
                    pass
            except BlockingIOError:
                pass
            return over in self.said()
        self.start()
        self.wait_for(lambda: "nothing was taken for 2 s; what there is no room for is lost" in self.said())
        self.wait_for(take, 0.001)
        self.assertGreater(int(self.said().split(over)[1].split()[0]), 0)
        self.wait_for(lambda: self.said().count("nothing was taken") == 2)
        began = time.monotonic()
        self.stop(1)
        self.assertLess(time.monotonic() - began, 45)  # patience of 10 s, on a busy machine
        self.assertRegex(self.said(), r"conn\.log can't be written: nothing was taken for 10 s; [1-9]\d* lines of the logs are lost\n")
        self.assertNotIn("stands still", self.said())

    def test_run_without_its_directory(self):
        """With the one above it: it is not made again."""
        above, aside = os.path.join(self.dir, "above"), os.path.join(self.dir, "aside")
        self.out = os.path.join(above, "logs")
        os.makedirs(self.out)

        def vanish():
            os.rename(above, aside)
            self.process.send_signal(signal.SIGHUP)

        self.outage(vanish, lambda: os.rename(aside, above))

    def removed(self, remove):
        """Nobody says so: it is noticed, there is a new one, and what may have gone is counted."""
        self.start()
        self.wait_for(lambda: self.size() > 0)
        remove()
        self.wait_for(lambda: "conn.log is written again" in self.said())
        self.stop(1)
        self.told_once_each()
        self.assertIn("conn.log was removed while it was written", self.said())
        lines_of(self.out)

    def rows(self, name):
        with open(os.path.join(self.out, name), encoding="utf-8") as f:
            return [json.loads(line) for line in f]

    def test_run_whose_file_is_removed(self):
        def remove():
            # still readable for us: what it had when it was removed, and what was written behind that
            self.old = open(os.path.join(self.out, "conn.log"), "rb")
            self.addCleanup(self.old.close)
            os.unlink(self.old.name)
            self.before = self.old.read().count(b"\n")

        self.removed(remove)
        behind = self.old.read().count(b"\n")
        conns, lost = (sum(row[key] for row in self.rows("namecache.log")) for key in ("conns", "lines_lost"))
        self.assertGreaterEqual(lost, behind)
        # each connection is in the new file, was in the old one when it was removed, or is counted
        self.assertLessEqual(len(self.rows("conn.log")) + lost, conns)
        self.assertGreaterEqual(len(self.rows("conn.log")) + lost + self.before, conns)

    def test_run_whose_directory_is_removed(self):
        self.removed(lambda: shutil.rmtree(self.out))

    def test_run_is_killed(self):
        """And begun again, appending or rotating: no line is glued to half of another. It never comes to an end by
        itself: who has written some of its lines is in the middle of them."""
        moments, within, halves = random.Random(2), 0, 0
        for rotate in (0, 200000):
            for _ in range(KILLS_OF_RUN // 2):
                before = self.all_sizes()
                self.start(f"log.rotate_bytes={rotate}")
                more = before + moments.randrange(1, 1500000)
                self.wait_for(lambda: self.all_sizes() > more, pause=0.0002)
                self.process.kill()
                self.process.wait()
                lines_of(self.out, half_lines=True)
                within += self.all_sizes() > before
                halves += self.is_cut()
            self.start(f"log.rotate_bytes={rotate}")
            size = self.all_sizes()
            self.wait_for(lambda: self.all_sizes() > size)
            self.stop(0)
            lines_of(self.out)
        print(f"{KILLS_OF_RUN} kills of run: {within} behind its own first lines, {halves} left half a line")
        self.assertEqual(within, KILLS_OF_RUN)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:])
