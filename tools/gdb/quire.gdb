# SPDX-License-Identifier: MIT
#
# Settings for debugging Quire. There is no `target remote` here: run-qemu.sh --gdb connects by
# itself, --gdb-server prints the command that does, and an editor brings its own.

set confirm off
set pagination off
set architecture riscv:rv64

# As a debugger of Linux programs gdb would step by planting a breakpoint at the address it expects
# next. Across ecall, sret or a write to satp that guess is wrong: the step skips the kernel or never
# stops. For a kernel without an OS underneath it steps one instruction, as QEMU can.
set osabi none

# Breakpoints in the form of the compressed instruction: no memory is read before one is set, which
# would fail for addresses that are not mapped yet.
set riscv use-compressed-breakpoints yes

set breakpoint pending on
set disassemble-next-line auto
set print pretty on

# `run` would start a program of the host.
define hook-run
  echo Quire runs already: use continue, or "monitor system_reset" to boot again.\n
end
