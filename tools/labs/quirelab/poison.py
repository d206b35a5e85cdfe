# SPDX-License-Identifier: MIT
"""RAM that was in use before: for tests of what must be zero, or set, whatever was there."""
import re

PAGE, RAM, POISON = 4096, 0x80000000, b"\xa5"


def poison(m):
    """All RAM outside of what QEMU has loaded, and .bss, which its loader has cleared."""
    roms = m.monitor("info roms")           # once that is answered, RAM is loaded
    loaded = re.findall(r"addr=([0-9a-f]+) size=0x([0-9a-f]+) mem=ram", roms)
    mem = m.memory()
    bss = mem.symbol("_sbss"), mem.symbol("_ebss")
    mem.ram[bss[0] - RAM:bss[1] - RAM] = POISON * (bss[1] - bss[0])
    at = bss[1]
    for start, size in sorted((int(a, 16), int(s, 16)) for a, s in loaded):
        if start > at:
            mem.ram[at - RAM:start - RAM] = POISON * (start - at)
        if start + size > at:
            at = start + size + -size % PAGE
    mem.ram[at - RAM:] = POISON * (mem.size - (at - RAM))
