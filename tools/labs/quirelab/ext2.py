# SPDX-License-Identifier: MIT
"""Disk images with ext2, for labs whose tests look at the disk: made by mke2fs, checked by e2fsck,
read by debugfs. So what the kernel has written is judged by programs that know nothing of it."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from .spec import Fail

ENV = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin", LC_ALL="C")


def call(*args, ok=(0,)):
    """Run a tool of e2fsprogs; what it prints. Bytes that are no text do no harm."""
    try:
        done = subprocess.run([str(a) for a in args], env=ENV, check=False, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, errors="replace")
    except FileNotFoundError:
        raise Fail("the tool %s" % args[0], "none: install the package e2fsprogs") from None
    if done.returncode not in ok:
        raise Fail("%s to end well" % args[0], done.stdout.strip()[-300:])
    return done.stdout


def make(path, size, files, block=4096, options=()):
    """An image of `size` bytes with these files: {name: bytes}."""
    folder = tempfile.mkdtemp(prefix="quirelab.")
    try:
        for name, data in files.items():
            (pathlib.Path(folder) / name).write_bytes(data)
        with open(path, "wb") as f:
            f.truncate(size)
        call("mke2fs", "-q", "-F", "-t", "ext2", "-b", block, *options, "-d", folder, path)
    finally:
        shutil.rmtree(folder)
    return path


def check(path):
    """A Fail unless e2fsck finds nothing to mend."""
    done = subprocess.run(["e2fsck", "-fn", str(path)], env=ENV, check=False, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, errors="replace")
    if done.returncode:
        told = [line for line in done.stdout.splitlines() if line and line[:4] != "Pass"]
        raise Fail("a file system in which e2fsck finds nothing to mend", "; ".join(told[1:4]))


def read(path, name):
    """The content of a file in the image."""
    with tempfile.NamedTemporaryFile(prefix="quirelab.") as out:
        call("debugfs", "-R", "dump \"%s\" %s" % (name, out.name), path)
        return pathlib.Path(out.name).read_bytes()


def blocks(path, name):
    """Numbers of the blocks of a file: its data in order, without those that only lead there."""
    text = call("debugfs", "-R", "stat \"%s\"" % name, path).partition("BLOCKS:")[2]
    found = []
    for words in re.findall(r"\((\d[\d-]*)\):(\d[\d-]*)", text):
        first, _, last = words[1].partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def failing(path, event, block, size=4096):
    """The name by which QEMU opens the image so that each "read" or "write" of a block fails."""
    config = pathlib.Path(str(path) + ".conf")
    rule = '[inject-error]\nevent = "%s_aio"\niotype = "%s"\nerrno = "5"\nsector = "%d"\n' \
        'once = "off"\n'
    sectors = range(block * size // 512, (block + 1) * size // 512)
    config.write_text("".join(rule % (event, event, s) for s in sectors), encoding="ascii")
    return "blkdebug:%s:%s" % (config, path)
