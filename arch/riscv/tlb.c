/* SPDX-License-Identifier: MIT */
/*
 * TLB flushes, here and on other harts.
 *
 * A hart may hold entries of an mm that it does not run now: they carry the
 * mm's ASID and stay. Two sets keep that cheap and right:
 *
 *   mm->cpu_mask        harts whose satp holds this mm's tables now
 *   mm->context.stale   harts that must flush the ASID before they run it again
 *
 * A flush changes the PTEs (caller), marks every other hart stale, and then
 * sends a remote fence to those in cpu_mask. switch_mm() on another hart first
 * enters cpu_mask and then looks at stale. Each side writes, fences, reads: so
 * either the flusher sees the hart in cpu_mask, or the hart sees that it is
 * stale. A hart that left is never disturbed.
 *
 * Locks: none. Never sleeps, may be called under spinlocks. The page-table lock
 * makes the PTE change visible before.
 *
 * Source: RISC-V Privileged 4.2.1; SBI 1.0 chapter 8.
 * Linux: arch/riscv/mm/tlbflush.c. Differs: lazy for harts that left the mm.
 */
#include <asm/barrier.h>
#include <asm/csr.h>
#include <asm/mmu_context.h>
#include <asm/processor.h>
#include <asm/sbi.h>
#include <asm/tlbflush.h>
#include "kernel/sched.h"
#include "mm/mm_types.h"
#include "mm/vmstat.h"

#define FLUSH_ALL_PAGES	64	/* from so many pages on, one flush of everything is cheaper */

static void local_flush_asid(unsigned long asid)
{
	asm volatile("sfence.vma zero, %0" : : "r"(asid) : "memory");
}

static void local_flush_range_asid(unsigned long start, unsigned long size, unsigned long asid)
{
	unsigned long addr;

	if (size > FLUSH_ALL_PAGES * PAGE_SIZE) {
		local_flush_asid(asid);
		return;
	}
	for (addr = start; addr < start + size; addr += PAGE_SIZE)
		asm volatile("sfence.vma %0, %1" : : "r"(addr), "r"(asid) : "memory");
}

/* The other harts' part of a flush. => this hart's is done or about to be, by the caller. */
static void flush_others(struct mm_struct *mm, unsigned long start, unsigned long size)
{
	unsigned long self = 1UL << smp_processor_id(), base, mask;
	cpumask_t others;

	/*
	 * Our own bit is cleared only if we run mm, for then our TLB is flushed
	 * right here; a bit set in between by nobody else can be lost.
	 */
	WRITE_ONCE(mm->context.stale, READ_ONCE(mm->cpu_mask) & self ? ~self : ~0UL);
	smp_mb();			/* pairs with switch_mm(): stale before cpu_mask */
	others = READ_ONCE(mm->cpu_mask) & cpu_online_mask & ~self;
	if (!others)
		return;
	count_vm_event(TLB_REMOTE_FLUSH);
	while (others) {
		mask = hartid_mask(&others, &base);
		sbi_remote_sfence_vma_asid(mask, base, start, size, mm_asid(mm));
	}
}

static void flush_mm_range(struct mm_struct *mm, unsigned long start, unsigned long size)
{
	if (!READ_ONCE(mm->context.id))
		return;			/* no hart has ever run it */
	if (nr_cpu_ids > 1)
		flush_others(mm, start, size);
	local_flush_range_asid(start, size, mm_asid(mm));
}

void flush_tlb_mm(struct mm_struct *mm)
{
	flush_mm_range(mm, 0, ~0UL);
}

void flush_tlb_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	flush_mm_range(mm, start, end - start);
}

void flush_tlb_page(struct mm_struct *mm, unsigned long addr)
{
	flush_mm_range(mm, addr & PAGE_MASK, PAGE_SIZE);
}

/* Kernel mappings are global: every hart has them. */
void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	cpumask_t others = cpu_online_mask & ~(1UL << smp_processor_id());
	unsigned long base, mask, addr;

	if (end - start > FLUSH_ALL_PAGES * PAGE_SIZE) {
		local_flush_tlb_all();
	} else {
		for (addr = start; addr < end; addr += PAGE_SIZE)
			local_flush_tlb_page(addr);
	}
	while (others) {
		mask = hartid_mask(&others, &base);
		sbi_remote_sfence_vma(mask, base, start, end - start);
	}
}
