/* SPDX-License-Identifier: MIT */
/*
 * vmalloc and friends without an MMU: all addresses are physical, so memory
 * that looks contiguous must be contiguous.
 *
 * vmalloc() is alloc_pages_exact(), its size kept in the first struct page;
 * ioremap() is the address itself; a kernel stack has no guard, and running
 * into its lower neighbour is not noticed (one of the things an MMU is for).
 *
 * Locks: none of its own.
 *
 * Linux: mm/nommu.c. Differs: stacks are aligned to twice their size as with
 * an MMU, so that the trap entry is the same.
 */
#include <asm/processor.h>
#include "lib/bug.h"
#include "mm/mm.h"
#include "mm/vmalloc.h"

#define STACK_ORDER	(THREAD_SHIFT - PAGE_SHIFT)

static atomic_long_t nr_vmalloc_pages;

static void *alloc_counted(size_t size, gfp_t gfp)
{
	void *p = size ? alloc_pages_exact(size, gfp) : NULL;

	if (!p)
		return NULL;
	virt_to_page(p)->private = PFN_UP(size);
	atomic_long_add(PFN_UP(size), &nr_vmalloc_pages);
	return p;
}

void *vmalloc(size_t size)
{
	return alloc_counted(size, GFP_KERNEL);
}

void *vzalloc(size_t size)
{
	return alloc_counted(size, GFP_KERNEL | __GFP_ZERO);
}

void vfree(const void *addr)
{
	unsigned long nr;

	if (!addr)
		return;
	nr = virt_to_page(addr)->private;
	if (WARN_ON(!nr))
		return;
	virt_to_page(addr)->private = 0;
	atomic_long_sub(nr, &nr_vmalloc_pages);
	free_pages_exact((void *)addr, nr * PAGE_SIZE);
}

void *vmap_stack_alloc(void)
{
	/* A block of twice the size is aligned to twice the size; its upper half goes back. */
	struct page *page = alloc_pages(GFP_KERNEL, STACK_ORDER + 1);
	unsigned long i;

	if (!page)
		return NULL;
	split_page(page, STACK_ORDER + 1);
	for (i = 1UL << STACK_ORDER; i < 2UL << STACK_ORDER; i++)
		__free_page(page + i);
	return page_address(page);
}

void vmap_stack_free(void *stack)
{
	if (stack)
		free_pages_exact(stack, THREAD_SIZE);
}

unsigned long vmap_stack_purge(void)
{
	return 0;
}

void *ioremap(phys_addr_t pa, size_t size)
{
	return (void *)pa;
}

void iounmap(void *va)
{
}

struct page *vmalloc_to_page(const void *va)
{
	return pfn_valid(virt_to_pfn(va)) ? virt_to_page(va) : NULL;
}

bool is_vmalloc_addr(const void *va)
{
	return false;
}

bool stack_guard_hit(unsigned long addr)
{
	return false;
}

unsigned long vmalloc_nr_pages(void)
{
	return atomic_long_read(&nr_vmalloc_pages);
}

void vmallocinfo_for_each(void (*fn)(const struct vmalloc_info *info, void *arg), void *arg)
{
}

void vmalloc_init(void)
{
}
