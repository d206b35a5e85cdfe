# SPDX-License-Identifier: MIT
"""The user test programs speak TAP: each line of theirs that is not ok fails here by name.

usertests is run twice in one boot: what it leaves behind the first time are caches, what it
leaves the second time is lost. badargs is one of its suites: every pointer argument of every
system call, with bad addresses.
"""
import pytest
from machine import tap

MACHINES = [("debug", 1, "128M"), ("debug", 4, "128M"), ("debug", 2, "32M"), ("release", 4, "128M"),
            ("release", 1, "2G"), ("llvm", 2, "128M")]


def check(out, status):
    """All of the plan ran, and none failed."""
    passed, failed, skipped, planned = tap(out)
    assert not failed, "\n".join(failed)
    assert planned, "no plan in the output:\n" + out[-1500:]
    assert len(passed) + len(skipped) == planned, "%d of %d ran\n%s" % (
        len(passed), planned, out[-1500:])
    assert status == 0, out[-1500:]


@pytest.mark.parametrize("flavour, smp, mem", MACHINES)
def test_usertests(boot, flavour, smp, mem):
    m = boot(flavour=flavour, smp=smp, mem=mem)
    check(*m.run("usertests", timeout=300))
    with m.nothing_lost(pages=32, objects=48):
        check(*m.run("usertests", timeout=300))


@pytest.mark.parametrize("flavour, smp", [("nommu", 1), ("nommu", 4), ("nommu-release", 2)])
def test_usertests_without_mmu(boot, flavour, smp):
    m = boot(flavour=flavour, smp=smp)
    check(*m.run("usertests", timeout=300))
    with m.nothing_lost(pages=32, objects=48):
        check(*m.run("usertests", timeout=300))


@pytest.mark.slow
@pytest.mark.parametrize("flavour, smp, mem, swap", [
    ("debug", 2, "32M", "96M"), ("release", 4, "64M", "192M"), ("release", 1, "32M", "96M")])
def test_twice_the_ram_in_four_processes(boot, flavour, smp, mem, swap):
    m = boot(flavour=flavour, smp=smp, mem=mem, swap=swap)
    check(*m.run("swaptest", timeout=300))
    with m.nothing_lost(pages=64, objects=96):
        check(*m.run("swaptest", timeout=300))


@pytest.mark.parametrize("flavour, smp, rounds, mem", [
    ("debug", 2, 10, "32M"), pytest.param("release", 2, 100, "24M", marks=pytest.mark.slow)])
def test_rounds_of_hogs(boot, flavour, smp, rounds, mem):
    """Hogs die, the innocent and the immune keep their memory, all comes back."""
    m = boot(flavour=flavour, smp=smp, mem=mem, swap="0")
    m.ok("true")
    with m.nothing_lost(pages=64, objects=96):
        check(*m.run("oomtest %d" % rounds, timeout=600))
    assert m.cat("/proc/1/comm") == "init\n"
