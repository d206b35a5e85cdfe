/* SPDX-License-Identifier: MIT */
/*
 * TLB maintenance. A flush interrupts exactly the harts that run the mm now;
 * those that ran it and may hold entries of its ASID flush before they run it
 * again (tlb.c). All return only when every hart that runs it has flushed.
 * => never sleep; spinlocks may be held, but none that is irq-safe, because a
 *    hart that spins for one with interrupts off could not answer.
 * Source: RISC-V Priv. 4.2.1 (sfence.vma).
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
 * Many PTEs of many mms, one flush (reclaim). tlb_batch_add(): one PTE of mm has lost something;
 * => page_table_lock held. Harts may use it until tlb_batch_flush(). Start with { 0 }.
 */
struct tlb_batch {
	unsigned long cpus;	/* harts that ran one of the mms */
	bool pending;
};
void tlb_batch_add(struct tlb_batch *b, struct mm_struct *mm);
void tlb_batch_flush(struct tlb_batch *b);

/*
 * After a PTE went from invalid to valid, or gained permission, a stale
 * "invalid" may still be cached by implementations: one local fence.
 */
static inline void update_mmu_cache(unsigned long addr)
{
	local_flush_tlb_page(addr);
}
