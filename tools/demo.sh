#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# demo.sh [CAPTURE]: build nametap, read a capture (without one: a synthetic one, made here), and show
# what came of it. Sets up what is missing first. Nothing outside the tree is written, except for
# the packages that setup.sh installs.
#
# NT_DEMO_BUILD  the build folder (default: build-demo)
# NT_DEMO_OUT    where the logs go (default: nametap-demo)
# NT_DEMO_JOBS   worker lcores (default: 2)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ $# -le 1 ] || die "usage: demo.sh [CAPTURE]"
if [ "${1-}" = -h ] || [ "${1-}" = --help ]; then
	sed -n '3,/^set /s/^# \{0,1\}//p' "$root/tools/demo.sh"
	exit 0
fi

build=${NT_DEMO_BUILD:-$root/build-demo}
out=${NT_DEMO_OUT:-$root/nametap-demo}
workers=${NT_DEMO_JOBS:-2}

capture=${1-}
if [ -n "$capture" ]; then
	if [ ! -f "$capture" ] || [ ! -r "$capture" ]; then
		die "$capture: no such capture, or not readable"
	fi
	capture=$(realpath -- "$capture")
fi

"$root/tools/setup.sh" build

say "building (release) in $build"
configure "$build" -Db_lto=true -Dtests=false || die "configuring failed"
ninja -C "$build" app/nametap tools/trafgen/trafgen >"$build/demo.log" 2>&1 || {
	tail -n 20 "$build/demo.log" >&2
	die "the build failed; all of it: $build/demo.log"
}
[ -x "$build/app/nametap" ] || die "the build made no $build/app/nametap"

mkdir -p "$out"
if [ -z "$capture" ]; then
	capture=$out/demo.pcap
	say "making a capture: $capture"
	"$build/tools/trafgen/trafgen" --packets 100000 --no-truth -o "$capture" || die "trafgen failed"
fi

say "reading $capture with $workers workers into $out"
rm -f "$out"/conn.log "$out"/namecache.log "$out"/notice.log
status=0
"$build/app/nametap" read -j "$workers" -o "$out" "$capture" || status=$?
[ "$status" -le 1 ] || die "nametap ended with status $status"
[ -e "$out/conn.log" ] || die "no conn.log was written (nametap ended with status $status)"

echo
python3 "$root/tools/show_demo.py" "$out"
exit "$status"
