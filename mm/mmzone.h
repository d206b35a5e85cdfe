/* SPDX-License-Identifier: MIT */
/*
 * Nodes and zones: how physical memory is divided for the buddy allocator and
 * reclaim.
 *
 * Linux: include/linux/mmzone.h. Differs: two zones, no migrate types; pages
 * on a per-hart list still count as free (/proc/meminfo is exact).
 */
#pragma once
#include "mm/mm_types.h"
#include "kernel/wait.h"

#define MAX_PAGE_ORDER	10
#define NR_PAGE_ORDERS	(MAX_PAGE_ORDER + 1)
#define MAX_NUMNODES	4

enum zone_type { ZONE_DMA32, ZONE_NORMAL, MAX_NR_ZONES };
enum zone_watermarks { WMARK_MIN, WMARK_LOW, WMARK_HIGH, NR_WMARK };

enum lru_list {
	LRU_INACTIVE_ANON, LRU_ACTIVE_ANON, LRU_INACTIVE_FILE, LRU_ACTIVE_FILE,
	LRU_UNEVICTABLE, NR_LRU_LISTS
};

struct free_area {
	struct list_head free_list;	/* (Z) heads of free blocks of this order */
	unsigned long nr_free;		/* (Z) blocks */
};

/*
 * One hart's stock of single free pages of one zone, a stack linked through
 * lru.next. => touched by that hart alone, with irqs off.
 */
struct per_cpu_pages {
	struct page *head;		/* top of the stack */
	int count;			/* pages on it */
	int high;			/* above this, batch pages go back to the buddy */
	int batch;			/* pages moved at a time */
	long filled;			/* pages that came from the buddy, less those given back */
	unsigned long nr_frees;		/* order-0 pages taken back here: part of pgfree */
} __aligned(64);

struct zone {
	spinlock_t lock;		/* (Z) free lists; irq-safe */
	struct free_area free_area[NR_PAGE_ORDERS];
	unsigned long nr_free;		/* (Z) pages in free_area: no per-hart lists */
	unsigned long _watermark[NR_WMARK];
	unsigned long zone_start_pfn;
	unsigned long spanned_pages;	/* with holes */
	unsigned long present_pages;	/* without */
	atomic_long_t managed_pages;	/* given to the buddy */
	struct pglist_data *zone_pgdat;
	const char *name;
	/* pages kept from allocations that could have been served from a higher zone */
	long lowmem_reserve[MAX_NR_ZONES];
	struct per_cpu_pages pcp[CONFIG_NR_CPUS];
};

struct lruvec {
	spinlock_t lru_lock;		/* (L) */
	struct list_head lists[NR_LRU_LISTS];
	unsigned long nr[NR_LRU_LISTS];	/* (L) pages */
	unsigned long anon_cost, file_cost;	/* (L) what reclaiming each has cost lately */
};

#define MAX_ZONELIST	(MAX_NUMNODES * MAX_NR_ZONES)
struct zonelist {
	struct zone *zones[MAX_ZONELIST + 1];	/* by preference, NULL at the end */
};

/* node_stat_item - counters of a node, atomic; names in vmstat.c as in Linux's /proc/vmstat. */
enum node_stat_item {
	NR_ANON_MAPPED, NR_FILE_MAPPED, NR_FILE_PAGES, NR_FILE_DIRTY, NR_WRITEBACK,
	NR_SHMEM, NR_SWAPCACHE, NR_SLAB_RECLAIMABLE, NR_SLAB_UNRECLAIMABLE,
	NR_KERNEL_STACK_KB, NR_PAGETABLE, NR_VMSCAN_WRITE, NR_ISOLATED_ANON,
	NR_ISOLATED_FILE, NR_DIRTIED, NR_WRITTEN, NR_MLOCK, NR_VMALLOC,
	NR_NODE_STAT_ITEMS
};

typedef struct pglist_data {
	struct zone node_zones[MAX_NR_ZONES];
	struct zonelist node_zonelist;
	int node_id;
	unsigned long node_start_pfn;
	unsigned long node_spanned_pages;
	unsigned long node_present_pages;
	atomic_long_t vm_stat[NR_NODE_STAT_ITEMS];
	struct lruvec lruvec;
	struct wait_queue_head kswapd_wait;	/* kswapd sleeps here */
	struct wait_queue_head pfmemalloc_wait;
	struct task_struct *kswapd;
	int kswapd_order;
	int kswapd_failures;		/* rounds without progress */
} pg_data_t;

extern pg_data_t node_data[MAX_NUMNODES];
extern int nr_online_nodes;
extern int node_distance_table[MAX_NUMNODES][MAX_NUMNODES];
#define NODE_DATA(nid)	(&node_data[nid])
extern struct page *mem_map_base;	/* vmemmap: page of pfn 0 would be here */

#define for_each_online_node(nid)	for ((nid) = 0; (nid) < nr_online_nodes; (nid)++)
/* for_each_populated_zone() - every zone that manages at least one page. */
#define for_each_populated_zone(zone, nid, zid)				\
	for ((nid) = 0; (nid) < nr_online_nodes; (nid)++)		\
		for ((zid) = 0; (zid) < MAX_NR_ZONES; (zid)++)		\
			if ((zone = &NODE_DATA(nid)->node_zones[zid]),	\
			    atomic_long_read(&(zone)->managed_pages))

static inline struct page *pfn_to_page(unsigned long pfn) { return mem_map_base + pfn; }
static inline unsigned long page_to_pfn(const struct page *page) { return page - mem_map_base; }
/* pfn_valid() - is there a struct page for it? (It may still be reserved.) */
static inline bool pfn_valid(unsigned long pfn) { return pfn >= min_low_pfn && pfn < max_pfn; }
static inline struct page *virt_to_page(const void *va) { return pfn_to_page(virt_to_pfn(va)); }
static inline phys_addr_t page_to_phys(const struct page *page)
{
	return PFN_PHYS(page_to_pfn(page));
}
/*
 * A struct page is 64 bytes and a frame 4096, so the address of a frame in the
 * direct map is that of its struct page times 64, plus a constant.
 */
extern unsigned long page_va_base;
static inline void *page_address(const struct page *page)
{
	return (void *)(((unsigned long)page << 6) + page_va_base);
}
/* logical_to_page() - virt_to_page() for an address of the direct map, not of the image. */
static inline struct page *logical_to_page(const void *va)
{
	VM_BUG_ON(CONFIG_MMU && (unsigned long)va >= KERNEL_LINK_ADDR);
	return (struct page *)(((long)((unsigned long)va - page_va_base) >> 6) & ~63L);
}
static inline int page_to_nid(const struct page *page) { return page->flags >> NODES_SHIFT & 63; }
static inline int page_zonenum(const struct page *page) { return page->flags >> ZONES_SHIFT; }
static inline struct pglist_data *page_pgdat(const struct page *page)
{
	return NODE_DATA(page_to_nid(page));
}
/* The top byte of page->flags, zone and node, leads straight to the zone. */
#define ZONE_TABLE_SIZE	(MAX_NR_ZONES << (ZONES_SHIFT - NODES_SHIFT))
extern struct zone *zone_table[ZONE_TABLE_SIZE];
static inline struct zone *page_zone(const struct page *page)
{
	return zone_table[page->flags >> NODES_SHIFT];
}
/* The node of each hart: filled in by who parses the device tree; 0 otherwise. */
extern u8 cpu_node_map[CONFIG_NR_CPUS];
static inline int cpu_to_node(unsigned int cpu) { return cpu_node_map[cpu]; }

static inline unsigned long node_page_state(const pg_data_t *pgdat, enum node_stat_item item)
{
	long x = atomic_long_read(&pgdat->vm_stat[item]);

	return x < 0 ? 0 : x;
}
static inline void mod_node_page_state(pg_data_t *pgdat, enum node_stat_item item, long delta)
{
	atomic_long_add(delta, &pgdat->vm_stat[item]);
}
