#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Write the kernel's table of function names, which kernel/kallsyms.c reads.

The table is an assembler file for the section .kallsyms (read-only data):
    kallsyms_num      u32: the number of functions, n
    kallsyms_end      u32: the end of the last function, as an offset from _stext
    kallsyms_offsets  n u32: offsets of the functions from _stext, rising
    kallsyms_names    n u32: where each name begins in kallsyms_strings
    kallsyms_strings  the names, each ended by a zero byte
It holds functions only. Of several names of one address the global one is kept.

    kallsyms.py --empty -o OUT.S             an empty table for the first link
    kallsyms.py KERNEL.elf -o OUT.S          the table of this link
    kallsyms.py --verify A.elf B.elf         fail unless both have every function at one place
"""
import argparse
import re
import subprocess
import sys

LINE = re.compile(r"^([0-9a-f]+)(?: ([0-9a-f]+))? ([tTwW]) (\S+)$")


def functions(elf, nm):
    """Return ([(offset from _stext, size, name)], sorted), with one entry an address."""
    out = subprocess.run([nm, "-n", "-S", elf], check=True, stdout=subprocess.PIPE, text=True)
    found, base = {}, None
    for line in out.stdout.splitlines():
        if line.split()[-1] == "_stext":
            base = int(line.split()[0], 16)
        m = LINE.match(line)
        if not m or m[4].startswith((".L", "$", "__pfx_")) or not m[2] and m[3] == "t":
            continue
        addr, size = int(m[1], 16), int(m[2] or "0", 16)
        rank = (size > 0, m[3] in "TW", -len(m[4]))
        if addr not in found or found[addr][0] < rank:
            found[addr] = (rank, size, m[4])
    if base is None:
        sys.exit("kallsyms: no symbol _stext in %s (linker.ld defines it)" % elf)
    return [(a - base, found[a][1], found[a][2]) for a in sorted(found) if a >= base]


def emit(table, out):
    blob, places = [], []
    at = 0
    for _, _, name in table:
        places.append(at)
        blob.append(name)
        at += len(name) + 1
    end = table[-1][0] + max(table[-1][1], 4) if table else 0
    out.write('\t.section .kallsyms, "a", @progbits\n\t.balign 8\n')
    for label, numbers in (("num", [len(table)]), ("end", [end]),
                           ("offsets", [t[0] for t in table]), ("names", places)):
        out.write("\t.globl kallsyms_%s\nkallsyms_%s:\n" % (label, label))
        out.writelines("\t.word %d\n" % n for n in numbers)
    out.write("\t.globl kallsyms_strings\nkallsyms_strings:\n")
    out.writelines('\t.asciz "%s"\n' % name for name in blob)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("elf", nargs="*")
    p.add_argument("-o", "--out")
    p.add_argument("--nm", default="nm")
    p.add_argument("--empty", action="store_true")
    p.add_argument("--verify", action="store_true")
    a = p.parse_args()
    if a.verify:
        old, new = (functions(e, a.nm) for e in a.elf)
        if old != new:
            sys.exit("kallsyms: functions moved between the last two links; place .kallsyms in"
                     " linker.ld so that its size settles")
        return
    with open(a.out, "w") as out:
        emit([] if a.empty else functions(a.elf[0], a.nm), out)


if __name__ == "__main__":
    main()
