# SPDX-License-Identifier: MIT
# The in-kernel selftests; a suite that is not listed here is not run (selftest.c).
selftest-y := selftest.o test_buddy.o test_slab.o
selftest-mmu-y := test_vmalloc.o
selftest-mmu-y += user_mm.o test_vma.o test_pgtable.o test_rmap.o
selftest-y += test_vfs.o test_filemap.o test_tty.o
selftest-y += test_lru.o
selftest-mmu-y += test_swap.o
selftest-mmu-y += test_protect.o
selftest-y += test_lock.o test_sched.o test_hrtimer.o test_exec.o
