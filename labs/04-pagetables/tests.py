# SPDX-License-Identifier: MIT
"""Tests of lab 04-pagetables. All tables are walked from outside: the root is what satp or the
mm_struct says, the rest is the Sv39 format and the map of mm/ and linker.ld."""
import bisect
import struct

from quirelab import Fail, Test, expect
from quirelab.memory import KERNEL_PA, LINK_ADDR, PAGE_OFFSET, RAM_BASE, A, D, R, V, W, X

PAGE, MIB, GIB = 4096, 1 << 20, 1 << 30
FIRMWARE = 0x80000              # OpenSBI's memory, at the start of RAM
TASK_SIZE = 256 * GIB
UPPER = ((1 << 64) - 1) ^ ((1 << 39) - 1)
VMEMMAP, VMALLOC, VMALLOC_END = 0xffffffc500000000, 0xffffffc600000000, 0xffffffc680000000
POWER_SWITCH = 0xffffffffbfe00000

# ptlab.c knows these too.
WIDE, PAIR, FAR, LOW = 65 * GIB - 4 * MIB, 96 * GIB, 128 * GIB, GIB
HOLE = PAIR + 128 * MIB
PROTECT, RACE, MANY = 160 * GIB - MIB, 66 * GIB, 100
TOUCHED = (WIDE, WIDE + 2 * MIB - PAGE, WIDE + 2 * MIB, WIDE + 4 * MIB - PAGE, WIDE + 4 * MIB,
           WIDE + 6 * MIB - PAGE, WIDE + 6 * MIB, WIDE + 8 * MIB - PAGE, PAIR, PAIR + 3 * PAGE,
           PAIR + 8 * PAGE, PAIR + 11 * PAGE, PAIR + 64 * MIB, HOLE, HOLE + 7 * MIB,
           FAR, LOW, LOW + PAGE)
MAGIC = 0x5bd1e99500000000

CPU_SECONDS = 12                # a kernel that traps for ever before the console is there
READY = "console_on_rootfs"     # process 1, not a program yet: all the kernel's own is up
# A hole in the machine's memory: with the pages that it begins and ends in nothing can be done.
GAP = 300 * MIB + 3 * PAGE + 0x800, 303 * MIB + PAGE - 0x400
NO_PAGE = GAP[0] // PAGE * PAGE, -(-GAP[1] // PAGE) * PAGE


# ---- reading tables ----

def place(line):
    """'at WHERE PID START NR' -> pid, start, nr."""
    _, _, pid, start, nr = line.split()
    return int(pid), int(start, 16), int(nr)


def look(m, mark, function, *args):
    """Stop at a mark, look at the process, let it go on."""
    line = m.wait("at %s " % mark)
    with m.stopped() as mem:
        answer = function(mem, mem.tasks()[place(line)[0]], *args)
    m.go()
    return answer


def entries(mem, table):
    """The 512 entries of a table."""
    data = mem.frame(table // PAGE)
    return [int.from_bytes(data[i:i + 8], "little") for i in range(0, PAGE, 8)]


def is_table(entry):
    return entry & V and not entry & (R | W | X)


def below(entry):
    return (entry >> 10 & (1 << 44) - 1) * PAGE


def kernel_leaves(mem):
    """Every leaf of the kernel half, by its real address."""
    root = mem.pa(mem.symbol("swapper_pg_dir"))
    found = mem.leaves(root, TASK_SIZE, 2 * TASK_SIZE)
    for pte in found:
        pte.va |= UPPER
        if pte.pfn % (pte.size // PAGE):
            raise Fail("an aligned leaf at %#x" % pte.va, pte)
    return found


class Tables:
    """The tables of the user half of one process: (level, first address) of each."""

    def __init__(self, mem, task):
        self.mem, self.name = mem, mem.comm(task)
        self.root = mem.root(task)
        self.found = {}          # physical address -> (first address, bytes that it serves)
        for i, entry in enumerate(entries(mem, self.root)[:256]):
            if entry & V:
                self.add(entry, i * GIB, GIB)

    def add(self, entry, base, size):
        if not is_table(entry):
            raise Fail("small pages in the user half of %s" % self.name,
                       "entry %#x for %#x" % (entry, base))
        table = below(entry)
        if table in self.found:
            raise Fail("each table in one place", "%#x twice in %s" % (table, self.name))
        self.found[table] = base, size
        if not self.mem.page_flag(table // PAGE, "PG_pgtable"):
            raise Fail("PG_pgtable of the table at %#x" % table, "a page of something else")
        if size == GIB:
            for i, entry in enumerate(entries(self.mem, table)):
                if entry & V:
                    self.add(entry, base + i * 2 * MIB, 2 * MIB)


def processes(mem):
    """The tasks that have an address space, each address space once."""
    found = {}
    for task in mem.tasks().values():
        if mem.mm(task):
            found.setdefault(mem.mm(task), task)
    return list(found.values())


# ---- the early tables ----

def early_leaf(mem, root, va):
    pte = mem.walk(root, va)
    if pte is None:
        raise Fail("%#x to be mapped when the MMU comes on" % va, "nothing there")
    return pte


def early(m):
    mem = m.run_to("start_kernel")
    satp = m.registers(m.hart)["satp"]
    expect("mode in satp (8 is Sv39)", 8, satp >> 60)
    root = m.satp_root(m.hart)
    image = mem.symbol("_end") - LINK_ADDR
    for offset in range(0, image, PAGE):
        expect("frame of the image's page %#x" % (LINK_ADDR + offset), KERNEL_PA + offset,
               early_leaf(mem, root, LINK_ADDR + offset).pa)
    for offset in range(0, mem.size, 2 * MIB):
        expect("frame at %#x of the direct map" % (PAGE_OFFSET + offset), RAM_BASE + offset,
               early_leaf(mem, root, PAGE_OFFSET + offset).pa)
    switch = mem.pa(mem.symbol("mmu_on"))
    expect("where the code that writes satp goes on", switch, early_leaf(mem, root, switch).pa)
    for pte in mem.leaves(root, 0, 2 * TASK_SIZE):
        if pte.user or not pte.has(A | D) or not pte.has(R | W | X):
            raise Fail("early leaves with RWX, A and D, and without U", pte)
        if pte.va < TASK_SIZE and pte.va != pte.pa:
            raise Fail("nothing but the identity in the lower half", pte)
    m.run_on()
    m.wait_console("smp: 2 of 2 harts online")


# ---- the kernel half ----

def booted(look_at):
    """A check of the kernel's own tables, before there is a process that has some."""
    return lambda m: look_at(m.run_to(READY))


def make_gap(mem):
    """Rewrite the device tree, which has not been read yet: memory is in two pieces then."""
    at = mem.value(mem.symbol("boot_facts") + mem.offset("struct boot_facts.dtb_pa"))
    header = list(struct.unpack(">10I", mem.read(at, 40)))
    tree = mem.read(at, header[1])
    reg = tree.index(struct.pack(">QQ", RAM_BASE, mem.size))
    length, name = struct.unpack(">2I", tree[reg - 8:reg])
    pieces = struct.pack(">2I4Q", length + 16, name, RAM_BASE, GAP[0], RAM_BASE + GAP[1],
                         mem.size - GAP[1])
    for field in (1, 3, 9):     # of all, before the strings, of the structure
        header[field] += 16
    tree = struct.pack(">10I", *header) + tree[40:reg - 8] + pieces + tree[reg + 16:]
    mem.ram[at - RAM_BASE:at - RAM_BASE + len(tree)] = tree


def with_gap(look_at):
    def check(m):
        make_gap(m.run_to("start_kernel"))
        look_at(m.run_to(READY))
    return check


def section(mem, va):
    """What must be allowed at a page of the image: bits; None: nothing is mapped there."""
    if va < mem.symbol("_etext"):
        return R | X
    if va < mem.symbol("_erodata"):
        return R
    if mem.symbol("__init_begin") <= va < mem.symbol("__init_end"):
        return None              # given back after boot
    return R | W


def image(mem):
    root = mem.pa(mem.symbol("swapper_pg_dir"))
    for va in range(LINK_ADDR, mem.symbol("_end"), PAGE):
        pte, bits = mem.walk(root, va), section(mem, va)
        if bits is None or pte is None:
            expect("is the page %#x of the image mapped" % va, bits is not None, pte is not None)
            continue
        expect("frame of %#x" % va, KERNEL_PA + va - LINK_ADDR, pte.pa)
        if pte.value & (R | W | X) != bits:
            raise Fail("%#x to be %s" % (va, {R | X: "text, r-x", R: "constant, r--",
                                              R | W: "data, rw-"}[bits]), pte)


def write_or_execute(mem):
    """W^X, also through the other addresses of a frame."""
    text = mem.pa(mem.symbol("_stext")), mem.pa(mem.symbol("_etext"))
    constant = text[0], -(-mem.pa(mem.symbol("_erodata")) // PAGE) * PAGE
    for pte in kernel_leaves(mem):
        start, end = pte.pfn * PAGE, pte.pfn * PAGE + pte.size
        if pte.writable and pte.executable:
            raise Fail("no page both writable and executable", pte)
        if pte.executable and not text[0] <= start < text[1]:
            raise Fail("nothing executable but the kernel's text", pte)
        if pte.writable and start < constant[1] and end > constant[0]:
            raise Fail("text and constants read-only at every address", pte)


def preset(mem):
    for pte in kernel_leaves(mem):
        if not pte.accessed or pte.writable and not pte.dirty:
            raise Fail("A, and D where it may be written, set in advance in every kernel leaf", pte)


def not_for_users(mem):
    """U nowhere in the kernel half, of any root; and nothing in the lower half of the kernel's."""
    root = mem.pa(mem.symbol("swapper_pg_dir"))
    for pte in kernel_leaves(mem):
        if pte.user:
            raise Fail("no kernel page with U", pte)
    for i, entry in enumerate(entries(mem, root)[:256]):
        expect("entry %d of the kernel's root (the identity map goes with the switch)" % i, 0,
               entry)


def place_of(pte):
    """Where the kernel half may have leaves."""
    for name, start, end in (("image", LINK_ADDR, LINK_ADDR + 64 * MIB),
                             ("direct map", PAGE_OFFSET, PAGE_OFFSET + 64 * GIB),
                             ("vmemmap", VMEMMAP, VMALLOC), ("vmalloc", VMALLOC, VMALLOC_END),
                             ("power switch", POWER_SWITCH, POWER_SWITCH + 2 * MIB)):
        if start <= pte.va < end:
            return name
    raise Fail("leaves where vm_layout.c has something", pte)


def direct_map(mem):
    """All memory but the firmware's, frame by frame, in the largest leaves that fit."""
    leaves = [pte for pte in kernel_leaves(mem) if place_of(pte) == "direct map"]
    at = PAGE_OFFSET + FIRMWARE
    for pte in leaves:
        if at == PAGE_OFFSET + NO_PAGE[0]:
            at = PAGE_OFFSET + NO_PAGE[1]       # no memory in between
        if at < PAGE_OFFSET + NO_PAGE[1] and at + pte.size > PAGE_OFFSET + NO_PAGE[0]:
            raise Fail("nothing mapped where there is no whole page of memory, from %#x on" %
                       (PAGE_OFFSET + NO_PAGE[0]), pte)
        expect("the next address that the direct map maps", hex(at), hex(pte.va))
        expect("its frame", hex(RAM_BASE + at - PAGE_OFFSET), hex(pte.pfn * PAGE))
        at += pte.size
    expect("the end of the direct map", hex(PAGE_OFFSET + mem.size), hex(at))
    starts = [pte.va for pte in leaves]
    for large in (2 * MIB, GIB):
        for va in range(PAGE_OFFSET, PAGE_OFFSET + mem.size - large + 1, large):
            first = bisect.bisect_left(starts, va)
            inside = leaves[first:bisect.bisect_left(starts, va + large)]
            alike = {pte.value & 0xff for pte in inside}
            if len(inside) > 1 and len(alike) == 1 and sum(pte.size for pte in inside) == large:
                raise Fail("one leaf of %d MiB at %#x" % (large // MIB, va),
                           "%d smaller ones" % len(inside))


# ---- processes ----

def same_kernel_half(mem):
    upper = entries(mem, mem.pa(mem.symbol("swapper_pg_dir")))[256:]
    roots = set()
    for task in processes(mem):
        root = mem.root(task)
        if root in roots:
            raise Fail("a root of its own for each process", "%s shares one" % mem.comm(task))
        roots.add(root)
        for i, entry in enumerate(entries(mem, root)[256:]):
            expect("entry %d of the root of %s, as in the kernel's" % (256 + i, mem.comm(task)),
                   hex(upper[i]), hex(entry))


def allowed(mem, pte, flags):
    """Does an entry give what the VMA promises, and no more?"""
    read, write, execute = (flags & mem.constant(n) for n in ("VM_READ", "VM_WRITE", "VM_EXEC"))
    if pte.writable and not write or pte.executable and not execute or \
            pte.readable and not (read or write):
        return False
    return pte.user and bool(execute) == pte.executable and pte.readable >= bool(read)


def as_the_vmas_say(mem, task):
    """Every leaf of the user half is in a VMA, and allows what that allows."""
    vmas = mem.vmas(task)
    starts = [v[0] for v in vmas]
    for pte in mem.leaves(mem.root(task), 0, TASK_SIZE):
        i = bisect.bisect_right(starts, pte.va) - 1
        if i < 0 or pte.va >= vmas[i][1]:
            raise Fail("nothing mapped where %s has no VMA" % mem.comm(task), pte)
        if not allowed(mem, pte, vmas[i][2]):
            raise Fail("what vm_flags %#x of the VMA allow, with U" % (vmas[i][2] & 15), pte)


def contents(mem, task, pages, read=()):
    """Pages that the program has filled with their number are mapped, and nothing around them;
    those that it has read show zeroes."""
    root = mem.root(task)
    for i, va in enumerate(TOUCHED):
        pte = mem.walk(root, va)
        if va not in pages and va not in read:
            expect("the entry of %#x, which is not in use any more" % va, None, pte)
            continue
        if pte is None:
            raise Fail("%#x to be mapped" % va, "nothing there")
        expect("the page at %#x" % va, bytes([0 if va in read else i + 1]) * PAGE,
               mem.frame(pte.pfn))
    for start, end in ((WIDE, WIDE + 8 * MIB), (PAIR, HOLE + 8 * MIB), (FAR, FAR + MIB)):
        expect("pages in use from %#x on" % start,
               [hex(va) for va in sorted({*pages, *read}) if start <= va < end],
               [hex(pte.va) for pte in mem.leaves(root, start, end)])


def tables_needed(mem, task):
    """No table where there is no VMA."""
    vmas = mem.vmas(task)
    for table, (base, size) in Tables(mem, task).found.items():
        if not any(start < base + size and end > base for start, end, _ in vmas):
            raise Fail("no table for [%#x, %#x), where nothing is mapped any more" %
                       (base, base + size), "the page at %#x" % table)


def nr_pagetable(mem):
    stat = mem.symbol("node_data") + mem.offset("struct pglist_data.vm_stat")
    return mem.value(stat + 8 * mem.constant("NR_PAGETABLE"), signed=True)


def roots_kept(mem, harts):
    """How many roots of processes that have ended are with harts that run nothing of their own:
    they borrow the address space of who was there before, until the next program comes."""
    living = {mem.mm(task) for task in processes(mem)} | {0, mem.symbol("init_mm")}
    borrowed = set()
    for hart in range(harts):
        rq = mem.symbol("runqueues") + hart * mem.constant("sizeof(struct rq)")
        current = mem.member(rq, "struct rq.curr")
        borrowed |= {mem.member(current, "struct task_struct.active_mm"),
                     mem.member(rq, "struct rq.drop_mm")}
    return len(borrowed - living)


def tables_counted(mem, harts=1):
    """Each table in one process; as many as each mm, and all of them, say. Returns the number."""
    owners, total = {}, 0
    for task in processes(mem):
        tables = Tables(mem, task)
        for table in [*tables.found, tables.root]:
            if table in owners:
                raise Fail("a table in one process only", "%#x in %s and %s" %
                           (table, tables.name, owners[table]))
            owners[table] = tables.name
        expect("pgtables_bytes of " + tables.name, len(tables.found) * PAGE,
               mem.member(mem.mm(task), "struct mm_struct.pgtables_bytes"))
        total += len(tables.found) + 1
    expect("pages of page tables (/proc/meminfo: PageTables)", total + roots_kept(mem, harts),
           nr_pagetable(mem))
    return total


def marks(*names, **looks):
    """A check that stops at each mark of a program and looks at some."""
    def check(m):
        for name in names:
            look(m, name, looks.get(name, lambda mem, task: None))
    return check


LEFT_AFTER_CUT = {va for va in TOUCHED if not WIDE + 2 * MIB <= va < WIDE + 6 * MIB
                  and not PAIR <= va < PAIR + 4 * PAGE and not HOLE <= va < HOLE + 8 * MIB}
LEFT = {va for va in LEFT_AFTER_CUT
        if va not in (FAR, PAIR + 8 * PAGE, PAIR + 11 * PAGE) and not WIDE + 6 * MIB <= va < PAIR}
READ = WIDE + 2 * MIB, WIDE + 4 * MIB      # of the mark `again`
TABLE_MARKS = ("mapped", "cut", "gone", "again")


def all_processes(mem, task):
    for other in processes(mem):
        as_the_vmas_say(mem, other)


def count_tables(mem, task):
    tables_counted(mem)
    tables_needed(mem, task)


check_user_half = marks(
    *TABLE_MARKS,
    mapped=lambda mem, task: (all_processes(mem, task), contents(mem, task, set(TOUCHED))),
    again=lambda mem, task: (all_processes(mem, task), contents(mem, task, LEFT | {FAR}, READ)))

check_unmap = marks(
    *TABLE_MARKS,
    cut=lambda mem, task: contents(mem, task, LEFT_AFTER_CUT),
    gone=lambda mem, task: contents(mem, task, LEFT))

check_tables_go = marks(
    *TABLE_MARKS, mapped=count_tables, cut=count_tables, gone=count_tables, again=count_tables)

check_roots = marks("before", "child", "after", child=lambda mem, task: same_kernel_half(mem))


def check_exit(m):
    before = look(m, "before", lambda mem, task: tables_counted(mem))
    child = look(m, "child", lambda mem, task: tables_counted(mem))
    after = look(m, "after", lambda mem, task: tables_counted(mem))
    if child < before + 2 * MANY:
        raise Fail("a middle and a last table for each of %d GiB" % MANY,
                   "%d tables" % (child - before))
    expect("tables after the child has ended", before, after)


def raced(mem, task, harts):
    root = mem.root(task)
    for i in range(2):
        for me in range(2):
            pte = mem.walk(root, RACE + i * 2 * MIB + me * PAGE)
            if pte is None:
                raise Fail("the page that thread %d has written to, at %#x" %
                           (me, RACE + i * 2 * MIB + me * PAGE),
                           "not mapped: its table was replaced by another")
            expect("what it wrote", MAGIC + i * 2 + me, mem.u64p(pte.pfn * PAGE))
    tables_counted(mem, harts)


def check_race(m):
    """Two threads find the same entry empty. One is held at the door of the function that hangs
    in a table; the other goes through and uses its page; then the first one goes on."""
    for function in ("__pmd_alloc", "__pte_alloc"):
        pid, address, _ = place(m.wait("at ready"))
        with m.stopped() as mem:
            flags = mem.walk(mem.root(mem.tasks()[pid]), address).pa
        m.hold(function, lambda at=flags: mem.u64p(at) or mem.u64p(at + 8))
    look(m, "raced", raced, m.test.smp)


# ---- protection ----

def bits_now(mem, task):
    root = mem.root(task)
    return {i: mem.entry(root, PROTECT + i * PAGE) or 0 for i in range(8 * MIB // PAGE)}


def check_protect(m):
    before = look(m, "written", bits_now)
    for mark in ("read-only", "mixed", "readable"):
        now = look(m, mark, lambda mem, task: (as_the_vmas_say(mem, task), bits_now(mem, task))[1])
        for i, old in before.items():
            changed = 100 <= i < 100 + 5 * MIB // PAGE
            if not changed:
                expect("the entry of page %d, which is outside of the range" % i, hex(old),
                       hex(now[i]))
                continue
            if mark == "mixed" and i == 400:
                expect("V of page 400, which is PROT_NONE", 0, now[i] & V)
                expect("its frame", below(old), below(now[i]))
            elif mark != "read-only" and i in (300, 301):
                continue
            elif old & V:
                expect("frame, A and D of page %d, only W taken away" % i, hex(old & ~W),
                       hex(now[i]))
            else:
                expect("the entry of page %d, which is not in use" % i, hex(old), hex(now[i]))


def check_stale(m):
    for _ in range(4):
        frame = look(m, "writing", lambda mem, task: mem.walk(mem.root(task), FAR).pfn)
        first = look(m, "unmapped", lambda mem, task: mem.u64p(frame * PAGE))
        later = look(m, "later", lambda mem, task: mem.u64p(frame * PAGE))
        if first != later and later >> 32 == MAGIC >> 32:
            raise Fail("nobody to write to the frame once munmap() has returned",
                       "a thread on another hart goes on")


def check_pagemap(m):
    mem = m.run_to("pagemap_pte")
    mm = mem.mm(mem.find_tasks("ptlab")[0])
    expect("page_table_lock held at each entry of the walk", 1,
           mem.member(mm, "struct mm_struct.page_table_lock.locked"))
    expect("readers of mmap_lock in pagemap_fill()", 1,
           mem.member(mm, "struct mm_struct.mmap_lock.count") >> 8)
    m.run_on()
    line = m.wait("at told")
    told = {int(x.split()[1]): int(x.split()[2], 16) for x in m.lines if x.startswith("page ")}
    with m.stopped() as mem:
        root = mem.root(mem.tasks()[place(line)[0]])
        used = {(p.va - WIDE) // PAGE: p for p in mem.leaves(root, WIDE, WIDE + 8 * MIB)}
        expect("pages that pagemap says something of", sorted(used), sorted(told))
        for i, pte in used.items():
            expect("frame of page %d in pagemap" % i, hex(pte.pfn), hex(told[i] & (1 << 55) - 1))
            expect("PM_PRESENT of page %d" % i, 1, told[i] >> 63)
    m.go()


def test(name, points, rule, **fields):
    """A Test whose machine is stopped soon if it traps for ever before there is a console."""
    return Test(name, points, rule, **{"cpu_seconds": CPU_SECONDS, **fields})


TESTS = [
    test("early", 9, "when the MMU comes on, image, memory and the running code are mapped",
         check=early, halted=True, smp=2, gdb="setup_vm"),
    test("image", 6, "text r-x, constants r--, data rw-, page by page", check=booted(image),
         halted=True, gdb="map_image"),
    test("direct-map", 8, "all memory at PAGE_OFFSET, by the largest leaves that fit",
         check=with_gap(direct_map), halted=True, mem="2G", gdb="map_one"),
    test("w-xor-x", 7, "no page of the kernel is writable and executable, at any address",
         check=booted(write_or_execute), halted=True, gdb="map_direct"),
    test("preset", 6, "A and D are set in advance in the kernel's leaves", check=booted(preset),
         halted=True, mem="256M", gdb="map_kernel"),
    test("kernel-only", 6, "no U in the kernel half; no identity map after the switch",
         check=booted(not_for_users), halted=True, gdb="use_final_tables"),
    test("roots", 6, "each process has a root of its own, with the kernel's half in it",
         run="ptlab ended", check=check_roots, gdb="pgd_alloc"),
    test("user-half", 7, "what is mapped is what the VMAs promise and the program used",
         run="ptlab tables", check=check_user_half, gdb="__pmd_alloc"),
    test("unmap", 7, "munmap takes away what it was told to, and nothing else", run="ptlab tables",
         check=check_unmap, gdb="zap_range"),
    test("tables-go", 6, "a table goes when nothing is mapped in its range, and not before",
         run="ptlab tables", check=check_tables_go, gdb="free_pgtables"),
    test("exit", 5, "the tables of a process that has ended are free again", run="ptlab ended",
         check=check_exit, gdb="free_pgtables"),
    test("race", 5, "two threads find the same table missing: no page and no table is lost",
         run="ptlab race", check=check_race, smp=4, cpu_seconds=60, gdb="__pte_alloc"),
    test("protect", 6, "mprotect changes the permissions of its range, and nothing else",
         run="ptlab protect", check=check_protect, gdb="change_pte_range"),
    test("stale", 5, "no hart uses an old entry once mprotect or munmap has returned, and none is "
         "told more often than it must be",
         run="ptlab stale", check=check_stale, smp=2, swap="16M", cpu_seconds=60, gdb="tlb_flush"),
    test("walk", 5, "the walk tells of holes, calls fn with the lock held, and stops when told to",
         run="ptlab walk", gdb="walk_page_range"),
    test("walk-result", 1, "what a hole says that is not zero ends the walk, and is its result",
         selftest="pgtable_hole_ends_walk", gdb="walk_page_range"),
    test("pagemap", 3, "/proc/PID/pagemap says what the tables say", run="ptlab pagemap",
         check=check_pagemap, halted=True, gdb="pagemap_fill"),
    test("cost", 2, "what has no table costs nothing", run="ptlab cost",
         budget={"smaps": 1000000, "mprotect": 200000, "munmap": 250000}, gdb="walk_page_range"),
]
