# SPDX-License-Identifier: MIT
"""What Debian's tools say about memory, held against what a program is known to do.

Rates are compared by what holds on a slow machine too: a rate times the length that was asked for
is at most what happened from before to after, and times the length in fact at least what was done.
One machine serves all tests.
"""
import re

import pytest

import conftest
from test_debian import READ_SLEEP, Debian, near, steps_of

pytestmark = pytest.mark.xdist_group("debian_memory")

PAGES = 3000


@pytest.fixture(scope="module")
def m(debian, cross_compile, tmp_path_factory):
    conftest.build("debug")
    folder = tmp_path_factory.mktemp("memory")
    programs = [cross_compile("pages"), cross_compile("memory")]
    for name in ("threads", "glibc"):
        programs += [cross_compile(name), cross_compile(name, "-static")]
    machine = Debian(folder, root="debian", mem="128M", smp=2, swap="64M", adds=programs,
                     append="loglevel=4")
    machine.wait_prompt()
    yield machine
    machine.kill()


class Toucher:
    """A process that touches a number of pages when it is told to."""

    def __init__(self, m, pages=PAGES, what=""):
        self.m, self.log, self.times = m, "/tmp/touch%s" % (what or "").replace("/", "-"), 0
        # Without the file of the process before: the new one empties it when its turn comes.
        m.ok("rm -f %s; pages touch %d %s >%s & pid=$!; until grep -qs ready %s; do sleep 0.02; "
             "done" % (self.log, pages, what, self.log, self.log))
        self.pid = m.ok("echo $pid").strip()

    def touch_line(self):
        """The shell line that makes it touch, and waits until it has."""
        self.times += 1
        return "kill -USR1 %s; until [ $(grep -c touched %s) = %d ]; do sleep 0.02; done" % \
            (self.pid, self.log, self.times)

    def end(self):
        self.m.ok("kill %s; wait %s; true" % (self.pid, self.pid))


@pytest.fixture
def toucher(m):
    t = Toucher(m)
    yield t
    t.end()


def smaps_sums(text):
    """The sums of all fields of a smaps, in KiB."""
    sums = {}
    for name, value in re.findall(r"^(\w+): +(\d+) kB", text, re.M):
        sums[name] = sums.get(name, 0) + int(value)
    return sums


# ---- Frames, threads, and glibc's ways to start a process ----------------------------------------

@pytest.mark.parametrize("program", ["threads", "threads-static"])
def test_threads(m, program):
    with m.nothing_lost():
        output = m.ok(program)
    assert output.count("ok ") == 9 and "not ok" not in output, output


def test_one_frame_for_all(m):
    """pagemap of two processes: the library's page is one frame, written data are two."""
    assert m.ok("pages frames") == "libc same\ndata different\n"


def test_pss_is_shared_out(m):
    """n processes of one program: the sum of their Pss is what one of them has as Rss."""
    m.ok(READ_SLEEP)
    m.ok("for i in 1 2 3 4; do sleep 1000 & done; "
         "until [ $(ps -o args=,stat= | grep -c '^sleep 1000 *S') = 4 ]; do :; done")
    texts = m.ok("for p in $(pgrep -x sleep); do cat /proc/$p/smaps; echo ==; done").split("==\n")
    areas = [re.findall(r"r-xp \S+ \S+ \d+ +(\S*/sleep)\n((?:\w+: .*\n)+)", t)[0][1]
             for t in texts[:4]]
    sums = [smaps_sums(a) for a in areas]
    assert len(sums) == 4 and all(s["Rss"] == s["Shared_Clean"] for s in sums), sums
    total, rss = sum(s["Pss"] for s in sums), sums[0]["Rss"]
    assert rss - 4 <= total <= rss, sums
    m.ok("kill $(pgrep -x sleep); wait; true")


def test_malloc_before_and_after(m):
    """VmSize at once, RSS as it is touched, for a program that takes more than half the memory."""
    steps = steps_of(m.ok("memory 70"))
    assert steps["malloc"][0] - steps["start"][0] >= 70 << 10 > \
        steps["malloc"][1] - steps["start"][1]
    assert near(steps["all"][1] + steps["all"][3] - steps["start"][1], 70 << 10, 128)


# ---- One process ---------------------------------------------------------------------------------

def test_pmap_and_smaps(m, toucher):
    """pmap's sums are those of smaps, of smaps_rollup, of statm, status and numa_maps."""
    m.ok(toucher.touch_line())
    proc = "/proc/%s/" % toucher.pid
    sums = smaps_sums(m.cat(proc + "smaps"))
    total = [int(n) for n in m.lines("pmap -x " + toucher.pid)[-1].split()[2:5]]
    assert total == [sums["Size"], sums["Rss"], sums["Private_Dirty"] + sums["Shared_Dirty"]]
    assert sums["Anonymous"] >= 4 * PAGES and sums["Private_Dirty"] >= 4 * PAGES
    rollup = smaps_sums(m.cat(proc + "smaps_rollup"))
    assert rollup["Rss"] == sums["Rss"] and near(rollup["Pss"], sums["Pss"], 32)
    statm = [4 * int(n) for n in m.cat(proc + "statm").split()]
    assert statm[:2] == [sums["Size"], sums["Rss"]]
    status = dict(re.findall(r"^(\w+):\s+(\d+)", m.cat(proc + "status"), re.M))
    assert int(status["VmRSS"]) == sums["Rss"] and int(status["VmSize"]) == sums["Size"]
    assert int(status["RssAnon"]) == sums["Anonymous"]
    nodes = re.findall(r"N0=(\d+)", m.cat(proc + "numa_maps"))
    assert 4 * sum(map(int, nodes)) == sums["Rss"]
    extended = m.lines("pmap -X " + toucher.pid)
    names = extended[1].split()
    assert int(extended[-1].split()[names.index("Rss") - 5]) == sums["Rss"]
    assert m.ok("ps -o rss=,vsz= " + toucher.pid).split() == [str(sums["Rss"]), str(sums["Size"])]


def test_shared_pages(m):
    """Pages of a tmpfs file that are mapped count as shared, in free and in the process."""
    m.ok("echo 3 >/proc/sys/vm/drop_caches; truncate -s 8M /dev/shm/file")
    Toucher(m, 1).end()                           # the programs are cached, and all else has room
    before = m.meminfo()
    t = Toucher(m, 2048, "/dev/shm/file")
    m.ok(t.touch_line())
    after = m.meminfo()
    status = dict(re.findall(r"^(\w+):\s+(\d+)", m.cat("/proc/%s/status" % t.pid), re.M))
    assert near(int(status["RssShmem"]), 8192, 64)  # what --add brought is shmem, too
    for name in ("Shmem", "Cached", "Mapped"):
        assert near(after[name] - before[name], 8192, 512), name
    shared = int(m.lines("free -k")[1].split()[4])
    assert near(shared, after["Shmem"], 64)
    assert m.ok("du -k /dev/shm/file").split()[0] == "8192"
    t.end()
    m.ok("rm /dev/shm/file")
    assert near(m.meminfo()["Shmem"], before["Shmem"], 64)


def test_limits(m):
    """-v, -s and -l bite where they say; prlimit changes them for one that runs."""
    assert m.run("(ulimit -v 40000; memory 20)")[1] == 0
    assert m.run("(ulimit -v 40000; memory 40)")[0].endswith("no memory\n")
    assert m.run("(ulimit -s 1024; pages stack 900)")[1] == 0
    assert m.run("(ulimit -s 1024; pages stack 1100)")[1] == 139
    assert m.run("(ulimit -l 256; pages lock 256)")[1] == 0
    assert m.run("(ulimit -l 256; pages lock 260)")[1] == 12
    m.ok("sleep 1000 & pid=$!; prlimit --pid $pid --nofile=77:88 --as=123456789")
    row = m.ok("prlimit --pid $pid --noheadings -o RESOURCE,SOFT,HARD --nofile --as").split()
    assert "NOFILE 77 88" in " ".join(row) and "AS 123456789 123456789" in " ".join(row)
    limits = m.ok("cat /proc/$pid/limits")
    assert re.search(r"^Max open files +77 +88 +files", limits, re.M)
    assert re.search(r"^Max address space +123456789 +123456789 +bytes", limits, re.M)
    m.ok("kill $pid; wait $pid; true")


def test_affinity(m):
    """taskset: what is bound to a hart runs there and nowhere else."""
    m.ok("bash -c 'while :; do :; done' & pid=$!")
    psr = "read -ra s </proc/$pid/stat; echo ${s[38]}"
    for hart in ("0", "1", "0"):
        assert m.ok("taskset -pc %s $pid; taskset -pc $pid" % hart).count("list: %s\n" % hart) >= 2
        m.ok("until [ $(%s) = %s ]; do sleep 0.02; done" % (psr, hart))
        assert set(m.lines("for i in {1..4}; do %s; sleep 0.01; done" % psr)) == {hart}
    assert m.ok("ps -o psr= $pid").strip() == "0"
    assert m.run("taskset -pc 5 $pid")[1] != 0
    m.ok("kill $pid; wait $pid; true")


# ---- Rates ---------------------------------------------------------------------------------------

def uptime(m):
    return float(m.cat("/proc/uptime").split()[0])


def measured(m, tool, rows, action, row="[0-9][.:][0-9]"):
    """Run a tool; do the action once it has printed more than `rows` rows. Its output, seconds."""
    start = uptime(m)
    m.ok("rm -f /tmp/rows")                       # those of the tool before
    out = m.ok("stdbuf -oL %s >/tmp/rows & until [ 0$(grep -cs '%s' /tmp/rows) -gt %d ]; "
               "do sleep 0.02; done; %s; wait $!; cat /tmp/rows" % (tool, row, rows, action))
    return re.sub(r"\x1b\[[0-9;]*m", "", out), uptime(m) - start


def test_sar(m, toucher):
    """sar -B 1 3: the faults of a program that touches a known number of pages."""
    before = m.vmstat()["pgfault"]
    out, seconds = measured(m, "sar -B 1 4", 2, toucher.touch_line())
    grown = m.vmstat()["pgfault"] - before
    average = float(re.search(r"^Average: +[\d.]+ +[\d.]+ +([\d.]+)", out, re.M)[1])
    assert average * 4 <= grown * 1.05 and average * seconds >= PAGES, (out, grown, seconds)


def test_pidstat(m, toucher):
    out, seconds = measured(m, "pidstat -r -p %s 1 4" % toucher.pid, 1, toucher.touch_line())
    row = re.search(r"^Average: +0 +%s +([\d.]+) +([\d.]+) +(\d+) +(\d+)" % toucher.pid, out, re.M)
    average, major = float(row[1]), float(row[2])
    assert average * 4 <= PAGES + 64 and average * seconds >= PAGES, (out, seconds)
    assert major == 0 and int(row[4]) <= int(row[3])
    last = [line.split() for line in out.splitlines() if re.match(r"\d\d:.* pages$", line)][-1]
    assert near(int(last[-3]), int(m.ok("ps -o rss= " + toucher.pid)), 32)


def test_vmstat_sees_the_disk(m):
    """32 MiB read from the disk are 32 MiB in bi, in the buffers, and in vmstat -s and -d."""
    m.ok("echo 3 >/proc/sys/vm/drop_caches")
    before, stat = m.meminfo(), m.vmstat()
    sectors = int(m.ok("vmstat -d | grep vda").split()[3])
    out, seconds = measured(m, "vmstat 1 4", 0, "dd if=/dev/vda of=/dev/null bs=1M count=32 "
                            "status=none; sleep 0.1", row="^ *[0-9]")
    rows = [line.split() for line in out.splitlines() if re.fullmatch(r"[\d ]+", line)]
    read = sum(int(row[8]) for row in rows[1:])
    grown = m.vmstat()["pgpgin"] - stat["pgpgin"]
    assert 32768 <= grown < 32768 + 4096
    assert read <= grown * 1.05 and (read * seconds / 3 >= 32768 or read == 0), (out, seconds)
    assert near(m.meminfo()["Buffers"] - before["Buffers"], 32768, 2048)
    assert int(m.ok("vmstat -d | grep vda").split()[3]) - sectors >= 65536
    assert near(int(re.search(r"(\d+) K paged in", m.ok("vmstat -s"))[1]), m.vmstat()["pgpgin"],
                512)


# ---- The whole machine ---------------------------------------------------------------------------

def test_vmstat_s(m):
    """Each line of vmstat -s is a counter that /proc shows as well; it lies between two looks."""
    def look():
        stat = m.ok("cat /proc/stat; cat /proc/vmstat")
        return {k: int(v) for k, v in re.findall(r"^(\w+) (\d+)", stat, re.M)}
    low, out, high = look(), m.ok("vmstat -s"), look()
    shown = {name: int(n) for n, name in re.findall(r"^ *(\d+) (.*)$", out, re.M)}
    for name, counter in (("forks", "processes"), ("boot time", "btime"), ("interrupts", "intr"),
                          ("CPU context switches", "ctxt"), ("pages swapped in", "pswpin"),
                          ("pages swapped out", "pswpout"), ("K paged out", "pgpgout")):
        assert low[counter] <= shown[name] <= high[counter], name
    info = m.meminfo()
    assert shown["K total memory"] == info["MemTotal"]
    assert near(shown["K free memory"], info["MemFree"], 2048)
    assert near(shown["K buffer memory"], info["Buffers"], 256)


def test_buddies(m):
    """buddyinfo and pagetypeinfo count the same blocks; with the harts' lists these are all free
    pages."""
    for _ in range(20):
        text = m.ok("cat /proc/buddyinfo /proc/pagetypeinfo /proc/zoneinfo /proc/vmstat")
        blocks = [int(n) for n in text.splitlines()[0].split()[4:]]
        types = [[int(n) for n in row.split()[6:]] for row in text.splitlines()
                 if ", type " in row]
        in_blocks = sum(n << order for order, n in enumerate(blocks))
        on_lists = sum(int(n) for n in re.findall(r"^ +count: (\d+)$", text, re.M))
        free = int(re.findall(r"^nr_free_pages (\d+)$", text, re.M)[-1])
        if blocks == [sum(column) for column in zip(*types)] and \
                near(in_blocks + on_lists, free, 16):
            break
    else:
        pytest.fail("buddyinfo %s, pagetypeinfo %s, %d pages on harts' lists, %d are free"
                    % (blocks, types, on_lists, free))
    assert "Pages per block:  1024" in text and len(types) >= 3


def test_slabtop(m):
    """The caches of slabtop are those of slabinfo; each file that is looked up is an object."""
    m.ok("sync; echo 3 >/proc/sys/vm/drop_caches")
    before = m.slab_totals()
    files = len(m.lines("find / -xdev -links +0"))
    after = m.slab_totals()
    for cache in ("dentry", "ext2_inode_cache"):
        assert files * 0.9 <= after[cache] - before[cache] <= files + 300, cache
    rows = [row.split() for row in m.lines("slabtop -o -s c")
            if re.match(r" *\d+ +\d+ +\d+% ", row)]
    info = {row.split()[0]: row.split() for row in m.lines("cat /proc/slabinfo")[2:]}
    assert sorted(row[-1] for row in rows) == sorted(info)
    assert rows[0][-1] in ("dentry", "ext2_inode_cache")
    same = [row for row in rows if row[0] == info[row[-1]][2] and row[5] == info[row[-1]][4]]
    assert len(same) >= len(rows) - 6, (rows, info)
    total = sum(int(row[0]) for row in rows)
    head = m.lines("slabtop -o")[0]
    assert near(int(re.search(r"/ (\d+) \(", head)[1]), total, total // 20)


def test_uptime_and_load(m):
    """w and uptime tell /proc's time and load; what runs is counted."""
    for tool in ("uptime", "w"):
        low, line = float(m.cat("/proc/uptime").split()[0]), m.lines(tool)[0]
        high = float(m.cat("/proc/uptime").split()[0])
        minutes = int(re.search(r"up +(\d+) min", line)[1])
        assert low // 60 <= minutes <= high // 60, line
        assert "0 user" in line
        load = [float(n) for n in re.search(r"load average: (.*)$", line)[1].split(", ")]
        proc = [float(n) for n in m.cat("/proc/loadavg").split()[:3]]
        assert len(load) == 3 and all(near(a, b, 0.3) for a, b in zip(load, proc))
    m.ok("for i in 1 2 3; do bash -c 'while :; do :; done' & done")
    # Three, once they are read from the disk, and the one that looks.
    m.ok("until read -r a b c running rest </proc/loadavg; ((${running%/*} >= 4)); "
         "do sleep 0.1; done")
    m.ok("until read -r load rest </proc/loadavg; [[ $load > 0.2 ]]; do sleep 0.3; done")
    load = float(re.search(r"load average: ([\d.]+)", m.ok("uptime"))[1])
    assert 0.2 <= load <= 6
    m.ok("kill $(jobs -p); wait; true")


def test_numa(m):
    show = m.ok("numactl --show")
    assert show == "policy: default\npreferred node: current\nphyscpubind: 0 1 \ncpubind: 0 \n" \
                   "nodebind: 0 \nmembind: 0 \npreferred: \n", show
    assert "physcpubind: 1 \n" in m.ok("numactl --physcpubind=1 numactl --show")
    assert m.run("numactl --membind=1 true")[1] != 0
    before = dict(re.findall(r"^(\w+) +(\d+)", m.ok("numastat"), re.M))
    m.ok("memory 8 >/dev/null")
    after = dict(re.findall(r"^(\w+) +(\d+)", m.ok("numastat"), re.M))
    assert int(after["numa_hit"]) - int(before["numa_hit"]) >= 2048
    assert after["numa_miss"] == after["numa_foreign"] == "0"


def test_swappiness_is_kept(m):
    old = m.cat("/proc/sys/vm/swappiness")
    assert m.ok("sysctl vm.swappiness=10") == "vm.swappiness = 10\n"
    assert m.ok("sysctl vm.swappiness") == "vm.swappiness = 10\n"
    assert m.cat("/proc/sys/vm/swappiness") == "10\n"
    assert m.run("sysctl vm.swappiness=201")[1] != 0
    assert m.run("sysctl vm.swappiness=word")[1] != 0
    assert m.cat("/proc/sys/vm/swappiness") == "10\n"
    m.ok("echo %s >/proc/sys/vm/swappiness" % old.strip())
