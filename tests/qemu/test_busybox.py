# SPDX-License-Identifier: MIT
"""Proof from outside: Debian's unmodified riscv64 busybox-static runs on Quire."""
import pytest

LINES = [
    ("busybox echo hi", "hi\n"),
    ("busybox sh -c 'echo a | cat | wc -c'", "2\n"),
    ("busybox sh -c 'ls / >/tmp/l; cat </tmp/l | head -1'", "bin\n"),
    ("busybox sh -c 'for i in 1 2 3; do echo $i; done | busybox sort -r'", "3\n2\n1\n"),
    ("busybox sh -c 'x=$(echo sub); echo $x; exit 4'; echo $?", "sub\n4\n"),
    ("busybox expr 6 '*' 7", "42\n"),
    ("busybox seq 3 | busybox tail -n 1", "3\n"),
    ("echo abc | busybox sha256sum",
     "edeaaff3f1774ad2888673770c6d64097e391bc362d7d6fb34982ddf0efd18cb  -\n"),
    ("busybox sleep 0.1; echo $?", "0\n"),
]


@pytest.mark.parametrize("flavour, smp", [("debug", 2), ("release", 4), ("llvm", 1)])
def test_busybox(boot, busybox, flavour, smp):
    m = boot(flavour=flavour, smp=smp, adds=[busybox])
    wrong = []
    for line, want in LINES:
        got, _ = m.run(line)
        if got != want:
            wrong.append("%s\n  want %r\n  got  %r" % (line, want, got))
    assert not wrong, "\n".join(wrong)


def test_busybox_looks_at_the_system(boot, busybox):
    m = boot(smp=2, adds=[busybox])
    listing = m.ok("busybox ls -la /proc")
    assert "meminfo" in listing and "dr-xr-xr-x" in listing
    assert "PID" in m.ok("busybox ps") and "init" in m.ok("busybox ps")
    free = m.ok("busybox free").splitlines()
    assert free[1].split()[0] == "Mem:"
    assert abs(int(free[1].split()[1]) - m.meminfo()["MemTotal"]) < 64
    assert "Swap:" in "".join(free)
    assert m.ok("busybox cat /proc/version").startswith("Linux version")
    assert "riscv64" in m.ok("busybox uname -m")
    assert "load average" in m.ok("busybox uptime")
    assert "tmpfs" in m.ok("busybox df") or "rootfs" in m.ok("busybox df")
    assert "Mem" in m.ok("busybox top -b -n 1")


def test_busybox_files(boot, busybox):
    m = boot(smp=1, adds=[busybox])
    m.ok("busybox mkdir -p /tmp/d/e; busybox touch /tmp/d/f; busybox cp -r /tmp/d /tmp/d2")
    m.ok("busybox mv /tmp/d2/f /tmp/d2/g; busybox ln -s g /tmp/d2/s; "
         "busybox ln /tmp/d2/g /tmp/d2/h")
    m.ok("busybox chmod 600 /tmp/d2/g; busybox chown 1:1 /tmp/d2/g")
    assert "-rw-------" in m.ok("busybox ls -l /tmp/d2")
    assert m.ok("busybox readlink /tmp/d2/s") == "g\n"
    assert m.ok("busybox find /tmp/d2 | busybox sort").split() == \
        ["/tmp/d2", "/tmp/d2/e", "/tmp/d2/g", "/tmp/d2/h", "/tmp/d2/s"]
    m.ok("echo text | busybox gzip | busybox gunzip | busybox grep -q text")
    m.ok("busybox tar -cf /tmp/t.tar -C /tmp d2; busybox tar -tf /tmp/t.tar | busybox grep -q d2/g")
    m.ok("busybox rm -r /tmp/d /tmp/d2")
    assert m.run("busybox ls /tmp/d")[1] != 0


def test_busybox_shell_in_the_foreground(boot, busybox):
    """Its line editor and job control work on our terminal."""
    m = boot(smp=2, adds=[busybox])
    m.send("busybox sh\n")
    m.wait_prompt()
    assert m.ok("echo in ash") == "in ash\n"
    m.start("cat")
    m.send("line\n")
    m.expect("line\r*\n.*line\r*\n")
    m.send("\x03")
    m.wait_prompt()
    assert m.ok("echo still") == "still\n"
    m.send("exit\n")
    m.wait_prompt()


def test_busybox_leaves_nothing_behind(boot, busybox):
    m = boot(smp=2, adds=[busybox])
    line = "busybox sh -c 'for i in 1 2 3 4 5 6 7 8; do busybox true; done'"
    m.ok(line)
    with m.nothing_lost():
        for _ in range(5):
            m.ok(line)
