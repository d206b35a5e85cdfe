/* SPDX-License-Identifier: MIT */
/*
 * Pages, and the three views of an address: physical, kernel logical (the
 * direct map: physical plus a constant), kernel image (its own constant).
 *
 *   direct map:    PAGE_OFFSET + (pa - phys_ram_base)
 *   kernel image:  KERNEL_LINK_ADDR + (pa - kernel_pa_start)
 *
 * vmalloc has 2 GiB, not Linux's 64: every pgd entry of the kernel half is
 * filled at boot (all pgds copy them, so no fault ever has to), and each costs
 * a page for its PMD table, which a 16 MiB machine would feel.
 *
 * With CONFIG_MMU=0 all three are the same number.
 *
 * Linux: arch/riscv/include/asm/page.h. Differs: Sv39 only; phys_ram_base is
 * rounded down to 1 GiB so that the direct map can use 1 GiB leaves.
 */
#pragma once
#include <asm/const.h>

#define PAGE_SHIFT	12
#define MAX_PHYSADDR_BITS 56	/* what a page-table entry can name */
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PMD_SHIFT	21
#define PMD_SIZE	(1UL << PMD_SHIFT)
#define PMD_MASK	(~(PMD_SIZE - 1))
#define PGDIR_SHIFT	30
#define PGDIR_SIZE	(1UL << PGDIR_SHIFT)
#define PGDIR_MASK	(~(PGDIR_SIZE - 1))
#define PTRS_PER_PTE	512
#define PTRS_PER_PMD	512
#define PTRS_PER_PGD	512

/* Where OpenSBI starts us; the boards we know all agree. */
#define KERNEL_LOAD_PA	0x80200000

#if CONFIG_MMU
#define KERNEL_LINK_ADDR 0xffffffff80000000
#define TASK_SIZE	_UL(0x0000004000000000)	/* 256 GiB: user half of Sv39 */
#define VMEMMAP_START	0xffffffc500000000
#define VMEMMAP_END	0xffffffc600000000
#define VMALLOC_START	0xffffffc600000000
#define VMALLOC_END	0xffffffc680000000
#define DEVMAP_START	0xffffffffbfe00000	/* one 2 MiB leaf: the board's power switch */
#define PAGE_OFFSET	0xffffffd600000000
#else
#define KERNEL_LINK_ADDR KERNEL_LOAD_PA
#define TASK_SIZE	_UL(0x0100000000000000)	/* any physical address */
#define PAGE_OFFSET	_UL(0x0)
#endif

#ifndef __ASSEMBLER__
#include "lib/types.h"

typedef struct { unsigned long pte; } pte_t;
typedef struct { unsigned long pmd; } pmd_t;
typedef struct { unsigned long pgd; } pgd_t;
typedef struct { unsigned long pgprot; } pgprot_t;

#define pte_val(x)	((x).pte)
#define pmd_val(x)	((x).pmd)
#define pgd_val(x)	((x).pgd)
#define pgprot_val(x)	((x).pgprot)
#define __pte(x)	((pte_t){ (x) })
#define __pmd(x)	((pmd_t){ (x) })
#define __pgd(x)	((pgd_t){ (x) })
#define __pgprot(x)	((pgprot_t){ (x) })

#define PFN_UP(x)	(((unsigned long)(x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(x)	((unsigned long)(x) >> PAGE_SHIFT)
#define PFN_PHYS(x)	((phys_addr_t)(x) << PAGE_SHIFT)
#define PAGE_ALIGN(x)	(((unsigned long)(x) + PAGE_SIZE - 1) & PAGE_MASK)
#define offset_in_page(p) ((unsigned long)(p) & ~PAGE_MASK)

/* Set once by setup_vm() / paging_init(), read-only afterwards. */
extern unsigned long phys_ram_base;	/* start of RAM, rounded down to 1 GiB; 0 if !MMU */
extern unsigned long kernel_pa_start;	/* where the image's first byte is */
extern unsigned long min_low_pfn, max_pfn;	/* RAM is inside [min_low_pfn, max_pfn) */

static inline phys_addr_t __pa(const volatile void *va)
{
	unsigned long x = (unsigned long)va;

	if (CONFIG_MMU && x >= KERNEL_LINK_ADDR)
		return x - KERNEL_LINK_ADDR + kernel_pa_start;
	return x - PAGE_OFFSET + phys_ram_base;
}
#define virt_to_phys(va)	__pa(va)
#define __va(pa)		((void *)((unsigned long)(pa) - phys_ram_base + PAGE_OFFSET))
#define phys_to_virt(pa)	__va(pa)
#define virt_to_pfn(va)		(__pa(va) >> PAGE_SHIFT)
#define pfn_to_virt(pfn)	__va(PFN_PHYS(pfn))

/* clear_page(), copy_page() - whole, page-aligned pages; in arch/riscv/page.S. */
void clear_page(void *page);
void copy_page(void *to, const void *from);
#endif
