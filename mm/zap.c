/* SPDX-License-Identifier: MIT */
/*
 * Zapping: clear the PTEs of a range and let go of what they held.
 *
 *	PTE              what is let go
 *	none             nothing
 *	special          nothing (zero page, vDSO: never counted)
 *	anon frame       reference, mapcount, MM_ANONPAGES
 *	file frame       the same, MM_FILEPAGES or MM_SHMEMPAGES; A and D go to the folio
 *	swap entry       the slot's count, MM_SWAPENTS
 *
 * Invariants: a frame is freed only after the TLB flush (mmu_gather.c); counters
 * of the mm follow each table. This is the inner loop of munmap() and exit(), so
 * it is one loop without calls for the common page.
 *
 * Locks: takes page_table_lock table by table. Callers hold mmap_lock (munmap, exit,
 * madvise, the OOM reaper) or the rmap lock of the mapping (truncate). Never sleeps.
 *
 * Linux: mm/memory.c, unmap_page_range(), zap_pte_range(). Differs: pages are
 * released under the lock; no separate pass for rmap.
 */
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/pgtable.h"
#include "mm/rmap.h"
#include "mm/swap.h"
#include "mm/vma.h"

struct zap {
	struct mmu_gather *tlb;
	struct vm_area_struct *vma;
	bool even_cows;			/* private copies too (false: truncate inside the file) */
	long rss[NR_MM_COUNTERS];	/* what this table loses */
};

/* A file page: what the hardware noted in the PTE is true of the folio. */
static void zap_file_bits(const struct zap *z, struct folio *f, pte_t pte)
{
	if (pte_dirty(pte))
		folio_mark_dirty(f);
	if (pte_young(pte) && !(z->vma->vm_flags & VM_SEQ_READ))
		folio_mark_accessed(f);
}

static __always_inline void zap_present_pte(struct zap *z, pte_t *ptep, pte_t pte)
{
	struct folio *f;

	if (unlikely(pte_special(pte))) {
		pte_clear(ptep);
		return;
	}
	f = page_folio(pfn_to_page(pte_pfn(pte)));
	if (folio_test_anon(f)) {
		if (unlikely(!z->even_cows))
			return;
		pte_clear(ptep);	/* A and D of an anonymous page die with it */
		z->rss[MM_ANONPAGES]--;
	} else {
		/* One step: another hart may be setting D right now. */
		pte = ptep_get_and_clear(ptep);
		zap_file_bits(z, f, pte);
		z->rss[mm_counter(f)]--;
	}
	folio_remove_rmap(f);
	if (unlikely(z->vma->vm_flags & VM_LOCKED))
		munlock_folio(f);
	tlb_remove_page(z->tlb, &f->page);
}

static void zap_swap_pte(struct zap *z, pte_t *ptep, pte_t pte)
{
	if (!z->even_cows)
		return;
	pte_clear(ptep);
	z->rss[MM_SWAPENTS]--;
	free_swap_and_cache(pte_to_swp_entry(pte));
}

static void zap_add_rss(struct zap *z)
{
	for (int i = 0; i < NR_MM_COUNTERS; i++) {
		if (z->rss[i])
			add_mm_counter(z->vma->vm_mm, i, z->rss[i]);
		z->rss[i] = 0;
	}
}

static void zap_pte_range(struct zap *z, pmd_t *pmd, unsigned long addr, unsigned long end)
{
	spinlock_t *ptl = &z->vma->vm_mm->page_table_lock;
	pte_t *ptep = pte_offset(pmd, addr);

	spin_lock(ptl);
	for (; addr < end; addr += PAGE_SIZE, ptep++) {
		pte_t pte = ptep_get(ptep);

		if (pte_none(pte))
			continue;
		if (unlikely(!pte_present(pte))) {
			zap_swap_pte(z, ptep, pte);
			continue;
		}
		/* Noted first: the bundle may become full, and be flushed, with this very page. */
		tlb_note_range(z->tlb, addr, addr + PAGE_SIZE);
		zap_present_pte(z, ptep, pte);
	}
	zap_add_rss(z);
	spin_unlock(ptl);
}

static void zap_range(struct zap *z, unsigned long addr, unsigned long end)
{
	struct mm_struct *mm = z->vma->vm_mm;
	unsigned long next;
	pmd_t *pmd;

	VM_BUG_ON(addr < z->vma->vm_start || end > z->vma->vm_end);
	for (; addr < end; addr = next) {
		pmd = walk_pmd(mm, addr, false);
		if (!pmd) {
			next = pgd_addr_end(addr, end);
			continue;
		}
		next = pmd_addr_end(addr, end);
		if (!pmd_none(*pmd))
			zap_pte_range(z, pmd, addr, next);
	}
}

void unmap_page_range(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long start,
		      unsigned long end)
{
	struct zap z = { .tlb = tlb, .vma = vma, .even_cows = true };

	zap_range(&z, start, end);
}

void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long len,
		    bool even_cows)
{
	struct mmu_gather tlb;
	struct zap z = { .tlb = &tlb, .vma = vma, .even_cows = even_cows };

	update_hiwater(vma->vm_mm);
	tlb_gather_mmu(&tlb, vma->vm_mm, false);
	zap_range(&z, start, start + len);
	tlb_finish_mmu(&tlb);
}
