# SPDX-License-Identifier: MIT
"""Random system calls: the kernel survives them, and nothing is lost.

sysfuzz prints its seed first. To see a finding again: ./run-qemu.sh --run 'sysfuzz -s SEED -n
CALLS', with -w 1 -v to read each call before it is made. SYSFUZZ_SEED and SYSFUZZ_CALLS in the
environment choose another run.
"""
import os
import random
import re

import ext2_images as ext2
import pytest

CALLS = int(os.environ.get("SYSFUZZ_CALLS", "2000000"))
MACHINES = [("debug", "128M", "128M", 1.0)]
MORE = [("release", "64M", "64M", 0.1), ("debug", "64M", "0", 0.05), ("debug", "48M", "64M", 0.05)]


def fuzz(m, calls, seed):
    """One run; its console is in the report of a failure, with the seed."""
    out = m.ok("sysfuzz -s %d -n %d" % (seed, calls), timeout=900)
    assert "sysfuzz: done, seed %d" % seed in out, out
    made = max(int(n) for n in re.findall(r"sysfuzz: (\d+) calls", out))
    assert made >= calls, out


@pytest.mark.parametrize("flavour, mem, swap, share", MACHINES + [
    pytest.param(*machine, marks=pytest.mark.slow) for machine in MORE])
def test_random_calls(boot, flavour, mem, swap, share):
    seed = int(os.environ.get("SYSFUZZ_SEED", random.randrange(1, 1 << 30)))
    print("seed %d" % seed)
    m = boot(flavour=flavour, smp=2, mem=mem, swap=swap, append="panic=-1")
    fuzz(m, CALLS // 100, seed + 1)		# fills the caches that stay
    with m.nothing_lost(pages=64, objects=128):
        fuzz(m, int(CALLS * share), seed)
    m.ok("echo v >/proc/sysrq-trigger")
    log = m.ok("dmesg")
    assert "memory structures are sound" in log
    assert not re.search(r"WARNING|BUG|Oops", log), log[-3000:]


@pytest.mark.parametrize("block", [4096, pytest.param(1024, marks=pytest.mark.slow)])
def test_random_calls_on_ext2(boot, tmp_path, block):
    """The same with the workers' files on a disk: afterwards e2fsck has nothing to say."""
    seed = int(os.environ.get("SYSFUZZ_SEED", random.randrange(1, 1 << 30)))
    print("seed %d" % seed)
    image = ext2.make(tmp_path / "disk.img", "48M", block)
    m = boot(smp=2, mem="64M", swap="0", disks=[image], append="panic=-1")
    m.ok("mount -t ext2 /dev/vda /tmp")
    fuzz(m, CALLS // 40, seed)
    assert not re.search(r"WARNING|BUG|Oops|EXT2-fs error", m.ok("dmesg"))
    m.ok("umount /tmp")
    ext2.check(image)
    assert ext2.state(image)[2] == 1
