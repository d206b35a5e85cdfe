# SPDX-License-Identifier: MIT
"""docs/tour-gdb.md is run as it stands, and so is what README.md shows of gdb: each command of
their blocks, in order.

A `sh` block that begins with ./run-qemu.sh --gdb starts a machine; a `gdb` block is what one
types and sees. Numbers and addresses may differ, and a line "..." stands for any lines. With
QUIRE_TOUR=write the blocks are filled with what is seen today.
"""
import os
import re
import shlex

import pytest

from machine import TOP
from session import Gdb, kernel_file

BLOCK = re.compile(r"^```(sh|gdb)\n(.*?)^```\n", re.M | re.S)
WIDTH = 96
SLOW = 400          # seconds a stop may take on a busy machine
NOISE = re.compile(r"^(warning: .*|\[(Switching|user symbols|the MMU).*|\s*)$"
                   r"|Terminated via GDBstub")


def start_machine(line):
    """The debugger that the line would start; its machine comes over a pipe."""
    words = shlex.split(line)
    flavour = "nommu" if "--nommu" in words else "debug"
    gdb = Gdb(kernel=False, extra=["-ex", "q-symbols %s" % kernel_file(flavour).relative_to(TOP)])
    words[words.index("--gdb")] = "--gdb-pipe"
    gdb("target remote | exec %s --no-build" % shlex.join(words))
    return gdb


def mask(text):
    """A line without what may differ from run to run."""
    text = re.sub(r"0x[0-9a-f]+|\b[0-9a-f]{8,16}\b|\b\d+(\.\d)?\b|-(?= )", "N", text)
    text = re.sub(r"\$N = ", "", text)
    text = re.sub(r"[VRWXUGADS-]{9}", "BITS", text)
    return " ".join(text.split())


def seen(gdb, command):
    """The lines that a command gives, without noise."""
    return [line.rstrip() for line in gdb(command, timeout=SLOW).splitlines()
            if not NOISE.search(line)]


def commands(block):
    """[(command, [lines below it])] of a gdb block."""
    found = []
    for line in block.splitlines():
        if line.startswith("(gdb) "):
            found.append((line[6:], []))
        else:
            found[-1][1].append(line)
    return found


def compare(command, want, got):
    """Every line of the document must be seen, in its order; all of them, unless "..." stands."""
    rest = [mask(line) for line in got]
    open_end = False
    for line in want:
        if line.strip() == "...":
            open_end = True
            continue
        assert rest, "%s: the tour shows %r, and nothing more came of %s" % (command, line, got)
        while open_end and rest and not matches(mask(line), rest[0]):
            rest.pop(0)
        assert rest and matches(mask(line), rest[0]), \
            "%s: the tour shows\n  %s\nbut it is\n  %s" % (command, line, "\n  ".join(got))
        rest.pop(0)
        open_end = False
    assert open_end or not rest, "%s: not in the tour: %s" % (command, got)


def matches(want, got):
    """A line that the document cuts off with "..." matches what begins alike."""
    if want.endswith("..."):
        return got.startswith(want[:-3].rstrip())
    return want == got


def shorten(lines):
    """What the document shows: long lines and long outputs cut."""
    lines = [line if len(line) <= WIDTH else line[:WIDTH - 3] + "..." for line in lines]
    return lines[:9] + ["..."] if len(lines) > 12 else lines


def run_block(gdb, block, write):
    text = ""
    for command, want in commands(block):
        got = seen(gdb, command)
        assert not any("Python Exception" in line for line in got), got
        if not write:
            compare(command, want, got)
        text += "(gdb) %s\n" % command + "".join(line + "\n" for line in shorten(got))
    return text


def run_page(page):
    """All blocks of a page, on the machines that it starts. => its text."""
    write, gdb, parts, at = os.environ.get("QUIRE_TOUR") == "write", None, [], 0
    text = page.read_text(encoding="utf-8")
    try:
        for found in BLOCK.finditer(text):
            kind, block = found.groups()
            parts.append(text[at:found.start(2)])
            at = found.start(2)
            if kind == "sh" and "--gdb" in block:
                if gdb:
                    gdb("kill")
                    gdb.end()
                gdb = start_machine(block.strip())
            elif kind == "gdb":
                parts.append(run_block(gdb, block, write))
                at = found.end(2)
        parts.append(text[at:])
    finally:
        if gdb:
            gdb("kill")
            gdb.end()
    if write:
        page.write_text("".join(parts), encoding="utf-8")
    return text


@pytest.mark.xdist_group("gdb-tour")
def test_tour(start):
    """All eight stops."""
    from conftest import build
    build("debug")
    build("nommu")
    text = run_page(TOP / "docs/tour-gdb.md")
    assert len(re.findall(r"^## \d\. ", text, re.M)) == 8


@pytest.mark.xdist_group("gdb-readme")
def test_readme(start):
    """The first thing that anyone sees of it."""
    from conftest import build
    build("debug")
    assert len(re.findall(r"^\(gdb\) ", run_page(TOP / "README.md"), re.M)) == 7
