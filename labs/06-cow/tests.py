# SPDX-License-Identifier: MIT
"""Tests of lab 06-cow. user/cowlab.c makes the states; the checks look at both processes' page
tables, at the frames, and at the struct pages."""
from quirelab import Fail, Test, expect

PAGE, PAGES = 4096, 16
ZERO, READ_ONLY, SHARED, DONTFORK, WIPED, FROM_FILE, LOCKED, FILE_READ = range(0, 16, 2)
MAX_ALLOCATIONS = 200


def place(line):
    """'at forked 7 0x3fc0001000' -> pid, address."""
    _, _, pid, address = line.split()
    return int(pid), int(address, 16)


class Family:
    """Parent and child at a mark, all harts stopped."""

    def __init__(self, mem, line):
        pid, self.start = place(line)
        self.mem, tasks = mem, mem.tasks()
        found = [p for p in sorted(tasks) if mem.comm(tasks[p]) == "cowlab"]
        if pid not in tasks or not found:
            raise Fail("a process %d" % pid, "none of that number")
        self.me = tasks[pid]
        self.parent = tasks[found[0]]

    def pte(self, task, i):
        return self.mem.walk(self.mem.root(task), self.start + i * PAGE)

    def mapped(self, task, i):
        pte = self.pte(task, i)
        if pte is None:
            raise Fail("page %d to be mapped in process %s" % (i, self.mem.comm(task)), "no entry")
        return pte

    def both(self, i):
        """The entries of parent and child."""
        return self.mapped(self.parent, i), self.mapped(self.me, i)


def owned_once(family, i, whose):
    """One PTE maps the frame, one reference counts it: nobody else has it."""
    pte = family.mapped(whose, i)
    expect("mapcount of page %d, which one process has" % i, 1, family.mem.mapcount(pte.pfn))
    expect("references to page %d, which one process has" % i, 1, family.mem.refcount(pte.pfn))
    return pte


def look(m, mark, function, *args):
    """Stop at a mark, look, let it go on."""
    line = m.wait("at %s " % mark)
    with m.stopped() as mem:
        answer = function(Family(mem, line), *args)
    m.go()
    return answer


# ---- share ----

def frames_shared(family):
    mem = family.mem
    for i in range(PAGES):
        a, b = family.both(i)
        expect("frame of page %d, in parent and child" % i, a.pfn, b.pfn)
        expect("page %d writable, in parent and child" % i, (False, False),
               (a.writable, b.writable))
        expect("mapcount of page %d" % i, 2, mem.mapcount(a.pfn))
        expect("references to page %d" % i, 2, mem.refcount(a.pfn))
        expect("page %d readable by the user in the child" % i, True, b.readable and b.user)
    return [family.mapped(family.parent, i).pfn for i in range(PAGES)]


def kind_of(mem, pfn):
    """The counter of an mm that a mapped page belongs to."""
    page = mem.page(pfn)
    if mem.member(page, "struct page.mapping") & 1:
        return "MM_ANONPAGES"
    return "MM_SHMEMPAGES" if mem.page_flag(pfn, "PG_swapbacked") else "MM_FILEPAGES"


def pages_counted(family):
    """The child's VmRSS is what its page table holds, kind by kind."""
    mem, mm = family.mem, family.mem.mm(family.me)
    kinds = [kind_of(mem, p.pfn) for p in mem.leaves(mem.root(family.me)) if not p.special]
    for kind in ("MM_ANONPAGES", "MM_FILEPAGES", "MM_SHMEMPAGES"):
        at = mm + mem.offset("struct mm_struct.rss_stat") + 8 * mem.constant(kind)
        expect("pages of the child, counted in rss_stat[%s]" % kind, kinds.count(kind),
               mem.value(at))


def check_share(m):
    look(m, "forked", lambda family: (frames_shared(family), pages_counted(family)))
    for mark in ("wrote", "read", "gone", "reused"):
        look(m, mark, lambda family: None)


def written_copied(family, frames):
    mem = family.mem
    for i in range(PAGES):
        a, b = family.both(i)
        expect("parent's frame of page %d" % i, frames[i], a.pfn)
        if i >= PAGES // 2:
            expect("frame of page %d, which nobody wrote" % i, a.pfn, b.pfn)
            continue
        if a.pfn == b.pfn:
            raise Fail("a frame of the child's own for page %d, which it wrote" % i, "shared")
        expect("the child's page %d" % i, bytes([100 + i]) + bytes([i + 1] * (PAGE - 1)),
               mem.frame(b.pfn))
        expect("the parent's page %d" % i, bytes([i + 1] * PAGE), mem.frame(a.pfn))
        expect("page %d writable in the child" % i, True, b.writable and b.dirty)
        owned_once(family, i, family.me)
        owned_once(family, i, family.parent)


def check_copy(m):
    frames = look(m, "forked", frames_now)
    look(m, "wrote", written_copied, frames)
    for mark in ("read", "gone", "reused"):
        look(m, mark, lambda family: None)


def frames_now(family):
    return [family.mapped(family.parent, i).pfn for i in range(PAGES)]


def kernel_copied(family):
    a, b = family.both(PAGES - 1)
    if a.pfn == b.pfn:
        raise Fail("a copy of the page that read(2) wrote to", "parent and child share it")
    expect("the parent's page", bytes([PAGES] * PAGE), family.mem.frame(a.pfn))
    expect("the child's page", b"kernel" + bytes([PAGES] * (PAGE - 6)), family.mem.frame(b.pfn))


def check_kernel(m):
    for mark in ("forked", "wrote"):
        look(m, mark, lambda family: None)
    look(m, "read", kernel_copied)
    for mark in ("gone", "reused"):
        look(m, mark, lambda family: None)


def still_the_same(family, frames):
    for i in range(PAGES):
        pte = owned_once(family, i, family.parent)
        expect("frame of page %d, written by its sole owner" % i, frames[i], pte.pfn)
        expect("page %d writable" % i, True, pte.writable)


def check_sole_owner(m):
    frames = look(m, "forked", frames_now)
    for mark in ("wrote", "read"):
        look(m, mark, lambda family: None)
    look(m, "gone", lambda family: [owned_once(family, i, family.parent) for i in range(PAGES)])
    look(m, "reused", still_the_same, frames)


# ---- kinds ----

def check_kinds(forked, wrote):
    def check(m):
        look(m, "forked", forked)
        look(m, "wrote", wrote)
        look(m, "gone", lambda family: None)
    return check


def zero_shared(family):
    """The child may have the entry already, or get it by a fault of its own."""
    a, b = family.mapped(family.parent, ZERO), family.pte(family.me, ZERO)
    expect("the parent's page that was only read is writable", False, a.writable)
    expect("its frame holds zeroes", bytes(PAGE), family.mem.frame(a.pfn))
    expect("mapcount of the zero page, which is not counted", 0, family.mem.mapcount(a.pfn))
    if b is not None:
        expect("its frame in the child", a.pfn, b.pfn)
        expect("it is writable in the child", False, b.writable)


def zero_copied(family):
    a, b = family.both(ZERO)
    if a.pfn == b.pfn:
        raise Fail("a page of the child's own", "it writes to the zero page")
    expect("the zero page", bytes(PAGE), family.mem.frame(a.pfn))
    expect("the child's page", b"\0\1" + bytes(PAGE - 2), family.mem.frame(b.pfn))
    owned_once(family, ZERO, family.me)


def read_only_forked(family):
    a, b = family.both(READ_ONLY)
    expect("frame of a read-only page", a.pfn, b.pfn)
    expect("a read-only page writable", (False, False), (a.writable, b.writable))


def read_only_still(family):
    read_only_forked(family)
    expect("the read-only page", bytes([11]) + bytes(PAGE - 1),
           family.mem.frame(family.mapped(family.me, READ_ONLY).pfn))


def shared_forked(family):
    if not family.mapped(family.parent, SHARED).writable:
        raise Fail("the parent's page of a shared mapping to stay writable", "write-protected")


def shared_written(family):
    a, b = family.both(SHARED)
    expect("frame of a page of a shared mapping", a.pfn, b.pfn)
    expect("its first byte", 99, family.mem.frame(a.pfn)[0])
    expect("its mapcount", 2, family.mem.mapcount(a.pfn))


def vmas_forked(family):
    if family.pte(family.me, DONTFORK) is not None:
        raise Fail("nothing of an MADV_DONTFORK mapping in the child", "a page")
    if family.pte(family.me, WIPED) is not None:
        raise Fail("no page of an MADV_WIPEONFORK mapping in the child", "the parent's page")
    owned_once(family, DONTFORK, family.parent)
    owned_once(family, WIPED, family.parent)
    vmas_are_as_promised(family)
    locked_copied(family)


def vmas_are_as_promised(family):
    """The child's VMAs: flags, sums, and the files from which they must be found."""
    mem, mm, size = family.mem, family.mem.mm(family.me), 0
    for vma in mem.tree(mm + mem.offset("struct mm_struct.mm_rb"), "struct vm_area_struct.vm_rb"):
        start, end, flags, file = (mem.member(vma, "struct vm_area_struct." + name)
                                   for name in ("vm_start", "vm_end", "vm_flags", "vm_file"))
        size += (end - start) // PAGE
        if flags & (mem.constant("VM_LOCKED") | mem.constant("VM_LOCKONFAULT")):
            raise Fail("no locked VMA in the child", "VM_LOCKED at %#x" % start)
        if start == family.start + WIPED * PAGE:
            expect("VM_WIPEONFORK of the child's VMA: it counts for its children too", True,
                   flags & mem.constant("VM_WIPEONFORK") != 0)
        if file:
            mapping = mem.member(file, "struct file.f_mapping")
            users = mem.list(mapping + mem.offset("struct address_space.i_mmap"),
                             "struct vm_area_struct.i_mmap_node")
            expect("the child's VMA at %#x among the mappings of its file" % start, True,
                   vma in users)
    expect("the child's total_vm", size, mem.member(mm, "struct mm_struct.total_vm"))
    expect("the child's locked_vm", 0, mem.member(mm, "struct mm_struct.locked_vm"))


def locked_copied(family):
    a, b = family.both(LOCKED)
    expect("PG_mlocked: of the copy in a locked mapping, of the page that the child keeps",
           (True, False), tuple(family.mem.page_flag(pte.pfn, "PG_mlocked") for pte in (a, b)))


def file_forked(family):
    a, b = family.both(FROM_FILE)
    expect("frame of a private page of a file", a.pfn, b.pfn)
    expect("that page writable", (False, False), (a.writable, b.writable))


def file_written(family):
    a, b = family.both(FILE_READ)
    if a.pfn == b.pfn:
        raise Fail("a copy of the file's page, which the child read and then wrote", "no copy")
    expect("the file's page", 0, family.mem.frame(a.pfn)[0])
    owned_once(family, FILE_READ, family.me)
    pages_counted(family)


# ---- no memory ----

def untouched(family):
    """After a fork that failed, or whose child is gone, the parent alone has its pages."""
    for i in range(PAGES):
        owned_once(family, i, family.parent)


def free_frames(mem):
    """Free pages of all zones, on the lists and on the stacks of the harts."""
    total, harts = 0, 8
    size = mem.layout.member("struct zone.pcp")[1] // harts
    for zid in range(mem.constant("MAX_NR_ZONES")):
        zone = mem.symbol("node_data") + zid * mem.constant("sizeof(struct zone)")
        total += mem.member(zone, "struct zone.nr_free")
        pcp = zone + mem.offset("struct zone.pcp")
        for hart in range(harts):
            total += mem.value(pcp + hart * size + mem.offset("struct per_cpu_pages.count"), 4)
    return total


def check_nomem(m):
    free, promised = [], []
    for n in range(1, MAX_ALLOCATIONS):
        line = m.wait("at before ")
        with m.stopped() as mem:
            mem.fail_nth(mem.tasks()[place(line)[0]], n)
        m.go()
        line = m.wait("at ")
        with m.stopped() as mem:
            mem.fail_nth(mem.tasks()[place(line)[0]], 0)
            untouched(Family(mem, line))
            free.append(free_frames(mem))
            promised.append(mem.variable("vm_committed_as", signed=True))
        m.go()
        if "at forked" in line:
            break
    else:
        raise Fail("a fork with fewer than %d allocations" % MAX_ALLOCATIONS, "more")
    if n < 6:
        raise Fail("a fork to report that memory ran out (ENOMEM)",
                   "it succeeds although its allocation %d failed" % n)
    expect("pages that are accounted (Committed_AS), after the last fork and the first",
           promised[0], promised[-1])
    # What the first rounds fill (slabs) stays; after that nothing may get lost.
    lost = free[len(free) // 2] - free[-2]
    if lost > 4:
        raise Fail("no page lost by forks that fail", "%d pages" % lost)


def check_copyfail(m):
    for _ in range(4):
        line = m.wait("at copy ")
        with m.stopped() as mem:
            mem.fail_nth(mem.tasks()[place(line)[0]], 1)
        m.go()
    look(m, "gone", untouched)


def check_storm(m):
    look(m, "end", untouched)


def t(name, points, rule, run, check=None, **more):
    return Test(name, points, rule, run=run, check=check, **more)


TESTS = [
    t("share", 11, "after fork parent and child map the same frames, neither may write, and each "
      "frame has a reference and a mapcount for each of them", "cowlab share", check_share,
      gdb="copy_pte_table"),
    t("copy", 9, "a write gives the writer a frame of its own with the old content; the other "
      "keeps the old frame; pages not written stay shared", "cowlab share", check_copy,
      gdb="wp_page_copy"),
    t("kernel-writes", 6, "the kernel's own write for a process, read(2), copies too",
      "cowlab share", check_kernel, gdb="do_wp_page"),
    t("sole-owner", 6, "when the child is gone the parent writes to its old frames again: no copy",
      "cowlab share", check_sole_owner, gdb="wp_sole_owner"),
    t("zero-page", 5, "the zero page is shared, never written, and not counted",
      "cowlab kinds", check_kinds(zero_shared, zero_copied), gdb="wp_install_copy"),
    t("read-only", 5, "what a process may not write stays read-only after fork: SIGSEGV, no copy",
      "cowlab kinds", check_kinds(read_only_forked, read_only_still), gdb="do_wp_page"),
    t("shared", 5, "a page of a MAP_SHARED mapping stays shared and writable",
      "cowlab kinds", check_kinds(shared_forked, shared_written), gdb="copy_page_range"),
    t("file-pages", 5, "a private copy of a file's page is shared like anonymous memory, and "
      "counted as such",
      "cowlab kinds", check_kinds(file_forked, file_written), gdb="copy_pte_table"),
    t("vmas", 6, "the child has the parent's VMAs, but none with MADV_DONTFORK, and no page of one "
      "with MADV_WIPEONFORK; none is locked, and each is known to its file",
      "cowlab kinds", check_kinds(vmas_forked, lambda family: None),
      gdb="dup_vma"),
    t("swapped", 2, "a page in swap: who writes to it takes nothing from who still counts on its "
      "slot, and a slot whose count is full makes no fork fail", "cowlab swapped", partial=True,
      swap="16M", gdb="wp_sole_owner"),
    t("fork-fails", 8, "when memory runs out in the middle of fork it returns ENOMEM, the parent "
      "alone has its pages, and nothing is lost", "cowlab nomem", check_nomem, gdb="dup_mm"),
    t("copy-fails", 6, "a copy that finds no memory ends well: the frame keeps its count, the "
      "fault comes again", "cowlab copyfail", check_copyfail, gdb="wp_page_copy"),
    t("tlb", 6, "after fork no write of the parent, on any hart, reaches the shared frame",
      "cowlab tlb", smp=2, gdb="dup_mm"),
    t("reader", 3, "after a copy no thread, on any hart, reads the old frame",
      "cowlab reader", smp=2, gdb="wp_install_copy"),
    t("race", 4, "threads write to the same shared pages at once: one copy each, and no write is "
      "lost", "cowlab race", check_storm, smp=2, gdb="wp_page_copy"),
    t("storm", 4, "after hundreds of forks and writes on two harts every frame is counted right",
      "cowlab storm", check_storm, smp=2, gdb="wp_page_copy"),
    t("behaviour", 5, "programs see what they must, and every page comes back",
      "usertests cowtest", partial=True, gdb="do_wp_page"),
    t("cost", 4, "fork costs some hundred instructions a page, a write by the sole owner too: "
      "nothing is copied that need not be", "cowlab cost",
      budget={"fork-a-page": 120, "reuse-a-page": 1500}, gdb="copy_pte_table"),
]

# A write that faults again and again is a common mistake here, and slow: each test has ten times of
# what the reference needs, so that the report does not keep one waiting. Harts that wait for each
# other spend more on a busy host.
for _test in TESTS:
    _long = _test.smp > 1 or _test.name in ("behaviour", "swapped")
    _test.instructions = 3000000000 if _long else 300000000
