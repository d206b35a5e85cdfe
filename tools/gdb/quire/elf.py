# SPDX-License-Identifier: MIT
"""What is needed of ELF files on the host: segments, entry, symbols by name."""
import functools
import os
import struct

import gdb

PT_LOAD, SHT_SYMTAB, SHF_ALLOC = 1, 2, 2
STT_FUNC, STT_FILE, ET_DYN = 2, 4, 3


def loads(data):
    """[(offset, vaddr, memsz, flags)] of the segments that are loaded, from a file's beginning."""
    if data[:6] != b"\x7fELF\x02\x01":
        raise ValueError("not a 64-bit little-endian ELF file")
    phoff = struct.unpack_from("<Q", data, 32)[0]
    phentsize, phnum = struct.unpack_from("<2H", data, 54)
    found = []
    for i in range(phnum):
        kind, flags, offset, vaddr, _paddr, _filesz, memsz = struct.unpack_from(
            "<2I5Q", data, phoff + i * phentsize)
        if kind == PT_LOAD:
            found.append((offset, vaddr, memsz, flags))
    return found


def shape(data):
    """Entry and segments: what stripping keeps, and what two programs hardly ever share."""
    return struct.unpack_from("<Q", data, 24)[0], [load[1:] for load in loads(data)]


class Elf:
    """A 64-bit little-endian ELF file: .entry, .movable, .loads [(offset, vaddr, memsz, flags)]."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as f:
            self.data = f.read()
        try:
            self.loads = loads(self.data)
        except ValueError as error:
            raise ValueError("%s is %s" % (path, error)) from None
        self.entry, _phoff, self.shoff = struct.unpack_from("<3Q", self.data, 24)
        self.movable = struct.unpack_from("<H", self.data, 16)[0] == ET_DYN
        self.shentsize, self.shnum = struct.unpack_from("<2H", self.data, 58)

    def with_section_unallocated(self, wanted):
        """The file's bytes, one section of it marked as taking no memory."""
        data = bytearray(self.data)
        names_at = self.shoff + struct.unpack_from("<H", data, 62)[0] * self.shentsize
        names = struct.unpack_from("<Q", data, names_at + 24)[0]
        for i in range(self.shnum):
            at = self.shoff + i * self.shentsize
            name, _kind, flags = struct.unpack_from("<2IQ", data, at)
            start = names + name
            if data[start:data.index(0, start)].decode() == wanted:
                struct.pack_into("<Q", data, at + 8, flags & ~SHF_ALLOC)
        return bytes(data)

    def lowest(self):
        """The lowest address it is linked at, in whole pages."""
        return min(vaddr for _o, vaddr, _s, _f in self.loads) & ~0xfff

    def bias_for(self, start, offset):
        """What to add to linked addresses if `offset` of the file is mapped at `start`."""
        for at, vaddr, size, _flags in self.loads:
            if at & ~0xfff <= offset < at + size:
                return start - ((vaddr & ~0xfff) + offset - (at & ~0xfff))
        return start - self.lowest()

    def text_start(self):
        """The lowest executable segment, which the kernel notes as start_code."""
        return min(vaddr for _o, vaddr, _s, flags in self.loads if flags & 1)

    def function(self, name):
        """The linked address of a function, or None."""
        return self.functions().get(name)

    @functools.lru_cache(maxsize=None)
    def functions(self):
        """{name: linked address}, and for static functions {file.c:name: address} too."""
        found, file = {}, ""
        for i in range(self.shnum):
            at = self.shoff + i * self.shentsize
            kind = struct.unpack_from("<I", self.data, at + 4)[0]
            if kind != SHT_SYMTAB:
                continue
            offset, size, link = struct.unpack_from("<2QI", self.data, at + 24)
            linked = self.shoff + link * self.shentsize
            strings = struct.unpack_from("<Q", self.data, linked + 24)[0]
            for symbol in range(offset, offset + size, 24):
                name, info, _other, section, value = struct.unpack_from("<IBBHQ", self.data, symbol)
                if info & 15 not in (STT_FUNC, STT_FILE) or not section:
                    continue
                end = self.data.index(b"\0", strings + name)
                text = self.data[strings + name:end].decode()
                if info & 15 == STT_FILE:
                    file = text
                else:
                    found[text] = found["%s:%s" % (file, text)] = value
        return found


@functools.lru_cache(maxsize=32)
def _load(path, _mtime):
    return Elf(path)


def load(path):
    """The file, read anew when it has changed."""
    return _load(path, os.stat(path).st_mtime)


def is_elf(path):
    try:
        with open(path, "rb") as f:
            return f.read(4) == b"\x7fELF"
    except OSError:
        return False


def add_symbols(path, bias):
    """Tell gdb about a file that lies `bias` above its linked addresses."""
    gdb.execute("add-symbol-file \"%s\" -o %#x" % (path, bias & (1 << 64) - 1), to_string=True)


def remove_symbols(path):
    """Forget all copies of a file."""
    for _ in range(4):
        if not any(o.filename and os.path.realpath(o.filename) == path for o in gdb.objfiles()):
            return
        gdb.execute("remove-symbol-file \"%s\"" % path, to_string=True)
