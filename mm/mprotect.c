/* SPDX-License-Identifier: MIT */
/*
 * mprotect(): other permissions for a range.
 *
 * The VMA says what is allowed, the PTEs what works without a fault. Taking a
 * permission away must reach every PTE and every TLB before the call returns.
 * Giving write permission leaves most PTEs at W=0: the first write faults and
 * do_wp_page() decides, page by page, whether it may be reused or must be copied.
 * Only where that answer is plain (a dirty anonymous page with one reference, a
 * shared page whose folio is dirty) the PTE is made writable at once.
 *
 * Invariant: private writable mappings are charged (VM_ACCOUNT) from the moment
 * they could be written.
 *
 * Locks: mmap_lock for writing; page_table_lock table by table.
 *
 * Linux: mm/mprotect.c. Differs: no protection keys, no NUMA hinting.
 */
#include <asm/tlbflush.h>
#include "kernel/sched.h"
#include "kernel/uapi/mman.h"
#include "mm/mm_syscalls.h"
#include "mm/pgtable.h"
#include "mm/vma.h"

/* May pte be writable without asking do_wp_page()? => ptl held, vma is VM_WRITE. */
static bool can_write_at_once(const struct vm_area_struct *vma, pte_t pte)
{
	const struct folio *f;

	if (!pte_dirty(pte) || pte_special(pte))
		return false;
	if (vma->vm_flags & VM_SHARED)
		return true;	/* D is set only while the folio is dirty */
	f = page_folio(pfn_to_page(pte_pfn(pte)));
	return folio_test_anon(f) && folio_ref_count(f) == 1;
}

static void change_pte(const struct vm_area_struct *vma, pte_t *ptep, pgprot_t prot)
{
	pte_t pte;

	lockdep_assert_held(&vma->vm_mm->page_table_lock);
	/* One step: a hart may be setting A or D in the old entry. */
	pte = pte_modify(ptep_get_and_clear(ptep), prot);
	pte = pte_wrprotect(pte);
	if ((vma->vm_flags & VM_WRITE) && can_write_at_once(vma, pte))
		pte = pte_mkwrite(pte);
	set_pte(ptep, pte);
}

/* [addr,end), all in one last-level table. True: a TLB may hold what was there before. */
static bool change_pte_range(struct vm_area_struct *vma, pmd_t *pmd, unsigned long addr,
			     unsigned long end, pgprot_t prot)
{
	spinlock_t *ptl = &vma->vm_mm->page_table_lock;
	pte_t *pte = pte_offset(pmd, addr);
	bool changed = false;

	VM_BUG_ON(addr >= end || (addr & PMD_MASK) != ((end - 1) & PMD_MASK));
	spin_lock(ptl);
	for (; addr < end; addr += PAGE_SIZE, pte++) {
		if (!pte_present(ptep_get(pte))) {
			/* Reclaim has put a swap entry here: a TLB may have the page yet. */
			changed |= !pte_none(ptep_get(pte));
			continue;
		}
		change_pte(vma, pte, prot);
		changed = true;
	}
	spin_unlock(ptl);
	return changed;
}

void change_protection(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       pgprot_t prot)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long addr, next;
	bool changed = false;
	pmd_t *pmd;

	lockdep_assert_held(&mm->mmap_lock);
	VM_BUG_ON(start >= end || start < vma->vm_start || end > vma->vm_end);
	for (addr = start; addr < end; addr = next) {
		pmd = walk_pmd(mm, addr, false);
		next = pmd ? pmd_addr_end(addr, end) : pgd_addr_end(addr, end);
		if (pmd && !pmd_none(*pmd))
			changed |= change_pte_range(vma, pmd, addr, next, prot);
	}
	if (changed)
		flush_tlb_range(mm, start, end);
}

/* It becomes read-only and never had a page of its own: nobody needs to be able to fill it. */
static void uncharge_unused(struct vm_area_struct *vma, unsigned long pages, unsigned long *flags)
{
	if (!(*flags & VM_ACCOUNT) || !vma_is_anonymous(vma))
		return;
	*flags &= ~VM_ACCOUNT;
	vm_unacct_memory(pages);
}

/* Writable private memory must be paid for: VM_ACCOUNT in *flags tells if it is. 0 or -ENOMEM. */
static int charge_for_write(struct vm_area_struct *vma, unsigned long pages, unsigned long *flags)
{
	if (!(*flags & VM_WRITE)) {
		if (unlikely(!vma->anon_vma))
			uncharge_unused(vma, pages, flags);
		return 0;
	}
	if (vma->vm_flags & VM_WRITE)
		return 0;
	/* Becoming data makes RLIMIT_DATA matter. */
	if (!may_expand_vm(vma->vm_mm, *flags, pages) &&
	    may_expand_vm(vma->vm_mm, vma->vm_flags, pages))
		return -ENOMEM;
	if (*flags & (VM_ACCOUNT | VM_SHARED | VM_NORESERVE))
		return 0;
	if (vm_enough_memory(vma->vm_mm, pages))
		return -ENOMEM;
	*flags |= VM_ACCOUNT;
	return 0;
}

/* [start,end) of *vma gets new access bits. => *vma covers start afterwards. */
static int mprotect_fixup(struct vm_area_struct **vmap, unsigned long start, unsigned long end,
			  unsigned long new_flags)
{
	struct vm_area_struct *vma = *vmap;
	unsigned long old_flags = vma->vm_flags;
	long pages = (end - start) >> PAGE_SHIFT;
	int err;

	lockdep_assert_held(&vma->vm_mm->mmap_lock);
	VM_BUG_ON(start < vma->vm_start || end > vma->vm_end || offset_in_page(start | end));
	if (new_flags == old_flags)
		return 0;
	err = charge_for_write(vma, pages, &new_flags);
	if (err)
		return err;
	err = vma_set_flags(vmap, start, end, new_flags);
	if (err) {
		if ((new_flags ^ old_flags) & VM_ACCOUNT)	/* as it was */
			vm_unacct_memory(new_flags & VM_ACCOUNT ? pages : -pages);
		return err;
	}
	vma = *vmap;
	VM_BUG_ON(vma->vm_start > start || vma->vm_end < end);
	vm_stat_account(vma->vm_mm, old_flags, -pages);
	vm_stat_account(vma->vm_mm, new_flags, pages);
	change_protection(vma, start, end, vma->vm_page_prot);
	return 0;
}

/* PROT_GROWSDOWN: from the bottom of the stack that holds start. */
static int protect_start(struct vm_area_struct *vma, unsigned long prot, unsigned long *start)
{
	if (prot & PROT_GROWSUP)
		return -EINVAL;
	if (!(prot & PROT_GROWSDOWN))
		return vma->vm_start > *start ? -ENOMEM : 0;
	if (!(vma->vm_flags & VM_GROWSDOWN))
		return -EINVAL;
	*start = vma->vm_start;
	return 0;
}

static int do_mprotect(struct mm_struct *mm, unsigned long start, unsigned long end,
		       unsigned long prot)
{
	unsigned long access = (prot & PROT_READ ? VM_READ : 0) |
			       (prot & PROT_WRITE ? VM_WRITE : 0) |
			       (prot & PROT_EXEC ? VM_EXEC : 0);
	struct vm_area_struct *vma = find_vma_intersection(mm, start, end);
	unsigned long to;
	int err = vma ? protect_start(vma, prot, &start) : -ENOMEM;

	while (!err) {
		/* VM_MAYREAD is VM_READ << 4, and so on. */
		if (access & ~(vma->vm_flags >> 4))
			return -EACCES;
		to = min(end, vma->vm_end);
		err = mprotect_fixup(&vma, start, to, (vma->vm_flags & ~VM_ACCESS_FLAGS) | access);
		start = to;
		if (err || start >= end)
			break;
		vma = vma_lookup(mm, start);
		if (!vma)
			err = -ENOMEM;	/* a hole; what was before it has been changed */
	}
	return err;
}

long sys_mprotect(unsigned long start, unsigned long len, unsigned long prot)
{
	struct mm_struct *mm = current->mm;
	int err;

	prot = (unsigned int)prot;
	if ((prot & (PROT_GROWSDOWN | PROT_GROWSUP)) == (PROT_GROWSDOWN | PROT_GROWSUP) ||
	    offset_in_page(start))
		return -EINVAL;
	if (!len)
		return 0;
	len = PAGE_ALIGN(len);
	if (!len || start + len <= start)
		return -ENOMEM;
	if (prot & ~(unsigned long)(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM |
				    PROT_GROWSDOWN | PROT_GROWSUP))
		return -EINVAL;
	err = mmap_write_lock_killable(mm);
	if (err)
		return err;
	err = do_mprotect(mm, start, start + len, prot);
	mmap_write_unlock(mm);
	return err;
}
