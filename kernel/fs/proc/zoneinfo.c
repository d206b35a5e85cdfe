/* SPDX-License-Identifier: MIT */
/*
 * /proc/buddyinfo, pagetypeinfo and zoneinfo: the page allocator, zone by zone.
 *
 * buddyinfo is the picture of fragmentation: the number of free blocks of 1, 2, 4 ...
 * 1024 pages. Freeing merges buddies, so a fresh system has nearly all in the last
 * column. Pages on per-hart lists are free, but in no block: zoneinfo's "pages free"
 * has them, buddyinfo does not; they are the counts under "pagesets".
 *
 * Locks: zone->lock while the free counts of a zone are copied, so that one line
 * of buddyinfo is one moment.
 *
 * Linux: mm/vmstat.c. Differs: no migrate types, so pagetypeinfo has one row a
 * zone; LRU lists are kept per node, not per zone.
 */
#include "kernel/fs/proc/internal.h"
#include "lib/bug.h"
#include "mm/mm.h"

/* Calls show for each zone of each node, empty ones too. */
static void for_each_zone(struct seq_file *m, void (*show)(struct seq_file *m, struct zone *zone))
{
	int nid;

	for_each_online_node(nid) {
		for (int zid = 0; zid < MAX_NR_ZONES; zid++)
			show(m, &NODE_DATA(nid)->node_zones[zid]);
	}
}

static unsigned long managed(const struct zone *zone)
{
	return atomic_long_read(&zone->managed_pages);
}

static void copy_free_counts(struct zone *zone, unsigned long nr[NR_PAGE_ORDERS])
{
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	for (int order = 0; order < NR_PAGE_ORDERS; order++)
		nr[order] = zone->free_area[order].nr_free;
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* ---- buddyinfo ---- */

static void buddy_row(struct seq_file *m, struct zone *zone)
{
	unsigned long nr[NR_PAGE_ORDERS];

	if (!managed(zone))
		return;
	copy_free_counts(zone, nr);
	seq_printf(m, "Node %d, zone %8s ", zone->zone_pgdat->node_id, zone->name);
	for (int order = 0; order < NR_PAGE_ORDERS; order++)
		seq_printf(m, "%6lu ", nr[order]);
	seq_putc(m, '\n');
}

static int buddyinfo_show(struct seq_file *m, void *v)
{
	for_each_zone(m, buddy_row);
	return 0;
}

/* ---- pagetypeinfo ---- */

static void pagetype_row(struct seq_file *m, struct zone *zone)
{
	unsigned long nr[NR_PAGE_ORDERS];

	if (!managed(zone))
		return;
	copy_free_counts(zone, nr);
	seq_printf(m, "Node %4d, zone %8s, type %12s ", zone->zone_pgdat->node_id, zone->name,
		   "Movable");
	for (int order = 0; order < NR_PAGE_ORDERS; order++)
		seq_printf(m, "%6lu ", nr[order]);
	seq_putc(m, '\n');
}

/* Blocks of the largest order that the zone spans. */
static void pageblock_row(struct seq_file *m, struct zone *zone)
{
	if (!managed(zone))
		return;
	seq_printf(m, "Node %d, zone %8s %12lu \n", zone->zone_pgdat->node_id, zone->name,
		   zone->spanned_pages >> MAX_PAGE_ORDER);
}

static int pagetypeinfo_show(struct seq_file *m, void *v)
{
	seq_printf(m, "Page block order: %d\nPages per block:  %lu\n\n", MAX_PAGE_ORDER,
		   1UL << MAX_PAGE_ORDER);
	seq_printf(m, "%-43s ", "Free pages count per migrate type at order");
	for (int order = 0; order < NR_PAGE_ORDERS; order++)
		seq_printf(m, "%6d ", order);
	seq_putc(m, '\n');
	for_each_zone(m, pagetype_row);
	seq_printf(m, "\n%-23s%12s \n", "Number of blocks type", "Movable");
	for_each_zone(m, pageblock_row);
	return 0;
}

/* ---- zoneinfo ---- */

/* Each line begins with its newline: what follows it may be one or not. */
static void counter(struct seq_file *m, const char *name, unsigned long value)
{
	seq_printf(m, "\n      %-12s %lu", name, value);
}

/* Linux's names and order, as far as Quire counts. Pages; nr_kernel_stack in KiB. */
static void show_node_stats(struct seq_file *m, pg_data_t *pgdat)
{
	static const char *const lru_names[NR_LRU_LISTS] = {
		[LRU_INACTIVE_ANON] = "nr_inactive_anon", [LRU_ACTIVE_ANON] = "nr_active_anon",
		[LRU_INACTIVE_FILE] = "nr_inactive_file", [LRU_ACTIVE_FILE] = "nr_active_file",
		[LRU_UNEVICTABLE] = "nr_unevictable",
	};
	static const struct { const char *name; enum node_stat_item item; } stats[] = {
		{ "nr_slab_reclaimable", NR_SLAB_RECLAIMABLE },
		{ "nr_slab_unreclaimable", NR_SLAB_UNRECLAIMABLE },
		{ "nr_isolated_anon", NR_ISOLATED_ANON }, { "nr_isolated_file", NR_ISOLATED_FILE },
		{ "nr_anon_pages", NR_ANON_MAPPED }, { "nr_mapped", NR_FILE_MAPPED },
		{ "nr_file_pages", NR_FILE_PAGES }, { "nr_dirty", NR_FILE_DIRTY },
		{ "nr_writeback", NR_WRITEBACK }, { "nr_shmem", NR_SHMEM },
		{ "nr_vmscan_write", NR_VMSCAN_WRITE }, { "nr_dirtied", NR_DIRTIED },
		{ "nr_written", NR_WRITTEN }, { "nr_kernel_stack", NR_KERNEL_STACK_KB },
		{ "nr_page_table_pages", NR_PAGETABLE }, { "nr_swapcached", NR_SWAPCACHE },
	};

	seq_puts(m, "\n  per-node stats");
	for (int lru = 0; lru < NR_LRU_LISTS; lru++)
		counter(m, lru_names[lru], READ_ONCE(pgdat->lruvec.nr[lru]));
	for (size_t i = 0; i < ARRAY_SIZE(stats); i++)
		counter(m, stats[i].name, node_page_state(pgdat, stats[i].item));
}

/*
 * Between high and low nothing happens; below low kswapd works; at min allocations reclaim
 * for themselves. "protection" is kept from requests that could have gone to a higher zone.
 */
static void show_marks(struct seq_file *m, const struct zone *zone)
{
	unsigned long high = zone->_watermark[WMARK_HIGH], low = zone->_watermark[WMARK_LOW];

	seq_printf(m, "\n  pages free     %lu\n        boost    0\n        min      %lu"
		   "\n        low      %lu\n        high     %lu\n        promo    %lu",
		   zone_free_pages(zone), zone->_watermark[WMARK_MIN], low, high,
		   high + (high - low));
	seq_printf(m, "\n        spanned  %lu\n        present  %lu\n        managed  %lu"
		   "\n        cma      0", zone->spanned_pages, zone->present_pages, managed(zone));
	seq_puts(m, "\n        protection: (");
	for (int zid = 0; zid < MAX_NR_ZONES; zid++)
		seq_printf(m, "%s%ld", zid ? ", " : "", zone->lowmem_reserve[zid]);
	seq_putc(m, ')');
}

/* Each hart's stock of single pages: it grows to high, and then gives batch pages back. */
static void show_pagesets(struct seq_file *m, const struct zone *zone)
{
	unsigned int cpu;

	seq_puts(m, "\n  pagesets");
	for_each_online_cpu(cpu) {
		const struct per_cpu_pages *pcp = &zone->pcp[cpu];

		seq_printf(m, "\n    cpu: %u\n              count: %d\n              high:  %d"
			   "\n              batch: %d\n  vm stats threshold: 0", cpu, pcp->count,
			   pcp->high, pcp->batch);
	}
}

/* The counters of a node are shown once, with its first zone that has memory. */
static bool first_populated(const struct zone *zone)
{
	const struct zone *z = zone->zone_pgdat->node_zones;

	while (z < zone && !managed(z))
		z++;
	return z == zone && managed(zone);
}

static void zone_block(struct seq_file *m, struct zone *zone)
{
	seq_printf(m, "Node %d, zone %8s", zone->zone_pgdat->node_id, zone->name);
	if (first_populated(zone))
		show_node_stats(m, zone->zone_pgdat);
	show_marks(m, zone);
	if (managed(zone)) {
		counter(m, "nr_free_pages", zone_free_pages(zone));
		show_pagesets(m, zone);
		seq_printf(m, "\n  node_unreclaimable:  %d\n  start_pfn:           %lu",
			   zone->zone_pgdat->kswapd_failures >= 16, zone->zone_start_pfn);
	}
	seq_putc(m, '\n');
}

static int zoneinfo_show(struct seq_file *m, void *v)
{
	for_each_zone(m, zone_block);
	return 0;
}

void proc_zoneinfo_init(void)
{
	BUG_ON(proc_create_single("buddyinfo", 0444, buddyinfo_show) ||
	       proc_create_single("pagetypeinfo", 0400, pagetypeinfo_show) ||
	       proc_create_single("zoneinfo", 0444, zoneinfo_show));
}
