# SPDX-License-Identifier: MIT
"""q-rmap: from a page frame to every page-table entry that maps it."""
import gdb

from quire import kernel, pages, tasks, walk
from quire.command import command, table
from quire.machine import NothingYet, PAGE_SHIFT


def _vmas(page):
    """(list, VMAs that may map the page): the family of an anonymous page, the users of a file."""
    mapping = int(page["mapping"])
    if mapping & pages.ANON:
        family = kernel.pointer_to("struct anon_vma", mapping & ~pages.ANON).dereference()
        return "anon_vma %#x" % (mapping & ~pages.ANON), kernel.list_entries(
            family["vmas"], "struct vm_area_struct", "anon_vma_node")
    return "i_mmap of %s" % pages.file_name(page["mapping"]), kernel.list_entries(
        page["mapping"]["i_mmap"], "struct vm_area_struct", "i_mmap_node")


def _address(page, vma):
    """Where the VMA would map the page; None: it does not reach there."""
    offset = int(page["index"]) - int(vma["vm_pgoff"])
    address = int(vma["vm_start"]) + (offset << PAGE_SHIFT)
    return address if 0 <= offset and address < int(vma["vm_end"]) else None


def _row(page, vma, owners):
    address, mm = _address(page, vma), int(vma["vm_mm"])
    pid, name = owners.get(mm, (0, "?"))
    if address is None:
        return pid, name, "%#x" % int(vma.address), "-", "does not reach index", "-"
    if not kernel.has_mmu():
        return pid, name, "%#x" % int(vma.address), "%#x" % address, "no MMU, no entry", "-"
    phys, entry = walk.translate(walk.to_phys(int(vma["vm_mm"]["pgd"])), address)
    hit = phys is not None and phys >> PAGE_SHIFT == pages.pfn_of(page)
    return (pid, name, "%#x" % int(vma.address), "%#x" % address, walk.describe(entry),
            "yes" if hit else "no")


@command("q-rmap", complete=gdb.COMPLETE_SYMBOL)
def q_rmap(what, pid=None):
    """q-rmap PFN|ADDRESS [PID]: who maps a page frame: the reverse mapping, walked.

    Every VMA of the anon_vma (or of the file) is a place to look; the last column says whether
    the entry found there really maps this frame. Reclaim does the same to unmap a page.
    """
    page = pages.parse(what, pid)
    if not int(page["mapping"]):
        raise NothingYet("pfn %#x has no reverse mapping: %s" % (pages.pfn_of(page),
                                                                pages.owner(page)))
    source, vmas = _vmas(page)
    owners = tasks.owners()
    rows = [_row(page, vma, owners) for vma in vmas]
    hits = sum(row[-1] == "yes" for row in rows)
    table(("PID", "NAME", "VMA", "ADDRESS", "ENTRY", "MAPS IT"), rows,
          "pfn %#x, %s: %d of %d VMAs map it, mapcount %d"
          % (pages.pfn_of(page), source, hits, len(rows), pages.mapcount(page)))
