/* SPDX-License-Identifier: MIT */
/*
 * What the boot log says about the address space.
 *
 * Linux: arch/riscv/mm/init.c, print_vm_layout().
 */
#include <asm/early.h>
#include <asm/pgtable.h>
#include <asm/setup.h>
#include "kernel/printk.h"
#include "mm/memblock.h"

static void print_range(const char *name, unsigned long start, unsigned long end)
{
	unsigned long size = end - start;
	bool in_gib = size >= 10UL << 30, in_mib = size >= 10UL << 20;

	pr_notice("%12s : 0x%016lx - 0x%016lx   (%4lu %ciB)\n", name, start, end,
		  size >> (in_gib ? 30 : in_mib ? 20 : 10), in_gib ? 'G' : in_mib ? 'M' : 'K');
}

void report_mmu(void)
{
	pr_info("MMU: Sv39, on since the csrw satp at physical 0x%lx; now running at 0x%lx\n",
		__pa(mmu_on), (unsigned long)report_mmu);
}

void print_vm_layout(void)
{
	unsigned long ram_end = (unsigned long)__va(memblock_end_of_DRAM() - 1) + 1;

	pr_notice("Virtual kernel memory layout:\n");
	print_range("user", 0, TASK_SIZE);
	print_range("vmemmap", VMEMMAP_START, VMEMMAP_END);
	print_range("vmalloc", VMALLOC_START, VMALLOC_END);
	print_range("lowmem", (unsigned long)__va(memblock_start_of_DRAM()), ram_end);
	print_range("kernel", (unsigned long)_stext, (unsigned long)_end);
	print_range(".text", (unsigned long)_stext, (unsigned long)_etext);
	print_range(".rodata", (unsigned long)_srodata, (unsigned long)_erodata);
	print_range(".init", (unsigned long)__init_begin, (unsigned long)__init_end);
	print_range(".data", (unsigned long)_sdata, (unsigned long)_edata);
	print_range(".bss", (unsigned long)_sbss, (unsigned long)_ebss);
}
