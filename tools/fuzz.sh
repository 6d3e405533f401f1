#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# fuzz.sh TARGET MINUTES: fuzz one parser for so long, under ASan and UBSan.
# fuzz.sh --list: the targets there are.
# fuzz.sh --replay TARGET FILE...: what a target makes of inputs, such as those that made it fail.
#
# The targets are built in NT_TEST_DIR/fuzz (default: build-test/fuzz), as tools/test.sh builds them.
# A run starts from the target's seeds and from what earlier runs found, which is kept in
# NT_TEST_DIR/fuzz-corpus/TARGET; what makes the target fail is left in
# NT_TEST_DIR/fuzz-corpus/TARGET-crash-* (-timeout-*, -oom-*, -leak-*).
#
# Exit status: 0 nothing was found, 1 something was (or an input replayed makes the target fail),
# 2 wrong arguments, or the targets can't be built.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/test/fuzz/seeds.sh"

work=${NT_TEST_DIR:-$root/build-test}
dir=$work/fuzz/test/fuzz corpus=$work/fuzz-corpus

wrong() {
	printf 'fuzz.sh: %s\nusage: fuzz.sh TARGET MINUTES | --list | --replay TARGET FILE...\n' "$*" >&2
	exit 2
}

targets() {
	local file
	for file in "$root"/test/fuzz/fuzz_*.c; do
		file=${file##*/fuzz_}
		echo "${file%.c}"
	done
}

# Is it one, and can it be built?
need_target() {
	targets | grep -qx -- "$1" || wrong "no target $1; there are: $(targets | tr '\n' ' ')"
	"$root/tools/setup.sh" test || exit 2
	mkdir -p "$work/fuzz"
	if ! configure "$work/fuzz" CC=clang -Dwerror=true -Dfuzzers=true -Dtests=false \
		-Dbuildtype=debugoptimized || ! ninja -C "$work/fuzz" fuzzers >"$work/fuzz/ninja.log" 2>&1; then
		tail -n 20 "$work/fuzz/ninja.log" >&2
		printf 'fuzz.sh: the targets can not be built\n' >&2
		exit 2
	fi
	[ -x "$dir/fuzz_$1" ] || wrong "$1 was not built: what it needs is missing (tools/setup.sh test)"
}

fuzz() {
	local name=$1 minutes=$2 log=$corpus/$1.log
	[[ $minutes =~ ^[1-9][0-9]*$ ]] || wrong "minutes: a number, 1 or more, not $minutes"
	need_target "$name"
	mkdir -p "$corpus"
	say "$name for $minutes minutes; what makes it fail is left in $corpus/$name-*"
	fuzz_for "$dir" "$corpus" $((minutes * 60)) "$name" | tee "$log" | grep --line-buffered 'cov:\|^Done' &&
		return 0
	tail -n 25 "$log" >&2
	say "found: $(sed -n 's/.*Test unit written to //p' "$log")"
	say "to see it again: tools/fuzz.sh --replay $name FILE"
	return 1
}

replay() {
	local name=$1 file
	shift
	need_target "$name"
	for file in "$@"; do
		[ -r "$file" ] || wrong "can't read $file"
	done
	"$dir/fuzz_$name" "$@" || return 1
}

case ${1-} in
-h | --help) sed -n '3,/^set /s/^# \{0,1\}//p' "$0" ;;
--list) targets ;;
--replay)
	[ $# -ge 3 ] || wrong "what is to be replayed?"
	shift
	replay "$@"
	;;
*)
	[ $# = 2 ] || wrong "one target, and how many minutes"
	fuzz "$@"
	;;
esac
