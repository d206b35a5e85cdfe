# SPDX-License-Identifier: MIT
"""Demand paging, COW and the demos: what they show is true, and every page comes back."""
import re

import pytest

from machine import table

DEMOS = ["lazy", "cow", "slabdemo", "buddydemo", "faults"]


@pytest.mark.parametrize("flavour, smp, mem, swap", [
    ("debug", 1, "128M", None), ("debug", 4, "128M", None), ("debug", 2, "32M", "64M"),
    ("debug", 2, "2G", "0"), ("release", 4, "128M", None), ("release", 1, "32M", "0"),
    ("llvm", 2, "128M", None)])
def test_demos_work_and_leave_nothing_behind(boot, flavour, smp, mem, swap):
    m = boot(flavour=flavour, smp=smp, mem=mem, swap=swap)
    for demo in DEMOS:
        m.ok(demo)
    for demo in DEMOS:
        # Each hart's lists of objects and pages fill up.
        with m.nothing_lost(pages=16 + 8 * smp):
            out = m.ok(demo)
        assert out.strip(), demo


def test_memory_is_taken_when_touched_not_before(boot):
    """`lazy` maps much, then touches it: the numbers it prints tell the difference."""
    m = boot(smp=1, mem="128M")
    out = m.ok("lazy")
    numbers = [int(n) for n in re.findall(r"(\d+)\s*(?:kB|KiB|K\b)", out)]
    assert numbers and max(numbers) > 1024, out


def test_peek_is_stopped_by_the_mmu(boot):
    m = boot(smp=1)
    out, _ = m.run("peek")
    assert re.search(r"SIGSEGV|[Ss]egmentation fault", out), out


@pytest.mark.parametrize("flavour, smp", [("debug", 4), ("release", 4), ("debug", 1)])
def test_processes_leave_nothing_behind(boot, flavour, smp):
    """What one process costs for good, a hundred would show."""
    m = boot(flavour=flavour, smp=smp)
    many = "; ".join(["true | cat | cat", "sh -c 'sh -c true'", "ls /bin >/dev/null"] * 8)
    m.warm_up(many)
    with m.nothing_lost():
        m.ok(many)
        m.ok(many)


def test_spare_stacks_are_given_back(boot):
    """Stacks that the harts keep for the next fork are free after drop_caches: each is a thread's
    or the second hart's idle thread's."""
    m = boot(smp=2)
    m.ok("for i in 1 2 3 4 5 6 7 8; do true & done; wait")
    for _ in range(20):                           # who has just died frees his a moment later
        text = m.ok("echo 2 >/proc/sys/vm/drop_caches; cat /proc/vmallocinfo /proc/meminfo")
        stacks, used = text.count(" stack\n"), table(text)["KernelStack"] // 16 + 1
        if stacks == used:
            return
    pytest.fail("%d stacks, %d in use\n%s" % (stacks, used, text))


def test_files_leave_nothing_behind(boot):
    m = boot(smp=2)
    line = "mkdir /tmp/d; seq 1 2000 >/tmp/d/f; cp /tmp/d/f /tmp/d/g; mv /tmp/d/g /tmp/d/h; " \
           "rm /tmp/d/f /tmp/d/h; rmdir /tmp/d"
    m.ok(line)
    with m.nothing_lost():
        for _ in range(10):
            m.ok(line)


def test_a_killed_program_leaves_nothing_behind(boot):
    m = boot(smp=2)
    m.run("sleep 1000 & kill -9 $!; wait")
    with m.nothing_lost():
        for _ in range(10):
            m.run("sleep 1000 & kill -9 $!; wait")


@pytest.mark.parametrize("allocator", ["slub", "slob"])
def test_both_slab_allocators_carry_the_system(boot, allocator):
    m = boot(smp=2, append="slab_allocator=" + allocator)
    for demo in DEMOS:
        # slabdemo looks at caches in /proc/slabinfo: the list allocator has none.
        if (allocator, demo) != ("slob", "slabdemo"):
            m.ok(demo)
    assert m.ok("ls /bin | cat | cat").strip()
    before = m.meminfo()["MemFree"]
    for _ in range(5):
        m.ok("sh -c 'sh -c true'; cat /proc/meminfo >/dev/null")
    assert m.meminfo()["MemFree"] > before - 512


def test_slub_debug_finds_no_fault_in_the_kernel(boot):
    m = boot(smp=2, append="slub_debug=FZPU")
    for demo in DEMOS:
        m.ok(demo)
    log = m.ok("dmesg")
    assert "BUG" not in log and "Redzone" not in log and "Poison" not in log


def test_every_row_of_the_fault_table_is_counted(boot):
    """`faults` meets each row of the decision table; vmstat has a counter a row that moves."""
    m = boot(smp=1)
    before = m.vmstat()
    m.ok("faults")
    after = m.vmstat()
    moved = [n for n in after if "fault" in n and after[n] > before.get(n, 0)]
    assert len(moved) >= 6, moved
