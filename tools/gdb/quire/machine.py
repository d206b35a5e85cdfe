# SPDX-License-Identifier: MIT
"""The machine as QEMU's stub shows it: registers, harts, privilege, physical memory.

The stub translates addresses as the selected hart would at its current privilege. In user mode
kernel pages are therefore invisible, in machine mode every address is physical, and a hart that
has not turned its MMU on sees no virtual address at all. kernel_view() makes all stops alike.
"""
import contextlib
import re
import struct

import gdb

MASK = (1 << 64) - 1
USER, SUPERVISOR, MACHINE = 0, 1, 3
PAGE_SHIFT, PAGE_SIZE = 12, 4096


class Advice(Exception):
    """A command cannot do what was asked: the text says why and what to do, in one line."""


class NothingYet(Exception):
    """There is nothing wrong, only nothing to see at this stop: the text says what there is."""


def function(invoke):
    """Decorator for the invoke() of a gdb.Function: what goes wrong is said in one line."""
    def guarded(self, *args):
        try:
            return invoke(self, *args)
        except (Advice, NothingYet) as error:
            raise gdb.GdbError(re.sub(r"[:.]? Try\n.*", "", str(error), flags=re.S)
                               .split("\n", 1)[0]) from None
        except TypeError:
            raise gdb.GdbError("usage: " + self.__doc__.split(".", 1)[0]) from None
        except gdb.error as error:
            raise gdb.GdbError(str(error)) from None
    return guarded


def need_machine():
    """Raise Advice unless there is a machine. (One that runs makes gdb itself complain.)"""
    thread = gdb.selected_thread()
    if thread is None or not thread.is_valid():
        raise Advice("no machine: start with ./run-qemu.sh --gdb")


def reg(name):
    """A register of the selected hart, as it is now: not as some outer frame has it."""
    return int(gdb.newest_frame().read_register(name)) & MASK


def mmu_on():
    """Does the selected hart translate (below machine mode)?"""
    return reg("satp") >> 60 == 8


def privilege_name():
    return {USER: "user", SUPERVISOR: "supervisor", MACHINE: "machine"}.get(reg("priv"), "?")


def hart():
    """The number of the selected hart: QEMU's threads count from 1."""
    return gdb.selected_thread().num - 1


@contextlib.contextmanager
def selection_kept():
    """The selected thread and frame are the same afterwards."""
    thread, level = gdb.selected_thread(), gdb.selected_frame().level()
    try:
        yield
    finally:
        if gdb.selected_thread() != thread:
            thread.switch()
        if gdb.selected_frame().level() != level:
            gdb.execute("frame %d" % level, to_string=True)


def harts():
    """Every hart of the machine, in order."""
    return sorted(gdb.selected_inferior().threads(), key=lambda t: t.num)


def _select_translating_hart():
    """Select a hart with its MMU on, the current one if possible. False: there is none."""
    if mmu_on():
        return True
    for thread in harts():
        thread.switch()
        if mmu_on():
            return True
    return False


@contextlib.contextmanager
def privilege(level):
    """The selected hart's privilege, for the stub, is this inside."""
    before = reg("priv")
    if before == level:
        yield
        return
    gdb.execute("set $priv = %d" % level, to_string=True)
    try:
        yield
    finally:
        gdb.execute("set $priv = %d" % before, to_string=True)


_inside = 0


@contextlib.contextmanager
def kernel_view(has_mmu):
    """Kernel addresses can be read inside, whatever the stop. => has_mmu: of the kernel's build.

    Raises NothingYet where no hart has the MMU on: then there are no kernel addresses.
    """
    global _inside
    need_machine()
    if _inside or not has_mmu:
        yield
        return
    with selection_kept():
        if not _select_translating_hart():
            raise NothingYet(
                "The MMU is off (satp = 0): this hart runs at physical addresses, and the kernel "
                "has made nothing of this yet.\nTo be seen: registers, q-trap, q-walk, memory at "
                "physical addresses (x/4gx 0x80200000). For the rest:\n"
                "    break start_kernel\n    continue")
        with privilege(SUPERVISOR):
            _inside += 1
            try:
                yield
            finally:
                _inside -= 1


@contextlib.contextmanager
def physical_view():
    """The stub takes addresses as physical inside."""
    need_machine()
    gdb.execute("maintenance packet Qqemu.PhyMemMode:1", to_string=True)
    try:
        yield
    finally:
        gdb.execute("maintenance packet Qqemu.PhyMemMode:0", to_string=True)


def read(address, size):
    """Bytes at an address of the current view."""
    return bytes(gdb.selected_inferior().read_memory(address, size))


def read_phys_long(address):
    """Eight bytes of physical memory."""
    with physical_view():
        return struct.unpack("<Q", read(address, 8))[0]
