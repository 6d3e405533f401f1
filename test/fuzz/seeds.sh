# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Sourced behind tools/common.sh: where a fuzz target's seeds are, and running one.

: "${root:?}"

# seeds_of DIR NAME: DIR is the folder of the built targets.
seeds_of() {
	local kept=$2
	[ "$2" = dns_knot ] && kept=dns
	if [ -d "$1/seeds_of_$2" ]; then
		echo "$1/seeds_of_$2"
	elif [ -d "$root/test/fuzz/seeds/$kept" ]; then
		echo "$root/test/fuzz/seeds/$kept"
	fi
}

# options_of NAME: histories and captures that are cut off there; and where an input has thousands of
# features, libFuzzer's weighing of the rare ones takes more time than the input.
options_of() {
	case $1 in
	cache) echo -max_len=512 ;;
	worker) echo -max_len=16384 -entropic=0 ;;
	*) echo -max_len=65535 ;;
	esac
}

# fuzz_for DIR CORPUS SECONDS NAME: what it finds new stays in CORPUS/NAME, what makes it fail in
# CORPUS/NAME-crash-* (or -timeout-*, -oom-*, -leak-*).
fuzz_for() {
	local dir=$1 corpus=$2 seconds=$3 name=$4 seeds options
	read -r -a seeds < <(seeds_of "$dir" "$name")
	read -r -a options < <(options_of "$name")
	mkdir -p "$corpus/$name"
	"$dir/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 "${options[@]}" \
		-print_final_stats=1 -artifact_prefix="$corpus/$name-" "$corpus/$name" "${seeds[@]}" 2>&1
}
