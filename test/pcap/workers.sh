#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# workers.sh NAMETAP TRAFGEN OUT trafgen|corpus: the same records with any number of workers, for
# two synthetic captures of 100,000 packets, or for the captures of corpus-50.txt (skipped without them).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
nametap=$1 trafgen=$2 out=$3 what=$4
shared=${NAMETAP_SHARED:-$here/../../../shared}

mkdir -p "$out"
captures=()
case $what in
trafgen)
	captures=("$out/workers.pcap")
	"$trafgen" --preset dualstack --names-per-address 200 --packets 100000 --no-truth \
		-o "${captures[0]}"
	captures+=("$out/names.pcap")
	"$trafgen" --preset spoofed --local-naming-share 1 --encrypted-dns-share 0.2 \
		--https-share 0.5 --dns-tcp-share 0.3 --packets 100000 --no-truth -o "${captures[1]}"
	# More workers than the mbufs of small rings suffice for, if each kept some of them.
	timeout -k 1 120 "$nametap" read --quiet -j 16 --set read.ring_size=256 -o "$out/many" "${captures[0]}"
	;;
corpus)
	[ -d "$shared/corpus" ] || {
		echo "no corpus in $shared"
		exit 77
	}
	while IFS=$'\t' read -r name _; do
		captures+=("$shared/corpus/$name")
	done < <(grep -v '^#' "$here/corpus-50.txt")
	;;
esac
exec python3 "$here/same_workers.py" "$nametap" "$out/$what" "${captures[@]}"
