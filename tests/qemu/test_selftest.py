# SPDX-License-Identifier: MIT
"""The in-kernel selftests: booted with `selftest`, read from the console as KTAP.

The kernel runs them before init and powers off, with status 1 if one failed.
"""
import pytest
from machine import tap


@pytest.mark.parametrize("flavour, smp, mem, swap", [
    ("debug", 1, "128M", None), ("debug", 4, "128M", None), ("debug", 2, "32M", None),
    ("debug", 4, "2G", "0"), ("llvm", 4, "128M", None), ("nommu", 1, "128M", None),
    ("nommu", 4, "128M", None)])
def test_selftests(boot, flavour, smp, mem, swap):
    m = boot(wait=False, flavour=flavour, smp=smp, mem=mem, swap=swap, append="selftest panic=-1")
    status = m.wait_exit(300)
    text = m.console()
    assert "KTAP version 1" in text
    passed, failed, skipped, planned = tap(text)
    assert not failed, "\n".join(failed)
    assert planned and len(passed) + len(skipped) >= planned, (planned, len(passed))
    assert status == 0, text[-2000:]


def test_selftests_with_slob(boot):
    m = boot(wait=False, smp=2, append="selftest slab_allocator=slob panic=-1")
    status = m.wait_exit(300)
    passed, failed, _, planned = tap(m.console())
    assert planned and passed and not failed and status == 0, failed
