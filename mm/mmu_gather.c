/* SPDX-License-Identifier: MIT */
/*
 * mmu_gather: frames and tables on their way out of an address space.
 *
 * A frame may be given to somebody else only after no TLB can still lead to it.
 * Flushing for each page would cost a remote fence a page; so unmapping clears
 * PTEs, gathers the frames, and once 128 have come together flushes the range and
 * frees them in one go. Page tables wait for the same flush: a hart may be in
 * the middle of a walk through them.
 *
 * Invariant: what is in pages[] has no PTE any more and its reference is ours;
 * [start,end) covers every PTE that lost something since the last flush.
 *
 * Locks: none of its own; flushing and freeing are allowed under page_table_lock
 * and rmap locks, and never sleep.
 *
 * Linux: mm/mmu_gather.c, include/asm-generic/tlb.h. Differs: one bundle on the
 * stack, no further pages of pointers; tables are freed without RCU.
 */
#include <asm/tlbflush.h>
#include "mm/lru.h"
#include "mm/pgtable.h"

void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm, bool fullmm)
{
	tlb->mm = mm;
	tlb->start = ULONG_MAX;
	tlb->end = 0;
	tlb->fullmm = fullmm;
	tlb->seen_start = fullmm ? 0 : ULONG_MAX;
	tlb->seen_end = fullmm ? TASK_SIZE : 0;
	tlb->freed_tables = false;
	tlb->nr = 0;
	INIT_LIST_HEAD(&tlb->tables);
}

void tlb_remove_table(struct mmu_gather *tlb, struct page *table)
{
	VM_BUG_ON(!test_bit(PG_pgtable, &table->flags));
	VM_BUG_ON(atomic_long_read(&tlb->mm->pgtables_bytes) < (long)PAGE_SIZE);
	atomic_long_sub(PAGE_SIZE, &tlb->mm->pgtables_bytes);
	list_add(&table->lru, &tlb->tables);
	tlb->freed_tables = true;
}

/*
 * fullmm: the last user is gone. No hart is in user mode here, and before this
 * ASID is used again its entries are flushed; only the walker of this hart, whose
 * satp may still point to the root, must forget the tables.
 */
static void tlb_flush(struct mmu_gather *tlb)
{
	if (tlb->fullmm) {
		if (tlb->freed_tables)
			local_flush_tlb_all();
	} else if (tlb->freed_tables) {
		flush_tlb_mm(tlb->mm);	/* a fence for an address covers its leaf entry only */
	} else if (tlb->start < tlb->end) {
		flush_tlb_range(tlb->mm, tlb->start, tlb->end);
	}
	tlb->start = ULONG_MAX;
	tlb->end = 0;
	tlb->freed_tables = false;
}

void tlb_flush_mmu(struct mmu_gather *tlb)
{
	struct page *table, *next;

	VM_BUG_ON(tlb->nr > ARRAY_SIZE(tlb->pages));
	tlb_flush(tlb);
	if (tlb->nr)
		release_pages(tlb->pages, tlb->nr);
	tlb->nr = 0;
	if (list_empty(&tlb->tables))
		return;
	list_for_each_entry_safe(table, next, &tlb->tables, lru)
		pgtable_page_free(table);
	INIT_LIST_HEAD(&tlb->tables);
}

void tlb_finish_mmu(struct mmu_gather *tlb)
{
	tlb_flush_mmu(tlb);
	/* No TLB leads to a frame we freed, and nothing is left unfreed. */
	VM_BUG_ON(tlb->nr || tlb->freed_tables || !list_empty(&tlb->tables));
}
