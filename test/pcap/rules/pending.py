# SPDX-License-Identifier: BSD-3-Clause
"""Scenarios whose rule is not there yet: (group, title): why. They run, but may be wrong."""

PENDING = {
}
