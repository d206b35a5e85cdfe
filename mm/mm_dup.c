/* SPDX-License-Identifier: MIT */
/*
 * Copying an address space (fork) and taking one down (exit, execve).
 *
 * fork copies the VMAs and, of those with private pages, the page tables; the
 * pages themselves are shared until somebody writes (pgtable_copy.c).
 *
 * Invariant: at every moment the half-made child is a complete address space of
 * the VMAs it has so far, with exact counters. So no unwinding of its own is needed
 * when memory runs out in the middle: mmput() takes it down like any other.
 *
 * Locks: parent's mmap_lock, then the child's (nested: parent before child; only
 * swapoff can know the child yet). exit_mmap() holds mmap_lock against the OOM reaper.
 *
 * Linux: kernel/fork.c, dup_mmap(); mm/mmap.c, exit_mmap(). Differs: VMAs are
 * appended to the child's tree one by one.
 */
#include <asm/tlbflush.h>
#include "kernel/sched.h"
#include "mm/pgtable.h"
#include "mm/rmap.h"
#include "mm/vma.h"

/* ---- fork ---- */

/* => both mmap_locks. On failure the child has the VMA or not; consistent either way. */
static int dup_vma(struct mm_struct *mm, struct vm_area_struct *vma)
{
	bool wipe = vma->vm_flags & VM_WIPEONFORK;
	struct vm_area_struct *new;

	lockdep_assert_held(&vma->vm_mm->mmap_lock);
	lockdep_assert_held(&mm->mmap_lock);
	VM_BUG_ON(vma->vm_flags & VM_DONTCOPY);
	if ((vma->vm_flags & VM_ACCOUNT) && vm_enough_memory(mm, vma_pages(vma)))
		return -ENOMEM;
	new = vm_area_dup(vma);
	if (!new) {
		if (vma->vm_flags & VM_ACCOUNT)
			vm_unacct_memory(vma_pages(vma));
		return -ENOMEM;
	}
	new->vm_mm = mm;
	new->vm_flags &= ~(VM_LOCKED | VM_LOCKONFAULT);
	if (!wipe)
		anon_vma_clone(new, vma);
	vma_link_file(new);
	vma_append(mm, new);
	vm_stat_account(mm, new->vm_flags, vma_pages(new));
	return wipe ? 0 : copy_page_range(new, vma);
}

int dup_mm(struct mm_struct *oldmm, struct mm_struct **newp)
{
	struct vm_area_struct *vma;
	struct mm_struct *mm;
	int err;

	err = mmap_write_lock_killable(oldmm);
	if (err)
		return err;
	mm = mm_alloc_like(oldmm);
	if (!mm) {
		mmap_write_unlock(oldmm);
		return -ENOMEM;
	}
	down_write_nested(&mm->mmap_lock);
	for_each_vma(oldmm, vma) {
		if (vma->vm_flags & VM_DONTCOPY)
			continue;
		err = dup_vma(mm, vma);
		if (err)
			break;
	}
	VM_BUG_ON(mm->map_count > oldmm->map_count);
	update_hiwater(mm);
	up_write(&mm->mmap_lock);
	/* The parent's writable entries that a TLB still holds would bypass the copy-on-write. */
	flush_tlb_mm(oldmm);
	mmap_write_unlock(oldmm);
	if (err) {
		mmput(mm);
		return err;
	}
	*newp = mm;
	return 0;
}

/* ---- exit ---- */

#define UNMAP_CHUNK	(128UL << 20)	/* full of pages: some 5 ms */

void unmap_vma_pages(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long start,
		     unsigned long end)
{
	unsigned long next;

	VM_BUG_ON(start < vma->vm_start || end > vma->vm_end || offset_in_page(start | end));
	for (; start < end; start = next) {
		next = end - start > UNMAP_CHUNK ? start + UNMAP_CHUNK : end;
		unmap_page_range(tlb, vma, start, next);
		cond_resched();
	}
}

/*
 * Free all tables. VMAs that may share one are handled together; a table is
 * freed with the last of them, as the ceiling is where the next one begins.
 */
static void free_all_pgtables(struct mmu_gather *tlb, struct mm_struct *mm)
{
	struct vm_area_struct *vma = vma_first(mm), *next;

	while (vma) {
		unsigned long start = vma->vm_start;

		for (; (next = vma_next(vma)); vma = next)
			if (next->vm_start > vma->vm_end + PMD_SIZE)
				break;
		free_pgtables(tlb, start, vma->vm_end, 0, next ? next->vm_start : TASK_SIZE);
		vma = next;
	}
}

static void free_all_vmas(struct mm_struct *mm)
{
	struct vm_area_struct *vma, *next;
	unsigned long accounted = 0;

	rbtree_postorder_for_each_entry_safe(vma, next, &mm->mm_rb, vm_rb) {
		if (vma->vm_flags & VM_ACCOUNT)
			accounted += vma_pages(vma);
		vm_area_free(vma);
	}
	lockdep_assert_held(&mm->mmap_lock);
	vm_unacct_memory(accounted);
	mm->mm_rb = RB_ROOT;
	mm->vma_cache = NULL;
	mm->map_count = 0;
	mm->total_vm = mm->locked_vm = mm->data_vm = mm->exec_vm = mm->stack_vm = 0;
}

void exit_mmap(struct mm_struct *mm)
{
	struct vm_area_struct *vma;
	struct mmu_gather tlb;

	mmap_write_lock(mm);
	update_hiwater(mm);
	tlb_gather_mmu(&tlb, mm, true);
	for_each_vma(mm, vma) {
		unmap_vma_pages(&tlb, vma, vma->vm_start, vma->vm_end);
		/* From now on nobody finds its page tables from a page. */
		unlink_anon_vma(vma);
		vma_unlink_file(vma);
	}
	free_all_pgtables(&tlb, mm);
	tlb_finish_mmu(&tlb);
	free_all_vmas(mm);
	set_bit(MMF_OOM_SKIP, &mm->flags);	/* nothing left to reap */
	mmap_write_unlock(mm);
}
