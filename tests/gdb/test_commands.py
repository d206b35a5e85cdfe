# SPDX-License-Identifier: MIT
"""What the commands say against what /proc says, at the same moment.

The machine is stopped in the kernel function that is about to write the /proc file, the command
is asked, and the machine goes on: both have seen the same state.
"""
import re

import pytest

from session import table

pytestmark = pytest.mark.xdist_group("gdb-commands")


@pytest.fixture(scope="module")
def with_shell(start):
    s = start(smp=1, mem="64M", swap="128M")
    s.boot()
    return s


def both(shell, function, command, line, *more):
    """(what the command says when `function` begins to write, what `line` printed), and what more
    commands say at that moment."""
    shell.g('tbreak %s if $_streq($q_comm(), "cat")' % function)
    shell.begin(line)
    said = [shell.g(asked) for asked in (command, *more)]
    return said[0], shell.finish(), *said[1:]


def numbers(text):
    """{name: number} of "Name: 12 kB" lines."""
    return {m[1]: int(m[2]) for m in re.finditer(r"^([\w()]+):? +(\d+)", text, re.M)}


def test_ps(shell):
    said, printed = both(shell, "proc_pid_stat", "q-ps", "cat /proc/self/stat")
    rows = {int(row[0]): row for row in table(said, "PID TGID NAME TASK") if row[0] != "0"}
    fields = printed[printed.rindex(")") + 2:].split()
    pid, name = int(printed.split()[0]), re.search(r"\((.*)\)", printed)[1]
    me = rows[pid]
    assert name in me and "hart" in me
    assert me[3] == fields[0] and int(me[2]) == int(fields[1])
    assert int(me[5]) * 1024 == int(fields[20]) and int(me[6]) == int(fields[21]) * 4
    listed = shell.m            # those that stay are the same for ps
    shell.g.send("continue")
    output = listed.ok("ps")
    shell.g.interrupt()
    for line in output.splitlines()[1:]:
        row = line.split()
        if int(row[0]) in rows and int(row[0]) != pid:
            assert rows[int(row[0])][-2].strip("[]")[:15] in line, (line, rows[int(row[0])])
    assert {1, 2} < set(rows)


def test_vma(shell):
    said, printed = both(shell, "proc_pid_maps", "q-vma", "cat /proc/self/maps")
    maps = [line.split() for line in printed.splitlines()]
    rows = [row for row in table(said, "ADDRESS PERM OFFSET") if re.match(r"[0-9a-f]+-", row[0])]
    assert [row[:3] for row in rows] == [row[:3] for row in maps]
    for row, line in zip(rows, maps):
        if len(line) > 5:
            assert line[5] in row, (row, line)


def test_vma_of_another(shell):
    said, printed = both(shell, "proc_pid_maps", "q-vma 1", "cat /proc/1/maps")
    maps = [line.split()[0] for line in printed.splitlines()]
    assert [row[0] for row in table(said, "ADDRESS PERM OFFSET")][:-1] == maps


def test_buddy(shell):
    said, printed = both(shell, "buddyinfo_show", "q-buddy", "cat /proc/buddyinfo")
    row = table(said, "NODE ZONE PCP FREE")[0]
    assert row[2:13] == printed.split()[4:15], (said, printed)
    order = next(i for i in range(10, -1, -1) if int(row[2 + i]))
    blocks = shell.g("q-buddy %d" % order)
    assert "%s free blocks of order %d" % (row[2 + order], order) in blocks or \
        "free blocks" in blocks


def test_buddy_free_is_memfree(shell):
    said, printed = both(shell, "meminfo_show", "q-buddy", "cat /proc/meminfo")
    row = table(said, "NODE ZONE PCP FREE")[0]
    assert int(row[-2]) * 4 == numbers(printed)["MemFree"], (said, printed)
    assert int(row[-1]) * 4 == numbers(printed)["MemTotal"]


def test_slab(shell):
    said, printed = both(shell, "slabinfo_show", "q-slab", "cat /proc/slabinfo")
    rows = {row[0]: row[1:7] for row in table(said, "NAME ACTIVE OBJECTS")
            if len(row) == 9}
    lines = {line.split()[0]: line.split() for line in printed.splitlines()[2:]}
    assert set(rows) == set(lines)
    for name, line in lines.items():
        want = line[1:6] + [line[14]]
        assert rows[name] == want, (name, rows[name], want)


def test_one_slab_cache(shell):
    said, printed = both(shell, "slabinfo_show", "q-slab vm_area_struct", "cat /proc/slabinfo")
    line = re.search(r"^vm_area_struct +(\d+) +(\d+)", printed, re.M)
    assert re.search(r"^vm_area_struct +%s +%s " % (line[1], line[2]), said, re.M), said
    assert re.search(r"^0xffff\w+ (partial|current of hart 0|empty) +\d+ +\d+", said, re.M), said


def test_lru(shell):
    said, printed = both(shell, "meminfo_show", "q-lru", "cat /proc/meminfo")
    kib = {row[1]: int(row[3]) for row in table(said, "NODE LIST PAGES") if len(row) == 4}
    info = numbers(printed)
    for name, key in (("active_anon", "Active(anon)"), ("inactive_anon", "Inactive(anon)"),
                      ("active_file", "Active(file)"), ("inactive_file", "Inactive(file)"),
                      ("unevictable", "Unevictable")):
        assert kib[name] == info[key], (name, said)
    listed = shell.g("q-lru inactive_anon 5")
    assert "5 of" in listed


def test_swap(shell):
    """A file in tmpfs that is larger than memory: most of it is in swap."""
    shell.g("tbreak swap_writepage")
    shell.begin("mkdir -p /big; mount -t tmpfs -o size=90M tmpfs /big;"
                " dd if=/dev/zero of=/big/file bs=1M count=70 2>/dev/null")
    assert "swap_writepage" in shell.g("bt 1")
    shell.finish()
    # All at one moment: whoever runs next may free a slot, the shell itself by a write to a page.
    said, printed, ten, one = both(shell, "swaps_show", "q-swap", "cat /proc/swaps", "q-swap 0 10",
                                   "q-swap 0 1")
    row, line = table(said, "AREA FILENAME")[0], printed.splitlines()[1].split()
    assert row[1] == line[0] and row[2:4] == line[2:4] and row[4] == line[4], (said, printed)
    assert int(row[3]) > 4096
    slots = table(ten, "SLOT COUNT")
    assert [slot[1] for slot in slots[:10]] == ["1"] * 10, slots
    assert "%d slots in use" % (int(row[3]) // 4) in one
    shell.g.send("continue")
    shell.m.ok("umount /big")
    shell.g.interrupt()


def test_dmesg(shell):
    shell.g.send("continue")
    printed = shell.m.ok("dmesg").splitlines()
    shell.g.interrupt()
    said = shell.g("q-dmesg").splitlines()
    assert [line for line in said if line] == [line for line in printed if line]
    assert shell.g("q-dmesg 3").splitlines()[:3] == said[-3:]


def test_walk_and_page(shell):
    """The walk's frame holds what the program's address holds; q-page agrees with the walk."""
    g = shell.g
    g("ub lazy touch_pages")
    shell.begin("lazy 1")
    out = g("q-walk $sp")
    pfn = int(re.search(r"physical address (0x\w+)", out)[1], 16) >> 12
    assert [row[0] for row in table(out, "LEVEL INDEX VALUE")][:3] == ["pgd", "pmd", "pte"]
    assert "VRW-U-AD" in out
    offset = g.value("$sp") & 0xfff
    there = g("x/gx $sp").split(":")[1].strip()
    assert there[2:] in g("monitor xp /gx %#x" % (pfn << 12 | offset))
    page = g("q-page $sp")
    assert "%#x" % pfn in page and "anonymous" in page
    row = table(page, "PFN PHYSICAL REFS MAPS")[0]
    assert row[0] == "%#x" % pfn and row[3] == "1"
    assert g("q-page %#x" % pfn) == page
    rmap = g("q-rmap $sp")
    assert re.search(r"1 of \d+ VMAs map it, mapcount 1", rmap), rmap
    assert re.search(r"lazy .* %#x " % (g.value("$sp") & ~0xfff), rmap), rmap


def test_walk_against_pagemap(shell):
    """The top page of init's stack: its frame and its counts, as /proc tells them."""
    g = shell.g
    va = 0x3ffffff000
    g.send("continue")
    # It may be in swap: who reads the environment, which lies in it, brings it back.
    shell.m.ok("cat /proc/1/environ >/dev/null")
    printed = shell.m.ok("dd if=/proc/1/pagemap bs=8 skip=%d count=1 2>/dev/null | hexdump -e"
                         % (va >> 12))
    g.interrupt()
    entry = int(printed.split()[1], 16)
    pfn = int(re.search(r"physical address (0x\w+)", g("q-walk %#x 1" % va))[1], 16) >> 12
    assert entry >> 63 == 1 and entry & (1 << 55) - 1 == pfn, (printed, hex(pfn))
    assert table(g("q-page %#x 1" % va), "PFN PHYSICAL REFS")[0][0] == "%#x" % pfn


def test_file_page_and_its_mappers(shell):
    g = shell.g
    g("ub lazy touch_pages")
    shell.begin("lazy 1")
    assert "of /bin/lazy" in g("q-page $pc")
    out = g("q-rmap $pc")
    assert "i_mmap of /bin/lazy" in out and "yes" in out
    assert "page table" in g("q-page %#x" % (g.value("$satp") & ((1 << 44) - 1)))
    assert "slab: task_struct" in g("q-page $q_current()")
    assert "reserved" in g("q-page &init_task")


def test_cow_page_has_two_mappers(shell):
    g = shell.g
    g('break do_wp_page if $_streq($q_comm(), "cow")')
    shell.begin("cow 1 >/dev/null")
    out = g("q-rmap vmf->real_address")
    assert re.search(r"2 of 2 VMAs map it, mapcount 2", out), out
    assert out.count(" cow ") == 2


def test_trap(shell):
    g = shell.g
    g.run('tbreak sys_openat if $_streq($q_comm(), "cat")')
    shell.begin("cat /proc/self/comm")
    out = g("q-trap")
    assert "ecall from user mode" in out
    assert re.search(r"system call 56: sys_openat\(0xffffffffffffff9c, 0x", out), out


def test_locks(shell):
    g = shell.g
    g.run('tbreak handle_mm_fault if $_streq($q_comm(), "lazy")')
    shell.begin("lazy 1 >/dev/null")
    row = table(g("q-locks"), "PID NAME LOCK RANK")[0]
    assert row[1] == "lazy" and row[3:5] == ["mmap_lock", "mmap_lock"], row
    assert "No lock" in g("q-locks 1")


def test_printers(shell):
    g = shell.g
    g.run('tbreak do_anonymous_page if $_streq($q_comm(), "lazy")')
    shell.begin("lazy 1 >/dev/null")
    assert re.search(r"= 0 = none|table at|pfn 0x", g("print vmf->orig_pte"))
    assert re.search(r"= table at pfn 0x\w+|0 = none", g("print *vmf->pmd"))
    assert "VR" in g("print vmf->vma->vm_page_prot")
    assert re.search(r"tree of \d+, depth \d", g("print vmf->vma->vm_mm->mm_rb"))
    assert re.search(r"list of \d+", g("print task_list"))
    assert "GFP_KERNEL" in g("print (gfp_t)0x6c")
    assert "GFP_KERNEL|__GFP_ZERO" in g("print (gfp_t)0x7c")
    assert re.search(r"= \d+\s*$", g("print vmf->vma->vm_mm->mm_users"))
    page = g("print *$q_page($q_pfn(mem_map_base + 0x80300))")
    assert re.search(r"pfn 0x80300, .*refs \d+, maps \d+, flags", page), page
    assert re.search(r"xarray of|empty xarray",
                     g("print vmf->vma->vm_mm->exe_file->f_mapping->i_pages"))
    assert "broken" not in g("print *vmf->vma")
