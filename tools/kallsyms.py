#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Write the kernel's table of function names, which kernel/kallsyms.c reads.

The table is an assembler file for the section .kallsyms (read-only data):
    kallsyms_num      u32: the number of functions, n
    kallsyms_end      u32: the end of the last function, as an offset from _stext
    kallsyms_blocks   for each 64 functions two u32: the first one's offset from _stext, and
                      where its name begins in kallsyms_names
    kallsyms_sizes    n u16: distance to the next function, in units of 2 bytes
    kallsyms_names    the names, each ended by a zero byte; bytes from 128 on are tokens
    kallsyms_tokens   what the tokens 128, 129 ... stand for, each ended by a zero byte
It holds functions only. Of several names of one address the global one is kept.

    kallsyms.py --empty -o OUT.S             an empty table for the first link
    kallsyms.py KERNEL.elf -o OUT.S          the table of this link; --compress uses tokens
    kallsyms.py --verify A.elf B.elf         fail unless both have every function at one place
"""
import argparse
import collections
import re
import subprocess
import sys

BLOCK = 64          # functions; kernel/kallsyms.c has the same number
TOKENS = 128        # as many as there are bytes that are not ASCII
KSYM_NAME_LEN = 64  # kernel/printk.h

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


def join(pieces, pair):
    """`pieces` with each occurrence of `pair` made one piece."""
    out = []
    for piece in pieces:
        if out and (out[-1], piece) == pair:
            out[-1] += piece
        else:
            out.append(piece)
    return tuple(out)


def compress(names):
    """Return ([each name as bytes], [tokens]): byte pair encoding, the commonest pair first."""
    spelt, tokens = [tuple(n) for n in names], []
    while len(tokens) < TOKENS:
        pairs = collections.Counter(pair for s in spelt for pair in zip(s, s[1:]))
        if not pairs:
            break
        best = max(pairs, key=lambda p: (pairs[p], p))
        tokens.append("".join(best))
        spelt = [join(s, best) for s in spelt]
    code = {t: 128 + i for i, t in enumerate(tokens)}
    return [bytes(code.get(p) or ord(p) for p in s) for s in spelt], tokens


def check(sizes, names):
    """Refuse what kernel/kallsyms.c cannot hold."""
    for size, name in zip(sizes, names):
        if len(name) >= KSYM_NAME_LEN:
            sys.exit("kallsyms: %s is longer than %d characters" % (name, KSYM_NAME_LEN - 1))
        if size % 2 or size // 2 > 0xffff:
            sys.exit("kallsyms: %s: %d bytes to the next function; at most 131070, and even"
                     % (name, size))


def emit(table, tokenise, out):
    names = [name for _, _, name in table]
    end = table[-1][0] + (table[-1][1] or 4) if table else 0
    offsets = [t[0] for t in table] + [end]
    sizes = [b - a for a, b in zip(offsets, offsets[1:])]
    check(sizes, names)
    packed, tokens = compress(names) if tokenise else ([n.encode() for n in names], [])
    blocks, at = [], 0
    for i, name in enumerate(packed):
        if i % BLOCK == 0:
            blocks += [offsets[i], at]
        at += len(name) + 1
    out.write('\t.section .kallsyms, "a", @progbits\n\t.balign 8\n')
    for label, unit, numbers in (("num", "4byte", [len(table)]), ("end", "4byte", [end]),
                                 ("blocks", "4byte", blocks),
                                 ("sizes", "2byte", [s // 2 for s in sizes]),
                                 ("names", "byte", [c for n in packed for c in n + b"\0"]),
                                 ("tokens", "byte", "\0".join(tokens + [""]).encode())):
        out.write("\t.globl kallsyms_%s\nkallsyms_%s:\n" % (label, label))
        out.writelines("\t.%s %d\n" % (unit, n) for n in numbers)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("elf", nargs="*")
    p.add_argument("-o", "--out")
    p.add_argument("--nm", default="nm")
    p.add_argument("--empty", action="store_true")
    p.add_argument("--compress", action="store_true")
    p.add_argument("--verify", action="store_true")
    a = p.parse_args()
    if a.verify:
        old, new = (functions(e, a.nm) for e in a.elf)
        if old != new:
            sys.exit("kallsyms: functions moved between the last two links; place .kallsyms in"
                     " linker.ld so that its size settles")
        return
    with open(a.out, "w") as out:
        emit([] if a.empty else functions(a.elf[0], a.nm), a.compress, out)


if __name__ == "__main__":
    main()
