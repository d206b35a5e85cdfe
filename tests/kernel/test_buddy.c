/* SPDX-License-Identifier: MIT */
/*
 * Selftests of the page allocator, on the machine's own memory.
 *
 * Linux: none. The same code runs against a model in tests/host/test_buddy.c.
 */
#include "kernel/kthread.h"
#include "kernel/sched.h"
#include "lib/random.h"
#include "lib/string.h"
#include "mm/memblock.h"
#include "mm/mm.h"
#include "mm/vmstat.h"
#include "tests/kernel/selftest.h"

static unsigned long free_blocks(unsigned int order)
{
	unsigned long sum = 0;
	struct zone *zone;
	int nid, zid;

	for_each_populated_zone(zone, nid, zid)
		sum += READ_ONCE(zone->free_area[order].nr_free);
	return sum;
}

/* One page out of a large block splits it ten times; giving it back undoes that. */
static int buddy_split_merge(struct kselftest_ctx *ctx)
{
	unsigned long before = free_blocks(MAX_PAGE_ORDER), free = nr_free_pages();
	struct page *block = alloc_pages(GFP_KERNEL, 5);
	unsigned long i;

	if (!EXPECT_TRUE(ctx, block))
		return 0;
	EXPECT_EQ(ctx, nr_free_pages(), free - 32);
	EXPECT_EQ(ctx, page_to_pfn(block) % 32, 0UL);
	split_page(block, 5);
	for (i = 0; i < 32; i++)
		__free_page(block + (i * 7) % 32);
	drain_all_pages();
	EXPECT_EQ(ctx, nr_free_pages(), free);
	EXPECT_EQ(ctx, free_blocks(MAX_PAGE_ORDER), before);
	return 0;
}

static int buddy_all_orders(struct kselftest_ctx *ctx)
{
	struct page *page[NR_PAGE_ORDERS];
	unsigned int o;

	for (o = 0; o < NR_PAGE_ORDERS; o++) {
		/* A small machine may not have 4 MiB in one piece. */
		page[o] = alloc_pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY, o);
		if (!page[o])
			continue;
		EXPECT_EQ(ctx, page_to_pfn(page[o]) & ((1UL << o) - 1), 0UL);
		EXPECT_EQ(ctx, page_count(page[o]), 1);
		EXPECT_TRUE(ctx, page_is_initialized(page_to_pfn(page[o]) + (1UL << o) - 1));
		memset(page_address(page[o]), 0x5a, PAGE_SIZE << o);
	}
	EXPECT_TRUE(ctx, page[0] && page[3]);
	for (o = 0; o < NR_PAGE_ORDERS; o++)
		if (page[o])
			__free_pages(page[o], o);
	EXPECT_TRUE(ctx, !alloc_pages(GFP_KERNEL, MAX_PAGE_ORDER + 1));
	return 0;
}

static int buddy_zeroed(struct kselftest_ctx *ctx)
{
	unsigned long addr;
	int i;

	for (i = 0; i < 64; i++) {
		addr = get_zeroed_page(GFP_KERNEL);
		if (!EXPECT_TRUE(ctx, addr))
			return 0;
		EXPECT_TRUE(ctx, !memchr_inv((void *)addr, 0, PAGE_SIZE));
		memset((void *)addr, 0xff, PAGE_SIZE);
		free_page(addr);
	}
	return 0;
}

static int buddy_exact(struct kselftest_ctx *ctx)
{
	unsigned long free = nr_free_pages();
	void *p = alloc_pages_exact(5 * PAGE_SIZE, GFP_KERNEL);

	if (!EXPECT_TRUE(ctx, p))
		return 0;
	EXPECT_EQ(ctx, nr_free_pages(), free - 5);
	free_pages_exact(p, 5 * PAGE_SIZE);
	EXPECT_EQ(ctx, nr_free_pages(), free);
	return 0;
}

/* Nobody hands out what firmware, the kernel image or the device tree use. */
static int buddy_reserved(struct kselftest_ctx *ctx)
{
	unsigned long pfn = PFN_DOWN(kernel_pa_start);

	EXPECT_TRUE(ctx, page_is_initialized(pfn));
	EXPECT_TRUE(ctx, test_bit(PG_reserved, &pfn_to_page(pfn)->flags));
	EXPECT_TRUE(ctx, !pfn_valid(max_pfn));
	EXPECT_LE(ctx, totalram_pages(), memblock_phys_mem_size() >> PAGE_SHIFT);
	EXPECT_LE(ctx, nr_free_pages(), totalram_pages());
	return 0;
}

static int buddy_watermarks(struct kselftest_ctx *ctx)
{
	struct zone *zone;
	int nid, zid;

	for_each_populated_zone(zone, nid, zid) {
		const unsigned long *w = zone->_watermark;

		EXPECT_TRUE(ctx, w[WMARK_MIN] <= w[WMARK_LOW] && w[WMARK_LOW] <= w[WMARK_HIGH]);
		EXPECT_LE(ctx, w[WMARK_HIGH],
			  (unsigned long)atomic_long_read(&zone->managed_pages) / 4);
		EXPECT_TRUE(ctx, zone_watermark_ok(zone, 0, 0, ZONE_NORMAL, GFP_KERNEL));
		EXPECT_TRUE(ctx, !zone_watermark_ok(zone, 0, zone->nr_free + 1, ZONE_NORMAL, 0));
	}
	return 0;
}

static int buddy_counts(struct kselftest_ctx *ctx)
{
	unsigned long allocs = vm_event(PGALLOC_DMA32) + vm_event(PGALLOC_NORMAL);
	unsigned long frees = vm_event(PGFREE);
	struct page *page;
	int i;

	for (i = 0; i < 100; i++) {
		page = alloc_pages(GFP_KERNEL, i % 2);
		if (!EXPECT_TRUE(ctx, page))
			return 0;
		__free_pages(page, i % 2);
	}
	EXPECT_GE(ctx, vm_event(PGALLOC_DMA32) + vm_event(PGALLOC_NORMAL) - allocs, 150UL);
	EXPECT_GE(ctx, vm_event(PGFREE) - frees, 150UL);
	return 0;
}

static int buddy_injected_failure(struct kselftest_ctx *ctx)
{
	struct page *page;

	if (!CONFIG_FAIL_ALLOC)
		return KSELFTEST_SKIP;
	current->fail_nth = 1;
	page = alloc_page(GFP_KERNEL);
	EXPECT_TRUE(ctx, !page);
	current->fail_nth = 1;
	page = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	current->fail_nth = 0;
	if (EXPECT_TRUE(ctx, page))
		__free_page(page);
	return 0;
}

/* ---- several harts at once ---- */

#define NR_WORKERS	4
#define WORKER_PAGES	64

static atomic_t worker_errors;

/* Take and give at random; each page carries its owner's mark. */
static int churn(void *data)
{
	struct page *page[WORKER_PAGES] = { NULL };
	unsigned long mark = (unsigned long)data;
	struct rnd_state rnd;
	unsigned int i, n;

	prandom_seed_state(&rnd, mark);
	for (n = 0; n < 4000; n++) {
		struct page **p = &page[prandom_below(&rnd, WORKER_PAGES)];

		if (*p) {
			unsigned long *word = page_address(*p);

			if (word[0] != mark || word[PAGE_SIZE / sizeof(long) - 1] != mark)
				atomic_inc(&worker_errors);
			__free_page(*p);
			*p = NULL;
		} else {
			*p = alloc_page(GFP_KERNEL | __GFP_NOWARN);
			if (!*p)
				continue;
			((unsigned long *)page_address(*p))[0] = mark;
			((unsigned long *)page_address(*p))[PAGE_SIZE / sizeof(long) - 1] = mark;
		}
		if (n % 256 == 0)
			yield();
	}
	for (i = 0; i < WORKER_PAGES; i++)
		if (page[i])
			__free_page(page[i]);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static int buddy_parallel(struct kselftest_ctx *ctx)
{
	struct task_struct *worker[NR_WORKERS];
	unsigned long i;

	atomic_set(&worker_errors, 0);
	for (i = 0; i < NR_WORKERS; i++)
		worker[i] = kthread_run(churn, (void *)i, "churn/%lu", i);
	for (i = 0; i < NR_WORKERS; i++)
		if (EXPECT_TRUE(ctx, worker[i]))
			kthread_stop(worker[i]);
	EXPECT_EQ(ctx, atomic_read(&worker_errors), 0);
	return 0;
}

const struct kselftest buddy_tests[] = {
	{ "buddy_split_merge", buddy_split_merge },
	{ "buddy_all_orders", buddy_all_orders },
	{ "buddy_zeroed", buddy_zeroed },
	{ "buddy_exact", buddy_exact },
	{ "buddy_reserved", buddy_reserved },
	{ "buddy_watermarks", buddy_watermarks },
	{ "buddy_counts", buddy_counts },
	{ "buddy_injected_failure", buddy_injected_failure },
	{ "buddy_parallel", buddy_parallel },
	{ NULL, NULL },
};
