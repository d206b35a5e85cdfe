/* SPDX-License-Identifier: MIT */
/*
 * mremap(): change the size of a mapping, and its place if need be.
 *
 *	shrink            munmap of the tail
 *	grow in place     the hole above is large enough
 *	move              a new VMA of the same object; PTEs are moved, not copied:
 *	                  no page is touched, only addresses change
 *
 * Invariant: while PTEs move, each page is mapped by the old or the new VMA, and
 * a walk from the page (rmap) sees one of them: the rmap locks are held table by
 * table. The page keeps its index, so the new VMA keeps vm_pgoff.
 *
 * Locks: mmap_lock for writing; rmap locks; page_table_lock.
 *
 * Linux: mm/mremap.c. Differs: one page at a time, never whole tables.
 */
#include <asm/tlbflush.h>
#include "kernel/sched.h"
#include "kernel/uapi/mman.h"
#include "mm/mm_syscalls.h"
#include "mm/pgtable.h"
#include "mm/rmap.h"
#include "mm/vma.h"

/* One request, all lengths page aligned. */
struct mremap_req {
	unsigned long addr, old_len, new_len, flags, new_addr;
	unsigned long result;
};

/* ---- moving PTEs ---- */

/* Move up to n entries between two tables. => true if a TLB may hold one of the old ones. */
static bool move_ptes(struct vm_area_struct *vma, pte_t *old, pte_t *new, unsigned long n)
{
	spinlock_t *ptl = &vma->vm_mm->page_table_lock;
	bool moved = false;

	lockdep_assert_held(&vma->vm_mm->mmap_lock);
	vma_lock_rmap(vma);
	spin_lock(ptl);
	for (; n; n--, old++, new++) {
		pte_t pte = ptep_get(old);

		if (pte_none(pte))
			continue;
		pte = ptep_get_and_clear(old);	/* with the A and D of the last moment */
		VM_BUG_ON(!pte_none(ptep_get(new)));
		set_pte(new, pte);
		moved = true;	/* a swap entry too: reclaim flushes late (rmap.c) */
	}
	spin_unlock(ptl);
	vma_unlock_rmap(vma);
	return moved;
}

/* Bytes from addr to the end of its table, at most len. */
static unsigned long table_rest(unsigned long addr, unsigned long len)
{
	return min(PMD_SIZE - (addr & (PMD_SIZE - 1)), len);
}

unsigned long move_page_tables(struct vm_area_struct *vma, unsigned long old_addr,
			       struct vm_area_struct *new_vma, unsigned long new_addr,
			       unsigned long len)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long done, n;
	bool flush = false;

	VM_BUG_ON(offset_in_page(old_addr | new_addr | len));
	VM_BUG_ON(new_vma->vm_mm != mm);
	for (done = 0; done < len; done += n) {
		pmd_t *old_pmd = walk_pmd(mm, old_addr + done, false), *new_pmd;
		pte_t *new_pte;

		n = min(table_rest(old_addr + done, len - done),
			table_rest(new_addr + done, len - done));
		if (!old_pmd || pmd_none(*old_pmd))
			continue;
		new_pmd = walk_pmd(mm, new_addr + done, true);
		new_pte = new_pmd ? pte_alloc(mm, new_pmd, new_addr + done) : NULL;
		if (!new_pte)
			break;
		flush |= move_ptes(vma, pte_offset(old_pmd, old_addr + done), new_pte,
				   n >> PAGE_SHIFT);
		cond_resched();
	}
	/* Other threads do not see the old addresses as free before this. */
	if (flush)
		flush_tlb_range(mm, old_addr, old_addr + len);
	return done;
}

/* ---- moving a VMA ---- */

/* The VMA for the new place: same object and family; in the tree, without pages. */
static struct vm_area_struct *copy_vma(struct vm_area_struct *vma, const struct mremap_req *r)
{
	struct vm_area_struct *new = vm_area_dup(vma);

	if (!new)
		return NULL;
	new->vm_start = r->new_addr;
	new->vm_end = r->new_addr + r->new_len;
	new->vm_pgoff = linear_page_index(vma, r->addr);
	/* No page has an index yet: start anew, so that it can merge with its new neighbours. */
	if (vma_is_anonymous(vma) && !vma->anon_vma)
		new->vm_pgoff = new->vm_start >> PAGE_SHIFT;
	anon_vma_clone(new, vma);
	vma_link_file(new);
	vma_insert(vma->vm_mm, new);
	vm_stat_account(vma->vm_mm, new->vm_flags, r->new_len >> PAGE_SHIFT);
	if (new->vm_flags & VM_LOCKED)
		vma->vm_mm->locked_vm += r->new_len >> PAGE_SHIFT;
	return new;
}

/*
 * MREMAP_DONTUNMAP: the lock has gone with the pages, what stays is empty. Not worth an error if
 * there is no memory to split it: then it counts as locked still.
 */
static void unlock_old(struct mm_struct *mm, const struct mremap_req *r)
{
	struct vm_area_struct *vma = vma_lookup(mm, r->addr);
	unsigned long flags = vma->vm_flags & ~(VM_LOCKED | VM_LOCKONFAULT);

	VM_BUG_ON(r->addr + r->old_len > vma->vm_end);
	if ((vma->vm_flags & VM_LOCKED) &&
	    !vma_set_flags(&vma, r->addr, r->addr + r->old_len, flags))
		mm->locked_vm -= r->old_len >> PAGE_SHIFT;
}

/* Move vma's [addr, addr + old_len) to new_addr, which is free. */
static int move_vma(struct vm_area_struct *vma, struct mremap_req *r)
{
	struct mm_struct *mm = vma->vm_mm;
	bool charged = vma->vm_flags & VM_ACCOUNT;
	struct vm_area_struct *new;
	unsigned long moved;

	/* Callers cut off first what a smaller mapping has too much. */
	VM_BUG_ON(r->new_len < r->old_len || offset_in_page(r->new_addr));
	/* Taking the old one out may split it in two, and the new one is one more for a while. */
	if (mm->map_count >= sysctl_max_map_count - 3)
		return -ENOMEM;
	if (charged && vm_enough_memory(mm, r->new_len >> PAGE_SHIFT))
		return -ENOMEM;
	new = copy_vma(vma, r);
	if (!new) {
		if (charged)
			vm_unacct_memory(r->new_len >> PAGE_SHIFT);
		return -ENOMEM;
	}
	moved = move_page_tables(vma, r->addr, new, r->new_addr, r->old_len);
	if (moved < r->old_len) {
		/* No memory for a table: back again. The old tables are all still there. */
		move_page_tables(new, r->new_addr, vma, r->addr, moved);
		return do_munmap(mm, r->new_addr, r->new_len) ? -EFAULT : -ENOMEM;
	}
	r->result = r->new_addr;
	vma_merge(new);
	/*
	 * At worst there is no memory to split it: then the old range stays, empty, and charged.
	 * The pages have moved, and the program must learn where to.
	 */
	if (r->flags & MREMAP_DONTUNMAP)
		unlock_old(mm, r);
	else if (r->old_len)
		(void)!do_munmap(mm, r->addr, r->old_len);
	return 0;
}

/* ---- checks ---- */

/* May the mapping at addr become new_len long? Sets *vmap. */
static int vma_to_resize(struct mm_struct *mm, const struct mremap_req *r,
			 struct vm_area_struct **vmap)
{
	struct vm_area_struct *vma = vma_lookup(mm, r->addr);
	unsigned long pgoff, grow;

	lockdep_assert_held(&mm->mmap_lock);
	if (!vma)
		return -EFAULT;
	*vmap = vma;
	/* Length 0 makes a second mapping of the same pages: only shared ones have such pages. */
	if (!r->old_len && !(vma->vm_flags & (VM_SHARED | VM_MAYSHARE)))
		return -EINVAL;
	if ((r->flags & MREMAP_DONTUNMAP) && (vma->vm_flags & VM_SPECIAL))
		return -EINVAL;
	if (r->old_len > vma->vm_end - r->addr)
		return -EFAULT;
	if (r->new_len <= r->old_len && !(r->flags & MREMAP_DONTUNMAP))
		return 0;
	/* The last page must have an index, too. */
	pgoff = linear_page_index(vma, r->addr);
	if (pgoff + (r->new_len >> PAGE_SHIFT) < pgoff)
		return -EINVAL;
	if (vma->vm_flags & VM_SPECIAL)
		return -EFAULT;
	grow = r->new_len - r->old_len;
	if (!mlock_future_ok(mm, vma->vm_flags, grow))
		return -EAGAIN;
	if (r->flags & MREMAP_DONTUNMAP)
		grow = r->new_len;	/* of mappings there are more, of locked pages not */
	return may_expand_vm(mm, vma->vm_flags, grow >> PAGE_SHIFT) ? 0 : -ENOMEM;
}

/* MREMAP_FIXED, MREMAP_DONTUNMAP: to a place that is given, or chosen but not this one. */
static int mremap_to(struct mm_struct *mm, struct mremap_req *r)
{
	struct vm_area_struct *vma;
	int err;

	/* What is only a hint has to be a possible place, too. */
	if (offset_in_page(r->new_addr) || r->new_len > TASK_SIZE ||
	    r->new_addr > TASK_SIZE - r->new_len)
		return -EINVAL;
	if (r->addr + r->old_len > r->new_addr && r->new_addr + r->new_len > r->addr)
		return -EINVAL;
	/*
	 * What move_vma() will ask, and two more: each of the two munmaps may split a mapping. It
	 * would be too late when the target is gone.
	 */
	if (mm->map_count + 2 >= sysctl_max_map_count - 3)
		return -ENOMEM;
	if (r->flags & MREMAP_FIXED) {
		if (r->new_addr < MMAP_MIN_ADDR)
			return -EPERM;
		err = do_munmap(mm, r->new_addr, r->new_len);
		if (err)
			return err;
	}
	/* Smaller than it was: the tail would only be moved to be unmapped. */
	if (r->old_len > r->new_len) {
		err = do_munmap(mm, r->addr + r->new_len, r->old_len - r->new_len);
		if (err)
			return err;
		r->old_len = r->new_len;
	}
	err = vma_to_resize(mm, r, &vma);
	if (!err && !(r->flags & MREMAP_FIXED))
		err = get_unmapped_area(r->new_addr, r->new_len, 0, &r->new_addr);
	return err ? err : move_vma(vma, r);
}

/* Is there room for delta more bytes right above vma? */
static bool vma_expandable(struct vm_area_struct *vma, unsigned long delta)
{
	struct vm_area_struct *next = vma_next(vma);
	unsigned long end = vma->vm_end + delta;

	return end > vma->vm_end && end <= TASK_SIZE && (!next || end <= vm_start_gap(next));
}

/* => the hole is there, limits are checked. */
static int expand_in_place(struct vm_area_struct *vma, unsigned long delta)
{
	struct mm_struct *mm = vma->vm_mm;
	long pages = delta >> PAGE_SHIFT;

	VM_BUG_ON(!delta || offset_in_page(delta));
	if ((vma->vm_flags & VM_ACCOUNT) && vm_enough_memory(mm, pages))
		return -ENOMEM;
	vma_adjust(vma, vma->vm_start, vma->vm_end + delta);
	vm_stat_account(mm, vma->vm_flags, pages);
	if (vma->vm_flags & VM_LOCKED)
		mm->locked_vm += pages;
	vma_merge(vma);
	return 0;
}

/* => mmap_lock for writing. The address is in r->result. */
static int do_mremap(struct mm_struct *mm, struct mremap_req *r)
{
	struct vm_area_struct *vma = vma_lookup(mm, r->addr);
	int err;

	if (!vma)
		return -EFAULT;
	if (r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		return mremap_to(mm, r);
	r->result = r->addr;
	/* Not larger: nothing has to be found, nothing can be refused. */
	if (r->old_len >= r->new_len) {
		if (r->old_len == r->new_len)
			return r->old_len > vma->vm_end - r->addr ? -EFAULT : 0;
		return do_munmap(mm, r->addr + r->new_len, r->old_len - r->new_len);
	}
	err = vma_to_resize(mm, r, &vma);
	if (err)
		return err;
	if (r->old_len == vma->vm_end - r->addr && vma_expandable(vma, r->new_len - r->old_len))
		return expand_in_place(vma, r->new_len - r->old_len);
	if (!(r->flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	err = get_unmapped_area(0, r->new_len, 0, &r->new_addr);
	return err ? err : move_vma(vma, r);
}

/* What is wrong whatever is mapped: EINVAL. */
static bool mremap_args_ok(const struct mremap_req *r)
{
	if (r->flags & ~(unsigned long)(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP))
		return false;
	if ((r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(r->flags & MREMAP_MAYMOVE))
		return false;
	if ((r->flags & MREMAP_DONTUNMAP) && r->old_len != r->new_len)
		return false;
	return !offset_in_page(r->addr) && r->new_len;
}

long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
		unsigned long flags, unsigned long new_addr)
{
	struct mm_struct *mm = current->mm;
	struct mremap_req r = {
		.addr = addr, .old_len = PAGE_ALIGN(old_len), .new_len = PAGE_ALIGN(new_len),
		.flags = flags, .new_addr = new_addr,
	};
	bool locked;
	int err;

	if (!mremap_args_ok(&r))
		return -EINVAL;
	err = mmap_write_lock_killable(mm);
	if (err)
		return err;
	err = do_mremap(mm, &r);
	locked = !err && r.new_len > r.old_len && (vma_lookup(mm, r.result)->vm_flags & VM_LOCKED);
	mmap_write_unlock(mm);
	if (err)
		return err;
	if (locked)
		mm_populate(mm, r.result + r.old_len, r.new_len - r.old_len);
	return r.result;
}
