/* SPDX-License-Identifier: MIT */
/*
 * munmap(): take a range out of the address space.
 *
 *	1. split   a VMA that the range cuts a hole into becomes two
 *	2. zap     PTEs are cleared, frames gathered
 *	3. detach  VMAs inside leave tree and rmap lists, those at the edges are trimmed
 *	4. tables  page tables that no VMA needs any more
 *	5. flush   then frames and tables are free
 *
 * Only step 1 can fail, so nothing has to be undone.
 *
 * Invariants: 3 before 4, so that nobody walks from a page into a freed table;
 * 5 last, so that no TLB leads to a freed frame.
 *
 * Locks: mmap_lock for writing, all the time.
 *
 * Linux: mm/vma.c, do_vmi_align_munmap(). Differs: edges are trimmed in place, not
 * split off and freed; the lock is not downgraded for zapping.
 */
#include "kernel/sched.h"
#include "mm/mm_syscalls.h"
#include "mm/pgtable.h"
#include "mm/rmap.h"
#include "mm/vma.h"

/* npages of a VMA are going: the sums follow. */
static void unaccount(struct mm_struct *mm, unsigned long vm_flags, long npages)
{
	VM_BUG_ON(npages <= 0);
	VM_BUG_ON((vm_flags & VM_LOCKED) && mm->locked_vm < (unsigned long)npages);
	vm_stat_account(mm, vm_flags, -npages);
	if (vm_flags & VM_LOCKED)
		mm->locked_vm -= npages;
	if (vm_flags & VM_ACCOUNT)
		vm_unacct_memory(npages);
}

/* The part of vma inside [start,end) has no PTEs any more: trim or remove it. */
static void detach_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
		       unsigned long end)
{
	unsigned long from = max(start, vma->vm_start), to = min(end, vma->vm_end);

	VM_BUG_ON(vma->vm_start < from && vma->vm_end > to);
	unaccount(mm, vma->vm_flags, (to - from) >> PAGE_SHIFT);
	if (vma->vm_start < from) {
		vma_adjust(vma, vma->vm_start, from);
		return;
	}
	if (vma->vm_end > to) {
		vma_adjust(vma, to, vma->vm_end);
		return;
	}
	vma_erase(mm, vma);
	unlink_anon_vma(vma);
	vma_unlink_file(vma);
	vm_area_free(vma);
}

/* => no VMA spans beyond both ends; first is the lowest that overlaps. */
static void unmap_region(struct mm_struct *mm, struct vm_area_struct *first, unsigned long start,
			 unsigned long end)
{
	struct vm_area_struct *vma, *next, *prev = vma_prev(first);
	unsigned long floor, ceiling;
	struct mmu_gather tlb;

	VM_BUG_ON(first->vm_end <= start || first->vm_start >= end);
	update_hiwater(mm);
	tlb_gather_mmu(&tlb, mm, false);
	for (vma = first; vma && vma->vm_start < end; vma = vma_next(vma))
		unmap_vma_pages(&tlb, vma, max(start, vma->vm_start), min(end, vma->vm_end));
	floor = first->vm_start < start ? start : prev ? prev->vm_end : 0;
	ceiling = vma ? vma->vm_start : TASK_SIZE;
	for (vma = first; vma && vma->vm_start < end; vma = next) {
		next = vma_next(vma);
		if (vma->vm_end > end)
			ceiling = end;
		detach_vma(mm, vma, start, end);
	}
	free_pgtables(&tlb, start, end, floor, ceiling);
	tlb_finish_mmu(&tlb);
}

int do_munmap(struct mm_struct *mm, unsigned long start, size_t len)
{
	struct vm_area_struct *vma;
	unsigned long end;
	int err;

	lockdep_assert_held(&mm->mmap_lock);
	if (offset_in_page(start) || start > TASK_SIZE || len > TASK_SIZE - start || !len)
		return -EINVAL;
	end = start + PAGE_ALIGN(len);
	vma = find_vma_intersection(mm, start, end);
	if (!vma)
		return 0;
	if (start > vma->vm_start && end < vma->vm_end) {
		err = split_vma(vma, end, false);
		if (err)
			return err;
	}
	unmap_region(mm, vma, start, end);
	return 0;
}

int vm_munmap(unsigned long start, size_t len)
{
	struct mm_struct *mm = current->mm;
	int err = mmap_write_lock_killable(mm);

	if (err)
		return err;
	err = do_munmap(mm, start, len);
	mmap_write_unlock(mm);
	return err;
}

long sys_munmap(unsigned long addr, unsigned long len)
{
	return vm_munmap(addr, len);
}
