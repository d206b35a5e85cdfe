/* SPDX-License-Identifier: MIT */
/*
 * Without an MMU: what is left of init.c when addresses are physical.
 *
 * Linux: arch/riscv/mm/init.c, without CONFIG_MMU.
 */
#include <asm/early.h>
#include <asm/page.h>
#include <asm/reset.h>
#include <asm/setup.h>
#include "kernel/init.h"
#include "lib/kernel.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"

unsigned long phys_ram_base;		/* stays 0: __va() and __pa() change nothing */
unsigned long kernel_pa_start = KERNEL_LOAD_PA;
unsigned long min_low_pfn, max_pfn;
unsigned long early_satp;

unsigned long setup_vm(void)
{
	return 0;
}

void paging_init(void)
{
	phys_addr_t pa;

	min_low_pfn = PFN_UP(memblock_start_of_DRAM());
	max_pfn = PFN_DOWN(memblock_end_of_DRAM());
	if (!fdt_find_device("sifive,test0", 0, &pa, NULL, NULL))
		reset_device_set((void *)pa);
}

void free_initmem(void)
{
	free_reserved_area(__init_begin, __init_end, "unused kernel image");
}
