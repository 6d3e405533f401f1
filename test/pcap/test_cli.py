#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_cli.py NAMETAP [TEST]...: `nametap read` through its command line.

Every capture is made here, byte by byte (capture_maker.py), so every expectation is exact.
"""
import collections
import fcntl
import gzip
import os
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

import capture_maker as m
import zeek_tsv
from check_json import fault
from capture_maker import SEC, START

import json

NAMETAP = None

CLIENT, OTHER, RESOLVER = "10.0.0.1", "10.0.0.2", "10.0.0.53"
NAMERS = {RESOLVER, "224.0.0.251"}
SERVER, SERVER6, CLIENT6 = "23.5.6.7", "2a02:aaaa::7", "2a02:bbbb::1"
NAME = "www.example.com"

Result = collections.namedtuple("Result", "status out err")
Names = collections.namedtuple("Names", "src vals match age")


def named_connection():
    """A lookup, and a second later a connection: the IP packets of both."""
    return (m.lookup(START, CLIENT, RESOLVER, NAME, [SERVER]) +
            m.tcp_connection(START + SEC, CLIENT, SERVER))


def names_of(conn, end="resp"):
    prefix = f"id.{end}_h_name."
    return Names(*(conn.get(prefix + f) for f in Names._fields))


def drop_to_nobody(env=None):
    """What to put before a command so that it runs without root; None where that can't be had."""
    if os.geteuid() != 0:
        return []
    prefix = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
    try:
        probe = subprocess.run(prefix + [NAMETAP, "--version"], capture_output=True, env=env,
                               check=False)
    except FileNotFoundError:
        return None
    return prefix if probe.returncode == 0 else None


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="nametap-cli-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        os.chmod(self.dir, 0o755)
        self.out = os.path.join(self.dir, "out")
        os.mkdir(self.out)

    def path(self, name):
        return os.path.join(self.dir, name)

    def file(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def capture(self, packets, name="a.pcap", link=m.ethernet):
        """A file of IP packets on Ethernet."""
        return self.file(name, m.pcap(m.on(link, sorted(packets, key=lambda p: p[0]))))

    def run_plain(self, *args, stdin=None, prefix=(), **how):
        p = subprocess.run([*prefix, NAMETAP, *map(str, args)], input=stdin,
                           stdin=subprocess.DEVNULL if stdin is None else None,
                           capture_output=True, timeout=60, check=False, **how)
        return Result(p.returncode, p.stdout.decode(), p.stderr.decode())

    def read(self, *args, out=None, status=0, **how):
        """nametap read --quiet; nothing is said where all is well, else only lines of ours."""
        r = self.run_plain("read", "--quiet", "-o", out or self.out, *args, **how)
        self.assertEqual(r.status, status, r)
        self.assertEqual(r.out, "")
        if status == 0:
            self.assertEqual(r.err, "")
        else:
            self.assertRegex(r.err, r"\A(nametap: [^\n]+\n)+\Z")
        return r

    def lines(self, log="conn.log", out=None):
        with open(os.path.join(out or self.out, log), "rb") as f:
            found = f.readlines()
        for line in found:
            self.assertIsNone(fault(line), line)
        return found

    def conns(self, out=None):
        return sorted((json.loads(line) for line in self.lines(out=out)), key=lambda c: c["ts"])

    def conns_of(self, packets, *args):
        """All connections of these IP packets but those that told names."""
        self.read(*args, self.capture(packets))
        return [c for c in self.conns() if not {c["id.orig_h"], c["id.resp_h"]} & NAMERS]

    def conn_of(self, packets, *args):
        found = self.conns_of(packets, *args)
        self.assertEqual(len(found), 1, found)
        return found[0]

    def counter(self, name):
        return sum(json.loads(line)[name] for line in self.lines("namecache.log"))

    def one_line(self, r, *words):
        """One line on standard error, with all these words in it."""
        self.assertRegex(r.err, r"\Anametap: [^\n]+\n\Z")
        for word in words:
            self.assertIn(word, r.err)


class TestFormats(Case):
    """The same packets in every kind of file give the same records."""

    def check(self, data, *args, **how):
        self.read(*args, self.file("x", data), **how)
        return self.lines()

    def formats(self):
        packets = m.on(m.ethernet, named_connection())
        for order in "<>":
            for nanoseconds in (False, True):
                kind = f"{order} {'ns' if nanoseconds else 'us'}"
                yield "pcap " + kind, m.pcap(packets, order=order, nanoseconds=nanoseconds)
                yield "pcapng " + kind, m.pcapng(packets, order=order, nanoseconds=nanoseconds)

    def test_formats(self):
        want = self.check(m.pcap(m.on(m.ethernet, named_connection())))
        self.assertEqual(len(want), 2)
        for kind, data in self.formats():
            with self.subTest(kind):
                self.assertEqual(self.check(data), want)
            with self.subTest(kind + ", gzip"):
                self.assertEqual(self.check(gzip.compress(data)), want)
            with self.subTest(kind + ", filter"):
                self.assertEqual(self.check(data, "--filter", "ip"), want)
            with self.subTest(kind + ", standard input"):
                self.read("-", stdin=data)
                self.assertEqual(self.lines(), want)

    def test_gzip_members_and_pipe(self):
        data = m.pcap(m.on(m.ethernet, named_connection()))
        want = self.check(data)
        halves = gzip.compress(data[:301]) + gzip.compress(b"") + gzip.compress(data[301:])
        self.assertEqual(self.check(halves), want)
        self.read("-", stdin=halves)
        self.assertEqual(self.lines(), want)

    def test_nanoseconds_are_kept(self):
        packets = [(START + 123, m.ethernet(m.ip(CLIENT, SERVER, 17, m.udp(5000, 5001, b"x")))),
                   (START + 1123, m.ethernet(m.ip(SERVER, CLIENT, 17, m.udp(5001, 5000, b"y"))))]
        for make in (m.pcap, m.pcapng):
            self.check(make(packets, nanoseconds=True))
            conn, = self.conns()
            self.assertEqual((conn["ts"], conn["duration"]), (START / SEC, 1e-6))

    def test_links(self):
        links = {
            "Ethernet": (m.ethernet, m.DLT_ETHERNET), "VLAN": (m.vlan, m.DLT_ETHERNET),
            "QinQ": (m.qinq, m.DLT_ETHERNET), "SLL": (m.sll, m.DLT_SLL),
            "SLL2": (m.sll2, m.DLT_SLL2), "raw": (m.raw, m.LINKTYPE_RAW), "raw 12": (m.raw, 12),
            "null": (m.null, m.DLT_NULL), "loop": (m.loop, m.DLT_LOOP),
            "null, other order": (m.loop, m.DLT_NULL),
        }
        v4 = named_connection()
        v6 = (m.lookup(START, CLIENT6, "2a02:bbbb::53", NAME, [SERVER6], m.AAAA) +
              m.tcp_connection(START + SEC, CLIENT6, SERVER6))
        for version, packets, only in (("IPv4", v4, m.DLT_IPV4), ("IPv6", v6, m.DLT_IPV6)):
            want = self.check(m.pcap(m.on(m.ethernet, packets)))
            self.assertEqual(len(want), 2)
            named = [c for c in self.conns() if "id.resp_h_name.vals" in c]
            self.assertEqual([names_of(c) for c in named], [Names("DNS_A", [NAME], "client", 0.99)])
            for name, (link, dlt) in (links | {version: (m.raw, only)}).items():
                with self.subTest(f"{version} on {name}"):
                    self.assertEqual(self.check(m.pcap(m.on(link, packets), dlt)), want)
                with self.subTest(f"{version} on {name}, pcapng"):
                    self.assertEqual(self.check(m.pcapng(m.on(link, packets), dlt)), want)

    def test_unknown_link(self):
        for make in (m.pcap, m.pcapng):
            r = self.read(self.file("x", make([(START, b"x" * 60)], 104)), status=1)
            self.one_line(r, "link type 104", "C_HDLC")
            self.assertEqual(self.lines(), [])

    def test_filter(self):
        data = m.pcap(m.on(m.ethernet, named_connection()))
        self.check(data, "--filter", "tcp port 443")
        conn, = self.conns()
        self.assertNotIn("id.resp_h_name.vals", conn)
        self.check(data, "--filter", "udp port 1")
        self.assertEqual(self.conns(), [])

    def test_filter_wrong(self):
        for expression in ("tcp port", "host and", "no such thing"):
            r = self.read("--filter", expression, self.capture(named_connection()), status=2)
            self.one_line(r, "--filter", expression)
            self.assertEqual(os.listdir(self.out), [])

    def test_filter_does_not_suit_the_link(self):
        raw = self.file("x", m.pcap(named_connection(), m.LINKTYPE_RAW))
        self.one_line(self.read("--filter", "ether broadcast", raw, status=1), raw)

    def test_absurd_times(self):
        """Stamps at the ends of what 64 bits can say, in whichever order: nothing overflows."""
        data = m.ethernet(m.ip(CLIENT, SERVER, 17, m.udp(5000, 5001, b"x")))
        for resolution in (0, 3, 9):
            stamps = (0, 2**64 - 1, 2**63, 2**63 - 1, 1)
            body = b"".join(m.pcapng_packet(s, data) for s in stamps)
            head = m.pcapng_section() + m.pcapng_interface(1, tsresol=resolution)
            self.read(self.file("x", head + body), self.file("y", head + body))
            self.assertEqual(sum(c["orig_pkts"] for c in self.conns()), 2 * len(stamps))
        far = m.pcap([(0, data), ((2**32 - 1) * SEC, data)])
        self.read(*[self.file("x", far)] * 5)
        self.assertEqual(sum(c["orig_pkts"] for c in self.conns()), 10)

    def test_packets_cut_by_the_snap_length(self):
        payload = bytes(1000)
        packets = [m.ip(CLIENT, SERVER, 17, m.udp(5000, 5001, payload)),
                   m.ip(SERVER, CLIENT, 17, m.udp(5001, 5000, payload))]
        cut = m.pcap([(START + i * SEC, m.ethernet(p)) for i, p in enumerate(packets)], snaplen=64)
        self.check(cut)
        conn, = self.conns()
        for end in ("orig", "resp"):
            self.assertEqual(conn[end + "_pkts"], 1)
            self.assertEqual(conn[end + "_bytes"], 1000)
            self.assertEqual(conn[end + "_ip_bytes"], 1028)


class TestStream(Case):
    """Several captures, and captures that end before their end."""

    def two_ends(self):
        lookup = m.lookup(START, CLIENT, RESOLVER, NAME, [SERVER])
        conn = m.tcp_connection(START + SEC, CLIENT, SERVER)
        return lookup, conn

    def test_in_order(self):
        lookup, conn = self.two_ends()
        for cut in range(1, len(conn)):
            a = self.capture(lookup + conn[:cut], "a.pcap")
            b = self.file("b", m.pcapng(m.on(m.vlan, conn[cut:])))
            self.read(a, b)
            found = self.conns()
            self.assertEqual(len(found), 2)
            self.assertEqual((found[1]["orig_pkts"], found[1]["resp_pkts"]), (5, 4))
            self.assertEqual(names_of(found[1]), Names("DNS_A", [NAME], "client", 0.99))

    def test_slightly_earlier_is_the_same_stream(self):
        lookup, conn = self.two_ends()
        later = [(t - SEC, p) for t, p in conn]
        self.read(self.capture(lookup, "a.pcap"), self.capture(later, "b.pcap"))
        found = [c for c in self.conns() if c["proto"] == "tcp"]
        self.assertEqual(names_of(found[0]).vals, [NAME])

    def test_epoch(self):
        lookup, _ = self.two_ends()
        first = m.tcp_open(START + SEC, CLIENT, SERVER)
        again = m.tcp_connection(START - 10 * SEC, CLIENT, SERVER)
        for workers in (1, 3):
            self.read("-j", workers, self.capture(lookup + first, "a.pcap"),
                      self.capture(again, "b.pcap"))
            tcp = [c for c in self.conns() if c["proto"] == "tcp"]
            self.assertEqual([c["ts"] for c in tcp], [START // SEC - 10, START // SEC + 1])
            self.assertEqual([c["conn_state"] for c in tcp], ["SF", "S1"])
            self.assertIsNone(names_of(tcp[0]).vals)
            self.assertEqual(names_of(tcp[1]), Names("DNS_A", [NAME], "client", 0.99))
            self.assertEqual(len(self.conns()), 3)

    def test_same_capture_again_and_again(self):
        a = self.capture(named_connection())
        self.read(*[a] * 10)
        found = self.conns()
        # From the second on the lookup is less than a second before the clock: no epoch, and the
        # connections of the first may go on.
        self.assertEqual(sum(c["orig_pkts"] for c in found), 60)

    def test_cut_at_any_byte(self):
        data = m.pcap(m.on(m.ethernet, named_connection()))
        whole = [24]
        while whole[-1] < len(data):
            kept, = struct.unpack_from("<I", data, whole[-1] + 8)
            whole.append(whole[-1] + 16 + kept)
        for at in (24, 25, whole[3] - 1, whole[3], whole[3] + 1, whole[3] + 15, whole[3] + 16,
                   len(data) - 1):
            clean = at in whole
            readable = sum(w <= at for w in whole) - 1
            r = self.read(self.file("x", data[:at]), status=0 if clean else 1)
            if not clean:
                self.one_line(r, "x:", "cut short", f"at byte {whole[readable]}",
                              f"after {readable} packet")
            self.assertEqual(sum(c["orig_pkts"] + c["resp_pkts"] for c in self.conns()), readable)

    def test_cut_pcapng_and_gzip(self):
        packets = m.on(m.ethernet, named_connection())
        ng, plain = m.pcapng(packets), m.pcap(packets)
        for name, data in (("ng", ng[:-5]), ("ng.gz", gzip.compress(ng)[:-20]),
                           ("gz", gzip.compress(plain)[:-20]), ("gz8", gzip.compress(plain)[:-4])):
            with self.subTest(name):
                r = self.read(self.file(name, data), status=1)
                self.one_line(r, name + ":")
                if "gz" in name:
                    self.assertIn("gzip", r.err)
        self.assertEqual(len(self.conns()), 2)

    def test_cut_gzip_gives_what_was_readable(self):
        data = m.pcap(m.on(m.ethernet, named_connection()))
        packed = gzip.compress(data[:-7], 0)  # stored: bytes stand as they are
        broken = bytearray(gzip.compress(data, 0))
        broken[-8] ^= 1  # the checksum
        for name, bad in (("cut", packed), ("corrupt", bytes(broken))):
            with self.subTest(name):
                self.one_line(self.read(self.file("x", bad), status=1), "x:")
                want = 10 if name == "cut" else 11
                self.assertEqual(
                    sum(c["orig_pkts"] + c["resp_pkts"] for c in self.conns()), want)

    def test_corrupt_length(self):
        data = bytearray(m.pcap(m.on(m.ethernet, named_connection())))
        kept, = struct.unpack_from("<I", data, 24 + 8)
        for length in (2**32 - 1, 2**31, 262145):
            struct.pack_into("<I", data, 24 + 16 + kept + 8, length)
            for bad in (bytes(data), gzip.compress(bytes(data))):
                r = self.read(self.file("x", bad), status=1)
                self.one_line(r, "x:", "corrupt", f"at byte {40 + kept}", "after 1 packet")
                conn, = self.conns()
                self.assertEqual(conn["orig_pkts"], 1)

    def test_a_broken_one_among_others(self):
        lookup, conn = self.two_ends()
        a, c = self.capture(lookup, "a.pcap"), self.capture(conn, "c.pcap")
        b = self.file("b.pcap", m.pcap([(START + SEC // 2, bytes(60))])[:-1])
        self.one_line(self.read(a, b, c, status=1), "b.pcap:")
        self.assertEqual(names_of(self.conns()[1]).vals, [NAME])

    def test_no_capture(self):
        wrong = {
            "text": b"Many words, and none of them a capture.\n" * 10, "empty": b"", "byte": b"\n",
            "half a header": m.pcap([])[:23], "gzip of text": gzip.compress(b"words " * 9),
            "gzip of nothing": gzip.compress(b""), "magic": m.pcap([])[:4], "gzip cut": b"\x1f\x8b",
        }
        for name, data in wrong.items():
            with self.subTest(name):
                self.one_line(self.read(self.file("x", data), status=1), self.path("x") + ":")
                self.one_line(self.read("-", stdin=data, status=1), "standard input:")
                self.assertEqual(self.lines(), [])

    def test_nothing_in_it(self):
        for data in (m.pcap([]), m.pcapng([]), gzip.compress(m.pcap([]))):
            self.read(self.file("x", data))
            self.assertEqual(self.lines(), [])
            self.assertEqual(self.lines("namecache.log"), [])

    def test_what_cannot_be_read_is_told_first(self):
        """Before the logs of an earlier run are replaced, and every one of them."""
        good = self.capture(named_connection())
        self.read(good)
        before = self.lines()
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(self.path("socket"))
        wrong = {self.dir: "directory", self.path("nothing"): "No such file",
                 self.path("socket"): "No such device", os.path.join(good, "x"): "Not a directory"}
        for path, why in wrong.items():
            self.one_line(self.read(good, path, status=1), path + ":", why)
        self.one_line(self.read(good, "", status=1), "'': No such file")
        r = self.read(*wrong, good, status=1)
        self.assertEqual(len(r.err.splitlines()), len(wrong))
        self.assertEqual(self.lines(), before)

    def test_standard_input_that_cannot_be_read(self):
        self.read(self.capture(named_connection()))
        before = self.lines()
        command = '"$1" read -q -o "$2" - '
        for how, why in (('< "$2"', "directory"), ('0> "$2/x"', "Bad file descriptor")):
            p = subprocess.run(["sh", "-c", command + how, "sh", NAMETAP, self.out],
                               capture_output=True, timeout=60, check=False)
            self.one_line(Result(p.returncode, "", p.stderr.decode()), "standard input:", why)
            self.assertEqual(p.returncode, 1)
            self.assertEqual(self.lines(), before)

    def test_missing(self):
        self.read(self.capture(named_connection()))
        before = self.lines()
        r = self.read(self.path("a.pcap"), self.path("nothing"), status=1)
        self.one_line(r, self.path("nothing") + ":", "No such file")
        self.assertEqual(self.lines(), before)

    def test_unreadable(self):
        path = self.capture(named_connection())
        os.chmod(path, 0)
        prefix = drop_to_nobody()
        if prefix is None:
            self.skipTest("no way to run as another user")
        self.one_line(self.read(path, prefix=prefix, status=1), path + ":", "Permission denied")
        self.assertEqual(os.listdir(self.out), [])


class TestChecksums(Case):
    """As Zeek with ignore_checksums=F: what is wrong counts for nothing but a letter."""

    VERIFY = ("--set", "checksums=verify")

    def tcp(self, n, seq, ack, flags, payload=b"", back=False, wrong=False, v6=False):
        a, b = ("2001:db8::1", "2001:db8::2") if v6 else ("192.0.2.1", "198.51.100.2")
        sport, dport = (9000, 40000) if back else (40000, 9000)
        packet = m.checksummed(m.ip(*((b, a) if back else (a, b)), 6,
                                    m.tcp(sport, dport, seq, ack, flags, payload)))
        if wrong:
            packet = packet[:-1] + bytes([packet[-1] ^ 1])
        return START + n * m.SEC // 1000, packet

    def udp(self, n, payload, back=False, spoil=None):
        ends = ("198.51.100.2", "192.0.2.1") if back else ("192.0.2.1", "198.51.100.2")
        ports = (9000, 40000) if back else (40000, 9000)
        packet = bytearray(m.checksummed(m.ip(*ends, 17, m.udp(*ports, payload))))
        if spoil is not None:
            packet[spoil] ^= 1
        return START + n * m.SEC // 1000, bytes(packet)

    def test_tcp(self):
        for v6 in (False, True):
            packets = [self.tcp(0, 1, 0, m.SYN, v6=v6),
                       self.tcp(1, 1, 2, m.SYN | m.ACK, back=True, v6=v6),
                       self.tcp(2, 2, 2, m.ACK, v6=v6),
                       self.tcp(3, 2, 2, m.ACK, b"odd", wrong=True, v6=v6),
                       self.tcp(4, 2, 2, m.ACK, b"odd", v6=v6),
                       self.tcp(5, 2, 5, m.ACK, b"even", back=True, wrong=True, v6=v6)]
            c = self.conn_of(packets, *self.VERIFY)
            self.assertEqual((c["history"], c["orig_pkts"], c["resp_pkts"], c["orig_bytes"],
                              c["resp_bytes"], c["conn_state"]), ("ShACDc", 4 - 1, 1, 3, 0, "S1"))
            for how in ((), ("--set", "checksums=ignore"), ("--set", "checksums=nic")):
                c = self.conn_of(packets, *how)
                self.assertEqual((c["history"], c["orig_pkts"], c["resp_bytes"]),
                                 ("ShADTd", 4, 4))

    def test_tenth(self):
        packets = [self.tcp(i, 1, 1, m.ACK, b"x", wrong=True) for i in range(100)]
        c = self.conn_of(packets, *self.VERIFY)
        self.assertEqual((c["history"], c["conn_state"], c["orig_pkts"], c["orig_ip_bytes"]),
                         ("CCC", "OTH", 0, 0))

    def test_udp(self):
        packets = [self.udp(0, b"abc"), self.udp(1, b"abcd", back=True, spoil=30),
                   self.udp(2, b"ab", spoil=11),  # the IPv4 header's: dropped
                   self.udp(3, b"abcdef", back=True)]
        c = self.conn_of(packets, *self.VERIFY)
        self.assertEqual((c["history"], c["orig_pkts"], c["resp_pkts"], c["orig_bytes"],
                          c["resp_bytes"]), ("Dcd", 1, 1, 3, 6))

    def test_no_names(self):
        """A response that was damaged on its way names nothing."""
        good = named_connection()
        whole = [(t, m.checksummed(p)) for t, p in good]
        self.assertEqual(names_of(self.conn_of(whole, *self.VERIFY)),
                         names_of(self.conn_of(good)))
        spoilt = [(t, p[:-1] + bytes([p[-1] ^ 1]) if p[9] == 17 else p) for t, p in whole]
        self.assertIsNone(names_of(self.conn_of(spoilt, *self.VERIFY)).vals)


class TestOutput(Case):
    def test_directory_is_made(self):
        self.read(self.capture(named_connection()), out=self.path("new"))
        self.assertEqual(len(self.lines(out=self.path("new"))), 2)

    def test_directory_in_nothing(self):
        a = self.capture(named_connection())
        r = self.read(a, out=self.path("no/such/place"), status=1)
        self.one_line(r, self.path("no/such/place"), self.path("no") + ": No such file",
                      "make that directory first")
        r = self.read(a, out=os.path.join(a, "logs"), status=1)
        self.one_line(r, a + ": Not a directory")
        self.assertNotIn("make that directory", r.err)

    def test_directory_is_a_file(self):
        a = self.capture(named_connection())
        self.one_line(self.read(a, out=a, status=1), a)

    def test_directory_is_closed(self):
        a = self.capture(named_connection())
        os.chmod(self.out, 0o555)
        prefix = drop_to_nobody()
        if prefix is None:
            self.skipTest("no way to run as another user")
        self.one_line(self.read(a, prefix=prefix, status=1), self.out, "Permission denied")

    def test_here_is_the_default(self):
        a = self.capture(named_connection())
        r = self.run_plain("read", "-q", a, cwd=self.out)
        self.assertEqual(r, Result(0, "", ""))
        self.assertEqual(sorted(os.listdir(self.out)), ["conn.log", "namecache.log"])

    def test_old_logs_are_replaced(self):
        a = self.capture(named_connection())
        self.read(a)
        first = self.lines()
        self.read(a)
        self.assertEqual(self.lines(), first)

    def test_capture_that_is_a_log(self):
        """Not even by another name, or as standard input, is a capture overwritten."""
        good = self.capture(named_connection())
        with open(good, "rb") as f:
            data = f.read()
        for log in ("conn.log", "namecache.log"):
            path = self.file(os.path.join("out", log), data)
            os.symlink(path, self.path("symbolic-" + log))
            os.link(path, self.path("hard-" + log))
            for name in (path, log, self.path("symbolic-" + log), self.path("hard-" + log)):
                for out in (self.out, ".", "../out/"):
                    r = self.read(good, name, out=out, status=2, cwd=self.out)
                    self.one_line(r, name, "/" + log, "-o")
            with open(path, "rb") as f:
                p = subprocess.run([NAMETAP, "read", "-q", "-o", self.out, "-"], stdin=f,
                                   capture_output=True, timeout=60, check=False)
            self.assertEqual(p.returncode, 2)
            self.one_line(Result(2, "", p.stderr.decode()), "standard input", "/" + log)
            self.assertEqual(os.listdir(self.out), [log])
            with open(path, "rb") as f:
                self.assertEqual(f.read(), data)
            self.read(path, out=self.path("elsewhere"))
            os.unlink(path)
        r = self.read(self.path("nothing"), self.file("out/conn.log", data), status=2)
        self.assertEqual(len(r.err.splitlines()), 2)

    def test_a_device_may_be_both(self):
        for log in ("conn.log", "namecache.log"):
            os.symlink("/dev/null", os.path.join(self.out, log))
        self.one_line(self.read("/dev/null", status=1), "/dev/null:")

    def test_logs_are_not_for_everybody(self):
        self.read(self.capture(named_connection()))
        mode = os.stat(os.path.join(self.out, "conn.log")).st_mode
        self.assertEqual(stat.S_IMODE(mode) & 0o007, 0)

    def test_full_disk(self):
        many = []
        for i in range(3000):
            many += m.tcp_connection(START + i * SEC // 100, CLIENT, SERVER, 10000 + i)
        for log, packets in (("conn.log", named_connection()), ("conn.log", many),
                             ("namecache.log", named_connection())):
            for old in os.listdir(self.out):
                os.unlink(os.path.join(self.out, old))
            os.symlink("/dev/full", os.path.join(self.out, log))
            r = self.read(self.capture(packets), status=1)
            self.one_line(r, log, "No space left")

    def test_tsv(self):
        self.read("--format", "tsv", self.capture(named_connection()))
        for log, rows in (("conn", 2), ("namecache", 1)):
            with open(os.path.join(self.out, log + ".log"), encoding="utf-8") as f:
                lines = f.read().split("\n")
            self.assertEqual(lines.pop(), "")
            self.assertEqual(lines[:4], ["#separator \\x09", "#set_separator\t,",
                                         "#empty_field\t(empty)", "#unset_field\t-"])
            self.assertEqual(lines[4], "#path\t" + log)
            self.assertRegex(lines[5], r"\A#open\t\d{4}(-\d\d){5}\Z")
            self.assertRegex(lines[-1], r"\A#close\t\d{4}(-\d\d){5}\Z")
            fields, types = lines[6].split("\t"), lines[7].split("\t")
            self.assertEqual((fields[0], types[0], len(fields)), ("#fields", "#types", len(types)))
            body = [line.split("\t") for line in lines[8:-1]]
            self.assertEqual(len(body), rows)
            self.assertEqual({len(row) for row in body}, {len(fields) - 1})
            if log == "conn":
                at = fields.index("id.resp_h_name.vals") - 1
                self.assertEqual(sorted(row[at] for row in body), ["-", NAME])

    def test_tsv_has_what_json_has(self):
        a = self.capture(named_connection())
        self.read(a)
        want = {c["uid"]: names_of(c).vals or ["-"] for c in self.conns()}
        self.read("--format=tsv", a)
        with open(os.path.join(self.out, "conn.log"), encoding="utf-8") as f:
            lines = f.read().splitlines()
        fields = lines[6].split("\t")[1:]
        rows = [dict(zip(fields, x.split("\t"))) for x in lines if not x.startswith("#")]
        self.assertEqual({r["uid"]: r["id.resp_h_name.vals"].split(",") for r in rows}, want)

    def test_summary(self):
        r = self.run_plain("read", "-o", self.out, self.capture(named_connection()))
        self.assertEqual((r.status, r.out), (0, ""))
        self.assertRegex(r.err, r"packets +11 ")
        self.assertRegex(r.err, r"connections +2 ")
        self.assertNotIn("\r", r.err)  # no terminal, no progress line


class TestCommandLine(Case):
    def wrong(self, *args):
        r = self.run_plain(*args, cwd=self.out)
        self.assertEqual((r.status, r.out), (2, ""), (args, r))
        self.assertEqual(os.listdir(self.out), [])
        return r

    def test_help_and_version(self):
        for args in (("--help",), ("-h",), ("read", "--help"), ("read", "-h")):
            r = self.run_plain(*args)
            self.assertEqual((r.status, r.err), (0, ""))
            self.assertTrue(r.out.startswith("usage: nametap "))
        for option in ("--workers", "--output", "--config", "--set", "--format", "--filter",
                       "--quiet", "Exit status"):
            self.assertIn(option, self.run_plain("read", "--help").out)
        r = self.run_plain("--version")
        self.assertEqual((r.status, r.err), (0, ""))
        self.assertRegex(r.out, r"\Anametap \d+\.\d+\.\d+.* DPDK \d+\.\d+.*\n\Z")

    def test_no_command(self):
        self.assertTrue(self.wrong().err.startswith("usage: nametap "))

    def test_wrong(self):
        a = self.capture(named_connection())
        cases = {
            ("reed", a): "reed", ("read",): "no capture", ("read", "--quiet"): "no capture",
            ("read", "--nothing", a): "--nothing", ("read", "-x", a): "-x",
            ("read", a, "-o"): "-o", ("read", a, "--output"): "--output",
            ("read", "-o", "", a): "-o", ("read", "--output=", a): "-o",
            ("read", a, "-j"): "-j", ("read", a, "--set"): "--set",
            ("read", "-j", "0", a): "workers", ("read", "-j", "17", a): "workers",
            ("read", "-j", "x", a): "workers", ("read", "-j", "-1", a): "workers",
            ("read", "-j", "1.5", a): "workers", ("read", "-j", "", a): "workers",
            ("read", "-j", "99999999999999999999", a): "workers",
            ("read", "--set", "no.such.key=1", a): "no.such.key",
            ("read", "--set", "names.stale_for", a): "names.stale_for",
            ("read", "--set", "names.stale_for=soon", a): "names.stale_for",
            ("read", "--set", "=1", a): "=1", ("read", "--set", "", a): "KEY=VALUE",
            ("read", "--set", "names.max_per_record=0", a): "names.max_per_record",
            ("read", "--set", "names.max_per_record=33", a): "names.max_per_record",
            ("read", "--format", "xml", a): "format",
            ("read", "-c", self.path("no.json"), a): "no.json",
            ("read", "-c", self.file("bad.json", b'{"names": {'), a): "bad.json",
            ("read", "-c", self.file("key.json", b'{"nmes": {}}'), a): "nmes",
        }
        for args, word in cases.items():
            with self.subTest(args):
                self.one_line(self.wrong(*args), word)

    def test_every_problem_is_told(self):
        a = self.capture(named_connection())
        r = self.wrong("read", "-j", "0", "--set", "a=1", "--set", "b=2", "--format", "x", a)
        self.assertEqual(len(r.err.splitlines()), 4, r.err)

    def test_options_after_captures_and_double_dash(self):
        a = self.capture(named_connection(), "-a.pcap")
        self.read("--", a)
        r = self.run_plain("read", "-q", "--", "-a.pcap", cwd=self.dir)
        self.assertEqual(r, Result(0, "", ""))

    def test_config_file_and_set(self):
        a = self.capture(named_connection())
        config = self.file("c.json", b'{"log": {"name_fields": "short"}}')
        self.read("-c", config, a)
        self.assertIn("id_resp_h_n.vals", self.conns()[1])
        self.read("-c", config, "--set", "log.name_fields=dotted", a)
        self.assertEqual(names_of(self.conns()[1]).vals, [NAME])


class TestProcess(Case):
    def start(self, *args, **how):
        p = subprocess.Popen([NAMETAP, "read", "-q", "-o", self.out, *args], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)
        self.addCleanup(p.kill)
        return p

    def wait_until_taken(self, pipe):
        """Until the pipe is empty, and a little longer."""
        for _ in range(600):
            left = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]
            if left == 0:
                break
            time.sleep(0.05)
        time.sleep(0.3)

    def end(self, p, stdin_open=True):
        status = p.wait(timeout=20)
        err = p.stderr.read()
        if stdin_open:
            p.stdin.close()
        p.stdout.close()
        p.stderr.close()
        return status, err

    def test_signals_on_a_silent_pipe(self):
        packets = named_connection()[:-4]  # the connection is still open
        ethernet = m.on(m.ethernet, packets)
        for sig in (signal.SIGINT, signal.SIGTERM):
            for kind, data in (("pcap", m.pcap(ethernet)), ("pcapng", m.pcapng(ethernet)),
                               ("nothing", b""), ("half a packet", m.pcap(ethernet)[:-7])):
                with self.subTest(f"{sig.name} {kind}"):
                    p = self.start("-j", "2", "-")
                    p.stdin.write(data)
                    p.stdin.flush()
                    if kind == "nothing":
                        time.sleep(1)
                    self.wait_until_taken(p.stdin)
                    p.send_signal(sig)
                    self.assertEqual(self.end(p), (0, b""))
                    found = self.conns()
                    got = sum(c["orig_pkts"] + c["resp_pkts"] for c in found)
                    want = {"nothing": 0, "half a packet": len(packets) - 1}
                    self.assertEqual(got, want.get(kind, len(packets)))
                    if kind.startswith("pcap"):
                        self.assertEqual(names_of(found[1]).vals, [NAME])

    def test_signal_in_the_middle_of_a_flood(self):
        packet = m.ethernet(m.ip(CLIENT, SERVER, 17, m.udp(5000, 5001, bytes(100))))
        data = m.pcap([(START, packet)] * 10000)[24:]
        p = self.start("-j", "2", "-")

        def feed():
            try:
                p.stdin.write(m.pcap([(START - SEC, packet)]))
                while True:
                    p.stdin.write(data)
            except (BrokenPipeError, ValueError):
                pass

        feeder = threading.Thread(target=feed)
        feeder.start()
        time.sleep(1)
        p.send_signal(signal.SIGTERM)
        status = p.wait(timeout=20)
        p.stdout.close()
        self.assertEqual((status, p.stderr.read()), (0, b""))
        p.stderr.close()
        feeder.join()
        try:
            p.stdin.close()
        except BrokenPipeError:
            pass
        conn, = self.conns()
        self.assertGreater(conn["orig_pkts"], 0)
        self.assertEqual(conn["orig_bytes"], 100 * conn["orig_pkts"])

    def test_signal_gives_whole_tsv(self):
        p = self.start("--format", "tsv", "-")
        p.stdin.write(m.pcap(m.on(m.ethernet, named_connection())))
        p.stdin.flush()
        self.wait_until_taken(p.stdin)
        p.send_signal(signal.SIGINT)
        self.assertEqual(self.end(p), (0, b""))
        with open(os.path.join(self.out, "conn.log"), encoding="utf-8") as f:
            lines = f.read().splitlines()
        self.assertEqual(len(lines), 8 + 2 + 1)
        self.assertTrue(lines[-1].startswith("#close\t"))

    def test_named_pipe(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        p = self.start(fifo)
        time.sleep(0.7)  # nobody writes to it yet
        with open(fifo, "wb") as f:
            f.write(m.pcap(m.on(m.ethernet, named_connection())))
            f.flush()
            time.sleep(0.1)
        self.assertEqual(self.end(p), (0, b""))
        self.assertEqual(len(self.conns()), 2)
        p = self.start(fifo)
        time.sleep(0.7)
        p.send_signal(signal.SIGTERM)
        self.assertEqual(self.end(p), (0, b""))

    def test_standard_input_that_does_not_block(self):
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        p = subprocess.Popen([NAMETAP, "read", "-q", "-o", self.out, "-"], stdin=ours,
                             stderr=subprocess.PIPE)
        time.sleep(0.7)
        os.write(theirs, m.pcap(m.on(m.ethernet, named_connection())))
        time.sleep(0.1)
        os.close(theirs)
        os.close(ours)
        self.assertEqual((p.communicate(timeout=20)[1], p.returncode), (b"", 0))
        self.assertEqual(len(self.conns()), 2)

    def test_closed_descriptors(self):
        """Nothing that is told may land in a log that got the number of standard error."""
        a = self.capture(named_connection())
        bad = self.file("bad", b"no capture")
        for closed in ("2>&-", "1>&- 2>&-", "0>&- 1>&- 2>&-"):
            with self.subTest(closed):
                command = f'"$0" read -o "$1" "$2" "$3" {closed}'
                r = subprocess.run(["sh", "-c", command, NAMETAP, self.out, a, bad], check=False,
                                   timeout=60)
                self.assertEqual(r.returncode, 1)
                self.assertEqual(len(self.lines()), 2)
                self.assertEqual(len(self.lines("namecache.log")), 1)

    def test_progress_on_a_terminal(self):
        try:
            ours, theirs = os.openpty()
        except OSError as e:
            self.skipTest(f"no terminal can be had here: {e.strerror}")
        data = m.pcap(m.on(m.ethernet, named_connection()))
        p = subprocess.Popen([NAMETAP, "read", "-o", self.out, "-"], stdin=subprocess.PIPE,
                             stderr=theirs)
        p.stdin.write(data[:-50])
        p.stdin.flush()
        time.sleep(1.5)
        p.stdin.write(data[-50:])
        p.stdin.close()
        self.assertEqual(p.wait(timeout=20), 0)
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 65536):
                said += piece
        except OSError:  # how a terminal says that the other end has gone
            pass
        os.close(ours)
        self.assertRegex(said, rb"\r[^\n]* connections  [^\n]*\x1b\[K")
        self.assertRegex(said, rb"\r\x1b\[Kpackets ")
        self.assertLess(said.count(b"\r"), 40)

    def test_a_slow_pipe(self):
        p = self.start("-")
        data = m.pcap(m.on(m.ethernet, named_connection()))
        for at in range(0, len(data), 97):
            p.stdin.write(data[at:at + 97])
            p.stdin.flush()
            time.sleep(0.01)
        p.stdin.close()
        self.assertEqual(self.end(p, False), (0, b""))
        self.assertEqual(names_of(self.conns()[1]).vals, [NAME])

    def test_two_at_once(self):
        a = self.capture(named_connection())
        ps = []
        for i in range(3):
            os.makedirs(self.path(f"out{i}"))
            ps.append(subprocess.Popen([NAMETAP, "read", "-q", "-j", "2", "-o",
                                        self.path(f"out{i}"), a], stderr=subprocess.PIPE))
        for i, p in enumerate(ps):
            self.assertEqual((p.communicate(timeout=60)[1], p.returncode), (b"", 0))
            self.assertEqual(len(self.conns(self.path(f"out{i}"))), 2)

    def left_behind(self, pid, *dirs):
        found = []
        for d in dirs + ("/run/dpdk", "/var/run/dpdk", "/tmp/dpdk", "/dev/hugepages", "/dev/shm"):
            if os.path.isdir(d) and os.access(d, os.R_OK):
                found += [os.path.join(d, f) for f in os.listdir(d) if f"nametap-{pid}" in f]
        return found

    def test_nothing_is_left_behind(self):
        a = self.capture(named_connection())
        good, bad = self.path("a.pcap"), self.file("bad", b"no capture")
        self.assertEqual(a, good)
        for path, status in ((good, 0), (bad, 1)):
            p = self.start(path)
            self.assertEqual(self.end(p)[0], status)
            self.assertEqual(self.left_behind(p.pid), [])
        p = self.start("-")
        p.stdin.write(m.pcap([]))
        p.stdin.flush()
        self.wait_until_taken(p.stdin)
        p.send_signal(signal.SIGINT)
        self.assertEqual(self.end(p)[0], 0)
        self.assertEqual(self.left_behind(p.pid), [])

    def test_without_knowing_the_cores(self):
        """DPDK can't start there: one line, not all of its options."""
        prefix = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /sys && exec "$@"', "sh"]
        if os.geteuid() != 0 or subprocess.run(prefix + ["true"], capture_output=True,
                                               check=False).returncode != 0:
            self.skipTest("no way to hide /sys")
        a = self.capture(named_connection())
        self.one_line(self.read("-j", "2", a, prefix=prefix, status=1), "DPDK does not start", "core")
        self.read(a, prefix=prefix)  # one worker needs none of it

    def test_few_files(self):
        """DPDK would abort."""
        a = self.capture(named_connection())
        for files in (8, 14, 20, 30):
            r = self.read("-j", "2", a, status=1, prefix=["sh", "-c", f'ulimit -n {files}; exec "$@"', "sh"])
            self.one_line(r, "files may be open at once")

    def test_file_that_may_not_grow(self):
        """An error of the write, not a signal."""
        a = self.capture([p for i in range(200) for p in m.tcp_connection(START + i * SEC, CLIENT, f"23.5.6.{i}")])
        prefix = ["sh", "-c", 'ulimit -f 8; exec "$@"', "sh"]
        self.one_line(self.read(a, status=1, prefix=prefix), "File too large")

    def test_without_root_and_without_a_home(self):
        bare = {"PATH": os.environ["PATH"]}
        bare.update((k, v) for k, v in os.environ.items() if k.endswith("SAN_OPTIONS"))
        prefix = drop_to_nobody(bare)
        if prefix is None:
            self.skipTest("no way to run as another user")
        a = self.capture(named_connection())
        os.chmod(self.out, 0o777)
        runtime = self.path("runtime")
        os.mkdir(runtime)
        os.chmod(runtime, 0o777)
        for env in (bare, bare | {"XDG_RUNTIME_DIR": runtime}):
            self.read(a, prefix=prefix, env=env)
            self.assertEqual(len(self.conns()), 2)
            for log in os.listdir(self.out):
                os.unlink(os.path.join(self.out, log))
        inside = os.path.join(runtime, "dpdk")
        self.assertEqual(os.listdir(inside) if os.path.isdir(inside) else [], [])


def exchange(at, ident, name, answers, client=CLIENT, **how):
    """A lookup with a port of its own."""
    return m.lookup(at, client, RESOLVER, name, answers, ident=ident, cport=30000 + ident, **how)


class TestFullTable(Case):
    def test_tunnel_into_a_full_table(self):
        """
        The tunnel's own connection is nearest to its end, and the packet inside wants its place: that
        can't wait for a record which is made only when this very packet is done.
        """
        packets = []
        for i in range(16):
            opened = m.tcp_connection(START + i * SEC // 100, f"10.0.1.{i}", "10.0.2.1")[:4]
            packets += opened
        for i in range(8):
            inner = m.ip(f"10.0.3.{i}", "10.0.4.1", 6, m.tcp(1000, 80, 1, 0, m.SYN))
            vxlan = struct.pack("!II", 0x08000000, 42 << 8) + m.ethernet(inner)
            packets.append((START + SEC + i, m.ip(f"10.0.5.{i}", "10.0.6.1", 17, m.udp(5000, 4789, vxlan))))
        for workers in ("1", "3"):
            self.read("-j", workers, "--set", "flow.max=16", self.capture(packets))
            begun = len(self.conns())
            self.assertTrue(24 <= begun <= 32, begun)


class TestNames(Case):
    def conns_of(self, packets, *args):
        """Everybody has the same link address here, and is no host for that."""
        return super().conns_of(packets, "--set", "hosts.enabled=false", *args)

    def check(self, packets, *want, args=()):
        self.assertEqual(names_of(self.conn_of(packets, *args)), Names(*want))

    def unnamed(self, packets, *args):
        conn = self.conn_of(packets, *args)
        self.assertEqual(names_of(conn) + names_of(conn, "orig"), (None,) * 8, conn)

    def connect(self, seconds, client=CLIENT, server=SERVER, **how):
        return m.tcp_connection(START + int(seconds * SEC), client, server, **how)

    def test_client(self):
        self.check(named_connection(), "DNS_A", [NAME], "client", 0.99)

    def test_other(self):
        self.check(exchange(START, 1, NAME, [SERVER], OTHER) + self.connect(1),
                   "DNS_A", [NAME], "other", 0.99)

    def test_own_lookup_comes_before_the_latest(self):
        packets = (exchange(START, 1, "mine.example", [SERVER]) +
                   exchange(START + SEC, 2, "theirs.example", [SERVER], OTHER))
        self.check(packets + self.connect(2), "DNS_A", ["mine.example"], "client", 1.99)
        self.check(packets + self.connect(2, client="10.0.0.3"), "DNS_A",
                   ["theirs.example", "mine.example"], "other", 0.99)

    def test_latest_first_and_bounded(self):
        packets = []
        for i in range(10):
            packets += exchange(START + i * SEC, i, f"n{i}.example", [SERVER])
        packets += self.connect(15)
        self.check(packets, "DNS_A", [f"n{i}.example" for i in range(9, 1, -1)], "client", 5.99)
        self.check(packets, "DNS_A", ["n9.example", "n8.example"], "client", 5.99,
                   args=("--set", "names.max_per_record=2"))

    def test_same_time_latest_by_position(self):
        packets = m.lookup(START, CLIENT, RESOLVER, "one.example", [SERVER], cport=30001, delay=0)
        packets += m.lookup(START, CLIENT, RESOLVER, "two.example", [SERVER], cport=30002, delay=0)
        packets += m.tcp_connection(START, CLIENT, SERVER)
        self.check(packets, "DNS_A", ["two.example", "one.example"], "client", 0)

    # A TTL of 300 and the grace of 60: good for 360 s after the response, which comes 10 ms late.
    def test_until_it_expires(self):
        lookup = exchange(START, 1, NAME, [SERVER])
        self.check(lookup + self.connect(360.009999), "DNS_A", [NAME], "client", 359.999999)
        self.check(lookup + self.connect(360.01), "DNS_A", [NAME], "stale", 360)
        self.check(lookup + self.connect(3960.009999), "DNS_A", [NAME], "stale", 3959.999999)
        self.unnamed(lookup + self.connect(3960.01))

    def test_ttl_is_clamped(self):
        def with_ttl(ttl):
            return exchange(START, 1, NAME, [m.record(NAME, m.A, SERVER, ttl)])
        self.check(with_ttl(0) + self.connect(120), "DNS_A", [NAME], "client", 119.99)
        self.check(with_ttl(0) + self.connect(120.01), "DNS_A", [NAME], "stale", 120)
        longest = with_ttl(2**31 - 1)
        self.check(longest + self.connect(86460), "DNS_A", [NAME], "client", 86459.99)
        self.check(longest + self.connect(86460.01), "DNS_A", [NAME], "stale", 86460)
        # RFC 2181 8: the top bit set means 0
        self.check(with_ttl(2**31) + self.connect(120.01), "DNS_A", [NAME], "stale", 120)

    def test_late(self):
        lookup = exchange(START + SEC + SEC // 1000, 1, NAME, [SERVER])
        slow = m.tcp_connection(START + SEC, CLIENT, SERVER, step=SEC)
        self.check(lookup + slow, "DNS_A", [NAME], "late", -0.011)
        self.unnamed(exchange(START + 20 * SEC, 1, NAME, [SERVER]) + slow)

    def test_reverse(self):
        name = m.reverse_name(SERVER)
        ptr = exchange(START, 1, name, ["host.example"], rtype=m.PTR)
        self.check(ptr + self.connect(1), "DNS_PTR", ["host.example"], "reverse", 0.99)
        forward = exchange(START - 600 * SEC, 2, NAME, [SERVER])
        self.check(forward + ptr + self.connect(1), "DNS_A", [NAME], "stale", 600.99)

    def test_reverse_ipv6(self):
        name = m.reverse_name(SERVER6)
        ptr = exchange(START, 1, name.upper(), ["Host6.example"], rtype=m.PTR)
        self.check(ptr + self.connect(1, CLIENT6, SERVER6),
                   "DNS_PTR", ["host6.example"], "reverse", 0.99)

    def test_ipv6(self):
        lookup = exchange(START, 1, NAME, [SERVER6], rtype=m.AAAA)
        self.check(lookup + self.connect(1, CLIENT6, SERVER6), "DNS_A", [NAME], "other", 0.99)

    def test_equal_bytes_of_the_two_families_never_meet(self):
        as6 = "1705:607::"  # the bytes of 23.5.6.7, and zeros
        lookup = exchange(START, 1, NAME, [SERVER])
        self.unnamed(lookup + self.connect(1, CLIENT6, as6))
        self.unnamed(exchange(START, 1, NAME, [as6], rtype=m.AAAA) + self.connect(1))
        mapped = "::ffff:" + SERVER
        self.unnamed(lookup + self.connect(1, CLIENT6, mapped))

    def test_originator(self):
        packets = exchange(START, 1, "client.example", [CLIENT], OTHER)
        conn = self.conn_of(packets + self.connect(1))
        self.assertEqual(names_of(conn, "orig"), Names("DNS_A", ["client.example"], None, None))
        self.assertEqual(set(names_of(conn)), {None})
        both = self.conn_of(packets + exchange(START, 2, NAME, [SERVER]) + self.connect(1))
        self.assertEqual(names_of(both, "orig").vals, ["client.example"])
        self.assertEqual(names_of(both), Names("DNS_A", [NAME], "client", 0.99))

    def test_chain(self):
        chain = [m.record(NAME, m.CNAME, "a.cdn.example"),
                 m.record("a.cdn.example", m.CNAME, "b.cdn.example"),
                 m.record("b.cdn.example", m.A, "23.9.9.9"), m.record("b.cdn.example", m.A, SERVER)]
        for answers in (chain, chain[::-1]):
            self.check(exchange(START, 1, NAME, answers) + self.connect(1),
                       "DNS_A", [NAME], "client", 0.99)

    def test_not_reached_from_the_question(self):
        stray = [m.record(NAME, m.A, "23.9.9.9"), m.record("bank.example", m.A, SERVER)]
        self.unnamed(exchange(START, 1, NAME, stray) + self.connect(1))
        message = m.dns(1, 0x8180, (NAME, m.A), authority=[m.record(NAME, m.A, SERVER)],
                        additional=[m.record(NAME, m.A, SERVER)])
        self.unnamed([exchange(START, 1, NAME, [])[0], self.answer(START + SEC // 100, message)] +
                     self.connect(1))

    def answer(self, at, message, cport=30001, port=53):
        return at, m.ip(RESOLVER, CLIENT, 17, m.udp(port, cport, message))

    def good(self, ident=1, name=NAME, address=SERVER):
        return m.dns_response(ident, name, m.A, [m.record(name, m.A, address)])

    def query(self):
        return exchange(START, 1, NAME, [SERVER])[0]

    def test_unsolicited(self):
        self.check([self.answer(START, self.good())] + self.connect(1), "DNS_A", [NAME], "client", 1)

    def test_unasked(self):
        """Where the tap sees anybody's queries, nobody else is told anything without one."""
        other = (START - SEC, m.ip(OTHER, RESOLVER, 17, m.udp(
            4000, 53, m.dns_query(9, "other.example", m.A))))
        packets = [self.answer(START, self.good())] + self.connect(1)
        self.unnamed([other] + packets)
        self.unnamed(packets, "--set", "names.unsolicited=refuse")
        self.check([other] + packets, "DNS_A", [NAME], "client", 1,
                   args=("--set", "names.unsolicited=accept"))
        after = (START + 500, other[1])
        self.check([packets[0], after] + packets[1:], "DNS_A", [NAME], "client", 1)

    def test_unmatched(self):
        wrong = (self.good(ident=2), self.good(name="other.example"))
        for message in wrong:
            self.unnamed([self.query(), self.answer(START + 1000, message)] + self.connect(1))
        late = [self.query(), self.answer(START + 5 * SEC, self.good())] + self.connect(6)
        self.check(late, "DNS_A", [NAME], "client", 1)
        self.unnamed(late, "--set", "names.query_life=4")
        self.unnamed([self.query(), self.answer(START + 1000, self.good(), port=54)] +
                     self.connect(1))

    def test_case_of_the_question(self):
        mixed = m.dns_response(1, "wWw.ExAmPlE.CoM", m.A, [m.record("WWW.example.com", m.A, SERVER)])
        self.check([self.query(), self.answer(START + 1000, mixed)] + self.connect(1),
                   "DNS_A", [NAME], "client", 0.999999)

    def test_repeats_and_conflicts(self):
        packets = [self.query()] + [self.answer(START + 1000 * i, self.good()) for i in (1, 2, 3)]
        self.check(packets + self.connect(1), "DNS_A", [NAME], "client", 0.999999)
        self.assertEqual(self.counter("mappings_learnt"), 3)
        self.assertEqual(self.counter("mappings_repeats"), 2)
        self.assertEqual(self.counter("mappings_sent"), 1)
        forged = self.good(address="23.9.9.9")
        packets = [self.query(), self.answer(START + 1000, forged),
                   self.answer(START + 2000, self.good())]
        self.unnamed(packets + self.connect(1))

    def test_what_gives_nothing(self):
        record = [m.record(NAME, m.A, SERVER)]
        for what, message in {
                "NXDOMAIN": m.dns(1, 0x8183, (NAME, m.A), record),
                "truncated": m.dns(1, 0x8380, (NAME, m.A), record),
                "opcode": m.dns(1, 0xa180, (NAME, m.A), record),
                "a query with answers": m.dns(1, 0x0100, (NAME, m.A), record),
                "no question": m.dns(1, 0x8180, None, record),
                "class": m.dns(1, 0x8180, (NAME, m.A), [m.record(NAME, m.A, SERVER, rclass=3)]),
                "short address": m.dns(1, 0x8180, (NAME, m.A), [m.record(NAME, m.A, b"\x17\5\6")]),
                "long address": m.dns(1, 0x8180, (NAME, m.A), [m.record(NAME, m.A, bytes(5))]),
                "cut": self.good()[:-1], "header only": self.good()[:12], "nothing": b"",
        }.items():
            with self.subTest(what):
                packets = [self.query(), self.answer(START + 1000, message)] + self.connect(1)
                self.unnamed(packets)

    def test_unusable_addresses(self):
        for address in ("127.0.0.1", "127.255.0.9", "0.0.0.0", "224.0.0.9", "239.255.255.250",
                        "255.255.255.255"):
            with self.subTest(address):
                packets = exchange(START, 1, NAME, [address]) + [
                    (START + SEC, m.ip(CLIENT, address, 17, m.udp(6000, 6001, b"x")))]
                self.unnamed(packets)
        for address in ("::1", "::", "ff02::9"):
            with self.subTest(address):
                packets = exchange(START, 1, NAME, [address], rtype=m.AAAA) + [
                    (START + SEC, m.ip(CLIENT6, address, 17, m.udp(6000, 6001, b"x")))]
                self.unnamed(packets)

    def test_mdns(self):
        host = "10.0.0.77"
        message = m.dns(0, 0x8400, None, [m.record("Printer.local", m.A, host, rclass=0x8001)])
        said = [(START, m.ip(host, "224.0.0.251", 17, m.udp(5353, 5353, message)))]
        self.check(said + self.connect(1, server=host), "MDNS", ["printer.local"], "other", 1)
        self.unnamed(said + self.connect(1, server=host), "--set", "names.mdns_ports=[]")
        goodbye = m.dns(0, 0x8400, None, [m.record("printer.local", m.A, host, 0)])
        self.unnamed([(START, m.ip(host, "224.0.0.251", 17, m.udp(5353, 5353, goodbye)))] +
                     self.connect(1, server=host))

    def test_ports(self):
        lookup = m.lookup(START, CLIENT, RESOLVER, NAME, [SERVER], port=5300)
        self.unnamed(lookup + self.connect(1))
        self.check(lookup + self.connect(1), "DNS_A", [NAME], "client", 0.99,
                   args=("--set", "names.dns_ports=[53,5300]"))
        self.unnamed(exchange(START, 1, NAME, [SERVER]) + self.connect(1),
                     "--set", "names.dns_ports=[]")

    def test_icmp_and_udp_are_named_too(self):
        echo = [(START + SEC + i * SEC, m.ip(*ends, 1, m.icmp_echo(i)))
                for i, ends in enumerate([(CLIENT, SERVER), (SERVER, CLIENT)])]
        packets = exchange(START, 1, NAME, [SERVER]) + echo
        self.check(packets, "DNS_A", [NAME], "client", 0.99)
        datagram = [(START + SEC, m.ip(CLIENT, SERVER, 17, m.udp(5000, 443, b"x")))]
        self.check(exchange(START, 1, NAME, [SERVER]) + datagram, "DNS_A", [NAME], "client", 0.99)

    def test_names_of_the_start(self):
        """A connection that lasts for hours keeps the name it began with."""
        lookup = exchange(START, 1, NAME, [SERVER])
        hours = [(START + SEC + i * 200 * SEC, m.ip(*ends, 6, m.tcp(*ports, 1000 + i, 1, flags, data)))
                 for i, (ends, ports, flags, data) in enumerate(
                     [((CLIENT, SERVER), (40000, 443), m.ACK, b"x")] * 100)]
        later = exchange(START + 5000 * SEC, 2, "later.example", [SERVER])
        self.check(lookup + hours + later, "DNS_A", [NAME], "client", 0.99)


HOSTILE = {
    # labels on the wire: the name in JSON. What JSON can escape, it does.
    (b'quo"te', b"example"): 'quo"te.example',
    (b"back\\slash", b"example"): "back\\x5cslash.example",
    (b"do.t", b"example"): "do\\x2et.example",
    (b"nul\0", b"example"): "nul\\x00.example",
    (b"line\nfeed\r", b"example"): "line\nfeed\r.example",
    (b"tab\t", b"example"): "tab\t.example",
    (b"esc\x1b[31m", b"example"): "esc\x1b[31m.example",
    (b"del\x7f", b"example"): "del\\x7f.example",
    (b"inv\xff\xfe", b"example"): "inv\\xff\\xfe.example",
    (b"cut\xc3", b"example"): "cut\\xc3.example",
    (b"over\xc0\xaf", b"example"): "over\\xc0\\xaf.example",
    (b"surr\xed\xa0\x80", b"example"): "surr\\xed\\xa0\\x80.example",
    ("zo\u00eb".encode(), b"example"): "zo\u00eb.example",
    ("\U0001f600".encode(), b"example"): "\U0001f600.example",
    (b"UPPER", b"Example"): "upper.example",
    (b"<script>", b"${x}", b"'--"): "<script>.${x}.'--",
    (b"com,ma", b"-"): "com,ma.-",
    (b" ", b" "): " . ",
    (b"(empty)",): "(empty)",
    (b"-",): "-",
    (b"not\xff\xc3\xab",): "not\\xff\\xc3\\xab",
    ("\ue000private\u00eb".encode(),): "\\xee\\x80\\x80private\\xc3\\xab",
    ("c1\u0085".encode(),): "c1\\xc2\\x85",
    (b"nul\0zo\xc3\xab",): "nul\\x00zo\u00eb",
    (b"\b\f",): "\b\f",
    (b"x" * 63,) * 3 + (b"y" * 61,): ".".join(["x" * 63] * 3 + ["y" * 61]),
}


class TestHostileNames(Case):
    def packets(self):
        for i, labels in enumerate(HOSTILE):
            address = f"23.7.0.{i + 1}"
            record = m.record(list(labels), m.A, address)
            query = m.dns(i, 0x0100, (list(labels), m.A))
            answer = m.dns(i, 0x8180, (list(labels), m.A), [record])
            yield START + i, m.ip(CLIENT, RESOLVER, 17, m.udp(30000 + i, 53, query))
            yield START + i, m.ip(RESOLVER, CLIENT, 17, m.udp(53, 30000 + i, answer))
            yield from m.tcp_connection(START + SEC, CLIENT, address, 40000 + i)

    @staticmethod
    def in_tsv(text):
        """As docs/logs.md has it. Bytes that were \\xNN before JSON are so in TSV; what the name
        itself has as \\x2e and \\x5c has its backslash doubled."""
        if text in ("-", "(empty)"):
            return f"\\x{ord(text[0]):02x}" + text[1:]
        for special in ("\\x2e", "\\x5c"):
            text = text.replace(special, "\\" + special)
        return "".join(f"\\x{ord(c):02x}" if c < " " or c == "," else c for c in text)

    def test_json(self):
        conns = self.conns_of(self.packets())
        got = {c["id.resp_h"]: names_of(c).vals for c in conns}
        want = {f"23.7.0.{i + 1}": [text] for i, text in enumerate(HOSTILE.values())}
        self.assertEqual(got, want)

    def test_tsv(self):
        self.read("--format", "tsv", self.capture(self.packets()))
        with open(os.path.join(self.out, "conn.log"), encoding="utf-8", newline="") as f:
            lines = f.read().split("\n")
        fields = lines[6].split("\t")[1:]
        rows = [line.split("\t") for line in lines[8:-2]]
        self.assertEqual(len(rows), 2 * len(HOSTILE))
        self.assertEqual({len(r) for r in rows}, {len(fields)})
        at = fields.index("id.resp_h_name.vals")
        vals = {r[fields.index("id.resp_h")]: r[at] for r in rows}
        vals.pop(RESOLVER)
        want = {f"23.7.0.{i + 1}": self.in_tsv(text) for i, text in enumerate(HOSTILE.values())}
        self.assertEqual(vals, want)

    def test_too_long(self):
        labels = [b"x" * 63] * 3 + [b"y" * 62]
        packets = exchange(START, 1, labels, [SERVER]) + m.tcp_connection(START + SEC, CLIENT, SERVER)
        self.assertIsNone(names_of(self.conn_of(packets)).vals)


ALL_COLUMNS = [arg for key in ("community_id", "vlan", "l2_addr") for arg in ("--set", f"log.{key}=true")]


class TestLogs(Case):
    """What both formats say, and from file to file."""

    def data(self, name="conn.log"):
        with open(os.path.join(self.out, name), "rb") as f:
            return f.read()

    @staticmethod
    def lasting(records):
        """Without what may differ from run to run."""
        return [{k: v for k, v in r.items() if not k.startswith(("watermark_lag", "cache_"))}
                for r in records]

    def both(self, capture, *args):
        """A log in JSON, and the same converted from TSV."""
        self.read(*args, capture)
        wanted = {log: [json.loads(line) for line in self.data(log).splitlines()]
                  for log in ("conn.log", "namecache.log")}
        self.read(*args, "--format", "tsv", capture)
        for log, records in wanted.items():
            got = [{k: zeek_tsv.as_json(v) for k, v in r.items()}
                   for r in zeek_tsv.records(self.data(log))]
            self.assertEqual(self.lasting(got), self.lasting(records))
        return wanted["conn.log"]

    def test_tsv_is_json(self):
        hostile = self.capture(TestHostileNames("packets").packets(), "h.pcap")
        for args in ([], ALL_COLUMNS, ["--set", "log.name_fields=short"]):
            conns = self.both(hostile, *args)
            self.assertEqual(len(conns), 2 * len(HOSTILE))
        owners = ([b"a,b"], [b"-"], [b"(empty)"])
        packets = [p for i, owner in enumerate(owners)
                   for p in exchange(START + i * 1000, i + 1, owner, [SERVER])]
        conns = self.both(self.capture(packets + m.tcp_connection(START + SEC, CLIENT, SERVER)))
        self.assertEqual([len(names_of(c).vals) for c in conns if names_of(c).vals], [3])

    def test_cut(self):
        self.read("--format", "tsv", self.capture(named_connection()))
        cells = sorted(zeek_tsv.cut(self.data(), "id.resp_h", "id.resp_h_name.vals"))
        self.assertEqual(cells, [[b"10.0.0.53", b"-"], [b"23.5.6.7", b"www.example.com"]])

    def test_options(self):
        capture = self.file("x", m.pcap(m.on(m.qinq, named_connection())))
        self.read(capture)
        plain = self.conns()
        self.read(*ALL_COLUMNS, "--set", "log.path_field=true", "--set", "log.sensor=tap 3", capture)
        for before, conn in zip(plain, self.conns()):
            self.assertEqual(list(conn)[:3], ["_path", "_system_name", "ts"])
            extra = {k: v for k, v in conn.items() if k not in before}
            self.assertRegex(extra.pop("community_id"), r"\A1:[A-Za-z0-9+/]{27}=\Z")
            self.assertEqual(extra, {
                "_path": "conn", "_system_name": "tap 3", "vlan": conn["vlan"],
                "inner_vlan": conn["inner_vlan"], "orig_l2_addr": "02:00:00:00:00:01",
                "resp_l2_addr": "02:00:00:00:00:02"})

    def rotated(self, *args):
        for name in os.listdir(self.out):
            os.unlink(os.path.join(self.out, name))
        self.read(*args)
        return {n: self.data(n).splitlines() for n in sorted(os.listdir(self.out))
                if n.startswith("conn.")}

    def test_rotation(self):
        at = START - START % (3600 * SEC)
        packets = [p for i in range(200)
                   for p in m.tcp_connection(at + i * 100 * SEC, CLIENT, SERVER, 40000 + i)]
        capture = self.capture(packets)
        self.read(capture)
        want = sorted(self.lines())
        os.environ["TZ"] = "UTC"
        self.addCleanup(os.environ.pop, "TZ")
        by_time = None
        for workers in (1, 3):
            files = self.rotated("-j", workers, "--set", "log.rotate_interval=3600", capture)
            self.assertEqual(sorted(files), [
                f"conn.2023-11-14-{22 + i:02d}-00-00.log" for i in range(2)] + [
                f"conn.2023-11-15-{i:02d}-00-00.log" for i in range(4)])
            files = {n: sorted(lines) for n, lines in files.items()}
            by_time = by_time or files
            self.assertEqual(files, by_time)
            self.assertEqual(sorted(x + b"\n" for f in files.values() for x in f), want)
        files = self.rotated("--set", "log.rotate_bytes=10000", capture)
        self.assertEqual(sorted(x + b"\n" for f in files.values() for x in f), want)
        self.assertGreater(len(files), 5)
        for name, lines in files.items():
            self.assertLessEqual(sum(len(x) + 1 for x in lines), 10000, name)
        files = self.rotated("--format", "tsv", "--set", "log.rotate_bytes=10000", capture)
        whole = [r for n in files for r in zeek_tsv.records(self.data(n))]
        self.assertEqual(len(whole), 200)

    def test_hangup(self):
        """A log that was renamed goes on in a new one, and no line is in both."""
        packets = [p for i in range(400)
                   for p in m.tcp_connection(START + i * 100 * SEC, CLIENT, SERVER, 20000 + i)]
        data = m.pcap(m.on(m.ethernet, packets))
        log, old = (os.path.join(self.out, n) for n in ("conn.log", "conn.log.1"))
        with subprocess.Popen([NAMETAP, "read", "-q", "-o", self.out, "-"],
                              stdin=subprocess.PIPE) as p:
            p.stdin.write(data[:len(data) // 2])
            p.stdin.flush()
            while not os.path.exists(log):
                time.sleep(0.01)
            os.rename(log, old)
            while not os.path.exists(log):
                p.send_signal(signal.SIGHUP)
                time.sleep(0.02)
            p.stdin.write(data[len(data) // 2:])
            p.stdin.close()
            self.assertEqual(p.wait(60), 0)
        lines = self.lines("conn.log.1") + self.lines()
        self.assertEqual(len({json.loads(x)["uid"] for x in lines}), 400)
        self.assertEqual(len(lines), 400)


class TestWorkers(Case):
    def test_any_number(self):
        """What all the other cases are made of, in one capture: the same lines for 1, 2, 3, 8."""
        packets = list(TestHostileNames("packets").packets())
        for i in range(40):
            client, server = f"10.1.0.{i % 7 + 1}", f"23.8.0.{i % 11 + 1}"
            at = START + i * 30 * SEC
            packets += exchange(at, 100 + i, f"n{i}.example", [server], f"10.1.0.{i % 5 + 1}")
            packets += m.tcp_connection(at + SEC // 100 * (i % 3), client, server, 41000 + i)
            packets += m.tcp_connection(at - SEC, client, server, 42000 + i, step=SEC)
            once, ptr = f"23.8.1.{i}", f"23.8.2.{i % 10}"
            packets += exchange(at, 200 + i, f"once{i}.example", [once], client)
            packets += m.tcp_connection(at + 400 * SEC, client, once, 43000 + i)
            packets += exchange(at, 300 + i, m.reverse_name(ptr), ["ptr.example"], rtype=m.PTR)
            packets += m.tcp_connection(at + SEC, client, ptr, 44000 + i)
        first = self.capture(packets, "a.pcap")
        second = self.capture([(t - 900 * SEC, p) for t, p in packets], "b.pcap")
        want = None
        for workers in (1, 2, 3, 8):
            self.read("-j", workers, first, second)
            lines = sorted(self.lines())
            want = want or lines
            self.assertEqual(lines, want, f"{workers} workers")
        matches = collections.Counter(json.loads(x).get("id.resp_h_name.match") for x in want)
        self.assertEqual(set(matches), {"client", "other", "late", "stale", "reverse", None})

    def test_sixteen(self):
        self.read("-j", 16, self.capture(named_connection()))
        self.assertEqual(len(self.lines()), 2)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    NAMETAP = os.path.abspath(sys.argv[1])
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
