# SPDX-License-Identifier: MIT
"""What the checks of lab 07-pagecache see: a machine whose harts stand still at a mark, as a State
of mappings, frames and the tree of a page cache; and what holds when nobody works with a file."""
from quirelab import Fail, expect

PAGE = 4096
DIRTY_MARK = 0
MAX_ENTRIES = 4096


class State:
    """The mappings of a mark's line, all harts stopped."""

    def __init__(self, mem, line):
        self.mem, self.tasks, self.places = mem, mem.tasks(), []
        for word in line.split()[2:]:
            pid, _, address = word.partition(":")
            if int(pid) not in self.tasks:
                raise Fail("a process %s" % pid, "none of that number")
            self.places.append((self.tasks[int(pid)], int(address, 16)))

    def pte(self, which, i):
        """Entry of page i of the which-th mapping, or None."""
        task, start = self.places[which]
        return self.mem.walk(self.mem.root(task), start + i * PAGE)

    def mapped(self, which, i):
        pte = self.pte(which, i)
        if pte is None:
            raise Fail("page %d of the mapping to be mapped" % i, "no entry")
        return pte

    def anonymous(self, pfn):
        return bool(self.mem.member(self.mem.page(pfn), "struct page.mapping") & 1)

    def cache(self, pfn):
        """The page cache that a frame is in: {index: (pfn, dirty mark)} and its address_space."""
        mapping = self.mem.member(self.mem.page(pfn), "struct page.mapping")
        if not mapping or mapping & 1:
            raise Fail("frame %#x to be in a file's page cache" % pfn, "it is not")
        return mapping, entries(self.mem, mapping)


def entries(mem, mapping):
    """{index: (pfn, dirty mark)} of a page cache: our own walk of its tree. Values (shadows) are
    no pages."""
    found = {}
    head = mem.member(mapping, "struct address_space.i_pages")
    todo = [(head, 0)] if head else []
    slots, marks = mem.offset("struct xa_node.slots"), mem.offset("struct xa_node.marks")
    while todo:
        node, base = todo.pop()
        shift = mem.member(node, "struct xa_node.shift")
        dirty = mem.value(node + marks + 8 * DIRTY_MARK)
        for i in range(64):
            entry = mem.value(node + slots + 8 * i)
            if not entry or entry & 1:
                continue
            index = base + (i << shift)
            if shift:
                todo.append((entry, index))
            else:
                found[index] = mem.pfn_of_page(entry), bool(dirty >> i & 1)
        if len(found) + len(todo) > MAX_ENTRIES:
            raise Fail("a page cache of this size", "more than %d entries" % MAX_ENTRIES)
    return found


def at_rest(state, pfn):
    """Nobody works with any page of this file: each is found where it says it is, not locked, and
    has a reference for the cache and one for each PTE."""
    mem = state.mem
    mapping, found = state.cache(pfn)
    for index, (frame, _) in sorted(found.items()):
        name = "page %d of the file" % index
        expect(name + ": its mapping and index", (mapping, index),
               (mem.member(mem.page(frame), "struct page.mapping"),
                mem.member(mem.page(frame), "struct page.index")))
        expect(name + " is locked", False, mem.page_flag(frame, "PG_locked"))
        expect(name + " is on an LRU list, for reclaim", True, mem.page_flag(frame, "PG_lru"))
        expect(name + " is under writeback", False, mem.page_flag(frame, "PG_writeback"))
        expect(name + ": references, one for the cache and one for each PTE",
               1 + mem.mapcount(frame), mem.refcount(frame))
    return found


def node_count(mem, item):
    """What the machine counts: "NR_FILE_DIRTY" and the like. Its limits and /proc go by it."""
    stat = mem.offset("struct pglist_data.vm_stat") + 8 * mem.constant(item)
    return mem.value(mem.symbol("node_data") + stat)


def look(m, mark, function=None):
    """Stop at a mark, look, let it go on."""
    line = m.wait("at %s" % mark)
    answer = None
    if function:
        with m.stopped() as mem:
            answer = function(State(mem, line))
    m.go()
    return answer


def waits(mem, task):
    """It sleeps until a page is unlocked or written (of what else there is nothing is missing)."""
    return mem.member(task, "struct task_struct.state") == mem.constant("TASK_UNINTERRUPTIBLE")


def expect_same(what, expected, got):
    """As expect(), for long strings of bytes: says where the first difference is."""
    if expected == got:
        return
    if len(expected) != len(got):
        raise Fail("%s: %d bytes" % (what, len(expected)), "%d bytes" % len(got))
    at = next(i for i, (a, b) in enumerate(zip(expected, got)) if a != b)
    raise Fail("%s: %#x at byte %d (page %d, byte %d)" %
               (what, expected[at], at, at // PAGE, at % PAGE), "%#x" % got[at])
