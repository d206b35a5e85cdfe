/* SPDX-License-Identifier: MIT */
/*
 * Without an MMU every program reaches the vDSO where it is.
 *
 * Linux: arch/riscv/kernel/vdso.c is not built without CONFIG_MMU; there the
 * signal trampoline lies on the stack.
 */
#include <asm/vdso.h>

int vdso_map(struct mm_struct *mm, char *pages, unsigned long *addr)
{
	*addr = (unsigned long)pages;
	return 0;
}
