# SPDX-License-Identifier: MIT
"""Debian's own tools look at Quire: what they print has Linux's shape, and its numbers are true.

procps, psmisc, util-linux, sysstat and numactl as Debian has built them, in the image that
tools/mkdebian makes. One boot for many commands: each says what is wrong with its output, and the
test fails with all of it.
"""
import re
import subprocess

import pytest

from machine import TOP, build_folder, table

PAGES = 1500			# what toucher touches at a signal
SLACK = 40			# pages that its C library and page tables may take as well


@pytest.fixture(scope="session")
def debian():
    """Makes build/debian.img, once; skips loudly where Debian's packages cannot be had."""
    done = subprocess.run([TOP / "tools/mkdebian"], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        pytest.skip("NO DEBIAN PROGRAMS: %s" % done.stdout.strip())


@pytest.fixture
def linux(boot, debian):
    """A machine with Debian as its root, and the list of what is wrong."""
    m = boot(flavour="release", smp=2, mem="384M", swap="64M", root="debian",
             adds=[build_folder() / "user/toucher"])
    m.ok("export LC_ALL=C TERM=linux COLUMNS=200")
    return Checked(m)


class Checked:
    """Runs commands; keeps what is wrong until the end."""

    def __init__(self, machine):
        self.m, self.wrong = machine, []

    def run(self, command):
        out, status = self.m.run(command, timeout=300)
        out = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out)
        if status:
            self.wrong.append("%s: status %d\n%s" % (command, status, out[-800:]))
        return out

    def shape(self, command, *patterns):
        """Every pattern must match somewhere, at the beginning of a line."""
        out = self.run(command)
        for pattern in patterns:
            if not re.search("^" + pattern, out, re.MULTILINE):
                self.wrong.append("%s: no line like %r in\n%s" % (command, pattern, out[:1500]))
        return out

    def same(self, what, got, want, slack=0):
        if abs(got - want) > slack:
            self.wrong.append("%s: %s, not %s (+-%s)" % (what, got, want, slack))

    def end(self):
        assert not self.wrong, "\n\n".join(self.wrong)


def number(pattern, text):
    """The number in the first group, or -1 where nothing matches."""
    found = re.search(pattern, text, re.MULTILINE)
    return float(found[1]) if found else -1


def test_totals(linux):
    """Sums that several tools show are one and the same."""
    m = linux.m.meminfo()
    total = m["MemTotal"]
    free = linux.shape("free -k", r" +total +used +free +shared +buff/cache +available",
                       r"Mem: +\d+ +\d+ +\d+ +\d+ +\d+ +\d+$", r"Swap: +\d+ +\d+ +\d+$")
    linux.same("free's total", number(r"Mem: +(\d+)", free), total)
    linux.same("free's swap", number(r"Swap: +(\d+)", free), m["SwapTotal"])
    linux.shape("free -mh", r"Mem: +\d+Mi +[\d.]+Mi +\d+Mi")
    stat = linux.shape("vmstat -s", r" +\d+ K total memory", r" +\d+ K buffer memory",
                       r" +\d+ pages swapped in", r" +\d+ boot time", r" +\d+ forks")
    linux.same("vmstat -s", number(r"(\d+) K total memory", stat), total)
    top = linux.shape("top -b -n1", r"top - \d\d:\d\d:\d\d up .* load average: ",
                      r"Tasks: +\d+ total, +\d+ running", r"%Cpu\(s\): .* us, .* sy, .* id, .* wa",
                      r"MiB Mem :", r" +PID USER +PR +NI +VIRT +RES +SHR S", r" +1 root +20 +0 ")
    linux.same("top's total", number(r"MiB Mem : +([\d.]+) total", top), total / 1024, 0.06)
    nodes = linux.shape("numactl --hardware", r"available: 1 nodes \(0\)", r"node 0 cpus: 0 1$",
                        r"node 0 free: \d+ MB", r"node distances:", r" +0: +10")
    linux.same("numactl --hardware", number(r"node 0 size: (\d+)", nodes), total // 1024)
    linux.same("numastat -m", number(r"MemTotal +([\d.]+)", linux.run("numastat -m")),
               total / 1024, 0.01)
    linux.shape("lsmem", r"RANGE +SIZE +STATE", r"0x0000000080000000-0x0000000097ffffff +384M",
                r"Total online memory: +384M")
    disks = linux.shape("lsblk -b", r"NAME +MAJ:MIN +RM +SIZE +RO +TYPE +MOUNTPOINTS",
                        r"vda +254:0 +0 +\d+ +0 +disk +/$",
                        r"vdb +254:16 +0 +\d+ +0 +disk +\[SWAP\]$")
    linux.same("lsblk", number(r"vda +\S+ +\d +(\d+)", disks),
               (TOP / "build/debian.img").stat().st_size)
    linux.same("lsblk", number(r"vdb +\S+ +\d +(\d+)", disks), 64 << 20)
    linux.shape("lscpu", r"Architecture: +riscv64", r"CPU\(s\): +2$", r" *NUMA node\(s\): +1$")
    linux.end()


def test_processes(linux):
    linux.shape("ps auxf", r"USER +PID +%CPU +%MEM +VSZ +RSS +TTY +STAT +START +TIME +COMMAND",
                r"root +1 .* /.*init", r"root .* \\_ .*ps auxf")
    linux.shape("ps -o minflt,majflt 1", r"MINFLT MAJFLT$", r" *\d+ +\d+$")
    linux.shape("ps -eLf", r"UID +PID +PPID +LWP +C +NLWP +STIME +TTY +TIME +CMD",
                r"root +1 +0 +1 ")
    linux.shape("pmap 1", r"1: +/.*init", r"[0-9a-f]{16} +\d+K r-x-- init",
                r"[0-9a-f]{16} +\d+K rw--- +\[ stack \]$", r" total +\d+K$")
    linux.shape("pmap -x $$", r"Address +Kbytes +RSS +Dirty Mode +Mapping",
                r"-{16} -{7} -{7} -{7}", r"total kB +\d+ +\d+ +\d+")
    linux.shape("pgrep -x init", r"1$")
    linux.shape("pstree -p", r"init\(1\)-.*bash\(\d+\)-.*pstree\(\d+\)")
    linux.shape("uptime", r" \d\d:\d\d:\d\d up .* load average: \d")
    linux.shape("w", r" \d\d:\d\d:\d\d up ", r"USER +TTY +FROM")
    linux.shape("fuser -v /bin/bash 2>&1", r".*/bash: +root +\d+ ...e. bash")
    linux.run("toucher 1 >/tmp/k & until grep -q ready /tmp/k; do sleep 0.1; done")
    linux.shape("killall -v toucher 2>&1",
                r"Killed toucher\(\d+\) with signal 15")
    linux.shape("lsns", r" +NS TYPE +NPROCS +PID USER +COMMAND", r" *\d+ pid +\d+ +1 root +/",
                r" *\d+ mnt +\d+ +1 root +/")
    linux.shape("cat /proc/1/statm", r"\d+ \d+ \d+ \d+ 0 \d+ 0$")
    linux.shape("cat /proc/1/numa_maps",
                r"[0-9a-f]{8,} default file=/.*init .*N0=\d+ kernelpagesize_kB=4",
                r"[0-9a-f]{8,} default stack anon=\d+ dirty=\d+ ")
    stat = linux.run("cat /proc/self/stat").rsplit(")", 1)[1].split()
    linux.same("fields of /proc/PID/stat", len(stat) + 2, 52)
    linux.end()


def test_system(linux):
    linux.shape("vmstat -Sm 1 3", r"procs -+memory-+ ", r" r +b +swpd +free +buff +cache +si +so",
                r" *\d+( +\d+){17}$")
    linux.shape("vmstat -d", r"disk- -+reads-+ -+writes-+ -+IO-+", r"vda +\d+( +\d+){9}$")
    linux.shape("vmstat -m", r"Cache +Num +Total +Size +Pages", r"dentry +\d+ +\d+ +\d+ +\d+$")
    rows = linux.run("slabtop -o -s o").splitlines()
    caches = {row.split()[-1]: row.split() for row in rows if re.match(r" *\d+ +\d+ +\d+% ", row)}
    rows = linux.run("cat /proc/slabinfo").splitlines()[2:]
    info = {row.split()[0]: row.split() for row in rows}
    linux.same("slabtop's caches", len(caches), len(info))
    for name in ("kmalloc-8k", "anon_vma"):
        linux.same("slabtop's objects per slab, " + name, int(caches[name][5]), int(info[name][4]))
    linux.shape("sysctl vm.swappiness=10", r"vm.swappiness = 10$")
    linux.same("vm.swappiness", int(linux.run("cat /proc/sys/vm/swappiness")), 10)
    linux.shape("sysctl -a 2>/dev/null", r"vm.overcommit_memory = 0$", r"kernel.ostype = Linux$")
    linux.shape("grep -i huge /proc/meminfo", r"HugePages_Total: +0$", r"Hugepagesize: +2048 kB$")
    linux.shape("cat /proc/buddyinfo", r"Node 0, zone    DMA32( +\d+){11} $")
    linux.shape("cat /proc/pagetypeinfo", r"Free pages count per migrate type at order +0 +1",
                r"Node    0, zone    DMA32, type      Movable( +\d+){11} $")
    linux.shape("mpstat -P ALL 1 1", r"\S+ +CPU +%usr", r"\S+ +all( +[\d.]+){10}",
                r"\S+ +1( +[\d.]+){10}")
    linux.shape("iostat", r"avg-cpu:", r"vda +[\d.]+")
    linux.shape("numactl --show", r"policy: default$", r"physcpubind: 0 1 $", r"membind: 0 $")
    linux.shape("numactl --interleave=all numactl --show", r"policy: interleave$",
                r"interleavemask: 0 $")
    linux.shape("numactl --membind=0 sh -c 'cat /proc/self/numa_maps'", r"[0-9a-f]+ bind:0 ")
    linux.shape("numastat", r"numa_hit +\d+$", r"numa_miss +0$", r"other_node +0$")
    linux.end()


def touched(linux, pid):
    """What each tool says is resident of a process, in KiB."""
    rss = {
        "ps": number(r"(\d+)", linux.run("ps -o rss= -p %s" % pid)),
        "top": number(r"\S+ +\d+ +\d+ +\d+ +(\d+)", linux.run("top -b -n1 -p %s | tail -1" % pid)),
        "pmap": number(r"total kB +\d+ +(\d+)", linux.run("pmap -x %s" % pid)),
        "pidstat": number(r"^\S+ +\d+ +%s +[\d.]+ +[\d.]+ +\d+ +(\d+)" % pid,
                          linux.run("pidstat -r -p %s" % pid)),
        "statm": 4 * number(r"\d+ (\d+)", linux.run("cat /proc/%s/statm" % pid)),
    }
    pages = re.findall(r"N0=(\d+)", linux.run("cat /proc/%s/numa_maps" % pid))
    return dict(rss, numa_maps=4 * sum(map(int, pages)))


def test_what_a_program_touches(linux):
    """All tools see the pages that a program touches, and the faults it takes."""
    linux.run("toucher %d >/tmp/log & until grep -q ready /tmp/log; do sleep 0.1; done" % PAGES)
    pid = linux.run("pgrep -x toucher").strip()
    before, faults = touched(linux, pid), table(linux.run("cat /proc/vmstat"))["pgfault"]
    linux.run("kill -USR1 %s; until grep -q touched /tmp/log; do sleep 0.1; done" % pid)
    after, grown = touched(linux, pid), table(linux.run("cat /proc/vmstat"))["pgfault"] - faults
    for tool, kib in before.items():
        linux.same("RSS in " + tool, (after[tool] - kib) / 4, PAGES, SLACK)
    if grown < PAGES:
        linux.wrong.append("pgfault grew by %d for %d pages" % (grown, PAGES))
    linux.same("minflt in ps", number(r"(\d+)", linux.run("ps -o minflt= -p %s" % pid)), PAGES, 100)
    linux.run("kill %s" % pid)
    linux.run("toucher -l 200 >/dev/null &")
    sar = linux.shape("sar -B 1 3", r"\S+ +pgpgin/s +pgpgout/s +fault/s",
                      r"Average: ( +[\d.]+){10}$")
    linux.shape("pidstat -r 1 3", r"\S+ +UID +PID +minflt/s +majflt/s +VSZ +RSS +%MEM +Command",
                r"Average: +0 +\d+ +[\d.]+ +[\d.]+ +\d+ +\d+ +[\d.]+ +toucher")
    if number(r"Average: +[\d.]+ +[\d.]+ +([\d.]+)", sar) < 1000:
        linux.wrong.append("sar -B: few faults\n" + sar)
    linux.run("killall toucher")
    linux.end()


def test_interactive_top(linux):
    """top draws on the terminal, and q leaves it."""
    m = linux.m
    m.start("top -d 60")
    m.expect(r"MiB Mem")
    m.expect(r"COMMAND")
    m.send("q")
    m.wait_prompt()
    assert m.ok("echo still here") == "still here\n"
