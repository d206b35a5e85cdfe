# SPDX-License-Identifier: MIT
"""Tests of lab 05-demand: see tools/labs/README.md for the format."""
from quirelab import Fail, Test, expect

PAGE = 4096


def place(m, where):
    """The line `at WHERE PID START NR`."""
    words = m.wait("at " + where).split()
    return int(words[2]), int(words[3], 16), int(words[4])


def number(m, name):
    """The number of the line `NAME N` that came last."""
    return int(next(x for x in reversed(m.lines) if x.startswith(name + " ")).split()[1])


def root_of(mem, pid):
    return mem.root(mem.tasks()[pid])


def written(mem, pte, i, seen):
    """A page of its own: writable, with the one byte that the program wrote, else zero."""
    if pte is None:
        raise Fail("page %d, which was written to, to be mapped" % i, "no entry")
    expect("page %d writable, dirty, accessed" % i, (True, True, True),
           (pte.writable, pte.dirty, pte.accessed))
    if pte.pfn in seen:
        raise Fail("a frame of its own for page %d" % i, "the frame of page %d" % seen[pte.pfn])
    seen[pte.pfn] = i
    content = bytearray(mem.frame(pte.pfn))
    expect("the byte written to page %d" % i, (i | 1) & 0xff, content[7])
    content[7] = 0
    expect("the rest of page %d" % i, bytes(PAGE), bytes(content))
    expect("mapcount of page %d" % i, 1, mem.mapcount(pte.pfn))


def reaper_at_work(m, pid, is_it):
    """Say so, as the OOM reaper does (or take it back), and let the program go on."""
    with m.stopped() as mem:
        flags = mem.mm(mem.tasks()[pid]) + mem.offset("struct mm_struct.flags")
        bit = 1 << mem.constant("MMF_UNSTABLE")
        mem.poke(flags, mem.value(flags) & ~bit | (bit if is_it else 0), 8)
    m.go()


def touched(m):
    pid, start, nr = place(m, "touched")
    seen, zero_frames = {}, set()
    with m.stopped() as mem:
        root = root_of(mem, pid)
        for i in range(nr):
            pte = mem.walk(root, start + i * PAGE)
            if i % 4 in (0, 2):
                written(mem, pte, i, seen)
            elif i % 4 == 3:
                expect("page %d, which nobody touched" % i, None, pte)
            else:
                if pte is None or pte.writable:
                    raise Fail("page %d, only read, to be mapped read-only" % i, pte)
                expect("content of page %d" % i, bytes(PAGE), mem.frame(pte.pfn))
                zero_frames.add(pte.pfn)
    expect("frames for all pages that were only read", 1, len(zero_frames))
    for row, faults in (("fault_anon_zero", nr // 2), ("fault_anon_write", nr // 4),
                        ("pgfault", nr)):
        expect("%s in /proc/vmstat, for these pages" % row, faults, number(m, row))
    m.go()
    for mark, at_work in ("reaper", True), ("reaped", False):
        place(m, mark)
        reaper_at_work(m, pid, at_work)


def sparse(m):
    pid, start, nr = place(m, "sparse")
    size = 1 << 30
    expect("growth of VmRSS in KiB", 4 * nr, number(m, "grown"))
    with m.stopped() as mem:
        root = root_of(mem, pid)
        expect("pages mapped of 1 GiB", nr, len(mem.leaves(root, start, start + size)))
        regions = {(start + i * (7 << 20)) >> 21 for i in range(nr)}
        lowest = [t for t in mem.tables(root, start, start + size)]
        # The root, one or two middle tables, and one last table for each 2 MiB that is used.
        if not len(regions) + 2 <= len(lowest) <= len(regions) + 3:
            raise Fail("%d page tables and those above" % len(regions), len(lowest))
    m.go()
    place(m, "gone")
    with m.stopped() as mem:
        root = root_of(mem, pid)
        expect("pages mapped after munmap", 0, len(mem.leaves(root, start, start + size)))
    m.go()


def vma_of(mem, pid, address):
    """The VMA (its address in the kernel) that holds an address."""
    root = mem.mm(mem.tasks()[pid]) + mem.offset("struct mm_struct.mm_rb")
    for vma in mem.tree(root, "struct vm_area_struct.vm_rb"):
        if mem.member(vma, "struct vm_area_struct.vm_start") <= address < \
                mem.member(vma, "struct vm_area_struct.vm_end"):
            return vma
    raise Fail("a VMA at %#x" % address, "none")


def family(mem, pid, pfn, address):
    """The page leads to the anon_vma of the VMA that maps it, as reclaim needs."""
    mapping = mem.member(mem.page(pfn), "struct page.mapping") & ~1
    expect("the VMA at %#x to be of its page's anon_vma" % address, True, mapping ==
           mem.member(vma_of(mem, pid, address), "struct vm_area_struct.anon_vma"))


def split(m):
    pid, start, nr = place(m, "split")
    with m.stopped() as mem:
        root = root_of(mem, pid)
        for i in range(nr):
            pte = mem.walk(root, start + i * PAGE)
            if i in (10, 11):
                expect("page %d after munmap" % i, None, pte)
                continue
            if pte is None:
                raise Fail("page %d to be mapped still" % i, "no entry")
            expect("may page %d be written" % i, not 4 <= i < 8, pte.writable)
            expect("first byte of page %d" % i, ord("a") + i, mem.frame(pte.pfn)[0])
            family(mem, pid, pte.pfn, start + i * PAGE)
    m.go()


def file_split(m):
    pid, start, nr = place(m, "file-split")
    with m.stopped() as mem:
        vmas = {vma_of(mem, pid, start + i * PAGE) for i in range(nr) if i not in (5, 6)}
        expect("VMAs of what is left of the mapping", 4, len(vmas))
        file = mem.member(min(vmas), "struct vm_area_struct.vm_file")
        i_mmap = mem.member(file, "struct file.f_mapping") + \
            mem.offset("struct address_space.i_mmap")
        listed = set(mem.list(i_mmap, "struct vm_area_struct.i_mmap_node"))
        expect("those of them that the file knows (i_mmap)", 4, len(vmas & listed))
    m.go()


def heap(m):
    pid, start, nr = place(m, "shrunk")
    with m.stopped() as mem:
        root = root_of(mem, pid)
        kept = len(mem.leaves(root, start, start + 24 * PAGE))
        left = len(mem.leaves(root, start + 24 * PAGE, start + nr * PAGE))
        expect("pages below the new end", 24, kept)
        expect("pages above the new end", 0, left)
    m.go()
    place(m, "grown")
    m.go()


def stack(m):
    pid, far, nr = place(m, "grown")
    with m.stopped() as mem:
        root = root_of(mem, pid)
        if mem.walk(root, far) is None:
            raise Fail("the page of the stack that was touched to be mapped", "no entry")
        used = len(mem.leaves(root, far, far + nr * PAGE))
        if used > 8:
            raise Fail("only what was touched of the stack to be mapped", "%d pages" % used)
    m.go()


def lowest(m, mark):
    """The stack begins just where it was touched."""
    pid, start, _ = place(m, mark)
    with m.stopped() as mem:
        begin = mem.member(vma_of(mem, pid, start), "struct vm_area_struct.vm_start")
        expect("begin of the stack", hex(start), hex(begin))
        if mem.walk(root_of(mem, pid), start) is None:
            raise Fail("the page of the stack that was touched to be mapped", "no entry")
    m.go()


def gap(m):
    lowest(m, "nearest")
    lowest(m, "untouchable")


def slow_disk(m):
    """A fault has to wait for its page: a fast disk on a busy host may have it there at once."""
    m.wait("at out")
    m.monitor("block_set_io_throttle disk0 0 0 0 0 50 0")
    m.go()
    m.finish()


def overrun(m):
    """Two threads have found that the stack must grow. One is held before it has the lock for
    writing; the other grows the stack; then the first one goes on."""
    pid, flags, _ = place(m, "overrun")
    with m.stopped() as mem:
        flags = mem.walk(root_of(mem, pid), flags).pa
    m.hold("write_lock", lambda: mem.u64p(flags) or mem.u64p(flags + 8))
    m.finish()


TESTS = [
    Test("touched", 14, "a page is there when it was touched, and only then: a zeroed one of its "
         "own for a write, the shared zero page for a read", run="demandlab touch",
         check=touched, gdb="do_anonymous_page"),
    Test("sparse", 8, "1 GiB on 64 MiB: pages and page tables only where memory is used, and "
         "gone after munmap", run="demandlab sparse", check=sparse, gdb="handle_mm_fault"),
    Test("split", 10, "mprotect and munmap in the middle cut the VMA and leave the rest as it was",
         run="demandlab split", check=split, gdb="split_vma"),
    Test("heap", 8, "the heap ends at the byte asked for; it gives its pages back, gets zeroed "
         "ones, and is as it was when brk is refused",
         run="demandlab heap", check=heap, gdb="move_brk"),
    Test("stack", 6, "the stack grows to the page that was touched; what lies between is not used",
         run="demandlab stack", check=stack, gdb="grow_stack"),
    Test("stack-limits", 5, "the stack stays below its limit, and out of what lies below it",
         run="usertests memtest.stack_grows memtest.stack_limit memtest.stack_guard_gap",
         partial=True, gdb="expand_stack"),
    Test("gap", 6, "256 pages lie between the stack and a mapping below it that can be touched",
         run="demandlab gap", check=gap, gdb="guard_gap_kept"),
    Test("file-split", 6, "the parts of a file's mapping keep showing their own pages of the file, "
         "and the file knows them all", run="demandlab file-split", check=file_split,
         gdb="split_vma"),
    Test("zeroed", 5, "nobody sees what others have written", run="demandlab zeroed",
         gdb="do_anonymous_page"),
    Test("permissions", 8, "an access that the VMA does not allow is SIGSEGV with the right code "
         "and address", run="usertests memtest.segv_null memtest.segv_kernel memtest.segv_default "
         "memtest.mprotect_faults memtest.mprotect_exec memtest.munmap_middle",
         partial=True, gdb="fault_find_vma"),
    Test("alone", 2, "below a mapping that is no stack is nothing", run="demandlab alone",
         gdb="grow_stack"),
    Test("kernel-access", 5, "system calls fault pages in, or fail with EFAULT",
         run="usertests memtest.kernel_faults_in memtest.efault", gdb="mm_user_fault"),
    Test("counted", 4, "a first touch is one minor fault",
         run="usertests memtest.faults_counted memtest.rss_exact", gdb="handle_mm_fault"),
    Test("retry", 4, "a fault that waits for a disk begins anew, is handled, and is counted once",
         run="demandlab retry", swap="64M", check=slow_disk, gdb="mm_user_fault"),
    Test("race", 5, "four threads touch the same pages at once: one frame each, no write is lost",
         run="demandlab race", smp=4, check=overrun, gdb="do_anonymous_page"),
    Test("cost", 4, "a fault costs about as much among 2000 VMAs as alone", run="demandlab cost",
         budget={"fault": 3400, "fault-among-2000": 3800}, gdb="find_vma"),
]

# A fault that comes again and again is a common mistake here, and slow: each test has ten times of
# what the reference needs, so that the report does not keep one waiting. Harts that wait for each
# other spend more on a busy host.
for _test in TESTS:
    _test.instructions = 3000000000 if _test.name in ("zeroed", "race", "cost") else 300000000
