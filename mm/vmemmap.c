/* SPDX-License-Identifier: MIT */
/*
 * The array of struct pages with an MMU: one virtual range, VMEMMAP_START on,
 * backed by memory from memblock, so that page <-> pfn is one subtraction.
 *
 * The array starts with the first 4 MiB block of RAM, not with pfn 0, which
 * makes VMEMMAP_END - VMEMMAP_START the limit for the span of RAM: 256 GiB.
 * Locks: none, boot only.
 *
 * Linux: mm/sparse-vmemmap.c, vmemmap_populate(). Differs: no sections; a
 * hole in RAM gets struct pages too (they are never set up).
 */
#include "mm/vmemmap.h"
#include "kernel/printk.h"
#include "lib/bug.h"
#include "mm/page_alloc.h"

struct page *mem_map_create(unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long size = (end_pfn - start_pfn) * sizeof(struct page);

	BUG_ON(size > VMEMMAP_END - VMEMMAP_START);
	if (vmemmap_populate(VMEMMAP_START, VMEMMAP_START + size))
		panic("vmemmap: no room for %lu KiB of struct pages", size >> 10);
	return (struct page *)VMEMMAP_START - start_pfn;
}
