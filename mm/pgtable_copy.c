/* SPDX-License-Identifier: MIT */
/*
 * fork(): the child gets a copy of the page tables, and no copy of any page.
 *
 *	parent's PTE      parent keeps            child gets
 *	private, W=1      W=0                     the same frame, W=0: next writer copies
 *	private, W=0      as it is                the same frame
 *	special           as it is                the same (zero page)
 *	swap entry        as it is                the same slot, counted once more
 *
 * Only VMAs with an anon_vma are copied. All others can be filled again by
 * faults from the page cache, which is cheaper than copying what exec throws away.
 *
 * Invariants: each PTE of the child holds a reference and a mapcount of its frame;
 * after the parent's TLB flush (by the caller, once) neither can write a shared
 * frame. The child's counters are exact at any moment.
 *
 * Locks: both mmap_locks for writing; parent's and child's page_table_lock, child's
 * first: nobody else knows the child, so this order cannot meet its reverse.
 *
 * Linux: mm/memory.c, copy_page_range(), copy_present_pte(). Differs: pinned pages
 * are not copied early; a full swap count brings the page in instead of growing
 * the count.
 */
#include "kernel/sched.h"
#include "mm/pgtable.h"
#include "mm/rmap.h"
#include "mm/swap.h"

struct copy {
	struct mm_struct *dst, *src;
	bool cow;			/* private: write-protect */
	long rss[NR_MM_COUNTERS];	/* what the child has gained */
};

/* The child's PTE will name the same slot. => both ptls held. false: its count is full. */
static bool copy_swap_pte(struct copy *c, pte_t pte)
{
	if (swap_duplicate(pte_to_swp_entry(pte)))
		return false;
	c->rss[MM_SWAPENTS]++;
	return true;
}

/*
 * Copy one PTE that does not map a counted frame. => both ptls held. false: the slot's
 * count is full, the page must come in first.
 */
static noinline bool copy_odd_pte(struct copy *c, pte_t *dst, pte_t pte)
{
	if (!pte_present(pte) && !copy_swap_pte(c, pte))
		return false;
	set_pte(dst, pte);
	return true;
}

static void copy_add_rss(struct copy *c)
{
	if (c->rss[MM_SWAPENTS])
		mm_needs_unuse(c->dst);
	for (int i = 0; i < NR_MM_COUNTERS; i++) {
		if (c->rss[i])
			add_mm_counter(c->dst, i, c->rss[i]);
		c->rss[i] = 0;
	}
}

/* Copy [addr,end), inside one table; where it stopped: end, or at a full swap count. */
static unsigned long copy_pte_table(struct copy *c, pte_t *dst, pte_t *src, unsigned long addr,
				    unsigned long end)
{
	const bool cow = c->cow;
	long anon = 0;

	spin_lock(&c->dst->page_table_lock);
	spin_lock_nested(&c->src->page_table_lock);
	for (; addr < end; addr += PAGE_SIZE, dst++, src++) {
		pte_t pte = ptep_get(src);
		struct folio *f;

		if (pte_none(pte))
			continue;
		if (unlikely(!pte_present(pte) || pte_special(pte))) {
			if (!copy_odd_pte(c, dst, pte))
				break;
			continue;
		}
		if (cow && pte_write(pte)) {
			ptep_set_wrprotect(src);
			pte = pte_wrprotect(pte);
		}
		f = page_folio(pfn_to_page(pte_pfn(pte)));
		folio_get(f);
		folio_dup_rmap(f);
		if (likely(folio_test_anon(f)))
			anon++;
		else
			c->rss[mm_counter(f)]++;
		set_pte(dst, pte_mkold(pte));
	}
	spin_unlock(&c->src->page_table_lock);
	c->rss[MM_ANONPAGES] += anon;
	copy_add_rss(c);
	spin_unlock(&c->dst->page_table_lock);
	return addr;
}

static int copy_pmd_entry(struct copy *c, struct vm_area_struct *src_vma, pmd_t *src_pmd,
			  unsigned long addr, unsigned long end)
{
	pmd_t *dst_pmd = walk_pmd(c->dst, addr, true);

	if (!dst_pmd || !pte_alloc(c->dst, dst_pmd, addr))
		return -ENOMEM;
	for (;;) {
		addr = copy_pte_table(c, pte_offset(dst_pmd, addr), pte_offset(src_pmd, addr),
				      addr, end);
		if (addr >= end)
			break;
		if (handle_mm_fault(src_vma, addr, 0) & VM_FAULT_ERROR)
			return -ENOMEM;
	}
	cond_resched();
	return 0;
}

int copy_page_range(struct vm_area_struct *dst_vma, struct vm_area_struct *src_vma)
{
	struct copy c = { .dst = dst_vma->vm_mm, .src = src_vma->vm_mm };
	unsigned long addr, next, end = src_vma->vm_end;
	pmd_t *pmd;
	int err;

	lockdep_assert_held(&c.src->mmap_lock);
	lockdep_assert_held(&c.dst->mmap_lock);
	VM_BUG_ON(dst_vma->vm_start != src_vma->vm_start || dst_vma->vm_end != end);
	if (!src_vma->anon_vma)
		return 0;
	c.cow = (src_vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
	for (addr = src_vma->vm_start; addr < end; addr = next) {
		pmd = walk_pmd(c.src, addr, false);
		if (!pmd) {
			next = pgd_addr_end(addr, end);
			continue;
		}
		next = pmd_addr_end(addr, end);
		err = pmd_none(*pmd) ? 0 : copy_pmd_entry(&c, src_vma, pmd, addr, next);
		if (err)
			return err;
	}
	return 0;
}
