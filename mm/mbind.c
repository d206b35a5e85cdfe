/* SPDX-License-Identifier: MIT */
/*
 * Memory policies of mappings, and where pages are: mbind(), migrate_pages(),
 * move_pages().
 *
 * A policy belongs to a VMA: setting one splits VMAs at the ends of the range, and
 * neighbours with the same policy become one again.
 *
 * Pages are looked at and counted, never moved: on a machine with one node there is
 * nowhere to move them to, and a page that would have to move is reported as one
 * that could not be.
 *
 * Locks: mmap_lock for writing to set a policy, for reading to look at pages, which
 * is done under page_table_lock.
 *
 * Linux: mm/mempolicy.c, mm/migrate.c. Differs: no migration between nodes.
 */
#include <asm/uaccess.h>
#include "kernel/sched.h"
#include "kernel/uapi/mempolicy.h"
#include "mm/mempolicy.h"
#include "mm/mm_syscalls.h"
#include "mm/pgtable.h"
#include "mm/vma.h"

/* ---- for get_mempolicy() and numa_maps ---- */

int vma_policy_of(unsigned long addr, struct mempolicy *pol)
{
	struct vm_area_struct *vma;

	mmap_read_lock(current->mm);
	vma = vma_lookup(current->mm, addr);
	if (vma && vma->vm_policy.mode != MPOL_DEFAULT)
		*pol = vma->vm_policy;
	mmap_read_unlock(current->mm);
	return vma ? 0 : -EFAULT;
}

int node_of_user_page(unsigned long addr)
{
	struct page *page;
	int node;

	mmap_read_lock(current->mm);
	node = get_user_page(current->mm, addr, false, &page);
	mmap_read_unlock(current->mm);
	if (node)
		return node;
	node = page_to_nid(page);
	put_page(page);
	return node;
}

/* ---- looking at pages ---- */

/* Pages on the nodes of `on` are counted. */
struct node_count { unsigned long on, pages; };

/* The page of a PTE that has one of its own (not the zero page, not the vDSO's), or NULL. */
static struct page *normal_page(pte_t pte)
{
	if (!pte_present(pte) || pte_special(pte) || !pfn_valid(pte_pfn(pte)))
		return NULL;
	return pfn_to_page(pte_pfn(pte));
}

/* walk_page_range(): one page that is where we count. */
static int count_pte(pte_t *pte, unsigned long addr, void *arg)
{
	struct node_count *c = arg;
	struct page *page = normal_page(ptep_get(pte));

	if (page && (c->on >> page_to_nid(page) & 1))
		c->pages++;
	return 0;
}

/* walk_page_range(): the node of the one page asked about. */
static int node_pte(pte_t *pte, unsigned long addr, void *arg)
{
	struct page *page = normal_page(ptep_get(pte));

	if (page)
		*(int *)arg = page_to_nid(page);
	return 0;
}

/* ---- mbind ---- */

/*
 * Give [start,end), inside *vmap, the policy: it becomes a VMA of its own, unless a neighbour
 * has the same. The VMA that covers start is left in *vmap.
 */
static int set_vma_policy(struct vm_area_struct **vmap, unsigned long start, unsigned long end,
			  struct mempolicy pol)
{
	struct vm_area_struct *vma = *vmap;
	int err = 0;

	if (mpol_equal(vma->vm_policy, pol))
		return 0;
	if (start > vma->vm_start)
		err = split_vma(vma, start, true);
	if (!err && end < vma->vm_end)
		err = split_vma(vma, end, false);
	if (!err)
		vma->vm_policy = pol;
	*vmap = vma_merge(vma);
	return err;
}

/* => mmap_lock for writing. A hole in the range is -EFAULT; what lies before it is done. */
static int mbind_range(struct mm_struct *mm, unsigned long start, unsigned long end,
		       struct mempolicy pol)
{
	struct vm_area_struct *vma;
	unsigned long to;
	int err;

	for (; start < end; start = to) {
		vma = vma_lookup(mm, start);
		if (!vma)
			return -EFAULT;
		to = min(end, vma->vm_end);
		err = set_vma_policy(&vma, start, to, pol);
		if (err)
			return err;
	}
	return 0;
}

/* MPOL_MF_STRICT: -EIO if a page is where the policy does not want it. */
static int check_strict(struct mm_struct *mm, unsigned long start, unsigned long end,
			struct mempolicy pol)
{
	struct node_count misplaced = { .on = pol.nodes ? ~(unsigned long)pol.nodes : 0 };

	(void)walk_page_range(mm, start, end, count_pte, NULL, &misplaced);
	return misplaced.pages ? -EIO : 0;
}

long sys_mbind(unsigned long start, unsigned long len, unsigned long mode,
	       const unsigned long __user *nmask, unsigned long maxnode, unsigned long flags)
{
	const unsigned int valid = MPOL_MF_STRICT | MPOL_MF_MOVE | MPOL_MF_MOVE_ALL;
	struct mm_struct *mm = current->mm;
	unsigned long end = start + PAGE_ALIGN(len);
	struct mempolicy pol;
	int err = mpol_parse((int)mode, nmask, maxnode, &pol);

	if (err)
		return err;
	if (((unsigned int)flags & ~valid) || offset_in_page(start) || end < start || end < len)
		return -EINVAL;
	if (end == start)
		return 0;
	/* Whatever the flags say, no page is moved: MPOL_MF_MOVE has nothing to do. */
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	err = mbind_range(mm, start, end, pol);
	if (!err && (flags & MPOL_MF_STRICT))
		err = check_strict(mm, start, end, pol);
	mmap_write_unlock(mm);
	return err;
}

/* ---- other processes: migrate_pages, move_pages ---- */

/* pid 0 is the caller. 0 with a reference to the mm, -ESRCH, or -EINVAL: it has none. */
static int mm_of_pid(pid_t pid, struct mm_struct **mm)
{
	struct task_struct *t = pid ? find_get_task(pid) : current;

	if (!t)
		return -ESRCH;
	*mm = get_task_mm(t);
	if (pid)
		put_task_struct(t);
	return *mm ? 0 : -EINVAL;
}

/* How many pages could not be moved: those that are on a node they should leave. */
long sys_migrate_pages(long pid, unsigned long maxnode, const unsigned long __user *old_nodes,
		       const unsigned long __user *new_nodes)
{
	struct node_count stay = { 0 };
	struct mm_struct *mm;
	unsigned long to;
	int err = mpol_get_nodes(old_nodes, maxnode, &stay.on);

	if (!err)
		err = mpol_get_nodes(new_nodes, maxnode, &to);
	if (!err && !(to & online_node_mask()))
		err = -EINVAL;
	if (!err)
		err = mm_of_pid((pid_t)pid, &mm);
	if (err)
		return err;
	/* Where they may stay they need not be moved from. */
	stay.on &= ~to;
	mmap_read_lock(mm);
	(void)walk_page_range(mm, 0, TASK_SIZE, count_pte, NULL, &stay);
	mmap_read_unlock(mm);
	mmput(mm);
	return stay.pages;
}

/* The node of a page, -ENOENT if there is none, -EFAULT if none can be. */
static int page_status(struct mm_struct *mm, unsigned long addr)
{
	int status = -ENOENT;

	addr &= PAGE_MASK;
	mmap_read_lock(mm);
	if (addr >= TASK_SIZE || !vma_lookup(mm, addr))
		status = -EFAULT;
	else
		(void)walk_page_range(mm, addr, addr + PAGE_SIZE, node_pte, NULL, &status);
	mmap_read_unlock(mm);
	return status;
}

/* One page of move_pages(): its status, or -errno for the whole call in *err. */
static int move_one(struct mm_struct *mm, unsigned long addr, const int __user *node_p, int *err)
{
	int node = 0, status = page_status(mm, addr);

	if (!node_p)
		return status;
	if (get_user(node, node_p))
		*err = -EFAULT;
	else if (node < 0 || node >= nr_online_nodes)
		*err = -ENODEV;
	return status < 0 || status == node ? status : -EBUSY;
}

long sys_move_pages(long pid, unsigned long count, const unsigned long __user *pages,
		    const int __user *nodes, int __user *status, unsigned long flags)
{
	struct mm_struct *mm;
	unsigned long addr = 0;
	int err;

	if ((unsigned int)flags & ~(MPOL_MF_MOVE | MPOL_MF_MOVE_ALL))
		return -EINVAL;
	err = mm_of_pid((pid_t)pid, &mm);
	if (err)
		return err;
	for (unsigned long i = 0; i < count && !err; i++) {
		int state;

		if (fatal_signal_pending(current))
			err = -EINTR;
		else if (get_user(addr, pages + i))
			err = -EFAULT;
		if (err)
			break;
		state = move_one(mm, addr, nodes ? nodes + i : NULL, &err);
		if (!err && put_user(state, status + i))
			err = -EFAULT;
		cond_resched();
	}
	mmput(mm);
	return err;
}
