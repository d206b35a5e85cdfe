# SPDX-License-Identifier: MIT
"""The user test programs speak TAP: each line of theirs that is not ok fails here by name."""
import pytest
from machine import tap

PROGRAMS = ["memtest", "cowtest", "proctest", "fstest", "badargs"]
MACHINES = [("debug", 1, "128M"), ("debug", 4, "128M"), ("debug", 2, "32M"), ("release", 4, "128M"),
            ("release", 1, "2G"), ("llvm", 4, "128M")]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("flavour, smp, mem", MACHINES)
def test_program(boot, program, flavour, smp, mem):
    m = boot(flavour=flavour, smp=smp, mem=mem)
    out, status = m.run(program, timeout=240)
    passed, failed, _, planned = tap(out)
    assert not failed, "\n".join(failed)
    assert planned, "no plan in the output:\n" + out[-1500:]
    assert len(passed) + len(tap(out)[2]) == planned, "%d of %d ran\n%s" % (
        len(passed), planned, out[-1500:])
    assert status == 0
    with m.nothing_lost(pages=32, objects=48):
        m.run(program, timeout=240)


@pytest.mark.parametrize("program", ["proctest", "fstest", "badargs"])
@pytest.mark.parametrize("smp", [1, 4])
def test_program_without_mmu(boot, program, smp):
    m = boot(flavour="nommu", smp=smp)
    out, status = m.run(program, timeout=240)
    passed, failed, skipped, planned = tap(out)
    assert not failed, "\n".join(failed)
    assert planned and len(passed) + len(skipped) == planned and status == 0, out[-1500:]
