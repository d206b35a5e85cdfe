/* SPDX-License-Identifier: MIT */
/*
 * Mapped files: what a page fault and truncate do with the page cache.
 *
 * A fault on a file page first maps what is cached around it, up to 16 pages
 * at once and read-only (filemap_map_pages()): one trap instead of 16. Only if
 * the very page is not there does filemap_fault() read it.
 *
 * Invariant: no PTE refers to a folio that has left the page cache. A PTE is
 * set either with the folio locked and in its mapping (the path through
 * ->fault()), or under i_pages_lock with the folio found in i_pages
 * (filemap_map_pages()). Removal holds both, and looks at the mapcount.
 *
 * Locks: mmap_lock (read) -> folio lock -> i_mmap_lock -> page_table_lock ->
 * i_pages_lock.
 *
 * Linux: mm/filemap.c, filemap_fault(), filemap_map_pages(); mm/memory.c,
 * unmap_mapping_range(). Differs: fault-around locks the tree, not each folio.
 */
#include "kernel/fs/fs.h"
#include "mm/filemap.h"
#include "mm/pgtable.h"
#include "mm/rmap.h"
#include "mm/vmstat.h"

#define FAULT_AROUND_MAX 16

const struct vm_operations_struct generic_file_vm_ops = {
	.fault = filemap_fault,
	.map_pages = filemap_map_pages,
	.page_mkwrite = filemap_page_mkwrite,
};

/* Only files whose pages can be read one by one. */
int generic_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!file->f_mapping->a_ops || !file->f_mapping->a_ops->read_folio)
		return -ENODEV;
	vma->vm_ops = &generic_file_vm_ops;
	file_accessed(file);
	return 0;
}

/* Pages of the file that can be mapped: a touch behind the end is SIGBUS. */
static pgoff_t file_nr_pages(const struct address_space *mapping)
{
	return PFN_UP(READ_ONCE(mapping->host->i_size));
}

/*
 * The page itself, locked. Waits with mmap_lock held for reading, which keeps no
 * other fault off.
 */
vm_fault_t filemap_fault(struct vm_fault *vmf)
{
	struct file *file = vmf->vma->vm_file;
	struct address_space *mapping = file->f_mapping;
	vm_fault_t major = 0;
	struct folio *f;
	int err;

	VM_BUG_ON(!file || vmf->pgoff < vmf->vma->vm_pgoff);
	VM_BUG_ON(!rwsem_is_locked(&vmf->vma->vm_mm->mmap_lock));
	if (unlikely(vmf->pgoff >= file_nr_pages(mapping)))
		return VM_FAULT_SIGBUS;
	f = filemap_get_folio(mapping, vmf->pgoff);
	if (!f) {
		major = VM_FAULT_MAJOR;
		page_cache_fault_readahead(vmf);
	} else {
		folio_put(f);
		page_cache_async_readahead(mapping, file, vmf->pgoff);
	}
	do {
		err = read_cache_folio(mapping, vmf->pgoff, file, &f);
		if (err)
			return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
		folio_lock(f);
		if (likely(f->mapping == mapping))
			break;
		folio_unlock(f);
		folio_put(f);
	} while (true);
	/*
	 * Truncate changes i_size before it takes pages out: seen here, or it waits for our
	 * lock.
	 */
	if (unlikely(vmf->pgoff >= file_nr_pages(mapping))) {
		folio_unlock(f);
		folio_put(f);
		return VM_FAULT_SIGBUS;
	}
	VM_BUG_ON(!folio_test(f, PG_uptodate) || f->index != vmf->pgoff);
	vmf->page = &f->page;
	return VM_FAULT_LOCKED | major;
}

/* The page becomes writable in a shared mapping: from now on it is dirty. */
vm_fault_t filemap_page_mkwrite(struct vm_fault *vmf)
{
	struct folio *f = page_folio(vmf->page);

	VM_BUG_ON(!folio_test(f, PG_locked));
	VM_BUG_ON(!(vmf->vma->vm_flags & VM_SHARED));
	if (f->mapping != vmf->vma->vm_file->f_mapping)
		return VM_FAULT_NOPAGE;
	file_update_time(vmf->vma->vm_file);
	folio_wait_writeback(f);
	folio_mark_dirty(f);
	return 0;
}

/*
 * Copy the slots [start, start + nr) of the tree into `slots`. All of them are
 * in one leaf (fault-around is aligned), so one descent is enough.
 */
static void i_pages_run(const struct xarray *xa, pgoff_t start, unsigned int nr, void **slots)
{
	const struct xa_node *node = xa->xa_head;
	unsigned int i;

	VM_BUG_ON((start & XA_CHUNK_MASK) + nr > XA_CHUNK_SIZE);
	if (node && node->shift < 64 - XA_CHUNK_SHIFT &&
	    start >> (node->shift + XA_CHUNK_SHIFT))
		node = NULL;
	while (node && node->shift)
		node = node->slots[start >> node->shift & XA_CHUNK_MASK];
	for (i = 0; i < nr; i++)
		slots[i] = node ? node->slots[(start + i) & XA_CHUNK_MASK] : NULL;
}

/* Present, uptodate, and nothing mapped there yet. */
static inline bool map_pages_suitable(const struct folio *f, const pte_t *pte)
{
	if (!f || xa_is_value(f) || !pte_none(ptep_get(pte)))
		return false;
	return (READ_ONCE(f->flags) & (1UL << PG_uptodate | 1UL << PG_error)) == 1UL << PG_uptodate;
}

/* => ptl and i_pages_lock held. Number of PTEs set. */
static unsigned int map_run(struct vm_fault *vmf, pte_t *pte, void **slots, unsigned int nr)
{
	pgprot_t prot = vmf->vma->vm_page_prot;
	unsigned int i, mapped = 0;

	for (i = 0; i < nr; i++, pte++) {
		struct folio *f = slots[i];

		if (!map_pages_suitable(f, pte))
			continue;
		VM_BUG_ON(f->mapping != vmf->vma->vm_file->f_mapping);
		folio_get(f);
		folio_add_file_rmap(f);
		set_pte(pte, pte_wrprotect(pfn_pte(folio_pfn(f), prot)));
		mapped++;
	}
	return mapped;
}

/* Pages were found that had been read before: good guesses. The trigger may be among them. */
static inline void mapped_cached_pages(struct file *file, pgoff_t start, unsigned int nr)
{
	struct file_ra_state *ra = &file->f_ra;
	pgoff_t trigger = ra_trigger(ra);

	if (ra->mmap_miss)
		ra->mmap_miss--;
	if (unlikely(trigger - start < nr))
		page_cache_async_readahead(file->f_mapping, file, trigger);
}

/* => one table: start and end are in the same 64 KiB. */
vm_fault_t filemap_map_pages(struct vm_fault *vmf, pgoff_t start, pgoff_t end)
{
	struct vm_area_struct *vma = vmf->vma;
	struct mm_struct *mm = vma->vm_mm;
	struct address_space *mapping = vma->vm_file->f_mapping;
	pgoff_t nr_file_pages = file_nr_pages(mapping);
	void *slots[FAULT_AROUND_MAX];
	unsigned int nr, mapped;
	vm_fault_t ret = 0;
	pte_t *pte;

	VM_BUG_ON(vmf->pgoff < start || vmf->pgoff > end);
	VM_BUG_ON(!rwsem_is_locked(&mm->mmap_lock));
	if (unlikely(vmf->pgoff >= nr_file_pages))
		return 0;		/* ->fault() says SIGBUS */
	end = min3(end, nr_file_pages - 1, start | XA_CHUNK_MASK);
	nr = min_t(pgoff_t, end - start + 1, FAULT_AROUND_MAX);
	pte = pte_alloc(mm, vmf->pmd, vmf->address - ((vmf->pgoff - start) << PAGE_SHIFT));
	if (!pte)
		return VM_FAULT_OOM;

	spin_lock(&mm->page_table_lock);
	spin_lock(&mapping->i_pages_lock);
	i_pages_run(&mapping->i_pages, start, nr, slots);
	mapped = map_run(vmf, pte, slots, nr);
	spin_unlock(&mapping->i_pages_lock);
	if (vmf->pgoff < start + nr && pte_present(ptep_get(pte + (vmf->pgoff - start))))
		ret = VM_FAULT_NOPAGE;
	spin_unlock(&mm->page_table_lock);
	if (mapped) {
		mapped_cached_pages(vma->vm_file, start, nr);
		add_mm_counter(mm, shmem_mapping(mapping) ? MM_SHMEMPAGES : MM_FILEPAGES, mapped);
		count_vm_events(FAULT_AROUND, mapped);
	}
	return ret;
}

/* ---- taking mapped pages away ---- */

/* => i_mmap_lock keeps the vmas from going; zapping does not sleep. */
void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t len, bool even_cows)
{
	pgoff_t first = start >> PAGE_SHIFT;
	pgoff_t last = (len ? (pgoff_t)(start + len - 1) : ULONG_MAX) >> PAGE_SHIFT;
	struct vm_area_struct *vma;

	if (list_empty(&mapping->i_mmap))
		return;
	spin_lock(&mapping->i_mmap_lock);
	list_for_each_entry(vma, &mapping->i_mmap, i_mmap_node) {
		pgoff_t from = max(first, vma->vm_pgoff);
		pgoff_t to = min(last, vma->vm_pgoff + vma_pages(vma) - 1);

		if (from <= to)
			zap_page_range(vma, vma->vm_start + ((from - vma->vm_pgoff) << PAGE_SHIFT),
				       (to - from + 1) << PAGE_SHIFT, even_cows);
	}
	spin_unlock(&mapping->i_mmap_lock);
}

/* The rare case of truncation: see truncate_folio(). */
void unmap_folio(struct address_space *mapping, struct folio *f)
{
	VM_BUG_ON(!folio_test(f, PG_locked) || f->mapping != mapping);
	if (folio_mapped(f))
		unmap_mapping_range(mapping, folio_pos(f), PAGE_SIZE, false);
}
