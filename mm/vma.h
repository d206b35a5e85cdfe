/* SPDX-License-Identifier: MIT */
/*
 * What the files about address spaces (mmap, mprotect, mremap, madvise, mlock,
 * mm_struct) share: making, splitting and merging VMAs. Everybody else sees
 * only mm/mm.h.
 *
 * => mmap_lock is held for write in all of them, unless said.
 *
 * Linux: mm/vma.h, mm/internal.h.
 */
#pragma once
#include "mm/mm.h"

#define VM_SPECIAL	(VM_PFNMAP | VM_DONTEXPAND)	/* never merged */
/* Nobody may map below, so that NULL plus a small offset faults. */
#define MMAP_MIN_ADDR	0x10000UL

/* ---- vma.c ---- */
/* vma_attrs - what two neighbours must agree on to become one. */
struct vma_attrs {
	unsigned long start, end;	/* the range it will cover */
	unsigned long vm_flags;
	unsigned long pgoff;
	struct file *file;		/* NULL: anonymous */
	struct anon_vma *anon_vma;	/* NULL: no page of it was ever private */
	struct mempolicy policy;	/* all zero: none of its own */
};

void vma_cache_init(void);		/* boot: after the slab allocator */
/*
 * vm_area_alloc() - zeroed, for mm; vm_area_dup() - copy of orig, on no list or tree. NULL: no
 * memory.
 */
struct vm_area_struct *vm_area_alloc(struct mm_struct *mm);
struct vm_area_struct *vm_area_dup(const struct vm_area_struct *orig);
/* vm_area_free() - closes it, drops its file and its memory. => off tree and lists. */
void vm_area_free(struct vm_area_struct *vma);
/* vma_insert() - into the tree only; map_count + 1. */
void vma_insert(struct mm_struct *mm, struct vm_area_struct *vma);
/* vma_append() - the same for a vma above all others: no search (fork). */
void vma_append(struct mm_struct *mm, struct vm_area_struct *vma);
/* vma_erase() - out of the tree; map_count - 1. */
void vma_erase(struct mm_struct *mm, struct vm_area_struct *vma);
/*
 * vma_link_file(), vma_unlink_file() - into and out of the file's i_mmap; nothing if there is no
 * file.
 */
void vma_link_file(struct vm_area_struct *vma);
void vma_unlink_file(struct vm_area_struct *vma);
/* vma_lock_rmap() - nobody walks from a page to this vma while its range or its PTEs move. */
void vma_lock_rmap(struct vm_area_struct *vma);
void vma_unlock_rmap(struct vm_area_struct *vma);
/* vma_adjust() - new bounds; pgoff follows the start. Tree and gaps are kept right. */
void vma_adjust(struct vm_area_struct *vma, unsigned long start, unsigned long end);
/* split_vma() - two vmas that meet at addr; vma keeps the lower part if !keep_upper. 0, -ENOMEM. */
int __must_check split_vma(struct vm_area_struct *vma, unsigned long addr, bool keep_upper);
/*
 * vma_merge_new() - extend a neighbour over the hole [start,end): the vma that covers it now, or
 * NULL.
 */
struct vm_area_struct *vma_merge_new(struct mm_struct *mm, const struct vma_attrs *a);
/* vma_merge() - join vma with its neighbours where they agree: the one that is left. */
struct vm_area_struct *vma_merge(struct vm_area_struct *vma);
/*
 * vma_set_flags() - new vm_flags for [start,end) inside *vma: splits as needed, merges
 * with neighbours; *vma is the one that covers start afterwards. 0, -ENOMEM.
 * The caller adapts PTEs and counters.
 */
int __must_check vma_set_flags(struct vm_area_struct **vma, unsigned long start,
			       unsigned long end, unsigned long vm_flags);
/*
 * vma_mergeable_anon_vma() - a neighbour's family that vma may join, so that they can merge
 * later; NULL: none.
 */
struct anon_vma *vma_mergeable_anon_vma(struct vm_area_struct *vma);
/* vm_start_gap() - its start, less the guard gap of a stack. */
unsigned long vm_start_gap(const struct vm_area_struct *vma);
/*
 * find_vma_intersection() - first vma that overlaps [start,end), or NULL. => read lock is enough.
 */
static inline struct vm_area_struct *find_vma_intersection(struct mm_struct *mm,
							   unsigned long start,
							   unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);

	return vma && vma->vm_start < end ? vma : NULL;
}
/* find_gap_topdown() - highest hole of len bytes inside [low,high): 0 and *addr, or -ENOMEM. */
int __must_check find_gap_topdown(struct mm_struct *mm, unsigned long len, unsigned long low,
				  unsigned long high, unsigned long *addr);
/* mm_check_vmas() - order, gaps, counts of the whole tree: BUG if wrong (debug, tests). */
void mm_check_vmas(struct mm_struct *mm);

/* ---- util.c ---- */
/*
 * vm_stat_account() - a mapping of so many pages came (or went, negative): total_vm and its
 * parts.
 */
void vm_stat_account(struct mm_struct *mm, unsigned long vm_flags, long npages);
/* mlock_future_ok() - may so many more bytes be locked (RLIMIT_MEMLOCK)? */
bool mlock_future_ok(struct mm_struct *mm, unsigned long vm_flags, unsigned long bytes);
/* rlimit_of() - soft limit of the running process. */
unsigned long rlimit_of(unsigned int which);
/* accountable_mapping() - is it counted against overcommit? */
bool accountable_mapping(const struct file *file, unsigned long vm_flags);

/* ---- mm_struct.c, mm_dup.c ---- */
/* mm_set_exe_file() - f (or NULL) is mm's program. => writers are kept off it, and stay so. */
void mm_set_exe_file(struct mm_struct *mm, struct file *f);
/*
 * mm_alloc_like() - like mm_alloc(), but limits, addresses and exe_file are old's. NULL: no
 * memory.
 */
struct mm_struct *mm_alloc_like(const struct mm_struct *old);
struct mmu_gather;
/* unmap_vma_pages() - unmap_page_range() that lets others run from time to time. */
void unmap_vma_pages(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long start,
		     unsigned long end);

/* ---- mmap.c, stack.c ---- */
/* mmap_layout_init() - mmap_base of a new mm, by its stack limit. */
void mmap_layout_init(struct mm_struct *mm);
/* get_unmapped_area() - where len bytes can go: 0 and *addr, or -errno as mmap(2). */
int __must_check get_unmapped_area(unsigned long hint, unsigned long len, unsigned long flags,
				   unsigned long *addr);
/* expand_stack() - grow the VM_GROWSDOWN vma down to addr: 0 or -ENOMEM. */
int __must_check expand_stack(struct vm_area_struct *vma, unsigned long addr);

/* ---- mlock.c: => the folio is mapped by a VM_LOCKED vma; ptl held or folio referenced ---- */
void mlock_folio(struct folio *f);
void munlock_folio(struct folio *f);
/* mlock_vma_pages_range() - pages already present follow the new flags. => mmap_lock write. */
void mlock_vma_pages_range(struct vm_area_struct *vma, unsigned long start, unsigned long end);

/* ---- gup.c ---- */
/*
 * populate_vma_range() - fault in what is missing: 0, -EFAULT, -ENOMEM, -EINTR. => mmap_lock
 * read.
 */
int __must_check populate_vma_range(struct vm_area_struct *vma, unsigned long start,
				    unsigned long end, bool write);
