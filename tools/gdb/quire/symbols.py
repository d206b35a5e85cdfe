# SPDX-License-Identifier: MIT
"""The kernel's symbols: at the physical address until the MMU is on, at the link address after.

OpenSBI starts the kernel at KERNEL_LOAD_PA with satp = 0, while it is linked in the upper half.
So the symbols are loaded twice. Lookups prefer the copy loaded first, the physical one,
so `print variable` works before the MMU is on. It is dropped at the first stop after that.
Breakpoints have a location in each copy, so one set before boot works in both worlds.
"""
import atexit
import os
import shutil
import tempfile

import gdb

from quire import elf, kernel, machine
from quire.command import command

IMAGE_MAX = 64 << 20

TAIL = 1024             # bytes of code that are compared: any change of a kernel moves them

_physical = None        # the file whose physical copy is loaded
_written = {}           # {kernel: when it was written, as of its symbols}
_compared = False       # with the kernel of this machine


def _bias(path):
    return kernel.LOAD_PA - kernel.link_address(path)


def _without_init(path):
    """A copy of a kernel without MMU in which the start-up data takes no room.

    That memory is given back after the boot, so programs come to lie there, and gdb would take
    their addresses for the kernel's.
    """
    for copy, original in kernel.COPIES.items():
        if original == path and os.stat(copy).st_mtime >= os.stat(path).st_mtime:
            return copy
    folder = tempfile.mkdtemp(prefix="quire-gdb.")
    atexit.register(shutil.rmtree, folder, True)
    copy = os.path.join(os.path.realpath(folder), "quire.elf")
    with open(copy, "wb") as f:
        f.write(elf.load(path).with_section_unallocated(".init.data"))
    kernel.COPIES[copy] = path
    return copy


def load_both(path):
    """The symbols of a kernel that has not turned its MMU on."""
    global _physical
    gdb.execute("symbol-file", to_string=True)
    gdb.execute("exec-file \"%s\"" % path, to_string=True)
    elf.remove_symbols(path)
    if _bias(path):
        elf.add_symbols(path, _bias(path))
        _physical = path
        elf.add_symbols(path, 0)
    else:
        elf.add_symbols(_without_init(path), 0)
    _written[path] = os.stat(path).st_mtime


def before_connection():
    """A kernel that was built anew since has new symbols. gdb would read them by itself as it
    connects; gdb 13 crashes then, having them twice.
    """
    global _compared
    _compared = False
    if not kernel.loaded():
        return
    path = kernel.path()
    if not os.path.exists(path):
        raise machine.Advice("%s is gone: make builds it" % path)
    if os.stat(path).st_mtime != _written.get(path):
        load_both(path)


def _compare():
    """Say so if the machine runs another kernel than the one whose symbols are loaded."""
    global _compared
    _compared = True
    file = elf.load(kernel.path())
    offset, vaddr, size, _flags = next(load for load in file.loads if load[3] & 1)
    with machine.physical_view():
        there = machine.read(vaddr - file.entry + kernel.LOAD_PA + size - TAIL, TAIL)
    if there != file.data[offset + size - TAIL:offset + size]:
        gdb.write("[the machine runs another kernel than %s, so what gdb says of it is wrong: "
                  "q-symbols KERNEL.ELF loads the right one; after make, q-again starts the new "
                  "one]\n" % kernel.path())


def drop_physical():
    """Only the link addresses count from here on."""
    global _physical
    if _physical:
        gdb.execute("remove-symbol-file -a %#x" % kernel.LOAD_PA, to_string=True)
        _physical = None
        return True
    return False


def _forget_unloaded():
    """Notes about files that gdb has dropped by itself (file, symbol-file) are void."""
    global _physical
    if _physical and not any(o.filename == _physical for o in gdb.objfiles()):
        _physical = None


@command("q-symbols", complete=gdb.COMPLETE_FILENAME, kernel_memory=False)
def q_symbols(path=None):
    """q-symbols [KERNEL.ELF]: load the kernel's symbols at its physical and virtual addresses.

    Until the MMU is on the kernel runs at physical 0x80200000; the symbols for that are dropped
    by themselves at the first stop after. Without an argument: load the same kernel's again, to
    set a breakpoint in code that other harts still run physically (secondary_start_sbi).
    """
    path = os.path.realpath(path) if path else kernel.path()
    if not elf.is_elf(path) or elf.load(path).function("start_kernel") is None:
        raise machine.Advice("%s is not a kernel: make builds build/debug/quire.elf" % path)
    kernel.KERNELS.add(path)
    load_both(path)
    if gdb.selected_thread() is not None:
        _compare()


def _all_bare():
    """No hart has its MMU on: the machine has just been started, or reset."""
    with machine.selection_kept():
        for thread in machine.harts():
            thread.switch()
            if machine.mmu_on():
                return False
    return True


def _at_physical_address():
    """Does the hart run where the image was loaded (by the identity map, or without the MMU)?"""
    pc = machine.reg("pc")
    return kernel.LOAD_PA <= pc < kernel.LOAD_PA + IMAGE_MAX


def on_stop(_event):
    """Drop the physical copy once the kernel runs at its link address; get it back at a reset."""
    _forget_unloaded()
    if not kernel.loaded():
        return
    try:
        if machine.mmu_on():
            if _physical and not _at_physical_address() and drop_physical():
                gdb.write("[the MMU is on: symbols at physical addresses dropped]\n")
        elif not _physical and kernel.has_mmu() and _all_bare():
            load_both(kernel.path())
        if not _compared:
            _compare()
    except (gdb.error, machine.Advice) as error:
        gdb.write("[%s]\n" % error)


def look_again():
    """As at a first stop, after stops of which nobody has seen what they said."""
    global _compared
    _compared = False
    on_stop(None)


gdb.events.stop.connect(on_stop)
