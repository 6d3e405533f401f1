#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test.sh [--quick] [STAGE...]: everything that is tested, or the stages named, in this order:
#
#   style        the house rules that a script can see, formatting, shellcheck
#   build        gcc and clang, warnings are errors
#   static       cppcheck, clang-tidy and gcc -fanalyzer over all of lib/ and app/
#   unit         unit tests and fuzz seeds of the release build, what a DNS message may cost
#   capture      whole captures through the command (release)
#   live         traffic on virtual devices through the command (release; some of it root only)
#   asan         unit tests, seeds and captures under ASan and UBSan
#   pauses       captures with random pauses in every lcore
#   faults       captures while memory, rings and files fail on purpose, one after the other (ASan and UBSan)
#   conformance  the corpus: score against Zeek, and every capture under ASan and UBSan
#   fuzz         each libFuzzer target for NT_FUZZ_SECONDS (default 20)
#
# --quick leaves out what takes minutes (static, live, asan, pauses, faults, conformance, fuzz). What is missing is
# installed first (tools/setup.sh). Build folders are kept in NT_TEST_DIR (default: build-test).
# Ends with one line `N passed, N failed, N skipped`; exit status 1 where anything failed.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root" || exit 1

work=${NT_TEST_DIR:-$root/build-test}
all=(style build static unit capture live asan pauses faults conformance fuzz)
quick=(style build unit capture)

# Where a sanitizer speaks up the status is one that no test expects.
export ASAN_OPTIONS=detect_leaks=1:exitcode=99
export LSAN_OPTIONS=exitcode=99:print_suppressions=0:suppressions=$root/test/lsan-suppressions.txt
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99

# build TARGET NAME [CC=...] [MESON OPTION...]: that target in the build folder of that name; says
# why not.
build() {
	local target=$1 dir=$work/$2
	shift 2
	configure "$dir" "$@" && ninja -C "$dir" "$target" >"$dir/ninja.log" 2>&1 && return 0
	grep -E -A 3 'error: |ERROR: |undefined reference' "$dir/ninja.log" 2>/dev/null | head -n 40
	return 1
}
build_release() { build all gcc CC=gcc -Dwerror=true; }
build_clang() { build all clang CC=clang -Dwerror=true; }
build_asan() {
	build all asan CC=gcc -Dwerror=true -Dbuildtype=debugoptimized -Db_sanitize=address,undefined
}
build_pauses() { build all pauses CC=gcc -Dwerror=true -Dpauses=true -Dbuildtype=debugoptimized; }
build_faults() {
	build all faults CC=gcc -Dwerror=true -Dfaults=true -Dbuildtype=debugoptimized \
		-Db_sanitize=address,undefined
}
build_fuzz() {
	build fuzzers fuzz CC=clang -Dwerror=true -Dfuzzers=true -Dtests=false -Dbuildtype=debugoptimized
}

# need STAGE BUILD: build it, or fail the stage by name: what cannot be built has not passed.
need() {
	"build_$2" && return 0
	fail "$1: the $2 build"
	return 1
}

# suites STAGE BUILD SUITE...: the tests of these suites, each counted by what meson says of it.
suites() {
	local stage=$1 dir=$work/$2 log=$work/$2/meson-logs/testlog.json suite ok=0
	shift 2
	for suite in "$@"; do
		rm -f "$log"
		meson test -C "$dir" --no-rebuild --suite "$suite" >"$dir/test.log" 2>&1
		python3 tools/meson_results.py "$log" "$stage" "$suite" || ok=1
	done
	return $ok
}

stage_style() { python3 tools/check_style.py; }

stage_build() {
	local b
	for b in release clang; do
		if "build_$b"; then pass "build: $b"; else fail "build: $b"; fi
	done
	if [ -x "$work/gcc/app/nametap" ]; then pass "build: nametap"; else fail "build: no app/nametap"; fi
}
stage_static() { need static release && tools/static.sh "$work/gcc"; }
stage_unit() { need unit release && suites unit gcc unit fuzz-seeds cost; }
stage_capture() { need capture release && suites capture gcc capture; }
stage_live() { need live release && suites live gcc live; }
stage_asan() { need asan asan && suites asan asan unit fuzz-seeds capture live; }
stage_pauses() { need pauses pauses && suites pauses pauses capture; }
stage_faults() { need faults faults && suites faults faults faults; }

stage_conformance() {
	need conformance release && need conformance asan &&
		bash test/conformance/run.sh "$work/gcc/app/nametap" "$work/asan/app/nametap" \
			"$work/conformance"
}

stage_fuzz() {
	need fuzz fuzz && bash test/fuzz/run.sh "$work/fuzz/test/fuzz" "$work/fuzz-corpus" \
		"${NT_FUZZ_SECONDS:-20}"
}

# run_stage NAME: its results one by one, then how many. A stage that ends without any has failed.
run_stage() {
	local begin=$SECONDS status=0
	say "$1"
	export NT_RESULTS=$work/$1.results
	: >"$NT_RESULTS"
	"stage_$1" </dev/null || status=$?
	[ "$status" = 0 ] || grep -q '^FAIL' "$NT_RESULTS" || fail "$1: ended with status $status"
	[ -s "$NT_RESULTS" ] || fail "$1: no results"
	say "$1: $(count PASS "$NT_RESULTS") ok, $(count FAIL "$NT_RESULTS") not ok," \
		"$(count SKIP "$NT_RESULTS") left out ($((SECONDS - begin)) s)"
}
count() {
	local kind=$1
	shift
	cat -- "$@" </dev/null | grep -c "^$kind "
}

stages=()
for arg in "$@"; do
	if [ "$arg" = -h ] || [ "$arg" = --help ]; then
		sed -n '3,/^set /s/^# \{0,1\}//p' "$root/tools/test.sh"
		exit 0
	fi
	case " ${all[*]} --quick " in
	*" $arg "*) ;;
	*) die "unknown stage: $arg (there are: ${all[*]})" ;;
	esac
	if [ "$arg" = --quick ]; then stages+=("${quick[@]}"); else stages+=("$arg"); fi
done
[ ${#stages[@]} -gt 0 ] || stages=("${all[@]}")

tools/setup.sh test || die "setting up failed"
mkdir -p "$work"
files=()
for stage in "${stages[@]}"; do
	run_stage "$stage"
	files+=("$work/$stage.results")
done

failed=$(count FAIL "${files[@]}")
if [ "$failed" != 0 ]; then
	say "not ok:"
	grep -h '^FAIL ' "${files[@]}"
fi
printf '%s passed, %s failed, %s skipped\n' \
	"$(count PASS "${files[@]}")" "$failed" "$(count SKIP "${files[@]}")"
[ "$failed" = 0 ]
