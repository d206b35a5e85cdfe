/* SPDX-License-Identifier: MIT */
/*
 * Reverse mapping: from a folio to every PTE that maps it.
 *
 * Linux: include/linux/rmap.h, mm/rmap.c. Differs: one anon_vma a family of
 * forked vmas (as before Linux 2.6.34), no anon_vma chains: a page of a
 * grandchild is looked for in all vmas of the family.
 */
#pragma once
#include "mm/mm.h"

/* anon_vma - all vmas that may map the anonymous pages of one family. */
struct anon_vma {
	spinlock_t lock;		/* guards vmas */
	atomic_t refcount;		/* one a vma, plus temporary ones */
	struct list_head vmas;		/* vm_area_struct.anon_vma_node */
};

/* __anon_vma_prepare() - the slow half: find or make the family. */
int __must_check __anon_vma_prepare(struct vm_area_struct *vma);
/*
 * anon_vma_prepare() - vma->anon_vma exists afterwards: 0 or -ENOMEM. => mmap_lock read; may
 * sleep.
 */
static inline int __must_check anon_vma_prepare(struct vm_area_struct *vma)
{
	return likely(vma->anon_vma) ? 0 : __anon_vma_prepare(vma);
}
/* anon_vma_clone() - dst joins src's family (fork, split). Cannot fail. => mmap_lock write. */
void anon_vma_clone(struct vm_area_struct *dst, struct vm_area_struct *src);
/*
 * unlink_anon_vma() - vma leaves its family; the last one frees it. => no PTE of vma maps a page
 * of it.
 */
void unlink_anon_vma(struct vm_area_struct *vma);
void rmap_init(void);

/*
 * Mapping counts. => page_table_lock held; folio locked or newly allocated
 * where it becomes anon. Inline: they are a large part of what a fault and an
 * unmapped page cost.
 */

/* folio_add_new_anon_rmap() - first PTE of a page that nobody else can see yet. */
static inline void folio_add_new_anon_rmap(struct folio *f, struct vm_area_struct *vma,
					   unsigned long addr)
{
	f->flags |= 1UL << PG_swapbacked | 1UL << PG_uptodate;
	f->mapping = (void *)((unsigned long)vma->anon_vma | PAGE_MAPPING_ANON);
	f->index = linear_page_index(vma, addr);
	atomic_set(&f->_mapcount, 0);
	mod_node_page_state(page_pgdat(&f->page), NR_ANON_MAPPED, 1);
}

/* folio_add_anon_rmap() - one more PTE of a page that comes back from swap. => locked. */
static inline void folio_add_anon_rmap(struct folio *f, struct vm_area_struct *vma,
				       unsigned long addr)
{
	if (atomic_inc_return(&f->_mapcount))
		return;
	f->mapping = (void *)((unsigned long)vma->anon_vma | PAGE_MAPPING_ANON);
	f->index = linear_page_index(vma, addr);
	mod_node_page_state(page_pgdat(&f->page), NR_ANON_MAPPED, 1);
}

/* folio_dup_rmap() - fork: one more PTE of a mapped page. */
static inline void folio_dup_rmap(struct folio *f) { atomic_inc(&f->_mapcount); }

static inline void folio_add_file_rmap(struct folio *f)
{
	if (!atomic_inc_return(&f->_mapcount))
		mod_node_page_state(page_pgdat(&f->page), NR_FILE_MAPPED, 1);
}

/*
 * __folio_remove_rmap() - one PTE less: true if it was the last one, and the caller counts
 * NR_ANON_MAPPED or NR_FILE_MAPPED down. No ordering is needed: whoever sees a count
 * without the page-table lock only takes it for a hint.
 */
static inline bool __folio_remove_rmap(struct folio *f)
{
	return __atomic_fetch_sub(&f->_mapcount.counter, 1, __ATOMIC_RELAXED) == 0;
}
/* folio_remove_rmap() - one PTE less. Does not drop the reference. */
static inline void folio_remove_rmap(struct folio *f)
{
	if (__folio_remove_rmap(f))
		mod_node_page_state(page_pgdat(&f->page),
				    folio_test_anon(f) ? NR_ANON_MAPPED : NR_FILE_MAPPED, -1);
}

/* Walks. => folio locked (so mapping is stable); take the rmap lock and each ptl; do not sleep. */
/*
 * folio_referenced() - clears A bits; number of PTEs that had it; *vm_flags = union of vma flags.
 */
int folio_referenced(struct folio *f, unsigned long *vm_flags);
struct tlb_batch;
enum ttu_flags { TTU_NONE = 0, TTU_IGNORE_MLOCK = 1 };
/*
 * try_to_unmap() - replace all PTEs by swap entries (anon; folio in swap cache) or nothing (file,
 * and clean lazyfree pages). Dirty PTEs make the folio dirty. true: none left. TLBs are flushed on
 * return.
 */
bool try_to_unmap(struct folio *f, enum ttu_flags flags);
/*
 * try_to_unmap_batched() - the same, but anonymous folios may still be in TLBs: tlb_batch_flush()
 * before they are written, freed or unlocked as reclaimed.
 */
bool try_to_unmap_batched(struct folio *f, enum ttu_flags flags, struct tlb_batch *batch);
/*
 * folio_mkclean() - write-protect and clean all shared PTEs before writeback: number that were
 * dirty.
 */
int folio_mkclean(struct folio *f);
/*
 * rmap_walk() - fn(folio, vma, addr, arg) for each vma that may map it; stop when fn returns
 * false.
 */
void rmap_walk(struct folio *f, bool (*fn)(struct folio *f, struct vm_area_struct *vma,
					   unsigned long addr, void *arg), void *arg);
