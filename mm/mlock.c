/* SPDX-License-Identifier: MIT */
/*
 * mlock(): memory that must stay in RAM.
 *
 * VM_LOCKED on a VMA is the truth. PG_mlocked on a folio is a note for reclaim,
 * which keeps such folios on the unevictable list and out of its way. The note
 * may be missing where it should be (a page that was mapped before, or that
 * another process unlocked): then reclaim meets the VMA in try_to_unmap(), leaves
 * the page alone and makes the note. So it need not be counted per VMA.
 *
 * Invariant: locked_vm is the number of pages in VM_LOCKED VMAs, present or not,
 * and at most RLIMIT_MEMLOCK when it is raised. Not inherited by fork.
 *
 * Locks: mmap_lock for writing to change VMAs, reading to populate.
 *
 * Linux: mm/mlock.c. Differs: no mlock_count in the folio; no batches;
 * RLIMIT_MEMLOCK binds root as well (Linux exempts CAP_IPC_LOCK).
 */
#include "kernel/sched.h"
#include "kernel/uapi/mman.h"
#include "mm/lru.h"
#include "mm/mm_syscalls.h"
#include "mm/pgtable.h"
#include "mm/vma.h"
#include "mm/vmstat.h"

#define VM_LOCKED_MASK	(VM_LOCKED | VM_LOCKONFAULT)

/* ---- folios ---- */

/*
 * The list follows the note. If the folio is on no list just now, whoever took it off
 * looks at PG_mlocked when he puts it back.
 */
static void move_to_right_list(struct folio *f)
{
	if (!folio_isolate_lru(f))
		return;
	if (folio_test(f, PG_mlocked)) {
		folio_clear(f, PG_active);
		folio_set(f, PG_unevictable);
	} else {
		folio_clear(f, PG_unevictable);
	}
	folio_putback_lru(f);
}

void mlock_folio(struct folio *f)
{
	VM_BUG_ON(folio_ref_count(f) <= 0);
	if (folio_test_set(f, PG_mlocked))
		return;
	mod_node_page_state(page_pgdat(&f->page), NR_MLOCK, 1);
	count_vm_event(UNEVICTABLE_PGMLOCKED);
	move_to_right_list(f);
}

void munlock_folio(struct folio *f)
{
	VM_BUG_ON(folio_ref_count(f) <= 0);
	if (!folio_test_clear(f, PG_mlocked))
		return;
	mod_node_page_state(page_pgdat(&f->page), NR_MLOCK, -1);
	count_vm_event(UNEVICTABLE_PGMUNLOCKED);
	move_to_right_list(f);
}

/* walk_page_range(): the note of one page follows its VMA. => ptl held. */
static int mlock_pte(pte_t *pte, unsigned long addr, void *arg)
{
	const struct vm_area_struct *vma = arg;
	pte_t entry = ptep_get(pte);
	struct folio *f;

	lockdep_assert_held(&vma->vm_mm->page_table_lock);
	if (!pte_present(entry) || pte_special(entry))
		return 0;
	f = page_folio(pfn_to_page(pte_pfn(entry)));
	if (vma->vm_flags & VM_LOCKED)
		mlock_folio(f);
	else
		munlock_folio(f);
	return 0;
}

void mlock_vma_pages_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	(void)walk_page_range(vma->vm_mm, start, end, mlock_pte, NULL, vma);
}

/* ---- ranges ---- */

/* Give [start,end) of *vma the lock flags. => *vma covers start afterwards. */
static int mlock_fixup(struct vm_area_struct **vma, unsigned long start, unsigned long end,
		       unsigned long lock_flags)
{
	unsigned long old = (*vma)->vm_flags, new = (old & ~VM_LOCKED_MASK) | lock_flags;
	long pages = (end - start) >> PAGE_SHIFT;
	int err;

	lockdep_assert_held(&(*vma)->vm_mm->mmap_lock);
	VM_BUG_ON(start < (*vma)->vm_start || end > (*vma)->vm_end || offset_in_page(start | end));
	if (new == old || (old & VM_SPECIAL))
		return 0;
	err = vma_set_flags(vma, start, end, new);
	if (err)
		return err;
	if (!((old ^ new) & VM_LOCKED))
		return 0;
	(*vma)->vm_mm->locked_vm += (new & VM_LOCKED) ? pages : -pages;
	VM_BUG_ON((long)(*vma)->vm_mm->locked_vm < 0);
	mlock_vma_pages_range(*vma, start, end);
	return 0;
}

/* => mmap_lock for writing. -ENOMEM: a hole in the range. */
static int apply_lock_flags(struct mm_struct *mm, unsigned long start, unsigned long end,
			    unsigned long lock_flags)
{
	struct vm_area_struct *vma;
	unsigned long to;
	int err;

	for (; start < end; start = to) {
		vma = vma_lookup(mm, start);
		if (!vma)
			return -ENOMEM;
		to = min(end, vma->vm_end);
		err = mlock_fixup(&vma, start, to, lock_flags);
		if (err)
			return err;
	}
	return 0;
}

/* The same for the whole address space, as far as it can be done. */
static void apply_lock_flags_all(struct mm_struct *mm, unsigned long lock_flags)
{
	struct vm_area_struct *vma = vma_first(mm);
	unsigned long end;

	while (vma) {
		end = vma->vm_end;
		(void)mlock_fixup(&vma, vma->vm_start, end, lock_flags);
		vma = find_vma(mm, end);
	}
}

/* Pages of the range that are locked already, and so do not count twice. */
static unsigned long locked_pages_in(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma_intersection(mm, start, end);
	unsigned long n = 0;

	for (; vma && vma->vm_start < end; vma = vma_next(vma))
		if (vma->vm_flags & VM_LOCKED)
			n += (min(end, vma->vm_end) - max(start, vma->vm_start)) >> PAGE_SHIFT;
	return n;
}

/* The page-aligned range around [start, start + len): -EINVAL if it wraps. */
static int lock_range(unsigned long *start, unsigned long len, unsigned long *end)
{
	len = PAGE_ALIGN(len + offset_in_page(*start));
	*start &= PAGE_MASK;
	*end = *start + len;
	return *end < *start ? -EINVAL : 0;
}

/* => no locks. The VMAs are marked first: pages that come from now on are locked at once. */
static int do_mlock(unsigned long start, unsigned long len, unsigned long lock_flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long limit = rlimit_of(RLIMIT_MEMLOCK), end;
	int err;

	if (!limit)
		return -EPERM;
	err = lock_range(&start, len, &end);
	if (err)
		return err;
	err = mmap_write_lock_killable(mm);
	if (err)
		return err;
	if (mm->locked_vm + ((end - start) >> PAGE_SHIFT) - locked_pages_in(mm, start, end) >
	    limit >> PAGE_SHIFT)
		err = -ENOMEM;
	else
		err = apply_lock_flags(mm, start, end, lock_flags);
	mmap_write_unlock(mm);
	if (err)
		return err;
	err = __mm_populate(mm, start, end - start, false);
	/* What POSIX calls them: pages that do not exist, and memory that is short. */
	return err == -EFAULT ? -ENOMEM : err == -ENOMEM ? -EAGAIN : err;
}

/* ---- system calls ---- */

long sys_mlock(unsigned long addr, unsigned long len)
{
	return do_mlock(addr, len, VM_LOCKED);
}

long sys_mlock2(unsigned long addr, unsigned long len, long flags)
{
	if ((int)flags & ~MLOCK_ONFAULT)
		return -EINVAL;
	return do_mlock(addr, len, flags & MLOCK_ONFAULT ? VM_LOCKED_MASK : VM_LOCKED);
}

long sys_munlock(unsigned long addr, unsigned long len)
{
	struct mm_struct *mm = current->mm;
	unsigned long end;
	int err = lock_range(&addr, len, &end);

	if (err)
		return err;
	err = mmap_write_lock_killable(mm);
	if (err)
		return err;
	err = apply_lock_flags(mm, addr, end, 0);
	mmap_write_unlock(mm);
	return err;
}

long sys_mlockall(long flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long limit = rlimit_of(RLIMIT_MEMLOCK);
	unsigned long lock_flags = flags & MCL_ONFAULT ? VM_LOCKED_MASK : VM_LOCKED;
	int err;

	flags = (int)flags;
	if (!flags || flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || flags == MCL_ONFAULT)
		return -EINVAL;
	if (!limit)
		return -EPERM;
	err = mmap_write_lock_killable(mm);
	if (err)
		return err;
	/*
	 * All or nothing, as far as the limit goes; single VMAs that cannot be split are passed
	 * over.
	 */
	if ((flags & MCL_CURRENT) && mm->total_vm > limit >> PAGE_SHIFT) {
		err = -ENOMEM;
	} else {
		/* MCL_FUTURE: what mmap() and brk() make from now on. */
		mm->def_flags = flags & MCL_FUTURE ? lock_flags : 0;
		if (flags & MCL_CURRENT)
			apply_lock_flags_all(mm, lock_flags);
	}
	mmap_write_unlock(mm);
	if (!err && (flags & MCL_CURRENT))
		mm_populate(mm, 0, TASK_SIZE);
	return err;
}

long sys_munlockall(void)
{
	struct mm_struct *mm = current->mm;
	int err = mmap_write_lock_killable(mm);

	if (err)
		return err;
	mm->def_flags = 0;
	apply_lock_flags_all(mm, 0);
	mmap_write_unlock(mm);
	return 0;
}
