/* SPDX-License-Identifier: MIT */
/*
 * The layout of a user address space, and its stack.
 *
 *	0x10000         program, or PIE at 2/3 of TASK_SIZE; the heap above it
 *	  ...
 *	mmap_base       mappings, each new one below the others
 *	                as much room as RLIMIT_STACK lets the stack grow into
 *	STACK_TOP       first word of the stack; nothing above
 *
 * A stack grows by page faults below its lowest page, however far, but never
 * nearer than sysctl_stack_guard_gap pages to the mapping below: an overrun must
 * fault, not run into other data. Gap search keeps the same distance.
 *
 * Locks: mmap_lock for writing.
 *
 * Linux: mm/util.c, arch_pick_mmap_layout(); mm/vma.c, expand_downwards();
 * fs/exec.c, setup_arg_pages(). Differs: no randomization; growth takes the lock
 * for writing.
 */
#include <asm/processor.h>
#include "kernel/sched.h"
#include "mm/vma.h"

#define STACK_INITIAL	(33 * PAGE_SIZE)	/* 132 KiB: so much is there without growing */
#define STACK_ROOM_MIN	(128UL << 20)
#define STACK_ROOM_MAX	(TASK_SIZE / 6 * 5)

void mmap_layout_init(struct mm_struct *mm)
{
	unsigned long room = clamp_t(unsigned long, rlimit_of(RLIMIT_STACK), STACK_ROOM_MIN,
				     STACK_ROOM_MAX);

	mm->mmap_base = PAGE_ALIGN(STACK_TOP - room - (sysctl_stack_guard_gap << PAGE_SHIFT));
}

/* Would the limits allow the stack to be size bytes, grow pages more than now? Charges them. */
static int charge_stack_growth(struct mm_struct *mm, const struct vm_area_struct *vma,
			       unsigned long size, unsigned long grow)
{
	if (!may_expand_vm(mm, vma->vm_flags, grow) || size > rlimit_of(RLIMIT_STACK) ||
	    !mlock_future_ok(mm, vma->vm_flags, grow << PAGE_SHIFT))
		return -ENOMEM;
	return vma->vm_flags & VM_ACCOUNT ? vm_enough_memory(mm, grow) : 0;
}

/* Is the mapping below far enough away? Memory that cannot be touched is as good as a gap. */
static bool guard_gap_kept(struct vm_area_struct *vma, unsigned long addr)
{
	struct vm_area_struct *prev = vma_prev(vma);

	if (!prev || (prev->vm_flags & VM_GROWSDOWN) || !(prev->vm_flags & VM_ACCESS_FLAGS))
		return true;
	return addr - prev->vm_end >= sysctl_stack_guard_gap << PAGE_SHIFT;
}

int expand_stack(struct vm_area_struct *vma, unsigned long addr)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long grow;

	addr &= PAGE_MASK;
	VM_BUG_ON(addr >= vma->vm_start);
	grow = (vma->vm_start - addr) >> PAGE_SHIFT;
	if (addr < MMAP_MIN_ADDR || grow > vma->vm_pgoff || !guard_gap_kept(vma, addr) ||
	    charge_stack_growth(mm, vma, vma->vm_end - addr, grow))
		return -ENOMEM;
	vma_adjust(vma, addr, vma->vm_end);
	vm_stat_account(mm, vma->vm_flags, grow);
	if (vma->vm_flags & VM_LOCKED)
		mm->locked_vm += grow;
	return 0;
}

int mm_setup_stack(struct mm_struct *mm, unsigned long stack_top, struct vm_area_struct **vmap)
{
	unsigned long limit = max(rlimit_of(RLIMIT_STACK) & PAGE_MASK, PAGE_SIZE);
	unsigned long size = min(STACK_INITIAL, limit);
	struct vm_area_struct *vma;
	int err = -ENOMEM;

	mmap_write_lock(mm);
	if (find_vma_intersection(mm, stack_top - size, stack_top) ||
	    vm_enough_memory(mm, size >> PAGE_SHIFT))
		goto unlock;
	vma = vm_area_alloc(mm);
	if (!vma) {
		vm_unacct_memory(size >> PAGE_SHIFT);
		goto unlock;
	}
	vma->vm_start = stack_top - size;
	vma->vm_end = stack_top;
	vma->vm_flags = VM_STACK_FLAGS;
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	vma->vm_pgoff = vma->vm_start >> PAGE_SHIFT;
	vma_insert(mm, vma);
	vm_stat_account(mm, vma->vm_flags, size >> PAGE_SHIFT);
	*vmap = vma;
	err = 0;
unlock:
	mmap_write_unlock(mm);
	return err;
}
