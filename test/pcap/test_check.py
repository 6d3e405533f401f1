#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_check.py NAMETAP [TEST]...: `nametap check` through its command line, on this machine.

Everything is asked for without huge pages, so that it is fine wherever the tests run.
"""
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

NAMETAP = None


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="nametap-check-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        os.chmod(self.dir, 0o755)
        self.logs = os.path.join(self.dir, "logs")
        os.mkdir(self.logs)
        self.runtime = os.path.join(self.dir, "runtime")
        os.mkdir(self.runtime)

    def check(self, *args, before=()):
        env = dict(os.environ, RUNTIME_DIRECTORY=self.runtime)
        return subprocess.run([*before, NAMETAP, "check", *args], capture_output=True, text=True, env=env,
                              timeout=60, check=False)

    def fine(self, **keys):
        """A configuration that lacks nothing here, but for what is given."""
        base = {"ports": ["net_null0"], "lcores": {"huge": False}, "run": {"dir": self.logs},
                "flow": {"max": 1024}}
        path = os.path.join(self.dir, "nametap.json")
        with open(path, "w", encoding="ascii") as f:
            json.dump(base | keys, f)
        return path

    def drop(self):
        prefix = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
        if os.geteuid() != 0 or shutil.which("setpriv") is None:
            self.skipTest("needs root and setpriv")
        if subprocess.run([*prefix, NAMETAP, "--version"], capture_output=True, check=False).returncode != 0:
            self.skipTest("nobody cannot run it here")
        return prefix


class CommandLine(Case):
    def test_help(self):
        r = self.check("--help")
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertIn("usage: nametap check", r.stdout)

    def test_wrong(self):
        for args in (["--bogus"], ["-c"], ["x"], ["--set"], ["--json=1"]):
            with self.subTest(args):
                r = self.check(*args)
                self.assertEqual((r.returncode, r.stdout), (2, ""))
                self.assertEqual(r.stderr.count("\n"), 1)
                self.assertIn("nametap check --help", r.stderr)

    def test_too_many_settings(self):
        r = self.check(*["--set", "workers=1"] * 257)
        self.assertEqual(r.returncode, 2)
        self.assertEqual(r.stderr.count("\n"), 1)

    def test_configuration(self):
        """All of its problems are told, those across keys as well."""
        r = self.check("-c", self.fine(port={"descriptors": 1000}), "--set", "workers=99", "--set", "worker=2")
        self.assertEqual((r.returncode, r.stdout), (2, ""))
        lines = r.stderr.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn("workers: 99 is out of bounds", lines[0])
        self.assertIn("did you mean workers?", lines[1])
        self.assertIn("port.descriptors: 1000 is not a power of two", lines[2])

    def test_configuration_as_json(self):
        r = self.check("--json", "--set", "workers=99", "-c", os.path.join(self.dir, "none"))
        self.assertEqual((r.returncode, r.stderr), (2, ""))
        problems = json.loads(r.stdout)["problems"]
        self.assertEqual(len(problems), 2)
        self.assertIn("No such file or directory", problems[0])


class Findings(Case):
    def test_fine(self):
        r = self.check("-c", self.fine())
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertNotIn("error:", r.stdout)
        self.assertIn("memory at most", r.stdout)
        self.assertIn("EAL options: ", r.stdout)
        self.assertIn("0 errors, ", r.stdout)

    def test_as_json(self):
        r = self.check("--json", "-c", self.fine(workers=2), "--", "--iova-mode=va")
        self.assertEqual(r.returncode, 0)
        got = json.loads(r.stdout)
        self.assertEqual(r.stdout.count("\n"), 1)
        self.assertEqual(got["errors"], [])
        self.assertIn("--no-huge", got["eal"])
        self.assertIn("--vdev=net_null0", got["eal"])
        self.assertEqual(got["eal"][-1], "--iova-mode=va")
        connections = next(row for row in got["memory"] if row["what"] == "connections")
        self.assertEqual((connections["entries"], connections["copies"]), (1024, 2))
        self.assertEqual(got["memory_bytes"], sum(row["bytes"] * row["copies"] for row in got["memory"]))
        self.assertGreater(got["dpdk_bytes"], 1 << 20)

    def error(self, line, *args, before=(), **keys):
        r = self.check("-c", self.fine(**keys), *args, before=before)
        self.assertEqual((r.returncode, r.stderr), (1, ""))
        self.assertIn(f"nametap: error: {line}", r.stdout)
        self.assertIn("; do this: ", r.stdout)
        return r

    def test_ports(self):
        self.error("ports: there are none", ports=[])
        self.error("port ffff:ff:1f.7: there is no such device", ports=["ffff:ff:1f.7"])
        self.error("port net_nosuch0: this build has no driver net_nosuch", ports=["net_nosuch0"])
        self.error("port net_pcap0: there is no file /none/a.pcap", ports=["net_pcap0,rx_pcap=/none/a.pcap"])
        self.error("port net_af_packet0: there is no interface nt_none",
                   ports=["net_af_packet0,iface=nt_none"])

    def test_cpus(self):
        self.error("CPU 1023 of lcores.cpus: it is not online", lcores={"huge": False, "cpus": "0,1023"})
        r = self.error("CPUs 1000-1023 of lcores.cpus: they are not online",
                       lcores={"huge": False, "cpus": "0,1000-1023"})
        self.assertEqual(r.stdout.count("lcores.cpus: "), 1)

    def test_files(self):
        self.error("run.dir: there is no directory /none/such/dir", run={"dir": "/none/such/dir"})
        self.error("run.snapshot: there is no directory /none/such",
                   run={"dir": self.logs, "snapshot": "/none/such/names"})

    def test_kernels_files(self):
        """Where the kernel shows itself no files can be made: one line, and no command that can't help."""
        for path in ("/proc/nametap", "/proc/nt/none/such", "/proc", "/sys/kernel/nametap"):
            with self.subTest(path):
                r = self.error(f"run.dir: no files can be made in {path}; do this: --set run.dir=/var/log/nametap",
                               run={"dir": path})
                self.assertEqual(r.stdout.count("error: "), 1, r.stdout)
        r = self.error("run.snapshot: no files can be made in /proc;", run={"dir": self.logs, "snapshot": "/proc/x"})
        self.assertEqual(r.stdout.count("error: "), 1, r.stdout)

    def test_read_only(self):
        """Each directory is a line, with the command that makes its file system writable."""
        disk = os.path.join(self.dir, "disk")
        os.mkdir(disk)
        mount = ["unshare", "-m", "sh", "-ec", 'mount -t tmpfs none "$0"; mkdir "$0/logs"; : >"$0/logs/conn.log"; '
                 'mount -o remount,ro "$0"; exec "$@"', disk]
        if subprocess.run([*mount, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("needs the right to mount")
        todo = f"mount -o remount,rw {disk} (a service: ReadWritePaths="
        for path in (f"{disk}/logs", disk, f"{disk}/new", f"{disk}/none/such", f"{self.dir}/link/logs"):
            with self.subTest(path):
                if not os.path.lexists(f"{self.dir}/link"):
                    os.symlink(disk, f"{self.dir}/link")
                r = self.error(f"run.dir: {path} is on a file system that is read-only; do this: {todo}{path})",
                               run={"dir": path}, before=mount)
                self.assertEqual(r.stdout.count("error: "), 1, r.stdout)
        self.error(f"run.snapshot: {disk} is on a file system that is read-only; do this: {todo}{disk})",
                   run={"dir": self.logs, "snapshot": f"{disk}/names"}, before=mount)
        self.runtime = disk
        self.error(f"DPDK's runtime directory: {disk} is on a file system that is read-only; do this: {todo}{disk})",
                   before=mount)

    def test_same_prefix(self):
        """Another sensor has it; the lock is as DPDK takes it."""
        os.makedirs(f"{self.runtime}/dpdk/twice")
        with open(f"{self.runtime}/dpdk/twice/config", "wb+") as f:
            f.truncate(4096)
            fcntl.lockf(f, fcntl.LOCK_EX, 8, 8)
            r = self.error(f"run.prefix: twice is in use by process {os.getpid()}; do this: --set run.prefix=twice-2",
                           run={"dir": self.logs, "prefix": "twice"})
            self.assertEqual(r.stdout.count("error: "), 1, r.stdout)

    def test_rights(self):
        """What root may, nobody may not."""
        before = self.drop()
        os.chmod(self.runtime, 0o777)
        self.error(f"run.dir: no right to write to {self.logs}", before=before)
        os.chmod(self.logs, 0o777)
        r = self.check("-c", self.fine(), before=before)
        self.assertEqual(r.returncode, 0, r.stdout)
        self.error("port net_af_packet0: it needs CAP_NET_RAW", ports=["net_af_packet0,iface=lo"],
                   before=before)
        os.chmod(self.runtime, 0o755)
        self.error(f"DPDK's runtime directory: no right to write to {self.runtime}", before=before)

    def test_nothing_is_made(self):
        self.check("-c", self.fine(run={"dir": os.path.join(self.dir, "new")}))
        self.assertEqual(sorted(os.listdir(self.dir)), ["logs", "nametap.json", "runtime"])
        self.assertEqual(os.listdir(self.runtime), [])


if __name__ == "__main__":
    NAMETAP = os.path.abspath(sys.argv.pop(1))
    unittest.main()
