#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# run.sh DIR CORPUS SECONDS: every libFuzzer target in DIR for so long, starting from its seeds and from
# what earlier runs left in CORPUS/<name>. What makes one fail stays in CORPUS/<name>-crash-*.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../tools/common.sh"
. "$root/test/fuzz/seeds.sh"

dir=$1 corpus=$2 seconds=$3
one_fuzz() {
	local name=$1 log=$corpus/$1.log
	if fuzz_for "$dir" "$corpus" "$seconds" "$name" >"$log"; then
		pass "fuzz: $name, $(grep -o 'Done [0-9]* runs' "$log")"
	else
		tail -n 25 "$log"
		fail "fuzz: $name"
	fi
}

mkdir -p "$corpus"
found=0
for target in "$dir"/fuzz_*; do
	# Beside each stands a folder of its objects.
	if [ ! -f "$target" ] || [ ! -x "$target" ]; then continue; fi
	name=${target##*/fuzz_}
	one_fuzz "$name" &
	found=$((found + 1))
	# Each target is one thread.
	[ "$(jobs -rp | wc -l)" -lt "$jobs" ] || wait -n
done
wait
[ -x "$dir/fuzz_dns_knot" ] || skip "fuzz: dns_knot (no libknot)"
[ "$found" -gt 0 ] || fail "fuzz: no targets in $dir"
