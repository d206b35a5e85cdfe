# SPDX-License-Identifier: MIT
"""q-vma: the address space of a process, VMA by VMA."""
from quire import kernel, tasks
from quire.command import command, table
from quire.machine import NothingYet, PAGE_SHIFT

# vm_area_struct.vm_flags worth a word; the others are in the four letters.
WORDS = ((0x100, "growsdown"), (0x400, "pfnmap"), (0x2000, "locked"), (0x20000, "dontcopy"),
         (0x80000, "lockonfault"), (0x100000, "account"), (0x200000, "noreserve"),
         (0x2000000, "wipeonfork"))


def vmas(mm):
    """The VMAs of an mm (struct mm_struct *), by address."""
    return kernel.rb_entries(mm["mm_rb"], "struct vm_area_struct", "vm_rb")


def permissions(flags):
    letters = "".join(c if flags & bit else "-" for c, bit in (("r", 1), ("w", 2), ("x", 4)))
    return letters + ("s" if flags & 8 else "p")


def name(vma, mm):
    """What /proc/PID/maps calls it."""
    if int(vma["vm_file"]):
        return kernel.file_path(vma["vm_file"])
    ops = vma["vm_ops"]
    if int(ops) and int(ops["name"]):
        special = kernel.pointer_to("struct special_mapping", int(vma["vm_private_data"]))
        return kernel.text(special["name"])
    start, end = int(vma["vm_start"]), int(vma["vm_end"])
    if start < int(mm["brk"]) and end > int(mm["start_brk"]):
        return "[heap]"
    return "[stack]" if start <= int(mm["start_stack"]) <= end else ""


def find(mm, address):
    """The VMA that covers an address, or None."""
    for vma in vmas(mm):
        if int(vma["vm_start"]) <= address < int(vma["vm_end"]):
            return vma
    return None


def _row(vma, mm):
    flags, file = int(vma["vm_flags"]), int(vma["vm_file"])
    words = " ".join(word for bit, word in WORDS if flags & bit)
    return ("%08x-%08x" % (int(vma["vm_start"]), int(vma["vm_end"])), permissions(flags),
            "%08x" % (int(vma["vm_pgoff"]) << PAGE_SHIFT if file else 0),
            int(vma["vm_end"] - vma["vm_start"]) >> 10,
            "%#x" % int(vma["anon_vma"]) if int(vma["anon_vma"]) else "-",
            words or "-", name(vma, mm), "%#x" % int(vma.address))


@command("q-vma", tasks.pids)
def q_vma(pid=None):
    """q-vma [PID]: the VMAs of a process (default: the one that runs here).

    The columns of /proc/PID/maps, the size in KiB, the anon_vma of those that have private pages,
    more flags, and the struct vm_area_struct itself.
    """
    task, mm = tasks.mm_of(pid)
    if not int(mm):
        raise NothingYet("%s (pid %d) is a kernel thread or has ended: it has no address space"
                         % (tasks.comm(task), int(task["pid"])))
    rows = [_row(vma, mm) for vma in vmas(mm)]
    table(("ADDRESS", "PERM", "OFFSET", ">KiB", "ANON_VMA", "FLAGS", "NAME", "VMA"), rows,
          "%s (pid %d): %d VMAs, mm %#x" % (tasks.comm(task), int(task["pid"]), len(rows), int(mm)))
