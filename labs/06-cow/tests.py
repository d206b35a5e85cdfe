# SPDX-License-Identifier: MIT
"""Tests of lab 06-cow: see tools/labs/README.md for the format."""
from quirelab import Fail, Test, expect

PAGES, PAGE = 16, 4096


def place(line):
    """'at forked 7 0x3fc0001000' -> pid, address."""
    _, _, pid, address = line.split()
    return int(pid), int(address, 16)


def shared_read_only(m):
    pid, start = place(m.wait("at forked"))
    with m.stopped() as mem:
        tasks = mem.tasks()
        child = tasks[pid]
        parent = next(t for p, t in tasks.items() if p != pid and mem.comm(t) == "cowlab")
        for i in range(PAGES):
            va = start + i * PAGE
            a, b = mem.walk(mem.root(parent), va), mem.walk(mem.root(child), va)
            if a is None or b is None:
                raise Fail("both map page %d" % i, "parent %s, child %s" % (a, b))
            expect("frame of page %d" % i, a.pfn, b.pfn)
            expect("page %d writable in parent, child" % i, (False, False),
                   (a.writable, b.writable))
            expect("mapcount of page %d" % i, 2, mem.mapcount(a.pfn))
    m.go()
    m.wait("at wrote")
    m.go()
    m.wait("at gone")
    m.go()


TESTS = [
    Test("share", 20, "after fork both PTEs name the same frame, neither may write, and the "
         "frame's mapcount is 2", run="cowlab share", check=shared_read_only,
         gdb="copy_page_range"),
    Test("copies", 20, "a write copies exactly the page that is written",
         run="usertests cowtest.exact_copies cowtest.chains", partial=True, gdb="do_wp_page"),
    Test("pgtable", 5, "walks", selftest="pgtable", gdb="walk_pmd"),
]
