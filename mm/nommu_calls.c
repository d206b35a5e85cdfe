/* SPDX-License-Identifier: MIT */
/*
 * The system calls on memory without an MMU, and the empty halves of what only
 * page tables give meaning to: reverse mapping, protection.
 *
 * What cannot be done fails as on Linux without an MMU; what can have no effect
 * (mprotect, most of madvise, mlock) succeeds, so that ordinary programs run.
 *
 * Locks: as in nommu.c.
 *
 * Linux: mm/nommu.c. Differs: mprotect is accepted instead of being ENOSYS.
 */
#include <asm/uaccess.h>
#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "kernel/uapi/mman.h"
#include "lib/string.h"
#include "mm/mm_syscalls.h"
#include "mm/rmap.h"
#include "mm/vma.h"

/* ---- mapping ---- */

/* MAP_POPULATE, MAP_LOCKED and the hint are without meaning. */
long sys_mmap(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags,
	      long fd, unsigned long offset)
{
	struct file *file = NULL;
	unsigned long result;
	int err;

	if (!(flags & MAP_ANONYMOUS)) {
		file = fget((unsigned int)fd);
		if (!file)
			return -EBADF;
	}
	err = vm_mmap(file, addr, len, prot, (unsigned int)flags, offset, &result);
	if (file)
		fput(file);
	return err ? err : (long)result;
}

long sys_munmap(unsigned long addr, unsigned long len)
{
	return vm_munmap(addr, len);
}

/* There is no room behind a program that could be kept for a heap: malloc() uses mmap(). */
long sys_brk(unsigned long brk)
{
	return current->mm->brk;
}

/* Shrinking only: what follows a block belongs to somebody else. */
long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
		unsigned long flags, unsigned long new_addr)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	long ret = addr;

	old_len = PAGE_ALIGN(old_len);
	new_len = PAGE_ALIGN(new_len);
	if (offset_in_page(addr) || !new_len || flags & ~(unsigned long)MREMAP_MAYMOVE)
		return -EINVAL;
	mmap_write_lock(mm);
	vma = vma_lookup(mm, addr);
	if (!vma || old_len > vma->vm_end - addr)
		ret = -EFAULT;
	else if (new_len > old_len)
		ret = -ENOMEM;
	else if (new_len < old_len && do_munmap(mm, addr + new_len, old_len - new_len))
		ret = -ENOMEM;
	mmap_write_unlock(mm);
	return ret;
}

/* ---- protection, advice, locking: checked, then nothing to do ---- */

/* 0, or -ENOMEM if some page of the range is nobody's. */
static int check_mapped(unsigned long start, unsigned long end)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	int err = 0;

	mmap_read_lock(mm);
	for (; start < end; start = vma->vm_end) {
		vma = vma_lookup(mm, start);
		if (!vma) {
			err = -ENOMEM;
			break;
		}
	}
	mmap_read_unlock(mm);
	return err;
}

/* The usual complaints about a range of pages. */
static int check_range(unsigned long start, unsigned long len)
{
	if (offset_in_page(start))
		return -EINVAL;
	if (len > TASK_SIZE || start > TASK_SIZE - len)
		return -ENOMEM;
	return check_mapped(start, start + PAGE_ALIGN(len));
}

/* The pages are the program's: it can do to them whatever it likes, before and after. */
long sys_mprotect(unsigned long addr, unsigned long len, unsigned long prot)
{
	return check_range(addr, len);
}

/* Mappings of files are copies that cannot be written back: nothing is ever dirty. */
long sys_msync(unsigned long addr, unsigned long len, long flags)
{
	if ((int)flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC))
		return -EINVAL;
	return check_range(addr, len);
}

/* Pages never leave RAM. */
long sys_mlock(unsigned long addr, unsigned long len)
{
	return check_range(addr & PAGE_MASK, len + offset_in_page(addr));
}

long sys_mlock2(unsigned long addr, unsigned long len, long flags)
{
	return (int)flags & ~MLOCK_ONFAULT ? -EINVAL : sys_mlock(addr, len);
}

long sys_munlock(unsigned long addr, unsigned long len)
{
	return sys_mlock(addr, len);
}

long sys_mlockall(long flags)
{
	return !flags || (int)flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) ? -EINVAL : 0;
}

long sys_munlockall(void)
{
	return 0;
}

/* All that is mapped is resident. */
long sys_mincore(unsigned long addr, unsigned long len, unsigned char __user *vec)
{
	int err = check_range(addr, len);

	for (unsigned long i = 0; !err && i < PFN_UP(len); i++)
		err = put_user((unsigned char)1, vec + i);
	return err;
}

/* DONTNEED promises zeroes for anonymous memory, and programs count on it. */
static void zero_range(unsigned long start, unsigned long end)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = find_vma_intersection(mm, start, end);
	for (; vma && vma->vm_start < end; vma = vma_next(vma)) {
		unsigned long from = max(start, vma->vm_start), to = min(end, vma->vm_end);

		if (!vma->vm_file)
			memset((void *)from, 0, to - from);
	}
	mmap_read_unlock(mm);
}

/* The other advice is about paging: accepted, and without meaning. */
long sys_madvise(unsigned long addr, unsigned long len, long ladvice)
{
	int advice = ladvice, err;

	if (advice < 0 || (advice > MADV_DONTNEED && advice < MADV_FREE) ||
	    advice > MADV_DONTNEED_LOCKED)
		return -EINVAL;
	err = check_range(addr, len);
	if (!err && (advice == MADV_DONTNEED || advice == MADV_DONTNEED_LOCKED))
		zero_range(addr, addr + PAGE_ALIGN(len));
	return err;
}

/* NUMA is for machines with an MMU: what belongs to mappings and their pages is not there. */
long sys_mbind(unsigned long start, unsigned long len, unsigned long mode,
	       const unsigned long __user *nmask, unsigned long maxnode, unsigned long flags)
{
	return -ENOSYS;
}

long sys_migrate_pages(long pid, unsigned long maxnode, const unsigned long __user *old_nodes,
		       const unsigned long __user *new_nodes)
{
	return -ENOSYS;
}

long sys_move_pages(long pid, unsigned long count, const unsigned long __user *pages,
		    const int __user *nodes, int __user *status, unsigned long flags)
{
	return -ENOSYS;
}

/* ---- what vma.c and reclaim expect of page tables and reverse mapping ---- */

/* No PTEs to use it in. */
pgprot_t vm_get_page_prot(unsigned long vm_flags)
{
	return __pgprot(0);
}

/* No folio is mapped anywhere: families have nothing to find. */
void anon_vma_clone(struct vm_area_struct *dst, struct vm_area_struct *src)
{
}

void unlink_anon_vma(struct vm_area_struct *vma)
{
}

/* The hardware does not tell who used a page. */
int folio_referenced(struct folio *f, unsigned long *vm_flags)
{
	*vm_flags = 0;
	return 0;
}

bool try_to_unmap(struct folio *f, enum ttu_flags flags)
{
	return true;		/* no folio is ever mapped */
}

int folio_mkclean(struct folio *f)
{
	return 0;
}
