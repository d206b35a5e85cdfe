# SPDX-License-Identifier: MIT
"""Tests of lab 07-pagecache. user/cachelab.c, filelab.c and edgelab.c make the states; the checks
look at page tables, at the frames, at the tree of the page cache, and at the disk: what it was
asked for, and what is on it when the power has failed."""
from quirelab import Fail, Test, expect, ext2
from quirelab.cacheview import State, at_rest, expect_same, look, node_count, waits
from quirelab.frames import free_frames

PAGE, PAGES = 4096, 16
DISK = 8 << 20
EIO = 5
SLOW = 40000                    # bytes a second
SLOW_READS = 12                 # a second
NO_MEMORY_SYNCS = 4             # of filelab
STUCK = 400                     # bytes a second: a page takes 10 s
DIRTY_LIMIT = 16                # pages: of edgelab


# ---- files, as cachelab.c knows them too ----

def content(pages):
    return bytes((n * 7 + (n >> 12) * 29 + (n >> 8)) & 255 for n in range(pages * PAGE))


DATA = content(PAGES)
MANY = content(512)


def page_of(data, i):
    return data[i * PAGE:(i + 1) * PAGE]


def stored(data, changes):
    """data with other bytes at some places: {offset: bytes}."""
    data = bytearray(data)
    for at, new in changes.items():
        data[at:at + len(new)] = new
    return bytes(data)


def disk(path):
    ext2.make(path, DISK, {"data": DATA})


def disk_two(path):
    ext2.make(path, DISK, {"data": DATA, "many": MANY})


def disk_many(path):
    ext2.make(path, DISK, {"many": MANY})


def small_disk(path):
    ext2.make(path, 1 << 20, {"data": b"x"}, options=("-m", "0"))


def bad_for(event, page):
    """A disk that fails each read or write of one page of the file data."""
    def make(path):
        disk(path)
        return ext2.failing(path, event, ext2.blocks(path, "data")[page])
    return make


# ---- reading ----

def check_read(m):
    counts, cached = [], []
    for mark in ("begin", "cold", "warm", "ahead"):
        m.wait("at %s" % mark)
        counts.append(m.disk_counts()["rd_operations"])
        with m.stopped() as mem:
            cached.append(node_count(mem, "NR_FILE_PAGES"))
        m.go()
    if counts[1] == counts[0]:
        raise Fail("requests to the disk for a file that was never read", "none")
    expect("requests to the disk when the same file is read again", 0, counts[2] - counts[1])
    if counts[1] - counts[0] > 8:
        raise Fail("at most 8 requests for 16 pages that are read in order", counts[1] - counts[0])
    if not PAGES <= cached[1] - cached[0] <= PAGES + 4:
        raise Fail("%d pages more in the page cache, as the machine counts, and a few of metadata" %
                   PAGES, cached[1] - cached[0])
    if counts[3] - counts[2] > 48:
        raise Fail("at most 48 requests for 512 pages that are read one after the other: each "
                   "window is larger than the one before", counts[3] - counts[2])


def one_frame(state):
    mem = state.mem
    found = at_rest(state, state.mapped(0, 0).pfn)
    expect("indices in the page cache", list(range(PAGES)), sorted(found))
    for i in range(PAGES):
        a = state.mapped(0, i)
        expect("frame of page %d: that of the page cache" % i, found[i][0], a.pfn)
        expect("page %d, which was only read, is writable" % i, False, a.writable)
        expect("page %d, which was only read, is dirty" % i, False,
               mem.page_flag(a.pfn, "PG_dirty"))
        expect("page %d, which read(2) has used twice, is active (folio_mark_accessed)" % i, True,
               mem.page_flag(a.pfn, "PG_active"))
        expect_same("frame of page %d" % i, page_of(DATA, i), mem.frame(a.pfn))
        if 4 <= i < 12:
            b = state.mapped(1, i - 4)
            expect("frame of page %d in both processes" % i, a.pfn, b.pfn)
            expect("page %d of a private mapping is writable" % i, False, b.writable)
        expect("mapcount of page %d" % i, 2 if 4 <= i < 12 else 1, mem.mapcount(a.pfn))


def one_content(state):
    mem = state.mem
    for i, byte in ((5, b"W"), (6, b"S")):
        pfn = state.mapped(0, i).pfn
        expect("frame of page %d in both processes" % i, pfn, state.mapped(1, i - 4).pfn)
        expect_same("frame of page %d" % i, byte + page_of(DATA, i)[1:], mem.frame(pfn))


def come_back(state):
    _, found = state.cache(state.mapped(0, 0).pfn)
    for i in range(12, 16):
        if i not in found:
            raise Fail("page %d, which was taken away and read again, in the page cache" % i,
                       "it is not there")
        expect("page %d, which was taken away and wanted again, is active (workingset_refault)" % i,
               True, state.mem.page_flag(found[i][0], "PG_active"))


def check_frames(m):
    look(m, "mapped", one_frame)
    look(m, "wrote", one_content)
    look(m, "back", come_back)


def at_offset(state):
    found = at_rest(state, state.mapped(0, 0).pfn)
    for i in range(8):
        pte = state.mapped(0, i)
        expect("page %d of a mapping that begins at page 5 of the file: its index" % i, 5 + i,
               state.mem.member(state.mem.page(pte.pfn), "struct page.index"))
        expect("page %d of the file in the page cache: the frame that is mapped" % (5 + i),
               pte.pfn, found.get(5 + i, (None,))[0])
        data = page_of(DATA, 5 + i)
        expect_same("page %d of the mapping" % i, data if i < 4 else stored(data, {1: b"o"}),
                    state.mem.frame(pte.pfn))
        expect("page %d is writable: only what was written is" % i, i >= 4, pte.writable)


def check_offset(m):
    look(m, "mapped", at_offset)


# ---- private mappings ----

def copied(state):
    mem = state.mem
    for i in range(8):
        own, shared = state.mapped(0, i), state.mapped(1, i)
        if own.pfn == shared.pfn:
            raise Fail("a frame of its own for page %d, which a private mapping wrote" % i,
                       "that of the page cache")
        expect("that frame is anonymous memory", True, state.anonymous(own.pfn))
        expect_same("the private page %d" % i, stored(page_of(DATA, i), {7: b"P"}),
                    mem.frame(own.pfn))
        expect_same("page %d of the file" % i, page_of(DATA, i), mem.frame(shared.pfn))
        expect("page %d of the file is dirty" % i, False, mem.page_flag(shared.pfn, "PG_dirty"))
        expect("references to the private page %d" % i, 1, mem.refcount(own.pfn))
    at_rest(state, state.mapped(1, 0).pfn)


def check_private(m):
    look(m, "stored", copied)
    m.wait("at synced")
    m.power_cut()
    expect_same("the file after the power has failed", DATA, ext2.read(m.disk(0), "data"))


# ---- what is dirty ----

def dirty_are(state, which, pages):
    """Of the pages that are mapped these are dirty and writable, the others neither."""
    mem = state.mem
    _, found = state.cache(state.mapped(which, 0).pfn)
    for i in range(8):
        pte = state.pte(which, i)
        if pte is None:
            if i in pages:
                raise Fail("page %d to be mapped" % i, "no entry")
            continue
        is_dirty = i in pages
        why = "was written" if is_dirty else "is clean"
        expect("page %d, which %s, is writable in its PTE" % (i, why), is_dirty, pte.writable)
        expect("page %d, which %s: PG_dirty" % (i, why), is_dirty,
               mem.page_flag(pte.pfn, "PG_dirty"))
        if is_dirty:
            expect("page %d, which %s: the mark in the tree, by which it is found" % (i, why), True,
                   found[i][1])
        elif pte.dirty:
            raise Fail("page %d, which is clean, without the D bit" % i, "D is set")


def check_track(m):
    def pages(*dirty):
        def check(state):
            dirty_are(state, 0, dirty)
            return node_count(state.mem, "NR_FILE_DIRTY")
        return check

    counts = [look(m, mark, pages(*dirty)) for mark, dirty in
              (("read", ()), ("stored", (0, 1, 5)), ("synced", ()), ("again", (0, 5)))]
    # Pages of the disk itself may be dirty too, but msync writes them.
    expect("dirty pages of the machine, counted: 2 more after the last stores", counts[2] + 2,
           counts[3])
    if counts[1] < 3 or counts[2] > counts[0]:
        raise Fail("3 dirty pages or more after the stores, none of them after msync",
                   "%d and %d" % (counts[1], counts[2]))
    look(m, "end", lambda s: at_rest(s, s.mapped(0, 0).pfn))


def check_again(m):
    new = {0: b"b", PAGE: b"a", 5 * PAGE: b"b"}
    line = m.wait("at synced")
    with m.stopped() as mem:        # later it would have all requests carried out
        state = State(mem, line)
        pfn = state.mapped(0, 3).pfn
    expect_same("the file after the second msync", stored(DATA, new), ext2.read(m.disk(0), "data"))
    m.monitor("block_set_io_throttle disk0 0 0 %d 0 0 0" % STUCK)
    m.go()
    m.wait("at under")
    m.go()
    m.wait_until(lambda: waits(mem, state.places[0][0]) or m.lines[-1].startswith("at end"),
                 "the program to wait for page 3")
    m.monitor("block_set_io_throttle disk0 0 0 0 0 0 0")
    m.wait("at end")
    with m.stopped() as mem:
        # What was on its way may or may not have had the last store in it.
        expect("page 3 is dirty after fsync; it was stored to while it was being written", False,
               mem.page_flag(pfn, "PG_dirty"))
    m.power_cut()
    new.update({2 * PAGE: b"c", 3 * PAGE: b"d"})
    expect_same("the file after fsync, whose page 3 was stored to while it was being written",
                stored(DATA, new), ext2.read(m.disk(0), "data"))


def all_clean(state):
    for i in range(4):
        for which, page in ((0, i + 2), (1, i), (2, i)):
            if state.mapped(which, page).writable:
                raise Fail("page %d of the file read-only in each of three processes after fsync" %
                           (i + 2), "process %d may write to it" % (which + 1))


def check_all(m):
    look(m, "stored")
    look(m, "synced", all_clean)
    m.wait("at end")
    m.power_cut()
    changes = {}
    for i in range(2, 6):
        changes.update({i * PAGE: b"ABC", i * PAGE + 10: b"p"})
    expect_same("the file after the second fsync", stored(DATA, changes),
                ext2.read(m.disk(0), "data"))


# ---- reaching the disk ----

def check_msync(m):
    m.wait("at stored")
    before = m.disk_counts()["wr_bytes"]
    # A slow disk: what is not waited for is not there yet.
    m.monitor("block_set_io_throttle disk0 0 0 %d 0 0 0" % SLOW)
    m.go()
    line = m.wait("at synced")
    pages = (m.disk_counts()["wr_bytes"] - before) // PAGE
    with m.stopped() as mem:
        at_rest(State(mem, line), State(mem, line).mapped(0, 0).pfn)
    new = {page * PAGE: b"m" * PAGE for page in (3, 4, 5)}
    expect_same("the file after msync of its page 3, then of pages 4 and 5", stored(DATA, new),
                ext2.read(m.disk(0), "data"))
    if pages > 8:
        raise Fail("msync of 3 pages to write these, and a few of metadata", "%d pages" % pages)
    m.monitor("block_set_io_throttle disk0 0 0 0 0 0 0")
    m.go()
    m.wait("at end")
    m.power_cut()
    new.update({page * PAGE: b"m" * PAGE for page in (10,)})
    expect_same("the file after umount", stored(DATA, new), ext2.read(m.disk(0), "data"))
    ext2.check(m.disk(0))


def fsynced():
    return stored(DATA, {5000: b"w" * 1000, 10 * PAGE + 99: b"x",
                         (PAGES - 1) * PAGE + 7: b"w" * (3 * PAGE)})


def check_fsync(m):
    m.wait("at synced")
    expect_same("the file after fsync", fsynced(), ext2.read(m.disk(0), "data"))
    m.go()
    m.wait("at end")
    m.power_cut()
    expect_same("the file after sync", stored(fsynced(), {11 * PAGE: b"y"}),
                ext2.read(m.disk(0), "data"))
    expect_same("a new file after sync", bytes(2 * PAGE + 1) + b"w" * (3 * PAGE),
                ext2.read(m.disk(0), "made"))
    ext2.check(m.disk(0))


# ---- errors ----

def check_badwrite(m):
    for line, why in (("msync %d" % EIO, "msync to tell of the error"),
                      ("other %d" % EIO, "fsync of another open file to tell of it, too"),
                      ("again 0", "the second fsync not to tell of it again")):
        said = m.wait(line.split()[0])
        expect(why + ": errno", line, said)
    line = m.wait("at told")
    with m.stopped() as mem:
        at_rest(State(mem, line), State(mem, line).mapped(0, 1).pfn)
    expect_same("the file, of which page 2 cannot be written",
                stored(DATA, {PAGE: b"e", 3 * PAGE: b"e"}), ext2.read(m.disk(0), "data"))
    m.go()
    expect("write(2) with O_DIRECT to tell of its own error: errno", "direct %d" % EIO,
           m.wait("direct "))
    look(m, "end")


def check_lost(m):
    """The host spoils the block with the numbers of pages 12 and up, then restores it."""
    def spoil(data):
        with open(m.disk(0), "r+b") as image:
            image.seek(indirect * PAGE)
            old = image.read(PAGE)
            image.seek(indirect * PAGE)
            image.write(data)
        return old

    blocks = ext2.blocks(m.disk(0), "data")
    indirect = next(b for b in range(blocks[11] + 1, blocks[12]) if b not in blocks)
    line = m.wait("at stored")
    with m.stopped() as mem:
        pfn = State(mem, line).mapped(0, 13).pfn
    old = spoil(b"\xff" * PAGE)
    m.monitor("block_set_io_throttle disk0 0 0 %d 0 0 0" % SLOW)
    m.go()
    first = m.wait("first ")
    m.wait("at failed")
    if first == "first 0":
        raise Fail("fsync to fail when the place of a dirty page cannot be found", "no error")
    new = {i * PAGE: b"l" for i in range(1, 12, 2)}
    expect_same("pages 0 to 11 when fsync has told of the page that it could not write",
                stored(DATA, new)[:12 * PAGE], ext2.read(m.disk(0), "data")[:12 * PAGE])
    m.go()
    if m.wait("other ") == "other 0":
        raise Fail("fsync of another open file to tell of the error, too", "no error")
    expect("the second fsync: errno", "second 0", m.wait("second "))
    line = m.wait("at told")
    with m.stopped() as mem:
        found = at_rest(State(mem, line), pfn)
        expect("the dirty mark of page 13, which is given up, in the tree", False, found[13][1])
    spoil(old)
    m.monitor("block_set_io_throttle disk0 0 0 0 0 0 0")
    m.go()
    m.wait("at end")
    m.power_cut()
    expect_same("the file after umount", stored(DATA, {**new, 13 * PAGE: b"n"}),
                ext2.read(m.disk(0), "data"))


def check_badread(m):
    def bad_page(state):
        found = at_rest(state, state.mapped(0, 0).pfn)
        if 6 in found:
            expect("page 6, which could not be read, is uptodate", False,
                   state.mem.page_flag(found[6][0], "PG_uptodate"))
        if state.pte(0, 6) is not None:
            raise Fail("no entry for page 6, which could not be read", "one")
        return len(free_frames(state.mem))
    look(m, "first", lambda s: at_rest(s, s.mapped(0, 0).pfn))
    begin = look(m, "begin", bad_page)
    end = look(m, "end", bad_page)
    if begin - end > 20:
        raise Fail("no frame lost by a store that ends in SIGBUS", "%d frames" % (begin - end))


def check_noroom(m):
    def full(state):
        at_rest(state, state.mapped(0, 1).pfn)
        expect("page 1, for which the disk has no room, is writable", False,
               state.mapped(0, 1).writable)
    look(m, "first", full)
    look(m, "second", full)
    m.wait("at end")
    m.power_cut()
    expect_same("the file when there was room again",
                stored(bytes(4 * PAGE), {PAGE: b"r", 2 * PAGE: b"r"}),
                ext2.read(m.disk(0), "holes"))


# ---- truncate ----

def check_truncate(m):
    def touched(state):
        return [state.mapped(0, i).pfn for i in range(10)], state.mapped(2, 4).pfn

    def cut(state):
        mem = state.mem
        for which, first in ((0, 0), (1, 3), (2, 2)):
            for page in range(5, 10):
                if state.pte(which, page - first) is not None:
                    raise Fail("no entry for page %d, which is cut off, in mapping %d (from page "
                               "%d of the file on)" % (page, which, first), "one")
        for i in range(4):
            expect("frame of page %d, which stays" % i, frames[i], state.mapped(0, i).pfn)
        found = at_rest(state, frames[0])
        expect("pages in the cache behind the new end", [], [i for i in found if i > 4])
        for i in range(5, 10):
            expect("references to the old frame of page %d, if it is still this file's" % i, 0,
                   mem.refcount(frames[i]) if mem.member(mem.page(frames[i]),
                                                         "struct page.mapping") else 0)
        for page, offset, byte in ((1, 0, b"k"), (2, 50, b"l")):
            kept = mem.frame(state.mapped(2, page).pfn)
            expect("the private copy of page %d, which stays" % (2 + page), byte,
                   kept[offset:offset + 1])

    frames, _ = look(m, "touched", touched)
    look(m, "cut", cut)
    look(m, "grown")


def check_tail(m):
    def cut(state):
        pfn = state.mapped(0, 4).pfn
        expect_same("the page with the new end", page_of(DATA, 4)[:100] + bytes(PAGE - 100),
                    state.mem.frame(pfn))
        at_rest(state, pfn)

    look(m, "touched")
    block = ext2.blocks(m.disk(0), "data")[4]
    look(m, "cut", cut)
    m.wait("at synced")
    expect_same("the block on the disk after fsync", page_of(DATA, 4)[:100] + bytes(PAGE - 100),
                m.disk(0).read_bytes()[block * PAGE:(block + 1) * PAGE])
    m.go()
    m.wait("at grown")
    m.monitor("block_set_io_throttle disk0 0 0 %d 0 0 0" % STUCK)
    m.go()
    line = m.wait("at under")
    task = State(m.memory(), line).places[0][0]
    m.go()
    m.wait_until(lambda: waits(m.memory(), task) or m.lines[-1].startswith("at short"),
                 "the program to wait for page 1")
    early = m.lines[-1].startswith("at short")
    m.monitor("block_set_io_throttle disk0 0 0 0 0 0 0")
    if early:
        raise Fail("ftruncate to wait for page 1, which is on its way to the disk", "it is done")
    m.wait("at short")
    m.go()


def check_late(m):
    """A store makes a private copy of a page; it is held when it needs a page table. Then the page
    is cut off, until truncate waits for the page or is done."""
    line = m.wait("at begin")
    with m.stopped() as mem:
        state = State(mem, line)
        word = mem.va(state.mapped(2, 0).pa)

    def cut():
        if not mem.value(word):
            mem.poke(word, 1, 8)
        return waits(mem, state.places[0][0]) or mem.value(word) == 2
    m.hold("__pte_alloc", cut)

    def cut_off(state):
        if state.pte(1, 7) is not None:
            raise Fail("no entry for page 7, which was cut off, in the private mapping", "one")
        at_rest(state, state.mapped(0, 0).pfn)
    look(m, "cut", cut_off)
    look(m, "end")


def check_limit(m):
    for mark, what in (("stored", "not present"), ("again", "present, read-only")):
        dirty = look(m, mark, lambda s: node_count(s.mem, "NR_FILE_DIRTY"))
        if dirty > 2 * DIRTY_LIMIT:
            raise Fail("at most %d dirty pages, or a few more, after stores to 128 pages that were "
                       "%s" % (DIRTY_LIMIT, what), dirty)


# ---- no memory, races ----

def check_nomem(m):
    for n in range(1, 25):
        line = m.wait("at before")
        with m.stopped() as mem:
            state = State(mem, line)
            mem.fail_nth(state.places[0][0], n)
        m.go()
        line = m.wait("at after")
        with m.stopped() as mem:
            state = State(mem, line)
            mem.fail_nth(state.places[0][0], 0)
            at_rest(state, state.mapped(0, 95).pfn)
        m.go()
    for n in range(1, NO_MEMORY_SYNCS + 1):
        pid = int(m.wait("at full").split()[2].partition(":")[0])
        with m.stopped() as mem:
            mem.fail_nth(mem.tasks()[pid], n)
        m.go()
        m.wait("at tried")
        with m.stopped() as mem:
            mem.fail_nth(mem.tasks()[pid], 0)
        m.go()
    look(m, "end")


def check_race(m):
    m.wait("at begin")
    m.monitor("block_set_io_throttle disk0 0 0 0 0 %d 0" % SLOW_READS)
    m.go()
    m.wait("at cut")
    m.monitor("block_set_io_throttle disk0 0 0 0 0 0 0")
    m.go()
    line = m.wait("at end")
    with m.stopped() as mem:
        state = State(mem, line)
        for i in range(8):
            if state.pte(0, i) is None:
                continue
            found = at_rest(state, state.pte(0, i).pfn)
            expect("page %d in the page cache: the frame that is mapped" % i,
                   state.pte(0, i).pfn, found.get(i, (None,))[0])
    m.go()


def check_tlb(m):
    line = m.wait("at end")
    with m.stopped() as mem:
        pte = State(mem, line).mapped(0, 0)
        frame = mem.frame(pte.pfn)
        if not mem.page_flag(pte.pfn, "PG_dirty"):
            expect_same("page 0, which is clean, on the disk", frame,
                        page_of(ext2.read(m.disk(0), "data"), 0))
    m.go()


def t(name, points, rule, run, check=None, disks=(disk,), **more):
    return Test(name, points, rule, run=run, check=check, disks=disks, **more)


TESTS = [
    t("read-cached", 6, "a file that was read is in memory: reading it again asks the disk for "
      "nothing", "cachelab read", check_read, disks=(disk_two,), gdb="filemap_read_one"),
    t("one-frame", 7, "each page of a file has one frame, for read, write and every mapping; its "
      "references are those of the cache and of the PTEs", "cachelab frames", check_frames,
      gdb="filemap_fault"),
    t("offset", 5, "a fault brings the page of the file that the mapping has at this address",
      "cachelab offset", check_offset, gdb="filemap_fault"),
    t("private", 6, "a store in a private mapping makes a copy; the file never sees it",
      "cachelab private", check_private, gdb="do_cow_fault"),
    t("dirty-tracking", 6, "a page of a shared mapping is writable only while it is dirty: "
      "read-only until the first store, and again after it was written back", "cachelab track",
      check_track, gdb="wp_page_shared"),
    t("write-again", 5, "a store after write-back is written back too, also one while it is "
      "being written", "edgelab again", check_again, gdb="folio_clear_dirty_for_io"),
    t("all-mappings", 5, "write-back takes the right to write away from all processes",
      "cachelab all", check_all, gdb="mkclean_one"),
    t("msync", 6, "msync writes the dirty pages of the range, and no others, before it returns",
      "cachelab msync", check_msync, gdb="sync_vma"),
    t("fsync", 5, "after fsync and sync the disk has all that was written; e2fsck agrees",
      "cachelab fsync", check_fsync, gdb="write_one_folio"),
    t("write-errors", 4, "a failed write is told to each open file once; the page is unlocked",
      "filelab badwrite", check_badwrite, disks=(bad_for("write", 2),), gdb="sync_vma"),
    t("lost-page", 3, "a page that cannot be written does not keep the others from the disk, nor "
      "the file from ever being clean", "edgelab lost", check_lost, gdb="write_one_folio"),
    t("read-errors", 6, "a page that cannot be read is EIO or SIGBUS, each time; its neighbours "
      "can be read", "filelab badread", check_badread, disks=(bad_for("read", 6),),
      gdb="filemap_read_in"),
    t("no-room", 5, "a store for which the disk has no room is SIGBUS; the page is unlocked",
      "filelab noroom", check_noroom, disks=(small_disk,), gdb="do_shared_fault"),
    t("truncate", 6, "no process keeps a page that was cut off: SIGBUS behind the end, and zeros "
      "when the file grows again", "filelab truncate", check_truncate,
      gdb="unmap_mapping_range"),
    t("tail", 5, "behind the new end the last page is zeros, in memory and on the disk",
      "filelab tail", check_tail, gdb="truncate_partial_page"),
    t("late-copy", 3, "a private copy that is being made while truncate comes by does not stay "
      "behind the end", "edgelab late", check_late, smp=2, gdb="do_cow_fault"),
    t("limit", 3, "who stores through a mapping waits when there are too many dirty pages",
      "edgelab limit", check_limit, disks=(disk_many,), gdb="fault_throttle_dirtier"),
    t("no-memory", 4, "when an allocation fails no page stays locked and no reference is lost",
      "filelab nomem", check_nomem, disks=(disk_many,), gdb="filemap_get_or_create"),
    t("race", 3, "a file is read, mapped, written and truncated on two harts at once",
      "filelab race", check_race, smp=2, gdb="filemap_lock_folio"),
    t("tlb", 4, "no hart stores through an old TLB entry into a page that is being written back",
      "filelab tlb", check_tlb, smp=2, gdb="mkclean_one"),
    t("cost", 3, "what is cached costs little: no disk, no wait, no second fault",
      "filelab cost", disks=(disk_many,), gdb="filemap_read_one",
      budget={"read": 3000, "first-store": 4500, "next-stores": 60}),
]
