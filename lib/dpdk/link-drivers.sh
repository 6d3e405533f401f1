#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# link-drivers.sh OUTPUT.a WORKDIR ARCHIVE...: every object of the archives as one, which the
# symbol nt_dpdk_drivers pulls in.
set -eu
out=$1 dir=$2
shift 2
mkdir -p "$dir"
ld -r --defsym=nt_dpdk_drivers=0 -o "$dir/drivers.o" --whole-archive "$@"
rm -f "$out"
ar rcs "$out" "$dir/drivers.o"
