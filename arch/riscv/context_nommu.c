/* SPDX-License-Identifier: MIT */
/*
 * Without an MMU there is one address space and no TLB.
 *
 * Linux: arch/riscv/mm/context.c, without CONFIG_MMU.
 */
#include <asm/mmu_context.h>
#include <asm/tlbflush.h>
#include "mm/mm_types.h"

void asids_init(void)
{
}

void switch_mm(struct mm_struct *prev, struct mm_struct *next)
{
}

void init_new_context(struct mm_struct *mm)
{
	mm->context = (mm_context_t){ 0 };
}

void destroy_context(struct mm_struct *mm)
{
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
}
