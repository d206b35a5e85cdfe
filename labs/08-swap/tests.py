# SPDX-License-Identifier: MIT
"""Tests of lab 08-swap. user/swaplab.c makes the states; the checks look at the page tables of all
processes, at the bytes of the slots, at frames and lists, and at the swap disk itself."""
from quirelab import Fail, Test, expect
from quirelab.cacheview import waits
from quirelab.memory import PAGE_OFFSET, RAM_BASE
from quirelab.swap import BAD, HAS_CACHE, Slots, frames, lru_lists, swap_cache
from quirelab.swapview import (PAGE, View, accounts, at_rest, content, families_counted,
                               lists_agree, look, look_at, same_bytes, view_at_rest)

MAX_COUNT = 62


def nothing_left(view):
    """Nothing of swaplab is on the disk any more."""
    used = view.slots.used()
    if used:
        raise Fail("all slots back", "%d in use, slot %d with byte %#x" %
                   (len(used), used[0], view.slots.map[used[0]]))
    if swap_cache(view.mem):
        raise Fail("an empty swap cache", "%d folios" % len(swap_cache(view.mem)))
    accounts(view)


# ---- out ----

def all_out(view):
    """Each page has a slot of its own, and the slot its content."""
    found = [view.out(i) for i in range(view.nr)]
    expect("different slots for %d pages" % view.nr, view.nr, len(set(found)))
    for i, slot in enumerate(found):
        expect("count of the slot of page %d, which one process has" % i, 1,
               view.slots.count(slot))
        same_bytes("slot %d of the disk, which holds page %d" % (slot, i), content(i),
                   view.on_disk(slot))
    most = view.mem.member(view.mm(), "struct mm_struct.hiwater_rss")
    if most < view.nr:
        raise Fail("hiwater_rss of at least %d, as so many pages were in memory" % view.nr, most)
    families_counted(view)
    accounts(view)
    return found


def back(view):
    """Read only: the frame has the content, and the copy on disk is kept."""
    for i in range(view.nr):
        pte = view.pte(i)
        same_bytes("page %d, read back" % i, content(i), view.mem.frame(pte.pfn))
        expect("page %d readable by the user" % i, True, pte.readable and pte.user)
        expect("mapcount of page %d" % i, 1, view.mem.mapcount(pte.pfn))
        if pte.writable:
            raise Fail("page %d, with a copy on disk, to be write-protected" % i, "writable")
    accounts(view)


def written(view):
    """The first eight were written to: their slots are of no more use."""
    cached = {f.pfn for folios in swap_cache(view.mem).values() for f in folios}
    for i in range(8):
        pte = view.pte(i)
        expect("page %d, which was written to, writable and dirty" % i, (True, True),
               (pte.writable, pte.dirty))
        expect("references to page %d" % i, 1, view.mem.refcount(pte.pfn))
        if pte.pfn in cached:
            raise Fail("page %d, which was written to, out of the swap cache" % i, "in it")
    expect("slots in use", view.nr - 8, len(view.slots.used()))
    accounts(view)


def newest_on_disk(view):
    for i in range(view.nr):
        changes = [(7, 77 + i)] if i < 8 else []
        same_bytes("slot of page %d, after it has changed" % i, content(i, changes),
                   view.on_disk(view.out(i)))


def check_clean(m):
    state = look(m, "out", lambda view: (all_out(view), m.disk_counts()["wr_bytes"]))
    look(m, "read")

    def unchanged(view):
        expect("slots of pages that were only read", state[0],
               [view.out(i) for i in range(view.nr)])
        expect("bytes written to the disk for pages that nobody changed", 0,
               m.disk_counts()["wr_bytes"] - state[1])
    look(m, "again", unchanged)
    look(m, "wrote")

    def eight_written(view):
        newest_on_disk(view)
        expect("bytes written to the disk for 8 pages that changed", 8 * PAGE,
               m.disk_counts()["wr_bytes"] - state[1])
    look(m, "third", eight_written)
    look(m, "gone")


def check_row(m):
    before = look(m, "before", lambda view: m.disk_counts()["wr_operations"])

    def few(view):
        all_out(view)
        done = m.disk_counts()["wr_operations"] - before
        if done > 40:
            raise Fail("512 pages on their way to the disk in at most 40 requests", done)
    look(m, "out", few)
    look(m, "gone")


# ---- several processes ----

def pressed(m, mark, gone, *args):
    """More pressure until gone(view) says that all is out. Gives the mark's line, unanswered."""
    for _ in range(5):
        line = m.wait("at %s " % mark)
        if view_at_rest(m, line, gone, *args):
            return line
        m.go("more")
    raise Fail("pages that nobody uses to go to the disk under pressure", "they stay")


def family_out(view):
    return all(view.entry(i, pid)[1] is not None
               for i in range(view.nr) for pid in [view.pid, *view.others()])


def one_slot(view):
    pids = [view.pid, *view.others()]
    expect("processes", 3, len(pids))
    seen = set()
    for i in range(view.nr):
        found = [view.out(i, pid) for pid in pids]
        expect("slots for page %d, which three processes share" % i, 1, len(set(found)))
        expect("count of slot %d, which three entries name" % found[0], 3,
               view.slots.count(found[0]))
        same_bytes("slot of page %d" % i, content(i), view.on_disk(found[0]))
        seen.add(found[0])
    expect("slots for %d pages" % view.nr, view.nr, len(seen))
    accounts(view)


def check_one_slot(m):
    line = pressed(m, "pressed", family_out)
    view_at_rest(m, line, one_slot)
    m.go()
    for mark in ("one", "two", "wrote", "parent", "alone"):
        look(m, mark)


def one_has_read(view):
    first, second = view.others()
    for i in range(view.nr):
        pte, slot = view.pte(i, first), view.out(i)
        expect("slot of page %d in the other child" % i, slot, view.out(i, second))
        expect("count of slot %d, which two entries name" % slot, 2, view.slots.count(slot))
        same_bytes("frame of page %d" % i, content(i), view.mem.frame(pte.pfn))
        if pte.writable:
            raise Fail("page %d, whose slot two others have, to be write-protected" % i,
                       "writable")
    accounts(view)


def two_have_read(view):
    first, second = view.others()
    for i in range(view.nr):
        a, b = view.pte(i, first), view.pte(i, second)
        expect("frame of page %d in both children" % i, a.pfn, b.pfn)
        expect("mapcount of page %d" % i, 2, view.mem.mapcount(a.pfn))
        # Two entries, and the swap cache: the parent still has the slot.
        expect("references to page %d" % i, 3, view.mem.refcount(a.pfn))
        expect("page %d writable" % i, (False, False), (a.writable, b.writable))
    accounts(view)


def one_has_written(view):
    first, second = view.others()
    for i in range(view.nr // 2):
        a, b = view.pte(i, first), view.pte(i, second)
        if a.pfn == b.pfn:
            raise Fail("a frame of its own for page %d, which one child wrote to" % i, "shared")
        same_bytes("page %d of the writer" % i, content(i, [(0, first)]),
                   view.mem.frame(a.pfn))
        same_bytes("page %d of the other child" % i, content(i), view.mem.frame(b.pfn))
    accounts(view)


def parent_has_written(view):
    second = view.others()[1]
    for i in range(view.nr // 2, view.nr):
        a, b = view.pte(i), view.pte(i, second)
        if a.pfn == b.pfn:
            raise Fail("a frame of its own for page %d, which the parent wrote to" % i, "shared")
        same_bytes("page %d of the parent" % i, content(i, [(1, 7)]), view.mem.frame(a.pfn))
        same_bytes("page %d of the child" % i, content(i), view.mem.frame(b.pfn))
    accounts(view)


def left_alone(view):
    for i in range(view.nr):
        pte = view.pte(i)
        expect("references to page %d, which only one process has" % i, 1,
               view.mem.refcount(pte.pfn))
        same_bytes("page %d" % i, content(i, [(0, 1)]), view.mem.frame(pte.pfn))
    accounts(view)


def check_sharers(m):
    pressed(m, "pressed", family_out)
    m.go()
    for mark, function in (("one", one_has_read), ("two", two_have_read),
                           ("wrote", one_has_written), ("parent", parent_has_written),
                           ("alone", left_alone)):
        look(m, mark, function)


def counted(expected):
    """The first page's slot has so many users; every other account is right, too."""
    def function(view):
        slot = view.out(0)
        expect("count of slot %d" % slot, expected, view.slots.count(slot))
        accounts(view)
    return function


def never_too_many(view):
    for i in range(view.nr):
        _, slot = view.entry(i)
        if slot and view.slots.map[slot] & 0x3f > MAX_COUNT:
            raise Fail("a slot's count of at most %d" % MAX_COUNT, view.slots.map[slot] & 0x3f)
    accounts(view)


def is_full(view):
    out = sum(view.entry(i)[1] is not None for i in range(view.nr))
    usable = view.slots.max - view.slots.map.count(BAD)
    expect("pages in swap, of %d slots" % usable, usable, out)
    for i in range(view.nr):
        pfn, slot = view.entry(i)
        same_bytes("page %d" % i, content(i), view.on_disk(slot) if slot is not None else
                   view.mem.frame(pfn))
    accounts(view)


# ---- lists ----

def check_lists(m):
    """At the end of the hot sets, when thousands of pages have been activated and taken away."""
    for mark in ("first", "first-end", "second"):
        look(m, mark)
    line = m.wait("at second-end ")
    lengths = at_rest(m, lists_agree)
    if not lengths["LRU_ACTIVE_ANON"] or not lengths["LRU_INACTIVE_ANON"]:
        raise Fail("pages on both anonymous lists after so much pressure", lengths)
    view_at_rest(m, line, accounts)
    m.go()
    _, refill, deactivated = m.wait("refill ").split()
    if not 0 < int(deactivated) <= int(refill):
        raise Fail("pgrefill of /proc/vmstat to be at least pgdeactivate: %s" % deactivated, refill)


def check_hot(most, kept):
    """Reads of the swap disk while a set is in use, as QEMU counts them; and what the first set
    still has in memory when it has been idle for long."""
    def check(m):
        places = []
        for name in ("first", "second"):
            places.append(m.wait("at %s " % name))
            before = m.disk_counts()["rd_operations"]
            m.go()
            m.wait("at %s-end " % name)
            reads = m.disk_counts()["rd_operations"] - before
            if reads > most:
                raise Fail("at most %d reads of the swap disk while the %s hot set is in use" %
                           (most, name), reads)
            if name == "second":
                with m.stopped() as mem:
                    view = View(m, mem, places[0])
                    left = sum(view.entry(i)[0] is not None for i in range(view.nr))
                if left > kept:
                    raise Fail("at most %d pages in memory of a set that is out of use" % kept,
                               "%d of %d" % (left, view.nr))
            m.go()
    return check


# ---- stale TLB entries, errors ----

def check_tlb(m):
    for _ in range(5):
        line = m.wait("at out ")

        def present(mem):
            if View(m, mem, line).entry(0)[0] is None:
                raise Fail("a thread on another hart that writes to a page that is out to fault",
                           "it goes on writing")
        at_rest(m, present)
        m.go()
    for _ in range(5):
        file_unmapped(m, m.wait("at file "))


def file_unmapped(m, line):
    """Reclaim is held before it flushes its batch: who stores to a page of a file must wait."""
    view = view_at_rest(m, line, lambda view: view.pte(0) and view)
    mem, root, counts = m.memory(), view.roots[view.pid], []
    word, tasks = mem.va(view.pte(0).pfn * PAGE), mem.find_tasks("swapedgelab")

    def settled():
        if mem.walk(root, view.start) is not None:
            return True     # it could not be taken away: that says nothing
        counts.append(mem.value(word))
        return len(set(counts)) > 1 or any(waits(mem, task) for task in tasks)
    m.hold("tlb_batch_flush", settled)
    if len(set(counts)) > 1:
        raise Fail("a thread on another hart that writes to a page of a file to fault as soon as "
                   "the entry is empty", "it goes on writing")


def bad_slot(m, slot):
    _, every, first, last = m.test.swap_errors
    return first <= slot <= last and (slot - first) % every == 0


def where(view):
    accounts(view)
    return [view.out(i) for i in range(view.nr)]


def uncached(view):
    """No page in a slot that cannot be read is in memory any more."""
    return not any(bad_slot(view.m, slot) and view.slots.cached(slot) for slot in where(view))


def check_read_errors(m):
    line = pressed(m, "out", uncached)
    found = view_at_rest(m, line, where)
    m.go()
    line = m.wait("at touched ")
    for i, slot in enumerate(found):
        said = next(x for x in m.lines if x.startswith("touched %d " % i))
        expect("signal (0: none) for who touches page %d in slot %d" % (i, slot),
               7 if bad_slot(m, slot) else 0, int(said.split()[2]))
    left = view_at_rest(m, line, lambda view: [view.entry(i)[1] for i in range(view.nr)])
    for i, slot in enumerate(found):
        if bad_slot(m, slot):
            expect("slot of page %d, which could not be read" % i, slot, left[i])
    m.go()


def kept(view):
    """Each page is somewhere: mapped, in the swap cache, or on the disk."""
    cache = swap_cache(view.mem)
    for i in range(view.nr):
        pfn, slot = view.entry(i)
        if slot is None and pfn is None:
            raise Fail("page %d to be somewhere" % i, "nowhere")
        if pfn is not None:
            same_bytes("page %d, mapped" % i, content(i), view.mem.frame(pfn))
        elif slot in cache:
            same_bytes("page %d, in the swap cache" % i, content(i),
                       view.mem.frame(cache[slot][0].pfn))
        else:
            if bad_slot(view.m, slot):
                raise Fail("page %d, which could not be written, in memory" % i, "on disk only")
            same_bytes("page %d, in slot %d" % (i, slot), content(i), view.on_disk(slot))
    accounts(view)


def intact(view):
    for i in range(view.nr):
        pfn, slot = view.entry(i)
        same_bytes("page %d" % i, content(i), view.on_disk(slot) if slot is not None else
                   view.mem.frame(pfn))
    accounts(view)


def check_nomem(m):
    rounds = 8
    for n in range(1, rounds + 1):
        line = m.wait("at before ")
        with m.stopped() as mem:
            mem.fail_nth(mem.tasks()[int(line.split()[2])], n)
        m.go()
        line = m.wait("at out ")
        with m.stopped() as mem:
            mem.fail_nth(mem.tasks()[int(line.split()[2])], 0)
        view_at_rest(m, line, intact)
        m.go("more" if n < rounds else "")
    look(m, "gone", nothing_left)


def check_file(m):
    def on_disk(changed):
        def compare(mem):
            data = m.disk(0).read_bytes()
            for i in range(16):
                changes = [(0, i)] if changed else []
                same_bytes("page %d of the file, which reclaim took" % i, content(i, changes),
                           data[i * PAGE:(i + 1) * PAGE])
        return compare
    for mark, changed in (("out", False), ("again", True)):
        line = m.wait("at %s " % mark)
        at_rest(m, on_disk(changed))
        view_at_rest(m, line, unmapped)
        m.go()
    look(m, "text", all_active)
    look(m, "data", all_mapped)
    look(m, "left", once_active)


def all_active(view):
    for i in range(view.nr):
        expect("page %d of a program's text, used since reclaim looked last, is active" % i, True,
               view.mem.page_flag(view.pte(i).pfn, "PG_active"))


def all_mapped(view):
    gone = sum(view.entry(i)[0] is None for i in range(view.nr))
    expect("pages of a file that go before those of a MADV_SEQUENTIAL mapping", 0, gone)


def once_active(view):
    pages, (lists, _) = frames(view.mem), lru_lists(view.mem)
    if not any(pages[pfn].has("PG_workingset") for pfn in lists["LRU_INACTIVE_FILE"]):
        raise Fail("PG_workingset of inactive pages of a file that have been active", "set in none")


def unmapped(view):
    for i in range(view.nr):
        expect("entry of page %d of the file, which was taken away" % i, (None, None),
               view.entry(i))


def given_up(view):
    """The odd pages are gone without a slot, the even ones were wanted after all."""
    for i in range(view.nr):
        pfn, slot = view.entry(i)
        if i % 2:
            expect("entry of page %d, which was given up" % i, (None, None), (pfn, slot))
        elif pfn is None and slot is None:
            raise Fail("page %d, written again after MADV_FREE, to be kept" % i, "nowhere")
        else:
            same_bytes("page %d, written again after MADV_FREE" % i, content(i),
                       view.on_disk(slot) if pfn is None else view.mem.frame(pfn))
    accounts(view)


# ---- locked memory, wild entries ----

def all_there(view):
    for i in range(view.nr):
        same_bytes("page %d, which is locked" % i, content(i), view.mem.frame(view.pte(i).pfn))


def all_locked(view):
    all_there(view)
    for i in range(view.nr):
        expect("PG_mlocked of page %d, which came back into locked memory" % i, True,
               view.mem.page_flag(view.pte(i).pfn, "PG_mlocked"))
    accounts(view)


def put_entry(view, i, slot, area=0):
    """A swap entry that no kernel has made, in place of an empty one of page i; it is counted."""
    mem, va = view.mem, view.start + i * PAGE
    at = mem.tables(view.roots[view.pid], va, va + PAGE)[-1] + (va // PAGE % 512) * 8
    expect("entry of page %d, which nobody has touched" % i, 0, mem.u64p(at))
    mem.poke(at - RAM_BASE + PAGE_OFFSET, slot << mem.constant("__SWP_OFFSET_SHIFT") |
             area << mem.constant("__SWP_TYPE_SHIFT"), 8)
    mem.poke(view.mm() + mem.offset("struct mm_struct.rss_stat") +
             8 * mem.constant("MM_SWAPENTS"), view.counter(view.pid, "MM_SWAPENTS") + 1, 8)


def no_slot_touched(view, before):
    for slot, byte in enumerate(before):
        expect("byte of slot %d, after wild entries were looked at" % slot, byte,
               view.slots.map[slot])
    view.slots.counters_agree()


def check_wild(m):
    line = m.wait("at empty ")
    with m.stopped() as mem:
        view = View(m, mem, line)
        before = view.slots.map
        wild = [("a free slot", before.index(0), 0), ("an area that is off", 1, 3),
                ("a slot behind the last", view.slots.max + 5, 0)]
        for i, (_, slot, area) in enumerate(wild, 1):
            put_entry(view, i, slot, area)
    m.go()
    line = m.wait("at tried ")
    for i, (what, _, _) in enumerate(wild, 1):
        expect("a read of page %d, whose entry names %s" % (i, what), "read %d refused" % i,
               next(x for x in m.lines if x.startswith("read %d " % i)))
    with m.stopped() as mem:
        view = View(m, mem, line)
        no_slot_touched(view, before)
        # Nobody counts on this slot; the swap cache has it.
        put_entry(view, 5, before.index(HAS_CACHE))
    m.go()
    line = m.wait("at unmapped ")
    view_at_rest(m, line, no_slot_touched, before)
    view_at_rest(m, line, accounts)
    m.go()


def check_unneeded(m):
    """A thread gives the pages up while another stands before the write of the first of them."""
    line = m.wait("at ready ")
    with m.stopped() as mem:
        view = View(m, mem, line)
        told = view.pte(0).pfn * PAGE - RAM_BASE + PAGE_OFFSET
    before = m.disk_counts()["wr_bytes"]

    def given_back():
        mem = m.memory()
        mem.poke(told, 1, 8)
        slots = Slots(mem)
        return not any(slots.count(slot) for slot in slots.used())
    m.hold("swap_writepage", given_back)

    def nothing_written(view):
        nothing_left(view)
        expect("bytes written to the disk for pages whose last user has gone", 0,
               m.disk_counts()["wr_bytes"] - before)
    look(m, "gone", nothing_written)


def t(name, points, rule, run, check=None, swap="64M", **more):
    return Test(name, points, rule, run=run if " " in run else "swaplab " + run, check=check,
                swap=swap, **more)


def edge(name, points, rule, state, check, **more):
    return t(name, points, rule, "swapedgelab " + state, check, **more)


TESTS = [
    t("out", 7, "a page that is taken away leaves a swap entry, and its slot of the disk holds "
      "its content", "row", look_at(("before", None), ("out", all_out), ("gone", None)),
      gdb="unmap_pte"),
    t("row", 4, "pages that go out together lie together: few requests", "row", check_row,
      gdb="swap_slot_alloc"),
    t("slots-back", 7, "when a process has ended all its slots are free and nothing of it is in "
      "the swap cache", "row", look_at(("before", None), ("out", None), ("gone", nothing_left)),
      gdb="free_swap_and_cache"),
    t("in", 7, "a page that is touched comes back as it was; who writes to it owns it and gives "
      "the slot up", "out", look_at(("out", None), ("read", back), ("again", None),
                                    ("wrote", written), ("third", None), ("gone", None)),
      gdb="swap_map"),
    t("clean", 7, "a page that did not change since it came in is not written again, one that did "
      "is", "out", check_clean, gdb="swap_map"),
    t("one-slot", 9, "a page that three processes share goes out of all three, into one slot",
      "family", check_one_slot, mem="32M", gdb="rmap_walk_anon"),
    t("sharers", 7, "two who touch the same slot get the same frame; who writes gets a copy",
      "family", check_sharers, mem="32M", gdb="do_swap_page"),
    t("fork-counts", 7, "a slot's count is the number of entries that name it, at each step of a "
      "family's life", "counts", look_at(("forked", counted(4)), ("ended", counted(3)),
                                         ("read", counted(2)), ("wrote", accounts),
                                         ("alone", accounts)), mem="32M", gdb="copy_swap_pte"),
    t("many", 3, "the count stops at 62: then fork brings the page in", "many",
      look_at(("forked", never_too_many), ("ended", accounts)), gdb="swap_slot_get"),
    t("full", 4, "when all slots are used the other pages stay where they are", "full",
      look_at(("full", is_full), ("gone", None), ("reused", all_out)), swap="1M",
      gdb="add_to_swap"),
    t("lists", 5, "every page is on the list that its flags name, and on no other", "hot",
      check_lists, mem="32M", swap="128M", gdb="shrink_active_list"),
    t("hot-set", 7, "pages in use stay in memory while others pass through it", "hot",
      check_hot(400, 1700), mem="32M", swap="128M", gdb="check_references"),
    edge("tlb", 3, "once a page is out no hart writes to it through an old TLB entry", "tlb",
         check_tlb, smp=2, disks=("1M",), gdb="unmap_pte"),
    edge("read-error", 3, "a slot that cannot be read kills who touches its page, and nobody else",
         "errors", check_read_errors, mem="32M", swap_errors=("read", 4, 3, 32),
         gdb="do_swap_page"),
    edge("write-error", 3, "a page that could not be written stays in memory", "write-errors",
         look_at(("out", kept), ("touched", kept), ("again", kept)), mem="32M",
         swap_errors=("write", 4, 3, 16384), gdb="end_write_folio"),
    edge("no-memory", 2, "a page-out that finds no memory for the swap cache leaves page and slot "
         "as they were", "nomem", check_nomem, gdb="add_to_swap"),
    edge("file", 2, "a page of a mapped file is unmapped too, written to its file, and gets no "
         "slot; text stays, what is read once goes first", "file", check_file, mem="32M",
         disks=("8M",), gdb="unmapped_pte"),
    edge("lazyfree", 2, "what MADV_FREE gave up goes without a slot, unless it was written since: "
         "the D bit tells", "lazy", look_at(("out", given_up), ("again", given_up)),
         gdb="unmapped_pte"),
    edge("locked", 2, "memory that mlock() has locked stays where it is", "locked",
         look_at(("locked", all_locked), ("pressed", all_there)), mem="32M", gdb="unmap_one"),
    edge("unneeded", 2, "what nobody has any more when its turn at the disk comes is not written",
         "unneeded", check_unneeded, smp=2, gdb="swap_writepage"),
    edge("wild", 2, "an entry that names no slot, or one that nobody counts on, is an error and "
         "changes nothing", "wild", check_wild, gdb="swap_slot_get"),
    t("cost", 3, "a page goes, and comes back from the swap cache, in few instructions: nothing "
      "looks at all slots", "swapedgelab cost", gdb="swap_cache_lookup",
      budget={"out": 20000, "back": 6000, "unmap": 8000}),
    t("pressure", 2, "twice the memory there is, in four processes on two harts, word for word",
      "swaptest 12 4", mem="32M", smp=2, gdb="shrink_active_list",
      # How much goes out and in again, and how long locks are waited for, is the host's chance.
      instructions=24_000_000_000),
]
