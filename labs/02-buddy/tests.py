# SPDX-License-Identifier: MIT
"""Tests of lab 02-buddy. user/buddylab.c takes and gives pages in patterns; at its marks the free
lists are read from outside, block by block, and compared with what must hold of them."""
from quirelab import Fail, Test, expect
from quirelab.frames import pcps, stack, zones

PAGE, MAX_ORDER = 4096, 10


class FreeMemory:
    """Every free block and every page on a hart's stack, read and checked."""

    def __init__(self, mem):
        self.mem = mem
        self.base = mem.variable("mem_map_base")
        self.bits = {name: mem.constant(name) for name in ("PG_buddy", "PG_reserved")}
        self.blocks = {}         # first frame -> order
        self.stacks = set()      # frames
        self.counted = 0         # zone->nr_free, added up
        for zone in zones(mem):
            self.read_zone(zone)

    def page(self, address, where="a free list"):
        """(pfn, flags, order, refcount) of a struct page."""
        if (address - self.base) % 64:
            raise Fail("a struct page on %s" % where, "%#x" % address)
        data = self.mem.kread(address, 64)
        flags = int.from_bytes(data[:8], "little")
        return ((address - self.base) // 64, flags, data[56],
                int.from_bytes(data[52:56], "little", signed=True))

    def read_zone(self, zone):
        mem = self.mem
        start, spanned = (mem.member(zone, "struct zone." + f)
                          for f in ("zone_start_pfn", "spanned_pages"))
        here = range(start, start + spanned)
        areas = zone + mem.offset("struct zone.free_area")
        nr_free = mem.member(zone, "struct zone.nr_free")
        pages = 0
        for order in range(MAX_ORDER + 1):
            area = areas + order * 24
            found = mem.list(area, "struct page.lru")
            expect("blocks on the list of order %d (nr_free says)" % order,
                   mem.value(area + 16), len(found))
            for address in found:
                self.add_block(address, order, here)
            pages += len(found) << order
        expect("pages on the free lists (zone->nr_free says)", nr_free, pages)
        self.counted += nr_free
        self.read_stacks(zone)

    def add_block(self, address, order, zone):
        pfn, flags, said, references = self.page(address)
        if pfn not in zone:
            raise Fail("frames %#x to %#x on the lists of their zone" % (zone[0], zone[-1]),
                       "%#x" % pfn)
        if not flags >> self.bits["PG_buddy"] & 1 or said != order:
            raise Fail("PG_buddy and order %d in the first page of a free block" % order,
                       "flags %#x, order %d" % (flags, said))
        if flags >> self.bits["PG_reserved"] & 1:
            raise Fail("no reserved page on a free list", "frame %#x" % pfn)
        expect("first frame of a block of order %d, modulo its size" % order, 0,
               pfn % (1 << order))
        expect("references to a free page", 0, references)
        if pfn in self.blocks:
            raise Fail("a block once on the lists", "frame %#x twice" % pfn)
        self.blocks[pfn] = order

    def read_stacks(self, zone):
        for hart, pcp in enumerate(pcps(self.mem, zone)):
            where = "the stack of hart %d" % hart
            for i, address in enumerate(stack(self.mem, pcp)):
                if not address:
                    raise Fail("as many pages on %s as its count says" % where,
                               "it ends after %d" % i)
                pfn, flags, _, references = self.page(address, where)
                if flags >> self.bits["PG_buddy"] & 1 or references or pfn in self.stacks:
                    raise Fail("free pages, each once, on %s" % where,
                               "frame %#x, flags %#x" % (pfn, flags))
                self.stacks.add(pfn)

    def frames(self):
        """All free frames. Fail if one is in two blocks."""
        free = set(self.stacks)
        for pfn, order in self.blocks.items():
            free.update(range(pfn, pfn + (1 << order)))
        total = len(self.stacks) + sum(1 << order for order in self.blocks.values())
        expect("frames in free blocks, each in one only", total, len(free))
        return free

    def check_merged(self):
        """No two free buddies side by side."""
        for pfn, order in self.blocks.items():
            buddy = pfn ^ 1 << order
            if order < MAX_ORDER and self.blocks.get(buddy) == order:
                raise Fail("free buddies of order %d merged" % order,
                           "%#x and %#x both free" % (min(pfn, buddy), max(pfn, buddy)))

    def of_order(self, order):
        return sum(o == order for o in self.blocks.values())


def at(m, mark, function=None):
    """Stop at a mark; function(free, mem, frames of the program's pages) looks."""
    line = m.wait("at %s " % mark)
    answer = None
    if function:
        _, _, pid, address, pages = line.split()
        with m.stopped() as mem:
            root = mem.root(mem.tasks()[int(pid)])
            start = int(address, 16)
            used = [p.pfn for p in mem.leaves(root, start, start + int(pages) * PAGE)]
            answer = function(FreeMemory(mem), mem, used)
    m.go()
    return answer


MARKS = ("start", "taken", "holes", "refilled", "freed")


def walk(**looks):
    """A check of `buddylab walk` that looks at some of its marks."""
    def check(m):
        for mark in MARKS:
            at(m, mark, looks.get(mark))
    return check


def lists_right(free, mem, used):
    free.frames()


def merged(free, mem, used):
    free.check_merged()


def disjoint(free, mem, used):
    both = free.frames() & set(used)
    if both:
        raise Fail("no frame both free and in use", "frame %#x and %d more" %
                   (min(both), len(both) - 1))
    expect("frames of the program, each once", len(used), len(set(used)))
    for pfn in used[::64]:
        expect("references to a page in use", 1, mem.refcount(pfn))


def check_smallest_first(m):
    """While there are single pages, no larger block is split for one."""
    at(m, "start")
    at(m, "taken")
    before = at(m, "holes", lambda free, mem, used: free.of_order(0))
    after = at(m, "refilled", lambda free, mem, used: free.of_order(0))
    at(m, "freed")
    if before - after < min(before, 1024) - 128:
        raise Fail("1024 pages taken from the %d single free pages" % before,
                   "only %d of them used" % (before - after))


def taken_from_stacks(mem):
    """Pages that came through the harts' stacks and have not come back: filled less count."""
    total = 0
    for pcp in (pcp for zone in zones(mem) for pcp in pcps(mem, zone)):
        total += (mem.member(pcp, "struct per_cpu_pages.filled", signed=True) -
                  mem.member(pcp, "struct per_cpu_pages.count", signed=True))
    return total


def check_nothing_lost(m):
    counts, out = {}, {}

    def count(free, mem, used):
        counts[len(counts)] = len(free.frames())
        out[len(out)] = taken_from_stacks(mem)
    at(m, "start", count)
    at(m, "taken", count)
    at(m, "holes")
    at(m, "refilled")
    at(m, "freed", count)
    used = counts[0] - counts[1]
    if not 4096 <= used <= 4096 + 32:
        raise Fail("4096 pages (and a few page tables) fewer free", "%d" % used)
    if abs(counts[0] - counts[2]) > 16:
        raise Fail("%d pages free again" % counts[0], "%d" % counts[2])
    if abs(out[2] - out[0]) > 16:
        raise Fail("as many pages out by the stacks (filled less count) as before: %d" % out[0],
                   "%d" % out[2])


def check_most(m):
    at(m, "full", disjoint)
    at(m, "freed", lambda free, mem, used: (free.frames(), free.check_merged()))


def check_storm(m):
    at(m, "end", lambda free, mem, used: (free.frames(), free.check_merged()))


def singles_taken(mem):
    """How many single pages were taken so far, as /proc/vmstat (pgalloc) adds it up."""
    def field(pcp, name, size):
        return mem.value(pcp + mem.offset("struct per_cpu_pages." + name), size, True)
    return sum(field(pcp, "filled", 8) + field(pcp, "nr_frees", 8) - field(pcp, "count", 4)
               for zone in zones(mem) for pcp in pcps(mem, zone))


def check_stacks(m):
    """A hart keeps a few pages, not more than `high`; `filled` is what came less what went."""
    taken = {}

    def look(mark):
        def at_mark(free, mem, used):
            for pcp in (pcp for zone in zones(mem) for pcp in pcps(mem, zone)):
                count, high = (mem.value(pcp + mem.offset("struct per_cpu_pages." + f), 4, True)
                               for f in ("count", "high"))
                if count > high:
                    raise Fail("at most %d pages on a hart's stack" % high, "%d" % count)
            taken[mark] = singles_taken(mem) - taken.get("start", 0)
        return at_mark
    walk(**{mark: look(mark) for mark in MARKS})(m)
    for mark, pages in ("taken", 4096), ("refilled", 5120), ("freed", 9216):
        if not pages <= taken[mark] <= pages + 128:
            raise Fail("%d pages (and a few page tables) taken at mark %r, by "
                       "filled + nr_frees - count" % (pages, mark), "%d" % taken[mark])


RUN = "buddylab walk"
TESTS = [
    Test("lists", 12, "each free block is on the list of its order, aligned to its size, marked in "
         "its first page, counted, and no frame is in two of them", run=RUN,
         check=walk(start=lists_right, holes=lists_right), gdb="__free_one_page"),
    Test("split", 10, "an allocation splits a block and leaves the rest on the lists: no frame is "
         "both free and in use", run=RUN, check=walk(taken=disjoint, refilled=disjoint),
         gdb="__rmqueue"),
    Test("merge", 12, "two free buddies never stand side by side: they are one block of the next "
         "order", run=RUN, check=walk(holes=merged, freed=merged), gdb="__free_one_page"),
    Test("smallest-first", 8, "the smallest block that is large enough is taken; large ones stay "
         "whole", run=RUN, check=check_smallest_first, gdb="__rmqueue"),
    Test("nothing-lost", 10, "what is taken is missing, what is given back is there again, to the "
         "page", run=RUN, check=check_nothing_lost, gdb="pcp_return"),
    Test("stacks", 6, "a hart keeps at most `high` pages on its stack; `filled` is what came from "
         "the buddy less what went back", run=RUN, check=check_stacks, gdb="pcp_return"),
    Test("full", 8, "nearly all memory can be had, each page once, and it merges again",
         run="buddylab most", check=check_most, gdb="__rmqueue"),
    Test("storm", 6, "four processes on four harts at once leave the lists of both zones right",
         run="buddylab storm", check=check_storm, smp=4, mem="2304M", gdb="pcp_refill"),
    Test("orders", 8, "blocks of every order are aligned, 2^10 pages is the largest; "
         "split_page makes single pages of a block", selftest="buddy", partial=True,
         only=("buddy_split_merge", "buddy_all_orders", "buddy_exact", "buddy_zeroed"),
         gdb="split_page"),
    Test("selftests", 6, "the allocator's own tests, the one on several harts included",
         selftest="buddy", smp=2, partial=True, gdb="__rmqueue"),
    Test("cost", 8, "a page costs the same however many blocks are free: no search in a list",
         run="buddylab cost", mem="128M",
         budget={"take-a-page": 3500, "give-a-page": 800, "merge-a-page": 1200}, gdb="__rmqueue"),
    Test("demo", 6, "/proc/buddyinfo tells of splitting and merging", run="buddydemo", mem="128M",
         gdb="free_run"),
]
