#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What a sensor needs of rights, and what it gives away: it runs as a user who may do nothing, and
nobody else reads what it writes or asks it.

usage: test_rights.py NAMETAP TRAFGEN

As root the sensor runs as another user (setpriv), without any capability and with the umask 0.
Exit status 77: can't be tested here.
"""
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sensor  # noqa: E402
from sensor import Skipped, check, wait_for  # noqa: E402

NAMETAP = TRAFGEN = ""
ROOT = os.geteuid() == 0
# Nobody, and somebody else.
USER, OTHER = 65534, 65533
PACKETS = 5000


def as_user(uid):
    """The words in front of a command."""
    if not ROOT:
        return []
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--inh-caps=-all",
            "--ambient-caps=-all", "--bounding-set=-all", "--no-new-privs"]


def mode(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def has_mode(path, want):
    check(mode(path) == want, f"{path}: {mode(path):04o}, not {want:04o}")


def prepare(home):
    """What the user has: a program, a capture, a configuration, a directory of his own."""
    os.chmod(home, 0o755)
    own, program = os.path.join(home, "own"), os.path.join(home, "nametap")
    os.mkdir(own)
    shutil.copy(NAMETAP, program)
    capture = os.path.join(home, "capture.pcap")
    r = subprocess.run([TRAFGEN, "--packets", str(PACKETS), "--no-truth", "-o", capture], stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, check=False)
    check(r.returncode == 0, f"trafgen: {r.stdout.decode()}")
    os.chmod(capture, 0o644)
    config = os.path.join(home, "nametap.json")
    with open(config, "w") as f:
        json.dump({"run": {"dir": f"{own}/logs", "prefix": f"rights-{os.getpid()}", "snapshot": f"{own}/snapshot"},
                   "ports": [f"net_pcap0,rx_pcap={capture}"], "lcores": {"huge": False},
                   "flow": {"max": 4096}, "names": {"max_mappings": 65536}}, f)
    os.chmod(config, 0o644)
    if ROOT:
        os.chown(own, USER, USER)
    return own, program, capture, config


def environment(own):
    return {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": own, "HOME": own}


def has_nothing(pid):
    """No capability, another user."""
    with open(f"/proc/{pid}/status") as f:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
    for caps in ("CapEff", "CapPrm", "CapAmb", "CapBnd"):
        check(int(status[caps], 16) == 0, f"{caps} is {status[caps]}")
    check(set(status["Uid"].split()) == {str(USER)}, status["Uid"])


def look_at_socket(own, program, config):
    """Its user may ask, another one may not."""
    folder = f"{own}/dpdk/rights-{os.getpid()}"
    has_mode(folder, 0o700)
    check(mode(f"{folder}/dpdk_telemetry.v2") & 0o007 == 0, "the socket is everybody's")
    for name in os.listdir(folder):
        check(mode(f"{folder}/{name}") & 0o007 == 0, f"{name} is everybody's")
    ask = [program, "show", "-c", config, "config"]
    r = subprocess.run([*as_user(USER), *ask], env=environment(own), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       timeout=60, check=False)
    check(r.returncode == 0 and b'"run"' in r.stdout, f"its own user: {r.stderr.decode()}")
    if ROOT:
        r = subprocess.run([*as_user(OTHER), *ask], env=environment(own), stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=60, check=False)
        lines = r.stderr.decode().splitlines()
        check(r.returncode == 1 and len(lines) == 1 and r.stdout == b"", f"another user: {r.returncode} {lines}")


def look_at_files(own):
    has_mode(f"{own}/logs", 0o750)
    for name in ("conn.log", "namecache.log"):
        has_mode(f"{own}/logs/{name}", 0o640)
    for name in os.listdir(f"{own}/logs"):
        has_mode(f"{own}/logs/{name}", 0o640)
    has_mode(f"{own}/snapshot", 0o600)


def run(home):
    own, program, capture, config = prepare(home)
    errors = os.path.join(home, "stderr")
    with open(errors, "w") as out:
        process = subprocess.Popen([*as_user(USER), program, "run", "-c", config], env=environment(own),
                                   stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/",
                                   preexec_fn=lambda: os.umask(0))

    def said():
        with open(errors) as f:
            return f.read()

    def up():
        check(process.poll() is None, f"ended by itself: {said()[-500:]}")
        return " is up" in said()

    try:
        wait_for("ready", up)
        if ROOT:
            has_nothing(process.pid)
        look_at_socket(own, program, config)
        wait_for("the packets", lambda: os.path.getsize(f"{own}/logs/conn.log") > 0)
        process.send_signal(signal.SIGTERM)
        check(process.wait(60) == 0, said()[-500:])
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    look_at_files(own)
    # And offline, with whatever umask there is.
    r = subprocess.run([*as_user(USER), program, "read", "-q", "-o", f"{own}/offline", "--names", f"{own}/names.log",
                        capture], env=environment(own), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                       preexec_fn=lambda: os.umask(0), check=False)
    check(r.returncode == 0, r.stdout.decode())
    has_mode(f"{own}/offline/conn.log", 0o640)
    has_mode(f"{own}/names.log", 0o640)
    check(len(sensor.records(f"{own}/offline")) == len(sensor.records(f"{own}/logs")), "other records live")


def rights():
    if ROOT and not shutil.which("setpriv"):
        raise Skipped("no setpriv")
    with tempfile.TemporaryDirectory(prefix="nametap-rights-", dir="/tmp") as home:
        run(home)


if __name__ == "__main__":
    NAMETAP, TRAFGEN = sys.argv[1:3]
    sys.exit(sensor.run_case(rights))
