# SPDX-License-Identifier: MIT
"""Page frames: from numbers and addresses to struct page, and q-page."""
import gdb

from quire import kernel, machine, walk
from quire.command import command, evaluate, number, table
from quire.machine import Advice, MASK, NothingYet, PAGE_SHIFT

ANON = 1                # low bit of page->mapping
ZONE_SHIFT, NODE_SHIFT = 62, 56
WANTED = "a frame number or an address"


def flag_names(value):
    """The names of the bits of page->flags, without PG_."""
    names = kernel.enum_names("enum pageflags")
    return [name[3:] for bit, name in sorted(names.items())
            if name.startswith("PG_") and value >> bit & 1]


def pfn_of(page):
    """The frame number of a struct page."""
    return (int(page.address) - int(kernel.variable("mem_map_base"))) // page.type.sizeof


def by_pfn(pfn):
    """The struct page of a frame."""
    if not int(kernel.variable("max_pfn")) or not has_pages():
        raise NothingYet("No struct pages yet: paging_init() makes vmemmap. Try\n"
                         "    break mm_core_init\n    continue")
    if not is_pfn(pfn):
        raise Advice("no frame %#x: frame numbers go from %#x to %#x" % (pfn, *_frames()))
    return (kernel.variable("mem_map_base") + pfn).dereference()


def _frames():
    """The first and the last frame of memory."""
    return int(kernel.variable("min_low_pfn")), int(kernel.variable("max_pfn")) - 1


def has_pages():
    return int(kernel.variable("mem_map_base")) != 0


def is_pfn(value):
    first, last = _frames()
    return first <= value <= last


def frame_at(va, pid):
    """The frame behind a virtual address of process pid, or of whom this hart runs."""
    if not kernel.has_mmu() or pid is None and not machine.mmu_on():
        return va >> PAGE_SHIFT
    phys, entry = walk.translate(walk.root_of(pid), va)
    if phys is None:
        raise Advice("no frame at address %#x, its page-table entry is %s (frame numbers go from "
                     "%#x to %#x)" % (va, walk.describe(entry), *_frames()))
    return phys >> PAGE_SHIFT


def parse(text, pid=None):
    """The struct page that the user means: a frame number, an address, or a page pointer."""
    value = evaluate(text, WANTED)
    kind = value.type.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_PTR and str(kind.target().unqualified()) in \
            ("struct page", "struct folio", "struct slab"):
        return kernel.pointer_to("struct page", int(value)).dereference()
    value = number(text, WANTED) & MASK
    if not has_pages():
        by_pfn(value)
    return by_pfn(value if is_pfn(value) else frame_at(value, pid))


def mapcount(page):
    return kernel.counter(page["_mapcount"]) + 1


def refcount(page):
    return kernel.counter(page["_refcount"])


def swap_slot(page):
    """area and slot of a page in the swap cache."""
    value = int(page["private"])
    return "area %d, slot %d" % (value >> 58, value & (1 << 58) - 1)


def file_name(mapping):
    """How a file can be called of which only the cache is known: by a mapping's file, or inode."""
    for vma in kernel.list_entries(mapping["i_mmap"], "struct vm_area_struct", "i_mmap_node"):
        return kernel.file_path(vma["vm_file"])
    inode = mapping["host"]
    return "inode %d" % int(inode["i_ino"]) if int(inode) else "a swap area"


def owner(page, flags=None):
    """Whose frame it is, in words."""
    flags = flag_names(int(page["flags"])) if flags is None else flags
    mapping = int(page["mapping"])
    if "reserved" in flags:
        return "reserved: kernel image, device tree or a hole"
    if "buddy" in flags:
        return "free: heads a block of 2^%d pages" % int(page["order"])
    if "tail" in flags:
        head = page["head"].dereference()
        return "%s (its compound page begins at pfn %#x)" % (owner(head), pfn_of(head))
    if "slab" in flags:
        slab = kernel.pointer_to("struct slab", int(page.address))
        return "slab: " + kernel.text(slab["cache"]["name"])
    if "pgtable" in flags:
        return "page table"
    if mapping & ANON:
        in_swap = ", in the swap cache: " + swap_slot(page) if "swapcache" in flags else ""
        return "anonymous, index %#x%s" % (int(page["index"]), in_swap)
    if "swapcache" in flags:
        return "swap cache: " + swap_slot(page)
    if mapping:
        return "page %d of %s" % (int(page["index"]), file_name(page["mapping"]))
    if refcount(page) == 0:
        return "free: on a hart's list, or inside a free block"
    return "the kernel"


def lru_list(flags):
    """Which LRU list the flags say."""
    if "lru" not in flags:
        return "on none"
    if "unevictable" in flags:
        return "unevictable"
    return "%s %s" % ("active" if "active" in flags else "inactive",
                      "anon" if "swapbacked" in flags else "file")


def allocated_by(page):
    """The function that asked for it; debug builds note that."""
    note = int(page["owner"])
    if not note:
        return "not noted" if kernel.has_variable("lock_rank_acquire") else \
            "not noted: only debug builds do"
    return kernel.place(kernel.label("_start") + note)


@command("q-page", complete=gdb.COMPLETE_SYMBOL)
def q_page(what, pid=None):
    """q-page PFN|ADDRESS [PID]: what a page frame is: owner, flags, counts, LRU list.

    ADDRESS is virtual, of the process that runs here or of PID; a struct page pointer will do
    too, such as `q-page page` in a kernel function. Counts: REFS is the reference count (0 is
    free), MAPS how many page-table entries map it.
    """
    page = parse(what, pid)
    raw, pfn = int(page["flags"]), pfn_of(page)
    flags = flag_names(raw)
    table(("PFN", "PHYSICAL", "REFS", "MAPS", "NODE", "ZONE", "LRU", "STRUCT PAGE"),
          [("%#x" % pfn, "%#x" % (pfn << PAGE_SHIFT), refcount(page), mapcount(page),
            raw >> NODE_SHIFT & 63, raw >> ZONE_SHIFT & 3, lru_list(flags),
            "%#x" % int(page.address))])
    gdb.write("flags:     %s\n" % (" ".join(flags) or "none"))
    gdb.write("owner:     %s\n" % owner(page, flags))
    gdb.write("allocated: %s\n" % allocated_by(page))


class Pfn(gdb.Function):
    """$q_pfn(PAGE): the frame number of a struct page pointer."""

    def __init__(self):
        super().__init__("q_pfn")

    @machine.function
    def invoke(self, page):
        with machine.kernel_view(kernel.has_mmu()):
            value = kernel.pointer_to("struct page", int(page)).dereference()
            if not has_pages() or not is_pfn(pfn_of(value)):
                raise Advice("%#x is no struct page" % (int(page) & MASK))
            return pfn_of(value)


class Page(gdb.Function):
    """$q_page(PFN): the struct page pointer of a frame number."""

    def __init__(self):
        super().__init__("q_page")

    @machine.function
    def invoke(self, pfn):
        with machine.kernel_view(kernel.has_mmu()):
            return by_pfn(int(pfn)).address


Pfn()
Page()
