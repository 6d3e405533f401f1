#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A running sensor is asked everything: test_ask.py NAMETAP TRAFGEN"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

NAMETAP, TRAFGEN = sys.argv[1:3]
PACKETS = 30000
PREFIX = f"nametap-ask-{os.getpid()}"


class Asked(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="nametap-ask-")
        cls.env = dict(os.environ, RUNTIME_DIRECTORY=cls.dir, TZ="UTC")
        cls.capture = os.path.join(cls.dir, "traffic.pcap")
        subprocess.run([TRAFGEN, "--preset", "mixed", "--packets", str(PACKETS), "-o", cls.capture],
                       check=True, stdout=subprocess.DEVNULL)
        names = os.path.join(cls.dir, "names.log")
        subprocess.run([NAMETAP, "read", "-q", "-o", os.path.join(cls.dir, "read"), "--names", names,
                        cls.capture], check=True)
        with open(names, encoding="utf-8") as f:
            cls.names = [json.loads(line) for line in f]
        cls.config = os.path.join(cls.dir, "nametap.json")
        with open(cls.config, "w", encoding="utf-8") as f:
            json.dump({"ports": [f"net_pcap0,rx_pcap={cls.capture}"], "workers": 2,
                       "port": {"distributor": "on"}, "lcores": {"huge": False, "idle": "sleep"},
                       "run": {"dir": os.path.join(cls.dir, "logs"), "prefix": PREFIX},
                       "flow": {"max": 16384, "tcp_close_delay": 2.5}, "relay": {"rate": 0},
                       "names": {"max_mappings": 65536}, "log": {"sensor": "tap1"}}, f)
        cls.err = open(os.path.join(cls.dir, "stderr"), "w+", encoding="utf-8")
        cls.sensor = subprocess.Popen([NAMETAP, "run", "-c", cls.config], env=cls.env, stderr=cls.err)
        end = time.monotonic() + 60
        while cls.packets() < PACKETS:
            if cls.sensor.poll() is not None or time.monotonic() > end:
                cls.err.seek(0)
                raise AssertionError("the sensor does not run:\n" + cls.err.read())
            time.sleep(0.1)

    @classmethod
    def tearDownClass(cls):
        if cls.sensor.poll() is None:
            cls.sensor.kill()
            cls.sensor.wait()
        cls.err.close()
        shutil.rmtree(cls.dir)

    @classmethod
    def run_nametap(cls, *args):
        return subprocess.run([NAMETAP, *args], env=cls.env, stdin=subprocess.DEVNULL, timeout=60,
                              capture_output=True, text=True, check=False)

    @classmethod
    def packets(cls):
        done = cls.run_nametap("show", "stats", "--json", "--prefix", PREFIX)
        if done.returncode != 0:
            return 0
        return json.loads(done.stdout)["counters"]["packets"]["packets"]["packets"]

    def ask(self, *args):
        done = self.run_nametap(*args, "--prefix", PREFIX)
        self.assertEqual((done.returncode, done.stderr), (0, ""), args)
        return done.stdout

    def ask_json(self, *args):
        return json.loads(self.ask(*args, "--json"))

    def raw(self, *commands):
        """As dpdk-telemetry.py does it."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
            s.settimeout(10)
            s.connect(os.path.join(self.dir, "dpdk", PREFIX, "dpdk_telemetry.v2"))
            size = json.loads(s.recv(1024))["max_output_len"]
            answers = []
            for command in commands:
                s.send(command.encode())
                answers.append(json.loads(s.recv(size)))
            return answers

    def test_dpdks_own_client(self):
        """dpdk-telemetry.py has our answers, a line each, whole."""
        script = shutil.which("dpdk-telemetry.py")
        if script is None:
            self.skipTest("no dpdk-telemetry.py here")
        commands = ["/nametap/stats", "/nametap/ports", "/ethdev/list"]
        done = subprocess.run([script, "-f", PREFIX], env=self.env, input="\n".join([*commands, "quit", ""]),
                              timeout=20, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        stats, ports, ethdevs = (json.loads(line) for line in done.stdout.splitlines()[-3:])
        self.assertEqual(stats["/nametap/stats"]["counters"]["packets"]["packets"]["packets"], PACKETS)
        self.assertEqual(ports["/nametap/ports"]["ports"]["0"]["packets"], PACKETS)
        self.assertEqual(ethdevs["/ethdev/list"], [0])

    def test_show_stats(self):
        text = self.ask("show")
        self.assertIn("sensor tap1", text)
        self.assertIn(f"{PACKETS:,}  packets      packets ", text)
        self.assertNotIn("tunnels_evicted", text)
        self.assertIn("tunnels_evicted", self.ask("show", "stats", "--all"))

    def test_show_workers(self):
        workers = self.ask_json("show", "workers")["workers"]
        self.assertEqual(sorted(workers), ["0", "1"])
        self.assertEqual(sum(w["packets"] for w in workers.values()), PACKETS)
        self.assertTrue(all(w["beats"] > 0 for w in workers.values()))
        self.assertIn("LAG P99", self.ask("show", "workers"))

    def test_show_ports(self):
        port = self.ask_json("show", "ports")["ports"]["0"]
        self.assertEqual((port["name"], port["packets"]), ("net_pcap0", PACKETS))
        self.assertIn("net_pcap", self.ask("show", "ports"))

    def test_show_config(self):
        config = self.ask_json("show", "config")
        self.assertEqual(config["flow"]["tcp_close_delay"], 2.5)
        self.assertIs(config["lcores"]["huge"], False)
        self.assertEqual(config["ports"], [f"net_pcap0,rx_pcap={self.capture}"])
        again = os.path.join(self.dir, "again.json")
        with open(again, "w", encoding="utf-8") as f:
            f.write(self.ask("show", "config"))
        # It is a configuration: who loads it finds the sensor.
        done = self.run_nametap("show", "-c", again)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_lookup(self):
        """The name that was learnt last, by its address, and back; both workers have it."""
        entry = [n for n in self.names if n["src"] == "DNS_A"][-1]
        address, name = entry["addr"], entry["name"]
        found = self.ask_json("lookup", address)
        self.assertIn(name, [n["name"] for n in found["names"]])
        self.assertEqual(found["count"], len(found["names"]))
        self.assertEqual({n["workers"] for n in found["names"]}, {2})
        for n in found["names"]:
            self.assertLessEqual(float(n["first_seen"]), float(n["last_seen"]))
            self.assertLess(float(n["last_seen"]), float(n["expires"]))
        self.assertIn(name, self.ask("lookup", address))
        found = self.ask_json("lookup", name.upper() + ".")
        self.assertIn(address, [a["address"] for a in found["addresses"]])
        self.assertIn(address, self.ask("lookup", name))

    def test_lookup_of_nothing(self):
        self.assertEqual(self.ask("lookup", "203.0.113.77"), "203.0.113.77: no name is known\n")
        self.assertEqual(self.ask("lookup", "no.such.name"), "no.such.name: no address is known\n")
        self.assertEqual(self.ask_json("lookup", "no.such.name")["addresses"], [])

    def test_top(self):
        text = self.ask("top", "--once")
        self.assertEqual(len(text.splitlines()), 24)
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()))
        for part in ("TRAFFIC", "NAMES", "LOSSES", "WORKERS", "UNNAMED DESTINATIONS"):
            self.assertIn(part, text)
        frame = self.ask_json("top", "--once")
        self.assertEqual(len(frame["workers"]), 2)
        self.assertIn("packets_per_sec", frame)

    def test_wrong_command_lines(self):
        for args, said in ((["show", "nothing"], "can't be shown"), (["show", "stats", "ports"], "can't be shown"),
                           (["lookup"], "one address or name"), (["lookup", "a", "b"], "one address or name"),
                           (["lookup", "a\\b"], "not a name"), (["top", "x"], "takes no"),
                           (["top", "--all"], "unknown option"), (["show", "--prefix"], "argument is missing"),
                           (["show", "-c", "/nonexistent"], "/nonexistent")):
            done = self.run_nametap(*args)
            self.assertEqual(done.returncode, 2, args)
            self.assertIn(said, done.stderr)
            self.assertEqual(done.stdout, "")

    def test_no_sensor(self):
        for args in (["show"], ["lookup", "192.0.2.1"], ["top"], ["top", "--once", "--json"]):
            done = self.run_nametap(*args, "--prefix", PREFIX + "-other")
            self.assertEqual((done.returncode, done.stdout), (1, ""), args)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertIn("no sensor runs here", done.stderr)

    def test_raw_telemetry(self):
        wrong = self.raw("/nametap/lookup,bogus", "/nametap/lookup", "/nametap/stats,9", "/nametap/config,\"\\",
                         "/nametap/reverse," + "x" * 500)
        for answer in wrong:
            (answer,) = answer.values()
            self.assertEqual(list(answer), ["error"])
        commands = [c for c in self.raw("/")[0]["/"] if c.startswith("/nametap/")]
        self.assertEqual(sorted(c.rsplit("/", 1)[1] for c in commands),
                         ["config", "lookup", "ports", "reload", "reverse", "stats", "top", "workers"])
        for command in commands:
            (text,) = self.raw("/help," + command)[0]["/help"].values()
            self.assertGreater(len(text), 20)
        answers = self.raw("/nametap/stats", "/nametap/workers", "/nametap/config", "/nametap/ports", "/nametap/top")
        for answer in answers:
            (answer,) = answer.values()
            self.assertNotIn("error", answer)
            self.assertNotIn("more", answer)

    def test_zz_after_the_end(self):
        self.sensor.send_signal(signal.SIGTERM)
        self.assertEqual(self.sensor.wait(60), 0)
        done = self.run_nametap("show", "--prefix", PREFIX)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no sensor runs here", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
