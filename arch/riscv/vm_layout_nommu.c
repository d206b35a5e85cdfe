/* SPDX-License-Identifier: MIT */
/*
 * What the boot log says about memory without an MMU.
 *
 * Linux: arch/riscv/mm/init.c, print_vm_layout(), without CONFIG_MMU.
 */
#include <asm/early.h>
#include <asm/setup.h>
#include "kernel/printk.h"
#include "mm/memblock.h"

void report_mmu(void)
{
	pr_info("MMU: off for good, this is the NOMMU build\n");
}

void print_vm_layout(void)
{
	pr_notice("Physical memory layout:\n");
	pr_notice("%12s : 0x%lx - 0x%lx\n", "RAM", (unsigned long)memblock_start_of_DRAM(),
		  (unsigned long)memblock_end_of_DRAM());
	pr_notice("%12s : 0x%lx - 0x%lx\n", "kernel", (unsigned long)_stext,
		  (unsigned long)_end);
}
