# SPDX-License-Identifier: MIT
"""The build without an MMU: the same programs, no protection, no fork."""
import re

import pytest


@pytest.fixture(params=["nommu", "nommu-release", "llvm-nommu"])
def flavour(request):
    return request.param


def test_peek_overwrites_another_process(boot, flavour):
    """The demo that ends in SIGSEGV with the MMU on succeeds here."""
    m = boot(flavour=flavour, smp=1)
    out, status = m.run("peek")
    assert status == 0 and not re.search(r"SIGSEGV|[Ss]egmentation", out), (status, out)


def test_pipes_and_spawning_work_without_fork(boot, flavour):
    m = boot(flavour=flavour, smp=2)
    assert m.ok("echo one | cat | cat") == "one\n"
    assert m.ok("ls /bin | wc").strip()
    assert m.ok("sh -c 'echo inner'") == "inner\n"


def test_programs_come_and_go_without_a_loss(boot, flavour):
    m = boot(flavour=flavour, smp=2)
    line = "; ".join(["true | cat", "sh -c 'sh -c true'", "ls /bin >/dev/null"] * 5)
    m.ok(line)
    with m.nothing_lost():
        m.ok(line)
        m.ok(line)


def test_a_null_pointer_still_faults(boot):
    """OpenSBI protects its own memory only; address 0 is no RAM."""
    m = boot(flavour="nommu", smp=1)
    m.run("badargs", timeout=240)
    assert m.ok("echo alive") == "alive\n"


def test_no_mmu_in_hardware_either(quire):
    got = quire("echo works", flavour="nommu", smp=1, cpu="rv64,mmu=off")
    assert (got.out, got.status) == ("works\n", 0), got


def test_there_is_no_swap(boot):
    m = boot(flavour="nommu", smp=1)
    assert m.meminfo().get("SwapTotal", 0) == 0
