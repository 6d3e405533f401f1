#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The server names of a synthetic capture, as tshark reads them and as conn.log has them.

usage: tshark_names.py NAMETAP TRAFGEN OUT

TLS over TCP, QUIC and HTTP, each connection's first name. Where tshark sees nothing of a connection (QUIC's
CRYPTO frames in another order over several packets), what trafgen put in decides. 77 where there is no
tshark: skipped.
"""
import collections
import ipaddress
import json
import os
import re
import shutil
import subprocess
import sys

FIELDS = ("ip.src", "ipv6.src", "tcp.srcport", "udp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport", "udp.dstport",
          "tls.handshake.extensions_server_name", "http.host")
# Many short connections that say a name; some say none, some hide theirs.
OPTIONS = ("--preset", "mixed", "--packets", "60000", "--connection-packets", "6", "--tls-share", "0.9",
           "--http-share", "0.9", "--quic-share", "0.9", "--no-sni-share", "0.1", "--ech-share", "0.05")


def host_name(text):
    """Of a Host, without its port; None where it is an address."""
    host = re.sub(r":[0-9]*$", "", text.lower())
    try:
        ipaddress.ip_address(host.strip("[]"))
        return None
    except ValueError:
        return host or None


def of_tshark(capture):
    """(kind, name) by connection: its first one."""
    command = ["tshark", "-r", capture, "-d", "tcp.port==8443,tls", "-d", "tcp.port==993,tls",
               "-d", "udp.port==853,quic", "-Y", "tls.handshake.type == 1 || http.host", "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    r = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    ret = {}
    for line in r.stdout.splitlines():
        v4, v6, tcp, udp, to4, to6, to_tcp, to_udp, sni, host = line.split("\t")
        kind = "HTTP" if host else "QUIC" if udp else "TLS"
        ends = (v4 or v6, int(tcp or udp), to4 or to6, int(to_tcp or to_udp))
        ret.setdefault(ends, (kind, host_name((sni or host).split(",")[0])))
    return ret


def of_nametap(nametap, capture, out):
    subprocess.run([nametap, "read", "--quiet", "-o", out, capture], check=True, timeout=100)
    ret = {}
    with open(os.path.join(out, "conn.log"), encoding="utf-8") as f:
        for r in map(json.loads, f):
            if r["proto"] != "icmp" and r["id.resp_p"] not in (53, 5353, 5355):
                ret[(r["id.orig_h"], r["id.orig_p"], r["id.resp_h"], r["id.resp_p"])] = r.get("server_name")
    return ret


def of_truth(path):
    with open(path, encoding="utf-8") as f:
        return {(r["id.orig_h"], r["id.orig_p"], r["id.resp_h"], r["id.resp_p"]): r["server_name"]
                for r in map(json.loads, f)}


def main(nametap, trafgen, out):
    if shutil.which("tshark") is None:
        print("no tshark: skipped")
        return 77
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    capture = os.path.join(out, "names.pcap")
    subprocess.run([trafgen, *OPTIONS, "-o", capture], check=True, timeout=100)
    theirs, ours = of_tshark(capture), of_nametap(nametap, capture, out)
    truth = of_truth(os.path.join(out, "names.truth.conns.jsonl"))
    compared, differ, unseen = collections.Counter(), 0, 0
    for ends in sorted(set(ours) | set(theirs)):
        kind, name = theirs.get(ends, ("none", None))
        compared[kind, name is not None] += 1
        if ends not in theirs and ours.get(ends) is not None and ours[ends] == truth.get(ends):
            unseen += 1
        elif ours.get(ends) != name:
            differ += 1
            print(f"{ends}: {ours.get(ends)}, tshark: {name} ({kind})")
    for (kind, named), count in sorted(compared.items()):
        print(f"{count:6} {kind}{'' if named else ', no name'}")
    few = [kind for kind in ("TLS", "QUIC", "HTTP") if compared[kind, True] < 100]
    print(f"{differ} differ, {unseen} not seen by tshark" + f"; too few to compare: {few}" * bool(few))
    return 1 if differ or few or unseen > 50 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
