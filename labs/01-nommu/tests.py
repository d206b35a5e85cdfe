# SPDX-License-Identifier: MIT
"""Tests of lab 01-nommu. The machine is stopped at its first steps, and user/*lab.c make the
states; the checks read registers, RAM, VMAs and free lists. Before the boot all memory that the
loader leaves alone is filled with POISON."""
import re
import struct
import time

from quirelab import Fail, Test, elf, expect, ext2
from quirelab.frames import free_frames
from quirelab.nommuview import all_mms, counted, file_kept, mm_of, of, pages, ranges
from quirelab.poison import POISON, poison

PAGE = 4096
MAPPED, FILE_BYTES = 33, 2 * PAGE + 1000        # as in nommulab.c
NR_BSS = 5 * PAGE + 123
LATE_SECONDS, LATE_INSTRUCTIONS = 1.5, 5_000_000
SLACK = 8           # frames that a slab or a hart's stack may keep meanwhile
VM_EXEC = 4


# ---- before the first instruction ----

def poisoned(function):
    """A check on a machine whose memory was in use before."""
    def check(m):
        poison(m)
        m.run_on()
        function(m)
    return check


def check_bss(m):
    poison(m)
    mem = m.run_to("nommu_stage")
    start, end = mem.symbol("_sbss"), mem.symbol("_ebss")
    data = mem.read(start, end - start)
    left = next((i for i in range(0, len(data), 8) if any(data[i:i + 8])), None)
    if left is not None:
        raise Fail("zeroes from _sbss (%#x) to _ebss (%#x)" % (start, end),
                   "%#x is not zero" % (start + left))
    if mem.read(end, 256) != POISON * 256:
        raise Fail("memory behind _ebss as it was", "changed")
    edata = mem.symbol("_edata")
    before = elf.bytes_at(m.tree / "build/debug-nommu/quire.elf", edata - 64, 64)
    if mem.read(edata - 64, 64) != before:
        raise Fail(".data, which ends before _sbss, as it was", "changed")


def task_and_stack(m, mem):
    """tp, sp and s0 as every C function of the boot needs them."""
    r = m.registers()
    stack, size = mem.symbol("init_stack"), mem.constant("THREAD_SIZE")
    room = mem.constant("sizeof(struct pt_regs)")
    expect("tp, init_task", hex(mem.symbol("init_task")), hex(r["tp"]))
    expect("sp, in bytes from the top of init_stack", -room, r["sp"] - stack - size)
    expect("sp modulo 16", 0, r["sp"] % 16)
    expect("s0, the end of the chain of frames", 0, r["s0"])
    return r


def check_stack(m):
    poison(m)
    m.run_to("_start")
    came = m.registers()
    now = task_and_stack(m, m.run_to("nommu_stage"))
    expect("a0, the hart that OpenSBI has named", came["a0"], now["a0"])
    expect("a1, the device tree that OpenSBI has named", hex(came["a1"]), hex(now["a1"]))
    task_and_stack(m, m.run_to("start_kernel"))


def check_hello(m):
    poison(m)
    m.run_to("_start")
    came = m.registers()
    mem = m.run_to("start_kernel")
    hart, dtb, pc = (mem.member(mem.symbol("boot_facts"), "struct boot_facts." + f)
                     for f in ("hartid", "dtb_pa", "stage_pc"))
    start, end = mem.symbol("_stext"), mem.symbol("_etext")
    m.run_on()
    expect("boot_facts.hartid", came["a0"], hart)
    expect("boot_facts.dtb_pa", hex(came["a1"]), hex(dtb))
    if not start <= pc < end:
        raise Fail("boot_facts.stage_pc between %#x and %#x" % (start, end), "%#x" % pc)
    m.wait_console(r"Linux version")
    line = "Quire NOMMU stage: hart %d running at physical %#x, satp=0x0, device tree at %#x" % \
        (hart, pc, dtb)
    if not re.search("^%s$" % re.escape(line), m.text(), re.M):
        near = re.search(r"^.*NOMMU stage.*$", m.text(), re.M)
        raise Fail("the line %r" % line, repr(near[0]) if near else "none like it")


# ---- programs and their memory ----

def place(line):
    """'at ready 7 0x80e0000 0x0' -> pid, two addresses."""
    _, _, pid, a, b = line.split()
    return int(pid), int(a, 16), int(b, 16)


def look(m, mark, function):
    """Stop at a mark, function(mem, place) looks, the program goes on."""
    line = m.wait("at %s " % mark)
    with m.stopped() as mem:
        answer = function(mem, place(line))
    m.go()
    return answer


def check_disjoint(mem, _):
    """Each page of each program is a frame in use, once."""
    free, owner = free_frames(mem), {}
    image = range(mem.symbol("_stext") // PAGE, mem.symbol("_end") // PAGE)
    mms = all_mms(mem)
    expect("programs called nommulab", 5, sum(n.startswith("nommulab") for n in mms.values()))
    for mm, name in mms.items():
        for start, end, _ in ranges(mem, mm):
            for pfn in range(start // PAGE, end // PAGE):
                if pfn in owner or pfn in free or pfn in image and pfn * PAGE < \
                        mem.symbol("__init_begin"):
                    raise Fail("a frame for page %#x of %s that is nobody else's" %
                               (pfn * PAGE, name),
                               "it belongs to %s too" % owner.get(pfn, "the free memory or kernel"))
                owner[pfn] = name
                expect("references to page %#x of %s" % (pfn * PAGE, name), 1, mem.refcount(pfn))


def check_image(mem, mm, data, name):
    """The segments of one instance, wherever it is, and the heap's begin; returns where it is."""
    images = [r for r in ranges(mem, mm) if r[2] & VM_EXEC]
    loads = [s for s in elf.segments(data) if s[0] == 1]
    hi = max(s[3] + s[5] for s in loads)
    found = [r for r in images if r[1] - r[0] >= hi]
    if len(found) != 1:
        raise Fail("one mapping of %s that holds its %d bytes and is executable" % (name, hi),
                   "%d" % len(found))
    bias = found[0][0]
    for _, flags, offset, vaddr, filesz, _, _ in loads:
        skip = 64 if not offset else 0      # the ELF header tells of sections, which are stripped
        if not flags & 2 and mem.read(bias + vaddr + skip, filesz - skip) != \
                data[offset + skip:offset + filesz]:
            raise Fail("the segment at %#x of %s as it is in the file" % (vaddr, name),
                       "other bytes at %#x" % (bias + vaddr))
    expect("the end of the bss of %s, rounded up (start_brk)" % name, hex(-(-(bias + hi) // PAGE) *
           PAGE), hex(mem.member(mm, "struct mm_struct.start_brk")))
    return bias


def check_stack_vma(mem, mm, name):
    """128 KiB that cannot grow and are not accounted."""
    sp = mem.member(mm, "struct mm_struct.start_stack")
    start, end, flags = next((r for r in ranges(mem, mm) if r[0] <= sp < r[1]), (0, 0, 0))
    expect("bytes of the stack's mapping of %s" % name, 128 << 10, end - start)
    for flag in "VM_GROWSDOWN", "VM_ACCOUNT":
        expect("%s of the stack of %s" % (flag, name), 0, flags & mem.constant(flag))


def check_load(mem, at):
    """Text, relocated pointers, bss of each of the five instances."""
    data = (mem.layout.tree / "build/user/labs/nommulab").read_bytes()
    places = set()
    pids = [pid for pid, t in mem.tasks().items() if mem.comm(t) == "nommulab"]
    own = None
    moved = elf.relocations(data)
    tasks = mem.tasks()
    for pid in sorted(pids):
        name = "nommulab[%d]" % pid
        bias = check_image(mem, mem.mm(tasks[pid]), data, name)
        places.add(bias)
        own = bias if pid == at[0] else own
    bss, words = at[1] - own, at[2] - own
    for pid in sorted(pids):
        name = "nommulab[%d]" % pid
        bias = check_image(mem, mem.mm(tasks[pid]), data, name)
        for i in range(7):
            expect("pointer %d in the read-only data of %s" % (i, name),
                   hex(bias + moved[words + 8 * i]), hex(mem.u64p(bias + words + 8 * i)))
        if any(mem.read(bias + bss, NR_BSS)):
            raise Fail("zeroes in the bss of %s" % name, "other bytes")
        check_stack_vma(mem, mem.mm(tasks[pid]), name)
    expect("places where the five programs are", len(pids), len(places))


def check_fixed(m):
    """At `at short` the file becomes shorter once its headers were read."""
    m.run_on()
    m.wait("at short")
    mem = m.run_to("elf_map_image", go="")
    file = mem.member(m.registers()["a0"], "struct elf_image.file")
    inode = mem.member(file, "struct file.f_inode")
    mem.poke(inode + mem.offset("struct inode.i_size"), 2 * PAGE, 8)
    m.run_on()


def check_mmap(m):
    frames = {}

    def before(mem, at):
        frames["before"] = len(free_frames(mem))

    def mapped(mem, at):
        pid, memory, file = at
        mm = mm_of(mem, pid)
        expect("VMAs of the anonymous mapping", [(memory, memory + MAPPED * PAGE)],
               of(mem, mm, memory, MAPPED))
        if any(mem.read(memory, MAPPED * PAGE)):
            raise Fail("zeroes in new anonymous memory", "old bytes")
        want = (b"b" * PAGE + b"c" * (FILE_BYTES - 2 * PAGE)).ljust(3 * PAGE, b"\0")
        got = mem.read(file, 3 * PAGE)
        if got != want:
            wrong = next(i for i in range(len(want)) if got[i] != want[i])
            raise Fail("the file from its second page on, then zeroes",
                       "byte %d is %#x, not %#x" % (wrong, got[wrong], want[wrong]))
        counted(mem, mm, "nommulab")
        file_kept(mem, mm, file)
        now = free_frames(mem)
        used = frames["before"] - len(now)
        if not MAPPED + 3 <= used <= MAPPED + 3 + SLACK:
            raise Fail("%d frames in use for %d pages" % (MAPPED + 3, MAPPED + 3), str(used))
        for i in range(MAPPED):
            expect("references to page %d of the mapping" % i, 1,
                   mem.refcount(memory // PAGE + i))

    def unmapped(mem, at):
        lost = frames["before"] - len(free_frames(mem))
        if lost > SLACK:
            raise Fail("all frames free again", "%d fewer" % lost)
        expect("VMAs where the mapping was", [], of(mem, mm_of(mem, at[0]), at[1], MAPPED))
    for mark, function in ("before", before), ("mapped", mapped), ("unmapped", unmapped):
        look(m, mark, function)


def check_munmap(m):
    """At each mark: which pages of 64 are left."""
    gone = {"taken": [], "holes": [(0, 8), (24, 40), (56, 64)],
            "pieces": [(0, 8), (12, 52), (56, 64)], "gone": [(0, 64)]}
    free = {}
    for mark, holes in gone.items():
        left = [i for i in range(64) if not any(a <= i < b for a, b in holes)]

        def check(mem, at, mark=mark, left=left):
            pid, start, _ = at
            mm = mm_of(mem, pid)
            has = [i for s, e in of(mem, mm, start, 64)
                   for i in range((s - start) // PAGE, (e - start) // PAGE)]
            expect("pages of the mapping that are left", left, has)
            frames = free_frames(mem)
            for i in left:
                expect("references to page %d" % i, 1, mem.refcount(start // PAGE + i))
                if start // PAGE + i in frames or \
                        mem.read(start + i * PAGE, PAGE) != bytes([i + 1]) * PAGE:
                    raise Fail("page %d as the program wrote it" % i, "given away or changed")
            counted(mem, mm, "nommulab")
            free[mark] = len(frames)
        look(m, mark, check)
    for mark, pages in ("holes", 32), ("pieces", 56), ("gone", 64):
        back = free[mark] - free["taken"]
        if abs(back - pages) > SLACK:
            raise Fail("%d frames more on the free lists at %s" % (pages, mark), str(back))


def check_mmap_fails(m):
    before, after = (look(m, mark, lambda mem, at: len(free_frames(mem)))
                     for mark in ("start", "refused"))
    if before - after > SLACK:
        raise Fail("no frame lost by 3000 mmaps of more than there is", str(before - after))
    fail_each(m, "mapped", "an mmap", least=3)
    fail_each(m, "cut", "a munmap from the middle", least=2)


def fail_each(m, done, what, least):
    """The program tries again and again: the first allocation fails, the second ... until it says
    that it has done it, which needs at least so many tries. What fails changes no pages."""
    free, has = [], []
    for n in range(1, 60):
        line = m.wait("at before ")
        with m.stopped() as mem:
            task = mem.tasks()[place(line)[0]]
            mem.fail_nth(task, n)
            has.append(pages(mem, mem.mm(task)))
        m.go()
        line = m.wait("at ")
        with m.stopped() as mem:
            task = mem.tasks()[place(line)[0]]
            mem.fail_nth(task, 0)
            mm = mem.mm(task)
            counted(mem, mm, "nommulab")
            free.append(len(free_frames(mem)))
            if "at failed" in line:
                expect("pages in VMAs after %s that failed" % what, has[-1], pages(mem, mm))
        m.go()
        if "at %s" % done in line:
            break
    if n < least:
        raise Fail("%s to report that memory ran out (ENOMEM)" % what,
                   "it succeeds although its allocation %d failed" % n)
    if max(free[:-1]) - min(free[:-1]) > 2:
        raise Fail("no frame lost by %s that fails" % what, "%d" % (max(free) - min(free[:-1])))


def bad_disk(path):
    """A file of 16 pages, the seventh of which cannot be read."""
    ext2.make(path, 1 << 20, {"data": b"d" * 16 * PAGE})
    return ext2.failing(path, "read", ext2.blocks(path, "data")[6])


def check_badread(m):
    def count(mem, at):
        counted(mem, mm_of(mem, at[0]), "nommulab")
        return len(free_frames(mem)), len(ranges(mem, mm_of(mem, at[0])))
    first, last = look(m, "first", count), look(m, "last", count)
    expect("VMAs after 40 mmaps that have failed", first[1], last[1])
    if first[0] - last[0] > SLACK:
        raise Fail("no frame lost by mmaps of what cannot be read", str(first[0] - last[0]))


# ---- clone ----

def user_regs(mem, task):
    """The registers of a task's program, on its kernel stack, by name."""
    size = mem.constant("sizeof(struct pt_regs)")
    at = mem.member(task, "struct task_struct.stack") + mem.constant("THREAD_SIZE") - size
    names = "epc ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 " \
            "s11 t3 t4 t5 t6 status"
    return {n: mem.member(at, "struct pt_regs." + n) for n in names.split()}


def check_child_regs(m):
    """The child, about to run for the first time, against its parent in clone()."""
    m.run_on()
    line = m.wait("at before ")
    mem = m.run_to("copy_thread", go="")
    parent, child = mem.tasks()[place(line)[0]], m.registers()["a0"]
    expect("the task in clone()", hex(parent), hex(m.registers()["tp"]))
    p, fp = user_regs(mem, parent), mem.bytes_of(parent, "struct task_struct.thread.fp")
    if struct.pack("<Q", 0x1234567890abcdef) not in fp:
        raise Fail("fs3 of the parent in its thread.fp", "not saved")
    m.run_to("ret_from_fork")
    expect("the task that runs for the first time", hex(child), hex(m.registers()["tp"]))
    c = user_regs(mem, child)
    if mem.bytes_of(child, "struct task_struct.thread.fp") != fp:
        raise Fail("the parent's floating point registers in the child", "others")
    expect("a0 of the child", 0, c["a0"])
    expect("sp of the child, which clone() named", hex(p["a1"]), hex(c["sp"]))
    expect("tp of the child, which clone() named", hex(p["a3"]), hex(c["tp"]))
    for name, value in p.items():
        if name not in ("a0", "sp", "tp", "status"):
            expect("%s of the child" % name, hex(value), hex(c[name]))
    stack = mem.member(child, "struct task_struct.stack")
    if stack == mem.member(parent, "struct task_struct.stack"):
        raise Fail("a kernel stack of the child's own", "its parent's")
    size = mem.constant("THREAD_SIZE")
    expect("the child's kernel sp, below its registers, in bytes from the stack's top",
           -mem.constant("sizeof(struct pt_regs)"), m.registers()["sp"] - stack - size)
    m.run_on()


def sleeps(mem, task):
    """Not running, and nobody's turn will come: neither queued nor on a hart."""
    return mem.member(task, "struct task_struct.state") and \
        not mem.member(task, "struct task_struct.on_rq")


def eventually(m, what, function, seconds=20):
    """Look again and again until function(mem) is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with m.stopped() as mem:
            if function(mem):
                return
        time.sleep(0.02)
    raise Fail(what, "not within %d s" % seconds)


def own_mm(mem, task, mm, whose):
    """mm and active_mm of a child, which has a program: the same."""
    expect("mm of the child, %s" % whose, hex(mm), hex(mem.mm(task)))
    expect("active_mm of the child, %s" % whose, hex(mm),
           hex(mem.member(task, "struct task_struct.active_mm")))


def check_vfork(m):
    parent, ran, mm = None, None, None
    line = m.wait("at before ")
    with m.stopped() as mem:
        parent, ran, mm = place(line)[0], place(line)[1], mm_of(mem, place(line)[0])
        before = ranges(mem, mm)
    m.go()
    for mark in "child", "again":
        line = m.wait("at %s " % mark)
        with m.stopped() as mem:
            tasks, pid = mem.tasks(), place(line)[0]
            own_mm(mem, tasks[pid], mm, "its parent's")
            expect("users of that memory", 2, mem.member(mm, "struct mm_struct.mm_users"))
            expect("the parent has run while its child used its memory", 0, mem.value(ran, 4))
            if not sleeps(mem, tasks[parent]):
                raise Fail("the parent to sleep until its child is gone", "it is ready to run")
        m.go()
    line = m.wait("at execed ")
    with m.stopped() as mem:
        if mem.mm(mem.tasks()[place(line)[0]]) == mm:
            raise Fail("memory of the new program's own", "the parent's")
        expect("users of the parent's memory", 1, mem.member(mm, "struct mm_struct.mm_users"))
        expect("the parent's mappings", before, ranges(mem, mm))
    eventually(m, "the parent to go on after its child's exec", lambda mem: mem.value(ran, 4))
    m.go()


def check_vfork_exit(m):
    def owned(mem, at):
        free = free_frames(mem)
        for i in range(16):
            pfn = at[1] // PAGE + i
            if mem.refcount(pfn) != 1 or pfn in free:
                raise Fail("the parent's page %d to be its own after its child's end" % i,
                           "references: %d" % mem.refcount(pfn))
        expect("users of the parent's memory", 1,
               mem.member(mm_of(mem, at[0]), "struct mm_struct.mm_users"))
    for _ in range(2):
        look(m, "child", lambda mem, at: None)
        look(m, "parent", owned)
        look(m, "waited", owned)


def check_orphan(m):
    line = m.wait("at child ")
    with m.stopped() as mem:
        child = mem.tasks()[place(line)[0]]
        mm = mem.mm(child)
        parent = mem.member(child, "struct task_struct.real_parent")
        if not mem.member(child, "struct task_struct.vfork_done"):
            raise Fail("vfork_done of the child to say who waits", "nobody")
        if not sleeps(mem, parent):
            raise Fail("the parent to sleep until its child is gone", "it is ready to run")
    m.go()
    line = m.wait("at orphan ")
    eventually(m, "a parent that is killed in vfork to end although its child lives",
               lambda mem: mem.mm(parent) == 0)
    with m.stopped() as mem:
        expect("vfork_done of a child whose parent is gone", 0,
               mem.member(child, "struct task_struct.vfork_done"))
        expect("the child's memory", hex(mm), hex(mem.mm(child)))
        expect("its users", 1, mem.member(mm, "struct mm_struct.mm_users"))
    m.go()
    look(m, "end", lambda mem, at: None)
    late_kill(m)


def late_kill(m):
    """A parent is killed just when its child, on another hart, is at the completion on its stack.
    It must not be gone before the child has left that; we wait a while in which it might be."""
    flag, gone = place(m.wait("at late"))[1], []
    m.go()
    line = m.wait("at leaving")
    with m.stopped() as mem:
        child = mem.tasks()[place(line)[0]]
        parent = mem.member(child, "struct task_struct.real_parent")
    end, executed = time.monotonic() + LATE_SECONDS, m.executed()

    def waited():
        mem.poke(flag, 1, 4)
        gone[:] = [1] if mem.mm(parent) == 0 else []
        # The other hart must have had its time: on a busy host that may come late.
        return gone or time.monotonic() > end and (
            executed is None or m.executed() - executed > LATE_INSTRUCTIONS)
    m.hold("complete_n", waited)
    if gone:
        raise Fail("a parent that is killed in vfork to stay until its child has told it",
                   "it has ended, and its stack with the completion is gone")
    look(m, "killed", lambda mem, at: None)


def check_fork(m):
    def count(mem, _):
        return len(free_frames(mem)), len(mem.tasks())
    before, after = look(m, "before", count), look(m, "after", count)
    expect("processes after 500 forks that were refused", before[1], after[1])
    if before[0] - after[0] > SLACK:
        raise Fail("no frame lost by 500 forks that were refused", "%d" % (before[0] - after[0]))


def nothing_more_to_free(m):
    """What the OOM killer wants to know of an address space once exit_mmap() is done with it."""
    mem = m.run_to("exit_mmap")
    mm = m.registers()["a0"]
    for _ in range(20):
        m.run_to("mmdrop")
        if m.registers()["a0"] == mm:
            break
    flags = mem.member(mm, "struct mm_struct.flags")
    expect("VMAs of a program that has ended", [], ranges(mem, mm))
    expect("MMF_OOM_SKIP in its flags", 1, flags >> mem.constant("MMF_OOM_SKIP") & 1)
    m.run_on()


def check_rounds(m):
    m.run_on()
    before = look(m, "start", lambda mem, at: len(free_frames(mem)))
    nothing_more_to_free(m)
    after = look(m, "end", lambda mem, at: len(free_frames(mem)))
    if abs(before - after) > 2 * SLACK:
        raise Fail("%d frames free after 1000 rounds of vfork and exec" % before, str(after))


# ---- peek ----

def peeked(m, status, text):
    line = m.wait("at before ")
    pid, address, _ = place(line)
    m.go()
    expect("exit status of the intruder", "status %d" % status, m.wait("status"))
    m.wait("at after ")
    with m.stopped() as mem:
        where = address
        if mem.mmu:
            where = mem.walk(mem.root(mem.tasks()[pid]), address).pa
        expect("the victim's memory", text, mem.read(where, len(text) + 1)[:-1].decode())
    m.go()


def check_peek(m):
    peeked(m, 0, "changed by a stranger")


def check_peek_mmu(m):
    peeked(m, 128 + 11, "belongs to the victim")


def check_fork_mmu(m):
    def own(mem, at):
        child = mem.tasks()[at[0]]
        parent = mem.member(child, "struct task_struct.real_parent")
        if mem.mm(child) == mem.mm(parent) or mem.root(child) == mem.root(parent):
            raise Fail("a forked child with memory of its own", "its parent's")
        own_mm(mem, child, mem.mm(child), "its own")
    look(m, "child", own)


def t(name, points, rule, state="", check=None, **more):
    return Test(name, points, rule, check=check,
                **{"run": "nommulab " + state if state else "", "flavour": "nommu", **more})


def at_ready(function):
    def check(m):
        look(m, "ready", function)
        look(m, "gone", lambda mem, at: None)
    return check


TESTS = [
    t("bss", 7, "before the first C function runs, all of .bss is zero, whatever was in RAM, and "
      "nothing else is changed", check=check_bss, halted=True, gdb="nommu_stage"),
    t("stack", 7, "tp is init_task, sp the top of its stack less a struct pt_regs, s0 is 0, and "
      "what OpenSBI has said is still in a0 and a1", check=check_stack, halted=True,
      gdb="nommu_stage"),
    t("hello", 5, "the first message, through the firmware, says which hart runs where, and "
      "boot_facts holds the same", check=check_hello, halted=True,
      gdb="early_puthex"),
    t("disjoint", 7, "five programs at a time: each page of each is a frame of its own",
      "programs", at_ready(check_disjoint), gdb="new_block"),
    t("load", 7, "each program is loaded whole at its own place, pointers and all, its bss is zero "
      "and it has a stack", "programs", poisoned(at_ready(check_load)), halted=True,
      gdb="elf_map_image"),
    t("fixed", 2, "a program that is linked for one address, or whose file ends too early, is "
      "refused (ENOEXEC), too late for its process to go on: it is killed; one that is linked at "
      "1 GiB is moved", check=check_fixed, run="loadlab fixed", halted=True, gdb="elf_map_image"),
    t("mmap", 8, "a mapping is zeroed memory, or the file's bytes and then zeroes; it takes as "
      "many frames as it has pages, is counted, and keeps its file", "mmap",
      poisoned(check_mmap), halted=True, gdb="do_mmap"),
    t("munmap", 7, "munmap takes any pages out of any mappings, frees exactly these, and the rest "
      "stays; what is no range of pages is EINVAL", "munmap", check_munmap, gdb="do_munmap"),
    t("mmap-fails", 4, "an mmap or munmap that is refused, or finds no memory, says why and "
      "changes nothing", "fails", check_mmap_fails, gdb="do_mmap"),
    t("read-errors", 3, "an mmap of a file that cannot be read is EIO and leaves nothing behind",
      "badread", check_badread, disks=(bad_disk,), gdb="read_file"),
    t("child-regs", 7, "the child of clone() begins as a copy of its parent, with 0 in a0, on the "
      "stack and with the thread pointer that it was given, and on a kernel stack of its own",
      "thread", check_child_regs, halted=True, gdb="copy_thread"),
    t("vfork", 9, "the child of vfork() runs in its parent's memory, and the parent sleeps until "
      "it calls exec", "vfork", check_vfork, gdb="wait_for_vfork_done"),
    t("vfork-exit", 4, "the parent goes on when its child ends without exec, too, and still has "
      "its memory", "vfork-exit", check_vfork_exit, gdb="complete_vfork_done"),
    t("orphan", 5, "a parent that is killed in vfork() ends at once, but not while it is told; its "
      "child lives on, and tells nobody when it goes", "orphan", check_orphan, smp=2,
      gdb="wait_for_vfork_done"),
    t("fork", 5, "fork() is EINVAL, and leaves nothing behind", "fork", check_fork, gdb="dup_mm"),
    t("rounds", 5, "after 1000 rounds of vfork and exec all frames are free that were",
      "rounds", check_rounds, halted=True, gdb="exit_mmap"),
    t("peek", 3, "one program can change another one's memory, as nothing is in the way",
      "peek", check_peek, gdb="do_mmap"),
    t("peek-mmu", 2, "the same programs with the MMU on: SIGSEGV, and nothing is changed",
      "peek", check_peek_mmu, flavour="debug", gdb="copy_mm"),
    t("fork-mmu", 1, "with the MMU on, fork() gives the child memory of its own", "fork-mmu",
      check_fork_mmu, flavour="debug", gdb="copy_mm"),
    t("cost", 2, "vfork() costs the same whatever the parent has mapped; munmap is linear",
      "cost", budget={"vfork": 25000, "vfork-of-16M": 25000, "munmap-a-page": 400},
      gdb="copy_mm"),
]
