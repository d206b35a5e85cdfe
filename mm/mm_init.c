/* SPDX-License-Identifier: MIT */
/*
 * The order in which memory management comes to life.
 *
 * mm_core_init() runs on the boot hart with interrupts off, right after arch
 * has told memblock what RAM there is and has built the final page tables. At
 * its end everything that allocates works, but nothing may sleep or reclaim.
 * mm_late_init() runs in process 1, when there are threads: from then on an
 * allocation may wait for kswapd, write to swap, or kill.
 *
 * Locks: none.
 *
 * Linux: mm/mm_init.c, mm_core_init(); init/main.c. Differs: one list instead
 * of initcalls.
 */
#include "kernel/printk.h"
#include "mm/debug.h"
#include "mm/lru.h"
#include "mm/memblock.h"
#include "mm/oom.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/swap.h"
#include "mm/vmalloc.h"
#include "mm/writeback.h"

/* linker.ld: the ends of the kernel's parts. */
extern const char _stext[], _etext[], _srodata[], _erodata[], __init_begin[], __init_end[];
extern const char _sdata[], _edata[], _sbss[], _ebss[];

struct page *empty_zero_page;

static unsigned long kbytes(const char *start, const char *end)
{
	return (end - start) >> 10;
}

static void mem_init_print_info(void)
{
	unsigned long present = memblock_phys_mem_size() >> 10;
	unsigned long free = nr_free_pages() << (PAGE_SHIFT - 10);

	pr_info("Memory: %luK/%luK available (%luK kernel code, %luK rwdata, %luK rodata, "
		"%luK init, %luK bss, %luK reserved)\n",
		free, present, kbytes(_stext, _etext), kbytes(_sdata, _edata),
		kbytes(_srodata, _erodata), kbytes(__init_begin, __init_end),
		kbytes(_sbss, _ebss), present - free);
}

void mm_core_init(void)
{
	page_poison_init();	/* before the first page is freed */
	free_area_init();	/* nodes and zones; room for the struct pages */
	memblock_free_all();	/* what nobody reserved is free: alloc_pages() works */
	mem_init_print_info();
	empty_zero_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	BUG_ON(!empty_zero_page);
	kmem_cache_init();	/* kmem_cache_create() and kmalloc() work */
	vmalloc_init();		/* vmalloc(); ioremap() worked before */
	mm_cache_init();	/* caches of mm_struct, vma, anon_vma */
}

void mm_late_init(void)
{
	int nid;

	page_alloc_enable_reclaim();
	if (CONFIG_MMU)
		swap_init();	/* swap areas can be switched on */
	oom_init();		/* the reaper thread */
	for_each_online_node(nid)
		kswapd_run(nid);
	flusher_init();
}
