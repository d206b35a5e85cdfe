/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own page tables: the early ones that setup_vm() builds before
 * the MMU is on, and the final ones of paging_init().
 *
 * Early (early_pg_dir, boot memory): all of RAM at PAGE_OFFSET by 1 GiB leaves,
 * the image at its link address by 2 MiB leaves, and one identity entry that
 * keeps the instruction behind the write to satp reachable. Everything may be
 * read, written and executed.
 *
 * Final (swapper_pg_dir, the root of all later ones):
 *   direct map   the memory of memblock by the largest leaves that fit, no
 *                execute; the image's text and rodata are read-only here too;
 *                OpenSBI's memory is not mapped
 *   image        4 KiB pages: text RX, rodata R, the rest RW
 *   vmalloc, vmemmap   PMD tables only; the pages come later
 * All entries of the kernel half that can ever be used are filled here, so that
 * pgd_alloc() copies them once and no mm has to be told of kernel mappings.
 *
 * Invariant: no page is both writable and executable after paging_init().
 * Locks: boot only, one hart.
 *
 * Source: RISC-V Privileged Architecture 4.4 (Sv39).
 * Linux: arch/riscv/mm/init.c. Differs: the early direct map covers all RAM, so
 * tables come from memblock like any other memory and no fixmap is needed.
 */
#include <asm/csr.h>
#include <asm/early.h>
#include <asm/pgtable.h>
#include <asm/reset.h>
#include <asm/setup.h>
#include <asm/tlbflush.h>
#include "kernel/init.h"
#include "kernel/printk.h"
#include "lib/bug.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"

#define EARLY_RAM_GIB	64	/* what the early direct map covers */
#define PAGE_KERNEL_RWX	__pgprot(_PAGE_KERNEL_BASE | _PAGE_READ | _PAGE_WRITE | _PAGE_EXEC)
#define __initdata	__section(".init.data")

unsigned long phys_ram_base;
unsigned long kernel_pa_start;
unsigned long min_low_pfn, max_pfn;
unsigned long early_satp;		/* for secondary harts, head.S */

pgd_t swapper_pg_dir[PTRS_PER_PGD] __aligned(PAGE_SIZE) __section(".bss..page_aligned");
static pgd_t early_pg_dir[PTRS_PER_PGD] __aligned(PAGE_SIZE) __initdata;
static pmd_t early_image_pmd[PTRS_PER_PMD] __aligned(PAGE_SIZE) __initdata;

/* ---- before the MMU is on: addresses here are physical ---- */

static pgd_t early_leaf(phys_addr_t pa)
{
	return __pgd(pa >> PAGE_SHIFT << _PAGE_PFN_SHIFT | pgprot_val(PAGE_KERNEL_RWX));
}

unsigned long setup_vm(void)
{
	unsigned long i, image_size = _end - _start;

	kernel_pa_start = (unsigned long)_start;
	phys_ram_base = kernel_pa_start & PGDIR_MASK;
	early_pg_dir[pgd_index(phys_ram_base)] = early_leaf(phys_ram_base);
	for (i = 0; i < EARLY_RAM_GIB; i++)
		early_pg_dir[pgd_index(PAGE_OFFSET) + i] =
			early_leaf(phys_ram_base + i * PGDIR_SIZE);
	early_pg_dir[pgd_index(KERNEL_LINK_ADDR)] =
		__pgd((unsigned long)early_image_pmd >> PAGE_SHIFT << _PAGE_PFN_SHIFT |
		      _PAGE_TABLE);
	for (i = 0; i * PMD_SIZE < image_size; i++)
		early_image_pmd[i] = __pmd(pgd_val(early_leaf(kernel_pa_start + i * PMD_SIZE)));
	early_satp = SATP_MODE_39 | (unsigned long)early_pg_dir >> PAGE_SHIFT;
	return early_satp;
}

/* ---- the final tables ---- */

/* A table for one entry of the level above, from memblock. */
static unsigned long new_table(void)
{
	void *table = memblock_alloc(PAGE_SIZE, PAGE_SIZE);

	return virt_to_pfn(table) << _PAGE_PFN_SHIFT | _PAGE_TABLE;
}

/* The PMD entry for va in the final tables; the table is made if need be. */
static pmd_t *boot_pmd(unsigned long va)
{
	pgd_t *pgd = &swapper_pg_dir[pgd_index(va)];

	if (pgd_none(*pgd))
		set_pgd(pgd, __pgd(new_table()));
	return pmd_offset(pgd, va);
}

/* The PTE slot for va; both tables are made if need be. => no leaf is in the way. */
static pte_t *boot_pte(unsigned long va)
{
	pmd_t *pmd = boot_pmd(va);

	if (pmd_none(*pmd))
		set_pmd(pmd, __pmd(new_table()));
	return pte_offset(pmd, va);
}

/* Is a leaf of this size possible for the next piece? Both addresses must be aligned to it. */
static bool leaf_fits(unsigned long va, phys_addr_t pa, unsigned long size, unsigned long leaf)
{
	return size >= leaf && !((va | pa) & (leaf - 1));
}

/* Map one leaf, the largest that fits; returns its size. */
static unsigned long map_one(unsigned long va, phys_addr_t pa, unsigned long size, pgprot_t prot)
{
	unsigned long entry = pa >> PAGE_SHIFT << _PAGE_PFN_SHIFT | pgprot_val(prot);

	if (leaf_fits(va, pa, size, PGDIR_SIZE)) {
		set_pgd(&swapper_pg_dir[pgd_index(va)], __pgd(entry));
		return PGDIR_SIZE;
	}
	if (leaf_fits(va, pa, size, PMD_SIZE)) {
		set_pmd(boot_pmd(va), __pmd(entry));
		return PMD_SIZE;
	}
	set_pte(boot_pte(va), __pte(entry));
	return PAGE_SIZE;
}

/* [va, va + size) to [pa, pa + size), by the largest leaves that fit. */
static void map_boot_range(unsigned long va, phys_addr_t pa, unsigned long size, pgprot_t prot)
{
	unsigned long done;

	for (done = 0; done < size;)
		done += map_one(va + done, pa + done, size - done, prot);
}

/* The direct map of [start, end), read-only where the image has its text and constants. */
static void map_direct(phys_addr_t start, phys_addr_t end)
{
	phys_addr_t ro_start = __pa(_stext), ro_end = PAGE_ALIGN(__pa(_erodata));
	phys_addr_t cuts[] = { start, clamp(ro_start, start, end), clamp(ro_end, start, end), end };

	for (int i = 0; i < 3; i++)
		map_boot_range((unsigned long)__va(cuts[i]), cuts[i], cuts[i + 1] - cuts[i],
			       i == 1 ? PAGE_KERNEL_RO : PAGE_KERNEL);
}

/* One section of the image at its link address, by small pages. */
static void map_image(const char *start, const char *end, pgprot_t prot)
{
	unsigned long va;

	for (va = (unsigned long)start; va < (unsigned long)end; va += PAGE_SIZE)
		set_pte(boot_pte(va), pfn_pte(virt_to_pfn((void *)va), prot));
}

/* PMD tables for a range of kernel addresses that is filled later. */
static void prepare_range(unsigned long start, unsigned long end)
{
	for (unsigned long va = start; va < end; va += PGDIR_SIZE)
		(void)boot_pmd(va);
}

/* The power switch, by one leaf: so a panic at any time can end QEMU with a status. */
static void map_power_switch(void)
{
	phys_addr_t pa;

	if (fdt_find_device("sifive,test0", 0, &pa, NULL, NULL))
		return;
	set_pmd(boot_pmd(DEVMAP_START),
		__pmd((pa & PMD_MASK) >> PAGE_SHIFT << _PAGE_PFN_SHIFT | pgprot_val(PAGE_KERNEL)));
	reset_device_set((void *)(DEVMAP_START + (pa & ~PMD_MASK)));
}

/* What every address space shares: all memory, and the image at its link address. */
static void map_kernel(void)
{
	for (int i = 0; i < memblock_memory.cnt; i++) {
		struct memblock_region *r = &memblock_memory.regions[i];

		map_direct(PFN_PHYS(PFN_UP(r->base)), PFN_PHYS(PFN_DOWN(r->base + r->size)));
	}
	map_image(_stext, _etext, PAGE_KERNEL_EXEC);
	map_image(_srodata, _erodata, PAGE_KERNEL_RO);
	map_image(__init_begin, _end, PAGE_KERNEL);
}

/* From the early tables to the final ones: the identity entry is gone with this. */
static void use_final_tables(void)
{
	csr_write(CSR_SATP, SATP_MODE_39 | virt_to_pfn(swapper_pg_dir));
	local_flush_tlb_all();
}

void paging_init(void)
{
	BUILD_BUG_ON(VMALLOC_END - VMALLOC_START > 2 * PGDIR_SIZE);
	/* Memory below the direct map's first GiB or beyond its end is out of reach. */
	(void)memblock_remove(0, phys_ram_base);
	(void)memblock_remove(phys_ram_base + EARLY_RAM_GIB * PGDIR_SIZE, ~0UL);
	min_low_pfn = PFN_UP(memblock_start_of_DRAM());
	max_pfn = PFN_DOWN(memblock_end_of_DRAM());

	map_kernel();
	prepare_range(VMALLOC_START, VMALLOC_END);
	map_power_switch();
	use_final_tables();
}

int vmemmap_populate(unsigned long start, unsigned long end)
{
	unsigned long va = start;

	while (va < end) {
		unsigned long leaf = leaf_fits(va, 0, end - va, PMD_SIZE) ? PMD_SIZE : PAGE_SIZE;
		phys_addr_t pa = memblock_phys_alloc(leaf, leaf);

		if (!pa && leaf == PMD_SIZE) {	/* no aligned 2 MiB free: small pages */
			leaf = PAGE_SIZE;
			pa = memblock_phys_alloc(leaf, leaf);
		}
		if (!pa)
			return -ENOMEM;
		va += map_one(va, pa, leaf, PAGE_KERNEL);
	}
	local_flush_tlb_all();
	return 0;
}

void free_initmem(void)
{
	unsigned long va;

	/* The link-time addresses go, so that late users of boot data are caught. */
	for (va = (unsigned long)__init_begin; va < (unsigned long)__init_end; va += PAGE_SIZE)
		pte_clear(boot_pte(va));
	flush_tlb_kernel_range((unsigned long)__init_begin, (unsigned long)__init_end);
	free_reserved_area(__va(__pa(__init_begin)), __va(__pa(__init_end)), "unused kernel image");
}
