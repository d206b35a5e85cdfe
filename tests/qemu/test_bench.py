# SPDX-License-Identifier: MIT
"""Costs in instructions, with the benchmark program mmbench, if there is one.

QUIRE_MMBENCH names mmbench, the riscv64 program or its C source; without it these tests skip.
Under --icount an instruction takes a nanosecond, so the figures are the same on every machine.
LEAN are the figures of Linux 6.12 built lean (no SMP, no modules, no hardening).
"""
import math
import os
import pathlib
import re
import shutil
import subprocess

import pytest

LEAN = {
    "getpid": 217, "fork_tiny": 52206, "fork_16m": 1262317, "fork_64m": 4869880, "vfork": 20999,
    "thread_wait": 17322, "thread_join": 16078, "fork_exec": 119523, "fault_anon": 1944,
    "munmap_anon": 470, "fault_zero": 722, "fault_cow": 2685, "fault_reuse": 829,
    "fault_file": 348, "fault_file_cow": 2960, "read_4k": 2245, "write_4k": 2579,
    "mmap_munmap": 7459, "mmap_touch_munmap": 11281, "brk_touch": 11501, "mprotect": 1950,
    "mprotect_split": 5125, "madv_dontneed": 481, "pipe_rtt": 6183, "yield_alone": 620,
    "yield_pair": 1288, "sig_install": 453, "sig_deliver": 3211, "sig_segv": 7126,
}
AT_MOST = {"getpid": 190, "fault_anon": 1200, "fault_cow": 1900, "yield_pair": 700,
           "munmap_anon": 150}
SOURCE_FLAGS = """-static -nostdlib -ffreestanding -O2 -march=rv64gc -mabi=lp64d -fno-pie -no-pie
-fno-stack-protector -Wl,--build-id=none""".split()


@pytest.fixture(scope="module")
def mmbench(tmp_path_factory):
    given = os.environ.get("QUIRE_MMBENCH")
    if not given:
        pytest.skip("QUIRE_MMBENCH does not name a benchmark")
    path = pathlib.Path(given).resolve()
    if path.suffix != ".c":
        return path
    compiler = shutil.which("riscv64-linux-gnu-gcc") or shutil.which("riscv64-unknown-elf-gcc")
    out = tmp_path_factory.mktemp("bench") / "mmbench"
    subprocess.run([compiler, *SOURCE_FLAGS, "-o", out, path], check=True)
    return out


def test_instructions_per_operation(quire, mmbench, record_property):
    got = quire("mmbench", flavour="release", icount=True, smp=1, mem="512M", adds=[mmbench],
                timeout=600)
    assert got.status == 0, got
    cost = {m[1]: float(m[2]) for m in re.finditer(r"^(\w+): ([\d.]+) ns", got.out, re.M)}
    missing = [n for n in LEAN if n not in cost]
    assert not missing, (missing, got.out)
    record_property("instructions", cost)
    rows = ["%-18s %12.1f %10d %6.2f" % (n, cost[n], LEAN[n], cost[n] / LEAN[n]) for n in LEAN]
    mean = math.exp(sum(math.log(cost[n] / LEAN[n]) for n in LEAN) / len(LEAN))
    print("\n".join(rows), "\ngeometric mean %.3f" % mean)
    bad = ["%s: %.0f, Linux has %d" % (n, cost[n], LEAN[n]) for n in LEAN if cost[n] > LEAN[n]]
    bad += ["%s: %.0f, at most %d" % (n, cost[n], AT_MOST[n]) for n in AT_MOST
            if cost[n] > AT_MOST[n]]
    if mean > 0.5:
        bad.append("geometric mean %.3f, at most 0.5" % mean)
    assert not bad, "\n".join(bad + rows)


@pytest.mark.parametrize("what", ["grow", "par 2 200", "swap 64"])
def test_the_other_parts_run(quire, mmbench, what):
    got = quire("mmbench " + what, flavour="release", smp=2, mem="512M", swap="256M",
                adds=[mmbench], timeout=600)
    assert got.status == 0 and "n/a" not in got.out, got


def boot_instructions(boot, mem):
    """Instructions from reset to the shell, by the clock that counts them."""
    m = boot(flavour="release", icount=True, smp=1, mem=mem, swap="0")
    text = m.ok("dmesg")
    stamps = re.findall(r"^\[ *(\d+)\.(\d{6})\].*", text, re.M)
    assert stamps, text[-500:]
    return max(int(s) * 10**9 + int(us) * 1000 for s, us in stamps)


def test_boot_cost_by_memory(boot):
    """At most 2 M instructions for each GiB more."""
    small, large = boot_instructions(boot, "1G"), boot_instructions(boot, "9G")
    assert (large - small) / 8 <= 2_000_000, (small, large)


def test_boot_cost(boot):
    assert boot_instructions(boot, "128M") <= 60_000_000


def test_size_of_the_kernel():
    """Text and read-only data of the release build, the names for backtraces too: 400 KiB."""
    from machine import build_folder
    elf = build_folder() / "release/quire.elf"
    if not elf.exists():
        pytest.skip("no release build")
    tool = next(t for t in ("riscv64-linux-gnu-readelf", "riscv64-unknown-elf-readelf", "readelf")
                if shutil.which(t))
    out = subprocess.run([tool, "-SW", elf], check=True, stdout=subprocess.PIPE, text=True).stdout
    sizes = {m[1]: int(m[2], 16) for m in
             re.finditer(r"\] (\S+) +PROGBITS +\w+ +\w+ +(\w+) +\d+ +A?X?A? ", out)}
    size = sizes[".text"] + sizes[".rodata"] + sizes[".kallsyms"]
    assert 0 < size <= 400 * 1024, size
