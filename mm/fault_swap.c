/* SPDX-License-Identifier: MIT */
/*
 * The row "swap entry" of the decision table in fault.c: bring a page back.
 *
 *	1. look up    the page may still be in the swap cache: on its way out, read ahead,
 *	              or brought in by another process that shares the slot
 *	2. read       else read it, with its neighbours; this is a major fault
 *	3. lock       waits for the end of the read
 *	4. map        the PTE's count of the slot is given back, the PTE set
 *
 * The slot and its cache page stay as long as they can be useful: a page that was
 * only read need not be written again when it is evicted. A writer makes the copy on
 * disk stale, so he gives up the slot if nobody else counts on it, and owns the page.
 *
 * Locks: as in fault.c. The wait for the disk (steps 2, 3) is done without mmap_lock
 * if the caller allows a retry, so that one slow page does not hold up mmap().
 *
 * Linux: mm/memory.c, do_swap_page(). Differs: split in its steps; a write to a page
 * that is shared ends with W=0 and comes back as a write to a present page.
 */
#include <asm/tlbflush.h>
#include "kernel/sched.h"
#include "mm/fault.h"
#include "mm/lru.h"
#include "mm/pgtable.h"
#include "mm/rmap.h"
#include "mm/swap.h"
#include "mm/vma.h"
#include "mm/vmstat.h"

static bool pte_unchanged(struct vm_fault *vmf)
{
	spinlock_t *ptl = &vmf->vma->vm_mm->page_table_lock;
	bool same;

	spin_lock(ptl);
	same = pte_same(ptep_get(vmf->pte), vmf->orig_pte);
	spin_unlock(ptl);
	return same;
}

/* Steps 1 and 2. => *fp has a reference, NULL if the fault is over (see the result). */
static vm_fault_t swap_lookup(struct vm_fault *vmf, swp_entry_t entry, struct folio **fp)
{
	int err;

	*fp = swap_cache_get_folio(entry);
	if (*fp)
		return 0;
	err = swapin_readahead(entry, GFP_HIGHUSER_MOVABLE, fp);
	if (!err)
		return VM_FAULT_MAJOR;
	*fp = NULL;
	/*
	 * Race: another thread has brought it in and the slot is free: the retry sees the new
	 * PTE.
	 */
	if (!pte_unchanged(vmf))
		return 0;
	return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

/* Step 3. => 0: locked. VM_FAULT_RETRY: mmap_lock dropped, reference gone. */
static vm_fault_t swap_lock_folio(struct vm_fault *vmf, struct folio *f)
{
	if (folio_trylock(f))
		return 0;
	if (!(vmf->flags & FAULT_FLAG_ALLOW_RETRY)) {
		folio_lock(f);
		return 0;
	}
	mmap_read_unlock(vmf->vma->vm_mm);
	folio_wait_locked(f);
	folio_put(f);
	return VM_FAULT_RETRY;
}

/* Is the copy on disk of no more use? => f locked, this PTE no longer counts on the slot. */
static bool should_free_swap(const struct vm_fault *vmf)
{
	if (vmf->flags & (FAULT_FLAG_WRITE | FAULT_FLAG_UNUSE))
		return true;
	return (vmf->vma->vm_flags & VM_LOCKED) ||
	       get_nr_swap_pages() * 2 < (long)total_swap_pages();
}

/*
 * Step 4. => f locked and uptodate; ptl held, PTE unchanged. Our reference becomes
 * the PTE's.
 */
static void swap_map(struct vm_fault *vmf, swp_entry_t entry, struct folio *f)
{
	struct vm_area_struct *vma = vmf->vma;
	struct mm_struct *mm = vma->vm_mm;
	pte_t pte = pte_wrprotect(pfn_pte(folio_pfn(f), vma->vm_page_prot));

	swap_free(entry);
	add_mm_counter(mm, MM_SWAPENTS, -1);
	add_mm_counter(mm, MM_ANONPAGES, 1);
	if (should_free_swap(vmf))
		folio_free_swap(f);
	/* Out of the swap cache and with no reference but ours: nobody else can have it. */
	if (!folio_test(f, PG_swapcache)) {
		pte = pte_mkdirty(pte);		/* no copy on disk any more */
		if ((vmf->flags & FAULT_FLAG_WRITE) && folio_ref_count(f) == 1)
			pte = pte_mkwrite(pte);
	}
	folio_add_anon_rmap(f, vma, vmf->address);
	if (unlikely(vma->vm_flags & VM_LOCKED))
		mlock_folio(f);
	set_pte(vmf->pte, pte);
}

vm_fault_t do_swap_page(struct vm_fault *vmf)
{
	swp_entry_t entry = pte_to_swp_entry(vmf->orig_pte);
	spinlock_t *ptl = &vmf->vma->vm_mm->page_table_lock;
	struct folio *f;
	vm_fault_t ret;

	fault_row(vmf, FAULT_SWAP);
	VM_BUG_ON(!vmf->vma->anon_vma);
	ret = swap_lookup(vmf, entry, &f);
	if (!f)
		return ret;
	ret |= swap_lock_folio(vmf, f);
	if (ret & VM_FAULT_RETRY)
		return ret;

	/*
	 * Race: before we had its lock, the folio may have left the swap cache, for another slot
	 * even.
	 */
	if (!folio_test(f, PG_swapcache) || folio_swap_entry(f).val != entry.val)
		goto out;
	spin_lock(ptl);
	/* Race: another thread of this mm was faster. */
	if (!pte_same(ptep_get(vmf->pte), vmf->orig_pte)) {
		spin_unlock(ptl);
		goto out;
	}
	/* The disk could not give it back. Only who touches the page suffers: the slot stays. */
	if (!folio_test(f, PG_uptodate)) {
		spin_unlock(ptl);
		ret |= VM_FAULT_SIGBUS;
		goto out;
	}
	swap_map(vmf, entry, f);
	spin_unlock(ptl);
	update_mmu_cache(vmf->address);
	folio_unlock(f);
	return ret;
out:
	folio_unlock(f);
	folio_put(f);
	return ret;
}
