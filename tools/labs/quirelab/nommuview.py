# SPDX-License-Identifier: MIT
"""What the checks of lab 01-nommu see of programs without an MMU: their VMAs, and what is counted
of them."""
from quirelab import Fail, expect

PAGE = 4096


def ranges(mem, mm):
    """[(start, end, flags)] of an mm."""
    names = ["struct vm_area_struct." + name for name in ("vm_start", "vm_end", "vm_flags")]
    return [tuple(mem.member(v, name) for name in names)
            for v in mem.tree(mm + mem.offset("struct mm_struct.mm_rb"),
                              "struct vm_area_struct.vm_rb")]


def pages(mem, mm):
    """How many an mm has mapped; a VMA that was cut in two has as many."""
    return sum(end - start for start, end, _ in ranges(mem, mm)) // PAGE


def all_mms(mem):
    """{mm: name of a task} of all processes that have memory."""
    return {mem.mm(t): "%s[%d]" % (mem.comm(t), pid) for pid, t in mem.tasks().items()
            if mem.mm(t)}


def counted(mem, mm, name):
    """total_vm and the resident pages are what the VMAs hold."""
    has = pages(mem, mm)
    rss = mm + mem.offset("struct mm_struct.rss_stat") + 8 * mem.constant("MM_ANONPAGES")
    expect("total_vm of %s" % name, has, mem.member(mm, "struct mm_struct.total_vm"))
    expect("resident pages of %s" % name, has, mem.value(rss))


def of(mem, mm, start, pages):
    """The VMAs of mm in a range."""
    return [(s, e) for s, e, _ in ranges(mem, mm) if s < start + pages * PAGE and e > start]


def mm_of(mem, pid):
    tasks = mem.tasks()
    if pid not in tasks or not mem.mm(tasks[pid]):
        raise Fail("a process %d with memory" % pid, "none")
    return mem.mm(tasks[pid])


def file_kept(mem, mm, address):
    """The mapping of a file names it, holds it, and is on its list."""
    vma = next((v for v in mem.tree(mm + mem.offset("struct mm_struct.mm_rb"),
                                    "struct vm_area_struct.vm_rb")
                if mem.member(v, "struct vm_area_struct.vm_start") == address), None)
    if vma is None:
        raise Fail("a VMA that begins at %#x, where the file is mapped" % address, "none")
    file = mem.member(vma, "struct vm_area_struct.vm_file")
    if not file:
        raise Fail("vm_file of the file's mapping to name the file", "NULL")
    expect("vm_pgoff of the file's mapping", 1, mem.member(vma, "struct vm_area_struct.vm_pgoff"))
    expect("references to the file: the descriptor's and the mapping's", 2,
           mem.member(file, "struct file.f_count"))
    node = vma + mem.offset("struct vm_area_struct.i_mmap_node")
    if mem.value(node) == node:
        raise Fail("the mapping on the file's list (vma_link_file)", "it is on none")
