#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# setup.sh [build|test|all]: install what building (default) or testing needs and this machine lacks.
# For Debian (bookworm or newer) and its relatives. Installs as root or by sudo, and says what.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_packages=(gcc libc6-dev binutils meson ninja-build pkg-config python3
	libdpdk-dev libnuma-dev libpcap-dev libjansson-dev libncurses-dev zlib1g-dev libssl-dev)
# llvm: its symbolizer puts names into the sanitizers' reports. tcpreplay, iproute2, procps: live tests.
test_packages=(git libcmocka-dev clang libclang-rt-dev llvm clang-format clang-tidy cppcheck shellcheck
	python3-jsonschema tcpreplay iproute2 procps util-linux)
# Tests that need these are left out where they can't be had: what libknot accepts of DNS, and how
# many instructions the worst message costs.
optional_packages=(libknot-dev valgrind)

# Programs may come from elsewhere than from a package; libraries are looked up as packages.
have() {
	case $1 in
	python3) python3 -c 'import json, gzip, argparse, concurrent.futures' ;;
	python3-jsonschema) python3 -c 'import jsonschema' || dpkg -s python3-jsonschema ;;
	ninja-build) command -v ninja ;;
	pkg-config) command -v pkg-config ;;
	binutils) command -v ld && command -v ar ;;
	llvm) command -v llvm-symbolizer || dpkg -s llvm ;;
	iproute2) command -v ip ;;
	procps) command -v sysctl ;;
	util-linux) command -v setpriv ;;
	gcc | meson | git | tcpreplay | clang | clang-format | clang-tidy | cppcheck | shellcheck | valgrind)
		command -v "$1"
		;;
	*) dpkg-query -W -f '${Status}' "$1" | grep -q 'ok installed' ;;
	esac >/dev/null 2>&1
}

# How to become root: nothing where we are, sudo where that asks no password or somebody can answer.
root_by() {
	if [ "$(id -u)" = 0 ]; then
		echo env
	elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
		echo sudo env
	fi
}

install_packages() {
	local by apt
	read -r -a by <<<"$(root_by)"
	[ ${#by[@]} -gt 0 ] || die "not root, and no sudo that works; please run: apt-get install $*"
	command -v apt-get >/dev/null || die "no apt-get here; please install: $*"
	say "installing: $*"
	apt=("${by[@]}" DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0)
	# The lists may be missing, or too old to name files that still exist: then once again.
	"${apt[@]}" install --no-install-recommends "$@" >/dev/null 2>&1 && return
	"${apt[@]}" update >/dev/null || die "apt-get update failed"
	"${apt[@]}" install --no-install-recommends "$@" >/dev/null || die "apt-get could not install: $*"
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

[ "${1:-build}" != build ] || exit 0
for package in "${optional_packages[@]}"; do
	have "$package" || (install_packages "$package") || say "without $package: its tests are left out"
done
