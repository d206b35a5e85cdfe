/* SPDX-License-Identifier: MIT */
/*
 * msync(): the changes made through a shared mapping reach the file.
 *
 * Page cache and mapping are the same pages, so read() sees them at once. Left
 * to do is MS_SYNC: write the dirty pages and wait. MS_ASYNC does nothing, dirty
 * pages are written in time anyway.
 *
 * Locks: mmap_lock for reading, dropped while a file is written.
 *
 * Linux: mm/msync.c.
 */
#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "kernel/uapi/mman.h"
#include "mm/mm_syscalls.h"
#include "mm/vma.h"

/* The part of the file that vma shows in [start,end), written. => mmap_lock read held; dropped. */
static int sync_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
		    unsigned long end)
{
	struct file *file = get_file(vma->vm_file);
	loff_t from = ((loff_t)vma->vm_pgoff << PAGE_SHIFT) + (start - vma->vm_start);
	int err = 0;

	mmap_read_unlock(mm);
	if (file->f_op->fsync)
		err = vfs_fsync_range(file, from, from + (end - start) - 1, 1);
	fput(file);
	return err;
}

/* The first VMA of [start,end): checked, and synced if need be. *startp moves past it. */
static int msync_step(struct mm_struct *mm, unsigned long *startp, unsigned long end, int flags)
{
	struct vm_area_struct *vma;
	unsigned long start = *startp;
	int err = 0, hole = 0;

	mmap_read_lock(mm);
	vma = find_vma(mm, start);
	if (!vma || vma->vm_start >= end) {
		*startp = end;
		mmap_read_unlock(mm);
		return -ENOMEM;
	}
	if (start < vma->vm_start) {
		start = vma->vm_start;
		hole = -ENOMEM;		/* said at the end: the rest is synced first */
	}
	*startp = min(end, vma->vm_end);
	if ((flags & MS_INVALIDATE) && (vma->vm_flags & VM_LOCKED))
		err = -EBUSY;
	if (!err && (flags & MS_SYNC) && vma->vm_file && (vma->vm_flags & VM_SHARED)) {
		err = sync_vma(mm, vma, start, *startp);
		return err ? err : hole;
	}
	mmap_read_unlock(mm);
	return err ? err : hole;
}

long sys_msync(unsigned long start, unsigned long len, long lflags)
{
	unsigned long end = start + PAGE_ALIGN(len);
	int flags = lflags, err, hole = 0;

	if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) || offset_in_page(start) ||
	    ((flags & MS_ASYNC) && (flags & MS_SYNC)))
		return -EINVAL;
	if (end < start || (len && end == start))
		return -ENOMEM;
	while (start < end) {
		err = msync_step(current->mm, &start, end, flags);
		if (err && err != -ENOMEM)
			return err;
		if (err)
			hole = err;
	}
	return hole;
}
