# SPDX-License-Identifier: MIT
"""Tests of lab 09-oom: see tools/labs/README.md for the format."""
import re

from quirelab import Fail, Test, expect


def counters(mem, pid):
    """Pages of a process, as its mm_struct counts them: resident, in swap, of page tables."""
    mm = mem.mm(mem.tasks()[pid])
    stat = mem.offset("struct mm_struct.rss_stat")

    def of(name):
        return mem.value(mm + stat + 8 * mem.constant(name), 8)
    tables = mem.member(mm, "struct mm_struct.pgtables_bytes") // 4096
    return of("MM_FILEPAGES") + of("MM_ANONPAGES") + of("MM_SHMEMPAGES"), of("MM_SWAPENTS"), tables


def score(points, total):
    """As /proc/PID/oom_score scales points (C's division)."""
    return int(int(1000 + int(points * 1000 / total)) * 2 / 3)


def said_scores(m):
    """{name: (pid, score)} and all pages, from the lines before `at scores`."""
    m.wait("at scores")
    found, total = {}, 0
    for line in m.lines:
        words = line.split()
        if words[:1] == ["score"]:
            found[words[1]] = int(words[2]), int(words[3])
        if words[:1] == ["total"]:
            total = int(words[1])
    return found, total


def near(what, expected, got, by=2):
    if abs(expected - got) > by:
        raise Fail("oom_score of %s: %d" % (what, expected), got)


def points_of_sizes(m):
    found, total = said_scores(m)
    with m.stopped() as mem:
        for name in ("fat", "sparse"):
            pid, got = found[name]
            near(name, score(sum(counters(mem, pid)), total), got)
    m.go()
    m.wait("at again")
    m.go()


def points_of_swapped(m):
    found, total = said_scores(m)
    pid, got = found["fat"]
    with m.stopped() as mem:
        rss, swap, tables = counters(mem, pid)
        if swap < 1000:
            raise Fail("the state: at least 1000 pages in swap", swap)
        near("a process with %d pages in swap" % swap, score(rss + swap + tables, total), got)
    m.go()


def points_of_adj(m):
    found, total = said_scores(m)
    pid, got = found["tuned"]
    with m.stopped() as mem:
        size = sum(counters(mem, pid))
        # As if the reaper had been there.
        flags = mem.mm(mem.tasks()[found["fat"][0]]) + mem.offset("struct mm_struct.flags")
        mem.poke(flags, 1 << mem.constant("MMF_OOM_SKIP"), 8)
    # Linux multiplies thousandths that it has rounded before: either is right.
    near("a process with oom_score_adj 300", score(size + 300 * total / 1000, total), got, 12)
    expect("oom_score of a process with oom_score_adj -1000", 0, found["immune"][1])
    expect("oom_score of process 1", 0, found["init"][1])
    expect("oom_score of a child between vfork() and exec", 0, found["vforked"][1])
    m.go()
    m.wait("at again")
    reaped = [line for line in m.lines if line.startswith("score fat ")][-1]
    expect("oom_score of a process with MMF_OOM_SKIP", 0, int(reaped.split()[3]))
    m.go()


def duel(dies, lives_whole=False):
    """The line `at died NAME SIGNAL`; and, from outside, that a survivor has kept its pages."""
    def check(m):
        line = m.wait("at died")
        who, signal = line.split()[2:]
        expect("who dies", dies, who)
        expect("by which signal", 9, int(signal))
        said = next(x for x in m.lines if x.startswith("player "))
        player, start, nr, hog = re.match(r"player (\d+) (\S+) (\d+) hog (\d+)", said).groups()
        dead, alive = (player, hog) if who == "player" else (hog, player)
        with m.stopped() as mem:
            tasks = mem.tasks()
            if int(dead) in tasks and mem.mm(tasks[int(dead)]):
                raise Fail("process %s to have given its memory back" % dead, "it has its mm")
            if lives_whole:
                root, va = mem.root(tasks[int(alive)]), int(start, 16)
                kept = sum(1 for _ in mem.leaves(root, va, va + int(nr) * 4096))
                expect("pages that the survivor still has", int(nr), kept)
        if not re.search(r"Killed process %s \(oomlab\)" % dead, m.text()):
            raise Fail("the report to name process %s" % dead, "no such line")
        m.go()
    return check


def origin(m):
    pid = int(m.wait("at ready ").split()[2])
    with m.stopped() as mem:
        task = mem.tasks()[pid]
        flags = mem.member(task, "struct task_struct.flags")
        mem.poke(task + mem.offset("struct task_struct.flags"),
                 flags | mem.constant("PF_OOM_ORIGIN"), 4)
    m.go()
    duel("player")(m)


def init_shares(m):
    _, _, pid, start, nr = m.wait("at ready ").split()
    with m.stopped() as mem:
        task = mem.tasks()[int(pid)]
        number = task + mem.offset("struct task_struct.tgid")
        mem.poke(number, 1, 4)
    m.go()
    signal = int(m.wait("at ended ").split()[2])
    with m.stopped() as mem:
        mem.poke(number, int(pid), 4)
        root, va = mem.root(task), int(start, 16)
        kept = sum(1 for _ in mem.leaves(root, va, va + int(nr) * 4096))
        flags = mem.member(mem.mm(task), "struct mm_struct.flags")
        skipped = bool(flags >> mem.constant("MMF_OOM_SKIP") & 1)
    expect("signal that ended the victim", 9, signal)
    expect("pages of the memory that process 1 uses too", int(nr), kept)
    expect("MMF_OOM_SKIP of that memory, so that nobody is chosen for it again", True, skipped)
    m.go()


def negative(m):
    m.wait_console(r"[#$] $")
    m.go("for p in /proc/[0-9]*; do echo -999 >$p/oom_score_adj; done 2>/dev/null; "
         "sort /dev/zero")
    found = m.wait_console(r"Killed process \d+ \([^)]*\)|Kernel panic[^\n]*\n")[0]
    if "(sort)" not in found:
        raise Fail("the report to name sort, whose score is the least negative", found)


def panics(line, message):
    """The machine must end in this panic, and in no other."""
    def check(m):
        m.wait_console(r"[#$] $")
        m.go(line + "; echo went  on")
        found = m.wait_console(r"Kernel panic - not syncing: [^\n]*\n|\nwent on\n")[0]
        if not re.search(message, found):
            raise Fail("the panic %r" % message, found)
    return check


TESTS = [
    Test("score", 9, "a process's points are its resident pages and its page tables",
         run="oomlab scores", check=points_of_sizes, gdb="__oom_badness"),
    Test("swap-counts", 8, "pages in swap count as well: the end of the process frees their slots",
         run="oomlab swapped", check=points_of_swapped, swap="64M", gdb="__oom_badness"),
    Test("score-adj", 8, "oom_score_adj adds thousandths of all memory; who is not to be chosen "
         "has no points", run="oomlab scores", check=points_of_adj, gdb="__oom_badness"),
    Test("biggest", 9, "the process with the most points dies, whoever asked for memory",
         run="oomlab biggest", check=duel("player"), gdb="select_bad_process"),
    Test("adj-decides", 6, "a smaller process with a high oom_score_adj goes first",
         run="oomlab adj", check=duel("player"), gdb="select_bad_process"),
    Test("immune", 8, "a process with oom_score_adj -1000 keeps every page",
         run="oomlab immune", check=duel("hog", True), gdb="select_bad_process"),
    Test("one-victim", 10, "four harts run out at once: one process dies, and one kill is counted",
         run="oomlab one", smp=4, gdb="__out_of_memory"),
    Test("shared", 8, "a victim dies even asleep in vfork(), with everybody who shares its memory",
         run="oomlab shared", smp=2, gdb="kill_all_users"),
    Test("origin", 2, "who asked to be the first to go (swapoff) dies before any other",
         run="oomlab origin", check=origin, gdb="select_bad_process"),
    Test("init-shares", 2, "process 1 uses the victim's memory too: it lives and keeps every page, "
         "and the memory is marked", run="oomlab init-shares", check=init_shares,
         gdb="kill_all_users"),
    Test("headless", 6, "a process whose first thread has ended is found by its other threads",
         run="oomlab headless", smp=2, gdb="oom_find_mm"),
    Test("allocating", 5, "with vm.oom_kill_allocating_task the one that asks dies",
         run="oomlab allocating", check=duel("hog", True), gdb="choose_allocating_task"),
    Test("allocating-immune", 5, "but not if it must not be killed: then the usual choice",
         run="oomlab allocating-immune", check=duel("player"), gdb="choose_allocating_task"),
    Test("rounds", 6, "ten hogs in a row die, and no task_struct is left behind",
         run="oomlab rounds", gdb="oom_kill_process"),
    Test("cost", 3, "the points of a process come from its counters, however much memory it has",
         run="oomlab cost", budget={"points": 6000}, gdb="__oom_badness"),
    Test("negative", 1, "when all scores are negative the highest of them is chosen",
         check=negative, append="panic=-1", gdb="select_bad_process"),
    Test("panic-on-oom", 2, "with vm.panic_on_oom the machine stops instead",
         check=panics("sysctl vm.panic_on_oom=1; oom", "Out of memory: .*panic_on_oom"),
         append="panic=-1", gdb="__out_of_memory"),
    Test("no-victim", 2, "if nobody may be killed the machine says so and stops",
         check=panics("for p in /proc/[0-9]*; do echo -1000 >$p/oom_score_adj; done 2>/dev/null; "
                      "sh -c 'echo -1000 >/proc/$$/oom_score_adj; exec sort /dev/zero'",
                      "System is deadlocked on memory"),
         append="panic=-1", gdb="__out_of_memory"),
]
