# SPDX-License-Identifier: MIT
"""Two who work on a file system at the same time; the terminal when somebody types."""
import shutil

import ext2_images as ext2
import pytest

NEEDS_MKE2FS = pytest.mark.skipif(not shutil.which("mke2fs", path=ext2.ENV["PATH"]),
                                  reason="NO E2FSPROGS: install e2fsprogs")


@NEEDS_MKE2FS
def test_unmounting_while_others_are_at_it(quire, tmp_path):
    image = ext2.make(tmp_path / "t.img", "16M", 4096)
    done = quire("FSTEST_DEV=/dev/vda usertests mounttest.unmount_under_reclaim "
                 "mounttest.unmount_beside_sync; "
                 "dmesg | grep WARNING", disks=[image], smp=2, timeout=300)
    assert "# 0 of 2" in done.out and "SKIP" not in done.out, done
    assert "WARNING" not in done.out, done
    ext2.check(image)


@NEEDS_MKE2FS
def test_read_only_under_writers_on_a_disk(quire, tmp_path):
    """Nothing is written any more when the super block says that all is well."""
    image = ext2.make(tmp_path / "t.img", "8M", 1024)
    done = quire("FSTEST_DEV=/dev/vda usertests mounttest.read_only_with_writers "
                 "mounttest.read_only_under_a_writer", disks=[image], smp=2, timeout=300)
    assert "# 0 of 2" in done.out, done
    ext2.check(image)
    assert ext2.state(image)[2] == 1


@NEEDS_MKE2FS
def test_links_in_two_directories_of_a_disk(quire, tmp_path):
    image = ext2.make(tmp_path / "t.img", "8M", 1024)
    done = quire("mount /dev/vda /mnt; FSTEST_DIR=/mnt usertests vfstest.links_in_two_directories "
                 "vfstest.odd_names vfstest.link_under_a_walker; umount /mnt && echo away",
                 disks=[image], smp=2, timeout=300)
    assert "# 0 of 3" in done.out and "away" in done.out, done
    ext2.check(image)


def test_a_link_is_complete_when_it_is_seen(quire):
    """More harts than the host has: one stops in the middle of what it does."""
    done = quire("usertests vfstest.link_under_a_walker", smp=3, timeout=300)
    assert "# 0 of 1" in done.out, done


def test_somebody_types(boot):
    m = boot()
    m.start("env TYPIST=1 usertests vfstest.terminal_typed")
    m.expect("type now: ")
    m.send("ab")
    m.expect("stop now:")
    m.send("\x13")
    m.expect("# 0 of 1 failed")
