/* SPDX-License-Identifier: MIT */
/*
 * The heap: [start_brk, brk), one anonymous VMA that grows and shrinks at its end.
 *
 * brk() fails by not moving: it returns the old end, never an errno.
 *
 * Invariant: the VMA covers start_brk to PAGE_ALIGN(brk), less what the program
 * has unmapped itself; brk may stand anywhere in its last page.
 *
 * Locks: mmap_lock for writing.
 *
 * Linux: mm/mmap.c, sys_brk(), do_brk_flags(). Differs: no compatibility brk.
 */
#include "kernel/sched.h"
#include "kernel/uapi/mman.h"
#include "mm/mm_syscalls.h"
#include "mm/vma.h"

/* Anonymous private memory at a free, page-aligned place. */
static int do_brk_flags(struct mm_struct *mm, unsigned long addr, unsigned long len,
			unsigned long vm_flags)
{
	unsigned long pages = len >> PAGE_SHIFT;
	struct vm_area_struct *vma;
	struct vma_attrs a;

	lockdep_assert_held(&mm->mmap_lock);
	VM_BUG_ON(!len || offset_in_page(addr | len) || addr + len > TASK_SIZE);
	vm_flags |= VM_ACCOUNT | mm->def_flags;
	if (!mlock_future_ok(mm, vm_flags, len))
		return -EAGAIN;
	if (!may_expand_vm(mm, vm_flags, pages) || mm->map_count > sysctl_max_map_count ||
	    vm_enough_memory(mm, pages))
		return -ENOMEM;
	a = (struct vma_attrs){ .start = addr, .end = addr + len, .vm_flags = vm_flags,
				.pgoff = addr >> PAGE_SHIFT };
	if (!vma_merge_new(mm, &a)) {
		vma = vm_area_alloc(mm);
		if (!vma) {
			vm_unacct_memory(pages);
			return -ENOMEM;
		}
		vma->vm_start = addr;
		vma->vm_end = addr + len;
		vma->vm_flags = vm_flags;
		vma->vm_page_prot = vm_get_page_prot(vm_flags);
		vma->vm_pgoff = a.pgoff;
		vma_insert(mm, vma);
	}
	vm_stat_account(mm, vm_flags, pages);
	if (vm_flags & VM_LOCKED)
		mm->locked_vm += pages;
	return 0;
}

int vm_brk(unsigned long addr, unsigned long len, unsigned long vm_flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long place;
	int err;

	len = PAGE_ALIGN(len);
	if (!len)
		return 0;
	err = mmap_write_lock_killable(mm);
	if (err)
		return err;
	err = get_unmapped_area(addr, len, MAP_FIXED, &place);
	if (!err)
		err = do_munmap(mm, addr, len);
	if (!err)
		err = do_brk_flags(mm, addr, len, vm_flags);
	mmap_write_unlock(mm);
	return err;
}

/* RLIMIT_DATA counts the program's data and its heap. */
static bool brk_within_limit(const struct mm_struct *mm, unsigned long brk)
{
	unsigned long limit = rlimit_of(RLIMIT_DATA);

	return limit == RLIM_INFINITY ||
	       brk - mm->start_brk + (mm->end_data - mm->start_data) <= limit;
}

/* => mmap_lock for writing. true: the heap ends at brk now. */
static bool move_brk(struct mm_struct *mm, unsigned long brk)
{
	unsigned long new = PAGE_ALIGN(brk), old = PAGE_ALIGN(mm->brk);
	struct vm_area_struct *next;

	VM_BUG_ON(mm->brk < mm->start_brk);
	if (brk < mm->start_brk || brk >= TASK_SIZE || !brk_within_limit(mm, brk))
		return false;
	if (new < old && do_munmap(mm, new, old - new))
		return false;
	if (new > old) {
		/* One page of distance, so that an overrun of the heap is noticed. */
		next = find_vma(mm, old);
		if (next && new + PAGE_SIZE > vm_start_gap(next))
			return false;
		if (do_brk_flags(mm, old, new - old, VM_DATA_FLAGS))
			return false;
	}
	mm->brk = brk;
	return true;
}

long sys_brk(unsigned long brk)
{
	struct mm_struct *mm = current->mm;
	unsigned long old, new;
	bool populate;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	old = PAGE_ALIGN(mm->brk);
	populate = move_brk(mm, brk) && (mm->def_flags & VM_LOCKED);
	new = mm->brk;
	mmap_write_unlock(mm);
	if (populate && PAGE_ALIGN(new) > old)
		mm_populate(mm, old, PAGE_ALIGN(new) - old);
	return new;
}
