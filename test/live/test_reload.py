#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""`nametap reload` of a running sensor.

usage: test_reload.py CASE NAMETAP TRAFGEN OUT

  keys       what can change does, what needs a restart is told by name and stays
  bad        a hundred bad files, each refused with all its problems, and nothing has changed
  lossless   reloaded again and again under traffic: the same records as without, nothing shed or evicted
  cable      the same with a port that loses what is not taken in time: nothing dropped
  caps       caps lowered under traffic are come to, what goes is counted and written, the sums hold
Exit status 77: can't be tested here.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sensor  # noqa: E402
from sensor import Failure, Sensor, check, wait_for  # noqa: E402

CASE = NAMETAP = TRAFGEN = OUT = ""
SEED = 20240611
BAD_FILES = 100
PACKETS = 200000


def path(name):
    return os.path.join(OUT, name)


def capture(packets, *options):
    out = path(f"capture-{CASE}.pcap")
    r = subprocess.run([TRAFGEN, "--packets", str(packets), "--no-truth", *options, "-o", out],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    check(r.returncode == 0, f"trafgen: {r.stdout.decode()}")
    return out


def nametap(*args):
    """Exit status, standard output, lines of standard error; a minute at most."""
    r = subprocess.run([NAMETAP, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=60, check=False)
    return r.returncode, r.stdout.decode(), r.stderr.decode().splitlines()


class Reloaded(Sensor):
    """Its configuration file, changed and read again."""

    def __init__(self, ports, *settings, netns=None):
        super().__init__(NAMETAP, path(f"live-{CASE}"), ports, *settings, netns=netns)
        self.file = os.path.join(self.out, "nametap.json")
        with open(self.file) as f:
            self.config = json.load(f)

    def write(self, **groups):
        """The file of the start, with these groups or keys in it."""
        config = json.loads(json.dumps(self.config))
        for name, value in groups.items():
            config[name] = {**config.get(name, {}), **value} if isinstance(value, dict) else value
        with open(self.file, "w") as f:
            json.dump(config, f)

    def reload(self, *more):
        return nametap("reload", "--prefix", self.prefix, *more)

    def shown(self):
        status, out, err = nametap("show", "--prefix", self.prefix, "config")
        check(status == 0, f"show: {err}")
        return out

    def reloads(self, **groups):
        self.write(**groups)
        status, out, err = self.reload()
        check(status == 0, f"reload: {status} {out} {err}")
        return out, err


def keys():
    with Reloaded(["net_null0,no-rx=1"], "workers=2") as s:
        s.ready()
        before = json.loads(s.shown())
        out, err = s.reloads()
        check(out == "nothing that can change at run time differs\n" and err == [], f"{out}{err}")
        out, err = s.reloads(local_nets=["198.51.100.0/24"], relay={"rate": 5, "max_hold": 2},
                             notice={"allow": ["192.0.2.0/24"], "suppress_for": 60},
                             flow={"max": 5000}, names={"ttl_max": 600}, stats={"interval": 7},
                             workers=5, ports=["net_null7"], log={"format": "tsv"})
        # What --set said at the start still has the last word: workers.
        want = ["nametap: needs a restart: ports", "nametap: needs a restart: log.format"]
        check(out == "reloaded: local_nets, flow.max, names.ttl_max, notice.suppress_for, notice.allow, "
              "relay.rate, relay.max_hold, stats.interval\n", out)
        check(err == want, f"{err}")
        now = json.loads(s.shown())
        check(now["local_nets"] == ["198.51.100.0/24"] and now["relay"]["rate"] == 5, f"{now}")
        check(now["flow"]["max"] == 5000 and now["notice"]["allow"] == ["192.0.2.0/24"], f"{now}")
        check(now["ports"] == before["ports"] and now["log"] == before["log"], "what needs a restart changed")
        check(now["workers"] == 2, f"{now['workers']}")
        # Up to where it was at the start, no further; as JSON.
        s.write(flow={"max": 70000})
        status, out, err = s.reload("--json")
        answer = json.loads(out)
        check(status == 0 and answer["above_start"] == ["flow.max"] and err == [], f"{out}{err}")
        check("relay.rate" in answer["changed"], out)
        s.reloads()
        check(json.loads(s.shown()) == before, "all as before")
        s.stop()
        check("nametap: reloaded: local_nets, flow.max" in s.said, s.said)
    status, out, err = nametap("reload", "--prefix", s.prefix)
    check(status == 1 and len(err) == 1 and "no sensor" in err[0], f"{status} {err}")


# --- bad files -----------------------------------------------------------------------------------

SCALARS = [("relay", "rate", 10000), ("notice", "grace", 1), ("names", "ttl_min", 60), ("log", "format", "json"),
           ("hosts", "enabled", True), ("flow", "max", 65536), ("names", "dns_ports", [53])]
WRONG = [None, [], {}, "no", -1, 1e300, 1 << 70, True, [[]], {"a": 1}, "\u0000", ["\ud800"], 0.5]


def wrong_value(rng, good):
    """Of another type, or out of bounds."""
    group, key, value = rng.choice(SCALARS)
    while True:
        bad = rng.choice(WRONG)
        if isinstance(bad, type(value)) and not isinstance(bad, (int, float)):
            continue
        if isinstance(value, bool) != isinstance(bad, bool) or bad in (-1, 1e300, 1 << 70):
            if not (key == "grace" and bad == 0.5):
                break
    config = {**good, group: {**good.get(group, {}), key: bad}}
    return json.dumps(config).encode()


def unknown_key(rng, good):
    name = "".join(rng.choice("abcxyz._-\u00e9\"\\\n") for _ in range(rng.randint(1, 300)))
    return json.dumps({**good, name: rng.choice(WRONG)}).encode()


def cut(rng, good):
    text = json.dumps(good).encode()
    return text[:rng.randrange(len(text))]


def flipped(rng, good):
    """A byte that no JSON has there."""
    text = bytearray(json.dumps(good).encode())
    text[rng.randrange(len(text))] = rng.choice((0, 0x80, 0xff, 0x01, 0x7f))
    return bytes(text)


def repeated(rng, good):
    key = rng.choice(sorted(good))
    text = json.dumps(good)
    return f'{text[:-1]}, {json.dumps(key)}: {json.dumps(good[key])}}}'.encode()


def huge(rng, good):
    return json.dumps(good).encode() + b" " * (1 << 20) + bytes(rng.randrange(1000))


def deep(rng, good):
    n = rng.randint(3000, 100000)
    return b'{"log": ' + b"[" * n + b"]" * n + b"}"


def with_nul(rng, good):
    text = json.dumps(good).encode()
    at = rng.randint(0, len(text))
    return text[:at] + b"\0" + text[at:]


def contradicts(rng, good):
    return json.dumps(rng.choice((
        {**good, "names": {"ttl_min": 500, "ttl_max": 400}},
        {**good, "names": {"dns_ports": [53], "mdns_ports": [53]}},
        {**good, "read": {"ring_size": 3000}}))).encode()


def many(rng, good):
    """Each key its own line."""
    return json.dumps({**good, **{f"wrong{i}": i for i in range(rng.randint(2, 1500))}}).encode()


MUTATIONS = [wrong_value, unknown_key, cut, flipped, repeated, huge, deep, with_nul, contradicts, many]


def make_fifo(file):
    os.mkfifo(file)


def make_directory(file):
    os.mkdir(file)


def make_nothing(file):
    pass


def make_loop(file):
    os.symlink(os.path.basename(file), file)


def make_device(file):
    os.symlink("/dev/zero", file)


def make_socket(file):
    import socket
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(file)


PLACES = [make_fifo, make_directory, make_nothing, make_loop, make_device, make_socket]


def remove(file):
    if os.path.isdir(file) and not os.path.islink(file):
        os.rmdir(file)
    elif os.path.lexists(file):
        os.remove(file)


def refuses(s, what, before):
    status, out, err = s.reload()
    check(status == 2 and out == "", f"{what}: {status} {out!r} {err[:3]}")
    check(err and all(line.startswith("nametap: ") and line.isprintable() for line in err), f"{what}: {err[:3]}")
    check(err[0].startswith(f"nametap: {s.file}") or "names." in err[0] or "read." in err[0], f"{what}: {err[:3]}")
    check(s.shown() == before, f"{what}: the configuration has changed")
    return err


def bad():
    rng = random.Random(SEED)
    with Reloaded(["net_null0,no-rx=1"], "workers=2") as s:
        s.ready()
        good = {**s.config, "relay": {"rate": 1, "burst": 2}, "local_nets": ["198.51.100.0/24"]}
        before = s.shown()
        told = 0
        for i in range(BAD_FILES):
            mutate = MUTATIONS[i % len(MUTATIONS)]
            with open(s.file, "wb") as f:
                f.write(mutate(rng, good))
            err = refuses(s, f"{i} {mutate.__name__}", before)
            told += len(err)
            if mutate is not many:
                check(len(err) <= 3, f"{mutate.__name__}: {err[:5]}")
        remove(s.file)
        for make in PLACES:
            make(s.file)
            told += len(refuses(s, make.__name__, before))
            remove(s.file)
        if os.geteuid() != 0:
            s.write()
            os.chmod(s.file, 0)
            told += len(refuses(s, "not readable", before))
            os.chmod(s.file, 0o600)
        # It was only the file.
        with open(s.file, "w") as f:
            json.dump(good, f)
        status, out, err = s.reload()
        check(status == 0 and out == "reloaded: local_nets, relay.rate, relay.burst\n", f"{out}{err}")
        s.stop()
    print(f"{BAD_FILES + len(PLACES)} bad files refused, {told} problems told")


# --- under traffic -------------------------------------------------------------------------------

# What these change shows in no record: twice as many turns would be twice as many answers else.
HARMLESS = [{"relay": {"rate": 0, "burst": 7}}, {"stats": {"interval": 20}}, {"notice": {"look_back": 90000}},
            {"names": {"quic_rate": 30000}}, {"run": {"stuck_after": 6}}, {"notice": {"allow": ["192.0.2.77"]}},
            {"flow": {"max": 60000}}, {"names": {"max_names": 200000}}, {}]


def all_but_uid(row):
    return tuple(sorted((k, str(v)) for k, v in row.items()
                        if k not in ("uid", "tunnel_parents", "resp_lookup")))


def sums(s):
    """Of its counters: what came is what was dealt with."""
    counters = {}
    for group in s.telemetry.ask("/nametap/stats")["counters"].values():
        for unit in group.values():
            counters.update(unit)
    return counters


def lossless():
    file = capture(PACKETS)
    want = sensor.read(NAMETAP, path("offline"), file)
    with Reloaded([f"net_pcap0,rx_pcap={file}"], "workers=2") as s:
        done = reloads = 0
        s.ready()
        while done < PACKETS or reloads < 2 * len(HARMLESS):
            out, _ = s.reloads(**HARMLESS[reloads % len(HARMLESS)])
            reloads += out.startswith("reloaded")
            done = s.telemetry.received()
            check(s.process.poll() is None, s.tail())
        time.sleep(0.5)
        now = sums(s)
        s.stop()
    for counter in ("rx_dropped", "conns_lost", "conns_evicted", "conns_refused", "mappings_shed_out",
                    "mappings_shed_in", "mappings_evicted"):
        check(now[counter] == 0, f"{counter}: {now[counter]}")
    missing, text = sensor.same(sensor.records(s.out), want, all_but_uid)
    check(missing == 0, text)
    print(f"{reloads} reloads; {text.splitlines()[0]}")


def cable():
    """A capture as a port waits for who reads it, whatever a reload takes. A cable does not: the port's ring holds two
    seconds of this, and what finds no room is lost, and counted (live-kernel-drops)."""
    if os.geteuid() != 0:
        raise sensor.Skipped("only root may make network namespaces and ports in them")
    if shutil.which("tcpreplay") is None:
        raise sensor.Skipped("no tcpreplay")
    count, seconds = 12000, 6
    file = capture(count, "--duration", str(seconds))
    want = sensor.read(NAMETAP, path("offline"), file)
    reloads = 0
    with sensor.Namespace() as ns, \
            Reloaded(["net_af_packet0,iface=far,framecnt=4096"], "workers=2", netns=ns.name) as s:
        s.ready()
        replay = threading.Thread(target=ns.replay, args=("near", file))
        replay.start()
        while replay.is_alive():
            out, _ = s.reloads(**HARMLESS[reloads % len(HARMLESS)])
            reloads += out.startswith("reloaded")
            time.sleep(0.1)
        replay.join()
        s.has_received(count)
        time.sleep(0.5)
        now, port = sums(s), s.port()
        s.stop()
    check(reloads >= len(HARMLESS), f"only {reloads} reloads")
    lost = {name: now[name] for name in ("rx_dropped", "rx_ring_full", "conns_lost", "conns_evicted", "mappings_shed_out",
                                         "mappings_shed_in")}
    check(not any(lost.values()), f"{lost}, {port}")

    def packets(rows):
        return sum(row["orig_pkts"] + row["resp_pkts"] for row in rows)

    # Timers are live, and may divide what they do not divide in the capture: no packet is in none.
    have = sensor.records(s.out)
    check(now["packets"] == count and packets(have) == packets(want), f"{now['packets']}: {packets(have)} of {packets(want)}")
    print(f"{reloads} reloads in {seconds} s, {count} packets, {packets(have)} of them of connections, nothing lost")


def caps():
    """From more than there is to little, while there is traffic. The time is that of the day, which goes on."""
    file = capture(PACKETS)
    lowered = {"flow": {"max": 16}, "names": {"max_mappings": 200, "max_addresses": 150, "max_names": 100,
                                               "max_asserted": 50}, "notice": {"max_told": 64}}
    with Reloaded([f"net_pcap0,rx_pcap={file}"], "workers=1", "port.timestamps=off") as s:
        s.has_received(PACKETS // 2)

        def gauges(name):
            return [w[name] for w in s.telemetry.ask("/nametap/workers")["workers"].values()]

        s.reloads(**lowered)
        s.has_received(PACKETS)
        wait_for("caps", lambda: sums(s)["mappings_evicted"] > 0 and sums(s)["conns_evicted"] > 0 and
                 max(gauges("flows")) <= 16 and max(gauges("cache_mappings")) <= 200 and
                 max(gauges("cache_names")) <= 100 and max(gauges("cache_addresses")) <= 150, 20)
        now = sums(s)
        check(now["rx_dropped"] == 0 and now["conns_lost"] == 0, f"{now['rx_dropped']} {now['conns_lost']}")
        # What was ended is written, by now or soon.
        wait_for("written", lambda: sums(s)["conns_written"] + sum(gauges("flows")) + sum(gauges("flows_ended")) ==
                 sums(s)["conns_made"], 20)
        s.reloads()
        s.stop()
    check(len(sensor.records(s.out)) == now["conns_made"], f"{len(sensor.records(s.out))} {now['conns_made']}")
    print(f"{now['conns_made']} connections, {now['conns_evicted']} evicted; {now['mappings_evicted']} mappings evicted")


CASES = {"keys": keys, "bad": bad, "lossless": lossless, "cable": cable, "caps": caps}

if __name__ == "__main__":
    CASE, NAMETAP, TRAFGEN, OUT = sys.argv[1:]
    OUT = os.path.join(OUT, f"reload-{CASE}")
    os.makedirs(OUT, exist_ok=True)
    sys.exit(sensor.run_case(CASES[CASE]))
