/* SPDX-License-Identifier: MIT */
/*
 * The memory state as text, for allocation failures, OOM kills and panics.
 *
 * Reads counters without locks, so that it can run in any context, in a panic
 * too; the figures may be a few pages apart from each other.
 *
 * Linux: mm/show_mem.c, show_free_areas(). Differs: fewer columns, same names.
 */
#include "kernel/printk.h"
#include "mm/lru.h"
#include "mm/page_internal.h"
#include "mm/swap.h"

#define K(pages) ((pages) << (PAGE_SHIFT - 10))

static unsigned long global_node_state(enum node_stat_item item)
{
	unsigned long sum = 0;
	int nid;

	for_each_online_node(nid)
		sum += node_page_state(NODE_DATA(nid), item);
	return sum;
}

static void show_global(void)
{
	pr_warn("Mem-Info:\n");
	pr_warn("active_anon:%lu inactive_anon:%lu isolated_anon:%lu\n",
		lru_pages(LRU_ACTIVE_ANON), lru_pages(LRU_INACTIVE_ANON),
		global_node_state(NR_ISOLATED_ANON));
	pr_warn(" active_file:%lu inactive_file:%lu isolated_file:%lu\n",
		lru_pages(LRU_ACTIVE_FILE), lru_pages(LRU_INACTIVE_FILE),
		global_node_state(NR_ISOLATED_FILE));
	pr_warn(" unevictable:%lu dirty:%lu writeback:%lu\n", lru_pages(LRU_UNEVICTABLE),
		global_node_state(NR_FILE_DIRTY), global_node_state(NR_WRITEBACK));
	pr_warn(" slab_reclaimable:%lu slab_unreclaimable:%lu\n",
		global_node_state(NR_SLAB_RECLAIMABLE), global_node_state(NR_SLAB_UNRECLAIMABLE));
	pr_warn(" mapped:%lu shmem:%lu pagetables:%lu kernel_stack:%lukB\n",
		global_node_state(NR_FILE_MAPPED), global_node_state(NR_SHMEM),
		global_node_state(NR_PAGETABLE), global_node_state(NR_KERNEL_STACK_KB));
	pr_warn(" free:%lu\n", nr_free_pages());
}

static void show_zone_marks(const struct zone *zone)
{
	pr_warn("Node %d %s free:%lukB min:%lukB low:%lukB high:%lukB present:%lukB "
		"managed:%lukB local_pcp:%dkB\n",
		zone->zone_pgdat->node_id, zone->name, K(zone_free_pages(zone)),
		K(zone->_watermark[WMARK_MIN]), K(zone->_watermark[WMARK_LOW]),
		K(zone->_watermark[WMARK_HIGH]), K(zone->present_pages),
		K(atomic_long_read(&zone->managed_pages)),
		K(zone->pcp[smp_processor_id()].count));
	pr_warn("lowmem_reserve[]: %ld %ld\n", zone->lowmem_reserve[ZONE_DMA32],
		zone->lowmem_reserve[ZONE_NORMAL]);
}

static void show_zone_blocks(const struct zone *zone)
{
	unsigned int order;

	pr_warn("Node %d %s:", zone->zone_pgdat->node_id, zone->name);
	for (order = 0; order < NR_PAGE_ORDERS; order++)
		pr_cont(" %lu*%lukB", READ_ONCE(zone->free_area[order].nr_free), K(1UL << order));
	pr_cont(" = %lukB\n", K(zone->nr_free));
}

void show_mem(void)
{
	struct zone *zone;
	int nid, zid;

	show_global();
	for_each_populated_zone(zone, nid, zid)
		show_zone_marks(zone);
	for_each_populated_zone(zone, nid, zid)
		show_zone_blocks(zone);
	pr_warn("%lu total pagecache pages\n", global_node_state(NR_FILE_PAGES));
	if (CONFIG_MMU && total_swap_pages()) {
		pr_warn("Free swap  = %lukB\n", K(get_nr_swap_pages()));
		pr_warn("Total swap = %lukB\n", K(total_swap_pages()));
	}
	pr_warn("%lu pages RAM managed\n", totalram_pages());
}
