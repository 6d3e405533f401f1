#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# fuzz_coverage.sh [TARGET...]: which share of the lines of what a fuzz target is about its inputs reach.
#
# Each target (default: all) is given its seeds, and what tools/fuzz.sh has kept in
# NT_TEST_DIR/fuzz-corpus/TARGET (default: build-test), once. Clang counts (source-based coverage); the
# targets are built in NT_TEST_DIR/coverage. One line for each: target, inputs, lines, share, files.
#
# Exit status: 0, 1 a target fails on an input, 2 the targets can't be built.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "${root:?}/test/fuzz/seeds.sh"

work=${NT_TEST_DIR:-$root/build-test}
dir=$work/coverage/test/fuzz corpus=$work/fuzz-corpus
flags='-fprofile-instr-generate -fcoverage-mapping'

# The files that a target is about.
about() {
	case $1 in
	decode) echo lib/packet/{decode,ip,l4,link,link_rare,shim,wlan,icmp}.c ;;
	encap) echo lib/packet/encap{,_gre,_gtp,_ip,_teredo,_udp}.c ;;
	datagrams) echo lib/reassembly/*.c ;;
	neighbour) echo lib/packet/neighbour.c ;;
	dns | dns_knot) echo lib/names/dns{,_chain,_digest,_name,_reach,_record,_reverse,_svcb,_confirm,_mdns}.c ;;
	dns_stream) echo lib/names/dns_stream.c ;;
	local_names) echo lib/names/{dhcp,dhcp6,dhcp_name,nbns}.c ;;
	tls) echo lib/names/{tls,client_hello,server_name,dtls}.c ;;
	quic) echo lib/names/{quic,quic_crypto,quic_keys,quic_packet,quic_table,quic_version,gquic}.c ;;
	http) echo lib/names/{http,http_line,detect}.c ;;
	cache) echo lib/cache/{addrs,ahead,cache,entries,evict,find,index,lookup,names,past,picks,purge,search,store}.c ;;
	relay) echo lib/relay/*.c ;;
	worker) echo app/worker*.c ;;
	config) echo lib/config/*.c ;;
	snapshot) echo lib/snapshot/*.c ;;
	telemetry_args) echo lib/stats/telemetry_args.c ;;
	esac
}

build() {
	configure "$work/coverage" CC=clang -Dbuildtype=debug "-Dc_args=$flags" "-Dc_link_args=$flags" || return 1
	LLVM_PROFILE_FILE=/dev/null ninja -C "$work/coverage" "$@" >"$work/coverage/ninja.log" 2>&1 && return 0
	tail -n 20 "$work/coverage/ninja.log" >&2
	return 1
}

# Lines that are code in those files, and those that were run.
measure() {
	local name=$1 seeds files inputs
	read -r -a seeds < <(seeds_of "$dir" "$name")
	read -r -a files < <(about "$name")
	[ ! -d "$corpus/$name" ] || seeds+=("$corpus/$name")
	inputs=$(LLVM_PROFILE_FILE="$work/coverage/$name.raw" "$dir/replay_$name" "${seeds[@]}") || return 1
	llvm-profdata merge -sparse "$work/coverage/$name.raw" -o "$work/coverage/$name.profile" || return 1
	llvm-cov export -summary-only "$dir/replay_$name" -instr-profile="$work/coverage/$name.profile" |
		python3 -c '
import json, os, sys
files = {os.path.realpath(f["filename"]): f["summary"]["lines"] for f in json.load(sys.stdin)["data"][0]["files"]}
lines = [files[os.path.realpath(f)] for f in sys.argv[3:] if os.path.realpath(f) in files]
count, covered = (sum(l[k] for l in lines) for k in ("count", "covered"))
print(sys.argv[1], *sys.argv[2].split()[:1], f"{covered}/{count}", f"{100 * covered / max(count, 1):.1f} %",
      *(f.split("/")[-1] for f in sys.argv[3:]))' "$name" "$inputs" "${files[@]}"
}

cd "$root" || exit 2
case ${1-} in -h | --help) sed -n '3,/^set /s/^# \{0,1\}//p' "$0" && exit 0 ;; esac
names=("$@")
if [ $# = 0 ]; then
	for file in test/fuzz/fuzz_*.c; do
		name=${file##*/fuzz_}
		names+=("${name%.c}")
	done
fi
wanted=("${names[@]/#/test/fuzz/replay_}")
[[ " ${names[*]} " != *" worker "* ]] || wanted+=(test/fuzz/worker_seeds.made)
build "${wanted[@]}" || exit 2
failed=0
for name in "${names[@]}"; do
	measure "$name" || failed=1
done
exit $failed
