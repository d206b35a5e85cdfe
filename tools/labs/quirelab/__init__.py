# SPDX-License-Identifier: MIT
"""Labs of Quire: starter trees, tests, hand-in, grading (see tools/labs/README.md)."""
import pathlib

from .spec import Fail, Lab, Test, expect

__all__ = ["Fail", "Lab", "Test", "expect", "TOP"]

TOP = pathlib.Path(__file__).resolve().parents[3]
