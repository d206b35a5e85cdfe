/* SPDX-License-Identifier: MIT */
/*
 * The array of struct pages without an MMU: one contiguous piece of memory.
 * Locks: none, boot only.
 *
 * Linux: mm/mm_init.c, alloc_node_mem_map() (FLATMEM). Differs: not cleared.
 */
#include "mm/vmemmap.h"
#include "kernel/printk.h"
#include "mm/memblock.h"

struct page *mem_map_create(unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long size = (end_pfn - start_pfn) * sizeof(struct page);
	phys_addr_t pa = memblock_phys_alloc(size, PAGE_SIZE);

	if (!pa)
		panic("mem_map: no room for %lu KiB of struct pages", size >> 10);
	return (struct page *)__va(pa) - start_pfn;
}
