/* SPDX-License-Identifier: MIT */
/*
 * Kernel stacks: THREAD_SIZE of mapped pages with nothing below, so that a
 * stack that overflows faults at once instead of writing over its neighbour.
 *
 *     | stack, 16 KiB | nothing, 16 KiB | stack, 16 KiB | nothing ...
 *     ^ multiple of 32 KiB              ^ overflow from here runs into "nothing"
 *
 * The area of a stack is twice its size and aligned to that: its upper half
 * guards the stack above. (Every other area ends in an unmapped page too, so
 * the lowest stack is guarded as well.) The trap entry needs the alignment: in
 * a stack, and nowhere in the guard below it, the bit THREAD_SIZE of sp is 0.
 *
 * Mapping and unmapping cost a TLB flush on all harts, far more than the rest
 * of fork(). So each hart keeps the last few stacks that were freed on it.
 *
 * Locks: the cache belongs to its hart, interrupts off.
 *
 * Linux: kernel/fork.c, alloc_thread_stack_node() (VMAP_STACK), cached_stacks.
 * Differs: stacks are not cleared when they are used again.
 */
#include <asm/processor.h>
#include "kernel/sched.h"
#include "lib/bug.h"
#include "lib/kernel.h"
#include "mm/pgtable.h"
#include "mm/vmalloc_internal.h"

#define STACK_PAGES	(THREAD_SIZE / PAGE_SIZE)
#define STACK_AREA	(2 * THREAD_SIZE)
#define NR_CACHED	4

static struct stack_cache {
	unsigned int nr;
	void *stack[NR_CACHED];
} __aligned(64) stack_cache[CONFIG_NR_CPUS];

void *vmap_stack_alloc(void)
{
	unsigned long flags = local_irq_save();
	struct stack_cache *cache = &stack_cache[smp_processor_id()];
	void *stack = cache->nr ? cache->stack[--cache->nr] : NULL;
	struct vm_struct *area;

	local_irq_restore(flags);
	if (!stack) {
		area = get_vm_area(STACK_AREA, STACK_AREA, "stack", __builtin_return_address(0));
		if (!area)
			return NULL;
		if (vm_area_alloc_pages(area, STACK_PAGES, GFP_KERNEL)) {
			free_vm_area(area);
			return NULL;
		}
		stack = (void *)area->addr;
	}
	VM_BUG_ON((unsigned long)stack & (STACK_AREA - 1));
	return stack;
}

static void release(void *stack)
{
	struct vm_struct *area = find_vm_area((unsigned long)stack);

	BUG_ON(!area || area->addr != (unsigned long)stack);
	vm_area_free_pages(area, STACK_PAGES);
	free_vm_area(area);
}

void vmap_stack_free(void *stack)
{
	unsigned long flags;
	struct stack_cache *cache;

	if (!stack)
		return;
	flags = local_irq_save();
	cache = &stack_cache[smp_processor_id()];
	if (cache->nr < NR_CACHED) {
		cache->stack[cache->nr++] = stack;
		stack = NULL;
	}
	local_irq_restore(flags);
	if (stack)
		release(stack);
}

/* Hand over what this hart keeps, for the purge below. */
static void take_cached(void *arg)
{
	unsigned long flags = local_irq_save();
	struct stack_cache *cache = &stack_cache[smp_processor_id()], *all = arg;

	all[smp_processor_id()] = *cache;
	cache->nr = 0;
	local_irq_restore(flags);
}

unsigned long vmap_stack_purge(void)
{
	/* Static, as it is large for a kernel stack: one purge at a time. */
	static struct stack_cache taken[CONFIG_NR_CPUS];
	static DEFINE_MUTEX(purge_mutex, RANK_SLAB_MUTEX);
	unsigned long pages = 0;
	unsigned int cpu;

	mutex_lock(&purge_mutex);
	for (cpu = 0; cpu < CONFIG_NR_CPUS; cpu++)
		taken[cpu].nr = 0;
	smp_call_all(take_cached, taken);
	for (cpu = 0; cpu < CONFIG_NR_CPUS; cpu++) {
		while (taken[cpu].nr) {
			release(taken[cpu].stack[--taken[cpu].nr]);
			pages += STACK_PAGES;
		}
	}
	mutex_unlock(&purge_mutex);
	return pages;
}

/*
 * No lock: the question comes from the overflow handler, and the hart may hold
 * vmap_lock. Kernel page tables are never freed, so a walk is always safe.
 */
bool stack_guard_hit(unsigned long addr)
{
	/* The guard is the upper, empty half of the slot below the stack. */
	unsigned long above = ALIGN(addr + 1, STACK_AREA);

	return is_vmalloc_addr((void *)addr) && above - addr <= THREAD_SIZE &&
	       !kernel_page_pfn(addr) && kernel_page_pfn(above);
}
