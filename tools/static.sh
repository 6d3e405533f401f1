#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# static.sh [--quick] [BUILD]: all of lib/ and app/ through what reads code without running it:
#
#   cppcheck         warnings, portability, performance (tools/cppcheck.txt: what is left out, and why)
#   clang-tidy       the checks of .clang-tidy; with --quick without those of clang-analyzer
#   gcc -fanalyzer   not with --quick
#
# All of it takes some five minutes, --quick one. BUILD (default: build-test/gcc) is a build folder that says
# how each file is compiled; it is set up if need be. NT_JOBS: at once (default: 2).
# One line PASS or FAIL for each; exit status 1 where one has something to say.
# The tools are run by verdict(), by name.
# shellcheck disable=SC2317
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root" || exit 1

full=1
[ "${1:-}" != --quick ] || { full= && shift; }
build=${1:-$root/build-test/gcc}
jobs=${NT_JOBS:-2}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# How each file of lib/ and app/ is compiled, once; and what some of them include.
prepare() {
	[ -f "$build/compile_commands.json" ] || configure "$build" CC=gcc -Dwerror=true || return 1
	ninja -C "$build" app/version.h >/dev/null 2>&1
	python3 - "$build/compile_commands.json" "$work/compile_commands.json" <<-'END'
		import json, os, sys
		one = {}
		for entry in json.load(open(sys.argv[1])):
		    file = os.path.relpath(os.path.join(entry["directory"], entry["file"]))
		    if file.split("/")[0] in ("lib", "app") and entry["output"].startswith(("lib/", "app/")):
		        one.setdefault(file, entry)
		json.dump(list(one.values()), open(sys.argv[2], "w"))
		print("\n".join(one))
	END
}

# verdict NAME COMMAND: status 0 and nothing said is a pass. No tool here needs another status to say what it
# found, so any other is told with what came to stderr: it may have crashed.
failed=0
verdict() {
	local said status=0
	said=$("$2" 2>"$work/stderr") || status=$?
	if [ "$status" = 0 ] && [ -z "$said" ]; then
		pass "static: $1"
		return
	fi
	failed=1
	[ -z "$said" ] || head -n 60 <<<"$said"
	if [ "$status" = 0 ]; then
		fail "static: $1"
	else
		tail -n 20 "$work/stderr"
		fail "static: $1 (status $status)"
	fi
}

run_cppcheck() {
	cppcheck --project="$work/compile_commands.json" --enable=warning,portability,performance --inline-suppr \
		--suppressions-list=tools/cppcheck.txt -j "$jobs" -q --template='{file}:{line}: {id}: {message}' 2>&1
}

# One process a file: in the second file of a process, version 14 calls each va_list uninitialized.
run_tidy() {
	local less=()
	[ -n "$full" ] || less=("--checks=-clang-analyzer-*")
	xargs -P "$jobs" -n 1 clang-tidy -p "$work" --quiet "${less[@]}" <"$work/files" | sed "s|$root/||"
}

run_analyzer() {
	python3 tools/fanalyzer.py "$work/compile_commands.json" "$jobs"
}

prepare >"$work/files" || die "no build folder that says how files are compiled"
[ -s "$work/files" ] || die "$build compiles no file of lib/ or app/"
for tool in cppcheck clang-tidy; do
	command -v $tool >/dev/null || die "no $tool: tools/setup.sh test"
done
verdict cppcheck run_cppcheck
verdict "clang-tidy${full:+ with clang-analyzer}" run_tidy
[ -z "$full" ] || verdict "gcc -fanalyzer" run_analyzer
exit $failed
