/* SPDX-License-Identifier: MIT */
/*
 * Special mappings: pages of the kernel shown to every program, such as the vDSO.
 *
 * Their PTEs are "special": the frame is not counted, not on any LRU and not
 * reclaimed; forked children fault it in again.
 *
 * Locks: mmap_lock; the table of mappings is filled at boot and by execve with the
 * same few entries, under its own lock.
 *
 * Linux: mm/mmap.c, _install_special_mapping(). Differs: descriptions are found by
 * name and kept for ever, so that no VMA owns one.
 */
#include "kernel/sched.h"
#include "lib/string.h"
#include "mm/pgtable.h"
#include "mm/vma.h"

struct special_mapping {
	const char *name;		/* NULL: free entry */
	struct page **pages;
};

static struct special_mapping special_mappings[4];
static DEFINE_SPINLOCK(special_lock, RANK_SPIN);

static const char *special_mapping_name(struct vm_area_struct *vma)
{
	const struct special_mapping *sm = vma->vm_private_data;

	return sm->name;
}

static vm_fault_t special_mapping_fault(struct vm_fault *vmf)
{
	const struct special_mapping *sm = vmf->vma->vm_private_data;
	struct mm_struct *mm = vmf->vma->vm_mm;
	pte_t *pte = pte_alloc(mm, vmf->pmd, vmf->address);

	if (!pte)
		return VM_FAULT_OOM;
	spin_lock(&mm->page_table_lock);
	if (pte_none(ptep_get(pte)))
		set_pte(pte, pte_mkspecial(pfn_pte(page_to_pfn(sm->pages[vmf->pgoff]),
						   vmf->vma->vm_page_prot)));
	spin_unlock(&mm->page_table_lock);
	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct special_mapping_vmops = {
	.fault = special_mapping_fault,
	.name = special_mapping_name,
};

/* The description of these pages; NULL if the table is full. */
static struct special_mapping *special_mapping_get(struct page **pages, const char *name)
{
	struct special_mapping *sm, *found = NULL;

	spin_lock(&special_lock);
	for (sm = special_mappings; sm < special_mappings + ARRAY_SIZE(special_mappings); sm++) {
		if (!sm->name)
			*sm = (struct special_mapping){ .name = name, .pages = pages };
		if (sm->pages == pages) {
			found = sm;
			break;
		}
	}
	spin_unlock(&special_lock);
	return found;
}

int install_special_mapping(struct mm_struct *mm, unsigned long addr, unsigned long len,
			    unsigned long vm_flags, struct page **pages, const char *name)
{
	struct special_mapping *sm = special_mapping_get(pages, name);
	struct vm_area_struct *vma;
	int err = -ENOMEM;

	VM_BUG_ON(offset_in_page(addr | len));
	mmap_write_lock(mm);
	if (!sm || find_vma_intersection(mm, addr, addr + len))
		goto unlock;
	vma = vm_area_alloc(mm);
	if (!vma)
		goto unlock;
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = vm_flags | VM_DONTEXPAND;
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	vma->vm_ops = &special_mapping_vmops;
	vma->vm_private_data = sm;
	vma_insert(mm, vma);
	vm_stat_account(mm, vma->vm_flags, len >> PAGE_SHIFT);
	err = 0;
unlock:
	mmap_write_unlock(mm);
	return err;
}
