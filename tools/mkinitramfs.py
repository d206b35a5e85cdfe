#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Write an initramfs: a cpio archive in the "newc" format, the same bytes on every run.

    mkinitramfs.py -o OUT.cpio --root DIR PROGRAM...    the embedded one: DIR's files, the
            programs in /bin (init as /init), the empty directories and /dev/console
    mkinitramfs.py -o OUT.cpio [--base IN.cpio] --add PATH[:NAME]...    what `run-qemu.sh --add`
            passes: IN's entries, then the files in /bin (NAME may be a path, such as /root/data)

Everything belongs to root. The kernel unpacks the embedded archive first and an initrd over it.
"""
import argparse
import os
import stat
import sys

MTIME = int(os.environ.get("SOURCE_DATE_EPOCH", "1704067200"))
DIRS = ["bin", "dev", "etc", "mnt", "proc", "root", "sys", "tmp"]


class Cpio:
    """One archive: entry() in any order, parents before children."""

    def __init__(self, out):
        self.out = out
        self.size = 0
        self.ino = 0
        self.dirs = set()

    def write(self, data):
        self.out.write(data)
        self.size += len(data)
        pad = -self.size % 4
        self.out.write(b"\0" * pad)
        self.size += pad

    def entry(self, name, mode, data=b"", rdev=(0, 0)):
        self.ino += 1
        nlink = 2 if stat.S_ISDIR(mode) else 1
        fields = (self.ino, mode, 0, 0, nlink, MTIME, len(data), 0, 0, *rdev,
                  len(name.encode()) + 1, 0)
        if name == "TRAILER!!!":
            fields = (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, len(name) + 1, 0)
        head = "070701" + "".join("%08X" % f for f in fields)
        self.write(head.encode() + name.encode() + b"\0")
        self.write(data)

    def directory(self, name):
        if not name or name in self.dirs:
            return
        self.directory(os.path.dirname(name))
        self.dirs.add(name)
        self.entry(name, stat.S_IFDIR | (0o1777 if name == "tmp" else 0o755))

    def file(self, name, path):
        self.directory(os.path.dirname(name))
        if os.path.islink(path):
            self.entry(name, stat.S_IFLNK | 0o777, os.readlink(path).encode())
            return
        with open(path, "rb") as f:
            data = f.read()
        runs = os.stat(path).st_mode & 0o111 or data[:4] == b"\x7fELF"
        self.entry(name, stat.S_IFREG | (0o755 if runs else 0o644), data)

    def tree(self, root, prefix=""):
        for name in sorted(os.listdir(root)):
            path, to = os.path.join(root, name), os.path.join(prefix, name)
            if os.path.isdir(path) and not os.path.islink(path):
                self.directory(to)
                self.tree(path, to)
            else:
                self.file(to, path)


def entries_of(path):
    """The bytes of a newc archive up to its trailer."""
    with open(path, "rb") as f:
        data = f.read()
    at = 0
    while data[at:at + 6] in (b"070701", b"070702"):
        size, namesize = int(data[at + 54:at + 62], 16), int(data[at + 94:at + 102], 16)
        if data[at + 110:at + 110 + namesize] == b"TRAILER!!!\0":
            return data[:at]
        at = (at + 110 + namesize + 3) // 4 * 4
        at = (at + size + 3) // 4 * 4
    sys.exit("mkinitramfs: not a complete newc archive: %s" % path)


def add_target(spec):
    """Split PATH[:NAME] into (path, name in the archive)."""
    path, name = spec, ""
    if not os.path.exists(path) and ":" in spec:
        path, name = spec.rsplit(":", 1)
    if not os.path.exists(path):
        sys.exit("mkinitramfs: no such file: %s" % path)
    name = name or os.path.basename(os.path.normpath(path))
    return path, name.lstrip("/") if "/" in name else "bin/" + name


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("-o", "--out", required=True)
    p.add_argument("--root", help="directory whose contents become the root")
    p.add_argument("--base", help="an archive whose entries come first")
    p.add_argument("--add", action="append", default=[], metavar="PATH[:NAME]")
    p.add_argument("programs", nargs="*")
    a = p.parse_args()
    tmp = a.out + ".new"
    with open(tmp, "wb") as out:
        c = Cpio(out)
        if a.base:
            c.write(entries_of(a.base))
        if a.root:
            for d in DIRS:
                c.directory(d)
            c.entry("dev/console", stat.S_IFCHR | 0o600, rdev=(5, 1))
            c.entry("dev/null", stat.S_IFCHR | 0o666, rdev=(1, 3))
            c.tree(a.root)
        for prog in sorted(a.programs):
            base = os.path.basename(prog)
            c.file("init" if base == "init" else "bin/" + base, prog)
        for spec in a.add:
            path, name = add_target(spec)
            if os.path.isdir(path):
                c.directory(name)
                c.tree(path, name)
            else:
                c.file(name, path)
        c.entry("TRAILER!!!", 0)
    os.replace(tmp, a.out)


if __name__ == "__main__":
    main()
