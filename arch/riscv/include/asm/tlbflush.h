/* SPDX-License-Identifier: MIT */
/*
 * TLB maintenance. A flush reaches exactly the harts in mm's cpumask (those
 * that run it, or ran it and may hold its ASID), by an SBI ranged remote fence.
 * All return only when every such hart has flushed. Never sleep; may be called
 * with spinlocks held.
 * Source: RISC-V Priv. 4.2.1 (sfence.vma); SBI 1.0 chapter 8 (RFENCE).
 *
 * Linux: arch/riscv/mm/tlbflush.c.
 */
#pragma once
#include "lib/types.h"

struct vm_area_struct;
struct mm_struct;

static inline void local_flush_tlb_all(void)
{
	asm volatile("sfence.vma" : : : "memory");
}
static inline void local_flush_tlb_page(unsigned long addr)
{
	asm volatile("sfence.vma %0" : : "r"(addr) : "memory");
}

/* flush_tlb_*() - all of mm, [start, end), one page; kernel_range: on every hart. */
void flush_tlb_mm(struct mm_struct *mm);
void flush_tlb_range(struct mm_struct *mm, unsigned long start, unsigned long end);
void flush_tlb_page(struct mm_struct *mm, unsigned long addr);
void flush_tlb_kernel_range(unsigned long start, unsigned long end);

/*
 * After a PTE went from invalid to valid, or gained permission, a stale
 * "invalid" may still be cached by implementations: one local fence.
 */
static inline void update_mmu_cache(unsigned long addr)
{
	local_flush_tlb_page(addr);
}
