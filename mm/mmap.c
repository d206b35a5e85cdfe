/* SPDX-License-Identifier: MIT */
/*
 * mmap(): promise a range of addresses. Nothing is read or allocated but a VMA;
 * the pages come with page faults.
 *
 *	do_mmap()      checks everything about the request and picks the place
 *	mmap_region()  checks the limits, clears the place, extends a neighbour or
 *	               makes a new VMA
 *
 * Places: without MAP_FIXED the hint if it is free, else the highest hole below
 * mmap_base (stack.c), so mappings grow down from the stack towards the heap.
 *
 * Invariant: VM_MAY* say what mprotect() may ever give; VM_READ, VM_WRITE, VM_EXEC
 * what there is now, always a subset. A shared mapping of a file that was not
 * opened for writing has lost VM_SHARED and VM_MAYWRITE: it can never write.
 *
 * Locks: mmap_lock for writing.
 *
 * Linux: mm/mmap.c, do_mmap(), mm/vma.c, mmap_region(). Differs: no huge pages, no
 * personalities, no bottom-up layout, no seals.
 */
#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "kernel/uapi/mman.h"
#include "mm/filemap.h"
#include "mm/mm_syscalls.h"
#include "mm/vma.h"

/* MAP_SHARED_VALIDATE refuses all others: newer ones, that a program must be able to probe for. */
#define OLD_MAP_FLAGS	(MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_DENYWRITE | \
			 MAP_EXECUTABLE | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | \
			 MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB)

/* What mmap_region() is to make. */
struct mmap_request {
	struct file *file;
	unsigned long addr, len;	/* page aligned */
	unsigned long vm_flags;
	unsigned long pgoff;
};

/* ---- where ---- */

/* MAP_FIXED: exactly there, or not at all. */
static int fixed_area(unsigned long addr, unsigned long len)
{
	if (addr > TASK_SIZE - len)
		return -ENOMEM;
	if (offset_in_page(addr))
		return -EINVAL;
	return addr < MMAP_MIN_ADDR ? -EPERM : 0;
}

int get_unmapped_area(unsigned long hint, unsigned long len, unsigned long flags,
		      unsigned long *addr)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;

	lockdep_assert_held(&mm->mmap_lock);
	VM_BUG_ON(offset_in_page(len));
	if (len > TASK_SIZE - MMAP_MIN_ADDR)
		return -ENOMEM;
	*addr = hint;
	/* What is mapped there already is replaced, by mmap_region(). */
	if (flags & MAP_FIXED)
		return fixed_area(hint, len);
	if (hint) {
		*addr = PAGE_ALIGN(hint);
		vma = find_vma(mm, *addr);
		if (*addr >= MMAP_MIN_ADDR && *addr <= TASK_SIZE - len &&
		    (!vma || *addr + len <= vm_start_gap(vma)))
			return 0;
	}
	if (!find_gap_topdown(mm, len, MMAP_MIN_ADDR, mm->mmap_base, addr))
		return 0;
	/* Full up to the stack: look above it and everywhere, before giving up. */
	return find_gap_topdown(mm, len, MMAP_MIN_ADDR, TASK_SIZE, addr);
}

/* A hint so low that it could never be granted means "near the bottom". */
static unsigned long round_hint_to_min(unsigned long hint)
{
	hint &= PAGE_MASK;
	return hint && hint < MMAP_MIN_ADDR ? MMAP_MIN_ADDR : hint;
}

/* ---- what: flags and permissions ---- */

/* PROT_* and MAP_* of the user, as VM_*; everything may be allowed later, until a file says no. */
static unsigned long calc_vm_flags(unsigned long prot, unsigned long flags)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
	       (prot & PROT_EXEC ? VM_EXEC : 0) |
	       (flags & MAP_GROWSDOWN ? VM_GROWSDOWN : 0) | (flags & MAP_LOCKED ? VM_LOCKED : 0) |
	       VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
}

/* No byte of the mapping may be past what a file offset can express. */
static bool file_offset_ok(const struct file *file, unsigned long pgoff, unsigned long len)
{
	unsigned long max = file->f_inode->i_sb->s_maxbytes;

	if (!S_ISREG(file->f_inode->i_mode))
		return true;
	return len <= max && pgoff <= (max - len) >> PAGE_SHIFT;
}

/* Adjust *vm_flags for a mapping of file; 0 or what mmap(2) says is wrong. */
static int check_file(const struct file *file, unsigned long flags, unsigned long *vm_flags)
{
	switch (flags & MAP_TYPE) {
	case MAP_SHARED_VALIDATE:
		if (flags & ~(unsigned long)OLD_MAP_FLAGS)
			return -EOPNOTSUPP;
		fallthrough;
	case MAP_SHARED:
		if ((*vm_flags & VM_WRITE) && !(file->f_mode & FMODE_WRITE))
			return -EACCES;
		*vm_flags |= VM_SHARED | VM_MAYSHARE;
		/* Opened for reading only: VM_MAYSHARE remembers that it was asked for. */
		if (!(file->f_mode & FMODE_WRITE))
			*vm_flags &= ~(VM_MAYWRITE | VM_SHARED);
		break;
	case MAP_PRIVATE:
		break;
	default:
		return -EINVAL;
	}
	if (!(file->f_mode & FMODE_READ))
		return -EACCES;
	if (path_noexec(&file->f_path)) {
		if (*vm_flags & VM_EXEC)
			return -EPERM;
		*vm_flags &= ~VM_MAYEXEC;
	}
	if (!file->f_op->mmap)
		return -ENODEV;
	return *vm_flags & VM_GROWSDOWN ? -EINVAL : 0;
}

/* No file: private memory, or a tmpfs file made for the purpose (new_region()). */
static int check_anonymous(unsigned long flags, struct mmap_request *req)
{
	VM_BUG_ON(req->file);
	switch (flags & MAP_TYPE) {
	case MAP_SHARED:
		if (req->vm_flags & VM_GROWSDOWN)
			return -EINVAL;
		req->vm_flags |= VM_SHARED | VM_MAYSHARE;
		req->pgoff = 0;
		return 0;
	case MAP_PRIVATE:
		/* Neighbours have neighbouring offsets: so they can merge. */
		req->pgoff = req->addr >> PAGE_SHIFT;
		return 0;
	default:
		return -EINVAL;
	}
}

/* What can be refused without looking at the address space; completes vm_flags and pgoff. */
static int check_request(struct mmap_request *req, unsigned long flags)
{
	struct mm_struct *mm = current->mm;

	if ((flags & MAP_LOCKED) && !rlimit_of(RLIMIT_MEMLOCK))
		return -EPERM;
	if (!mlock_future_ok(mm, req->vm_flags, req->len))
		return -EAGAIN;
	/* Mode 2 of overcommit counts everything: no exceptions on request. */
	if ((flags & MAP_NORESERVE) && sysctl_overcommit_memory != 2)
		req->vm_flags |= VM_NORESERVE;
	if (!req->file)
		return check_anonymous(flags, req);
	if (!file_offset_ok(req->file, req->pgoff, req->len))
		return -EOVERFLOW;
	return check_file(req->file, flags, &req->vm_flags);
}

/* ---- make it ---- */

/* How many pages of [start,end) some VMA covers. */
static unsigned long pages_mapped_in(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma_intersection(mm, start, end);
	unsigned long n = 0;

	for (; vma && vma->vm_start < end; vma = vma_next(vma))
		n += (min(end, vma->vm_end) - max(start, vma->vm_start)) >> PAGE_SHIFT;
	return n;
}

/* Limits, then an empty place, then the commit charge. VM_ACCOUNT says that it was taken. */
static int prepare_region(struct mm_struct *mm, struct mmap_request *req)
{
	unsigned long pages = req->len >> PAGE_SHIFT;
	int err;

	VM_BUG_ON(!req->len || offset_in_page(req->addr | req->len));
	VM_BUG_ON(req->addr > TASK_SIZE - req->len);
	/* MAP_FIXED replaces: what goes away does not count against the limit. */
	if (!may_expand_vm(mm, req->vm_flags, pages) &&
	    !may_expand_vm(mm, req->vm_flags,
			   pages - pages_mapped_in(mm, req->addr, req->addr + req->len)))
		return -ENOMEM;
	err = do_munmap(mm, req->addr, req->len);
	if (err)
		return err;
	if (!accountable_mapping(req->file, req->vm_flags))
		return 0;
	req->vm_flags |= VM_ACCOUNT;
	return vm_enough_memory(mm, pages);
}

/*
 * The cheap way: a neighbour grows. A shared anonymous mapping never does: it has
 * no file yet, its neighbours have one each.
 */
static struct vm_area_struct *merge_region(struct mm_struct *mm, const struct mmap_request *req)
{
	const struct vma_attrs a = {
		.start = req->addr, .end = req->addr + req->len, .vm_flags = req->vm_flags,
		.pgoff = req->pgoff, .file = req->file,
	};

	return vma_merge_new(mm, &a);
}

/* Let the object behind the mapping set vm_ops. */
static int attach_object(struct vm_area_struct *vma, struct file *file)
{
	VM_BUG_ON(vma->vm_file || vma->vm_ops);
	if (file) {
		vma->vm_file = get_file(file);
		return file->f_op->mmap(file, vma);
	}
	return vma->vm_flags & VM_SHARED ? shmem_zero_setup(vma) : 0;
}

/* The other way: a VMA of its own. => nothing is left behind on failure. */
static int new_region(struct mm_struct *mm, const struct mmap_request *req)
{
	struct vm_area_struct *vma = vm_area_alloc(mm);
	int err;

	if (!vma)
		return -ENOMEM;
	vma->vm_start = req->addr;
	vma->vm_end = req->addr + req->len;
	vma->vm_flags = req->vm_flags;
	vma->vm_page_prot = vm_get_page_prot(req->vm_flags);
	vma->vm_pgoff = req->pgoff;
	err = attach_object(vma, req->file);
	if (err) {
		vm_area_free(vma);
		return err;
	}
	/* The object may set vm_ops and take permissions away, but not move the mapping. */
	VM_BUG_ON(vma->vm_start != req->addr || vma->vm_end != req->addr + req->len);
	vma_link_file(vma);
	vma_insert(mm, vma);
	return 0;
}

/* The address space changes here, and only here. => the place is empty if it fails. */
static int mmap_region(struct mm_struct *mm, struct mmap_request *req)
{
	unsigned long pages = req->len >> PAGE_SHIFT;
	int err = prepare_region(mm, req);

	if (err)
		return err;
	if (!merge_region(mm, req))
		err = new_region(mm, req);
	if (err) {
		if (req->vm_flags & VM_ACCOUNT)
			vm_unacct_memory(pages);
		return err;
	}
	vm_stat_account(mm, req->vm_flags, pages);
	if (req->vm_flags & VM_LOCKED)
		mm->locked_vm += pages;
	return 0;
}

int do_mmap(struct file *file, unsigned long hint, unsigned long len, unsigned long prot,
	    unsigned long flags, unsigned long pgoff, unsigned long *addr)
{
	struct mm_struct *mm = current->mm;
	struct mmap_request req = { .file = file, .len = PAGE_ALIGN(len), .pgoff = pgoff };
	int err;

	lockdep_assert_held(&mm->mmap_lock);
	if (!len)
		return -EINVAL;
	if (!req.len)
		return -ENOMEM;
	if (pgoff + (req.len >> PAGE_SHIFT) < pgoff)
		return -EOVERFLOW;
	if (mm->map_count > sysctl_max_map_count)
		return -ENOMEM;
	if (flags & MAP_FIXED_NOREPLACE)
		flags |= MAP_FIXED;
	if (!(flags & MAP_FIXED))
		hint = round_hint_to_min(hint);
	err = get_unmapped_area(hint, req.len, flags, &req.addr);
	if (err)
		return err;
	if ((flags & MAP_FIXED_NOREPLACE) &&
	    find_vma_intersection(mm, req.addr, req.addr + req.len))
		return -EEXIST;
	req.vm_flags = calc_vm_flags(prot, flags) | mm->def_flags;
	err = check_request(&req, flags);
	if (!err)
		err = mmap_region(mm, &req);
	*addr = req.addr;
	return err;
}

/* Is it to be filled at once? */
static bool wants_populate(const struct mm_struct *mm, unsigned long flags)
{
	return (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE || (flags & MAP_LOCKED) ||
	       ((mm->def_flags & VM_LOCKED) && !(mm->def_flags & VM_LOCKONFAULT));
}

int vm_mmap(struct file *file, unsigned long hint, unsigned long len, unsigned long prot,
	    unsigned long flags, unsigned long offset, unsigned long *addr)
{
	struct mm_struct *mm = current->mm;
	bool populate;
	int err;

	if (offset_in_page(offset))
		return -EINVAL;
	err = mmap_write_lock_killable(mm);
	if (err)
		return err;
	err = do_mmap(file, hint, len, prot, flags, offset >> PAGE_SHIFT, addr);
	populate = !err && wants_populate(mm, flags);
	mmap_write_unlock(mm);
	if (populate)
		mm_populate(mm, *addr, len);
	return err;
}

long sys_mmap(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags,
	      long fd, unsigned long offset)
{
	struct file *file = NULL;
	unsigned long result;
	int err;

	flags = (unsigned int)flags;
	if (offset_in_page(offset) || (flags & MAP_HUGETLB))
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS)) {
		file = fget((unsigned int)fd);
		if (!file)
			return -EBADF;
	}
	err = vm_mmap(file, addr, len, prot, flags, offset, &result);
	if (file)
		fput(file);
	return err ? err : (long)result;
}
