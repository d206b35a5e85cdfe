/* SPDX-License-Identifier: MIT */
/*
 * Walking and building page tables, independent of the number of levels' bits.
 *
 * Linux: mm/memory.c, mm/pagewalk.c, mm/pgtable-generic.c.
 */
#pragma once
#include "mm/mm.h"

/* pgd_alloc() - a root with the kernel half filled in; NULL: no memory. */
pgd_t *pgd_alloc(struct mm_struct *mm);
void pgd_free(struct mm_struct *mm, pgd_t *pgd);
/* pgtable_page_free() - one page of page tables back to the buddy. */
void pgtable_page_free(struct page *page);
/*
 * walk_pmd() - PMD entry for addr, tables allocated on the way if alloc: NULL absent or no
 * memory.
 */
bool __pmd_alloc(struct mm_struct *mm, pgd_t *pgd);
static inline pmd_t *walk_pmd(struct mm_struct *mm, unsigned long addr, bool alloc)
{
	pgd_t *pgd = mm->pgd + pgd_index(addr);

	VM_BUG_ON(addr >= TASK_SIZE);
	if (unlikely(pgd_none(*pgd)) && (!alloc || !__pmd_alloc(mm, pgd)))
		return NULL;
	return pmd_offset(pgd, addr);
}
/*
 * pte_alloc() - the PTE slot of addr, allocating the table; NULL: no memory. => mmap_lock; may
 * sleep.
 */
bool __pte_alloc(struct mm_struct *mm, pmd_t *pmd);
static inline pte_t *pte_alloc(struct mm_struct *mm, pmd_t *pmd, unsigned long addr)
{
	if (unlikely(pmd_none(*pmd)) && !__pte_alloc(mm, pmd))
		return NULL;
	return pte_offset(pmd, addr);
}
/* walk_pte() - the PTE slot or NULL, no allocation. => page_table_lock for a stable answer. */
pte_t *walk_pte(struct mm_struct *mm, unsigned long addr);

/* mmu_gather - pages and tables that may be freed only after the TLB flush. */
#define MMU_GATHER_BUNDLE	128
struct mmu_gather {
	struct mm_struct *mm;
	unsigned long start, end;	/* range to flush; start >= end: nothing yet */
	bool fullmm;			/* the whole mm goes: nobody runs it any more */
	/* Where zapping met tables: only there can be some to free. */
	unsigned long seen_start, seen_end;
	bool freed_tables;
	unsigned long nr;
	struct page *pages[MMU_GATHER_BUNDLE];
	struct list_head tables;	/* page-table pages, by lru */
};
void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm, bool fullmm);
/* tlb_flush_mmu() - flush, then free what was gathered; does not sleep. */
void tlb_flush_mmu(struct mmu_gather *tlb);
/*
 * tlb_remove_page() - takes over the PTE's reference. true: full, tlb_flush_mmu() before the
 * next.
 */
static inline bool __must_check tlb_remove_page(struct mmu_gather *tlb, struct page *page)
{
	tlb->pages[tlb->nr++] = page;
	return tlb->nr == MMU_GATHER_BUNDLE;
}
/* tlb_remove_table() - a page of page tables that no entry points to any more. */
void tlb_remove_table(struct mmu_gather *tlb, struct page *table);
void tlb_finish_mmu(struct mmu_gather *tlb);

/* tlb_note_range() - PTEs of [start,end) have lost something that a TLB may hold. */
static inline void tlb_note_range(struct mmu_gather *tlb, unsigned long start, unsigned long end)
{
	tlb->start = min(tlb->start, start);
	tlb->end = max(tlb->end, end);
}

/* unmap_page_range() - clear all PTEs of [start,end) in vma. => mmap_lock; takes the ptl itself. */
void unmap_page_range(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long start,
		      unsigned long end);
/*
 * zap_page_range() - the same with its own gather (MADV_DONTNEED, truncate). even_cows=false
 * spares private copies.
 */
void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long len,
		    bool even_cows);
/* free_pgtables() - tables of [start,end) that nothing uses; floor/ceiling bound neighbours. */
void free_pgtables(struct mmu_gather *tlb, unsigned long start, unsigned long end,
		   unsigned long floor, unsigned long ceiling);
/*
 * copy_page_range() - fork: share src's pages with dst, write-protecting private ones. 0 or
 * -ENOMEM.
 */
int __must_check copy_page_range(struct vm_area_struct *dst, struct vm_area_struct *src);
/* change_protection() - new vm_page_prot on present PTEs; flushes. */
void change_protection(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       pgprot_t prot);
/* move_page_tables() - mremap: entries from old to new; bytes moved (less: no memory). */
unsigned long move_page_tables(struct vm_area_struct *vma, unsigned long old_addr,
			       struct vm_area_struct *new_vma, unsigned long new_addr,
			       unsigned long len);
/*
 * walk_page_range() - fn for each PTE of [start,end); where there is no table, hole for the
 * whole of it (may be NULL). Stops on nonzero, and returns it. => mmap_lock read; fn runs under
 * the ptl and must not sleep.
 */
struct page_walk {
	int (*fn)(pte_t *pte, unsigned long addr, void *arg);
	int (*hole)(unsigned long start, unsigned long end, void *arg);	/* may be NULL */
	void *arg;
};
int walk_page_range(struct mm_struct *mm, unsigned long start, unsigned long end,
		    int (*fn)(pte_t *pte, unsigned long addr, void *arg),
		    int (*hole)(unsigned long start, unsigned long end, void *arg), void *arg);

/*
 * Kernel mappings, before and after the buddy exists. 0 or -ENOMEM. Kernel PTEs are flushed by
 * the caller.
 */
int __must_check map_kernel_range(unsigned long va, phys_addr_t pa, unsigned long size,
				  pgprot_t prot);
int __must_check map_kernel_page(unsigned long va, unsigned long pfn, pgprot_t prot);
unsigned long unmap_kernel_page(unsigned long va);	/* its pfn, or 0 */
unsigned long kernel_page_pfn(unsigned long va);	/* the pfn mapped there, or 0 */
