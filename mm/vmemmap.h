/* SPDX-License-Identifier: MIT */
/*
 * Where the array of struct pages comes from.
 *
 * Linux: mm/sparse-vmemmap.c (with an MMU), mm/mm_init.c, alloc_node_mem_map().
 */
#pragma once
#include "mm/mm_types.h"

/*
 * mem_map_create() - an array of struct pages for [start_pfn, end_pfn), both
 * multiples of 1024. => the entry of pfn 0 (which may lie outside the array).
 * Not cleared: see page_init.c. Boot only; panics if there is no room.
 */
struct page *mem_map_create(unsigned long start_pfn, unsigned long end_pfn);
