#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_trafgen.py TRAFGEN CHECK_TRUTH: what trafgen promises about its captures and their truth."""

import collections
import hashlib
import ipaddress
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest

TRAFGEN, CHECK_TRUTH = None, None
PRESETS = ("mixed", "enterprise", "shared", "shared-names", "dns-heavy", "flood64", "dualstack",
           "no-lookup", "spoofed", "encrypted-dns", "local-names")
# What the oldest presets begin with, by MD5 of 30,000 packets without the shares that came later:
# a new feature must not change them.
OLD_BYTES = {
    "dns-heavy": "4dbcfa79ed6294f5b706a0cb7ee02801",
    "dualstack": "8311bc4e66054d6e7a16ce1fa8a2143b",
    "enterprise": "c3ddf72526a801c75fd2ed3354bf5d1e",
    "flood64": "ac519ff6e01b0b980d284778c84caf6c",
    "mixed": "1ffd54f355973697f4cb8549ffb90bda",
    "shared": "b02306204724b06d668f857aec830409",
}
LATER_SHARES = ("https", "dns-tcp", "spoof", "encrypted-dns", "local-naming", "tls", "http", "quic")


def run(*args):
    return subprocess.run([str(a) for a in args], capture_output=True, text=True, check=False)


def json_lines(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def ones_sum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def frames(path):
    """Each frame of a microsecond pcap as (time in us, bytes)."""
    with open(path, "rb") as f:
        data = f.read()
    assert struct.unpack_from("<I", data)[0] == 0xa1b2c3d4
    at = 24
    while at < len(data):
        sec, usec, kept, _ = struct.unpack_from("<IIII", data, at)
        at += 16
        yield sec * 1000000 + usec, data[at:at + kept]
        at += kept


class Packet:
    """IP addresses, ports and length of a frame; says whether its checksums are right."""

    def __init__(self, frame):
        ethertype, = struct.unpack_from("!H", frame, 12)
        ip = frame[14:]
        if ethertype == 0x0800:
            self.ip_bytes, = struct.unpack_from("!H", ip, 2)
            self.proto, alen, at, header = ip[9], 4, 12, 20
        else:
            self.ip_bytes = 40 + struct.unpack_from("!H", ip, 4)[0]
            self.proto, alen, at, header = ip[6], 16, 8, 40
        addresses = ip[at:at + 2 * alen]
        self.src = str(ipaddress.ip_address(addresses[:alen]))
        self.dst = str(ipaddress.ip_address(addresses[alen:]))
        l4 = ip[header:self.ip_bytes]
        pseudo = addresses + struct.pack("!II", len(l4), self.proto)
        if self.proto == 1:
            pseudo = b""
        self.right = ones_sum(pseudo + l4) == 0xffff
        self.right &= alen == 16 or ones_sum(ip[:20]) == 0xffff
        self.ports = struct.unpack_from("!HH", l4)
        if self.proto in (1, 58):
            request, reply = (8, 0) if self.proto == 1 else (128, 129)
            self.ports = (request, reply) if l4[0] == request else (reply, request)

    def key(self):
        return self.src, self.ports[0], self.dst, self.ports[1], self.proto


class Capture(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)

    def path(self, name):
        return os.path.join(self.dir.name, name)

    def make(self, name, *options):
        """Makes NAME.pcap and the truth; returns the path without .pcap."""
        r = run(TRAFGEN, *options, "-o", self.path(name + ".pcap"))
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        return self.path(name)

    def digest(self, prefix):
        h = hashlib.sha256()
        for suffix in (".pcap", ".truth.conns.jsonl", ".truth.dns.jsonl"):
            with open(prefix + suffix, "rb") as f:
                h.update(f.read())
        return h.hexdigest()

    def test_seed_decides(self):
        for preset in PRESETS:
            with self.subTest(preset):
                options = ("--preset", preset, "--packets", 20000)
                first = self.digest(self.make("a", *options, "--seed", 7))
                self.assertEqual(first, self.digest(self.make("b", *options, "--seed", 7)))
                self.assertNotEqual(first, self.digest(self.make("c", *options, "--seed", 8)))

    def test_old_bytes(self):
        zeros = [x for share in LATER_SHARES for x in (f"--{share}-share", "0")]
        for preset, digest in OLD_BYTES.items():
            with self.subTest(preset):
                r = subprocess.run([TRAFGEN, "--preset", preset, "--packets", "30000", *zeros,
                                    "--no-truth", "-o", "-"], capture_output=True, check=True)
                self.assertEqual(hashlib.md5(r.stdout).hexdigest(), digest)

    def check_sums(self, prefix, packets):
        protos = {"tcp": (6,), "udp": (17,), "icmp": (1, 58)}
        seen = collections.defaultdict(lambda: [0, 0, 0, 0])
        last = 0
        for ts, frame in frames(prefix + ".pcap"):
            p = Packet(frame)
            self.assertTrue(p.right, f"checksum at {ts}")
            self.assertGreaterEqual(ts, last)
            last = ts
            counts = seen[p.key()]
            counts[0] += 1
            counts[1] += p.ip_bytes
            counts[2] = counts[2] or ts
            counts[3] = ts
        conns = json_lines(prefix + ".truth.conns.jsonl")
        self.assertEqual(sum(c["orig_pkts"] + c["resp_pkts"] for c in conns), packets)
        self.assertEqual(sum(s[0] for s in seen.values()), packets)
        for c in conns:
            proto = protos[c["proto"]][-1 if ":" in c["id.orig_h"] else 0]
            orig = c["id.orig_h"], c["id.orig_p"], c["id.resp_h"], c["id.resp_p"], proto
            resp = orig[2], orig[3], orig[0], orig[1], proto
            there, back = seen.pop(orig, [0, 0, 0, 0]), seen.pop(resp, [0, 0, 0, 0])
            first = min(s[2] for s in (there, back) if s[0])
            self.assertEqual(there[:2], [c["orig_pkts"], c["orig_ip_bytes"]], c)
            self.assertEqual(back[:2], [c["resp_pkts"], c["resp_ip_bytes"]], c)
            self.assertEqual(first, round(c["ts"] * 1e6))
            self.assertEqual(max(there[3], back[3]), round(c["last_ts"] * 1e6))
        self.assertEqual(len(seen), 0, "packets of no connection")

    def test_sums(self):
        for preset in PRESETS:
            with self.subTest(preset):
                prefix = self.make("a", "--preset", preset, "--packets", 15000)
                self.check_sums(prefix, 15000)

    def test_everything_at_its_bound(self):
        prefix = self.make("a", "--packets", 10000, "--answers", 16, "--max-chain", 8,
                           "--cname-share", 1, "--case-random", "--retransmit-share", 0.5,
                           "--resolver-share", 0.5, "--behind-router", "--ttl", "1-1")
        self.check_sums(prefix, 10000)
        responses = json_lines(prefix + ".truth.dns.jsonl")
        self.assertEqual(max(len(r["chain"]) for r in responses), 8)
        self.assertGreater(max(len(r["addresses"]) for r in responses), 10)
        self.assertTrue(any(r["repeat"] for r in responses))
        self.assertTrue(any(r["shared_resolver"] for r in responses))

    def test_lookup_comes_first(self):
        """Who has a name was told the address before, by an answer that is still good."""
        prefix = self.make("a", "--packets", 60000, "--seed", 3)
        told = collections.defaultdict(list)
        for r in json_lines(prefix + ".truth.dns.jsonl"):
            self.assertNotIn("spoofed", r)
            for address in r["addresses"]:
                told[r["qname"], address].append((r["ts"], r["ts"] + r["ttl"], r["client"]))
        named = [c for c in json_lines(prefix + ".truth.conns.jsonl")
                 if c["name"] and c["lookup"] != "encrypted"]
        self.assertGreater(len(named), 1000)
        for c in named:
            answers = [a for a in told[c["name"], c["id.resp_h"]] if a[0] < c["ts"] < a[1]]
            if c["lookup"] == "client" and not c["cross_version"]:
                answers = [a for a in answers if a[2] == c["id.orig_h"]]
            self.assertTrue(answers, c)

    def test_server_names(self):
        """Names stand in the hellos where the truth says so; shares of 0 leave the bytes alone."""
        shares = [x for what in ("tls", "http", "quic") for x in (f"--{what}-share", 1)]
        prefix = self.make("a", "--packets", 20000, *shares)
        conns = json_lines(prefix + ".truth.conns.jsonl")
        said = collections.Counter(c["server_name_via"] for c in conns if c["server_name"])
        for via in ("tls", "http", "quic"):
            self.assertGreater(said[via], 20)
        self.assertTrue(any(c.get("ech") for c in conns))
        for c in conns:
            if c["server_name"] and not c["ech"] and c["name"]:
                self.assertEqual(c["server_name"], c["name"])
        seen = collections.defaultdict(bytes)
        for _, frame in frames(prefix + ".pcap"):
            seen[Packet(frame).key()] += frame[54:]
        for c in conns:
            if c.get("server_name_via") == "http":
                key = c["id.orig_h"], c["id.orig_p"], c["id.resp_h"], c["id.resp_p"], 6
                self.assertIn(b"\r\nHost: " + c["server_name"].encode() + b"\r\n", seen[key])
        off = self.make("b", "--packets", 20000, *shares, "--no-server-names")
        zero = self.make("c", "--packets", 20000, "--tls-share", 0, "--http-share", 0,
                         "--quic-share", 0)
        self.assertEqual(self.digest(off), self.digest(zero))
        self.assertNotEqual(self.digest(off), self.digest(prefix))

    def test_quic_initial(self):
        """The first datagram is 1200 bytes of a long header of version 1 or 2."""
        prefix = self.make("a", "--packets", 20000, "--quic-share", 1, "--udp-share", 1)
        versions = collections.Counter()
        begun = set()
        for _, frame in frames(prefix + ".pcap"):
            p = Packet(frame)
            if p.proto == 17 and p.ports[1] == 443 and p.key() not in begun:
                begun.add(p.key())
                quic = frame[62 if ":" in p.src else 42:]
                self.assertEqual((len(quic), quic[0] & 0xc0), (1200, 0xc0))
                versions[struct.unpack_from("!I", quic, 1)[0]] += 1
        self.assertEqual(set(versions), {1, 0x6b3343cf})

    def test_https_and_tcp(self):
        """Hints of both versions; a truncated answer says nothing, and is asked again over TCP."""
        prefix = self.make("a", "--packets", 20000, "--https-share", 0.5, "--dns-tcp-share", 0.5)
        responses = json_lines(prefix + ".truth.dns.jsonl")
        https = [r for r in responses if r["qtype"] == "HTTPS" and r["addresses"]]
        self.assertTrue(any(":" in a for r in https for a in r["addresses"]))
        self.assertTrue(any("." in a for r in https for a in r["addresses"]))
        cut = [r for r in responses if r.get("truncated")]
        self.assertGreater(len(cut), 50)
        self.assertFalse(any(r["addresses"] for r in cut))
        over_tcp = [c for c in json_lines(prefix + ".truth.conns.jsonl")
                    if c["kind"] == "dns" and c["proto"] == "tcp"]
        self.assertGreater(len(over_tcp), 50)

    def test_forgeries(self):
        """Each kind is there; a forged name is not looked up by anybody but where that is said."""
        prefix = self.make("a", "--preset", "spoofed", "--packets", 30000)
        responses = json_lines(prefix + ".truth.dns.jsonl")
        kinds = collections.Counter(r["spoofed"] for r in responses if "spoofed" in r)
        self.assertEqual(set(kinds), {"wrong-id", "other-question", "out-of-chain", "unasked",
                                      "unusable"})
        self.assertFalse(any(r["qname"].endswith(".forged.example") for r in responses
                             if "spoofed" not in r))

    def test_encrypted(self):
        """Who asks over TLS is never seen to ask, and is seen to speak to a resolver first."""
        prefix = self.make("a", "--preset", "encrypted-dns", "--packets", 30000)
        conns = json_lines(prefix + ".truth.conns.jsonl")
        since = {}
        for c in conns:
            if c["kind"] == "encrypted-dns":
                since[c["host"]] = min(c["ts"], since.get(c["host"], c["ts"]))
        hidden = [c for c in conns if c["lookup"] == "encrypted"]
        self.assertGreater(len(hidden), 100)
        for c in hidden:
            self.assertLess(since[c["host"]], c["ts"])
        asked = {r["host"] for r in json_lines(prefix + ".truth.dns.jsonl")
                 if not r["shared_resolver"]}
        self.assertFalse(asked & set(since))

    def test_local_names(self):
        prefix = self.make("a", "--preset", "local-names", "--packets", 30000)
        conns = json_lines(prefix + ".truth.conns.jsonl")
        ports = {c["id.resp_p"] for c in conns if c["kind"] == "local"}
        self.assertEqual(ports, {5353, 5355, 137, 67})
        for c in conns:
            if "orig_name" in c:
                self.assertEqual(c["orig_name"], f"desk-{c['host']}")
        self.assertGreater(sum("orig_name" in c for c in conns), 500)

    def test_nanoseconds_vlan_snaplen(self):
        prefix = self.make("a", "--packets", 1000, "--nanoseconds", "--vlan", 9, "--snaplen", 80)
        with open(prefix + ".pcap", "rb") as f:
            data = f.read()
        magic, _, _, _, snaplen, _ = struct.unpack_from("<IIIIII", data)
        self.assertEqual((magic, snaplen), (0xa1b23c4d, 80))
        self.assertLessEqual(struct.unpack_from("<I", data, 32)[0], 80)
        self.assertEqual(data[40 + 12:40 + 16], b"\x81\x00\x00\x09")

    def test_wrong_options(self):
        out = self.path("x.pcap")
        wrong = (
            ("-o",), (), ("--seed",), ("--nothing", "-o", out), ("--packets", "0", "-o", out),
            ("--packets", "1e6", "-o", out), ("--seed", "-1", "-o", out),
            ("--clients", "1000001", "-o", out), ("--ipv6-share", "1.1", "-o", out),
            ("--ipv6-share", "nan", "-o", out), ("--ttl", "5", "-o", out),
            ("--ttl", "9-5", "-o", out), ("--preset", "none", "-o", out),
            ("--ptr-share", "0.6", "--scan-share", "0.6", "-o", out), ("-o", "-"),
            ("--preset", "flood64", "--duration", "600", "--flows", "1000", "-o", out),
        )
        for options in wrong:
            with self.subTest(options):
                r = run(TRAFGEN, *options)
                self.assertEqual(r.returncode, 2)
                self.assertRegex(r.stderr, r"\Atrafgen: [^\n]+\n\Z")
        r = run(TRAFGEN, "-o", self.path("no/such/x.pcap"))
        self.assertEqual(r.returncode, 1)
        self.assertRegex(r.stderr, r"\Atrafgen: [^\n]+\n\Z")

    def perfect_log(self, conns):
        for c in conns:
            record = {k: c[k] for k in c if k.startswith("id.") or k.endswith(("_pkts", "_bytes"))}
            record.update(ts=c["ts"], proto=c["proto"])
            if c["name"]:
                record["id.resp_h_name.vals"] = [c["name"]]
                record["id.resp_h_name.match"] = c["lookup"]
            if c.get("server_name"):
                record.update(server_name=c["server_name"], ech=c["ech"])
            if "orig_name" in c:
                record["id.orig_h_name.vals"] = [c["orig_name"] + ".local"]
            yield record

    def check(self, prefix, records, *options):
        log = self.path("conn.log")
        with open(log, "w", encoding="utf-8") as f:
            f.writelines(json.dumps(r) + "\n" for r in records)
        return run(sys.executable, CHECK_TRUTH, prefix, log, *options)

    def test_check_truth(self):
        prefix = self.make("a", "--packets", 5000)
        log = list(self.perfect_log(json_lines(prefix + ".truth.conns.jsonl")))
        self.assertEqual(self.check(prefix, log).returncode, 0)
        self.assertEqual(self.check(prefix, log[1:]).returncode, 1)
        self.assertEqual(self.check(prefix, log + log[:1]).returncode, 1)
        log[3]["resp_pkts"] += 1
        r = self.check(prefix, log)
        self.assertEqual(r.returncode, 1)
        self.assertIn("miscounted (1)", r.stdout)
        log[3]["resp_pkts"] -= 1
        for record in log:
            record.pop("id.resp_h_name.vals", None)
        self.assertIn("unnamed", self.check(prefix, log).stdout)

    def test_check_truth_of_originators(self):
        prefix = self.make("a", "--preset", "local-names", "--packets", 10000)
        log = list(self.perfect_log(json_lines(prefix + ".truth.conns.jsonl")))
        options = ("--min-originators", 1)
        self.assertEqual(self.check(prefix, log, *options).returncode, 0)
        next(r for r in log if "id.orig_h_name.vals" in r)["id.orig_h_name.vals"] = ["desk-none"]
        self.assertIn("originator (1)", self.check(prefix, log, *options).stdout)
        self.assertEqual(self.check(prefix, log, *options).returncode, 1)

    def test_check_truth_of_forgeries(self):
        prefix = self.make("a", "--preset", "spoofed", "--packets", 10000)
        log = list(self.perfect_log(json_lines(prefix + ".truth.conns.jsonl")))
        self.assertEqual(self.check(prefix, log).returncode, 0)
        log[5]["id.resp_h_name.vals"] = log[5].get("id.resp_h_name.vals", []) + [
            "pay0.forged.example"]
        r = self.check(prefix, log)
        self.assertEqual(r.returncode, 1)
        self.assertIn("forged name (1)", r.stdout)

    def test_check_truth_of_verdicts(self):
        """Addresses that nobody looked up before the connection, none else."""
        prefix = self.make("a", "--preset", "no-lookup", "--packets", 20000)
        told = collections.defaultdict(list)
        for r in json_lines(prefix + ".truth.dns.jsonl"):
            for address in r["addresses"]:
                told[address].append((r["ts"], r["host"]))
        conns = json_lines(prefix + ".truth.conns.jsonl")
        log = list(self.perfect_log(conns))
        for c, record in zip(conns, log):
            hosts = {host for ts, host in told[c["id.resp_h"]] if ts <= c["ts"]}
            record["resp_lookup"] = "other" if hosts else "none"
        options = ("--min-none-precision", 1, "--min-none-recall", 1)
        r = self.check(prefix, log, *options)
        self.assertEqual(r.returncode, 0, r.stdout)
        self.assertRegex(r.stdout, r"none: recall: 100.0000% \(\d+ of \d\d+\)")
        none = next(r for r in log if r["resp_lookup"] == "none" and r["proto"] == "tcp"
                    and r["id.orig_h"].startswith("10.1."))
        none["resp_lookup"] = "unknown"
        self.assertIn("not found to have no lookup (1)", self.check(prefix, log, *options).stdout)

    def test_shared_needs_the_client(self):
        """On addresses with many names, the client's own lookup decides nearly always."""
        prefix = self.make("a", "--preset", "shared", "--packets", 100000)
        r = run(sys.executable, CHECK_TRUTH, prefix, "--ideal", "--min-right", 0.97)
        self.assertEqual(r.returncode, 0, r.stdout)


if __name__ == "__main__":
    TRAFGEN, CHECK_TRUTH = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
