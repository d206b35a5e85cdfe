# SPDX-License-Identifier: MIT
"""ext2: images of mke2fs are read and written, and e2fsck has nothing to say afterwards."""
import os
import random
import re
import shutil
import zlib

import ext2_images as ext2
import pytest

BLOCKS = [1024, 4096]

if not shutil.which("mke2fs", path=ext2.ENV["PATH"]):
    pytest.skip("NO E2FSPROGS: install e2fsprogs", allow_module_level=True)


def manifest(text):
    """The `file CRC SIZE LINKS PATH` lines of fstrace -m."""
    rows = [line.split(" ", 4)[1:] for line in text.splitlines() if line.startswith("file ")]
    return {path.removeprefix("./"): (int(crc, 16), int(size), int(links))
            for crc, size, links, path in rows}


def make_tree(folder):
    """Something of everything mke2fs -d can copy."""
    rnd = random.Random(1)
    (folder / "deep/er/est").mkdir(parents=True)
    for n, size in enumerate([0, 1, 59, 60, 1023, 1025, 4096, 13000, 300000]):
        (folder / ("file%d" % n)).write_bytes(rnd.randbytes(size))
    (folder / "deep/er/big").write_bytes(rnd.randbytes(3 << 20))
    with open(folder / "sparse", "wb") as f:
        f.seek(5 << 20)
        f.write(b"end")
    os.link(folder / "file3", folder / "deep/hard")
    (folder / "fast").symlink_to("deep/er/est")
    (folder / "slow").symlink_to("s" * 200)
    return folder


@pytest.mark.parametrize("block", BLOCKS + [2048])
def test_what_mke2fs_made_is_read(quire, tmp_path, block):
    source = tmp_path / "source"
    source.mkdir()
    make_tree(source)
    image = ext2.make(tmp_path / "t.img", "32M", block, source)
    names = [p for p in sorted(source.rglob("*")) if p.is_file() and not p.is_symlink()]
    out = quire("mount /dev/vda /mnt && cd /mnt && fstrace -c %s && ls -l slow fast deep; cd /; "
                "umount /mnt" % " ".join(str(p.relative_to(source)) for p in names),
                disks=[image])
    found = manifest(out.out)
    for p in names:
        data = p.read_bytes()
        assert found[str(p.relative_to(source))][:2] == (zlib.crc32(data), len(data)), out
    assert found["file3"][2] == 2
    assert "slow -> " + "s" * 200 in out.out and "fast -> deep/er/est" in out.out
    ext2.check(image)


@pytest.mark.parametrize("block, smp, mem, ops", [(1024, 2, "128M", 2500), (4096, 4, "32M", 2500)])
def test_random_operations_against_a_model(quire, tmp_path, block, smp, mem, ops):
    """fstrace compares inside; here the same is found from outside."""
    image = ext2.make(tmp_path / "t.img", "32M", block)
    done = quire("mount -t ext2 /dev/vda /mnt && fstrace -s %d -n %d -m /mnt && umount /mnt" %
                 (block, ops), disks=[image], smp=smp, mem=mem, timeout=300)
    assert done.status == 0, done
    ext2.check(image)
    found = manifest(done.out)
    assert found
    for path, (crc, size, links) in found.items():
        data = ext2.dump(image, path)
        assert (zlib.crc32(data), len(data)) == (crc, size), path
        assert "Links: %d " % links in ext2.stat(image, path)
    assert ext2.state(image)[2] == 1


@pytest.mark.parametrize("size", ["48M", "1M"])
def test_four_at_once(quire, tmp_path, size):
    """Locks between harts: four traces on one small machine; on a disk for all and one for few."""
    image = ext2.make(tmp_path / "t.img", size, 1024, options=["-N", "400"])
    done = quire("mount -t ext2 /dev/vda /mnt; for i in 1 2 3 4; do mkdir /mnt/$i; "
                 "fstrace -s $i -n 250 /mnt/$i & done; wait; umount /mnt && echo away",
                 disks=[image], smp=4, mem="32M", timeout=300)
    assert done.out.count(": ok") == 4 and "away" in done.out, done
    ext2.check(image)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_full_disk_loses_nothing(quire, tmp_path, block):
    """ENOSPC for write, mkdir, link and rename, SIGBUS for a store; then all is still right."""
    image = ext2.make(tmp_path / "t.img", "400K", block)
    done = quire("mount -t ext2 /dev/vda /mnt && fstrace -s 5 -n 2500 /mnt && "
                 "dd if=/dev/zero of=/mnt/fill bs=4k; df /mnt; rm /mnt/fill; "
                 "rm -r /mnt/d* /mnt/name*; ls /mnt; df /mnt; umount /mnt", disks=[image])
    assert "No space left" in done.out and "met a full disk: ok" in done.out, done
    assert " 0 met" not in done.out and "100%" in done.out, done
    ext2.check(image)
    fresh = ext2.make(tmp_path / "fresh.img", "400K", block)
    assert ext2.state(image) == ext2.state(fresh)


def test_the_user_tests_on_ext2(quire, tmp_path):
    image = ext2.make(tmp_path / "t.img", "64M", 4096)
    done = quire("mount -t ext2 /dev/vda /mnt && FSTEST_DIR=/mnt usertests fstest; "
                 "umount /mnt && echo away", disks=[image], timeout=300)
    assert "# 0 of" in done.out and "away" in done.out, done
    ext2.check(image)


def test_operations_by_hand(boot, tmp_path):
    """Links, renames, large files, remount; what /proc/mounts and meminfo say."""
    image = ext2.make(tmp_path / "t.img", "64M", 4096)
    before = ext2.state(image)
    m = boot(disks=[image])
    m.ok("mount /dev/vda /mnt && cd /mnt")
    assert "/dev/vda /mnt ext2 rw,relatime 0 0" in m.cat("/proc/mounts")
    m.ok("echo text > f; ln f g; ln -s f l; mkdir -p a/b; mv g a/b")
    m.ok("dd if=f of=huge bs=1 seek=3221225472 2>/dev/null")
    assert "3221225477" in m.ok("ls -l huge")
    m.ok("cp -r /bin bin; sync")
    assert m.run("rmdir a")[1] and m.run("ln a c")[1] and m.run("mv a a/b/c")[1]
    assert m.meminfo()["Buffers"] > 0
    out, status = m.run("mount -o remount,ro /mnt 2>&1")
    assert status == 0, out
    assert "Read-only" in m.run("touch /mnt/x 2>&1")[0]
    m.ok("mount -o remount,rw /mnt && rm -r bin && cat a/b/g && cd / && umount /mnt")
    assert m.meminfo()["Buffers"] == 0
    m.send("poweroff\n")
    assert m.wait_exit() == 0
    ext2.check(image)
    assert ext2.state(image)[2] == 1
    assert ext2.dump(image, "a/b/g") == b"text\n"
    found = ext2.stat(image, "f")
    assert "Links: 2 " in found and "Size: 5\n" in found
    assert "Fast link dest: \"f\"" in ext2.stat(image, "l")
    assert ext2.stat(image, "huge").count("Size: 3221225477") == 1
    after = ext2.state(image)
    assert 0 < before[0] - after[0] < 20 and before[1] - after[1] == 5


def test_sync_then_kill(boot, tmp_path):
    """After sync(1) the machine may die: the disk is whole but for the mark of being in use."""
    image = ext2.make(tmp_path / "t.img", "32M", 4096)
    m = boot(disks=[image])
    m.ok("mount /dev/vda /mnt && cp -r /bin /mnt/bin && fstrace -n 400 -m /mnt > /tmp/m; sync")
    listed = manifest(m.cat("/tmp/m"))
    m.kill()
    ext2.check(image)
    assert ext2.state(image)[2] == 0 and listed
    for path, (crc, size, _) in listed.items():
        data = ext2.dump(image, path)
        assert (zlib.crc32(data), len(data)) == (crc, size), path


def test_the_root_on_a_disk(boot, tmp_path):
    """root=: Quire's own programs on ext2; /dev is there; poweroff leaves it clean."""
    image = root_image(tmp_path)
    m = boot(disks=[image], append="root=/dev/vda rw")
    mounts = m.cat("/proc/mounts")
    assert mounts.startswith("/dev/root / ext2 rw,relatime 0 0\n") and "rootfs" not in mounts
    m.ok("echo kept > /root/file; ls /dev/null /bin/sh")
    assert m.run("mount -t ext2 -o ro /dev/vda /mnt")[1]
    m.send("poweroff\n")
    assert m.wait_exit() == 0
    ext2.check(image)
    assert ext2.dump(image, "root/file") == b"kept\n" and ext2.state(image)[2] == 1


def root_image(tmp_path):
    from machine import build_folder
    from conftest import build
    build("debug")
    source = tmp_path / "root"
    for folder in ("bin", "sbin", "dev", "proc", "sys", "tmp", "root", "mnt"):
        (source / folder).mkdir(parents=True)
    for program in ("sh", "init", "ls", "cat", "mount", "poweroff", "sync"):
        shutil.copy(build_folder() / "user" / program, source / "bin")
    (source / "sbin/init").symlink_to("../bin/init")
    return ext2.make(tmp_path / "root.img", "32M", 1024, source)


def test_a_root_that_cannot_be(quire, tmp_path):
    """Linux's panic with the list of disks; with panic=-1 the machine powers off."""
    image = ext2.make(tmp_path / "t.img", "1M", 1024)
    done = quire("true", disks=[image], append="root=/dev/vdz rw")
    assert done.status
    assert 'Cannot open root device "/dev/vdz"' in done.err and "1024 vda" in done.err, done
    assert "Unable to mount root fs on unknown-block(0,0)" in done.err


def test_features_we_lack_are_refused(quire, tmp_path):
    """extents cannot be read; checksums can be ignored by who only reads. One line says so."""
    extents = ext2.make(tmp_path / "x.img", "8M", 1024, options=["-O", "extents"])
    sums = ext2.make(tmp_path / "s.img", "8M", 1024, options=["-O", "metadata_csum"])
    done = quire("mount -t ext2 /dev/vda /mnt; mount -t ext2 -o ro /dev/vda /mnt; "
                 "mount -t ext2 /dev/vdb /mnt; mount -t ext2 -o ro /dev/vdb /mnt && ls /mnt; "
                 "dmesg | grep EXT2", disks=[extents, sums])
    assert done.out.count("Invalid argument") == 3 and "lost+found" in done.out, done
    assert done.out.count("(vda): couldn't mount because of unsupported optional features") == 2
    assert done.out.count("(vdb): couldn't mount RDWR because of unsupported") == 1


def test_metadata_that_the_disk_refuses(quire, tmp_path):
    """A bitmap cannot be read: EIO. One cannot be written: the disk is marked for e2fsck."""
    image = ext2.make(tmp_path / "t.img", "64M", 1024)
    bitmap = int(re.search(r"Block bitmap at (\d+)", ext2.call("dumpe2fs", image))[1]) * 2
    for event, sector in (("read_aio", bitmap), ("write_aio", bitmap + 4)):
        conf = tmp_path / event
        conf.write_text('[inject-error]\nevent = "%s"\nerrno = "5"\nsector = "%d"\n' %
                        (event, sector))
        done = quire("mount -t ext2 /dev/vda /mnt; cd /mnt; mkdir new; echo hi > f; sync; "
                     "cat f; cd /; umount /mnt && echo away",
                     disks=["blkdebug:%s:%s" % (conf, image)])
        assert "away" in done.out, done
        if event == "read_aio":
            assert "f: Input/output error" in done.out, done
            assert ext2.state(image)[2] == 1
    assert ext2.state(image)[2] == 3


FUZZ = ("for i in $(seq 0 %d); do echo \"image $i\"; "
        "dd if=/dev/vdb of=/dev/vda bs=512K count=1 skip=$i 2>/dev/null; "
        "if mount -t ext2 /dev/vda /mnt; then cd /mnt; ls -lR . ; cat a/f* a/b/big > /dev/null; "
        "echo hello > new; echo more >> a/f3; cp a/b/big x/copy; mkdir q; mv a/f2 q/y; "
        "mv a/b q/b; rm -r q a x; cd /; umount /mnt || echo STUCK; fi; done; echo ALL")


def test_damaged_images(quire, tmp_path):
    """Random damage: errors, never a panic, a hang or a mount that cannot be undone."""
    source = tmp_path / "source"
    (source / "a/b/c").mkdir(parents=True)
    (source / "x").mkdir()
    for n in range(6):
        (source / ("a/f%d" % n)).write_bytes(bytes([n]) * 900 * n)
    (source / "a/b/big").write_bytes(b"big" * 30000)
    (source / "link").symlink_to("a/f1")
    base = ext2.make(tmp_path / "base.img", "512K", 1024, source).read_bytes()
    seed = int(os.environ.get("QUIRE_EXT2_SEED", "1000"))
    images = 60
    (tmp_path / "all.img").write_bytes(b"".join(ext2.damage(base, seed + n)
                                                for n in range(images)))
    (tmp_path / "target.img").write_bytes(bytes(len(base)))
    done = quire(FUZZ % (images - 1), disks=[tmp_path / "target.img", tmp_path / "all.img"],
                 timeout=600)
    assert done.status == 0 and "ALL" in done.out, "seed %d\n%s" % (seed, done)
    assert "STUCK" not in done.out, "seed %d\n%s" % (seed, done)
