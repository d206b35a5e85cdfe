/* SPDX-License-Identifier: MIT */
/*
 * Which address spaces have pages on a swap device, and how to bring them back
 * (swapoff).
 *
 * mmlist holds every mm that has ever had a swap entry in a PTE. An mm comes on
 * it before the entry appears, under the same page_table_lock, and leaves with its
 * last user. So swapoff, which first stops new slots from being handed out, sees
 * every entry there can be.
 *
 * Locks: mmlist_lock guards the list; mmap_lock (read) while one mm is searched.
 *
 * Linux: mm/swapfile.c, unuse_mm(), try_to_unuse(). Differs: each entry is brought
 * in by an ordinary read fault with FAULT_FLAG_UNUSE.
 */
#include "kernel/sched.h"
#include "mm/pgtable.h"
#include "mm/swap.h"

DEFINE_SPINLOCK(mmlist_lock, RANK_MMLIST);
LIST_HEAD(mmlist);

void mm_needs_unuse(struct mm_struct *mm)
{
	/* Only ever goes from off to on while there are users: no lock needed to see "on". */
	if (!list_empty(&mm->mmlist))
		return;
	spin_lock(&mmlist_lock);
	if (list_empty(&mm->mmlist))
		list_add_tail(&mm->mmlist, &mmlist);
	spin_unlock(&mmlist_lock);
}

void mm_swap_gone(struct mm_struct *mm)
{
	if (list_empty(&mm->mmlist))
		return;
	spin_lock(&mmlist_lock);
	list_del_init(&mm->mmlist);
	spin_unlock(&mmlist_lock);
}

struct unuse_search {
	unsigned int type;
	unsigned long addr;		/* where an entry of that type was found */
};

static int find_swap_entry(pte_t *pte, unsigned long addr, void *arg)
{
	struct unuse_search *s = arg;

	if (!is_swap_pte(ptep_get(pte)) || swp_type(pte_to_swp_entry(ptep_get(pte))) != s->type)
		return 0;
	s->addr = addr;
	return 1;
}

static int unuse_vma(struct vm_area_struct *vma, unsigned int type)
{
	struct unuse_search s = { .type = type };
	unsigned long addr = vma->vm_start;
	vm_fault_t ret;

	lockdep_assert_held(&vma->vm_mm->mmap_lock);
	while (walk_page_range(vma->vm_mm, addr, vma->vm_end, find_swap_entry, NULL, &s)) {
		if (fatal_signal_pending(current))
			return -EINTR;
		VM_BUG_ON(s.addr < addr);
		ret = handle_mm_fault(vma, s.addr, FAULT_FLAG_UNUSE);
		if (ret & VM_FAULT_OOM)
			return -ENOMEM;
		if (ret & VM_FAULT_ERROR)
			return -EIO;
		/* Not past it: the fault may have lost a race and the entry be there still. */
		addr = s.addr;
		cond_resched();
	}
	return 0;
}

int unuse_mm(struct mm_struct *mm, unsigned int type)
{
	struct vm_area_struct *vma;
	int err = 0;

	mmap_read_lock(mm);
	for_each_vma(mm, vma) {
		if (vma->anon_vma)
			err = unuse_vma(vma, type);
		if (err)
			break;
	}
	mmap_read_unlock(mm);
	return err;
}
