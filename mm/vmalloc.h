/* SPDX-License-Identifier: MIT */
/*
 * Kernel virtual memory: pages that need not be contiguous, device registers,
 * kernel stacks with a guard page.
 *
 * Linux: include/linux/vmalloc.h, mm/vmalloc.c. nommu: contiguous memory.
 */
#pragma once
#include <asm/page.h>
#include "lib/types.h"

#if CONFIG_MMU
#define VMALLOC_TOTAL	(VMALLOC_END - VMALLOC_START)	/* bytes of address space */
#else
#define VMALLOC_TOTAL	0UL
#endif

void vmalloc_init(void);		/* boot, after kmem_cache_init() */
void *vmalloc(size_t size);		/* NULL: no memory; may sleep */
void *vzalloc(size_t size);
void vfree(const void *addr);		/* may sleep; NULL is ignored */
/* vmap_stack_alloc() - THREAD_SIZE, aligned to twice that, unmapped below. NULL: no memory. */
void *vmap_stack_alloc(void);
void vmap_stack_free(void *stack);
/* vmap_stack_purge() - the stacks kept for the next fork go back: pages freed. => may sleep. */
unsigned long vmap_stack_purge(void);
/* ioremap() - device registers; works before vmalloc_init() too (UART). NULL: no space. */
void *ioremap(phys_addr_t pa, size_t size);
void iounmap(void *va);
struct page;
struct page *vmalloc_to_page(const void *va);	/* NULL if not mapped */
bool is_vmalloc_addr(const void *va);
/* stack_guard_hit() - is addr in the guard page of a kernel stack? for the overflow report. */
bool stack_guard_hit(unsigned long addr);
unsigned long vmalloc_nr_pages(void);
/* vmallocinfo_for_each() - fn for every area by rising address, for /proc/vmallocinfo. */
struct vmalloc_info {
	unsigned long addr, size, pages;	/* the guard page is in size */
	const void *caller;
	const char *kind;
};
void vmallocinfo_for_each(void (*fn)(const struct vmalloc_info *info, void *arg), void *arg);
