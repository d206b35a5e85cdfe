/* SPDX-License-Identifier: MIT */
/*
 * Page tables of user address spaces: allocate, walk, free.
 *
 *	mm->pgd --> 512 x 1 GiB --> 512 x 2 MiB --> 512 x 4 KiB
 *	            (pgd_t)         (pmd_t)         (pte_t)
 *
 * The upper 256 entries of every root are the kernel's and the same everywhere;
 * the lower half starts empty and grows by faults. Kernel mappings themselves
 * are made in vmalloc's neighbourhood (map_kernel_range()), not here.
 *
 * Invariants: an entry of an upper level goes from none to a table once, under
 * page_table_lock, while others read it without; it goes back only when no VMA
 * needs it and nobody can walk (mmap_lock for writing, VMAs off the rmap lists).
 * So whoever holds mmap_lock, or found a VMA under its rmap lock, may follow
 * upper entries freely and needs the lock only for PTEs. A freed table is empty.
 *
 * Locks: page_table_lock guards entries; tables are allocated outside it.
 *
 * Linux: mm/memory.c (__pte_alloc, free_pgd_range), mm/pagewalk.c,
 * arch/riscv/include/asm/pgalloc.h. Differs: three levels by name; one lock an mm.
 */
#include <asm/barrier.h>
#include "kernel/sched.h"
#include "lib/string.h"
#include "mm/pgtable.h"

/* ---- tables ---- */

static struct page *pgtable_page_alloc(gfp_t zero)
{
	struct page *page = alloc_page(GFP_KERNEL_ACCOUNT | zero);

	if (!page)
		return NULL;
	page->flags |= 1UL << PG_pgtable;
	mod_node_page_state(page_pgdat(page), NR_PAGETABLE, 1);
	return page;
}

void pgtable_page_free(struct page *page)
{
	VM_BUG_ON(!test_bit(PG_pgtable, &page->flags));
	page->flags &= ~(1UL << PG_pgtable);
	mod_node_page_state(page_pgdat(page), NR_PAGETABLE, -1);
	__free_page(page);
}

pgd_t *pgd_alloc(struct mm_struct *mm)
{
	struct page *page = pgtable_page_alloc(0);
	pgd_t *pgd;

	if (!page)
		return NULL;
	pgd = page_address(page);
	memset(pgd, 0, PAGE_SIZE / 2);
	memcpy(pgd + PTRS_PER_PGD / 2, swapper_pg_dir + PTRS_PER_PGD / 2, PAGE_SIZE / 2);
	return pgd;
}

void pgd_free(struct mm_struct *mm, pgd_t *pgd)
{
	VM_BUG_ON(pgd == swapper_pg_dir);
	pgtable_page_free(virt_to_page(pgd));
}

/* A table into an entry that had none when we looked. => may sleep. True: there is one now. */
bool __pmd_alloc(struct mm_struct *mm, pgd_t *pgd)
{
	struct page *page = pgtable_page_alloc(__GFP_ZERO);

	if (!page)
		return false;
	spin_lock(&mm->page_table_lock);
	if (pgd_none(*pgd)) {
		smp_wmb();	/* zeroes before the entry that makes them visible */
		pgd_populate(pgd, page_address(page));
		atomic_long_add(PAGE_SIZE, &mm->pgtables_bytes);
		page = NULL;
	}
	spin_unlock(&mm->page_table_lock);
	if (page)		/* another thread was faster */
		pgtable_page_free(page);
	return true;
}

/* The same one level down. */
bool __pte_alloc(struct mm_struct *mm, pmd_t *pmd)
{
	struct page *page = pgtable_page_alloc(__GFP_ZERO);

	if (!page)
		return false;
	spin_lock(&mm->page_table_lock);
	if (pmd_none(*pmd)) {
		smp_wmb();
		pmd_populate(pmd, page_address(page));
		atomic_long_add(PAGE_SIZE, &mm->pgtables_bytes);
		page = NULL;
	}
	spin_unlock(&mm->page_table_lock);
	if (page)
		pgtable_page_free(page);
	return true;
}

pgprot_t vm_get_page_prot(unsigned long vm_flags)
{
	return protection_map[vm_flags & (VM_ACCESS_FLAGS | VM_SHARED)];
}

/* ---- walking ---- */

pte_t *walk_pte(struct mm_struct *mm, unsigned long addr)
{
	pmd_t *pmd = walk_pmd(mm, addr, false);

	if (!pmd || pmd_none(*pmd))
		return NULL;
	return pte_offset(pmd, addr);
}

/* fn for each entry of [addr,end), all in one last-level table; under the lock. */
static int walk_ptes(struct mm_struct *mm, pmd_t *pmd, unsigned long addr, unsigned long end,
		     const struct page_walk *w)
{
	pte_t *pte = pte_offset(pmd, addr);
	int ret = 0;

	VM_BUG_ON(addr >= end || (addr & PMD_MASK) != ((end - 1) & PMD_MASK));
	spin_lock(&mm->page_table_lock);
	for (; !ret && addr < end; addr += PAGE_SIZE, pte++)
		ret = w->fn(pte, addr, w->arg);
	spin_unlock(&mm->page_table_lock);
	return ret;
}

/* [addr,end) has no table: tell the caller, if he wants to know. */
static int walk_hole(unsigned long addr, unsigned long end, const struct page_walk *w)
{
	return w->hole ? w->hole(addr, end, w->arg) : 0;
}

/* [addr,end) within one PGD entry that has a table. */
static int walk_pmds(struct mm_struct *mm, pgd_t *pgd, unsigned long addr, unsigned long end,
		     const struct page_walk *w)
{
	pmd_t *pmd = pmd_offset(pgd, addr);
	unsigned long next;
	int ret = 0;

	for (; !ret && addr < end; addr = next, pmd++) {
		next = pmd_addr_end(addr, end);
		if (pmd_none(*pmd))
			ret = walk_hole(addr, next, w);
		else
			ret = walk_ptes(mm, pmd, addr, next, w);
	}
	return ret;
}

int walk_page_range(struct mm_struct *mm, unsigned long addr, unsigned long end,
		    int (*fn)(pte_t *pte, unsigned long addr, void *arg),
		    int (*hole)(unsigned long start, unsigned long end, void *arg), void *arg)
{
	const struct page_walk w = { .fn = fn, .hole = hole, .arg = arg };
	pgd_t *pgd = mm->pgd + pgd_index(addr);
	unsigned long next;
	int ret = 0;

	VM_BUG_ON(end > TASK_SIZE || offset_in_page(addr | end));
	for (; !ret && addr < end; addr = next, pgd++) {
		next = pgd_addr_end(addr, end);
		if (pgd_none(*pgd))
			ret = walk_hole(addr, next, &w);
		else
			ret = walk_pmds(mm, pgd, addr, next, &w);
	}
	return ret;
}

/* ---- freeing ---- */

/* Is the table of [base, base + size) without any VMA? */
static bool table_unused(unsigned long base, unsigned long size, unsigned long floor,
			 unsigned long ceiling)
{
	return base >= floor && base + size <= ceiling;
}

/* The last-level tables of one PGD entry that zapping has seen in [start,end): maybe none. */
static void free_pte_tables(struct mmu_gather *tlb, pgd_t *pgd, unsigned long start,
			    unsigned long end, const unsigned long bound[2])
{
	unsigned long addr = max(start & PMD_MASK, tlb->seen_start);
	pmd_t *pmd = pmd_offset(pgd, addr);

	end = min(end, tlb->seen_end);
	for (; addr < end; addr += PMD_SIZE, pmd++) {
		struct page *table;

		if (pmd_none(*pmd) || !table_unused(addr, PMD_SIZE, bound[0], bound[1]))
			continue;
		table = virt_to_page(pmd_pgtable(*pmd));
		pmd_clear(pmd);
		tlb_remove_table(tlb, table);
	}
}

void free_pgtables(struct mmu_gather *tlb, unsigned long start, unsigned long end,
		   unsigned long floor, unsigned long ceiling)
{
	const unsigned long bound[2] = { floor, ceiling };
	unsigned long addr, next, base;

	/* Tables between the neighbours only: theirs are in use. */
	VM_BUG_ON(floor > start || ceiling < end);
	/* Even if no last-level table was seen: an upper one may have been kept for this range. */
	for (addr = start; addr < end; addr = next) {
		pgd_t *pgd = tlb->mm->pgd + pgd_index(addr);
		struct page *table;

		next = pgd_addr_end(addr, end);
		if (pgd_none(*pgd))
			continue;
		free_pte_tables(tlb, pgd, addr, next, bound);
		base = addr & PGDIR_MASK;
		if (!table_unused(base, PGDIR_SIZE, floor, ceiling))
			continue;
		table = virt_to_page(pgd_pgtable(*pgd));
		pgd_clear(pgd);
		tlb_remove_table(tlb, table);
	}
}
