/* SPDX-License-Identifier: MIT */
/*
 * Counters, and /proc/vmstat as one table.
 *
 * Events are counted per hart without locks or atomics and summed when read.
 * A row names what Linux names; the value is a node counter, a sum of event
 * counters, the length of an LRU list, a function, or 0 for what Quire does
 * not have but tools look for. The rows are in Linux's order; ours come last.
 *
 * Locks: none; a sum is exact only when nothing is going on.
 *
 * Linux: mm/vmstat.c, vmstat_text[]. Differs: no per-hart differentials for
 * the node counters: they are atomic.
 */
#include "mm/vmstat.h"
#include "lib/kernel.h"
#include "mm/lru.h"
#include "mm/page_alloc.h"
#include "mm/writeback.h"

struct vm_event_state vm_event_states[CONFIG_NR_CPUS];

enum row_kind { ROW_ZERO, ROW_NODE, ROW_LRU, ROW_EVENT, ROW_FN };

struct vmstat_row {
	const char *name;
	enum row_kind kind;
	int item;
	unsigned long (*fn)(void);
};

/* Where writers are held back, and where the flusher starts: in pages. */
static unsigned long dirty_threshold(void)
{
	unsigned long background, limit;

	dirty_limits(&background, &limit);
	return limit;
}

static unsigned long dirty_background_threshold(void)
{
	unsigned long background, limit;

	dirty_limits(&background, &limit);
	return background;
}

/* One row each: absent here, node counter, list length, events, computed. */
#define Z(n)		{ n, ROW_ZERO, 0, NULL }
#define NODE(n, i)	{ n, ROW_NODE, i, NULL }
#define LRU(n, i)	{ n, ROW_LRU, i, NULL }
#define EV(n, i)	{ n, ROW_EVENT, i, NULL }
#define FN(n, f)	{ n, ROW_FN, 0, f }

static const struct vmstat_row vmstat_rows[] = {
	/* Zone counters in Linux; a node's lists are all there is here. */
	FN("nr_free_pages", nr_free_pages),
	LRU("nr_zone_inactive_anon", LRU_INACTIVE_ANON),
	LRU("nr_zone_active_anon", LRU_ACTIVE_ANON),
	LRU("nr_zone_inactive_file", LRU_INACTIVE_FILE),
	LRU("nr_zone_active_file", LRU_ACTIVE_FILE),
	LRU("nr_zone_unevictable", LRU_UNEVICTABLE),
	Z("nr_zone_write_pending"),
	NODE("nr_mlock", NR_MLOCK),
	Z("nr_bounce"), Z("nr_free_cma"),
	Z("numa_hit"), Z("numa_miss"), Z("numa_foreign"),
	Z("numa_interleave"), Z("numa_local"), Z("numa_other"),
	/* Node counters. */
	LRU("nr_inactive_anon", LRU_INACTIVE_ANON),
	LRU("nr_active_anon", LRU_ACTIVE_ANON),
	LRU("nr_inactive_file", LRU_INACTIVE_FILE),
	LRU("nr_active_file", LRU_ACTIVE_FILE),
	LRU("nr_unevictable", LRU_UNEVICTABLE),
	NODE("nr_slab_reclaimable", NR_SLAB_RECLAIMABLE),
	NODE("nr_slab_unreclaimable", NR_SLAB_UNRECLAIMABLE),
	NODE("nr_isolated_anon", NR_ISOLATED_ANON),
	NODE("nr_isolated_file", NR_ISOLATED_FILE),
	Z("workingset_nodes"),
	EV("workingset_refault_anon", WORKINGSET_REFAULT_ANON),
	EV("workingset_refault_file", WORKINGSET_REFAULT_FILE),
	Z("workingset_activate_anon"),
	EV("workingset_activate_file", WORKINGSET_ACTIVATE),
	Z("workingset_restore_anon"), Z("workingset_restore_file"),
	Z("workingset_nodereclaim"),
	NODE("nr_anon_pages", NR_ANON_MAPPED),
	NODE("nr_mapped", NR_FILE_MAPPED),
	NODE("nr_file_pages", NR_FILE_PAGES),
	NODE("nr_dirty", NR_FILE_DIRTY),
	NODE("nr_writeback", NR_WRITEBACK),
	Z("nr_writeback_temp"),
	NODE("nr_shmem", NR_SHMEM),
	Z("nr_anon_transparent_hugepages"),
	NODE("nr_vmscan_write", NR_VMSCAN_WRITE),
	Z("nr_vmscan_immediate_reclaim"),
	NODE("nr_dirtied", NR_DIRTIED),
	NODE("nr_written", NR_WRITTEN),
	Z("nr_throttled_written"), Z("nr_kernel_misc_reclaimable"),
	Z("nr_foll_pin_acquired"), Z("nr_foll_pin_released"),
	NODE("nr_kernel_stack", NR_KERNEL_STACK_KB),
	NODE("nr_page_table_pages", NR_PAGETABLE),
	Z("nr_sec_page_table_pages"),
	NODE("nr_swapcached", NR_SWAPCACHE),
	FN("nr_dirty_threshold", dirty_threshold),
	FN("nr_dirty_background_threshold", dirty_background_threshold),
	/* Events: KiB read and written, pages swapped, allocated, freed, faulted. */
	EV("pgpgin", PGPGIN), EV("pgpgout", PGPGOUT),
	EV("pswpin", PSWPIN), EV("pswpout", PSWPOUT),
	EV("pgalloc_dma32", PGALLOC_DMA32), EV("pgalloc_normal", PGALLOC_NORMAL),
	Z("pgalloc_movable"), Z("pgalloc_device"),
	Z("allocstall_dma32"), EV("allocstall_normal", ALLOCSTALL), Z("allocstall_movable"),
	EV("pgfree", PGFREE),
	EV("pgactivate", PGACTIVATE), EV("pgdeactivate", PGDEACTIVATE),
	Z("pglazyfree"),
	EV("pgfault", PGFAULT), EV("pgmajfault", PGMAJFAULT),
	EV("pglazyfreed", PGLAZYFREED),
	EV("pgrefill", PGREFILL), EV("pgreuse", PGREUSE),
	/* Reclaim: what was looked at (scan) and what was freed (steal). */
	EV("pgsteal_kswapd", PGSTEAL_KSWAPD), EV("pgsteal_direct", PGSTEAL_DIRECT),
	Z("pgsteal_khugepaged"),
	EV("pgscan_kswapd", PGSCAN_KSWAPD), EV("pgscan_direct", PGSCAN_DIRECT),
	Z("pgscan_khugepaged"), Z("pgscan_direct_throttle"),
	EV("pgscan_anon", PGSCAN_ANON), EV("pgscan_file", PGSCAN_FILE),
	EV("pgsteal_anon", PGSTEAL_ANON), EV("pgsteal_file", PGSTEAL_FILE),
	Z("zone_reclaim_failed"),
	EV("pginodesteal", PGINODESTEAL), EV("slabs_scanned", SLABS_SCANNED),
	EV("kswapd_inodesteal", KSWAPD_INODESTEAL),
	EV("kswapd_low_wmark_hit_quickly", KSWAPD_LOW_WMARK_HIT_QUICKLY),
	EV("kswapd_high_wmark_hit_quickly", KSWAPD_HIGH_WMARK_HIT_QUICKLY),
	EV("pageoutrun", PAGEOUTRUN), EV("pgrotated", PGROTATED),
	EV("drop_pagecache", DROP_PAGECACHE), EV("drop_slab", DROP_SLAB),
	EV("oom_kill", OOM_KILL),
	/* Migration and compaction come with large folios. */
	EV("pgmigrate_success", PGMIGRATE_SUCCESS), Z("pgmigrate_fail"),
	Z("compact_stall"), Z("compact_fail"), Z("compact_success"),
	EV("unevictable_pgs_culled", UNEVICTABLE_PGCULLED),
	Z("unevictable_pgs_scanned"),
	EV("unevictable_pgs_rescued", UNEVICTABLE_PGRESCUED),
	EV("unevictable_pgs_mlocked", UNEVICTABLE_PGMLOCKED),
	EV("unevictable_pgs_munlocked", UNEVICTABLE_PGMUNLOCKED),
	Z("unevictable_pgs_cleared"), Z("unevictable_pgs_stranded"),
	EV("swap_ra", SWAP_RA), EV("swap_ra_hit", SWAP_RA_HIT),
	/* Ours: one a row of the decision table in mm/fault.c, and what fast paths missed. */
	EV("fault_anon_zero", FAULT_ANON_ZERO), EV("fault_anon_write", FAULT_ANON_WRITE),
	EV("fault_file_read", FAULT_FILE_READ), EV("fault_file_cow", FAULT_FILE_COW),
	EV("fault_file_shared", FAULT_FILE_SHARED), EV("fault_swap", FAULT_SWAP),
	EV("fault_wp_reuse", FAULT_WP_REUSE), EV("fault_wp_copy", FAULT_WP_COPY),
	EV("fault_spurious", FAULT_SPURIOUS), EV("fault_around", FAULT_AROUND),
	EV("tlb_remote_flush", TLB_REMOTE_FLUSH),
	EV("slab_alloc_slow", SLAB_ALLOC_SLOW), EV("pcp_refill", PCP_REFILL),
};

/*
 * Single pages are counted where they pass: in the per-hart lists. What came
 * in from the buddy or by frees and is not there any more was handed out.
 */
static unsigned long pcp_events(enum vm_event_item item)
{
	unsigned long sum = 0;
	struct zone *zone;
	int nid, zid, cpu;

	for_each_populated_zone(zone, nid, zid) {
		for (cpu = 0; cpu < CONFIG_NR_CPUS; cpu++) {
			const struct per_cpu_pages *pcp = &zone->pcp[cpu];

			if (item == PGFREE)
				sum += pcp->nr_frees;
			else if ((int)item == PGALLOC_DMA32 + zid)
				sum += pcp->filled + pcp->nr_frees - pcp->count;
		}
	}
	return sum;
}

unsigned long vm_event(enum vm_event_item item)
{
	unsigned long sum = 0;
	int cpu;

	for (cpu = 0; cpu < CONFIG_NR_CPUS; cpu++)
		sum += READ_ONCE(vm_event_states[cpu].event[item]);
	if (item == PGFREE || item == PGALLOC_DMA32 || item == PGALLOC_NORMAL)
		sum += pcp_events(item);
	return sum;
}

/* A counter over all nodes. */
static unsigned long node_sum(enum node_stat_item item)
{
	unsigned long sum = 0;
	int nid;

	for_each_online_node(nid)
		sum += node_page_state(NODE_DATA(nid), item);
	return sum;
}

static unsigned long row_value(const struct vmstat_row *row)
{
	switch (row->kind) {
	case ROW_NODE:	return node_sum(row->item);
	case ROW_LRU:	return lru_pages(row->item);
	case ROW_EVENT:	return vm_event(row->item);
	case ROW_FN:	return row->fn();
	default:	return 0;
	}
}

void vmstat_for_each(void (*fn)(const char *name, unsigned long value, void *arg), void *arg)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vmstat_rows); i++)
		fn(vmstat_rows[i].name, row_value(&vmstat_rows[i]), arg);
}
