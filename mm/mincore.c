/* SPDX-License-Identifier: MIT */
/*
 * mincore(): which pages of a range are in memory.
 *
 * A page counts as resident if touching it would not wait for a disk: mapped,
 * or in the page cache and uptodate, or in the swap cache.
 *
 * Locks: mmap_lock for reading; the answers are gathered in a kernel page under
 * page_table_lock and copied out without locks.
 *
 * Linux: mm/mincore.c. Differs: any file may be asked about.
 */
#include <asm/uaccess.h>
#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/mm_syscalls.h"
#include "mm/pgtable.h"
#include "mm/swap.h"
#include "mm/vma.h"

struct mincore_state {
	const struct vm_area_struct *vma;
	unsigned char *vec;		/* answer for the next page */
};

/* A reference was taken by a lookup that may have found nothing. */
static bool uptodate_put(struct folio *f)
{
	bool uptodate = f && folio_test(f, PG_uptodate);

	if (f)
		folio_put(f);
	return uptodate;
}

static bool in_page_cache(const struct vm_area_struct *vma, unsigned long addr)
{
	if (!vma->vm_file)
		return false;
	return uptodate_put(filemap_get_folio(vma->vm_file->f_mapping,
					      linear_page_index(vma, addr)));
}

static int mincore_pte(pte_t *pte, unsigned long addr, void *arg)
{
	struct mincore_state *st = arg;
	pte_t entry = ptep_get(pte);

	if (pte_none(entry))
		*st->vec++ = in_page_cache(st->vma, addr);
	else if (pte_present(entry))
		*st->vec++ = 1;
	else
		*st->vec++ = uptodate_put(swap_cache_get_folio(pte_to_swp_entry(entry)));
	return 0;
}

static int mincore_hole(unsigned long start, unsigned long end, void *arg)
{
	struct mincore_state *st = arg;

	for (; start < end; start += PAGE_SIZE)
		*st->vec++ = in_page_cache(st->vma, start);
	return 0;
}

/* Up to `pages` answers for one VMA; how many, or -ENOMEM. => mmap_lock read held. */
static long do_mincore(struct mm_struct *mm, unsigned long addr, unsigned long pages,
		       unsigned char *vec)
{
	struct mincore_state st = { .vma = vma_lookup(mm, addr), .vec = vec };
	unsigned long end;

	if (!st.vma)
		return -ENOMEM;
	end = min(st.vma->vm_end, addr + (pages << PAGE_SHIFT));
	(void)walk_page_range(mm, addr, end, mincore_pte, mincore_hole, &st);
	return (end - addr) >> PAGE_SHIFT;
}

long sys_mincore(unsigned long addr, unsigned long len, unsigned char __user *vec)
{
	struct mm_struct *mm = current->mm;
	unsigned long pages = PFN_UP(len);
	unsigned char *buf;
	long n = 0;

	if (offset_in_page(addr))
		return -EINVAL;
	if (!access_ok((void __user *)addr, len))
		return -ENOMEM;
	if (!access_ok(vec, pages))
		return -EFAULT;
	buf = (unsigned char *)__get_free_pages(GFP_KERNEL, 0);
	if (!buf)
		return -EAGAIN;
	for (; pages; pages -= n, addr += n << PAGE_SHIFT, vec += n) {
		mmap_read_lock(mm);
		n = do_mincore(mm, addr, min(pages, PAGE_SIZE), buf);
		mmap_read_unlock(mm);
		if (n > 0 && copy_to_user(vec, buf, n))
			n = -EFAULT;
		if (n < 0)
			break;
	}
	free_page((unsigned long)buf);
	return n < 0 ? n : 0;
}
