#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# truth.sh NAMETAP TRAFGEN OUT PRESET PACKETS: a synthetic capture, held against the truth beside it:
# every connection once and with its counts, 99.9 % of the truly named ones named, the right name
# first for 95 %. (What the naming rule itself reaches on these: tools/check_truth.py --ideal.)
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../tools" && pwd)
nametap=$1 trafgen=$2 out=$3 preset=$4 packets=$5

rm -rf "$out"
mkdir -p "$out"
"$trafgen" --preset "$preset" --packets "$packets" -o "$out/traffic.pcap"
"$nametap" read --quiet -j 3 -o "$out" "$out/traffic.pcap"
python3 "$tools/check_truth.py" "$out/traffic.pcap" "$out/conn.log"
rm -f "$out"/*.pcap
