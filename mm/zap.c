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
 * Invariants: a frame is freed only after the TLB flush (mmu_gather.c), and a dirty page of a
 * file is left to writeback only after one of its own; counters of the mm follow each table.
 * This is the inner loop of munmap() and exit(), so it is one loop without calls for the
 * common page.
 *
 * Locks: takes page_table_lock table by table. Callers hold mmap_lock (munmap, exit,
 * madvise, the OOM reaper) or the rmap lock of the mapping (truncate). Never sleeps.
 *
 * Linux: mm/memory.c, unmap_page_range(), zap_pte_range(). Differs: pages are
 * released under the lock; no separate pass for rmap, which there waits for one flush.
 */
#include <asm/tlbflush.h>
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
	bool locked;			/* VM_LOCKED */
	bool plain;			/* even_cows && !locked: the common case */
	int nid;			/* the next two count on this node */
	long anon_unmapped, file_unmapped;	/* folios whose last PTE went */
	long rss[NR_MM_COUNTERS];	/* what this table loses */
};

/* Node counters: pages come in runs of one node, so one update a run is enough. */
static noinline void zap_switch_node(struct zap *z, int nid)
{
	pg_data_t *pgdat = NODE_DATA(z->nid);

	if (z->anon_unmapped)
		mod_node_page_state(pgdat, NR_ANON_MAPPED, -z->anon_unmapped);
	if (z->file_unmapped)
		mod_node_page_state(pgdat, NR_FILE_MAPPED, -z->file_unmapped);
	z->anon_unmapped = z->file_unmapped = 0;
	z->nid = nid;
}

/* A file page: what the hardware noted in the PTE is true of the folio. */
static inline void zap_file_pte(struct zap *z, struct folio *f, pte_t *ptep, unsigned long addr)
{
	/* One step: another hart may be setting D right now. */
	pte_t pte = ptep_get_and_clear(ptep);

	VM_BUG_ON(!folio_mapped(f));
	if (pte_dirty(pte)) {
		/*
		 * Race: from here on writeback finds nothing to write-protect. A thread that could
		 * still store through its TLB would store into a clean page.
		 */
		if (!z->tlb->fullmm)
			flush_tlb_page(z->tlb->mm, addr);
		folio_mark_dirty(f);
	}
	if (pte_young(pte) && !(z->vma->vm_flags & VM_SEQ_READ))
		folio_mark_accessed(f);
	z->rss[mm_counter(f)]--;
	z->file_unmapped += __folio_remove_rmap(f);
}

/* What may be mlocked, or to be spared. true: the PTE's reference is ours. */
static noinline bool zap_other_pte(struct zap *z, struct folio *f, pte_t *ptep, unsigned long addr)
{
	if (!folio_test_anon(f)) {
		zap_file_pte(z, f, ptep, addr);
	} else if (z->even_cows) {
		pte_clear(ptep);
		z->rss[MM_ANONPAGES]--;
		z->anon_unmapped += __folio_remove_rmap(f);
	} else {
		return false;
	}
	if (z->locked)
		munlock_folio(f);
	return true;
}

/* No frame behind it, or one that is not counted. */
static noinline void zap_odd_pte(struct zap *z, pte_t *ptep, pte_t pte)
{
	VM_BUG_ON(pte_none(pte));
	if (pte_present(pte)) {
		pte_clear(ptep);
	} else if (z->even_cows) {
		pte_clear(ptep);
		z->rss[MM_SWAPENTS]--;
		free_swap_and_cache(pte_to_swp_entry(pte));
	}
}

static void zap_add_counts(struct zap *z)
{
	lockdep_assert_held(&z->vma->vm_mm->page_table_lock);
	for (int i = 0; i < NR_MM_COUNTERS; i++) {
		if (z->rss[i])
			add_mm_counter(z->vma->vm_mm, i, z->rss[i]);
		z->rss[i] = 0;
	}
	zap_switch_node(z, z->nid);
}

/*
 * The inner loop of munmap() and exit(): the common page, private memory, is dealt with
 * in place, with counters in registers.
 */
static void zap_pte_range(struct zap *z, pmd_t *pmd, unsigned long addr, unsigned long end)
{
	const bool plain = z->plain, many_nodes = nr_online_nodes > 1;
	spinlock_t *ptl = &z->vma->vm_mm->page_table_lock;
	struct mmu_gather *tlb = z->tlb;
	pte_t *ptep = pte_offset(pmd, addr);
	unsigned long first = end;	/* of those cleared since the last flush */
	unsigned long last = end;	/* of all; end: there was nothing to clear */
	long anon = 0, unmapped = 0;

	spin_lock(ptl);
	for (; addr < end; addr += PAGE_SIZE, ptep++) {
		pte_t pte = ptep_get(ptep);
		struct folio *f;

		if (pte_none(pte))
			continue;
		if (first > addr)
			first = addr;
		last = addr;
		if (unlikely(!pte_present(pte) || pte_special(pte))) {
			zap_odd_pte(z, ptep, pte);
			continue;
		}
		f = page_folio(pfn_to_page(pte_pfn(pte)));
		if (unlikely(many_nodes && page_to_nid(&f->page) != z->nid)) {
			z->anon_unmapped += unmapped;
			unmapped = 0;
			zap_switch_node(z, page_to_nid(&f->page));
		}
		if (unlikely(!plain)) {
			if (!zap_other_pte(z, f, ptep, addr))
				continue;
		} else if (likely(folio_test_anon(f))) {
			pte_clear(ptep);	/* A and D of an anonymous page die with it */
			anon++;
			unmapped += __folio_remove_rmap(f);
		} else {
			zap_file_pte(z, f, ptep, addr);
		}
		if (unlikely(tlb_remove_page(tlb, &f->page))) {
			tlb_note_range(tlb, first, addr + PAGE_SIZE);
			tlb_flush_mmu(tlb);
			first = end;
		}
	}
	if (first < end)
		tlb_note_range(tlb, first, last + PAGE_SIZE);
	if (last < end) {
		z->rss[MM_ANONPAGES] -= anon;
		z->anon_unmapped += unmapped;
		zap_add_counts(z);
	}
	spin_unlock(ptl);
}

/*
 * [addr,end) within one PGD entry; notes what the tables that it meets serve, for
 * free_pgtables(). Five instructions an empty entry: a large mapping is mostly nothing.
 */
static void zap_pmd_range(struct zap *z, pgd_t *pgd, unsigned long addr, unsigned long end)
{
	pmd_t *pmd = pmd_offset(pgd, addr);

	for (; addr < end; addr = (addr & PMD_MASK) + PMD_SIZE, pmd++) {
		if (likely(pmd_none(*pmd)))
			continue;
		z->tlb->seen_start = min(z->tlb->seen_start, addr & PMD_MASK);
		z->tlb->seen_end = max(z->tlb->seen_end, (addr & PMD_MASK) + PMD_SIZE);
		zap_pte_range(z, pmd, addr, pmd_addr_end(addr, end));
	}
}

/* [addr,end) of the VMA; where tables are missing nothing is to be done. */
static void zap_range(struct zap *z, unsigned long addr, unsigned long end)
{
	pgd_t *pgd = z->vma->vm_mm->pgd + pgd_index(addr);
	unsigned long next;

	VM_BUG_ON(addr < z->vma->vm_start || end > z->vma->vm_end);
	for (; addr < end; addr = next, pgd++) {
		next = pgd_addr_end(addr, end);
		if (!pgd_none(*pgd))
			zap_pmd_range(z, pgd, addr, next);
	}
}

static void zap_init(struct zap *z, struct mmu_gather *tlb, struct vm_area_struct *vma,
		     bool even_cows)
{
	VM_BUG_ON(tlb->mm != vma->vm_mm);
	*z = (struct zap){ .tlb = tlb, .vma = vma, .even_cows = even_cows };
	z->locked = vma->vm_flags & VM_LOCKED;
	z->plain = even_cows && !z->locked;
}

void unmap_page_range(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long start,
		      unsigned long end)
{
	struct zap z;

	zap_init(&z, tlb, vma, true);
	zap_range(&z, start, end);
}

void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long len,
		    bool even_cows)
{
	struct mmu_gather tlb;
	struct zap z;

	update_hiwater(vma->vm_mm);
	tlb_gather_mmu(&tlb, vma->vm_mm, false);
	zap_init(&z, &tlb, vma, even_cows);
	zap_range(&z, start, start + len);
	tlb_finish_mmu(&tlb);
}
