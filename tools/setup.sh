#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# setup.sh [build|test|all]: install what building (default) or testing needs and this machine lacks.
# For Debian (bookworm or newer) and its relatives. Installs as root or by sudo, and says what.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_packages=(gcc libc6-dev binutils meson ninja-build pkg-config python3
	libdpdk-dev libnuma-dev libpcap-dev libjansson-dev libssl-dev)
# llvm: its symbolizer puts names into the sanitizers' reports.
test_packages=(git libcmocka-dev clang libclang-rt-dev llvm clang-format shellcheck)

# Programs may come from elsewhere than from a package; libraries are looked up as packages.
have() {
	case $1 in
	python3) python3 -c 'import json, gzip, argparse, concurrent.futures' ;;
	ninja-build) command -v ninja ;;
	pkg-config) command -v pkg-config ;;
	binutils) command -v ld && command -v ar ;;
	llvm) command -v llvm-symbolizer || dpkg -s llvm ;;
	gcc | meson | git | clang | clang-format | shellcheck) command -v "$1" ;;
	*) dpkg-query -W -f '${Status}' "$1" | grep -q 'ok installed' ;;
	esac >/dev/null 2>&1
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -n true 2>/dev/null || [ -t 0 ] || die "installing needs root: run as root, or let sudo work without a password"
		sudo "$@"
	fi
}

install_packages() {
	say "installing: $*"
	command -v apt-get >/dev/null || die "no apt-get here; please install by hand: $*"
	[ "$(id -u)" = 0 ] || command -v sudo >/dev/null || die "no root and no sudo; please run: apt-get install $*"
	local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0)
	# The lists may be missing or too old to name a file that still exists: then once again.
	as_root "${apt[@]}" install --no-install-recommends "$@" </dev/null >/dev/null 2>&1 && return
	as_root "${apt[@]}" update </dev/null >/dev/null || die "apt-get update failed"
	as_root "${apt[@]}" install --no-install-recommends "$@" </dev/null >/dev/null ||
		die "apt-get could not install: $*"
}

case ${1:-build} in
build) wanted=("${build_packages[@]}") ;;
test | all) wanted=("${build_packages[@]}" "${test_packages[@]}") ;;
*) die "usage: setup.sh [build|test|all]" ;;
esac

missing=()
for package in "${wanted[@]}"; do
	have "$package" || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
	install_packages "${missing[@]}"
	for package in "${missing[@]}"; do
		have "$package" || die "$package is still missing"
	done
	say "installed"
fi
