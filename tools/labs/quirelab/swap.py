# SPDX-License-Identifier: MIT
"""Swap and the LRU lists as the host sees them: the bytes of the slots, the entries in all page
tables, the folios of the swap cache, the pages on the lists. Nothing is asked of the kernel's own
functions."""
import array
import struct
from dataclasses import dataclass

from .memory import PAGE, R, V, W, X
from .spec import Fail

BAD, HAS_CACHE = 0x3f, 0x40
LISTS = ("LRU_INACTIVE_ANON", "LRU_ACTIVE_ANON", "LRU_INACTIVE_FILE", "LRU_ACTIVE_FILE",
         "LRU_UNEVICTABLE")


class Slots:
    """One swap area at one moment."""

    def __init__(self, mem, area=0):
        self.mem = mem
        self.info = mem.symbol("swap_infos") + area * mem.constant("sizeof(struct swap_info)")
        slots = self.info + mem.offset("struct swap_info.slots")
        self.max = mem.member(slots, "struct swap_slots.max")
        self.nr_free = mem.member(slots, "struct swap_slots.nr_free")
        self.nr_inuse = mem.member(slots, "struct swap_slots.nr_inuse")
        where = mem.member(slots, "struct swap_slots.map")
        if not where or not 2 <= self.max <= 1 << 20:
            raise Fail("a swap area that is on", "none")
        self.map = mem.kread(where, self.max)
        clusters = mem.member(slots, "struct swap_slots.cluster_used")
        size = mem.constant("SWAPFILE_CLUSTER")
        self.clusters = [self.map[i:i + size] for i in range(0, self.max, size)]
        self.cluster_used = array.array("H", mem.kread(clusters, 2 * len(self.clusters)))

    def count(self, slot):
        """How many PTEs and tmpfs pages refer to it, as its byte says."""
        return self.map[slot] & ~HAS_CACHE if self.map[slot] != BAD else 0

    def cached(self, slot):
        return self.map[slot] != BAD and bool(self.map[slot] & HAS_CACHE)

    def used(self):
        """Slots that are neither free nor bad."""
        return [i for i, byte in enumerate(self.map) if byte and byte != BAD]

    def counters_agree(self):
        """nr_free, nr_inuse and the clusters' counts against the bytes."""
        bad = self.map.count(BAD)
        used = len(self.used())
        if (self.nr_inuse, self.nr_free) != (used, self.max - bad - used):
            raise Fail("nr_inuse %d and nr_free %d" % (used, self.max - bad - used),
                       "%d and %d" % (self.nr_inuse, self.nr_free))
        size = self.mem.constant("SWAPFILE_CLUSTER")
        for i, part in enumerate(self.clusters):
            # What the last cluster lacks counts as used.
            wanted = size - part.count(0)
            if self.cluster_used[i] != wanted:
                raise Fail("cluster_used[%d]: %d" % (i, wanted), self.cluster_used[i])


# ---- page tables ----

def slot_of(mem, value):
    """The slot that an entry names; None: it maps a frame, or nothing."""
    return value >> mem.constant("__SWP_OFFSET_SHIFT") if value and not value & V else None


def last_entries(mem, root, start=0, end=1 << 38):
    """(va, value) of every last-level entry that is not 0, in [start, end)."""
    found, todo = [], [(root, 0, 2)]
    while todo:
        table, base, level = todo.pop()
        size = PAGE << 9 * level
        for i, value in enumerate(array.array("Q", mem.read(table, PAGE))):
            va = base + i * size
            if not value or va >= end or va + size <= start:
                continue
            if level == 0:
                found.append((va, value))
            elif value & V and not value & (R | W | X):
                todo.append(((value >> 10 & (1 << 44) - 1) * PAGE, va, level - 1))
    return found


def processes(mem):
    """{pid: physical address of its top page table}, each address space once."""
    seen, found = set(), {}
    for pid, task in sorted(mem.tasks().items()):
        mm = mem.mm(task)
        if mm and mm not in seen:
            seen.add(mm)
            found[pid] = mem.root(task)
    return found


def references(mem):
    """({slot: [(pid, va)]}, {frame: [(pid, va)]}): every user entry of the machine."""
    slots, frames = {}, {}
    for pid, root in processes(mem).items():
        for va, value in last_entries(mem, root):
            if value & V:
                frames.setdefault(value >> 10 & (1 << 44) - 1, []).append((pid, va))
            else:
                slots.setdefault(slot_of(mem, value), []).append((pid, va))
    return slots, frames


# ---- struct pages ----

@dataclass
class Frame:
    """What a struct page says."""
    pfn: int
    flags: int
    mapping: int
    private: int
    mapcount: int
    refcount: int
    names: dict         # of flags: bit number

    def has(self, *flags):
        return all(self.flags >> self.names[name] & 1 for name in flags)

    @property
    def anon(self):
        return bool(self.mapping & 1)


FLAGS = ("PG_locked", "PG_lru", "PG_active", "PG_unevictable", "PG_swapcache", "PG_swapbacked",
         "PG_writeback", "PG_dirty", "PG_error", "PG_referenced", "PG_uptodate", "PG_buddy",
         "PG_slab", "PG_reserved", "PG_tail", "PG_workingset")


def frames(mem):
    """{pfn: Frame} of all pages of RAM that have one of the flags PG_lru and PG_swapcache, or are
    counted as mapped."""
    names = {name: mem.constant(name) for name in FLAGS}
    size = mem.constant("sizeof(struct page)")
    at = {n: mem.offset("struct page." + n) for n in
          ("flags", "mapping", "private", "_mapcount", "_refcount")}
    wanted = 1 << names["PG_lru"] | 1 << names["PG_swapcache"]
    free = 1 << names["PG_buddy"] | 1 << names["PG_reserved"] | 1 << names["PG_slab"]
    first, count = 0x80000000 // PAGE, mem.size // PAGE
    data = mem.kread(mem.page(first), count * size)
    found = {}
    for i in range(count):
        flags, = struct.unpack_from("<Q", data, i * size + at["flags"])
        mapcount, = struct.unpack_from("<i", data, i * size + at["_mapcount"])
        refcount, = struct.unpack_from("<i", data, i * size + at["_refcount"])
        # The struct pages of a free block that was never split are all zeroes.
        if flags & free or not (flags & wanted or mapcount >= 0 and refcount > 0):
            continue
        mapping, = struct.unpack_from("<Q", data, i * size + at["mapping"])
        private, = struct.unpack_from("<Q", data, i * size + at["private"])
        found[first + i] = Frame(first + i, flags, mapping, private, mapcount + 1, refcount, names)
    return found


def swap_cache(mem):
    """{slot: [Frame]} of all folios with PG_swapcache."""
    found = {}
    mask = (1 << mem.constant("SWP_TYPE_SHIFT")) - 1
    for f in frames(mem).values():
        if f.has("PG_swapcache"):
            found.setdefault(f.private & mask, []).append(f)
    return found


def lru_lists(mem, node=0):
    """{"LRU_ACTIVE_ANON": [pfn]}, and the lists' counts {"LRU_ACTIVE_ANON": n}."""
    lruvec = mem.symbol("node_data") + mem.offset("struct pglist_data.lruvec") + \
        node * mem.constant("sizeof(struct pglist_data)")
    lists, counts = {}, {}
    for name in LISTS:
        n = mem.constant(name)
        head = lruvec + mem.offset("struct lruvec.lists") + 16 * n
        lists[name] = [mem.pfn_of_page(p) for p in mem.list(head, "struct page.lru")]
        counts[name] = mem.value(lruvec + mem.offset("struct lruvec.nr") + 8 * n)
    return lists, counts


def list_of(f):
    """The name of the list that a page's flags call for."""
    if f.has("PG_unevictable"):
        return "LRU_UNEVICTABLE"
    return LISTS[(0 if f.has("PG_swapbacked") else 2) + f.has("PG_active")]
