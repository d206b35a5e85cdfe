#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The made-up functions of test_kallsyms.c: as nm lists them, or as C.

    kallsyms_list.py -n -S SEED      in the place of `nm -n -S KERNEL`
    kallsyms_list.py --c SEED        initialisers { offset, size, "name" } in the same order
"""
import random
import sys

BASE = 0xffffffff80000000
WORDS = ("folio page vma mm sys do try alloc free lru slab cache lookup get put lock unlock "
         "wait read write map unmap fault swap in out x 0 9 Z").split()


def functions(seed):
    rng, at, names = random.Random(seed), 0, set()
    for _ in range(1000):
        name = "_".join(rng.choice(WORDS) for _ in range(rng.randint(1, 9)))
        if name in names:
            continue
        names.add(name)
        size = 2 * rng.choice((1, 2, rng.randint(1, 300), rng.randint(1, 0xffff)))
        yield at, size, name
        at += size


def main():
    found = list(functions(int(sys.argv[-1])))
    if sys.argv[1] == "--c":
        for at, size, name in found:
            print('\t{ 0x%x, 0x%x, "%s" },' % (at, size, name))
        return
    print("%016x T _stext" % BASE)
    for at, size, name in found:
        print("%016x %016x t %s" % (BASE + at, size, name))


if __name__ == "__main__":
    main()
