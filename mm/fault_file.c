/* SPDX-License-Identifier: MIT */
/*
 * The rows "none, file" of the decision table in fault.c: a page of a file.
 *
 *	1. ask     the file's fault() finds the page in the page cache, or reads it; it
 *	           comes back locked
 *	2. make    do_cow_fault(): a private copy; do_shared_fault(): the folio dirty
 *	3. map     finish_fault(): under page_table_lock, if the PTE is still empty
 *
 * A read maps what is cached around the address too (map_pages), without waiting.
 *
 * Invariants: a page of the file is mapped only under its folio lock, so that truncate
 * finds every PTE; it is mapped writable only while the folio is dirty.
 *
 * Locks: as in fault.c: mmap_lock (read) -> folio lock -> page_table_lock.
 *
 * Linux: mm/memory.c, do_fault(), finish_fault(). Differs: the page table is allocated
 * when the page is there, not before.
 */
#include <asm/tlbflush.h>
#include "kernel/fs/fs.h"
#include "mm/fault.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/rmap.h"
#include "mm/vma.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"

#define FAULT_AROUND_BYTES	(16 * PAGE_SIZE)

/* Ask the file for the page: on success vmf->page is locked and has a reference for us. */
static vm_fault_t __do_fault(struct vm_fault *vmf)
{
	vm_fault_t ret = vmf->vma->vm_ops->fault(vmf);

	if (unlikely(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY)))
		return ret;
	if (!(ret & VM_FAULT_LOCKED))
		folio_lock(page_folio(vmf->page));
	VM_BUG_ON(!folio_test(page_folio(vmf->page), PG_locked));
	return ret;
}

static inline void put_fault_page(struct page *page)
{
	folio_unlock(page_folio(page));
	put_page(page);
}

/*
 * Put page at the fault's address, if the PTE is still empty: true, and the
 * caller's reference is the PTE's. A page-cache page is locked, so truncate
 * either waits for us or has already taken it out of the file.
 */
static vm_fault_t finish_fault(struct vm_fault *vmf, struct page *page)
{
	struct mm_struct *mm = vmf->vma->vm_mm;
	struct folio *f = page_folio(page);

	/* A copy is ours alone; a page of the file must not be truncated under our hands. */
	VM_BUG_ON(page != vmf->cow_page && !folio_test(f, PG_locked));
	vmf->pte = pte_alloc(mm, vmf->pmd, vmf->address);
	if (unlikely(!vmf->pte))
		return VM_FAULT_OOM;
	spin_lock(&mm->page_table_lock);
	/* Race: another thread faulted on the same page and was faster. */
	if (unlikely(!pte_none(ptep_get(vmf->pte)))) {
		spin_unlock(&mm->page_table_lock);
		return VM_FAULT_NOPAGE;
	}
	if (page == vmf->cow_page) {
		folio_add_new_anon_rmap(f, vmf->vma, vmf->address);
		folio_add_lru_vma(f, vmf->vma);
	} else {
		folio_add_file_rmap(f);
		if (unlikely(vmf->vma->vm_flags & VM_LOCKED))
			mlock_folio(f);
	}
	add_mm_counter(mm, mm_counter(f), 1);
	set_pte(vmf->pte, make_pte(vmf, page));
	spin_unlock(&mm->page_table_lock);
	update_mmu_cache(vmf->address);
	return 0;
}

/* finish_fault() with the page of the file, and unlock it. Its reference is the PTE's, or gone. */
static inline vm_fault_t map_fault_page(struct vm_fault *vmf)
{
	vm_fault_t ret = finish_fault(vmf, vmf->page);

	folio_unlock(page_folio(vmf->page));
	if (unlikely(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE)))
		put_page(vmf->page);
	return ret;
}

/* Map what is cached in the aligned 64 KiB around the address: one trap instead of 16. */
static vm_fault_t do_fault_around(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long start = max(vma->vm_start, vmf->address & ~(FAULT_AROUND_BYTES - 1));
	unsigned long end = min(vma->vm_end, ALIGN(vmf->address + 1, FAULT_AROUND_BYTES));

	VM_BUG_ON(start > vmf->address || end <= vmf->address);
	return vma->vm_ops->map_pages(vmf, linear_page_index(vma, start),
				      linear_page_index(vma, end) - 1);
}

static vm_fault_t do_read_fault(struct vm_fault *vmf)
{
	vm_fault_t ret;

	fault_row(vmf, FAULT_FILE_READ);
	if (vmf->vma->vm_ops->map_pages && !(vmf->vma->vm_flags & VM_LOCKED)) {
		ret = do_fault_around(vmf);
		if (ret) {
			update_mmu_cache(vmf->address);
			return ret & ~VM_FAULT_NOPAGE;
		}
	}
	ret = __do_fault(vmf);
	if (unlikely(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY)))
		return ret & ~VM_FAULT_NOPAGE;
	ret |= map_fault_page(vmf);
	return ret & ~VM_FAULT_NOPAGE;
}

/* A store in a private mapping: a copy. The file's page stays as it is. */
static vm_fault_t do_cow_fault(struct vm_fault *vmf)
{
	vm_fault_t ret;

	VM_BUG_ON(vmf->vma->vm_flags & VM_SHARED);
	fault_row(vmf, FAULT_FILE_COW);
	if (unlikely(anon_vma_prepare(vmf->vma)))
		return VM_FAULT_OOM;
	vmf->cow_page = alloc_page(GFP_HIGHUSER_MOVABLE);
	if (unlikely(!vmf->cow_page))
		return VM_FAULT_OOM;
	ret = __do_fault(vmf);
	if (unlikely(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY)))
		goto free_copy;
	copy_user_page(vmf->cow_page, vmf->page);
	ret |= finish_fault(vmf, vmf->cow_page);
	put_fault_page(vmf->page);
	if (likely(!(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE))))
		return ret;
free_copy:
	__free_page(vmf->cow_page);
	return ret & ~VM_FAULT_NOPAGE;
}

vm_fault_t fault_make_dirty(struct vm_fault *vmf)
{
	VM_BUG_ON(!folio_test(page_folio(vmf->page), PG_locked));
	if (vmf->vma->vm_ops->page_mkwrite)
		return vmf->vma->vm_ops->page_mkwrite(vmf);
	folio_mark_dirty(page_folio(vmf->page));
	return 0;
}

vm_fault_t fault_throttle_dirtier(struct vm_fault *vmf)
{
	bool unlock = vmf->flags & FAULT_FLAG_ALLOW_RETRY;

	if (!vmf->vma->vm_ops->page_mkwrite || !balance_dirty_due())
		return 0;
	/* The wait may be long, and others of the process want to map memory meanwhile. */
	if (unlock)
		mmap_read_unlock(vmf->vma->vm_mm);
	balance_dirty_pages();
	return unlock ? VM_FAULT_RETRY : 0;
}

/* A store in a shared mapping: the file is asked before the PTE appears. */
static vm_fault_t do_shared_fault(struct vm_fault *vmf)
{
	vm_fault_t ret;

	VM_BUG_ON(!(vmf->vma->vm_flags & VM_SHARED));
	fault_row(vmf, FAULT_FILE_SHARED);
	ret = __do_fault(vmf);
	if (unlikely(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY)))
		return ret & ~VM_FAULT_NOPAGE;
	ret |= fault_make_dirty(vmf);
	if (unlikely(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE))) {
		put_fault_page(vmf->page);
		return ret & ~VM_FAULT_NOPAGE;
	}
	ret |= map_fault_page(vmf);
	if (likely(!(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE))))
		ret |= fault_throttle_dirtier(vmf);
	return ret & ~VM_FAULT_NOPAGE;
}

vm_fault_t do_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;

	/* The reaper may have taken a private copy: the file's page must not pass for it. */
	if (unlikely(!vma->vm_ops->fault || (test_bit(MMF_UNSTABLE, &vma->vm_mm->flags) &&
					     !(vma->vm_flags & VM_SHARED))))
		return VM_FAULT_SIGBUS;
	if (!(vmf->flags & FAULT_FLAG_WRITE))
		return do_read_fault(vmf);
	if (!(vma->vm_flags & VM_SHARED))
		return do_cow_fault(vmf);
	return do_shared_fault(vmf);
}
