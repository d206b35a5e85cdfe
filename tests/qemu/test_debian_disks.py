# SPDX-License-Identifier: MIT
"""Debian's programs and disks: what they write is what the host finds, and df, du, find tell it.

The host looks into the images with e2fsprogs while the machine runs or after it: it sees what has
reached the disk. One machine serves all tests but those of the root image.
"""
import hashlib
import io
import os
import random
import re
import shutil
import signal
import subprocess
import tarfile

import pytest

import conftest
import ext2_images as ext2
from machine import TOP
from test_debian import Debian, near

pytestmark = pytest.mark.xdist_group("debian_disks")


def fill(folder):
    """A tree of which a test knows all: {path: bytes}."""
    rnd, files = random.Random(7), {}
    for n in range(40):
        path = "d%d/e%d/f%d" % (n % 4, n % 3, n)
        files[path] = rnd.randbytes(n * n * 37)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(files[path])
    os.link(folder / "d0/e0/f0", folder / "d1/hard")
    (folder / "d2/soft").symlink_to("../d1/hard")
    (folder / "d3/e0/f3").chmod(0o755)
    return files


def tar_of(folder):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as tar:
        tar.add(folder, arcname="tree")
    return data.getvalue()


class Disks(Debian):
    """/dev/vdb is ext2 with the tree and its archive, mounted on /mnt; /dev/vdc is empty."""


@pytest.fixture(scope="module")
def m(debian, cross_compile, tmp_path_factory):
    conftest.build("debug")
    folder = tmp_path_factory.mktemp("disks")
    source = folder / "source"
    (source / "tree").mkdir(parents=True)
    files = fill(source / "tree")
    (source / "host.tgz").write_bytes(tar_of(source / "tree"))
    data = ext2.make(folder / "data.img", "64M", 4096, source, ["-O", "^resize_inode"])
    empty = folder / "empty.img"
    with open(empty, "wb") as f:
        f.truncate(48 << 20)
    machine = Disks(folder, root="debian", mem="64M", smp=2, swap="0", disks=[data, empty],
                    adds=[cross_compile("files"), cross_compile("memory")],
                    append="loglevel=4")
    machine.files, machine.data, machine.empty = files, data, empty
    machine.wait_prompt()
    machine.ok("mount /dev/vdb /mnt; cd /mnt")
    yield machine
    machine.kill()


def sum_of(data):
    return hashlib.sha256(data).hexdigest()


# ---- Files ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("where", ["/tmp", "/mnt"])
def test_calls_on_files(m, where):
    """The program files says "ok" on Linux, for ext2 and tmpfs; here too."""
    with m.nothing_lost():
        output = m.ok("files " + where)
    assert output.count("ok ") == 13 and "not ok" not in output, output


def test_find(m):
    """find counts by type, size, links, mode and name; -exec reads every byte."""
    sizes = [len(data) for data in m.files.values()]
    for expression, count in (
            ("-type f", len(m.files) + 1), ("-type l", 1), ("-type d", 1 + 4 + 4 * 3),
            ("-type f -size +16k", sum(size > 16384 for size in sizes)),
            ("-type f -empty", 2), ("-links 2 -type f", 2), ("-perm -111 -type f", 1),
            ("-name 'f1?'", 10), ("-samefile tree/d1/hard", 2), ("-lname '*hard'", 1),
            ("-path '*/e1/*' -newermt 2000-01-01", sum("/e1/" in p for p in m.files))):
        assert len(m.lines("find tree " + expression)) == count, expression
    out = m.ok("cd tree; find . -type f -exec sha256sum {} +; cd ..")
    found = {path: total for total, path in re.findall(r"^(\w{64})  \./(.*)$", out, re.M)}
    assert found == {**{p: sum_of(d) for p, d in m.files.items()}, "d1/hard": sum_of(b"")}


def test_tar_and_gzip_there_and_back(m):
    """The host's archive unpacks to the same bytes; the host unpacks ours to the same bytes."""
    m.ok("mkdir out; tar xzf host.tgz -C out; diff -r tree out/tree")
    m.ok("test tree/d0/e0/f0 -ef tree/d1/hard; test out/tree/d0/e0/f0 -ef out/tree/d1/hard")
    m.ok("gzip -9 -c host.tgz | gzip -t; tar cf - tree | gzip >back.tgz; sync back.tgz")
    with tarfile.open(fileobj=io.BytesIO(ext2.dump(m.data, "back.tgz"))) as tar:
        for path, data in m.files.items():
            assert tar.extractfile("tree/" + path).read() == data, path
        assert tar.getmember("tree/d2/soft").linkname == "../d1/hard"
        assert tar.getmember("tree/d3/e0/f3").mode & 0o777 == 0o755
        links = [tar.getmember("tree/" + n).islnk() for n in ("d0/e0/f0", "d1/hard")]
        assert sorted(links) == [False, True]
    m.ok("rm -r out back.tgz")


def df(m, where="/mnt"):
    return [int(n) for n in m.lines("df -k --output=size,used,avail %s" % where)[1].split()]


def test_df_and_du(m):
    """What df says is used is what du counts, to the block; the host's super block agrees."""
    m.ok("sync")
    size, used, _ = df(m)
    m.ok("cp -a tree copy; sync")
    grown = df(m)[1] - used
    assert grown == int(m.ok("du -sk copy").split()[0])
    assert m.ok("du -sb copy").split()[0] == m.ok("du -sb tree").split()[0]
    blocks = sum(-(-len(d) // 4096) + (len(d) > 12 * 4096) for d in m.files.values())
    assert grown == 4 * (blocks + 17)                     # 17 directories of a block
    m.ok("dd if=/dev/zero of=hole bs=1 count=1 seek=20971519 status=none; sync")
    assert int(m.ok("du -k hole").split()[0]) <= 16 and "20M" in m.ok("du -h --apparent hole")
    m.ok("rm -r copy hole; sync")
    assert df(m)[:2] == [size, used]
    free = ext2.state(m.data)[0] * 4
    assert near(size - used, free, 4)
    inodes = [int(n) for n in m.lines("df --output=itotal,iused,iavail /mnt")[1].split()]
    assert inodes[0] == inodes[1] + inodes[2] and inodes[2] == ext2.state(m.data)[1]


def on_disk(m, name):
    """The content of a file as the host sees it now."""
    try:
        return ext2.dump(m.data, name)
    except (AssertionError, FileNotFoundError):
        return b""


def test_dd_writes_when_told(m):
    """Without the flusher, only fsync, fdatasync, O_SYNC, O_DSYNC and O_DIRECT reach the disk."""
    m.ok("sync; sysctl -q vm.dirty_writeback_centisecs=0")
    line = "dd if=tree/d3/e0/f39 of=%s bs=4k %s status=none"
    want = m.files["d3/e0/f39"]
    m.ok(line % ("late", ""))
    for name, flags in (("fsync", "conv=fsync"), ("fdatasync", "conv=fdatasync"),
                        ("sync", "oflag=sync"), ("dsync", "oflag=dsync"),
                        ("direct", "oflag=direct conv=fsync")):
        m.ok(line % (name, flags))
        assert on_disk(m, name) == want, name
    assert on_disk(m, "late") != want
    m.ok("sync late")
    assert on_disk(m, "late") == want
    m.ok("sysctl -q vm.dirty_writeback_centisecs=500; rm late fsync fdatasync sync dsync direct")


def test_dd_flags(m):
    m.ok("printf 0123456789 >f; printf AB | dd of=f bs=1 seek=3 conv=notrunc status=none")
    assert m.cat("f") == "012AB56789"
    m.ok("printf CD | dd of=f oflag=append conv=notrunc status=none; printf xy | "
         "dd of=f bs=1 seek=1 conv=ucase,swab,notrunc status=none")
    assert m.cat("f")[-2:] == "CD" and m.cat("f")[:1] == "0"
    assert m.run("dd if=f of=f2 conv=nocreat status=none")[1] != 0
    assert m.run("dd if=f of=f conv=excl status=none")[1] != 0
    assert m.ok("dd if=f bs=4 skip=2 count=3 iflag=skip_bytes,count_bytes status=none") == "XAB"
    assert m.ok("(echo a; sleep 0.1; echo b) | dd bs=4 count=1 iflag=fullblock status=none") == \
        "a\nb\n"
    m.ok("dd if=/dev/zero of=sparse bs=64k count=16 conv=sparse status=none")
    assert m.ok("stat -c '%s %b' sparse") == "1048576 0\n"
    # O_DIRECT: whole sectors, nothing left in the cache; a tmpfs takes the flag for nothing.
    m.ok("dd if=/dev/urandom of=big bs=64k count=64 oflag=direct status=none")
    assert "Invalid argument" in m.run("dd if=big of=f3 bs=1000 oflag=direct")[0]
    assert "Invalid argument" in m.run("dd if=big of=/dev/null bs=1000 iflag=direct")[0]
    m.ok("dd if=big of=/tmp/f bs=1000 count=9 oflag=direct status=none; rm /tmp/f")
    m.ok("echo 3 >/proc/sys/vm/drop_caches")              # room: nothing is reclaimed meanwhile
    before = m.meminfo()["Cached"]
    m.ok("dd if=big bs=64k iflag=direct status=none | cmp - big && rm f f3 sparse")
    assert m.meminfo()["Cached"] - before >= 4000         # cmp has read it, too
    m.ok("echo 1 >/proc/sys/vm/drop_caches")
    before = m.meminfo()["Cached"]
    m.ok("dd if=big of=/dev/null bs=64k iflag=direct status=none")
    assert m.meminfo()["Cached"] - before <= 1024         # dd itself and what was read ahead
    m.ok("rm big")


# ---- The page cache ------------------------------------------------------------------------------

def test_buffers_and_cached(m):
    """Data of files are Cached; the disk's own pages, metadata too, are Buffers."""
    m.ok("dd if=/dev/urandom of=data bs=1M count=8 status=none; sync; "
         "echo 3 >/proc/sys/vm/drop_caches")
    a = m.meminfo()
    m.ok("cat data >/dev/null")
    b = m.meminfo()
    assert near(b["Cached"] - a["Cached"], 8192, 768) and b["Buffers"] - a["Buffers"] < 256
    m.ok("find / -xdev -links +0 >/dev/null")             # reads each inode
    c = m.meminfo()
    assert c["Buffers"] - b["Buffers"] >= 256
    m.ok("dd if=/dev/vdc of=/dev/null bs=1M count=4 status=none")
    d = m.meminfo()
    assert near(d["Buffers"] - c["Buffers"], 4096, 256)
    assert near(d["Cached"] - c["Cached"], 0, 512)
    m.ok("rm data; echo 3 >/proc/sys/vm/drop_caches")
    assert m.meminfo()["Cached"] < b["Cached"] - 8000 and m.meminfo()["Buffers"] < 1024


def test_ratios(m):
    """dirty_ratio and dirty_background_ratio are of the memory that files may have; they hold."""
    m.ok("sync; sysctl -q vm.dirty_background_ratio=2 vm.dirty_ratio=5; sleep 0.2")
    info, stat = m.meminfo(), m.vmstat()
    available = (info["MemFree"] + info["Active(file)"] + info["Inactive(file)"]) // 4
    assert near(stat["nr_dirty_threshold"], available * 5 // 100, 100)
    assert near(stat["nr_dirty_background_threshold"], available * 2 // 100, 40)
    limit, before = stat["nr_dirty_threshold"], stat["dirty_throttled"]
    m.ok("while :; do grep -w nr_dirty /proc/vmstat; sleep 0.02; done >/tmp/dirty & looks=$!")
    for _ in range(30):                                   # the flusher may keep up with a writer
        m.ok("dd if=/dev/zero of=much bs=64k count=500 status=none")
        if m.vmstat()["dirty_throttled"] > before:
            break
    m.ok("kill $looks; wait $looks; true")
    seen = [int(line.split()[1]) for line in m.lines("cat /tmp/dirty") if line.startswith("nr_")]
    stat = m.vmstat()
    assert max(seen) <= limit + 64 and stat["dirty_throttled"] > before, (max(seen), limit)
    assert stat["nr_dirty"] <= limit
    m.ok("rm much; sysctl -q vm.dirty_background_ratio=10 vm.dirty_ratio=20")
    more = m.vmstat()["nr_dirty_threshold"]
    assert near(more, 4 * limit, limit)


# ---- Swap ----------------------------------------------------------------------------------------

def test_swap_on_a_disk(m):
    """mkswap makes it, swapon counts it, a program fills it, swapoff brings all back."""
    assert "version 1, size = 48 MiB (50327552 bytes)" in m.ok("mkswap -L named /dev/vdc")
    assert b"SWAPSPACE2" == m.empty.read_bytes()[4086:4096]        # mkswap syncs
    m.ok("swapon -p 3 /dev/vdc")
    assert m.ok("swapon --show=NAME,TYPE,SIZE,USED,PRIO,LABEL --noheadings").split() == \
        ["/dev/vdc", "partition", "48M", "0B", "3", "named"]
    assert m.meminfo()["SwapTotal"] == 50327552 // 1024
    assert re.search(r"^vdc +254:32 .*\[SWAP\]$", m.ok("lsblk"), re.M)
    output = m.ok("memory 66")
    swapped = int(re.search(r"^all \d+ \d+ \d+ (\d+)", output, re.M)[1])
    assert 3 << 10 <= swapped <= 48 << 10, output
    assert m.vmstat()["pswpout"] * 4 >= swapped
    m.ok("swapoff -a")
    assert m.ok("swapon --show") == "" and m.meminfo()["SwapTotal"] == 0
    assert m.run("swapoff /dev/vdc")[1] != 0
    assert "wiping old swap" in m.ok("mkswap /dev/vdc 2>&1")


def test_the_end(m):
    """Last in this file: umount, poweroff; the disk is clean, its files as they were."""
    m.ok("sync; cd /; umount /mnt")
    m.send("poweroff\n")
    m.wait_exit()
    ext2.check(m.data)
    assert ext2.state(m.data)[2] == 1
    for path in ("d0/e0/f24", "d3/e0/f39"):
        assert ext2.dump(m.data, "tree/" + path) == m.files[path]


# ---- A root of one's own -------------------------------------------------------------------------

def test_a_root_keeps_what_is_changed(debian, tmp_path):
    """--root FILE: off by poweroff, then by SIGKILL after sync; the next boot finds all of it."""
    conftest.build("release")
    image = tmp_path / "root.img"
    subprocess.run(["cp", "--sparse=always", debian, image], check=True)

    def boot(number):
        folder = tmp_path / str(number)
        folder.mkdir()
        machine = Debian(folder, flavour="release", root=image, mem="64M", swap="0")
        machine.wait_prompt()
        return machine

    m = boot(1)
    try:
        m.ok("echo one >/root/one; mkdir -p /srv/new; mv /etc/profile /srv/new/; ln -s new /srv/l; "
             "dd if=/dev/urandom of=/srv/new/big bs=64k count=50 status=none; "
             "rm -r /usr/share/info")
        sums = m.ok("sha256sum /srv/l/*")
        m.send("poweroff\n")
        m.wait_exit()
    finally:
        m.kill()
    ext2.check(image)
    assert ext2.state(image)[2] == 1 and ext2.dump(image, "root/one") == b"one\n"
    m = boot(2)
    try:
        assert m.ok("sha256sum /srv/l/*") == sums and m.cat("/root/one") == "one\n"
        assert m.run("ls /etc/profile /usr/share/info 2>/dev/null")[0] == ""
        m.ok("cp -a /srv/new /srv/second; echo two >>/root/one; sync")
        os.killpg(m.child.pid, signal.SIGKILL)
        m.child.wait()
    finally:
        m.kill()
    ext2.check(image)
    assert ext2.dump(image, "root/one") == b"one\ntwo\n"
    m = boot(3)
    try:
        assert m.cat("/root/one") == "one\ntwo\n" and m.ok("diff -r /srv/new /srv/second") == ""
    finally:
        m.kill()


def test_no_network(debian, tmp_path):
    """Without a mirror that answers, mkdebian says one line that names it, and leaves nothing."""
    top = tmp_path / "top"
    (top / "tools").mkdir(parents=True)
    for tool in ("mkdebian", "apt-riscv64"):
        shutil.copy(TOP / "tools" / tool, top / "tools")
    env = dict(os.environ, http_proxy="http://127.0.0.1:9", https_proxy="http://127.0.0.1:9")
    done = subprocess.run([top / "tools/mkdebian"], cwd=top, env=env, text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 1 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and "riscv64" in done.stderr, done.stderr
    assert not list((top / "build").glob("*.img*[!k]"))
