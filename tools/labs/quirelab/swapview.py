# SPDX-License-Identifier: MIT
"""What the checks of lab 08-swap see: a machine whose harts stand still at a mark of its program,
as a View of processes, slots and the disk; and what must hold in it at any moment."""
import struct
import time

from quirelab import Fail, expect
from quirelab.machine import Ended
from quirelab.swap import (Slots, frames, last_entries, list_of, lru_lists, processes, references,
                           slot_of, swap_cache)

PAGE, WORDS = 4096, 512
PATIENCE = 12            # seconds


def content(i, changes=()):
    """What swaplab has written to page i; changes: (word, value)."""
    words = [((i << 16 | j) + 1) * 0x9e3779b97f4a7c15 & (1 << 64) - 1 for j in range(WORDS)]
    for j, value in changes:
        words[j] = value
    return struct.pack("<%dQ" % WORDS, *words)


class View:
    """The machine at a mark, all harts stopped: the region of the process that printed it."""

    def __init__(self, m, mem, line):
        _, _, pid, start, nr = line.split()
        self.m, self.mem = m, mem
        self.pid, self.start, self.nr = int(pid), int(start, 16) if "x" in start else 0, int(nr)
        self.roots = processes(mem)
        self.slots = Slots(mem)
        with open(m.swap_image(), "rb") as f:
            self.disk = f.read()

    def entry(self, i, pid=None):
        """(pfn, None), (None, slot) or (None, None) of page i in a process."""
        pid = pid or self.pid
        if pid not in self.roots:
            raise Fail("process %d to be there" % pid, "it is gone")
        va = self.start + i * PAGE
        found = last_entries(self.mem, self.roots[pid], va, va + PAGE)
        if not found:
            return None, None
        slot = slot_of(self.mem, found[0][1])
        if slot is None:
            return found[0][1] >> 10 & (1 << 44) - 1, None
        if not 0 < slot < self.slots.max:
            raise Fail("page %d to name a slot of the disk" % i, slot)
        return None, slot

    def pte(self, i, pid=None):
        """The leaf that maps page i."""
        pte = self.mem.walk(self.roots[pid or self.pid], self.start + i * PAGE)
        if pte is None:
            raise Fail("page %d of process %d to be mapped" % (i, pid or self.pid), "no frame")
        return pte

    def out(self, i, pid=None):
        """The slot that page i is in."""
        pfn, slot = self.entry(i, pid)
        if slot is None:
            raise Fail("a swap entry for page %d of process %d" % (i, pid or self.pid),
                       "nothing" if pfn is None else "frame %#x" % pfn)
        return slot

    def on_disk(self, slot):
        return self.disk[slot * PAGE:(slot + 1) * PAGE]

    def others(self):
        """The other processes of swaplab, the oldest first."""
        return [p for p in sorted(self.roots) if p != self.pid and
                self.mem.comm(self.mem.tasks()[p]) == "swaplab"]

    def mm(self, pid=None):
        return self.mem.mm(self.mem.tasks()[pid or self.pid])

    def counter(self, pid, name):
        """A counter of rss_stat."""
        return self.mem.value(self.mm(pid) + self.mem.offset("struct mm_struct.rss_stat") +
                              8 * self.mem.constant(name), 8, True)


def same_bytes(what, wanted, got):
    """As expect(), but says only which word is wrong."""
    if wanted != got:
        at = next(j for j in range(0, PAGE, 8) if wanted[j:j + 8] != got[j:j + 8])
        raise Fail("%s: %s at byte %d" % (what, wanted[at:at + 8].hex(), at),
                   got[at:at + 8].hex() if any(got) else "zeroes")


def at_rest(m, look):
    """look(mem) until it does not fail: a write may be under way, kswapd or the one who prints the
    line in the middle of a fault. What is still wrong when the machine has run for PATIENCE is
    wrong; it stands still while we look, and on a busy host that takes most of the time."""
    ran, nap = 0, 0.05
    while True:
        try:
            with m.stopped() as mem:
                return look(mem)
        except Fail as e:
            if isinstance(e, Ended) or ran > PATIENCE:
                raise
        time.sleep(nap)
        ran += nap
        nap = min(2 * nap, 1)


def no_writeback(mem):
    if any(f.has("PG_writeback") for f in frames(mem).values()):
        raise Fail("the disk to be done with what it was given", "pages under writeback")


def look(m, mark, function=None, *args):
    """Stop at a mark, once the disk is done; look; let it go on."""
    line = m.wait("at %s " % mark)
    result = view_at_rest(m, line, function, *args) if function else None
    m.go()
    return result


def view_at_rest(m, line, function, *args):
    def rested(mem):
        no_writeback(mem)
        return function(View(m, mem, line), *args)
    return at_rest(m, rested)


def look_at(*steps):
    """A check: for each mark a function, or None."""
    def check(m):
        for mark, function in steps:
            look(m, mark, function)
    return check


# ---- what holds at any moment ----

def in_tmpfs(mem):
    """How many slots hold pages of tmpfs."""
    infos = mem.list(mem.symbol("shmem_swaplist"), "struct shmem_inode_info.swaplist")
    return sum(mem.member(i, "struct shmem_inode_info.swapped") for i in infos)


def accounts(view):
    """Every slot's byte is the number of entries that name it, and its folio in the cache."""
    mem, slots = view.mem, view.slots
    named, _ = references(mem)
    for slot, where in sorted(named.items()):
        if not 0 < slot < slots.max:
            raise Fail("entries that name slots of the disk", "slot %d" % slot)
        if slots.count(slot) != len(where):
            raise Fail("count of slot %d, which %d page table entries name: %d" %
                       (slot, len(where), len(where)), slots.count(slot))
    rest = [s for s in slots.used() if slots.count(s) and s not in named]
    if sum(slots.count(s) for s in rest) != in_tmpfs(mem):
        raise Fail("no count on a slot that nothing names", "slot %d has %d" %
                   (rest[0], slots.count(rest[0])) if rest else "tmpfs has %d" % in_tmpfs(mem))
    cache = swap_cache(mem)
    for slot, folios in cache.items():
        expect("folios of the swap cache for slot %d" % slot, 1, len(folios))
        expect("SWAP_HAS_CACHE of slot %d, which has a folio" % slot, True, slots.cached(slot))
    for slot in slots.used():
        if slots.cached(slot) and slot not in cache:
            raise Fail("a folio of slot %d in the swap cache (SWAP_HAS_CACHE)" % slot, "none")
    slots.counters_agree()
    expect("nr_swap_pages, free slots", slots.nr_free, mem.variable("nr_swap_pages"))
    pages = frames(mem)
    for pid, root in view.roots.items():
        entries, anon = 0, 0
        for _, value in last_entries(mem, root):
            entries += slot_of(mem, value) is not None
            page = pages.get(value >> 10 & (1 << 44) - 1) if value & 1 else None
            anon += page is not None and page.anon
        expect("MM_SWAPENTS of process %d, its swap entries" % pid, entries,
               view.counter(pid, "MM_SWAPENTS"))
        expect("MM_ANONPAGES of process %d, its anonymous frames" % pid, anon,
               view.counter(pid, "MM_ANONPAGES"))
        on_list = view.mm(pid) + mem.offset("struct mm_struct.mmlist")
        if entries and mem.value(on_list) == on_list:
            raise Fail("process %d, which has swap entries, on the list that swapoff walks "
                       "(mm_needs_unuse)" % pid, "not on it")


def families_counted(view):
    """The walk from a page to its family has given its reference back."""
    mem, mm = view.mem, view.mm()
    for vma in mem.tree(mm + mem.offset("struct mm_struct.mm_rb"), "struct vm_area_struct.vm_rb"):
        family = mem.member(vma, "struct vm_area_struct.anon_vma")
        if family:
            vmas = mem.list(family + mem.offset("struct anon_vma.vmas"),
                            "struct vm_area_struct.anon_vma_node")
            expect("references to a family (struct anon_vma), one for each of its VMAs",
                   len(list(vmas)), mem.member(family, "struct anon_vma.refcount"))


def lists_agree(mem):
    """Each page is on the list that its flags name. => the lists' lengths."""
    pages = frames(mem)
    lists, counts = lru_lists(mem)
    on = {}
    for name, pfns in lists.items():
        expect("pages on %s, by lruvec.nr[]" % name, len(pfns), counts[name])
        for pfn in pfns:
            if pfn in on:
                raise Fail("frame %#x on one list" % pfn, "on %s and %s" % (on[pfn], name))
            on[pfn] = name
            if pfn not in pages or not pages[pfn].has("PG_lru"):
                raise Fail("PG_lru of frame %#x, which is on %s" % (pfn, name), "not set")
            expect("list of frame %#x, by its flags" % pfn, list_of(pages[pfn]), name)
    _, mapped = references(mem)
    for pfn in mapped:
        if pfn in pages and pages[pfn].anon and pfn not in on:
            raise Fail("frame %#x, which is mapped, on a list" % pfn, "on none")
    for pfn, page in pages.items():
        if page.has("PG_lru") and pfn not in on:
            raise Fail("frame %#x, which has PG_lru, on a list" % pfn, "on none")
        if page.has("PG_swapcache") and page.mapcount == 0 and not page.has("PG_lru"):
            raise Fail("frame %#x of the swap cache on a list" % pfn, "on none")
    return {name: len(pfns) for name, pfns in lists.items()}
