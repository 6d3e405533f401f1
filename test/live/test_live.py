#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Live traffic through `nametap run`, against what `nametap read` makes of the same packets.

usage: test_live.py CASE NAMETAP TRAFGEN OUT

Cases: files one-file distributor wrong-split two-ports null, and with root and tcpreplay: af-packet jumbo vlan kernel-drops
tap-drops af-xdp tap.
Exit status 77: can't be tested here.
"""
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pcap"))
import capture_maker as m  # noqa: E402
import sensor  # noqa: E402
from sensor import COUNTS, ENDS, Namespace, Sensor, Skipped, check  # noqa: E402
from split_capture import split  # noqa: E402

NAMETAP = TRAFGEN = OUT = ""
PACKETS = 60000
REPLAYED = 10000


def path(name):
    return os.path.join(OUT, name)


def capture(*options, packets=PACKETS):
    """Its path; every field of the records that differ between runs has a name here."""
    out = path("capture.pcap")
    r = subprocess.run([TRAFGEN, "--packets", str(packets), "--no-truth", *options, "-o", out],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    check(r.returncode == 0, f"trafgen: {r.stdout.decode()}")
    return out


def pcap_port(*files):
    return ["net_pcap0," + ",".join(f"rx_pcap={f}" for f in files)]


def all_but(*without):
    def fields(row):
        return tuple(sorted((k, str(v)) for k, v in row.items() if k not in without))
    return fields


def by_ends(row):
    return tuple(str(row.get(f)) for f in ENDS + COUNTS) + sensor.names(row)


def watch(ports, *settings, packets=PACKETS):
    with Sensor(NAMETAP, path("live"), ports, *settings) as s:
        s.has_received(packets)
        time.sleep(0.5)
        s.stop()
    return s


def same(out, want, fields, most_missing=0):
    missing, text = sensor.same(sensor.records(out), want, fields)
    check(missing <= most_missing, text)
    print(text.splitlines()[0])


def one_file():
    """One worker, the file's own time: the same records in every field."""
    file = capture()
    s = watch(pcap_port(file))
    same(s.out, sensor.read(NAMETAP, path("offline"), file), all_but("uid", "tunnel_parents"))


def distributor():
    """Several workers behind the distributor: the same, names and how they were found included."""
    file = capture()
    s = watch(pcap_port(file), "workers=3")
    check("a distributor lcore" in s.said, f"no distributor: {s.said}")
    same(s.out, sensor.read(NAMETAP, path("offline"), file), all_but("uid", "tunnel_parents"))


def files():
    """A file for each of several workers, read independently of one another: the same connections."""
    file = capture()
    parts = [path(f"part{i}.pcap") for i in range(3)]
    split(file, parts)
    s = watch(pcap_port(*parts), "workers=3")
    check("one for each input" in s.said, f"not direct: {s.said}")
    check("two workers" not in s.said, f"called a wrong split: {s.said}")
    want = sensor.read(NAMETAP, path("offline"), file)
    # When a name was learnt depends on how far the other files were read by then.
    same(s.out, want, lambda row: tuple(str(row.get(f)) for f in ENDS + COUNTS))


def wrong_split():
    """One direction for each worker: it is noticed."""
    file = capture()
    parts = [path(f"part{i}.pcap") for i in range(2)]
    split(file, parts, by_source=True)
    s = watch(pcap_port(*parts), "workers=2")
    check("two workers" in s.said and "port.distributor" in s.said, f"not noticed: {s.said}")


def two_ports():
    """A split tap: each direction comes to a port of its own, and one worker has both."""
    # Packets take turns: where one file were ahead of the other in time, the ports would not be one tap's.
    directions, count = ([], []), 500
    for i in range(count):
        client, server, at = f"10.0.{i // 250}.{i % 250 + 1}", f"192.0.2.{i % 200 + 1}", m.START + i * 1000000
        name = f"host{i % 200}.example"
        packets = m.lookup(at, client, "10.0.9.9", name, [server], ident=i, delay=1000)
        packets += [(at + 500000, m.ip(client, server, 17, m.udp(40000, 9999, bytes(20)))),
                    (at + 501000, m.ip(server, client, 17, m.udp(9999, 40000, bytes(30))))]
        for k, packet in enumerate(m.on(m.ethernet, packets)):
            directions[k % 2].append(packet)
    files = [path("out.pcap"), path("back.pcap")]
    for file, packets in zip([*files, path("both.pcap")], [*directions, sorted(directions[0] + directions[1])]):
        with open(file, "wb") as f:
            f.write(m.pcap(packets))
    s = watch([f"net_pcap{i},rx_pcap={file}" for i, file in enumerate(files)], packets=4 * count)
    want = sensor.read(NAMETAP, path("offline"), path("both.pcap"))
    check(sum(bool(sensor.names(row)[1]) for row in want) == count, "no names to be found")
    same(s.out, want, by_ends)


def null():
    """Packets without end: it stops when it is told to, and has counted them."""
    with Sensor(NAMETAP, path("live"), ["net_null0"]) as s:
        s.has_received(10000)
        s.stop()


def need_cables():
    if os.geteuid() != 0:
        raise Skipped("only root may make network namespaces and ports in them")
    for program in ("tcpreplay", "ip", "sysctl"):
        if shutil.which(program) is None:
            raise Skipped(f"no {program}")


def replayed(make_port, interface, *settings, options=(), fields=by_ends):
    need_cables()
    # As long as it takes in the capture, for timers are live.
    file = capture("--duration", "3", *options, packets=REPLAYED)
    want = sensor.read(NAMETAP, path("offline"), file, *settings)
    with Namespace() as ns:
        with Sensor(NAMETAP, path("live"), make_port, *settings, netns=ns.name) as s:
            s.ready()
            if interface == "tap0":
                ns.up(interface)
            ns.replay(interface, file)
            s.has_received(REPLAYED)
            time.sleep(0.5)
            s.stop()
    # A packet that came a little later than it was sent may be on the other side of a timeout.
    same(s.out, want, fields, most_missing=len(want) // 100)
    return want


def vlan():
    """Tags that the kernel keeps beside the packet are in the records."""
    want = replayed(["net_af_packet0,iface=far,framecnt=32768"], "near", "log.vlan=true", options=("--vlan", "7"),
                    fields=lambda row: by_ends(row) + (row.get("vlan"), row.get("inner_vlan")))
    check(all(row["vlan"] == 7 for row in want), "no tags in the capture")


def dropped_by_kernel(ports, interface):
    """While it is stopped, the kernel's ring fills: what does not fit is counted, and told as a loss."""
    need_cables()
    file = capture("--duration", "3", packets=REPLAYED)
    with Namespace() as ns:
        # However long it takes on a busy machine, the losses must still count when the rest comes.
        with Sensor(NAMETAP, path("live"), ports, "notice.lost_for=3600", netns=ns.name) as s:
            s.ready()
            if interface == "tap0":
                ns.up(interface)
                ns.inside("ip", "link", "set", interface, "txqueuelen", "500")
            before = s.port()
            s.pause(True)
            ns.replay(interface, file)
            s.pause(False)
            sensor.wait_for("drops", lambda: s.port()["missed"] - before["missed"] > REPLAYED // 2)
            time.sleep(0.5)
            after, told, since = s.port(), s.counter("rx_dropped"), time.time()
            ns.replay(interface, file)
            time.sleep(0.5)
            s.stop()
    seen = after["packets"] - before["packets"] + after["missed"] - before["missed"]
    # On a busy machine the kernel loses some on the cable itself.
    check(REPLAYED * 9 // 10 <= seen <= REPLAYED, f"{REPLAYED} sent, {seen} received or dropped: {after}")
    check(told == after["missed"], f"rx_dropped {told}, missed {after['missed']}")
    rows = [row for row in sensor.records(s.out) if row["ts"] > since]
    check(rows, "nothing came after the losses")
    check(not any(row.get("resp_lookup") == "none" for row in rows), "sure of lookups that may be lost")


def kernel_drops():
    dropped_by_kernel(["net_af_packet0,iface=far"], "near")


def tap_drops():
    dropped_by_kernel(["net_tap0,iface=tap0"], "tap0")


def af_packet():
    replayed(["net_af_packet0,iface=far,framecnt=32768"], "near", "workers=2")


def jumbo():
    """port.mtu is all that longer frames need: the ring in the kernel is made for them."""
    need_cables()
    file, count, size = path("jumbo.pcap"), 200, 8960
    start = m.START
    packets = [(start + i * 1000000, m.ip("10.0.0.1", "10.0.0.2", 17, m.udp(40000, 9999, bytes(size))))
               for i in range(count)]
    with open(file, "wb") as f:
        f.write(m.pcap(m.on(m.ethernet, packets)))
    with Namespace() as ns:
        for end in ("near", "far"):
            ns.inside("ip", "link", "set", end, "mtu", "9000")
        with Sensor(NAMETAP, path("live"), ["net_af_packet0,iface=far,framecnt=1024"], "port.mtu=9000",
                    netns=ns.name) as s:
            s.ready()
            ns.replay("near", file)
            s.has_received(count)
            time.sleep(0.5)
            s.stop()
    check("keeps its MTU" not in s.said and "MTU 9000" in s.said, f"not set: {s.said}")
    rows = [row for row in sensor.records(s.out) if row["id.resp_p"] == 9999]
    check(sum(row["orig_bytes"] for row in rows) == count * size, f"cut or lost: {rows}")


def af_xdp():
    try:
        replayed(["net_af_xdp0,iface=far"], "near")
    except sensor.Failure as e:
        # The kernel must have it, and let it be used here.
        if "ended by itself" in str(e):
            raise Skipped(f"no AF_XDP here: {e}") from None
        raise


def tap():
    replayed(["net_tap0,iface=tap0"], "tap0")


CASES = {"one-file": one_file, "distributor": distributor, "files": files, "wrong-split": wrong_split, "two-ports": two_ports,
         "null": null, "af-packet": af_packet, "jumbo": jumbo, "vlan": vlan, "kernel-drops": kernel_drops, "tap-drops": tap_drops, "af-xdp": af_xdp,
         "tap": tap}

if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[1] not in CASES:
        sys.exit(__doc__)
    CASE, NAMETAP, TRAFGEN, OUT = sys.argv[1:]
    OUT = os.path.join(OUT, CASE)
    os.makedirs(OUT, exist_ok=True)
    sys.exit(sensor.run_case(CASES[CASE]))
