/* SPDX-License-Identifier: MIT */
/*
 * get_user_pages and friends: the kernel brings pages of a program in itself, to
 * hold one (get_user_page()), to look into another process (access_remote_vm(), for
 * /proc/PID/mem and cmdline), or ahead of use (__mm_populate(), for MAP_POPULATE, mlock).
 *
 * Each is a loop of "is it there? else make the fault that the program would
 * have made". Being there means a PTE, seen under its lock, that allows the access.
 *
 * Locks: mmap_lock for reading; page_table_lock for a look. May sleep.
 *
 * Linux: mm/gup.c, mm/memory.c (access_remote_vm). Differs: a page at a time; no
 * long-term pins; writing through a read-only mapping is refused, even by force.
 */
#include "kernel/sched.h"
#include "lib/string.h"
#include "mm/filemap.h"
#include "mm/pgtable.h"
#include "mm/vma.h"

/* The page at addr, if a PTE allows the access: with a reference. */
static struct page *follow_page(struct mm_struct *mm, unsigned long addr, bool write)
{
	struct page *page = NULL;
	pte_t *pte, entry;

	spin_lock(&mm->page_table_lock);
	pte = walk_pte(mm, addr);
	entry = pte ? ptep_get(pte) : __pte(0);
	if (pte_present(entry) && (!write || pte_write(entry))) {
		page = pfn_to_page(pte_pfn(entry));
		get_page(page);
	}
	spin_unlock(&mm->page_table_lock);
	return page;
}

/* Make the fault. => mmap_lock read held, and kept. */
static int faultin_page(struct vm_area_struct *vma, unsigned long addr, bool write)
{
	vm_fault_t ret = handle_mm_fault(vma, addr, write ? FAULT_FLAG_WRITE : 0);

	if (!(ret & VM_FAULT_ERROR))
		return 0;
	return ret & VM_FAULT_OOM ? -ENOMEM : -EFAULT;
}

/* read_flags: any of these VM_ bits lets a read pass. */
static int get_page_at(struct mm_struct *mm, unsigned long addr, bool write,
		       unsigned long read_flags, struct page **page)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);
	int err;

	lockdep_assert_held(&mm->mmap_lock);
	if (!vma || !(vma->vm_flags & (write ? VM_WRITE : read_flags)))
		return -EFAULT;
	/* Between the fault and the look reclaim may take it away again: hence a loop. */
	for (;;) {
		*page = follow_page(mm, addr, write);
		if (*page)
			return 0;
		if (fatal_signal_pending(current))
			return -EINTR;
		err = faultin_page(vma, addr, write);
		if (err)
			return err;
	}
}

int get_user_page(struct mm_struct *mm, unsigned long addr, bool write, struct page **page)
{
	return get_page_at(mm, addr, write, VM_READ | VM_WRITE, page);
}

int access_remote_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len, bool write)
{
	int done = 0;

	mmap_read_lock(mm);
	while (done < len) {
		int n = min_t(int, len - done, PAGE_SIZE - offset_in_page(addr));
		struct page *page;
		char *at;

		if (get_page_at(mm, addr, write, VM_MAYREAD, &page))
			break;
		at = (char *)page_address(page) + offset_in_page(addr);
		if (write) {
			memcpy(at, (char *)buf + done, n);
			folio_mark_dirty(page_folio(page));
		} else {
			memcpy((char *)buf + done, at, n);
		}
		put_page(page);
		done += n;
		addr += n;
	}
	mmap_read_unlock(mm);
	return done;
}

/* ---- ahead of use ---- */

/* Is there a PTE that lets the program do what populating prepares for? */
static bool page_is_mapped(struct mm_struct *mm, unsigned long addr, bool write)
{
	pte_t *pte, entry;

	spin_lock(&mm->page_table_lock);
	pte = walk_pte(mm, addr);
	entry = pte ? ptep_get(pte) : __pte(0);
	spin_unlock(&mm->page_table_lock);
	return pte_present(entry) && (!write || pte_write(entry));
}

int populate_vma_range(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       bool write)
{
	unsigned long addr;
	int err;

	lockdep_assert_held(&vma->vm_mm->mmap_lock);
	VM_BUG_ON(offset_in_page(start) || start < vma->vm_start || end > vma->vm_end);
	for (addr = start; addr < end; addr += PAGE_SIZE) {
		if (page_is_mapped(vma->vm_mm, addr, write))
			continue;
		if (fatal_signal_pending(current))
			return -EINTR;
		err = faultin_page(vma, addr, write);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

/* Break copy-on-write now, where a write may come; never dirty a shared file for nothing. */
static int populate_vma(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	bool write = (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE;

	if ((vma->vm_flags & VM_PFNMAP) || (vma->vm_flags & VM_LOCKONFAULT))
		return 0;
	if (!(vma->vm_flags & VM_ACCESS_FLAGS))
		return -EFAULT;
	return populate_vma_range(vma, start, end, write);
}

int __mm_populate(struct mm_struct *mm, unsigned long start, unsigned long len,
		  bool ignore_errors)
{
	unsigned long end = start + PAGE_ALIGN(len), next;
	struct vm_area_struct *vma;
	int err = 0;

	for (; !err && start < end; start = next) {
		mmap_read_lock(mm);
		vma = find_vma_intersection(mm, start, end);
		next = vma ? min(end, vma->vm_end) : end;
		if (vma)
			err = populate_vma(vma, max(start, vma->vm_start), next);
		mmap_read_unlock(mm);
		if (ignore_errors && err != -EINTR)
			err = 0;
	}
	return err;
}
