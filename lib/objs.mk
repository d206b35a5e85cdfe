# SPDX-License-Identifier: MIT
# The library: no kernel state, compiled for the host by tests/host as well.
lib-y := bitops.o bitmap.o string.o kstrtox.o vsprintf.o sort.o hash.o random.o
lib-y += rbtree.o xarray.o errseq.o fdt.o cpio.o elf.o libgcc.o
