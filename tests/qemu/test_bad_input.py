# SPDX-License-Identifier: MIT
"""What comes from outside may be broken: a device tree, a command line. One line says so.

(Archives: test_boot.py; disks: test_swap.py; arguments of system calls: usertests badargs;
ELF files: usertests.)
"""
import re
import struct
import subprocess

import pytest


def dump_tree(folder):
    """The device tree QEMU makes for one hart and 128 MiB."""
    path = folder / "virt.dtb"
    subprocess.run(["qemu-system-riscv64", "-machine", "virt,dumpdtb=%s" % path, "-smp", "1",
                    "-m", "128M", "-display", "none", "-nic", "none", "-bios", "none"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    return bytearray(path.read_bytes())


def properties(tree):
    """(node, property, offset of the value, length) of every property, in order."""
    at, strings = (struct.unpack(">I", tree[o:o + 4])[0] for o in (8, 12))
    path = []
    while True:
        token = struct.unpack(">I", tree[at:at + 4])[0]
        at += 4
        if token == 1:
            end = tree.index(0, at)
            path.append(tree[at:end].decode())
            at = (end + 4) & ~3
        elif token == 2:
            path.pop()
        elif token == 3:
            length, name = struct.unpack(">II", tree[at:at + 8])
            end = tree.index(0, strings + name)
            yield "/".join(path), tree[strings + name:end].decode(), at + 8, length
            at = (at + 8 + length + 3) & ~3
        elif token == 9:
            return


def change(tree, node, prop, data):
    """Overwrite the value of a property with data, from its start; the length stays."""
    hits = [(at, n) for where, name, at, n in properties(tree) if node in where and name == prop]
    assert hits, (node, prop)
    for at, length in hits:
        data_here = data[:length]
        tree[at:at + len(data_here)] = data_here


BROKEN = {
    "no uart": ("serial", "compatible", b"nobody,knows"),
    "uart elsewhere": ("serial", "reg", b"\xff" * 8),
    "no interrupt controller": ("plic", "compatible", b"nobody,plic"),
    "interrupt numbers": ("virtio", "interrupts", b"\xff\xff\xff\xff"),
    "disks at odd places": ("virtio", "reg", b"\xff" * 4),
    "hart number": ("cpu@0", "device_type", b"gpu"),
    "isa": ("cpu@0", "riscv,isa", b"@@@@@@@@@@"),
    "clock": ("cpus", "timebase-frequency", b"\0\0\0\0"),
    "cells": ("soc", "#address-cells", b"\0\0\0\x7f"),
    "memory from nowhere": ("memory", "reg", b"\xff" * 16),
    "no memory": ("memory", "reg", b"\0" * 16),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_device_tree(boot, tmp_path, what):
    """It boots without the broken thing, or refuses in a line and ends. No hang, no wild fault.

    A tree that OpenSBI itself does not accept never reaches the kernel: that is no verdict.
    """
    tree = dump_tree(tmp_path)
    change(tree, *BROKEN[what])
    (tmp_path / "broken.dtb").write_bytes(tree)
    m = boot(wait=False, smp=1, swap="0", dtb=tmp_path / "broken.dtb", boot_seconds=8,
             append="panic=-1 QUIRE_RUN=%s" % b"echo it lives".hex())
    m.wait_exit()
    text = m.console()
    if "Quire" not in text:
        pytest.skip("OpenSBI did not start the kernel with this tree")
    lives = re.search(r"^it lives", text, re.M)
    refused = re.search(r"Kernel panic - not syncing: .*(device tree|memory|clock|timebase|hart)",
                        text)
    assert lives or refused, text[-3000:]
    assert not re.search(r"Oops|Unable to handle|BUG", text), text[-3000:]


LINES = [
    "mem=garbage maxcpus=-1 panic=x loglevel=99 = foo= =bar nonsense " + "x" * 500,
    "mem=0", "mem=1", "mem=99999999999999999999G", "maxcpus=0", "maxcpus=4294967297",
    "slab_allocator=none", "slub_debug=!?", "loglevel=-5 quiet=no", "rdinit=",
    "QUIRE_SWAP=/no/such", '"quote', "-- --- a=b=c==",
    " ".join("v%d=%s" % (i, "y" * 20) for i in range(60)), "\x01\x7f \xfe%s%n%d",
]


@pytest.mark.parametrize("line", LINES, ids=lambda s: s[:18])
def test_hostile_command_lines(boot, line):
    """A word that makes no sense is ignored, or refused in a line of its own."""
    m = boot(wait=False, smp=1, mem="64M", append=line)
    m.wait_prompt()
    assert m.ok("echo fine") == "fine\n"
    assert "panic -" not in m.console()
