# SPDX-License-Identifier: MIT
"""The storms of stresstest: stale translations, races of exit and exec, swap and OOM."""
import re

import pytest


@pytest.mark.parametrize("flavour, smp, mem, swap", [
    ("debug", 4, "48M", "64M"), ("release", 8, "64M", "64M"), ("release", 1, "32M", "32M")])
def test_storms(boot, flavour, smp, mem, swap):
    m = boot(flavour=flavour, smp=smp, mem=mem, swap=swap)
    m.ok("STRESS_MS=500 stresstest >/tmp/log 2>&1 || cat /tmp/log", timeout=300)
    log = m.cat("/tmp/log")
    assert "# 0 of " in log, log
    assert not re.search(r"WARNING|BUG", m.ok("dmesg"))
