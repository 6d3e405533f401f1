#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# truth.sh NAMETAP TRAFGEN OUT NAME PRESET PACKETS [TRAFGEN_OPTION]...: a synthetic capture, held
# against the truth beside it: every connection once and with its counts, no forged name, and the
# shares below. (What the naming rule itself reaches on these: tools/check_truth.py --ideal.)
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../tools" && pwd)
nametap=$1 trafgen=$2 out=$3 name=$4 preset=$5 packets=$6
shift 6

# What a capture must reach, where it is not check_truth.py's 99.9 % named and 95 % right first.
floors=()
case $name in
shared-names) floors=(--min-right 0.99) ;;
shared) floors=(--min-right 0.96) ;;
no-lookup) floors=(--min-none-precision 0.99 --min-none-recall 0.99) ;;
encrypted-dns) floors=(--min-hidden 0.99 --min-none-precision 0.99 --min-none-recall 0.99) ;;
dualstack) floors=(--min-right 0.98 --min-linked 0.99) ;;
local-names) floors=(--min-originators 0.99) ;;
esac

rm -rf "$out"
mkdir -p "$out"
"$trafgen" --preset "$preset" --packets "$packets" "$@" -o "$out/traffic.pcap"
"$nametap" read --quiet -j 3 -o "$out" "$out/traffic.pcap"
python3 "$tools/check_truth.py" "$out/traffic.pcap" "$out/conn.log" "${floors[@]}"
rm -f "$out"/*.pcap
