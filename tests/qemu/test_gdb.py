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
    """`lazy` touches fresh pages in touch_pages(): its frame and its locals are under ours."""
    m = boot(wait=False, smp=1, gdb_server=True, append="QUIRE_RUN=%s panic=-1" %
             "lazy".encode().hex())
    out = gdb(m, [
        "add-symbol-file %s" % (build_folder() / "user/lazy"),
        "break lazy.c:main", "continue",
        "break handle_mm_fault", "continue", "bt 20",
        "frame function main", "info locals"])
    assert "handle_mm_fault" in out, out
    trace = [line for line in out.splitlines() if re.match(r"#\d+", line)]
    assert any("do_page_fault" in line for line in trace), out
    assert any("main (" in line and "lazy.c" in line for line in trace), out
    assert re.search(r"^\w+ = ", out, re.M), "no locals of main:\n" + out


def test_stepping_from_the_first_instruction(boot):
    """Breakpoints before the MMU is on, and a step over the switch to the high half."""
    m = boot(wait=False, smp=1, gdb_server=True)
    out = gdb(m, ["tbreak start_kernel", "continue", "bt", "p/x $satp"])
    assert "start_kernel" in out, out
    assert re.search(r"\$\d+ = 0x8[0-9a-f]{15}", out), "satp is not in Sv39 mode:\n" + out
