# SPDX-License-Identifier: MIT
"""Swap: more memory than RAM survives, the disk may fail, swapoff works on a running system."""
import os
import re
import subprocess
import time

import pytest

BIN = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def swap_image(path, mib):
    with open(path, "wb") as f:
        f.truncate(mib << 20)
    subprocess.run(["mkswap", path], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, env=dict(os.environ, PATH=BIN))
    return path


@pytest.mark.parametrize("flavour, smp, mem, swap", [
    ("debug", 1, "32M", "128M"), ("debug", 4, "32M", "128M"), ("release", 1, "32M", "128M"),
    ("release", 4, "64M", "256M"), ("llvm", 2, "32M", "128M")])
def test_twice_the_ram_survives(boot, flavour, smp, mem, swap):
    m = boot(flavour=flavour, smp=smp, mem=mem, swap=swap)
    before = m.vmstat()
    m.ok("swapdemo", timeout=300)
    after = m.vmstat()
    assert after["pswpout"] > before["pswpout"] and after["pswpin"] > before["pswpin"]
    with m.nothing_lost(pages=64, objects=64):
        m.ok("swapdemo", timeout=300)


def test_swapoff_brings_everything_back(boot):
    m = boot(smp=2, mem="64M", swap="128M")
    m.ok("swapdemo", timeout=300)
    m.ok("swapoff /dev/vda", timeout=120)
    assert m.meminfo()["SwapTotal"] == 0
    assert m.cat("/proc/swaps").count("\n") == 1
    m.ok("swapon /dev/vda")
    assert m.meminfo()["SwapTotal"] > 0
    m.ok("swapdemo", timeout=300)


def test_swapon_refuses_what_is_no_swap(boot, tmp_path):
    """Garbage, a wrong version, a size beyond the disk: an errno, never a panic."""
    good = swap_image(tmp_path / "good.img", 8).read_bytes()
    cases = {"noise": bytes(range(256)) * 64,
             "version": good[:1024] + b"\x09" + good[1025:],
             "too-big": good[:1028] + b"\xff\xff\xff\x7f" + good[1032:],
             "no-page": good[:1028] + b"\0\0\0\0" + good[1032:],
             "bad-count": good[:1032] + b"\xff\xff\xff\xff" + good[1036:]}
    disks = []
    for name, data in cases.items():
        (tmp_path / name).write_bytes(data[:8 << 20].ljust(1 << 20, b"\0"))
        disks.append(tmp_path / name)
    m = boot(smp=1, swap="0", disks=disks)
    for letter, name in zip("abcde", cases):
        out, status = m.run("swapon /dev/vd%s" % letter)
        assert status != 0, (name, out)
    assert m.meminfo()["SwapTotal"] == 0
    assert m.run("swapon /no/such")[1] != 0
    assert m.run("swapoff /dev/vda")[1] != 0


@pytest.mark.parametrize("event", ["read_aio", "write_aio"])
def test_a_failing_disk_harms_only_who_needs_it(boot, tmp_path, event):
    """Reads fail: whoever needs the page gets SIGBUS. Writes fail: the pages stay in memory."""
    image = swap_image(tmp_path / "swap.img", 128)
    conf = tmp_path / "errors.conf"
    # The header can be read. The first slots are sound: files of the initramfs go there.
    rule = """[inject-error]
event = "%s"
iotype = "%s"
errno = "5"
sector = "%d"
once = "off"
"""
    conf.write_text("\n".join(rule % (event, event.split("_", maxsplit=1)[0], sector)
                              for sector in range(16384, 98304, 64)))
    m = boot(smp=2, mem="32M", swap="0", disks=["blkdebug:%s:%s" % (conf, image)])
    m.ok("swapon /dev/vda")
    status = m.run("swapdemo", timeout=300)[1]
    # Who touches a page that cannot be read dies of SIGBUS (7); what cannot be written stays.
    assert status == (128 + 7 if event == "read_aio" else 0), m.ok("dmesg | tail -n 20")
    m.ok("seq 1 1000 | sort -n | tail -n 1")
    assert m.ok("echo alive") == "alive\n"
    assert m.cat("/proc/1/comm") == "init\n"
    assert "panic" not in m.console()


def test_swapoff_under_load(boot, tmp_path):
    """While processes rewrite and verify memory that does not fit, one of two disks goes and
    comes back, then the other. With the one that stays there is always room for all.

    swapoff may refuse with ENOMEM: then everything is still there. No page may be wrong.
    """
    m = boot(smp=2, mem="48M", swap="128M", disks=[swap_image(tmp_path / "second.img", 128)])
    m.ok("swapon /dev/vda")
    before, end = m.vmstat()["pswpout"], time.monotonic() + 300
    m.ok("(swaptest 16 4 >/tmp/log; echo status $? >>/tmp/log) &", timeout=300)
    while m.vmstat()["pswpout"] == before:
        assert "status" not in m.run("cat /tmp/log")[0] and time.monotonic() < end
    for disk in ["/dev/vdb", "/dev/vda"] * 3:
        if m.run("swapoff " + disk, timeout=300)[1] == 0:
            m.ok("swapon " + disk, timeout=300)
    m.ok("while ! grep status /tmp/log; do sleep 0.2; done", timeout=300)
    log = m.cat("/tmp/log")
    # What it says of the swap as a whole is not meant for disks that come and go.
    assert len(re.findall(r"^ok \d - swaptest\.pattern_survives_", log, re.M)) == 4, log
    assert m.cat("/proc/1/comm") == "init\n"


def test_a_slow_disk_is_waited_for(boot):
    """All memory may be on its way to the disk, and all slots taken: no reason to kill anybody."""
    m = boot(mem="32M", smp=2, swap="32M")
    m.monitor("block_set_io_throttle disk0 0 0 2000000 0 0 0")
    m.ok("swapdemo 40")
    assert m.vmstat()["oom_kill"] == 0
    assert m.vmstat()["pswpout"] > 2000


def test_tmpfs_pages_swap_too(boot):
    m = boot(smp=1, mem="32M", swap="128M")
    copies = "; ".join("cp /tmp/a /tmp/%s" % name for name in "bcdefghijkl")
    m.ok("mount -t tmpfs -o size=64m none /tmp; seq 1 400000 >/tmp/a; " + copies, timeout=240)
    assert m.vmstat()["pswpout"] > 0
    sums = {m.ok("cat /tmp/%s | wc" % f, timeout=120).strip() for f in "abcl"}
    assert len(sums) == 1, sums
    m.ok("rm /tmp/?")
    for _ in range(40):
        info = m.meminfo()
        if info["SwapTotal"] - info["SwapFree"] < 4096:   # files of the initramfs stay
            break
    else:
        pytest.fail("slots stay used: %s" % info)


def test_no_swap_is_fine(boot):
    m = boot(smp=1, mem="32M", swap="0")
    assert m.meminfo()["SwapTotal"] == 0
    m.ok("cow")
