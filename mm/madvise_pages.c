/* SPDX-License-Identifier: MIT */
/*
 * madvise() about the pages that are there: FREE, COLD, PAGEOUT, WILLNEED.
 *
 *	FREE     private pages may be thrown away without swap, until written again:
 *	         the PTE and folio become clean, PG_swapbacked goes (lazyfree)
 *	COLD     to the inactive list, as if not used for long
 *	PAGEOUT  to reclaim, now
 *	WILLNEED start reading what is on disk
 *
 * Pages that others map too are left alone: one process does not decide for them.
 *
 * Locks: mmap_lock for reading; PTEs under page_table_lock, a table at a time.
 * Waiting and I/O are done in between, on a bundle of pages.
 *
 * Linux: mm/madvise.c, madvise_free_pte_range(), madvise_cold_or_pageout_pte_range().
 */
#include <asm/tlbflush.h>
#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/madvise.h"
#include "mm/pgtable.h"
#include "mm/reclaim.h"
#include "mm/swap.h"
#include "mm/vma.h"

#define BUNDLE	32

/* The folio of a PTE if this is its only one; NULL: none, or shared. */
static struct folio *own_folio(pte_t pte)
{
	struct folio *f;

	if (!pte_present(pte) || pte_special(pte))
		return NULL;
	f = page_folio(pfn_to_page(pte_pfn(pte)));
	return folio_mapcount(f) == 1 ? f : NULL;
}

/* ---- FREE ---- */

/* Out of the swap cache and clean; false: somebody is at work on it. */
static bool make_clean(struct folio *f)
{
	bool ok;

	if (!folio_test(f, PG_swapcache) && !folio_test(f, PG_dirty))
		return true;
	if (!folio_trylock(f))
		return false;
	ok = !folio_test(f, PG_swapcache) || folio_free_swap(f);
	if (ok)
		folio_clear(f, PG_dirty);
	folio_unlock(f);
	return ok;
}

/*
 * One PTE of a range that may be thrown away. Swapped pages go at once: to keep
 * them costs a slot, and nobody wants their content.
 */
static int free_pte(pte_t *ptep, unsigned long addr, void *arg)
{
	struct vm_area_struct *vma = arg;
	pte_t pte = ptep_get(ptep);
	struct folio *f;

	lockdep_assert_held(&vma->vm_mm->page_table_lock);
	if (is_swap_pte(pte)) {
		pte_clear(ptep);
		free_swap_and_cache(pte_to_swp_entry(pte));
		add_mm_counter(vma->vm_mm, MM_SWAPENTS, -1);
		return 0;
	}
	f = own_folio(pte);
	if (!f || !folio_test_anon(f) || !make_clean(f))
		return 0;
	pte = ptep_get_and_clear(ptep);
	set_pte(ptep, pte_mkold(pte_mkclean(pte)));
	folio_mark_lazyfree(f);
	return 0;
}

int madvise_free(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	if (!vma_is_anonymous(vma) || (vma->vm_flags & (VM_LOCKED | VM_PFNMAP)))
		return -EINVAL;
	(void)walk_page_range(vma->vm_mm, start, end, free_pte, NULL, vma);
	/* From the next write on D must be set again: no old entry may be left that has it. */
	flush_tlb_range(vma->vm_mm, start, end);
	return 0;
}

/* ---- COLD, PAGEOUT ---- */

/* Old in the PTE, and on the list: so reclaim meets it early and finds no sign of use. */
static int cold_pte(pte_t *ptep, unsigned long addr, void *arg)
{
	struct folio *f = own_folio(ptep_get(ptep));

	if (!f)
		return 0;
	ptep_test_and_clear_young(ptep);
	folio_clear(f, PG_referenced);
	folio_deactivate(f);
	return 0;
}

static bool can_be_cold(const struct vm_area_struct *vma)
{
	return !(vma->vm_flags & (VM_LOCKED | VM_PFNMAP));
}

int madvise_cold(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	if (!can_be_cold(vma))
		return -EINVAL;
	(void)walk_page_range(vma->vm_mm, start, end, cold_pte, NULL, NULL);
	return 0;
}

struct pageout_state {
	struct list_head folios;	/* isolated, each with a reference */
	unsigned int nr;
	unsigned long next;		/* go on here */
};

/* The same, and off its list, until the bundle is full. */
static int isolate_pte(pte_t *ptep, unsigned long addr, void *arg)
{
	struct pageout_state *st = arg;
	struct folio *f = own_folio(ptep_get(ptep));

	VM_BUG_ON(addr < st->next || st->nr >= BUNDLE);
	st->next = addr + PAGE_SIZE;
	if (!f)
		return 0;
	ptep_test_and_clear_young(ptep);
	folio_clear(f, PG_referenced);
	folio_deactivate(f);
	if (!folio_isolate_lru(f))
		return 0;
	list_add(&f->lru, &st->folios);
	return ++st->nr == BUNDLE;
}

/* What reclaim could not free (busy, or no swap) goes back to its list. */
static void reclaim_bundle(struct pageout_state *st)
{
	struct scan_control sc = {
		.gfp = GFP_KERNEL, .nr_to_reclaim = st->nr, .may_swap = true,
	};
	struct folio *f, *next;

	VM_BUG_ON(st->nr > BUNDLE);
	shrink_folio_list(&st->folios, &sc);
	list_for_each_entry_safe(f, next, &st->folios, lru)
		folio_putback_lru(f);
	INIT_LIST_HEAD(&st->folios);
	st->nr = 0;
}

int madvise_pageout(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct pageout_state st = { .next = start };
	int more;

	if (!can_be_cold(vma))
		return -EINVAL;
	INIT_LIST_HEAD(&st.folios);
	do {
		more = walk_page_range(vma->vm_mm, st.next, end, isolate_pte, NULL, &st);
		reclaim_bundle(&st);
	} while (more && !fatal_signal_pending(current));
	return 0;
}

/* ---- WILLNEED ---- */

struct swapin_state {
	swp_entry_t entries[BUNDLE];
	unsigned int nr;
	unsigned long next;
};

/* Entries are gathered under the lock, and read after it. */
static int gather_swap_pte(pte_t *ptep, unsigned long addr, void *arg)
{
	struct swapin_state *st = arg;
	pte_t pte = ptep_get(ptep);

	VM_BUG_ON(addr < st->next || st->nr >= BUNDLE);
	st->next = addr + PAGE_SIZE;
	if (!is_swap_pte(pte))
		return 0;
	st->entries[st->nr++] = pte_to_swp_entry(pte);
	return st->nr == BUNDLE;
}

/* Entries may have been freed since they were gathered: then there is nothing to read. */
static void read_entries(struct swapin_state *st)
{
	struct folio *f;

	for (unsigned int i = 0; i < st->nr; i++)
		if (!read_swap_cache_async(st->entries[i], GFP_HIGHUSER_MOVABLE, &f))
			folio_put(f);
	st->nr = 0;
}

int madvise_willneed(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct swapin_state st = { .next = start };
	struct file *file = vma->vm_file;
	int more;

	if (file && !shmem_mapping(file->f_mapping)) {
		if (!file->f_mapping->a_ops || !file->f_mapping->a_ops->read_folio)
			return -EBADF;
		force_page_cache_readahead(file->f_mapping, file, linear_page_index(vma, start),
					   (end - start) >> PAGE_SHIFT);
		return 0;
	}
	do {
		more = walk_page_range(vma->vm_mm, st.next, end, gather_swap_pte, NULL, &st);
		read_entries(&st);
	} while (more);
	return 0;
}
