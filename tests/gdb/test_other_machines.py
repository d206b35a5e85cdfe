# SPDX-License-Identifier: MIT
"""gdb with the kernel without MMU, and the other gdb with the usual one."""
import re

import pytest

from session import DEBUGGERS, try_all

pytestmark = pytest.mark.xdist_group("gdb-nommu")


# ---- Without an MMU ----------------------------------------------------------------------------

@pytest.fixture(scope="module")
def with_shell(start):
    s = start(smp=1, flavour="nommu")
    s.before = s.g.run("break start_kernel", "continue", "bt")
    s.boot()
    return s


def test_nommu_boot(with_shell):
    assert re.search(r"#0 +start_kernel \(\) at kernel/main\.c", with_shell.before)


def test_nommu_program_anywhere(shell):
    """A program has no fixed address; its symbols come from where the kernel says it is."""
    g = shell.g
    g("break sys_write if $_streq($q_comm(), \"echo\")")
    out = shell.begin("/bin/echo hello")
    assert re.search(r"user symbols: echo \(pid \d+\): echo at 0x8", out), out
    trace = g("bt")
    assert re.search(r"main \(.*at user/echo\.c", trace), trace


def test_nommu_commands(shell):
    g = shell.g
    g("break sys_write")
    shell.begin("/bin/echo hello")
    try_all(g)
    assert "without an MMU" in g("q-swap")
    for command in ("q-walk $pc", "q-walk $pc 1"):
        assert "physical address" in g(command)
    assert "frame numbers go from" in g("q-page 0 1")
    assert "kernel image" in g("q-page $pc 1")
    assert "sh" in g("q-ps")
    assert "may lie anywhere" in g("ub echo main")


# ---- The other debugger ------------------------------------------------------------------------

@pytest.mark.skipif(len(DEBUGGERS) < 2, reason="NO riscv64-unknown-elf-gdb: only gdb-multiarch")
def test_other_debugger(start):
    s = start(debugger=DEBUGGERS[1], smp=1)
    s.g.run("break start_kernel", "continue")
    try_all(s.g)
    s.boot()
    try_all(s.g)
