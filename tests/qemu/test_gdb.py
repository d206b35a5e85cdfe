# SPDX-License-Identifier: MIT
"""gdb on the running kernel: from the fault handler into the user's C function.

The debugger is the host's, without a terminal; it talks to QEMU through a socket in the test's
own folder. The unwinding rests on the CFI of the trap entry.
"""
import re
import shutil
import subprocess

import pytest
from machine import TOP, build_folder

GDB = shutil.which("gdb-multiarch") or shutil.which("riscv64-unknown-elf-gdb")

PIE_BASE = 0x2aaaaaa000     # where execve puts a static-PIE program

pytestmark = pytest.mark.skipif(not GDB, reason="NO GDB: install gdb-multiarch")


def gdb(m, commands, flavour="debug"):
    """Run gdb commands on the machine m; returns what gdb printed."""
    folder = build_folder()
    args = [GDB, "-nx", "-q", "-batch", "-x", TOP / "tools/gdb/quire.gdb",
            "-ex", "file %s" % (folder / flavour / "quire.elf"),
            "-ex", "target remote %s" % m.gdb_socket()]
    for command in commands:
        args += ["-ex", command]
    done = subprocess.run(args, cwd=TOP, text=True, check=False, timeout=120, errors="replace",
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.stdout


def test_backtrace_from_the_fault_handler_into_the_user_program(boot):
    """`lazy` touches a fresh page: its frames and its locals are under the kernel's.

    All programs lie at the same addresses: the first breakpoint waits until lazy is executed.
    """
    m = boot(wait=False, smp=1, swap="0", gdb_server=True,
             append="panic=-1 QUIRE_RUN=" + b"lazy".hex())
    is_lazy = "*(int *)((struct task_struct *)$tp)->comm == %#x" % \
        int.from_bytes(b"lazy", "little")
    out = gdb(m, [
        "add-symbol-file %s -o 0x%x" % (build_folder() / "user/lazy", PIE_BASE),
        "break start_thread if " + is_lazy, "continue", "delete",
        "tbreak touch_pages", "continue",
        "break handle_mm_fault", "continue", "bt 20",
        "frame function touch_pages", "info locals"])
    trace = [line for line in out.splitlines() if re.match(r"#\d+", line)]
    for function in ("handle_mm_fault", "do_page_fault", "touch", "touch_pages", "main"):
        assert any(re.search(r"\b%s \(" % function, line) for line in trace), (function, out)
    assert re.search(r"touch_pages \(.*from=\S*0, to=\S*1,", out), "no arguments:\n" + out
    assert re.search(r"^nr = 1$", out, re.M), "no locals of touch_pages:\n" + out


def test_stepping_from_the_first_instruction(boot):
    """Breakpoints before the MMU is on, and a step over the switch to the high half."""
    m = boot(wait=False, smp=1, gdb_server=True)
    out = gdb(m, ["tbreak start_kernel", "continue", "bt", "p/x $satp"])
    assert "start_kernel" in out, out
    assert re.search(r"\$\d+ = 0x8[0-9a-f]{15}", out), "satp is not in Sv39 mode:\n" + out
