# SPDX-License-Identifier: BSD-3-Clause
"""What tools/check_truth.py measures."""
