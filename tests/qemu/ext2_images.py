# SPDX-License-Identifier: MIT
"""ext2 images for tests: made by mke2fs, checked by e2fsck, looked into by debugfs, damaged."""
import os
import pathlib
import random
import struct
import subprocess

ENV = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin", LC_ALL="C")


def call(*args, ok=(0,)):
    done = subprocess.run([str(a) for a in args], env=ENV, check=False, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, errors="replace")
    assert done.returncode in ok, "%s: %d\n%s" % (args, done.returncode, done.stdout)
    return done.stdout


def make(path, size, block=4096, source=None, options=()):
    """An image of `size` (text as for truncate), with the files of a folder in it."""
    call("truncate", "-s", size, path)
    args = ["mke2fs", "-q", "-F", "-t", "ext2", "-b", block, *options]
    call(*args, *(["-d", source] if source else []), path)
    return path


def check(path):
    """e2fsck finds nothing to mend."""
    call("e2fsck", "-fn", path)


def state(path):
    """What the super block says: free blocks, free inodes, s_state."""
    raw = pathlib.Path(path).read_bytes()[1024:2048]
    free_blocks, free_inodes = struct.unpack_from("<2I", raw, 12)
    return free_blocks, free_inodes, struct.unpack_from("<H", raw, 58)[0]


def dump(path, name):
    """The content of a file in the image."""
    out = pathlib.Path(str(path) + ".dump")
    call("debugfs", "-R", "dump \"%s\" %s" % (name, out), path)
    data = out.read_bytes()
    out.unlink()
    return data


def stat(path, name):
    return call("debugfs", "-R", "stat \"%s\"" % name, path)


def places(image):
    """Byte ranges of an image's kinds of metadata, from its own super block."""
    first, log = struct.unpack_from("<2I", image, 1024 + 20)
    size = 1024 << log
    inodes_per_group, = struct.unpack_from("<I", image, 1024 + 40)
    inode_size, = struct.unpack_from("<H", image, 1024 + 88)
    gdt = (first + 1) * size
    bitmap, ibitmap, table = struct.unpack_from("<3I", image, gdt)
    end = table * size + inodes_per_group * inode_size
    return {"super": (1024, 1024 + 104), "gdt": (gdt, gdt + 32),
            "bitmaps": (bitmap * size, (max(bitmap, ibitmap) + 1) * size),
            "inodes": (table * size, min(table * size + 40 * inode_size, end)),
            "data": (end, end + 60 * size)}


def damage(image, seed):
    """A copy with some bytes of one kind of metadata changed, as the seed says."""
    rnd = random.Random(seed)
    image = bytearray(image)
    where = places(image)
    kind = rnd.choice(["super", "gdt", "bitmaps", "inodes", "inodes", "inodes", "data", "data"])
    begin, end = where[kind]
    for _ in range(rnd.choice([1, 3, 10, 60])):
        at = rnd.randrange(begin, min(end, len(image)))
        what = rnd.randrange(4)
        if what == 0:
            image[at] = rnd.randrange(256)
        elif what == 1:
            image[at] ^= 1 << rnd.randrange(8)
        elif what == 2:
            struct.pack_into("<I", image, at & ~3, rnd.randrange(1, len(image) // 1024 + 20))
        else:
            struct.pack_into("<I", image, at & ~3, rnd.choice([0, 0xffffffff, 1, 2, 11, 12]))
    return bytes(image)
