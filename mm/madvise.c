/* SPDX-License-Identifier: MIT */
/*
 * madvise(): what a program knows about its memory.
 *
 *	changes VMA flags   NORMAL RANDOM SEQUENTIAL DONTFORK DOFORK WIPEONFORK KEEPONFORK
 *	                    DONTDUMP DODUMP MERGEABLE UNMERGEABLE
 *	works on pages      DONTNEED DONTNEED_LOCKED FREE WILLNEED COLD PAGEOUT REMOVE
 *	                    POPULATE_READ POPULATE_WRITE
 *	accepted            HUGEPAGE NOHUGEPAGE: there are no huge pages to want
 *
 * DONTNEED and FREE are orders more than advice: what was in private pages is gone
 * (FREE: may be gone, until it is written again).
 *
 * A range may cover several VMAs and holes; the mapped parts are dealt with, and
 * a hole gives ENOMEM at the end. POPULATE stops at the hole.
 *
 * Locks: mmap_lock, for writing where VMA flags change.
 *
 * Linux: mm/madvise.c. Differs: no huge pages, no memory failure; MERGEABLE is
 * only noted.
 */
#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "kernel/uapi/mman.h"
#include "mm/madvise.h"
#include "mm/mm_syscalls.h"
#include "mm/pgtable.h"
#include "mm/vma.h"

#define FALLOC_PUNCH_HOLE	3	/* FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE */

/* ---- advice that is a VMA flag ---- */

/* The flags after the advice; -EINVAL where it makes no sense, or is not of this kind. */
static int advised_flags(const struct vm_area_struct *vma, int advice, unsigned long *flags)
{
	switch (advice) {
	case MADV_NORMAL:
		*flags &= ~(VM_RAND_READ | VM_SEQ_READ);
		return 0;
	case MADV_RANDOM:
		*flags = (*flags & ~VM_SEQ_READ) | VM_RAND_READ;
		return 0;
	case MADV_SEQUENTIAL:
		*flags = (*flags & ~VM_RAND_READ) | VM_SEQ_READ;
		return 0;
	case MADV_DONTFORK:
		*flags |= VM_DONTCOPY;
		return 0;
	case MADV_DOFORK:
		*flags &= ~VM_DONTCOPY;
		return 0;
	case MADV_WIPEONFORK:
		*flags |= VM_WIPEONFORK;
		return vma->vm_file || (vma->vm_flags & VM_SHARED) ? -EINVAL : 0;
	case MADV_KEEPONFORK:
		*flags &= ~VM_WIPEONFORK;
		return 0;
	case MADV_DONTDUMP:
		*flags |= VM_DONTDUMP;
		return 0;
	case MADV_DODUMP:
		*flags &= ~VM_DONTDUMP;
		return vma->vm_flags & VM_SPECIAL ? -EINVAL : 0;
	case MADV_MERGEABLE:
		*flags |= VM_MERGEABLE;
		return 0;
	case MADV_UNMERGEABLE:
		*flags &= ~VM_MERGEABLE;
		return 0;
	default:
		return -EINVAL;
	}
}

static int madvise_flags(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			 int advice)
{
	unsigned long flags = vma->vm_flags;
	int err = advised_flags(vma, advice, &flags);

	if (err || flags == vma->vm_flags)
		return err;
	err = vma_set_flags(&vma, start, end, flags);
	return err == -ENOMEM ? -EAGAIN : err;
}

/* ---- advice about pages ---- */

static int madvise_dontneed(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			    unsigned long forbidden)
{
	lockdep_assert_held(&vma->vm_mm->mmap_lock);
	if (vma->vm_flags & forbidden)
		return -EINVAL;
	zap_page_range(vma, start, end - start, true);
	return 0;
}

/* A hole in the file itself. The file's locks come before mmap_lock: dropped, and taken again. */
static int madvise_remove(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct mm_struct *mm = vma->vm_mm;
	struct file *file = vma->vm_file;
	loff_t offset;
	int err;

	if ((vma->vm_flags & VM_LOCKED) || !file)
		return -EINVAL;
	if ((vma->vm_flags & (VM_SHARED | VM_WRITE)) != (VM_SHARED | VM_WRITE))
		return -EACCES;
	if (!file->f_op->fallocate)
		return -EOPNOTSUPP;
	offset = (loff_t)linear_page_index(vma, start) << PAGE_SHIFT;
	get_file(file);
	mmap_read_unlock(mm);
	err = file->f_op->fallocate(file, FALLOC_PUNCH_HOLE, offset, end - start);
	fput(file);
	mmap_read_lock(mm);
	return err;
}

static int madvise_populate(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			    bool write)
{
	unsigned long need = write ? VM_WRITE : VM_READ | VM_WRITE | VM_EXEC;

	if ((vma->vm_flags & VM_PFNMAP) || !(vma->vm_flags & need))
		return -EINVAL;
	return populate_vma_range(vma, start, end, write);
}

/* ---- one VMA, all VMAs ---- */

/* How each kind of advice wants mmap_lock; -EINVAL: unknown. */
enum madvise_lock { MADVISE_READ, MADVISE_WRITE, MADVISE_NOTHING };

static int madvise_lock_kind(int advice)
{
	switch (advice) {
	case MADV_WILLNEED:
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_FREE:
	case MADV_REMOVE:
	case MADV_COLD:
	case MADV_PAGEOUT:
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return MADVISE_READ;
	case MADV_NORMAL:
	case MADV_RANDOM:
	case MADV_SEQUENTIAL:
	case MADV_DONTFORK:
	case MADV_DOFORK:
	case MADV_MERGEABLE:
	case MADV_UNMERGEABLE:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
	case MADV_WIPEONFORK:
	case MADV_KEEPONFORK:
		return MADVISE_WRITE;
	case MADV_HUGEPAGE:
	case MADV_NOHUGEPAGE:
		return MADVISE_NOTHING;
	default:
		return -EINVAL;
	}
}

static int madvise_vma(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       int advice)
{
	VM_BUG_ON(start >= end || start < vma->vm_start || end > vma->vm_end);
	switch (advice) {
	case MADV_WILLNEED:
		return madvise_willneed(vma, start, end);
	case MADV_DONTNEED:
		return madvise_dontneed(vma, start, end, VM_LOCKED | VM_PFNMAP);
	case MADV_DONTNEED_LOCKED:
		return madvise_dontneed(vma, start, end, VM_PFNMAP);
	case MADV_FREE:
		return madvise_free(vma, start, end);
	case MADV_REMOVE:
		return madvise_remove(vma, start, end);
	case MADV_COLD:
		return madvise_cold(vma, start, end);
	case MADV_PAGEOUT:
		return madvise_pageout(vma, start, end);
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return madvise_populate(vma, start, end, advice == MADV_POPULATE_WRITE);
	case MADV_HUGEPAGE:
	case MADV_NOHUGEPAGE:
		return 0;
	default:
		return madvise_flags(vma, start, end, advice);
	}
}

/* => mmap_lock as the advice wants it; MADV_REMOVE drops it, so the VMA is looked up each time. */
static int madvise_walk(struct mm_struct *mm, unsigned long start, unsigned long end, int advice)
{
	int err, hole = 0;

	VM_BUG_ON(offset_in_page(start | end));
	while (start < end) {
		struct vm_area_struct *vma = find_vma_intersection(mm, start, end);
		unsigned long to;

		if (!vma)
			return -ENOMEM;
		if (start < vma->vm_start) {
			/* Asked for memory that is not there: as a fault would, it stops here. */
			if (advice == MADV_POPULATE_READ || advice == MADV_POPULATE_WRITE)
				return -ENOMEM;
			hole = -ENOMEM;
			start = vma->vm_start;
		}
		to = min(end, vma->vm_end);
		err = madvise_vma(vma, start, to, advice);
		if (err)
			return err;
		start = to;
	}
	return hole;
}

long sys_madvise(unsigned long start, unsigned long len, long ladvice)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = start + PAGE_ALIGN(len);
	int advice = ladvice, kind = madvise_lock_kind(advice), err;

	if (kind < 0)
		return kind;
	if (offset_in_page(start) || (len && !PAGE_ALIGN(len)) || end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	if (kind == MADVISE_WRITE) {
		if (mmap_write_lock_killable(mm))
			return -EINTR;
		err = madvise_walk(mm, start, end, advice);
		mmap_write_unlock(mm);
		return err;
	}
	mmap_read_lock(mm);
	err = madvise_walk(mm, start, end, advice);
	mmap_read_unlock(mm);
	return err;
}
