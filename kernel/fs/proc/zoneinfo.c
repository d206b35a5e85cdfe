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
 * Linux: mm/vmstat.c. Differs: all pages are of one migrate type; counters are kept
 * per node, so a zone has them only if it is the one of its node.
 */
#include "kernel/fs/proc/internal.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/vmstat.h"

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

static const char *const migrate_types[] = {
	"Unmovable", "Movable", "Reclaimable", "HighAtomic", "Isolate",
};

/* All free pages are of one type: nothing is moved yet, so nothing is kept apart for it. */
static void pagetype_rows(struct seq_file *m, struct zone *zone)
{
	unsigned long nr[NR_PAGE_ORDERS];

	if (!managed(zone))
		return;
	copy_free_counts(zone, nr);
	for (size_t type = 0; type < ARRAY_SIZE(migrate_types); type++) {
		bool movable = !strcmp(migrate_types[type], "Movable");

		seq_printf(m, "Node %4d, zone %8s, type %12s ", zone->zone_pgdat->node_id,
			   zone->name, migrate_types[type]);
		for (int order = 0; order < NR_PAGE_ORDERS; order++)
			seq_printf(m, "%6lu ", movable ? nr[order] : 0);
		seq_putc(m, '\n');
	}
}

/* Blocks of the largest order that the zone spans. */
static void pageblock_row(struct seq_file *m, struct zone *zone)
{
	if (!managed(zone))
		return;
	seq_printf(m, "Node %d, zone %8s %12d %12lu %12d %12d %12d \n", zone->zone_pgdat->node_id,
		   zone->name, 0, zone->spanned_pages >> MAX_PAGE_ORDER, 0, 0, 0);
}

static int pagetypeinfo_show(struct seq_file *m, void *v)
{
	seq_printf(m, "Page block order: %d\nPages per block:  %lu\n\n", MAX_PAGE_ORDER,
		   1UL << MAX_PAGE_ORDER);
	seq_printf(m, "%-43s ", "Free pages count per migrate type at order");
	for (int order = 0; order < NR_PAGE_ORDERS; order++)
		seq_printf(m, "%6d ", order);
	seq_putc(m, '\n');
	for_each_zone(m, pagetype_rows);
	seq_printf(m, "\n%-23s", "Number of blocks type");
	for (size_t type = 0; type < ARRAY_SIZE(migrate_types); type++)
		seq_printf(m, "%12s ", migrate_types[type]);
	seq_putc(m, '\n');
	for_each_zone(m, pageblock_row);
	return 0;
}

/* ---- zoneinfo ---- */

/* Each line begins with its newline: what follows it may be one or not. */
static void counter(struct seq_file *m, const char *name, unsigned long value)
{
	seq_printf(m, "\n      %-12s %lu", name, value);
}

/* The rows of vmstat come in two parts: those of zones, then those of nodes. */
struct part { struct seq_file *m; bool of_node, reached_node; };

static void part_row(const char *name, unsigned long value, void *arg)
{
	struct part *p = arg;

	if (!strcmp(name, "nr_inactive_anon"))
		p->reached_node = true;
	if (p->of_node == p->reached_node)
		counter(p->m, name, value);
}

/* Pages; nr_kernel_stack in KiB. */
static void show_stats(struct seq_file *m, pg_data_t *pgdat, bool of_node)
{
	struct part p = { m, of_node, false };

	if (of_node)
		seq_puts(m, "\n  per-node stats");
	vmstat_for_each_of_node(pgdat, part_row, &p);
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

/* Then the node's counters are the zone's as well. */
static bool only_populated(const struct zone *zone)
{
	const struct zone *z = zone->zone_pgdat->node_zones;
	int n = 0;

	for (int zid = 0; zid < MAX_NR_ZONES; zid++)
		n += managed(&z[zid]) != 0;
	return n == 1;
}

static void zone_block(struct seq_file *m, struct zone *zone)
{
	seq_printf(m, "Node %d, zone %8s", zone->zone_pgdat->node_id, zone->name);
	if (first_populated(zone))
		show_stats(m, zone->zone_pgdat, true);
	show_marks(m, zone);
	if (managed(zone)) {
		if (only_populated(zone))
			show_stats(m, zone->zone_pgdat, false);
		else
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
