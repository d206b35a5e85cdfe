# SPDX-License-Identifier: MIT
"""The files of /proc have the shape that Linux's tools expect."""
import re

import pytest
from machine import table

MEMINFO = """MemTotal MemFree MemAvailable Buffers Cached SwapCached Active Inactive Active(anon)
Inactive(anon) Active(file) Inactive(file) Unevictable Mlocked SwapTotal SwapFree Dirty Writeback
AnonPages Mapped Shmem KReclaimable Slab SReclaimable SUnreclaim KernelStack PageTables CommitLimit
Committed_AS VmallocTotal VmallocUsed VmallocChunk""".split()

VMSTAT = """nr_free_pages nr_inactive_anon nr_active_anon nr_inactive_file nr_active_file
nr_anon_pages nr_mapped nr_file_pages nr_dirty nr_writeback nr_shmem nr_kernel_stack
nr_page_table_pages pgpgin pgpgout pswpin pswpout pgfree pgactivate pgdeactivate pgfault pgmajfault
pgsteal_kswapd pgsteal_direct pgscan_kswapd pgscan_direct oom_kill""".split()

STATUS = """Name Umask State Tgid Ngid Pid PPid TracerPid Uid Gid FDSize Groups VmPeak VmSize VmLck
VmPin VmHWM VmRSS RssAnon RssFile RssShmem VmData VmStk VmExe VmLib VmPTE VmSwap Threads SigQ SigPnd
ShdPnd SigBlk SigIgn SigCgt voluntary_ctxt_switches nonvoluntary_ctxt_switches""".split()

SMAPS = """Size KernelPageSize MMUPageSize Rss Pss Shared_Clean Shared_Dirty Private_Clean
Private_Dirty Referenced Anonymous Swap SwapPss Locked VmFlags""".split()

SYS_VM = """admin_reserve_kbytes dirty_background_ratio dirty_ratio drop_caches max_map_count
min_free_kbytes mmap_min_addr oom_dump_tasks oom_kill_allocating_task overcommit_kbytes
overcommit_memory overcommit_ratio page-cluster panic_on_oom swappiness user_reserve_kbytes
vfs_cache_pressure watermark_scale_factor""".split()

PATTERNS = {
    "/proc/uptime": r"\d+\.\d\d \d+\.\d\d\n",
    "/proc/loadavg": r"\d+\.\d\d \d+\.\d\d \d+\.\d\d \d+/\d+ \d+\n",
    "/proc/version": r"Linux version \S+ .*\n",
    "/proc/swaps": r"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n(/dev/vda *\s+partition\s+"
                   r"\d+\s+\d+\s+-?\d+\n)?",
    "/proc/buddyinfo": r"(Node +\d+, zone +\w+ ( +\d+){11} ?\n)+",
    "/proc/filesystems": r"((nodev)?\t\w+\n)+",
    "/proc/mounts": r"(\S+ \S+ \S+ r[wo]\S* 0 0\n)+",
    "/proc/cmdline": r".*\n",
    "/proc/1/statm": r"\d+( \d+){6}\n",
    "/proc/1/stat": r"1 \(init\) [SR] 0( -?\d+){48}\n",
    "/proc/1/comm": r"init\n",
    "/proc/1/oom_score": r"\d+\n",
    "/proc/1/oom_score_adj": r"-?\d+\n",
    "/proc/1/maps": r"([0-9a-f]{8,16}-[0-9a-f]{8,16} [r-][w-][x-][ps] [0-9a-f]{8} [0-9a-f]{2,}:"
                    r"[0-9a-f]{2,} \d+ *( \S.*)?\n)+",
    "/proc/slabinfo": r"slabinfo - version: 2\.1\n# name            <active_objs>.*\n"
                      r"(\S+ +\d+ +\d+ +\d+ +\d+ +\d+ : tunables +\d+ +\d+ +\d+ : slabdata +\d+ +"
                      r"\d+ +\d+\n)+",
    "/proc/1/limits": r"Limit +Soft Limit +Hard Limit +Units *\n(Max .*\n){16}",
}


@pytest.fixture
def m(boot):
    return boot(smp=2)


def test_patterns(m):
    wrong = []
    for path, pattern in PATTERNS.items():
        text = m.cat(path)
        if not re.fullmatch(pattern, text):
            wrong.append("%s:\n%s" % (path, text[:600]))
    assert not wrong, "\n".join(wrong)


def test_meminfo(m):
    text = m.cat("/proc/meminfo")
    names = [line.split(":")[0] for line in text.splitlines()]
    assert [n for n in names if n in MEMINFO] == MEMINFO
    for line in text.splitlines():
        assert re.fullmatch(r"[\w()]+: +\d+( kB)?", line), line
    v = table(text)
    assert 0 < v["MemFree"] < v["MemTotal"] and 0 < v["MemAvailable"] < v["MemTotal"]
    assert v["Active"] == v["Active(anon)"] + v["Active(file)"]
    assert v["Slab"] == v["SReclaimable"] + v["SUnreclaim"]
    assert v["SwapFree"] <= v["SwapTotal"]


def test_vmstat(m):
    v = m.vmstat()
    assert not [n for n in VMSTAT if n not in v]
    before = v["pgfault"]
    m.ok("lazy")
    assert m.vmstat()["pgfault"] > before


def test_the_views_of_free_memory_agree(m):
    """buddyinfo, zoneinfo, vmstat and meminfo, read in one process after another, nearly agree."""
    buddy = 0
    for line in m.cat("/proc/buddyinfo").splitlines():
        buddy += sum(int(n) << i for i, n in enumerate(line.split("zone")[1].split()[1:]))
    zoneinfo = m.cat("/proc/zoneinfo")
    zone = sum(int(n) for n in re.findall(r"pages free +(\d+)", zoneinfo))
    lists = sum(int(n) for n in re.findall(r"^ +count: (\d+)$", zoneinfo, re.M))
    free = m.meminfo()["MemFree"] // 4
    assert abs(zone - free) < 256 and abs(buddy + lists - free) < 512, (buddy, lists, zone, free)


def test_zoneinfo(m):
    text = m.cat("/proc/zoneinfo")
    assert re.search(r"^Node 0, zone +DMA32$", text, re.M)
    for word in (r"pages free +\d+", r"min +\d+", r"low +\d+", r"high +\d+", r"spanned +\d+",
                 r"present +\d+", r"managed +\d+", r"protection: \("):
        assert re.search(word, text), word
    low, mid, high = (int(re.search(r"^ +%s +(\d+)" % w, text, re.M)[1])
                      for w in ("min", "low", "high"))
    assert low <= mid <= high


def test_status(m):
    text = m.cat("/proc/1/status")
    names = [line.split(":")[0] for line in text.splitlines()]
    assert [n for n in names if n in STATUS] == STATUS
    v = table(text)
    assert v["VmRSS"] == v["RssAnon"] + v["RssFile"] + v["RssShmem"]
    assert v["VmRSS"] <= v["VmHWM"] and v["VmSize"] <= v["VmPeak"]


def test_smaps_adds_up(m):
    text = m.cat("/proc/1/smaps")
    for name in SMAPS:
        assert re.search("^%s:" % name, text, re.M), name
    rss = sum(int(n) for n in re.findall(r"^Rss: +(\d+)", text, re.M))
    rollup = table(m.cat("/proc/1/smaps_rollup"))
    assert rollup["Rss"] == rss
    assert abs(table(m.cat("/proc/1/status"))["VmRSS"] - rss) <= 64


def test_maps_are_sorted_and_apart(m):
    last = 0
    for line in m.cat("/proc/self/maps").splitlines():
        start, end = (int(x, 16) for x in line.split()[0].split("-"))
        assert last <= start < end and start % 4096 == end % 4096 == 0
        last = end
    assert "[stack]" in m.cat("/proc/self/maps") and "[vdso]" in m.cat("/proc/self/maps")


def test_stat_of_the_system(m):
    text = m.cat("/proc/stat")
    assert re.search(r"^cpu  (\d+ ?){10}$", text, re.M)
    assert re.search(r"^cpu1 (\d+ ?){10}$", text, re.M)
    for word in ("intr", "ctxt", "btime", "processes", "procs_running", "procs_blocked"):
        assert re.search(r"^%s \d+" % word, text, re.M), word


def test_sysctls(m):
    there = m.ok("ls /proc/sys/vm").split()
    assert not [n for n in SYS_VM if n not in there]
    m.ok("echo 2 >/proc/sys/vm/overcommit_memory")
    assert m.cat("/proc/sys/vm/overcommit_memory") == "2\n"
    assert m.run("sh -c 'echo 7 >/proc/sys/vm/overcommit_memory'")[1] != 0
    assert m.cat("/proc/sys/vm/overcommit_memory") == "2\n"
    m.ok("echo 0 >/proc/sys/vm/overcommit_memory")
    assert m.cat("/proc/sys/kernel/ostype") == "Linux\n"


def test_self_and_tasks(m):
    assert m.cat("/proc/self/comm") == "cat\n"
    assert m.ok("ls /proc/self/task").strip().isdigit()
    assert "0" in m.ok("ls /proc/self/fd").split()
    assert m.ok("ls -l /proc/self/exe").rstrip().endswith("/bin/ls")
    assert m.cat("/proc/self/cmdline").replace("\0", " ").strip() == "cat /proc/self/cmdline"
    assert m.run("cat /proc/99999/stat")[1] != 0


def test_every_file_reads_to_its_end(m):
    """Reading all of /proc twice loses nothing and harms nothing."""
    paths = """meminfo vmstat buddyinfo zoneinfo slabinfo swaps stat uptime loadavg cpuinfo version
    cmdline mounts filesystems self/stat self/statm self/status self/maps self/smaps
    self/smaps_rollup self/oom_score self/limits self/environ self/auxv""".split()
    everything = " ".join("/proc/" + p for p in paths)
    m.ok("cat %s >/tmp/all" % everything)
    with m.nothing_lost():
        m.ok("cat %s >/tmp/all" % everything)
