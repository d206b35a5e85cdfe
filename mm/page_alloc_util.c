/* SPDX-License-Identifier: MIT */
/*
 * The page allocator's other forms: by kernel address, by exact size; and the
 * sums over all zones.
 *
 * Nothing here takes a lock: counts are read while others change them, and are
 * exact only when nobody allocates.
 *
 * Linux: mm/page_alloc.c, __get_free_pages(), alloc_pages_exact();
 * mm/show_mem.c, si_mem_available(). Differs: free counts include the pages on
 * per-hart lists.
 */
#include "mm/lru.h"
#include "mm/page_internal.h"

unsigned int get_order(unsigned long size)
{
	/* Not PFN_UP(): a size near the top of the range would wrap around to nothing. */
	return size ? order_base_2(((size - 1) >> PAGE_SHIFT) + 1) : 0;
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	return page ? (unsigned long)page_address(page) : 0;
}

void free_pages(unsigned long addr, unsigned int order)
{
	VM_BUG_ON(offset_in_page(addr));
	if (addr)
		__free_pages(logical_to_page((void *)addr), order);
}

void *alloc_pages_exact(size_t size, gfp_t gfp)
{
	unsigned int order = get_order(size);
	unsigned long used = PFN_UP(size), i;
	struct page *page = alloc_pages(gfp & ~__GFP_COMP, order);

	if (!page)
		return NULL;
	split_page(page, order);
	for (i = used; i < 1UL << order; i++)
		__free_page(page + i);
	return page_address(page);
}

void free_pages_exact(void *addr, size_t size)
{
	struct page *page = virt_to_page(addr);
	unsigned long i;

	VM_BUG_ON(offset_in_page(addr));
	for (i = 0; i < PFN_UP(size); i++)
		__free_page(page + i);
}

unsigned long zone_free_pages(const struct zone *zone)
{
	unsigned long sum = READ_ONCE(zone->nr_free);
	unsigned int cpu;

	for (cpu = 0; cpu < CONFIG_NR_CPUS; cpu++)
		sum += READ_ONCE(zone->pcp[cpu].count);
	return sum;
}

unsigned long nr_free_pages(void)
{
	unsigned long sum = 0;
	struct zone *zone;
	int nid, zid;

	for_each_populated_zone(zone, nid, zid)
		sum += zone_free_pages(zone);
	return sum;
}

unsigned long totalram_pages(void)
{
	unsigned long sum = 0;
	struct zone *zone;
	int nid, zid;

	for_each_populated_zone(zone, nid, zid)
		sum += atomic_long_read(&zone->managed_pages);
	return sum;
}

/*
 * What a new program could get without swapping: free pages above the
 * reserves, plus the page cache and reclaimable slab, except that half of each
 * (or the low watermark, if that is less) is needed to keep going.
 */
unsigned long si_mem_available(void)
{
	long available = nr_free_pages() - totalreserve_pages;
	unsigned long pagecache = lru_pages(LRU_ACTIVE_FILE) + lru_pages(LRU_INACTIVE_FILE);
	unsigned long reclaimable = 0, wmark_low = 0;
	struct zone *zone;
	int nid, zid;

	for_each_populated_zone(zone, nid, zid)
		wmark_low += zone->_watermark[WMARK_LOW];
	for_each_online_node(nid)
		reclaimable += node_page_state(NODE_DATA(nid), NR_SLAB_RECLAIMABLE);
	available += pagecache - min(pagecache / 2, wmark_low);
	available += reclaimable - min(reclaimable / 2, wmark_low);
	return max(available, 0L);
}
