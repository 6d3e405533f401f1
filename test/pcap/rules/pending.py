# SPDX-License-Identifier: BSD-3-Clause
"""Scenarios whose rule is not there yet: (group, title with * and ?): why. They run, but may be wrong.
"""

PENDING = {
    ("timers", "DNS: looks count from the packet that ran the last"):
        "looks are counted from the start: when the packet came that ran the last is not kept",
}
