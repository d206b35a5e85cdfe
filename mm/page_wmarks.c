/* SPDX-License-Identifier: MIT */
/*
 * The figures that steer the page allocator: watermarks, reserves, zonelists,
 * sizes of the per-hart lists.
 *
 * Each zone has three marks, in free pages. Below low, kswapd is woken and
 * works until the zone is above high; at min, ordinary allocations reclaim for
 * themselves, and what is left belongs to those who free memory (PF_MEMALLOC),
 * cannot wait (GFP_ATOMIC) or are being killed:
 *
 *     managed ----- high ----- low ----- min ----- min/2 ---------- 0
 *     everybody      kswapd stops  kswapd runs  __GFP_HIGH   PF_MEMALLOC
 *
 * min is the zone's share of vm.min_free_kbytes, which grows with the square
 * root of memory: large machines need more reserve, but not in proportion.
 * A zone also keeps lowmem_reserve[] pages from allocations that could have
 * been satisfied from a higher zone.
 *
 * Locks: none. Written at boot and by sysctl (one writer at a time); readers
 * see an old or a new mark, either will do.
 *
 * Linux: mm/page_alloc.c, setup_per_zone_wmarks(), build_zonelists(),
 * zone_batchsize(). Differs: no boosting, smaller per-hart lists on small zones.
 */
#include "mm/page_internal.h"

unsigned long min_free_kbytes;
int watermark_scale_factor = 10;	/* distance of the marks, in 1/10000 of the zone */
unsigned long totalreserve_pages;

/* A zone keeps 1/256 of the size of the zones above it. */
#define LOWMEM_RESERVE_RATIO	256
#define PCP_BATCH_MAX		32UL

static unsigned long int_sqrt(unsigned long x)
{
	unsigned long root = 0, bit = 1UL << 31;

	for (; bit; bit >>= 1)
		if ((root | bit) * (root | bit) <= x)
			root |= bit;
	return root;
}

static unsigned long default_min_free_kbytes(void)
{
	unsigned long kbytes = totalram_pages() << (PAGE_SHIFT - 10);

	return clamp(int_sqrt(kbytes * 16), 128UL, 262144UL);
}

static unsigned long managed(const struct zone *zone)
{
	return atomic_long_read(&zone->managed_pages);
}

static void set_zone_wmarks(struct zone *zone, unsigned long pages_min, unsigned long total)
{
	unsigned long min_pages = pages_min * managed(zone) / total;
	unsigned long gap = max(min_pages / 4, managed(zone) * watermark_scale_factor / 10000);

	zone->_watermark[WMARK_MIN] = min_pages;
	zone->_watermark[WMARK_LOW] = min_pages + gap;
	zone->_watermark[WMARK_HIGH] = min_pages + 2 * gap;
}

static void set_lowmem_reserve(pg_data_t *pgdat)
{
	struct zone *zones = pgdat->node_zones;

	zones[ZONE_DMA32].lowmem_reserve[ZONE_NORMAL] =
		managed(&zones[ZONE_NORMAL]) / LOWMEM_RESERVE_RATIO;
}

/* What no user can have: the high mark and the largest reserve of each zone. */
static void count_totalreserve(void)
{
	unsigned long sum = 0;
	struct zone *zone;
	int nid, zid;

	for_each_populated_zone(zone, nid, zid) {
		unsigned long reserve = zone->_watermark[WMARK_HIGH] +
					zone->lowmem_reserve[ZONE_NORMAL];

		sum += min(reserve, managed(zone));
	}
	totalreserve_pages = sum;
}

void setup_per_zone_wmarks(void)
{
	unsigned long total = totalram_pages();
	struct zone *zone;
	int nid, zid;

	if (!min_free_kbytes)
		min_free_kbytes = default_min_free_kbytes();
	for_each_populated_zone(zone, nid, zid)
		set_zone_wmarks(zone, min_free_kbytes >> (PAGE_SHIFT - 10), total);
	for_each_online_node(nid)
		set_lowmem_reserve(NODE_DATA(nid));
	count_totalreserve();
}

/* Distances as in ACPI and the device tree: 10 is here, 20 is one hop. */
static int node_distance(int from, int to)
{
	int d = node_distance_table[from][to];

	if (d)
		return d;
	return from == to ? 10 : 20;
}

/* The nearest node that is not in the set of used ones, or -1. */
static int next_best_node(int from, unsigned long used)
{
	int nid, best = -1;

	for_each_online_node(nid) {
		if (used & BIT(nid))
			continue;
		if (best < 0 || node_distance(from, nid) < node_distance(from, best))
			best = nid;
	}
	return best;
}

/* Near nodes first; in each, the higher zone first, to spare the lower one. */
static void build_zonelist(int nid)
{
	struct zonelist *zl = &NODE_DATA(nid)->node_zonelist;
	unsigned long used = 0;
	int node, zid, n = 0;

	while ((node = next_best_node(nid, used)) >= 0) {
		used |= BIT(node);
		for (zid = MAX_NR_ZONES - 1; zid >= 0; zid--) {
			struct zone *zone = &NODE_DATA(node)->node_zones[zid];

			if (managed(zone))
				zl->zones[n++] = zone;
		}
	}
	zl->zones[n] = NULL;
}

void build_all_zonelists(void)
{
	int nid;

	for_each_online_node(nid)
		build_zonelist(nid);
}

/*
 * A batch is 1/1024 of the zone, a power of two, at most 32 pages; a hart
 * keeps six of them at most. On a 16 MiB machine that is 2 and 12 pages.
 */
void setup_pcp_sizes(void)
{
	struct zone *zone;
	int nid, zid, cpu;

	for_each_populated_zone(zone, nid, zid) {
		unsigned long share = clamp(managed(zone) / 1024, 1UL, PCP_BATCH_MAX);

		for (cpu = 0; cpu < CONFIG_NR_CPUS; cpu++) {
			zone->pcp[cpu].batch = rounddown_pow_of_two(share);
			zone->pcp[cpu].high = 6 * zone->pcp[cpu].batch;
		}
	}
	for (cpu = 0; cpu < CONFIG_NR_CPUS; cpu++) {
		zone = NODE_DATA(cpu_to_node(cpu))->node_zonelist.zones[0];
		BUG_ON(!zone);
		cpu_pcp[cpu] = &zone->pcp[cpu];
	}
}
