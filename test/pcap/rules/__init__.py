# SPDX-License-Identifier: BSD-3-Clause
"""What conn.log says, rule by rule: a module per group, read by ../rules.py (README.md)."""
