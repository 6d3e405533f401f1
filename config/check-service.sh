#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# check-service.sh SYSTEMD-ANALYZE UNIT: systemd understands each line, and what may go wrong in the
# sensor stays there: exposure is at most 2.5 of 10 (2.3 is what AF_PACKET and VFIO leave).
set -eu
analyze=$1 unit=$2

# Others' units, and what is not installed here, are not its business.
wrong=$("$analyze" verify --man=no "$unit" 2>&1 | grep -F "$(basename "$unit"):" |
	grep -v -e 'is not executable' -e 'Command nametap is not' || true)
if [ -n "$wrong" ]; then
	echo "$wrong"
	exit 1
fi
if ! "$analyze" security --offline=true "$unit" >/dev/null 2>&1; then
	echo "this systemd-analyze knows no --offline"
	exit 77
fi
"$analyze" security --offline=true --threshold=25 --no-pager "$unit"
