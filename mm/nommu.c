/* SPDX-License-Identifier: MIT */
/*
 * Address spaces without translation: every address is a physical one, and what a
 * program maps is a block of frames that is its own by agreement only.
 *
 *	mmap     takes zeroed frames from the buddy at once; a file is read into them
 *	munmap   gives frames back, also from the middle of a block
 *	fork     cannot be: the child would need the same addresses. vfork can.
 *
 * The VMAs (vma.c) record who has what, so that exit and munmap free the right
 * frames, and so that /proc/PID/maps tells the truth. Nothing protects one program,
 * or the kernel, from another.
 *
 * Invariant: each page of each VMA is one reference to its frame.
 * Locks: mmap_lock for writing.
 *
 * Linux: mm/nommu.c. Differs: no sharing of regions between processes; shared
 * writable file mappings are refused; memory is always zeroed.
 */
#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "kernel/uapi/mman.h"
#include "lib/string.h"
#include "mm/rmap.h"
#include "mm/vma.h"

#define STACK_SIZE	(128UL << 10)	/* it cannot grow */

void mmap_layout_init(struct mm_struct *mm)
{
	mm->mmap_base = 0;	/* places are where the buddy has room */
}

/* ---- memory of a VMA ---- */

/* Sums follow: npages came, or went if negative. */
static void count_pages(struct mm_struct *mm, unsigned long vm_flags, long pages)
{
	vm_stat_account(mm, vm_flags, pages);
	add_mm_counter(mm, MM_ANONPAGES, pages);
	update_hiwater(mm);
}

/* A VMA over fresh zeroed memory, in the tree. NULL: no memory. */
static struct vm_area_struct *new_block(struct mm_struct *mm, unsigned long len,
					unsigned long vm_flags)
{
	struct vm_area_struct *vma = vm_area_alloc(mm);
	void *block;

	if (!vma)
		return NULL;
	block = alloc_pages_exact(len, GFP_USER | __GFP_ZERO | __GFP_NOWARN);
	if (!block) {
		vm_area_free(vma);
		return NULL;
	}
	vma->vm_start = (unsigned long)block;
	vma->vm_end = vma->vm_start + len;
	vma->vm_flags = vm_flags;
	vma->vm_pgoff = vma->vm_start >> PAGE_SHIFT;
	vma_insert(mm, vma);
	count_pages(mm, vm_flags, len >> PAGE_SHIFT);
	return vma;
}

/* The part [start,end) of vma goes: at an end, or all of it. */
static void free_part(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct mm_struct *mm = vma->vm_mm;

	count_pages(mm, vma->vm_flags, -(long)((end - start) >> PAGE_SHIFT));
	if (start > vma->vm_start) {
		vma_adjust(vma, vma->vm_start, start);
	} else if (end < vma->vm_end) {
		vma_adjust(vma, end, vma->vm_end);
	} else {
		vma_erase(mm, vma);
		vma_unlink_file(vma);
		vm_area_free(vma);
	}
	free_pages_exact((void *)start, end - start);
}

/* ---- mmap, munmap ---- */

/* len bytes of the file from pos on, or as many as there are. 0 or -errno. */
static int read_file(struct file *file, char *to, unsigned long len, loff_t pos)
{
	while (len) {
		ssize_t n = kernel_read(file, to, len, &pos);

		if (n < 0)
			return n;
		if (!n)
			break;		/* the rest of the last page stays zero */
		to += n;
		len -= n;
	}
	return 0;
}

/* What mmap(2) can mean here: private copies, and shared memory that nobody can share by fork. */
static int check_mmap(const struct file *file, unsigned long prot, unsigned long flags)
{
	unsigned long type = flags & MAP_TYPE;

	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))
		return -EINVAL;		/* addresses cannot be chosen */
	if (type != MAP_PRIVATE && type != MAP_SHARED && type != MAP_SHARED_VALIDATE)
		return -EINVAL;
	if (!file)
		return 0;
	if (!(file->f_mode & FMODE_READ))
		return -EACCES;
	if (!file->f_op->mmap || !S_ISREG(file->f_inode->i_mode))
		return -ENODEV;
	if (type == MAP_PRIVATE)
		return 0;
	if ((prot & PROT_WRITE) && !(file->f_mode & FMODE_WRITE))
		return -EACCES;
	return prot & PROT_WRITE ? -ENODEV : 0;	/* a copy could not write back */
}

/* For /proc/PID/maps; nothing enforces them. */
static unsigned long mmap_vm_flags(unsigned long prot, unsigned long flags)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
	       (prot & PROT_EXEC ? VM_EXEC : 0) |
	       (flags & MAP_TYPE & MAP_SHARED ? VM_MAYSHARE : 0) |
	       VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
}

int do_mmap(struct file *file, unsigned long hint, unsigned long len, unsigned long prot,
	    unsigned long flags, unsigned long pgoff, unsigned long *addr)
{
	struct mm_struct *mm = current->mm;
	unsigned long vm_flags = mmap_vm_flags(prot, flags);
	struct vm_area_struct *vma;
	int err;

	if (!len)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (!len || len > TASK_SIZE)
		return -ENOMEM;
	err = check_mmap(file, prot, flags);
	if (err)
		return err;
	if (mm->map_count >= sysctl_max_map_count ||
	    !may_expand_vm(mm, vm_flags, len >> PAGE_SHIFT))
		return -ENOMEM;
	vma = new_block(mm, len, vm_flags);
	if (!vma)
		return -ENOMEM;
	*addr = vma->vm_start;
	if (!file)
		return 0;
	err = read_file(file, (char *)vma->vm_start, len, (loff_t)pgoff << PAGE_SHIFT);
	if (err) {
		free_part(vma, vma->vm_start, vma->vm_end);
		return err;
	}
	vma->vm_file = get_file(file);
	vma->vm_pgoff = pgoff;
	vma_link_file(vma);
	return 0;
}

int vm_mmap(struct file *file, unsigned long hint, unsigned long len, unsigned long prot,
	    unsigned long flags, unsigned long offset, unsigned long *addr)
{
	struct mm_struct *mm = current->mm;
	int err;

	if (offset_in_page(offset))
		return -EINVAL;
	err = mmap_write_lock_killable(mm);
	if (err)
		return err;
	err = do_mmap(file, hint, len, prot, flags, offset >> PAGE_SHIFT, addr);
	mmap_write_unlock(mm);
	return err;
}

int do_munmap(struct mm_struct *mm, unsigned long start, size_t len)
{
	struct vm_area_struct *vma;
	unsigned long end;
	int err;

	if (offset_in_page(start) || !len || len > TASK_SIZE || start > TASK_SIZE - len)
		return -EINVAL;
	end = start + PAGE_ALIGN(len);
	/* Each round takes one VMA, or a part of one, out of the range. */
	while ((vma = find_vma_intersection(mm, start, end))) {
		if (vma->vm_start < start && vma->vm_end > end) {
			err = split_vma(vma, end, false);
			if (err)
				return err;
		}
		free_part(vma, max(start, vma->vm_start), min(end, vma->vm_end));
	}
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

int vm_brk(unsigned long addr, unsigned long len, unsigned long vm_flags)
{
	return -ENOMEM;		/* memory at a given place cannot be had */
}

int mm_setup_stack(struct mm_struct *mm, unsigned long stack_top, struct vm_area_struct **vma)
{
	mmap_write_lock(mm);
	*vma = new_block(mm, STACK_SIZE, VM_STACK_FLAGS & ~(VM_GROWSDOWN | VM_ACCOUNT));
	mmap_write_unlock(mm);
	return *vma ? 0 : -ENOMEM;
}

/* ---- life ---- */

int dup_mm(struct mm_struct *oldmm, struct mm_struct **new)
{
	return -EINVAL;
}

void exit_mmap(struct mm_struct *mm)
{
	struct vm_area_struct *vma;

	mmap_write_lock(mm);
	update_hiwater(mm);
	while ((vma = vma_first(mm)))
		free_part(vma, vma->vm_start, vma->vm_end);
	set_bit(MMF_OOM_SKIP, &mm->flags);
	mmap_write_unlock(mm);
}

/* ---- access by the kernel ---- */

/* The address is the page: all there is to check is that it is the program's. */
int get_user_page(struct mm_struct *mm, unsigned long addr, bool write, struct page **page)
{
	if (!vma_lookup(mm, addr))
		return -EFAULT;
	*page = virt_to_page((void *)addr);
	get_page(*page);
	return 0;
}

/* One VMA at a time, as the blocks of a program need not be neighbours. */
int access_remote_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len, bool write)
{
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	if (!vma) {
		len = 0;
	} else {
		len = min_t(unsigned long, len, vma->vm_end - addr);
		memcpy(write ? (void *)addr : buf, write ? buf : (void *)addr, len);
	}
	mmap_read_unlock(mm);
	return len;
}

int __mm_populate(struct mm_struct *mm, unsigned long start, unsigned long len,
		  bool ignore_errors)
{
	return 0;		/* everything is there from the start */
}
