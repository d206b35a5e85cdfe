# SPDX-License-Identifier: MIT
"""Page tables: q-walk, and the walk that q-page and q-rmap build on. All by physical reads."""
from quire import kernel, machine, tasks
from quire.command import command, number, table
from quire.machine import MASK

LEVELS = ((2, "pgd", "1 GiB"), (1, "pmd", "2 MiB"), (0, "pte", "4 KiB"))
VALID, LEAF = 1, 0xe
PROT_NONE = 1 << 5          # with V = 0: the page is there, but nobody may touch it
PFN_MASK = (1 << 44) - 1
LETTERS = "VRWXUGADSs"      # bit 8: special (not counted), bit 9: unused


def flags(entry):
    """The low bits of an entry as letters, V first."""
    return "".join(c if entry >> bit & 1 else "-" for bit, c in enumerate(LETTERS[:9]))


def swap_entry(entry):
    """(type, offset) of a PTE that is a swap entry."""
    return entry >> 7 & 31, entry >> 12


def describe(entry):
    """What a last-level entry says, in words."""
    if entry == 0:
        return "nothing: an access faults"
    pfn = entry >> 10 & PFN_MASK
    if entry & VALID:
        return "pfn %#x %s" % (pfn, flags(entry))
    if entry & PROT_NONE:
        return "pfn %#x, PROT_NONE: an access faults" % pfn
    return "swap entry: area %d, slot %d" % swap_entry(entry)


class Step:
    """One level of a walk: .name, .index, .at (physical address of the entry), .entry, .size."""

    def __init__(self, level, name, size, table_at, va):
        self.level, self.name, self.size = level, name, size
        self.index = va >> (12 + 9 * level) & 511
        self.at = table_at + 8 * self.index
        self.entry = machine.read_phys_long(self.at)

    def target(self):
        """Physical address that the entry points to."""
        return (self.entry >> 10 & PFN_MASK) << 12

    def is_leaf(self):
        return bool(self.entry & VALID and self.entry & LEAF)


def walk(root, va):
    """The steps of the walk of va from the table at physical root, down to where it ends."""
    for level, name, size in LEVELS:
        step = Step(level, name, size, root, va)
        yield step
        if not step.entry & VALID or step.is_leaf():
            return
        root = step.target()


def translate(root, va):
    """(physical address or None, last entry)."""
    last = list(walk(root, va))[-1]
    if not last.is_leaf():
        return None, last.entry
    mask = (1 << 12 + 9 * last.level) - 1
    return last.target() & ~mask | va & mask, last.entry


def satp_root():
    """The root table of the selected hart."""
    return (machine.reg("satp") & PFN_MASK) << 12


def to_phys(va):
    """The physical address behind a kernel pointer, from the hart's own tables."""
    if not machine.mmu_on():
        return va
    phys = translate(satp_root(), va)[0]
    if phys is None:
        raise machine.Advice("%#x is not mapped" % va)
    return phys


def root_of(pid):
    """The root table of a process, or of the selected hart without one."""
    if pid is None:
        return satp_root()
    with machine.kernel_view(kernel.has_mmu()):
        task, mm = tasks.mm_of(pid)
        if not int(mm):
            raise machine.Advice("%s (pid %s) has no address space of its own"
                                 % (tasks.comm(task), pid))
        return to_phys(int(mm["pgd"]))


def _canonical(va):
    return va >> 38 in (0, (1 << 26) - 1)


def _verdict(step, va):
    if step.is_leaf():
        mask = (1 << 12 + 9 * step.level) - 1
        return "%s leaf: physical address %#x" % (step.size, step.target() & ~mask | va & mask)
    if step.level == 0:
        return "%#x is not mapped; the PTE is %s" % (va, describe(step.entry))
    return "%#x is not mapped: there is no table below this level" % va


@command("q-walk", kernel_memory=False)
def q_walk(address, pid=None):
    """q-walk ADDRESS [PID]: the walk of a virtual address through the page tables, level by level.

    Uses the tables of this hart (satp), or those of process PID. For each level: which entry of
    which table, its value and its bits: Valid Read Write eXecute User Global Accessed Dirty,
    and S for special (the kernel's own mark). ADDRESS is any expression.
    """
    machine.need_machine()
    va = number(address, "an address") & MASK
    if not kernel.has_mmu() or pid is None and not machine.mmu_on():
        raise machine.NothingYet("satp = 0: the MMU is off, physical address = %#x" % va)
    if not _canonical(va):
        raise machine.Advice("%#x is no Sv39 address: bits 63..39 must equal bit 38" % va)
    steps = list(walk(root_of(pid), va))
    table(("LEVEL", ">INDEX", "ENTRY AT", "VALUE", "BITS", "POINTS TO"),
          [(s.name, s.index, "%#x" % s.at, "%#018x" % s.entry, flags(s.entry),
            "%#x" % s.target() if s.entry & VALID else "-") for s in steps],
          _verdict(steps[-1], va))
