# SPDX-License-Identifier: MIT
"""What a check of a lab sees of a machine (tools/labs/quirelab): page tables, disks, a function
that is reached. Without a machine: these are the pieces.
"""
import pathlib
import re
import shutil
import socket
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from machine import TOP

sys.path.insert(0, str(TOP / "tools" / "labs"))
from quirelab import ext2, spec  # noqa: E402
from quirelab.gdbstub import Stub  # noqa: E402
from quirelab.machine import ram_folder  # noqa: E402
from quirelab.memory import PAGE_OFFSET, Layout, Memory, Pte  # noqa: E402


# ---- the walk of page tables ----

class FakeRam(Memory):
    """Three tables by hand; no machine."""

    def __init__(self, entries):  # pylint: disable=super-init-not-called
        self.entries = entries
        self.size, self.deadline = 1 << 20, float("inf")
        self.ram = bytes(self.size)

    def u64p(self, pa):
        return self.entries.get(pa, 0)


def test_sv39_walk():
    pointer = lambda pa: pa >> 12 << 10 | 1
    ram = FakeRam({0x1000 + 8: pointer(0x2000), 0x2000 + 16: pointer(0x3000),
                   0x3000 + 24: 0x77 << 10 | 0xd7, 0x1000 + 16: 0x40000 << 10 | 0xcf,
                   0x2000 + 32: 0x201 << 10 | 0xcf, 0x3000 + 32: pointer(0x4000)})
    va = 1 << 30 | 2 << 21 | 3 << 12
    pte = ram.walk(0x1000, va + 5)
    assert (pte.pfn, pte.pa, pte.size, pte.writable, pte.user) == (0x77, 0x77005, 4096, True, True)
    assert isinstance(pte, Pte) and ram.walk(0x1000, va + 4096 * 2) is None
    assert ram.walk(0x1000, (2 << 30) + 0x1234).pa == 0x40001234
    for bad in ((1 << 30) + (4 << 21), (1 << 30) + (2 << 21) + (4 << 12)):
        with pytest.raises(spec.Fail):
            ram.walk(0x1000, bad)


def test_a_table_that_leads_in_circles_ends(monkeypatch):
    monkeypatch.setattr("quirelab.memory.MAX_LEAVES", 5000)
    ram = FakeRam({})
    ram.ram = (0x80000000 >> 12 << 10 | 1).to_bytes(8, "little") * 512
    ram.size, ram.deadline = 4096, time.monotonic() + 0.2
    with pytest.raises(spec.Fail):
        ram.leaves(0x80000000, 0, 1 << 39)
    ram.ram = ((0x80000000 >> 12 << 10 | 1).to_bytes(8, "little") +
               (0x80000000 >> 12 << 10 | 0xdf).to_bytes(8, "little") * 511)
    with pytest.raises(spec.Fail):
        ram.leaves(0x80000000, 0, 1 << 39)
    entries = [0x80001000 >> 2 | 1, 0x80002000 >> 2 | 1, 0x80000000 >> 2 | 0xdf]
    pages = b"".join(e.to_bytes(8, "little") * 512 for e in entries)
    ram.ram, ram.size, ram.deadline = pages, len(pages), float("inf")
    with pytest.raises(spec.Fail, match="leaves"):
        ram.leaves(0x80000000, 0, 1 << 39)
    ram.deadline = 0
    with pytest.raises(spec.Fail):
        ram.read(0x80000000, 8)


@pytest.mark.parametrize("side", [0, 8], ids=["right", "left"])
def test_a_tree_that_leads_in_circles_ends(side):
    """Also to the left, where nothing has been found yet."""
    node = PAGE_OFFSET + 0x1000
    ram = FakeRam({})
    ram.mmu = True
    ram.layout = SimpleNamespace(offset={"struct x.node": 0, "struct rb_node.rb_right": 0,
                                         "struct rb_node.rb_left": 8}.get)
    ram.ram = bytearray(ram.size)
    for at in (0, 0x1000 + side):
        ram.ram[at:at + 8] = node.to_bytes(8, "little")
    ram.deadline = time.monotonic() + 60
    with pytest.raises(spec.Fail, match="a tree that ends"):
        ram.tree(PAGE_OFFSET, "struct x.node")


def test_a_layout_that_is_being_written_is_not_read(tmp_path, monkeypatch):
    """The machines of several threads keep it in one file."""
    write, read = pathlib.Path.write_text, []
    monkeypatch.setattr(Layout, "_ask", lambda self, *_: self.known.update(x=(1, 2)))

    def write_in_two(path, text):
        write(path, text[:3])
        if not read:
            read.append(None)
            read.append(Layout(tmp_path).load().known)
        write(path, text)
    monkeypatch.setattr(pathlib.Path, "write_text", write_in_two)
    assert Layout(tmp_path).load().known == read[1] == {"x": (1, 2)}
    assert Layout(tmp_path).load().known == {"x": (1, 2)}
    assert len(list((tmp_path / "build/labs").iterdir())) == 1


# ---- disks ----

def test_a_disk_is_read_and_judged_from_outside(tmp_path):
    data = bytes(range(256)) * 64
    image = ext2.make(tmp_path / "d.img", 2 << 20, {"f": data})
    assert ext2.read(image, "f") == data
    ext2.check(image)
    raw, blocks = image.read_bytes(), ext2.blocks(image, "f")
    assert b"".join(raw[b * 4096:(b + 1) * 4096] for b in blocks) == data
    assert ext2.failing(image, "read", blocks[1]).endswith(":%s" % image)
    assert (tmp_path / "d.img.conf").read_text().count("read_aio") == 8
    image.write_bytes(raw[:4096] + bytes(4096) + raw[8192:])
    with pytest.raises(spec.Fail, match="e2fsck"):
        ext2.check(image)


# ---- a machine that is run to a function ----

def test_ram_is_where_there_is_room_for_it(monkeypatch):
    """A container's /dev/shm is small."""
    usage = type(shutil.disk_usage("/"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1 << 34, 0, 1 << 34))
    assert ram_folder(128 << 20) == "/dev/shm"
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(64 << 20, 0, 64 << 20))
    assert ram_folder(128 << 20) is None

    def missing(path):
        raise FileNotFoundError(path)
    monkeypatch.setattr(shutil, "disk_usage", missing)
    assert ram_folder(128 << 20) is None


def test_a_machine_that_ends_at_the_detach_is_no_error(tmp_path):
    """QEMU answers, the program comes to its end, and nobody takes our acknowledgement."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "gdb"))
    server.listen()
    stub = Stub(str(tmp_path / "gdb"))
    qemu, _ = server.accept()
    qemu.sendall(b"+$OK#9a")
    qemu.close()
    stub.detach()
    with pytest.raises(OSError):
        stub.ask("?")
    server.close()


def test_the_gdb_stub_is_asked_to_run_to_an_address(tmp_path):
    asked = []

    def play(server):
        peer, data = server.accept()[0], b""
        for answer in (b"+$OK#9a", b"+$T05thread:p01.02;#00", b"+$OK#9a", b"+$OK#9a"):
            while not (packet := re.search(rb"\$([^#]*)#..", data)):
                data += peer.recv(100)
            asked.append(packet[1].decode())
            data = data[packet.end():]
            for byte in answer:                 # in pieces, as a socket may
                peer.sendall(bytes([byte]))
        peer.recv(100)
        peer.close()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "gdb"))
        server.listen()
        thread = threading.Thread(target=play, args=(server,), daemon=True)
        thread.start()
        stub = Stub(str(tmp_path / "gdb"))
        assert stub.run_to(0xffffffff80001234, lambda: None) == 1
        stub.detach()
        thread.join()
    assert asked == ["Z0,ffffffff80001234,4", "c", "z0,ffffffff80001234,4", "D"]
