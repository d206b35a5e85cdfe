# SPDX-License-Identifier: MIT
"""ELF files of 64 bits, as the kernel loads them: segments, their bytes, relocations."""
import struct

from .spec import Fail

PT_LOAD, PT_DYNAMIC = 1, 2
DT_RELA, DT_RELASZ = 7, 8
R_RISCV_RELATIVE = 3


def segments(data):
    """(type, flags, offset, vaddr, filesz, memsz, align) of each program header."""
    at, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for i in range(count):
        kind, flags, offset, vaddr, _, filesz, memsz, align = \
            struct.unpack_from("<IIQQQQQQ", data, at + i * size)
        yield kind, flags, offset, vaddr, filesz, memsz, align


def bytes_at(path, va, n):
    """n bytes of a file as they are in memory at va."""
    data = path.read_bytes()
    for kind, _, offset, vaddr, filesz, _, _ in segments(data):
        if kind == PT_LOAD and vaddr <= va and va + n <= vaddr + filesz:
            return data[offset + va - vaddr:][:n]
    raise Fail("%#x in %s" % (va, path.name), "not there")


def relocations(data):
    """{address: what stands there if it is loaded at 0}; the first segment has offset 0."""
    dynamic = next(s for s in segments(data) if s[0] == PT_DYNAMIC)
    tags = dict(struct.iter_unpack("<QQ", data[dynamic[2]:dynamic[2] + dynamic[4]]))
    rela = data[tags[DT_RELA]:tags[DT_RELA] + tags[DT_RELASZ]]
    return {where: addend for where, info, addend in struct.iter_unpack("<QQq", rela)
            if info == R_RISCV_RELATIVE}
