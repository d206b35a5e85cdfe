/* SPDX-License-Identifier: MIT */
/*
 * Memory before the buddy: two sorted arrays of ranges, "memory" (what there
 * is) and "reserved" (what is taken).
 *
 * Linux: include/linux/memblock.h, mm/memblock.c. Differs: fixed arrays of
 * 64 ranges; a machine that needs more loses the excess with a warning.
 */
#pragma once
#include "lib/types.h"

struct memblock_region {
	phys_addr_t base;
	phys_addr_t size;
	int nid;
};
struct memblock_type {
	int cnt;
	struct memblock_region regions[64];
	const char *name;
};
extern struct memblock_type memblock_memory, memblock_reserved;

int memblock_add_node(phys_addr_t base, phys_addr_t size, int nid);	/* 0 or -ENOSPC */
int memblock_reserve(phys_addr_t base, phys_addr_t size);		/* 0 or -ENOSPC */
/* memblock_remove() - firmware's "no-map" memory: as if it did not exist. */
int memblock_remove(phys_addr_t base, phys_addr_t size);
/* memblock_alloc() - zeroed, top down, kernel-logical address; panics if there is none. */
void *memblock_alloc(size_t size, size_t align);
phys_addr_t memblock_phys_alloc(size_t size, size_t align);	/* not zeroed; 0 if none */
void memblock_enforce_memory_limit(phys_addr_t limit);		/* "mem=" */
/* memblock_free_all() - every page that is memory and not reserved goes to the buddy. */
void memblock_free_all(void);
phys_addr_t memblock_start_of_DRAM(void);
phys_addr_t memblock_end_of_DRAM(void);
phys_addr_t memblock_phys_mem_size(void);
bool memblock_is_reserved(phys_addr_t addr);
