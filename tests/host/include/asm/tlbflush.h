/* SPDX-License-Identifier: MIT */
/*
 * asm/tlbflush.h of the fake machine: it has no TLB, and counts the flushes.
 */
#pragma once
#include "lib/types.h"

struct mm_struct;
extern unsigned long fake_tlb_flushes;

static inline void local_flush_tlb_all(void) { fake_tlb_flushes++; }
static inline void local_flush_tlb_page(unsigned long addr) { fake_tlb_flushes++; }
static inline void flush_tlb_mm(struct mm_struct *mm) { fake_tlb_flushes++; }
static inline void flush_tlb_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	fake_tlb_flushes++;
}
static inline void flush_tlb_page(struct mm_struct *mm, unsigned long addr) { fake_tlb_flushes++; }
static inline void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	fake_tlb_flushes++;
}
struct tlb_batch {
	unsigned long cpus;
	bool pending;
};
static inline void tlb_batch_add(struct tlb_batch *b, struct mm_struct *mm) { b->pending = true; }
static inline void tlb_batch_flush(struct tlb_batch *b)
{
	fake_tlb_flushes += b->pending;
	b->pending = false;
}
static inline void update_mmu_cache(unsigned long addr) { }
