# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Shared by the scripts here: where the tree is, what is said how, and building.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc 2>/dev/null || echo 2)
export root jobs

say() { printf '== %s\n' "$*"; }
die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# Results of a test, one each: printed, and counted in the file NT_RESULTS for tools/test.sh.
result() {
	local kind=$1 name=$2 why=${3-}
	printf '%s %s%s\n' "$kind" "$name" "${why:+: $why}"
	[ -z "${NT_RESULTS-}" ] || printf '%s %s\n' "$kind" "$name" >>"$NT_RESULTS"
}
pass() { result PASS "$@"; }
fail() { result FAIL "$@"; }
skip() { result SKIP "$@"; }

# configure DIR [CC=...] [MESON OPTION...]: a build folder, set up where it is not yet, and made again
# where it was set up otherwise.
configure() {
	local dir=$1 cc=${CC:-cc} wanted="${*:2}"
	shift
	case ${1-} in CC=*) cc=${1#CC=} && shift ;; esac
	if [ -f "$dir/build.ninja" ] && [ "$(cat "$dir/configured" 2>/dev/null)" = "$wanted" ]; then
		return 0
	fi
	rm -rf "$dir"
	mkdir -p "$dir"
	CC=$cc meson setup "$dir" "$root" "$@" >"$dir/setup.log" 2>&1 || {
		grep ERROR "$dir/setup.log" >&2 || tail -n 20 "$dir/setup.log" >&2
		return 1
	}
	printf '%s\n' "$wanted" >"$dir/configured"
}
