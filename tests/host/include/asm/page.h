/* SPDX-License-Identifier: MIT */
/*
 * asm/page.h of the fake machine: its RAM is a piece of this process's memory,
 * physical addresses start where the test says (see fake_machine.h).
 */
#pragma once
#include "lib/types.h"

#define PAGE_SHIFT	12
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
#define MAX_PHYSADDR_BITS 56

#define KERNEL_LINK_ADDR 0xffffffff80000000
#define TASK_SIZE	0x0000004000000000
/* Addresses that are mapped in the fake page tables only: never to be touched. */
#define VMALLOC_START	0xffffffc600000000
#define VMALLOC_END	0xffffffc640000000
extern unsigned long fake_page_offset;	/* where the RAM is in this process */
#define PAGE_OFFSET	fake_page_offset

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

extern unsigned long phys_ram_base, kernel_pa_start, min_low_pfn, max_pfn;

static inline phys_addr_t __pa(const volatile void *va)
{
	return (unsigned long)va - PAGE_OFFSET + phys_ram_base;
}
#define virt_to_phys(va)	__pa(va)
#define __va(pa)		((void *)((unsigned long)(pa) - phys_ram_base + PAGE_OFFSET))
#define phys_to_virt(pa)	__va(pa)
#define virt_to_pfn(va)		(__pa(va) >> PAGE_SHIFT)
#define pfn_to_virt(pfn)	__va(PFN_PHYS(pfn))

void clear_page(void *page);
void copy_page(void *to, const void *from);
