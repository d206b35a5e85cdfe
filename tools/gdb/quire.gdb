# SPDX-License-Identifier: MIT
#
# Settings for debugging Quire, and its commands (q-help lists them). There is no `target remote`
# here: run-qemu.sh --gdb connects by itself, --gdb-server prints the command that does, and an
# editor brings its own. Source this from the top folder of Quire.

set confirm off
set pagination off
set architecture riscv:rv64

# As a debugger of Linux programs gdb would step by planting a breakpoint at the address it expects
# next. Across ecall, sret or a write to satp that guess is wrong: the step skips the kernel or
# never stops. For a kernel without an OS underneath it steps one instruction, as QEMU can.
# `see-traps off` is the other way, for stepping through a program without its kernel.
set osabi none

# Breakpoints in the form of the compressed instruction: no memory is read before one is set, which
# would fail for addresses that are not mapped yet.
set riscv use-compressed-breakpoints yes

# QEMU may take its time to start: a packet sent twice would get two answers.
set remotetimeout 60

set breakpoint pending on
set disassemble-next-line auto
set print pretty on
set print symbol on

source tools/gdb/quire/load.py

# `run` would start a program of the host; a second `target` would lose the machine.
define hook-run
  q-no-run
end
define hook-start
  q-no-run
end
define hook-starti
  q-no-run
end
define hook-attach
  q-no-run
end
define target hook-remote
  q-connect-check
end
define target hook-extended-remote
  q-connect-check
end
