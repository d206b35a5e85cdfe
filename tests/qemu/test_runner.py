# SPDX-License-Identifier: MIT
"""run-qemu.sh itself: options, refusals, the command it builds. No machine is started."""
import os
import shutil
import subprocess

import pytest
from machine import TOP, build_folder


def runner(*args, **env):
    return subprocess.run([TOP / "run-qemu.sh", *args], cwd=TOP, text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=dict(os.environ, **env))


def test_help_explains_every_option():
    done = runner("--help")
    assert done.returncode == 0
    for option in ("--nommu", "--run", "--add", "-m", "--smp", "--swap", "--release", "--icount",
                   "--append", "--initrd", "--disk", "--gdb", "--gdb-server", "--dry-run",
                   "--llvm", "--no-build", "--timeout", "--kernel", "--cpu",
                   "--dtb"):
        assert "  %s " % option in done.stdout or "  %s\n" % option in done.stdout, option


@pytest.mark.parametrize("args, word", [
    (["--frobnicate"], "unknown option"),
    (["-m"], "needs a value"),
    (["-m", "lots"], "-m wants a size"),
    (["--smp", "0"], "--smp wants"),
    (["--swap", "x"], "--swap wants"),
    (["--timeout", "soon"], "--timeout wants"),
    (["--disk", "/no/such/disk"], "cannot read"),
    (["--add", "/no/such/file"], "cannot read"),
    (["--nommu", "--swap", "1M"], "--swap needs the MMU"),
    (["--release", "--run", "cow", "--trace", "x.json"], "--trace needs the debug build"),
    (["--kernel", "/no/such/kernel"], "no kernel at"),
    (["--gdb", "--run", "cow", "--trace", "x.json"], "--trace does not go with --gdb"),
])
def test_mistakes_get_one_line(args, word):
    done = runner(*args)
    assert done.returncode != 0 and done.stdout == ""
    assert word in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_dry_run_shows_the_command_and_makes_nothing(tmp_path):
    done = runner("--dry-run", "-m", "64M", "--smp", "4", "--swap", "256M", "--append", "selftest",
                  TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    for word in ("-m 64M", "-smp 4", "truncate -s 256M", "mkswap", "selftest", "-nic none",
                 "virtio-mmio-bus.0", "QUIRE_SWAP=/dev/vda"):
        assert word in done.stdout, word
    assert os.listdir(tmp_path) == []


def test_the_swap_disk_comes_after_the_others(tmp_path):
    (tmp_path / "a.img").write_bytes(b"\0" * 4096)
    (tmp_path / "b,c.img").write_bytes(b"\0" * 4096)
    out = runner("--dry-run", "--disk", str(tmp_path / "a.img"), "--disk",
                 str(tmp_path / "b,c.img")).stdout
    assert "QUIRE_SWAP=/dev/vdc" in out
    assert out.index("a.img") < out.index("b,,c.img") < out.rindex("swap.img")


def test_run_travels_in_hex():
    out = runner("--dry-run", "--run", "echo 'a b' | wc").stdout
    word = [w for w in out.replace("'", " ").split() if w.startswith("QUIRE_RUN=")][0]
    line = bytes.fromhex(word.split("=")[1])
    assert line.endswith(b"echo 'a b' | wc")
    assert "panic=-1" in out and "-no-reboot" in out


def test_icount_takes_one_hart_and_a_fixed_clock():
    out = runner("--dry-run", "--icount").stdout
    assert "-smp 1" in out and "shift=0,sleep=off" in out and "clock=vm" in out


# The watchdog sleeps between two looks: the first time until QEMU has printed something.
SLEEP = """#!/bin/bash
for ((i = 0; i < 900; i++)); do [ -s "$TMPDIR"/quire.*/console.log ] && break; %s 0.1; done
exec %s "$@"
"""


def test_a_kernel_that_does_not_boot_is_reported(tmp_path):
    """A kernel that only sleeps: the watchdog says so, nothing hangs."""
    if not (build_folder() / "debug/quire.elf").exists():
        pytest.skip("no kernel built")
    elf = bytearray((build_folder() / "debug/quire.elf").read_bytes())
    entry_offset = program_offset(elf)
    elf[entry_offset:entry_offset + 8] = b"\x73\x00\x50\x10\x6f\xf0\xdf\xff"   # wfi; j .-4
    (tmp_path / "loop.elf").write_bytes(elf)
    for folder in ("bin", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bin/sleep").write_text(SLEEP % (shutil.which("sleep"), shutil.which("sleep")))
    (tmp_path / "bin/sleep").chmod(0o755)
    done = runner("--kernel", str(tmp_path / "loop.elf"), "--run", "true", "--smp", "1",
                  QUIRE_BOOT_SECONDS="3", TMPDIR=str(tmp_path / "tmp"),
                  PATH="%s:%s" % (tmp_path / "bin", os.environ["PATH"]))
    assert done.returncode == 125
    assert "the kernel printed nothing" in done.stderr
    assert os.listdir(tmp_path / "tmp") == []


def program_offset(elf):
    """File offset of the first loaded segment, where OpenSBI enters."""
    phoff = int.from_bytes(elf[32:40], "little")
    count = int.from_bytes(elf[56:58], "little")
    loads = []
    for i in range(count):
        at = phoff + 56 * i
        if int.from_bytes(elf[at:at + 4], "little") == 1:
            loads.append((int.from_bytes(elf[at + 24:at + 32], "little"),
                          int.from_bytes(elf[at + 8:at + 16], "little")))
    return min(loads)[1]
