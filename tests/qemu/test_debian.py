# SPDX-License-Identifier: MIT
"""Debian's unmodified riscv64 programs on Quire: what they print, and whether it is true.

One machine serves all tests that do not need one of their own: a boot costs more than a command.
"""
import re

import pytest

from machine import Machine

import conftest

pytestmark = pytest.mark.xdist_group("debian")

ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[=>()][0-9A-Z]?)")


class Debian(Machine):
    """A machine whose shell is Debian's bash."""

    def usage(self):
        """Files that were read stay in memory: they are no loss."""
        self.ok("sync; echo 3 >/proc/sys/vm/drop_caches")
        return super().usage()

    def lines(self, command):
        return ANSI.sub("", self.ok(command)).splitlines()

    def numbers(self, command):
        """The lines of a table that begin with a number, as lists of numbers."""
        return [[float(word) for word in line.split()] for line in self.lines(command)
                if re.fullmatch(r"[\s\d.-]+", line) and line.strip()]


@pytest.fixture(scope="module")
def m(debian, cross_compile, tmp_path_factory):
    conftest.build("debug")
    folder = tmp_path_factory.mktemp("debian")
    script = folder / "script.sh"
    script.write_text(SCRIPT)
    programs = [script, cross_compile("memory"), cross_compile("memory", "-static"),
                cross_compile("glibc"), cross_compile("glibc", "-static")]
    machine = Debian(folder, root="debian", mem="128M", smp=2,
                     swap="512M", adds=programs, append="loglevel=4")
    machine.wait_prompt()
    yield machine
    machine.kill()


# A read fault maps what is cached around it: of a file that is still being read, two processes
# have different pages. After this all of it is cached, and all have the same.
READ_SLEEP = "cat $(type -P sleep) $(ldd $(type -P sleep) | grep -o '/[^ ]*') >/dev/null"


def near(a, b, tolerance):
    return abs(a - b) <= tolerance


# ---- Dynamic linking, and what glibc builds on ---------------------------------------------------

@pytest.mark.parametrize("program", ["glibc", "glibc-static"])
def test_glibc(m, program):
    with m.nothing_lost():
        output = m.ok(program)
    assert output.count("ok ") == 11 and "not ok" not in output


def steps_of(output):
    """What the program memory printed: {step: [VmSize, VmRSS, largest RSS, VmSwap]} in KiB."""
    return {line.split()[0]: [int(n) for n in line.split()[1:]] for line in output.splitlines()}


@pytest.mark.parametrize("program", ["memory", "memory-static"])
def test_malloc(m, program):
    """VmSize grows at malloc, RSS page by page with what is touched."""
    steps = steps_of(m.ok(program + " 16"))
    size, rss, most = 0, 1, 2
    assert 16 << 10 <= steps["malloc"][size] - steps["start"][size] <= (16 << 10) + 256
    assert near(steps["malloc"][rss], steps["start"][rss], 64)
    assert near(steps["quarter"][rss] - steps["malloc"][rss], 4 << 10, 64)
    assert near(steps["all"][rss] - steps["quarter"][rss], 12 << 10, 64)
    assert near(steps["free"][rss], steps["start"][rss], 256)
    assert steps["all"][most] >= steps["all"][rss] and steps["free"][most] >= steps["all"][rss]


def test_libraries_are_shared(m):
    """Pages of programs and libraries are one frame: two processes, Pss is half of Rss."""
    m.ok(READ_SLEEP)
    smaps = m.ok("sleep 100 & sleep 100 & until [ $(ps -o args=,stat= | "
                 "grep -c '^sleep 100 *S') = 2 ]; do :; done; cat /proc/$!/smaps; kill %1 %2; wait")
    areas = re.findall(r"(\S+) \S+ \S+ \d+ +(\S+)\n((?:\w+: .*\n)+)", smaps)
    found = {}
    for protection, path, text in areas:
        value = {n: int(v) for n, v in re.findall(r"(\w+): +(\d+) kB", text)}
        found[path.split("/")[-1], protection] = value
    text = found["sleep", "r-xp"]
    assert text["Rss"] == 2 * text["Pss"] and text["Shared_Clean"] == text["Rss"] > 0
    libc = found["libc.so.6", "r-xp"]
    assert libc["Shared_Clean"] == libc["Rss"] and 0 < libc["Pss"] <= libc["Rss"] / 2
    relro = found["libc.so.6", "r--p"]                       # relocated, then read-only: our own
    assert relro["Private_Dirty"] == relro["Rss"] == relro["Anonymous"] > 0


# ---- Looking at memory ---------------------------------------------------------------------------

def test_free_and_vmstat(m):
    before, free, after = m.meminfo(), m.lines("free -k"), m.meminfo()
    total, used, available = int(free[1].split()[1]), int(free[1].split()[2]), \
        int(free[1].split()[6])
    assert total == before["MemTotal"] and free[2].split()[1] == str(before["SwapTotal"])
    assert near(int(free[1].split()[3]), (before["MemFree"] + after["MemFree"]) / 2, 4096)
    assert used == total - available or near(used, total - available, 4096)
    assert re.search(r"^Mem: +\d+Mi +[\d.]+Mi", m.ok("free -mh"), re.M)
    table = m.numbers("vmstat -Sm 1 3")
    assert len(table) == 3 and all(len(row) == 18 for row in table)
    assert all(near(sum(row[12:18]), 100, 3) for row in table)
    assert near(table[-1][3], m.meminfo()["MemFree"] * 1024 / 1e6, 8)
    words = {" ".join(line.split()[1:]): int(line.split()[0]) for line in m.lines("vmstat -s")}
    assert words["K total memory"] == total and words["K total swap"] == before["SwapTotal"]
    assert words["pages swapped in"] <= words["pages swapped out"] + 1 << 20


def test_top_and_ps(m):
    top = m.lines("top -b -n1")
    assert top[0].startswith("top - ") and "load average" in top[0]
    tasks = int(re.match(r"Tasks: +(\d+) total", top[1])[1])
    assert len(top) - 7 == tasks
    assert any(line.split()[-1] == "kswapd0" for line in top[7:])
    ps = m.lines("ps auxf")
    assert ps[0].split()[:6] == ["USER", "PID", "%CPU", "%MEM", "VSZ", "RSS"]
    assert any(re.search(r"\\_ ps auxf", line) for line in ps)
    pid, size, rss = [int(n) for n in m.ok("ps -o pid=,vsz=,rss= $$").split()]
    status = m.ok("cat /proc/%d/status" % pid)
    assert near(rss, int(re.search(r"VmRSS:\s+(\d+)", status)[1]), 64)
    assert near(size, int(re.search(r"VmSize:\s+(\d+)", status)[1]), 16)
    faults = m.lines("ps -o minflt,majflt 1")
    assert faults[0].split() == ["MINFLT", "MAJFLT"] and int(faults[1].split()[0]) > 0
    assert re.search(r"up .*load average: [\d.]+, ", m.ok("uptime"))


def test_pmap(m):
    assert re.search(r"^1: +/init", m.ok("pmap 1"))
    for pid in ("1", "$$"):
        pmap = m.lines("pmap -x " + pid)
        size, rss = [int(n) for n in pmap[-1].split()[2:4]]
        assert size == sum(int(line.split()[1]) for line in pmap[2:-2])
        statm = [int(n) * 4 for n in m.ok("cat /proc/%s/statm" % pid).split()]
        assert near(size, statm[0], 16) and near(rss, statm[1], 64)


def test_slabs_and_settings(m):
    slabs = m.lines("slabtop -o")
    assert "Active / Total Objects" in slabs[0] and any("dentry" in line for line in slabs)
    old = m.ok("sysctl -n vm.swappiness").strip()
    assert m.ok("sysctl vm.swappiness=10") == "vm.swappiness = 10\n"
    assert m.cat("/proc/sys/vm/swappiness") == "10\n"
    m.ok("sysctl -q vm.swappiness=" + old)


def test_proc_files(m):
    for name in ("statm", "status", "maps", "smaps", "numa_maps", "limits"):
        assert m.cat("/proc/1/" + name)
    for name in ("buddyinfo", "slabinfo", "swaps", "zoneinfo", "vmstat", "pagetypeinfo"):
        assert m.cat("/proc/" + name)
    assert "HugePages_Total:       0\n" in m.ok("grep -i huge /proc/meminfo")


def test_sysstat_and_numa(m):
    rows = m.lines("sar -B 1 3")
    assert len([r for r in rows if re.match(r"\d\d:\d\d:\d\d +[\d.]+", r)]) == 3
    assert rows[-1].startswith("Average:") and len(rows[-1].split()) >= 9
    rows = m.lines("memory 30 >/dev/null & pidstat -r 1 3; wait")
    assert any("Command" in r and "minflt/s" in r for r in rows)
    assert any(r.startswith("Average:") for r in rows)
    hardware = m.ok("numactl --hardware")
    assert "available: 1 nodes (0)" in hardware and "node 0 cpus: 0 1" in hardware
    total = m.meminfo()["MemTotal"] // 1024
    assert near(int(re.search(r"node 0 size: (\d+) MB", hardware)[1]), total, 8)
    assert "policy: default" in m.ok("numactl --show")


# ---- Disks and files -----------------------------------------------------------------------------

def test_swap_commands(m):
    assert re.search(r"^/dev/vdb +partition +512M", m.ok("swapon --show"), re.M)
    m.ok("swapoff -a")
    assert m.ok("swapon --show") == "" and m.meminfo()["SwapTotal"] == 0
    assert "Setting up swapspace version 1" in m.ok("mkswap /dev/vdb")
    m.ok("swapon /dev/vdb")
    assert m.meminfo()["SwapTotal"] == (512 << 10) - 4
    assert m.run("mkswap /dev/vdb")[1] != 0


def test_disks_and_mounts(m):
    assert re.search(r"^vda +254:0 +0 +512M +0 disk /$", m.ok("lsblk"), re.M)
    assert "[SWAP]" in m.ok("lsblk")
    m.ok("mount -t tmpfs -o size=4M none /mnt")
    assert re.search(r"^none on /mnt type tmpfs \(.*size=4096k", m.ok("mount"), re.M)
    assert m.run("dd if=/dev/zero of=/mnt/big bs=1M count=8 2>/dev/null")[1] != 0
    assert m.lines("df -k --output=size,used,avail /mnt")[1].split() == ["4096", "4096", "0"]
    assert m.run("cd /mnt && umount /mnt")[1] != 0
    m.ok("cd /; umount /mnt; cd")
    assert "/mnt" not in m.ok("findmnt -l")
    assert "ext2" in m.ok("findmnt /") and "/dev/vda" in m.ok("df /")


def test_files(m):
    with m.nothing_lost(pages=64, objects=200):
        m.ok("mkdir -p /root/t/d && cd /root/t && cp /usr/bin/bash . && ln bash b2 && ln -s bash l")
        m.ok("dd if=/dev/urandom of=d/random bs=4k count=500 2>/dev/null; truncate -s 10M d/hole")
        assert m.ok("stat -c '%s %h' bash d/hole").split()[1] == "2"
        assert m.ok("du -k d/hole").split()[0] == "0"
        assert near(int(m.ok("du -k d/random").split()[0]), 2000, 8)
        m.ok("fallocate -l 1M /tmp/full")                        # ext2 cannot, tmpfs can
        assert int(m.ok("stat -c %b /tmp/full; rm /tmp/full")) >= 2048
        sums = m.ok("find . -type f -exec sha256sum {} + | sort")
        m.ok("tar czf ../t.tgz . && cd .. && mkdir u && tar xzf t.tgz -C u && cd u")
        assert m.ok("find . -type f -exec sha256sum {} + | sort") == sums
        assert m.ok("find . -links 2 -type f | wc -l").strip() == "2"
        assert m.ok("readlink l") == "bash\n"
        m.ok("xz -1 d/random && xz -t d/random.xz && unxz d/random.xz && gzip bash -c >b.gz")
        assert m.ok("zcat b.gz | cmp - bash && echo same") == "same\n"
        assert m.ok("flock /tmp/lock echo locked") == "locked\n"
        m.ok("cd /root; rm -rf t u t.tgz")


def test_machine(m):
    lscpu = m.ok("lscpu")
    assert re.search(r"^Architecture: +riscv64", lscpu)
    assert re.search(r"^CPU\(s\): +2$", lscpu, re.M)
    assert re.search(r"Total online memory: +128M", m.ok("lsmem"))
    assert m.ok("taskset 1 nproc") == "1\n" and m.ok("nproc") == "2\n"
    assert "current affinity mask: 3" in m.ok("taskset -p $$")
    assert "MMU: Sv39" in m.ok("dmesg | head -50")
    m.ok("echo marked >/dev/kmsg")
    assert "marked" in m.ok("dmesg | tail -5")
    assert m.ok("uname -sm") == "Linux riscv64\n"


# ---- Limits and namespaces -----------------------------------------------------------------------

def test_limits_bite(m):
    assert "NOFILE" in m.ok("prlimit")
    assert m.run("(ulimit -v 20000; memory 64)")[0].endswith("no memory\n")
    assert m.run("(ulimit -s 256; bash -c 'f() { f; }; f')")[1] == 139
    assert re.search(r"Max locked memory +65536 +65536", m.ok("(ulimit -l 64; "
                                                              "cat /proc/self/limits)"))
    assert m.run("prlimit --nofile=4 bash -c 'exec 9</dev/null'")[1] != 0


def test_namespaces(m):
    inside = m.lines("unshare --pid --fork --mount-proc bash -c 'ps auxf; true'")
    assert len(inside) == 3 and inside[1].split()[1] == "1" and "bash" in inside[1]
    assert len([line for line in m.lines("lsns") if re.match(r"\d{10} ", line)]) >= 7
    names = m.ok("ls -l /proc/$$/ns")
    assert all(re.search(r"%s -> '?%s:\[\d+\]" % (n, n), names) for n in ("mnt", "pid", "uts"))
    assert m.ok("unshare -u bash -c 'hostname inner; hostname'; hostname").split() == \
        ["inner", "quire"]
    assert "nsenter" in m.ok("nsenter -t 1 -m -p ps")


# ---- The shell -----------------------------------------------------------------------------------

SCRIPT = r"""
set -e
declare -A a=([x]=1 [y]=2); echo ${a[y]} ${!a[@]} | wc -w
f() { local i=$1; ((i < 2)) && echo 1 || echo $(( i * $(f $((i - 1))) )); }; f 6
diff <(seq 3) <(printf '1\n2\n3\n') && echo same
echo {1..5} | tr ' ' '\n' | paste -sd+ | { read -r e; echo $((e)); }
trap 'echo trapped' USR1; kill -USR1 $$; (exit 5) || echo $?
coproc cat; echo hi >&${COPROC[1]}; read -r l <&${COPROC[0]}; echo $l
[[ abc =~ ^a(.)c$ ]] && echo ${BASH_REMATCH[1]}; printf '%05.2f\n' 3.14159
sleep 100 & kill $!; wait $! || echo $?
timeout 0.3 sleep 10 || echo $?; seq 20000 | sort -rn | awk '{ s += $1 } END { print s }'
"""
SCRIPT_OUTPUT = "3 720 same 15 trapped 5 hi b 03.14 143 124 200010000".split()


def test_script(m):
    assert m.lines("bash /usr/local/bin/script.sh 2>/dev/null") == SCRIPT_OUTPUT


def test_interactive_top(m):
    m.send("top -d 0.5\n")
    m.expect(r"PID USER")
    m.expect(r"top - ")
    m.send("q")
    m.wait_prompt()
    m.send("less /etc/passwd\n")
    m.expect("root:")
    m.send("q")
    m.wait_prompt()


BUSYBOX = {
    "echo a b | busybox awk '{print $2}'": "b",
    "busybox seq 3 | busybox tac | busybox xargs": "3 2 1",
    "busybox printf %x 255": "ff",
    "echo abc | busybox md5sum": "0bee89b07a248e27c83fc3d5951213c1  -",
    "busybox expr 6 '*' 7": "42",
    "busybox basename /a/b.c .c": "b",
    "echo hello | busybox sed s/l/L/g": "heLLo",
    "busybox dirname /a/b": "/a",
    "echo aXb | busybox tr X ' '": "a b",
    "busybox factor 91": "91: 7 13",
    "echo b a | busybox tr ' ' '\\n' | busybox sort": "a\nb",
    "echo abc | busybox cut -c2": "b",
    "busybox date -u -d @0 +%F": "1970-01-01",
    "echo abc | busybox rev": "cba",
    "echo hi | busybox gzip | busybox zcat": "hi",
    "echo hi | busybox bzip2 | busybox bunzip2": "hi",
    "busybox sh -c 'echo $((2 ** 10))'": "1024",
    "busybox find /etc/passwd": "/etc/passwd",
    "echo abc | busybox base64": "YWJjCg==",
    "busybox stat -c %F /proc": "directory",
    "echo hi >/tmp/x; busybox cp /tmp/x /tmp/y; busybox cmp /tmp/x /tmp/y && echo same": "same",
    "busybox mktemp -d /tmp/d.XXXXXX | busybox cut -c1-7": "/tmp/d.",
    "busybox uname -m": "riscv64",
    "echo 'a b' | busybox wc -w": "2",
    "busybox id -u": "0",
    "busybox nproc": "2",
    "busybox timeout 9 true; echo $?": "0",
    "busybox test -d /; echo $?": "0",
    "echo x | busybox tee /tmp/t | busybox cat - /tmp/t": "x\nx",
    "busybox which sh": "/bin/sh",
}


def test_busybox_applets(m):
    wrong = []
    for command, want in BUSYBOX.items():
        got = m.run(command)[0].rstrip("\n")
        if got != want and not (command.startswith("busybox which") and got.endswith("/sh")):
            wrong.append("%s: %r, not %r" % (command, got, want))
    assert not wrong, "\n".join(wrong)
    assert len(m.ok("busybox --list").split()) > 250


def test_nothing_is_lost(m):
    """All that again, of what leaves nothing behind: memory is as before."""
    command = "ps auxf; free; pmap 1; ls -la /usr/bin; find /etc; tar cf - /etc; gzip -c /bin/tar"
    m.ok("(%s) >/dev/null 2>&1" % command)
    with m.nothing_lost(pages=64):
        for _ in range(3):
            m.ok("(%s) >/dev/null 2>&1" % command)


# ---- Machines of their own -----------------------------------------------------------------------

@pytest.mark.parametrize("flavour", ["debug", "release"])
def test_smallest_memory(debian, quire, flavour):
    """Bash in 32 MiB, as the issue asks; 16 MiB, firmware included, are enough."""
    done = quire("ls /usr/bin | wc -l; free -k | grep Mem; exit 3", root="debian", mem="16M",
                 swap="0", flavour=flavour)
    assert done.status == 3 and int(done.out.split()[0]) > 250, done


def test_malloc_400(debian, quire, cross_compile):
    """400 MB in a machine of 128 MiB: the rest is in swap, every page comes back as it was."""
    done = quire("memory 400", root="debian", mem="128M", swap="512M", flavour="release",
                 adds=[cross_compile("memory")])
    steps = steps_of(done.out)
    assert done.status == 0 and steps["malloc"][0] - steps["start"][0] >= 400 << 10, done
    assert steps["malloc"][1] < 2048 and steps["all"][1] < 128 << 10
    assert steps["all"][1] + steps["all"][3] >= 400 << 10        # in memory or in swap


def test_missing_root(quire, tmp_path):
    """A disk that holds no file system: said, and the line is not run."""
    (tmp_path / "bad.img").write_bytes(bytes(1 << 20))
    done = quire("echo ran", root=tmp_path / "bad.img")
    assert done.status == 125 and "ran" not in done.out, done
    assert "cannot mount the root /dev/vda" in done.err
