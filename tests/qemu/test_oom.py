# SPDX-License-Identifier: MIT
"""The OOM killer: the hog dies, the system lives, every page comes back."""
import re

import pytest


@pytest.mark.parametrize("flavour, smp, mem, swap", [
    ("debug", 1, "32M", "0"), ("debug", 4, "64M", "0"), ("release", 4, "32M", "16M"),
    ("release", 1, "128M", "0"), ("llvm", 2, "32M", "0")])
def test_the_hog_dies_and_init_lives(boot, flavour, smp, mem, swap):
    m = boot(flavour=flavour, smp=smp, mem=mem, swap=swap)
    m.run("oom", timeout=300)
    with m.nothing_lost(pages=64, objects=64):
        m.run("oom", timeout=300)
    log = m.ok("dmesg")
    assert re.search(r"invoked oom-killer: gfp_mask=0x", log)
    assert re.search(r"Out of memory: Killed process \d+ \(\w+\) total-vm:\d+kB, "
                     r"anon-rss:\d+kB", log)
    assert re.search(r"\[ *pid *\] +uid +tgid +total_vm +rss", log)
    assert "Mem-Info:" in log
    assert m.cat("/proc/1/comm") == "init\n"
    assert m.vmstat()["oom_kill"] >= 2


def test_a_hundred_rounds(boot):
    m = boot(flavour="release", smp=2, mem="32M", swap="0")
    m.run("oom", timeout=120)
    with m.nothing_lost(pages=64, objects=96):
        for _ in range(100):
            m.run("oom", timeout=120)
    assert m.ok("echo usable") == "usable\n"


def test_panic_on_oom(boot):
    m = boot(smp=1, mem="32M", swap="0", append="panic=-1")
    m.ok("sysctl vm.panic_on_oom=1")
    m.send("oom\n")
    status = m.wait_exit(120)
    assert status not in (0, None)
    assert "Kernel panic" in m.console() and "ut of memory" in m.console()


def test_the_allocating_task_may_be_the_one(boot):
    m = boot(smp=1, mem="32M", swap="0")
    m.ok("sysctl vm.oom_kill_allocating_task=1")
    m.run("oom", timeout=120)
    assert m.ok("echo alive") == "alive\n"


def test_score_adj_decides(boot):
    """The shell with +1000 would go first; with -1000 it cannot be chosen."""
    m = boot(smp=1, mem="32M", swap="0")
    m.ok("echo -1000 >/proc/self/oom_score_adj")
    out, status = m.run("sh -c 'echo 1001 >/proc/self/oom_score_adj'")
    assert status != 0, out
    m.ok("sh -c 'echo -1000 >/proc/$$/oom_score_adj; cat /proc/$$/oom_score_adj'")
    score = int(m.cat("/proc/1/oom_score"))
    assert score >= 0
