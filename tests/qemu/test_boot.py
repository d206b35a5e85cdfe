# SPDX-License-Identifier: MIT
"""Boot, power off, reboot, panic: on every build and many shapes of machine."""
import os
import shutil

import pytest

from machine import PATIENCE, PROMPT, build_folder

MACHINES = [
    ("debug", 1, "128M", "128M"),
    ("debug", 4, "128M", "128M"),
    ("debug", 2, "24M", "0"),
    ("debug", 1, "32M", "64M"),
    ("debug", 4, "2G", "128M"),
    ("release", 1, "16M", "32M"),
    ("release", 4, "128M", "128M"),
    ("release", 8, "2G", "0"),
    ("release", 2, "16G", "128M"),
    ("llvm", 4, "128M", "128M"),
    ("llvm-release", 1, "32M", "64M"),
    ("nommu", 1, "128M", "0"),
    ("nommu", 4, "32M", "0"),
    ("nommu-release", 2, "128M", "0"),
    ("llvm-nommu", 1, "64M", "0"),
]
KIB = {"M": 1024, "G": 1024 * 1024}


@pytest.mark.parametrize("flavour, smp, mem, swap", MACHINES)
def test_boots_to_a_shell_and_powers_off(boot, flavour, smp, mem, swap):
    m = boot(flavour=flavour, smp=smp, mem=mem, swap=None if swap == "0" and "nommu" in flavour
             else swap)
    assert "Quire" in m.console()
    assert m.cat("/proc/cpuinfo").count("processor\t:") == smp
    kib = int(mem[:-1]) * KIB[mem[-1]]
    total = m.meminfo()["MemTotal"]
    assert kib * 0.5 < total < kib
    if swap != "0":
        size = int(swap[:-1]) * 1024
        assert size - 64 <= m.meminfo()["SwapTotal"] <= size
    m.send("poweroff\n")
    assert m.wait_exit() == 0
    assert "starting another" not in m.console()    # init knows, and starts no other shell


def test_boot_tells_where_the_mmu_came_on(boot):
    m = boot(smp=1)
    log = m.ok("dmesg")
    assert "satp" in log or "MMU" in log
    assert "Sv39" in log or "sv39" in log


def test_reboot_gives_a_second_boot(boot):
    m = boot(smp=2)
    m.send("reboot\n")
    m.expect("Quire")
    m.wait_prompt()
    assert m.ok("echo up again") == "up again\n"


@pytest.mark.parametrize("line, status", [("true", 0), ("false", 1), ("exit 3", 3),
                                          ("sh -c 'exit 42'", 42), ("no-such-program", 127)])
def test_run_exits_with_the_status_of_the_line(quire, line, status):
    got = quire(line, smp=1)
    assert got.status == status, got


def test_run_fails_if_the_line_was_never_run(quire):
    """A hart without an MMU: the kernel says so and powers off, which QEMU takes for success."""
    got = quire("true", smp=1, cpu="rv64,mmu=off")
    assert got.status == 125 and got.out == "", got
    assert "has no Sv39 MMU" in got.err and "before it ran LINE" in got.err, got


def test_run_prints_only_what_the_line_prints(quire):
    got = quire("echo one; echo two", smp=1)
    assert (got.out, got.status) == ("one\ntwo\n", 0), got


@pytest.mark.parametrize("flavour", ["debug", "release", "nommu"])
def test_a_panic_powers_off_with_a_failing_status(boot, flavour):
    m = boot(wait=False, flavour=flavour, smp=1, append="init=/no/such/init panic=-1")
    status = m.wait_exit()
    text = m.console()
    assert status not in (0, None), text[-2000:]
    assert "Kernel panic" in text
    assert "Call Trace" in text or "Call trace" in text
    assert "panic+0x" in text or "kernel_init+0x" in text
    assert "Mem-Info" in text or "Node 0" in text


@pytest.mark.parametrize("what", ["noise", "truncated", "huge-name", "huge-file"])
def test_a_bad_initrd_is_refused_in_a_line(boot, tmp_path, what):
    """The embedded archive still gives a system."""
    archive = (build_folder() / "user/initramfs.cpio").read_bytes()
    if what == "noise":
        data = bytes((i * 131 + 7) % 251 for i in range(5000))
    elif what == "truncated":
        data = archive[:len(archive) // 2 + 13]
    else:
        field = 94 if what == "huge-name" else 54
        data = archive[:field] + b"FFFFFFF0" + archive[field + 8:]
    (tmp_path / "bad.cpio").write_bytes(data)
    m = boot(smp=1, initrd=tmp_path / "bad.cpio")
    assert m.ok("echo fine") == "fine\n"
    assert "panic" not in m.console()


def test_added_files_win_over_the_embedded_ones(boot, tmp_path):
    (tmp_path / "motd").write_text("replaced\n")
    (tmp_path / "data").write_text("hello\n")
    m = boot(smp=1, adds=["%s:/etc/motd" % (tmp_path / "motd"), tmp_path / "data"])
    assert m.cat("/etc/motd") == "replaced\n"
    assert m.cat("/bin/data") == "hello\n"


def test_maxcpus_limits_the_harts(boot):
    m = boot(smp=4, append="maxcpus=2")
    assert m.cat("/proc/cpuinfo").count("processor\t:") == 2


def test_any_hart_may_boot(boot):
    """OpenSBI's lottery picks the boot hart; a few boots see several."""
    for _ in range(4):
        m = boot(smp=4)
        assert m.cat("/proc/cpuinfo").count("processor\t:") == 4
        m.send("poweroff\n")
        assert m.wait_exit() == 0


def test_the_timer_works_without_sstc(quire):
    """Then ticks come through the SBI: sleeping and preemption need them."""
    got = quire("sleep 1; echo woke", smp=2, cpu="rv64,sstc=off")
    assert (got.out, got.status) == ("woke\n", 0), got


SEEDED_QEMU = """#!/bin/bash
args=()
for word; do args+=("$([[ $last == -seed ]] && echo %d || echo "$word")"); last=$word; done
exec %s "${args[@]}"
"""


def test_random_numbers_begin_with_the_loaders_seed(quire, tmp_path, monkeypatch):
    """With --icount the clock is the same at each boot, and QEMU's -seed decides on rng-seed."""
    qemu, uuids = shutil.which("qemu-system-riscv64"), []
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    for seed in (1, 1, 2):
        shim = tmp_path / "qemu-system-riscv64"
        shim.write_text(SEEDED_QEMU % (seed, qemu))
        shim.chmod(0o755)
        got = quire("cat /proc/sys/kernel/random/uuid", smp=1, swap="0", icount=True)
        assert got.status == 0 and len(got.out) == 37, got
        uuids.append(got.out)
    assert uuids[0] == uuids[1] != uuids[2], uuids


def test_ctrl_a_x_leaves(boot):
    m = boot(smp=1)
    m.send("\x01x")
    m.wait_exit(PATIENCE)


def test_the_prompt_is_one(boot):
    m = boot(smp=1)
    m.send("\n")
    m.expect(PROMPT)
