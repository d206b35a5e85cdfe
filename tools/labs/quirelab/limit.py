# SPDX-License-Identifier: MIT
"""How many instructions a machine has executed, and an end to those that execute too many.

A plugin of QEMU counts (tools/labs/host/insn_limit.c). Where it cannot be made (no C compiler for
this machine, a QEMU without plugins) the guards of processor time and of wall-clock time remain.
"""
import contextlib
import functools
import os
import pathlib
import shutil
import struct
import subprocess

from . import children

STATUS = 121                    # QEMU's exit status over the limit
HARTS, SLOT = 64, 64            # as in insn_limit.c
VERSIONS = range(1, 10)         # of QEMU's plugin interface: the first that suits


def available(tree):
    """The plugin, made when it is first asked for; None if that cannot be done here."""
    made = _made(str(tree))
    if made and not os.path.exists(made):       # the tree was made anew (selfgrade, next lab)
        _made.cache_clear()
        made = _made(str(tree))
    return made


@functools.lru_cache(maxsize=None)
def _made(tree):
    names = [os.environ["HOSTCC"]] if "HOSTCC" in os.environ else ["cc", "gcc", "clang"]
    compiler = next(filter(None, map(shutil.which, names)), None)
    source = pathlib.Path(tree) / "tools/labs/host/insn_limit.c"
    if not compiler or not source.exists():
        return None
    folder = pathlib.Path(tree) / "build"
    folder.mkdir(exist_ok=True)
    with children.temporary("insn_limit.", folder) as temp:
        new = os.path.join(temp, "insn_limit.so")
        for version in VERSIONS:
            command = [compiler, "-O2", "-shared", "-fPIC", "-fvisibility=hidden",
                       "-Wl,-z,undefs", "-DPLUGIN_VERSION=%d" % version, "-o", new, str(source)]
            if _quietly(command):
                return None
            if not _quietly(_qemu(new, temp)):
                os.replace(new, folder / "insn_limit.so")
                return str(folder / "insn_limit.so")
    return None


def _quietly(command):
    """The exit status of a command; of what it says, nothing."""
    done = subprocess.run(command, input="quit\n", text=True, check=False, timeout=60,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode


def _qemu(plugin, folder):
    """A QEMU that loads the plugin and ends at once."""
    counts = os.path.join(folder, "counts")
    _zeroes(counts)
    return ["qemu-system-riscv64", "-machine", "none", "-display", "none", "-monitor", "stdio",
            "-plugin", "%s,counts=%s" % (plugin, counts)]


def _zeroes(path):
    with open(path, "wb") as f:
        f.truncate(HARTS * SLOT)


class Counter:
    """The counts of one machine."""

    def __init__(self, tree, folder):
        self.plugin = available(tree)
        self.path = os.path.join(folder, "counts")

    def words(self, limit):
        """What QEMU is told."""
        if not self.plugin:
            return []
        _zeroes(self.path)
        return ["-plugin", "%s,limit=%d,counts=%s" % (self.plugin, limit, self.path)]

    def executed(self):
        """Instructions of all harts so far; None if they are not counted."""
        with contextlib.suppress(OSError, struct.error):
            with open(self.path, "rb") as f:
                data = f.read()
            return sum(struct.unpack_from("<Q", data, i * SLOT)[0] for i in range(HARTS))
        return None
