# SPDX-License-Identifier: MIT
"""Namespaces as Debian's busybox and util-linux use them: unshare, nsenter, lsns, pivot_root."""
import os
import re

import pytest
from machine import TOP

INNER = r"""
ps -o pid,ppid,args; echo "numbers $$ $(readlink /proc/self/ns/pid)"
kill -9 1; kill 1; sleep 1000 & echo alive
"""


@pytest.fixture
def machine(boot, busybox):
    m = boot(flavour="debug", smp=2, adds=["%s:/bin/busybox" % busybox])
    m.ok("busybox true")
    return m


def test_pid_namespace(machine):
    """unshare --pid --fork --mount-proc: numbers begin with 1, ps shows only what is inside."""
    m = machine
    outer = m.ok("busybox readlink /proc/self/ns/pid").strip()
    with m.nothing_lost(pages=32, objects=48):
        out = m.ok("busybox unshare -p -f -m --mount-proc busybox sh -c '%s'" %
                   INNER.replace("\n", "; ").strip("; "))
    assert re.search(r"^ *1 +0 ", out, re.M), out
    assert "init" not in out
    inner = re.search(r"^numbers 1 (pid:\[\d+\])", out, re.M)
    assert inner and inner[1] != outer, out
    assert "alive" in out
    assert "sleep 1000" not in m.ok("ps")       # it died with its init


def test_names_and_mounts_are_private(machine):
    m = machine
    before = m.ok("uname -n"), m.cat("/proc/mounts")
    with m.nothing_lost():
        out = m.ok("busybox unshare -u -m busybox sh -c 'hostname inside; uname -n; "
                   "mount -t tmpfs x /mnt; touch /mnt/file; ls /mnt; grep -c mnt /proc/mounts'")
    assert out.split() == ["inside", "file", "1"]
    assert (m.ok("uname -n"), m.cat("/proc/mounts")) == before
    assert "file" not in m.ok("ls /mnt")


def test_nsenter(machine):
    """Into the namespaces of a process that waits in them."""
    m = machine
    m.ok("busybox unshare -u -p -f -m --mount-proc busybox sh -c "
         "'hostname there; echo ready >/tmp/ready; sleep 1000' &")
    m.ok("while ! cat /tmp/ready 2>/dev/null; do sleep 0.1; done")
    pid = re.search(r"^ *(\d+) .*sleep 1000$", m.ok("ps"), re.M)[1]
    out = m.ok("busybox nsenter -t %s -u -m -p busybox sh -c 'uname -n; ps -o pid,args'" % pid)
    assert out.startswith("there\n"), out
    assert re.search(r"^ *1 .*sleep 1000", out, re.M), out
    m.run("kill -9 %s" % pid)


def test_pivot_root(machine):
    m = machine
    line = ("mkdir /tmp/new; mount -t tmpfs x /tmp/new; mkdir /tmp/new/old /tmp/new/bin; "
            "cp /bin/busybox /tmp/new/bin; cd /tmp/new; pivot_root . old; "
            "/bin/busybox umount -l /old; /bin/busybox ls /; /bin/busybox ls /old; "
            "/bin/busybox ls /bin")
    assert m.ok("busybox unshare -m busybox sh -c '%s'" % line).split() == ["bin", "old", "busybox"]
    assert "sh" in m.ok("ls /bin").split()


def test_unknown_call_is_told_once_in_a_while(machine):
    """usertests calls numbers that do not exist: ENOSYS, a line with the number, not thousands."""
    m = machine
    m.ok("usertests unknown_numbers")
    lines = [li for li in m.ok("dmesg").splitlines() if "unknown system call" in li]
    assert lines and len(lines) < 40
    assert re.search(r"usertests\[\d+\]: unknown system call 105 \(init_module\)", lines[0])
    assert re.search(r"usertests\[\d+\]: unknown system call 244 \(no such number\)", lines[1])


def test_names_of_lacking_calls():
    """A call of kernel/uapi/unistd.h is served, or the log can name it; none is both."""
    def words(name, pattern):
        return re.findall(pattern, open(os.path.join(TOP, "kernel", name), encoding="utf-8").read())
    numbers = words("uapi/unistd.h", r"#define __NR_(\w+)\s+\d+")
    served = set(words("syscall_table.c", r"CALL(?:_AS)?\((\w+)"))
    lacking = words("syscall_names.c", r"call\((\w+)\)")
    assert len(numbers) > 300
    assert sorted(set(numbers) - served) == sorted(lacking)


# disown: bash would say when it notices that its job was killed, now or between later lines.
DEBIAN = r"""
unshare --pid --fork --mount-proc bash -c 'ps auxf; true'; echo == lsns; lsns; echo == links
ls -l /proc/$$/ns
unshare -u -p -f -m --mount-proc bash -c 'hostname there; exec sleep 1000' & disown
while ! P=$(pgrep -x sleep); do sleep 0.1; done
echo == nsenter; nsenter -t $P -u -m -p bash -c 'hostname; ps ax -o pid,args'
lsns -t pid -n -o PID,NPROCS; kill -9 $P
echo == rest; flock /tmp/l -c 'flock -n /tmp/l echo bad || echo locked'
timeout 0.1 sleep 100; echo status $?
"""


def test_debian(quire, debian):
    """The lines of the issue, with unmodified Debian programs."""
    assert debian.exists()
    done = quire("; ".join(DEBIAN.strip().splitlines()), root="debian", timeout=600)
    out = done.out
    assert done.status == 0, done
    inside, lsns, links, nsenter, rest = re.split(r"^== .*\n", out, flags=re.M)
    assert re.search(r"^root +1 .* bash -c ps auxf", inside, re.M), inside
    assert len(re.findall(r"^root ", inside, re.M)) == 2, inside
    assert re.search(r"^4026531836 pid +\d+ +1 root", lsns, re.M), lsns
    assert re.search(r"^4026531840 mnt ", lsns, re.M), lsns
    assert len(re.findall(r" -> '\w+:\[\d+\]'$", links, re.M)) == 10, links
    assert nsenter.startswith("there\n") and re.search(r"^ +1 sleep 1000", nsenter, re.M), nsenter
    assert rest.endswith("locked\nstatus 124\n"), rest
