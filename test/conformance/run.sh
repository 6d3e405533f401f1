#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# run.sh RELEASE ASAN OUT: the corpus of captures with these two builds of nametap; results in OUT.
#
# The corpus, what Zeek wrote for it, and the two programs that run and compare are not part of
# this repository: they are looked for in NAMETAP_SHARED, else in ../shared beside it.
#  - release, 1 worker: the score against Zeek's conn.logs, not below floor.txt (percent), and its
#    records, not below floor_records.txt
#  - names learnt, and server names, against those that Zeek and others saw
#  - ASan and UBSan, 1 and 3 workers: status 0 or 1, no report, every line of every log is JSON
#  - all three: the same set of records
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../tools/common.sh"

release=$1 asan=$2 out=$3
shared=${NAMETAP_SHARED:-$root/../shared}
# A run sleeps 0.1 s while DPDK measures the clock, so more of them than cores.
pool=$((jobs * 2))

# read_corpus NAME COMMAND...: every capture into OUT/NAME.
read_corpus() {
	local name=$1
	shift
	rm -rf "${out:?}/$name"
	mkdir -p "$out/$name"
	if python3 "$shared/conformance/run_corpus.py" --corpus "$shared/corpus" --jobs "$pool" \
		"$out/$name" -- "$@" >"$out/$name.txt" 2>&1; then
		pass "conformance: $name, $(tail -n 1 "$out/$name.txt")"
	else
		tail -n 30 "$out/$name.txt"
		fail "conformance: $name"
	fi
	if python3 "$root/test/pcap/check_json.py" "$out/$name"; then
		pass "conformance: $name, every line is JSON"
	else
		fail "conformance: $name, every line is JSON"
	fi
}

floor_of() { grep -m 1 '^[0-9]' "$here/$1"; }

# A floor may be raised, never lowered.
check_floor() {
	local file=$1 floor highest
	floor=$(floor_of "$file")
	highest=$(git -C "$root" log -p --format= -- "test/conformance/$file" 2>/dev/null |
		sed -n 's/^[+]\([0-9.]*\)$/\1/p' | sort -n | tail -n 1)
	if awk -v a="$floor" -v b="${highest:-0}" 'BEGIN { exit !(a >= b) }'; then
		pass "conformance: $file is as high as it ever was ($floor)"
	else
		fail "conformance: $file was lowered from $highest to $floor"
	fi
}

# at_least WHAT FILE VALUE: is not below the floor in FILE.
at_least() {
	local what=$1 floor value=$3
	floor=$(floor_of "$2")
	if [ -n "$value" ] && awk -v a="$value" -v b="$floor" 'BEGIN { exit !(a >= b) }'; then
		pass "conformance: $what $value %, floor $floor %"
	else
		fail "conformance: $what ${value:-none} %, floor $floor %"
	fi
}

check_score() {
	python3 "$shared/conformance/compare_conn.py" "$shared/expected" "$out/release-1" \
		>"$out/score.txt" 2>&1
	cat "$out/score.txt"
	at_least score floor.txt "$(sed -n 's/^score \([0-9.]*\)%.*/\1/p' "$out/score.txt")"
	at_least records floor_records.txt \
		"$(sed -n 's/^records: .* \([0-9.]*\)%$/\1/p' "$out/score.txt")"
}

# check_names WHAT COMMAND...: says by its status whether enough names were there; 77: skipped.
check_names() {
	local what=$1 status=0
	shift
	"$@" >"$out/$what.txt" 2>&1 || status=$?
	tail -n 12 "$out/$what.txt"
	case $status in
	0) pass "conformance: $what, $(tail -n 1 "$out/$what.txt")" ;;
	77) skip "conformance: $what, $(tail -n 1 "$out/$what.txt")" ;;
	*) fail "conformance: $what, status $status" ;;
	esac
}

check_same() {
	if python3 "$root/test/pcap/same_records.py" "$out/$1" "$out/$2"; then
		pass "conformance: the same records, $1 and $2"
	else
		fail "conformance: the same records, $1 and $2"
	fi
}

check_floor floor.txt
check_floor floor_records.txt
if [ ! -f "$shared/corpus/MANIFEST.tsv" ]; then
	skip "conformance: no corpus in $shared (NAMETAP_SHARED names another place)"
	exit 0
fi
for binary in "$release" "$asan"; do
	[ -x "$binary" ] || {
		fail "conformance: no $binary"
		exit 1
	}
done

read_corpus release-1 "$release" read --quiet -j 1
check_score
check_names names-learnt python3 "$here/learnt.py" --shared "$shared" --jobs "$pool" \
	--floor dns=99 --floor dhcp=85 --floor local=40 "$release"
check_names server-names python3 "$here/server_names.py" --shared "$shared" --jobs "$pool" \
	--floor ssl.log=99 --floor http.log=99 --floor table=97 "$release"
check_names quic-names python3 "$here/quic_names.py" --shared "$shared" --jobs "$pool" \
	--floor quic=97 "${release%/app/*}/test/conformance/quic_hellos"
read_corpus asan-1 "$asan" read --quiet -j 1
read_corpus asan-3 "$asan" read --quiet -j 3
check_same release-1 asan-1
check_same asan-1 asan-3
