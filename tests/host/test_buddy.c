/* SPDX-License-Identifier: MIT */
/*
 * test_buddy.c - the page allocator on fake RAM: random traces against a model
 * that knows the owner of every frame, deferred struct pages, zones,
 * watermarks, the slow path, failure injection.
 *
 * Linux: none; lib/kunit has no page allocator test.
 */
#include "fake_machine.h"
#include "mm/debug.h"
#include "mm/lru.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/page_internal.h"

#define BASE		0x80000000UL
#define MAX_PAGES	(64UL << 8)	/* 64 MiB */

static u8 owned[MAX_PAGES];

/* Boot the allocator on `mib` MiB at base, with a few odd reservations. */
static void boot(phys_addr_t base, unsigned int mib, bool holes)
{
	memset(node_data, 0, sizeof(node_data));
	memset(zone_table, 0, sizeof(zone_table));
	memset(owned, 0, sizeof(owned));
	nr_online_nodes = 0;
	min_free_kbytes = 0;
	fake_reclaim = NULL;
	fake_oom = NULL;
	fake_kswapd_wakeups = fake_reclaims = fake_ooms = 0;
	current->fail_nth = 0;
	current->flags = 0;
	fake_ram(base, (size_t)mib << 20);
	memblock_reserve(base, 300 * PAGE_SIZE);
	if (holes) {
		memblock_reserve(base + (5UL << 20) + 123, 10000);
		memblock_remove(base + (9UL << 20), 7 * PAGE_SIZE);
	}
	free_area_init();
	memblock_free_all();
	mm_check_buddy();
	page_alloc_enable_reclaim();
}

static unsigned long frame(const struct page *page)
{
	return page_to_pfn(page) - min_low_pfn;
}

/* The block is ours alone: nobody had a frame of it, it is aligned, and not reserved. */
static void take(struct page *page, unsigned int order)
{
	unsigned long i, pfn = page_to_pfn(page);

	assert_int_equal(pfn & ((1UL << order) - 1), 0);
	assert_int_equal(page_count(page), 1);
	for (i = 0; i < 1UL << order; i++) {
		assert_true(page_is_initialized(pfn + i));
		assert_false(memblock_is_reserved(PFN_PHYS(pfn + i)));
		assert_int_equal(owned[frame(page) + i], 0);
		owned[frame(page) + i] = 1;
	}
	/* ASan would see a page outside the RAM; the content is ours to write. */
	memset(page_address(page), 0x77, PAGE_SIZE << order);
}

static void give(struct page *page, unsigned int order)
{
	memset(owned + frame(page), 0, 1UL << order);
	__free_pages(page, order);
}

struct block {
	struct page *page;
	unsigned int order;
};

/* Take and give at random until `steps` are done; everything goes back at the end. */
static void trace(unsigned int steps, unsigned int max_order)
{
	static struct block have[4096];
	unsigned int n = 0, i;

	for (i = 0; i < steps; i++) {
		fake_hart(rnd(CONFIG_NR_CPUS));
		if (n < ARRAY_SIZE(have) && rnd(100) < (i / 2000 % 2 ? 65 : 35)) {
			struct block *b = &have[n];

			b->order = rnd(4) ? 0 : rnd(max_order + 1);
			b->page = alloc_pages(GFP_ATOMIC | (rnd(8) ? 0 : __GFP_COMP), b->order);
			if (b->page) {
				take(b->page, b->order);
				n++;
			}
		} else if (n) {
			struct block *b = &have[rnd(n)];

			give(b->page, b->order);
			*b = have[--n];
		}
		if (i % 500 == 0)
			mm_check_buddy();
	}
	while (n--)
		give(have[n].page, have[n].order);
	fake_hart(0);
}

/* After a drain all is as at boot: the same pages, merged to the same blocks. */
static void random_traces(void **state)
{
	unsigned long before[NR_PAGE_ORDERS], total;
	struct zone *zone;
	int o;

	boot(BASE, 64, true);
	zone = &NODE_DATA(0)->node_zones[ZONE_DMA32];
	total = nr_free_pages();
	for (o = 0; o < NR_PAGE_ORDERS; o++)
		before[o] = zone->free_area[o].nr_free;
	trace(40000, MAX_PAGE_ORDER);
	assert_int_equal(nr_free_pages(), total);
	drain_all_pages();
	mm_check_buddy();
	for (o = 0; o < NR_PAGE_ORDERS; o++)
		assert_int_equal(zone->free_area[o].nr_free, before[o]);
}

static void two_zones(void **state)
{
	struct zone *zones = NODE_DATA(0)->node_zones;
	struct page *page, *dma;

	boot(0x100000000UL - (24UL << 20), 48, false);
	assert_true(atomic_long_read(&zones[ZONE_DMA32].managed_pages) > 0);
	/* 24 MiB without the struct pages, which are at the top. */
	assert_in_range(atomic_long_read(&zones[ZONE_NORMAL].managed_pages), 23 << 8, 24 << 8);
	page = alloc_page(GFP_ATOMIC);
	assert_ptr_equal(page_zone(page), &zones[ZONE_NORMAL]);
	dma = alloc_page(GFP_ATOMIC | __GFP_DMA32);
	assert_ptr_equal(page_zone(dma), &zones[ZONE_DMA32]);
	assert_true(page_to_phys(dma) < 0x100000000UL);
	__free_page(page);
	__free_page(dma);
	trace(20000, 6);
	drain_all_pages();
	mm_check_buddy();
}

static void deferred_struct_pages(void **state)
{
	unsigned long total, pfn;
	struct page *page;
	int ready = 0;

	boot(BASE, 64, false);
	total = nr_free_pages();
	for (pfn = min_low_pfn; pfn < max_pfn; pfn += BLOCK_PAGES)
		ready += page_is_initialized(pfn);
	/* The kernel's block at the bottom, the struct pages' at the top. */
	assert_true(ready <= 2);
	page = alloc_pages(GFP_ATOMIC, MAX_PAGE_ORDER);
	take(page, MAX_PAGE_ORDER);
	assert_true(page_is_initialized(page_to_pfn(page) + BLOCK_PAGES - 1));
	give(page, MAX_PAGE_ORDER);
	assert_int_equal(nr_free_pages(), total);
	assert_false(page_is_initialized(min_low_pfn - 1));
	assert_false(page_is_initialized(max_pfn));
}

static void compound_and_exact(void **state)
{
	unsigned long total;
	struct page *page;
	char *p;

	boot(BASE, 16, false);
	total = nr_free_pages();
	page = alloc_pages(GFP_ATOMIC | __GFP_COMP | __GFP_ZERO, 3);
	assert_ptr_equal(page_folio(page + 7), page);
	assert_int_equal(folio_order((struct folio *)page), 3);
	assert_null(memchr_inv(page_address(page), 0, PAGE_SIZE << 3));
	__free_pages(page, 3);
	assert_false(test_bit(PG_tail, &page[7].flags));

	p = alloc_pages_exact(5 * PAGE_SIZE + 1, GFP_ATOMIC);
	assert_int_equal(nr_free_pages(), total - 6);
	free_pages_exact(p, 5 * PAGE_SIZE + 1);
	assert_int_equal(nr_free_pages(), total);
	assert_null(alloc_pages(GFP_ATOMIC, MAX_PAGE_ORDER + 1));
	assert_int_equal(get_order(1), 0);
	assert_int_equal(get_order(PAGE_SIZE + 1), 1);
	assert_int_equal(get_order(4 << 20), MAX_PAGE_ORDER);
}

static void references(void **state)
{
	LIST_HEAD(list);
	unsigned long total;
	struct page *page;
	int i;

	boot(BASE, 16, false);
	total = nr_free_pages();
	page = alloc_page(GFP_ATOMIC);
	get_page(page);
	__free_page(page);
	assert_int_equal(nr_free_pages(), total - 1);
	__free_page(page);
	assert_int_equal(nr_free_pages(), total);
	for (i = 0; i < 300; i++) {
		page = alloc_page(GFP_ATOMIC);
		atomic_set(&page->_refcount, 0);
		list_add(&page->lru, &list);
	}
	free_unref_page_list(&list);
	assert_int_equal(nr_free_pages(), total);
	assert_true(list_empty(&list));
}

/* Take single pages until none comes; returns how many. Linked through private. */
static unsigned long exhaust(gfp_t gfp, struct page **head)
{
	unsigned long n = 0;
	struct page *page;

	while ((page = alloc_page(gfp | __GFP_NOWARN))) {
		page->private = (unsigned long)*head;
		*head = page;
		n++;
	}
	return n;
}

static void release(struct page *head)
{
	while (head) {
		struct page *next = (struct page *)head->private;

		__free_page(head);
		head = next;
	}
}

static void watermarks_and_reserves(void **state)
{
	struct zone *zone;
	struct page *head = NULL;
	unsigned long total, wmark_min;

	boot(BASE, 16, false);
	zone = &NODE_DATA(0)->node_zones[ZONE_DMA32];
	wmark_min = zone->_watermark[WMARK_MIN];
	assert_true(wmark_min > 0 && wmark_min < zone->_watermark[WMARK_LOW]);
	assert_true(zone->_watermark[WMARK_LOW] < zone->_watermark[WMARK_HIGH]);
	total = nr_free_pages();

	exhaust(GFP_NOWAIT, &head);
	assert_true(abs_diff(nr_free_pages(), wmark_min) <= 64);
	assert_true(fake_kswapd_wakeups > 0);
	exhaust(GFP_ATOMIC, &head);	/* half of the reserve */
	assert_true(nr_free_pages() < wmark_min * 3 / 4 && nr_free_pages() > wmark_min / 4);
	exhaust(GFP_NOWAIT | __GFP_MEMALLOC, &head);
	assert_int_equal(nr_free_pages(), 0);
	release(head);
	assert_int_equal(nr_free_pages(), total);
	drain_all_pages();
	mm_check_buddy();
}

/* ---- the slow path ---- */

static struct page *hoard;

static unsigned long free_some(unsigned int order)
{
	int i;

	for (i = 0; i < 32 && hoard; i++) {
		struct page *page = hoard;

		hoard = (struct page *)page->private;
		__free_page(page);
	}
	return i;
}

static void direct_reclaim(void **state)
{
	struct page *page;

	boot(BASE, 16, false);
	hoard = NULL;
	exhaust(GFP_NOWAIT, &hoard);
	fake_reclaim = free_some;
	page = alloc_page(GFP_KERNEL);
	assert_non_null(page);
	assert_int_equal(fake_reclaims, 1);
	assert_int_equal(fake_ooms, 0);
	assert_false(current->flags & PF_MEMALLOC);
	__free_page(page);
	/* A task that frees memory must not reclaim, but may use everything. */
	exhaust(GFP_NOWAIT, &hoard);
	current->flags = PF_MEMALLOC;
	page = alloc_page(GFP_KERNEL);
	assert_int_equal(fake_reclaims, 1);
	assert_non_null(page);
	__free_page(page);
	current->flags = 0;
	while (hoard)
		free_some(0);
}

static bool kill_one(void)
{
	return free_some(0) > 0;
}

static void oom_and_failure(void **state)
{
	struct page *page;

	boot(BASE, 16, false);
	hoard = NULL;
	exhaust(GFP_NOWAIT, &hoard);
	fake_log_clear();
	/* Nothing can be reclaimed or killed: an honest failure, reported. */
	assert_null(alloc_page(GFP_KERNEL));
	assert_true(fake_ooms > 0);
	assert_true(fake_logged("test: page allocation failure: order:0"));
	assert_true(fake_logged("Node 0 DMA32 free:"));
	/* No retry: neither the killer nor, without a warning, a report. */
	fake_ooms = 0;
	fake_log_clear();
	assert_null(alloc_page(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN));
	assert_null(alloc_pages(GFP_KERNEL | __GFP_NOWARN, 4));
	assert_int_equal(fake_ooms, 0);
	assert_false(fake_logged("failure"));
	/* A kill helps. */
	fake_oom = kill_one;
	page = alloc_page(GFP_KERNEL);
	assert_non_null(page);
	assert_int_equal(fake_ooms, 1);
	__free_page(page);
	/* A victim gets the last pages without killing another. */
	fake_oom = NULL;
	exhaust(GFP_NOWAIT, &hoard);
	set_bit(TIF_MEMDIE, &current->thread_info.flags);
	page = alloc_page(GFP_KERNEL);
	assert_non_null(page);
	assert_int_equal(fake_ooms, 1);
	clear_bit(TIF_MEMDIE, &current->thread_info.flags);
	__free_page(page);
	while (hoard)
		free_some(0);
}

static void injected_failures(void **state)
{
	struct page *page;

	boot(BASE, 16, false);
	current->fail_nth = 2;
	page = alloc_page(GFP_KERNEL);
	assert_non_null(page);
	assert_null(alloc_page(GFP_KERNEL));
	__free_page(page);
	page = alloc_page(GFP_KERNEL);
	assert_non_null(page);
	__free_page(page);
	current->fail_nth = 1;
	page = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	assert_non_null(page);
	__free_page(page);
	current->fail_nth = 0;
}

static void bugs_are_found(void **state)
{
	unsigned long total;
	struct page *page;

	boot(BASE, 16, false);
	page = alloc_page(GFP_KERNEL);
	total = nr_free_pages();
	fake_log_clear();
	set_bit(PG_lru, &page->flags);
	__free_page(page);	/* reported, and never used again */
	assert_true(fake_logged("BUG: Bad page state"));
	assert_int_equal(nr_free_pages(), total);

	page = alloc_page(GFP_KERNEL);
	__free_page(page);
	expect_bug(__free_page(page));

	page = alloc_page(GFP_KERNEL);
	__free_page(page);
	page->mapping = (void *)1;	/* somebody writes to a free page's struct */
	expect_bug((void)alloc_page(GFP_KERNEL));
}

static void page_poison(void **state)
{
	struct page *page;

	fake_cmdline = "page_poison";
	page_poison_init();
	boot(BASE, 16, false);
	page = alloc_page(GFP_KERNEL);
	__free_page(page);
	assert_null(memchr_inv(page_address(page), PAGE_POISON, PAGE_SIZE));
	((u8 *)page_address(page))[77] = 1;
	fake_log_clear();
	assert_ptr_equal(alloc_page(GFP_KERNEL), page);
	assert_true(fake_logged("was written after it was freed: offset 0x4d"));
	fake_cmdline = "";
	page_poison_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(random_traces),
		host_test(two_zones),
		host_test(deferred_struct_pages),
		host_test(compound_and_exact),
		host_test(references),
		host_test(watermarks_and_reserves),
		host_test(direct_reclaim),
		host_test(oom_and_failure),
		host_test(injected_failures),
		host_test(bugs_are_found),
		host_test(page_poison),
	};

	return host_main(tests);
}
