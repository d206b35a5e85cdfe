# SPDX-License-Identifier: MIT
"""Dirty pages reach the disk: when the knobs say, at the latest with sync, and each byte.

Pages of files on ext2 and of the disk itself. What happens is seen by counters: a test waits until
they move, not for a time.
"""
import os
import re
import signal
import struct
import subprocess

import pytest

BIN = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
MASK = (1 << 64) - 1


def tool(*words):
    """Run a host program that may be in an sbin folder; its output."""
    done = subprocess.run(words, check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=dict(os.environ, PATH=BIN))
    assert not done.returncode, (words, done.stdout)
    return done.stdout


def blank_disk(path, mib):
    with open(path, "wb") as f:
        f.truncate(mib << 20)
    return path


def ext2_disk(path, mib, block=4096):
    blank_disk(path, mib)
    tool("mke2fs", "-q", "-F", "-t", "ext2", "-b", str(block), str(path))
    return path


def pattern(size, seed):
    """What `wbtest fill` writes."""
    words = [((at + 1) * 0x9e3779b97f4a7c15 & MASK) ^ seed for at in range(0, size, 8)]
    return struct.pack("<%dQ" % len(words), *words)


def until(m, what, condition, tries=120):
    """Look at the counters until condition(vmstat) holds."""
    for _ in range(tries):
        stat = m.vmstat()
        if condition(stat):
            return stat
        m.ok("sleep 0.5")
    pytest.fail("%s did not happen: %s" % (what, stat))
    return None


def sysctl(m, **knobs):
    for name, value in knobs.items():
        m.ok("echo %s >/proc/sys/vm/%s" % (value, name))


def disk_row(m, name="vda"):
    """The 17 figures of /proc/diskstats."""
    for line in m.cat("/proc/diskstats").splitlines():
        if line.split()[2] == name:
            return [int(word) for word in line.split()[3:]]
    pytest.fail("no disk " + name)
    return None


@pytest.fixture
def small(boot, tmp_path):
    """A machine with an ext2 disk on /mnt."""
    m = boot(smp=2, mem="64M", swap="0", disks=[ext2_disk(tmp_path / "disk.img", 64)])
    m.ok("mkdir -p /mnt; mount -t ext2 /dev/vda /mnt")
    return m


def test_the_knobs_take_effect(small):
    """Off, nothing is written; each knob by itself then makes the flusher write, at once."""
    m = small
    sysctl(m, dirty_writeback_centisecs=0, dirty_background_ratio=40, dirty_ratio=60)
    m.ok("dd if=/dev/zero of=/mnt/a bs=64k count=16")
    before = m.vmstat()
    assert before["nr_dirty"] >= 256, before
    assert m.meminfo()["Dirty"] >= 1024
    m.ok("sleep 1")
    assert m.vmstat()["nr_written"] == before["nr_written"]
    sysctl(m, dirty_expire_centisecs=0, dirty_writeback_centisecs=10)
    # Not dirty any more is not yet written: that is counted when the disk is done.
    after = until(m, "the turn of the flusher", lambda s: s["nr_dirty"] + s["nr_writeback"] == 0)
    assert after["nr_written"] >= before["nr_written"] + 256
    sysctl(m, dirty_expire_centisecs=360000, dirty_writeback_centisecs=10)
    m.ok("dd if=/dev/zero of=/mnt/b bs=64k count=16")
    assert m.vmstat()["nr_dirty"] >= 256
    sysctl(m, dirty_background_bytes=65536)
    assert m.cat("/proc/sys/vm/dirty_background_ratio") == "0\n"
    stat = until(m, "writing down to the threshold", lambda s: s["nr_dirty"] <= 16)
    assert stat["nr_dirty_background_threshold"] == 16
    assert m.run("echo 1 >/proc/sys/vm/dirty_bytes")[1] != 0      # less than two pages
    m.ok("rm /mnt/a /mnt/b; umount /mnt")


def test_writers_are_held_back(small):
    """With room for 64 dirty pages, a file of 8 MiB is never more than a little above that."""
    m = small
    sysctl(m, dirty_bytes=65536 * 4, dirty_background_bytes=65536 * 3)
    stat = m.vmstat()
    assert stat["nr_dirty_threshold"] == 64 and stat["nr_dirty_background_threshold"] == 48
    for _ in range(30):                           # the flusher may keep up with a writer
        m.ok("dd if=/dev/zero of=/mnt/a bs=64k count=128; wbtest fill /mnt/b 4 mmap 1")
        stat = m.vmstat()
        if stat["dirty_throttled"]:
            break
    assert stat["nr_dirty"] <= 64 + 32 * 2, stat
    assert stat["dirty_throttled"] > 0
    # Many pages in a request: far fewer requests than pages.
    requests = disk_row(m)[4]
    assert requests * 4 < stat["nr_written"], (requests, stat)
    m.ok("umount /mnt")


def test_sync_and_drop_caches(small):
    m = small
    m.ok("dd if=/dev/zero of=/mnt/a bs=64k count=64; sync")
    stat = m.vmstat()
    assert stat["nr_dirty"] == 0 and stat["nr_writeback"] == 0
    row = disk_row(m)
    assert row[6] >= 64 * 128 and row[8] == 0 and row[15] > 0, row   # sectors, in flight, flushes
    m.ok("echo 3 >/proc/sys/vm/drop_caches")
    cached = m.meminfo()["Cached"]
    reads = disk_row(m)[0]
    m.ok("cat /mnt/a >/dev/null")
    assert m.meminfo()["Cached"] >= cached + 3900
    assert reads + 32 <= disk_row(m)[0] <= reads + 40
    reads = disk_row(m)[0]
    m.ok("cat /mnt/a >/dev/null")
    assert disk_row(m)[0] == reads, "the second read came from the cache"
    m.ok("umount /mnt")


def test_an_error_is_told_once(boot, tmp_path):
    """Each open file hears of it at its next fsync, once; the kernel counts it and goes on."""
    conf = tmp_path / "errors.conf"
    conf.write_text('[inject-error]\nevent = "write_aio"\niotype = "write"\nerrno = "5"\n'
                    'sector = "0"\nonce = "off"\n')
    disk = blank_disk(tmp_path / "disk.img", 4)
    m = boot(smp=1, mem="64M", swap="0", disks=["blkdebug:%s:%s" % (conf, disk)])
    said = m.ok("wbtest fsync /dev/vda")
    assert re.findall(r"^[abc] \d+$", said, re.M) == ["a 5", "a 0", "b 5", "b 0", "c 0"], said
    assert m.vmstat()["writeback_error"] > 0
    assert "I/O error on dev vda" in m.ok("dmesg")
    # One bad sector costs one page: its neighbours in the same request are written.
    m.run("wbtest fill /dev/vda 1 write 9; sync")
    assert disk.read_bytes()[4096:1 << 20] == pattern(1 << 20, 9)[4096:]
    assert m.vmstat()["nr_dirty"] == 0 and m.ok("echo alive") == "alive\n"


def test_writers_survive_a_full_disk(small):
    m = small
    out, status = m.run("wbtest fill /mnt/a 80 write 1")
    assert status != 0 and "No space" in out
    m.ok("rm /mnt/a; dd if=/dev/zero of=/mnt/b bs=64k count=16; umount /mnt")


@pytest.mark.parametrize("block", [1024, 4096])
def test_mappings_and_calls_agree(boot, tmp_path, block):
    disk = ext2_disk(tmp_path / "disk.img", 16, block)
    m = boot(smp=1, mem="64M", swap="0", disks=[disk])
    m.ok("mkdir -p /mnt; mount -t ext2 /dev/vda /mnt")
    with m.nothing_lost(pages=64, objects=64):
        for part in ("bus", "same", "range", "torn"):
            out = m.ok("wbtest %s /mnt/%s" % (part, part))
            assert "not ok" not in out and "ok - " in out
        m.ok("rm /mnt/bus /mnt/same /mnt/range /mnt/torn")
    m.ok("umount /mnt")
    m.kill()
    tool("e2fsck", "-fn", str(disk))


def kill_hard(m):
    """As a power failure: SIGKILL to QEMU and all around it."""
    os.killpg(m.child.pid, signal.SIGKILL)
    m.child.wait()


@pytest.mark.parametrize("smp, mem", [(2, 32)])
def test_four_times_the_memory(boot, tmp_path, smp, mem):
    """Through write(2) and through a mapping; sync; SIGKILL. Every byte is on the disk."""
    disk = ext2_disk(tmp_path / "disk.img", mem * 4 + 24)
    m = boot(flavour="release", smp=smp, mem="%dM" % mem, swap="0", disks=[disk])
    m.ok("mkdir -p /mnt; mount -t ext2 /dev/vda /mnt")
    half = mem * 2
    m.ok("wbtest fill /mnt/mapped %d mmap 3 & wbtest fill /mnt/written %d write 4; wait; sync" %
         (half, half), timeout=300)
    stat = m.vmstat()
    assert stat["oom_kill"] == 0 and stat["nr_written"] >= mem * 4 * 256
    kill_hard(m)
    tool("e2fsck", "-fn", str(disk))
    for name, seed in (("mapped", 3), ("written", 4)):
        out = tmp_path / name
        tool("debugfs", "-R", "dump /%s %s" % (name, out), str(disk))
        assert out.read_bytes() == pattern(half << 20, seed), name


def test_reading_ahead(boot, tmp_path):
    """One request and about one interrupt for 128 KiB, whatever the program asks for at a time."""
    disk = blank_disk(tmp_path / "disk.img", 16)
    m = boot(smp=2, mem="64M", swap="0", disks=[disk])

    def interrupts():
        row = re.search(r"^ *\d+:((?: +\d+)+) .*vda", m.cat("/proc/interrupts"), re.M)
        return sum(int(n) for n in row[1].split())

    for size in ("4k", "128k", "1M"):
        m.ok("echo 1 >/proc/sys/vm/drop_caches")
        reads, irqs = disk_row(m)[0], interrupts()
        m.ok("dd if=/dev/vda of=/dev/null bs=%s" % size)
        assert disk_row(m)[0] - reads <= 128 + 8, size
        assert interrupts() - irqs <= 128 + 8, size
    m.ok("echo 1 >/proc/sys/vm/drop_caches; echo 16 >/sys/block/vda/queue/read_ahead_kb")
    reads = disk_row(m)[0]
    m.ok("dd if=/dev/vda of=/dev/null bs=4k count=512")
    assert 120 <= disk_row(m)[0] - reads <= 140
