# SPDX-License-Identifier: BSD-3-Clause
"""A running `nametap run`, the network that it watches, and its logs."""
import collections
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

TIMEOUT_SEC = 60
# What a record of the same connection has in any run, whenever its packets came.
ENDS = ("id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto")
COUNTS = ("orig_bytes", "resp_bytes", "orig_pkts", "resp_pkts", "conn_state", "history", "service",
          "local_orig", "local_resp", "server_name")


class Failure(Exception):
    pass


def check(holds, why):
    if not holds:
        raise Failure(why)


def wait_for(what, holds, seconds=TIMEOUT_SEC):
    end = time.monotonic() + seconds
    while not holds():
        check(time.monotonic() < end, f"{what}: not within {seconds} s")
        time.sleep(0.05)


class Telemetry:
    """DPDK's socket of a process."""

    def __init__(self, prefix):
        run = "/var/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", "/tmp")
        self.path = f"{run}/dpdk/{prefix}/dpdk_telemetry.v2"

    def ask(self, command):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
            s.settimeout(5)
            s.connect(self.path)
            s.recv(65536)
            s.send(command.encode())
            return json.loads(s.recv(1 << 20))[command.split(",")[0]]

    def received(self):
        """Packets that the ports have received; 0 while there is nobody to ask."""
        try:
            return sum(self.ask(f"/ethdev/stats,{port}")["ipackets"] for port in self.ask("/ethdev/list"))
        except (OSError, ValueError, KeyError, TypeError):
            return 0


class Sensor:
    """with Sensor(...) as s: it runs. s.stop() ends it; s.said is its standard error then."""

    def __init__(self, nametap, out, ports, *settings, netns=None):
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        self.out, self.said, self.process = out, "", None
        self.prefix = f"nametap-test-{os.getpid()}"
        self.telemetry = Telemetry(self.prefix)
        config = os.path.join(out, "nametap.json")
        with open(config, "w") as f:
            json.dump({"run": {"dir": out, "prefix": self.prefix}, "ports": ports,
                       "lcores": {"huge": False, "idle": "sleep"}, "flow": {"max": 65536},
                       "relay": {"rate": 0}, "notice": {"warm_up": 0}}, f)
        self.command = [*(["ip", "netns", "exec", netns] if netns else []), nametap, "run", "-c", config]
        for setting in settings:
            self.command += ["--set", setting]

    def __enter__(self):
        self.errors = open(os.path.join(self.out, "stderr"), "w+")
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=self.errors,
                                        stderr=self.errors)
        return self

    def ready(self):
        """Its ports are polled."""
        def up():
            check(self.process.poll() is None, f"ended by itself: {self.tail()}")
            with open(os.path.join(self.out, "stderr")) as f:
                return " is up" in f.read()
        wait_for("ready", up)
        time.sleep(0.3)

    def has_received(self, packets):
        def enough():
            check(self.process.poll() is None, f"ended by itself: {self.tail()}")
            return self.telemetry.received() >= packets
        wait_for(f"{packets} packets", enough)

    def port(self):
        """What its first port counts."""
        return self.telemetry.ask("/nametap/ports")["ports"]["0"]

    def counter(self, name):
        groups = self.telemetry.ask("/nametap/stats")["counters"]
        return next(unit[name] for group in groups.values() for unit in group.values() if name in unit)

    def pause(self, stopped):
        self.process.send_signal(signal.SIGSTOP if stopped else signal.SIGCONT)

    def tail(self):
        with open(os.path.join(self.out, "stderr")) as f:
            return f.read()[-500:]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(TIMEOUT_SEC)
        except subprocess.TimeoutExpired:
            raise Failure(f"SIGTERM did not end it: {self.tail()}") from None
        with open(os.path.join(self.out, "stderr")) as f:
            self.said = f.read()
        check(status == 0, f"ended with {status}: {self.said[-500:]}")

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.errors.close()


class Namespace:
    """A network namespace with two ends of a cable: what is sent into `near` comes out of `far`."""

    def __enter__(self):
        self.name = f"nametap{os.getpid()}"
        self.ip("netns", "add", self.name)
        try:
            self.inside("ip", "link", "add", "near", "type", "veth", "peer", "name", "far")
            for end in ("near", "far"):
                self.up(end)
        except Failure:
            self.__exit__()
            raise
        return self

    def up(self, interface):
        # The kernel is not to say anything of its own, nor to join segments.
        self.inside("sysctl", "-q", "-w", f"net.ipv6.conf.{interface}.disable_ipv6=1")
        self.inside("ip", "link", "set", interface, "arp", "off", "mtu", "3000", "txqueuelen",
                    "50000", "up")

    def __exit__(self, *_):
        subprocess.run(["ip", "netns", "del", self.name], check=False)

    @staticmethod
    def ip(*args):
        r = subprocess.run(["ip", *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        check(r.returncode == 0, f"ip {' '.join(args)}: {r.stdout.decode().strip()}")

    def inside(self, *command):
        r = subprocess.run(["ip", "netns", "exec", self.name, *command], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, check=False)
        check(r.returncode == 0, f"{' '.join(command)}: {r.stdout.decode().strip()}")

    def replay(self, interface, capture):
        self.inside("tcpreplay", "-q", "-i", interface, capture)


def read(nametap, out, capture, *settings):
    """The records that `nametap read` makes of it."""
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    options = [word for setting in settings for word in ("--set", setting)]
    r = subprocess.run([nametap, "read", "-q", *options, "-o", out, capture], stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, check=False)
    check(r.returncode == 0, f"nametap read: {r.stdout.decode()[-300:]}")
    return records(out)


def records(out):
    with open(os.path.join(out, "conn.log")) as f:
        return [json.loads(line) for line in f]


def names(row):
    """Which names its ends have, whenever they were learnt."""
    return tuple(tuple(sorted(row.get(f"id.{end}_h_name", {}).get("vals", row.get(f"id.{end}_h_name.vals", []))))
                 for end in ("orig", "resp"))


def same(have, want, fields):
    """Compare as sets that count, by what fields makes of a record."""
    a, b = (collections.Counter(fields(row) for row in rows) for rows in (have, want))
    missing, more = b - a, a - b
    lines = [f"{len(have)} records, {len(want)} wanted; {sum(missing.values())} missing, {sum(more.values())} too many"]
    lines += [f"  - {row}" for row in sorted(missing, key=str)[:3]] + [f"  + {row}" for row in sorted(more, key=str)[:3]]
    return sum(missing.values()), "\n".join(lines)


class Skipped(Exception):
    pass


def run_case(case):
    """Exit status: 0, 1 with a message, 77 where it can't be tested here."""
    try:
        case()
    except Skipped as e:
        print(f"skipped: {e}")
        return 77
    except Failure as e:
        print(e, file=sys.stderr)
        return 1
    return 0
