/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own page tables above the direct map: vmalloc, ioremap, stacks.
 *
 * All address spaces share the tables below swapper_pg_dir's entries of the
 * kernel half; arch fills those entries at boot, so that a mapping made here
 * is seen everywhere without touching other roots. Tables, once made, stay:
 * the next mapping of the range finds them.
 *
 * Before the buddy allocator exists tables come from memblock, which is what
 * lets ioremap() serve the first console.
 *
 * Locks: kernel_pgtable_lock to hang a new table in. A PTE itself is written
 * without a lock: it belongs to whoever owns the vmalloc area around it.
 *
 * Linux: mm/vmalloc.c, vmap_range_noflush(). Differs: 4 KiB and 2 MiB leaves.
 */
#include "lib/string.h"
#include "mm/memblock.h"
#include "mm/pgtable.h"
#include "mm/slab.h"

static DEFINE_SPINLOCK(kernel_pgtable_lock, RANK_PTL);

/* A table of zeros; NULL: no memory. May sleep, once there is something to wait for. */
static void *alloc_table(void)
{
	if (slab_is_available())
		return (void *)get_zeroed_page(GFP_KERNEL);
	return memblock_alloc(PAGE_SIZE, PAGE_SIZE);
}

/* A table that another hart made superfluous. Memory from memblock stays lost. */
static void free_table(void *table)
{
	if (slab_is_available())
		free_page((unsigned long)table);
}

/* The PMD entry for a kernel address; the table is made if need be. */
static pmd_t *kernel_pmd(unsigned long va)
{
	pgd_t *pgd = &swapper_pg_dir[pgd_index(va)];
	pmd_t *table;

	VM_BUG_ON(va < TASK_SIZE);
	if (pgd_none(*pgd)) {
		table = alloc_table();
		if (!table)
			return NULL;
		spin_lock(&kernel_pgtable_lock);
		/* Another hart may have been faster while we allocated. */
		if (pgd_none(*pgd)) {
			pgd_populate(pgd, table);
			table = NULL;
		}
		spin_unlock(&kernel_pgtable_lock);
		if (table)
			free_table(table);
	}
	return pmd_offset(pgd, va);
}

/* The PTE slot for a kernel address; the table is made if need be. NULL: no memory. */
static pte_t *kernel_pte(unsigned long va)
{
	pmd_t *pmd = kernel_pmd(va);
	pte_t *table;

	if (!pmd)
		return NULL;
	if (pmd_none(*pmd)) {
		table = alloc_table();
		if (!table)
			return NULL;
		spin_lock(&kernel_pgtable_lock);
		if (pmd_none(*pmd)) {
			pmd_populate(pmd, table);
			table = NULL;
		}
		spin_unlock(&kernel_pgtable_lock);
		if (table)
			free_table(table);
	}
	VM_BUG_ON(pmd_leaf(*pmd));
	return pte_offset(pmd, va);
}

int map_kernel_page(unsigned long va, unsigned long pfn, pgprot_t prot)
{
	pte_t *pte = kernel_pte(va);

	if (!pte)
		return -ENOMEM;
	BUG_ON(!pte_none(*pte));
	set_pte(pte, pfn_pte(pfn, prot));
	return 0;
}

/* A 2 MiB leaf, if place and size allow one and no table is in the way. */
static bool map_large(unsigned long va, phys_addr_t pa, unsigned long left, pgprot_t prot)
{
	pmd_t *pmd;

	if (left < PMD_SIZE || ((va | pa) & ~PMD_MASK))
		return false;
	pmd = kernel_pmd(va);
	if (!pmd || !pmd_none(*pmd))
		return false;
	set_pmd(pmd, __pmd(pte_val(pfn_pte(PFN_DOWN(pa), prot))));
	return true;
}

int map_kernel_range(unsigned long va, phys_addr_t pa, unsigned long size, pgprot_t prot)
{
	unsigned long done = 0;

	VM_BUG_ON((va | pa | size) & ~PAGE_MASK);
	while (done < size) {
		if (map_large(va + done, pa + done, size - done, prot)) {
			done += PMD_SIZE;
			continue;
		}
		if (map_kernel_page(va + done, PFN_DOWN(pa + done), prot)) {
			while (done) {
				done -= PAGE_SIZE;
				(void)unmap_kernel_page(va + done);
			}
			return -ENOMEM;
		}
		done += PAGE_SIZE;
	}
	return 0;
}

/* The entry that maps va: *pmd a leaf, or *pte. False: nothing does. */
static bool lookup(unsigned long va, pmd_t **pmd, pte_t **pte)
{
	pgd_t *pgd = &swapper_pg_dir[pgd_index(va)];

	*pte = NULL;
	if (pgd_none(*pgd) || pgd_leaf(*pgd))
		return false;
	*pmd = pmd_offset(pgd, va);
	if (pmd_none(**pmd))
		return false;
	if (pmd_leaf(**pmd))
		return true;
	*pte = pte_offset(*pmd, va);
	return !pte_none(**pte);
}

unsigned long unmap_kernel_page(unsigned long va)
{
	unsigned long pfn;
	pmd_t *pmd;
	pte_t *pte;

	if (!lookup(va, &pmd, &pte))
		return 0;
	if (pte)
		return pte_pfn(ptep_get_and_clear(pte));
	/* A 2 MiB leaf goes as a whole, with the first of its pages that is unmapped. */
	pfn = pmd_pfn(*pmd) + pte_index(va);
	pmd_clear(pmd);
	return pfn;
}

unsigned long kernel_page_pfn(unsigned long va)
{
	pmd_t *pmd;
	pte_t *pte;

	if (!lookup(va, &pmd, &pte))
		return 0;
	return pte ? pte_pfn(ptep_get(pte)) : pmd_pfn(*pmd) + pte_index(va);
}
