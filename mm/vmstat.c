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

/* What a row's value comes from. The rows before the first ROW_FN are in a node's file, too. */
enum row_kind { ROW_ZERO, ROW_NODE, ROW_LRU, ROW_FREE, ROW_NUMA, ROW_PENDING, ROW_EVENT, ROW_FN };

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

/* One row each: absent here, node counter, list length, free pages, events, computed. */
#define Z(n)		{ n, ROW_ZERO, 0, NULL }
#define NODE(n, i)	{ n, ROW_NODE, i, NULL }
#define LRU(n, i)	{ n, ROW_LRU, i, NULL }
#define FREE(n)		{ n, ROW_FREE, 0, NULL }
#define NUMA(n, i)	{ n, ROW_NUMA, i, NULL }
#define PENDING(n)	{ n, ROW_PENDING, 0, NULL }
#define EV(n, i)	{ n, ROW_EVENT, i, NULL }
#define FN(n, f)	{ n, ROW_FN, 0, f }

static const struct vmstat_row vmstat_rows[] = {
	/* Zone counters in Linux; a node is all there is to count by here. */
	FREE("nr_free_pages"), LRU("nr_zone_inactive_anon", LRU_INACTIVE_ANON),
	LRU("nr_zone_active_anon", LRU_ACTIVE_ANON),
	LRU("nr_zone_inactive_file", LRU_INACTIVE_FILE),
	LRU("nr_zone_active_file", LRU_ACTIVE_FILE), LRU("nr_zone_unevictable", LRU_UNEVICTABLE),
	PENDING("nr_zone_write_pending"), NODE("nr_mlock", NR_MLOCK), Z("nr_bounce"),
	Z("nr_zspages"), Z("nr_free_cma"), NUMA("numa_hit", NUMA_HIT),
	NUMA("numa_miss", NUMA_MISS), NUMA("numa_foreign", NUMA_FOREIGN),
	NUMA("numa_interleave", NUMA_INTERLEAVE_HIT), NUMA("numa_local", NUMA_LOCAL),
	NUMA("numa_other", NUMA_OTHER),
	/* Node counters. */
	LRU("nr_inactive_anon", LRU_INACTIVE_ANON), LRU("nr_active_anon", LRU_ACTIVE_ANON),
	LRU("nr_inactive_file", LRU_INACTIVE_FILE), LRU("nr_active_file", LRU_ACTIVE_FILE),
	LRU("nr_unevictable", LRU_UNEVICTABLE), NODE("nr_slab_reclaimable", NR_SLAB_RECLAIMABLE),
	NODE("nr_slab_unreclaimable", NR_SLAB_UNRECLAIMABLE),
	NODE("nr_isolated_anon", NR_ISOLATED_ANON), NODE("nr_isolated_file", NR_ISOLATED_FILE),
	Z("workingset_nodes"), EV("workingset_refault_anon", WORKINGSET_REFAULT_ANON),
	EV("workingset_refault_file", WORKINGSET_REFAULT_FILE), Z("workingset_activate_anon"),
	EV("workingset_activate_file", WORKINGSET_ACTIVATE), Z("workingset_restore_anon"),
	Z("workingset_restore_file"), Z("workingset_nodereclaim"),
	NODE("nr_anon_pages", NR_ANON_MAPPED), NODE("nr_mapped", NR_FILE_MAPPED),
	NODE("nr_file_pages", NR_FILE_PAGES), NODE("nr_dirty", NR_FILE_DIRTY),
	NODE("nr_writeback", NR_WRITEBACK), Z("nr_writeback_temp"), NODE("nr_shmem", NR_SHMEM),
	Z("nr_shmem_hugepages"), Z("nr_shmem_pmdmapped"), Z("nr_file_hugepages"),
	Z("nr_file_pmdmapped"), Z("nr_anon_transparent_hugepages"),
	NODE("nr_vmscan_write", NR_VMSCAN_WRITE), Z("nr_vmscan_immediate_reclaim"),
	NODE("nr_dirtied", NR_DIRTIED), NODE("nr_written", NR_WRITTEN),
	Z("nr_throttled_written"), Z("nr_kernel_misc_reclaimable"), Z("nr_foll_pin_acquired"),
	Z("nr_foll_pin_released"), NODE("nr_kernel_stack", NR_KERNEL_STACK_KB),
	NODE("nr_page_table_pages", NR_PAGETABLE), Z("nr_sec_page_table_pages"),
	Z("nr_iommu_pages"), NODE("nr_swapcached", NR_SWAPCACHE), Z("pgpromote_success"),
	Z("pgpromote_candidate"), Z("pgdemote_kswapd"), Z("pgdemote_direct"),
	Z("pgdemote_khugepaged"),
	/* From here on: of the whole system only. */
	FN("nr_dirty_threshold", dirty_threshold),
	FN("nr_dirty_background_threshold", dirty_background_threshold), Z("nr_memmap_pages"),
	Z("nr_memmap_boot_pages"),
	/* Events: KiB read and written, pages swapped, allocated, freed, faulted. */
	EV("pgpgin", PGPGIN), EV("pgpgout", PGPGOUT), EV("pswpin", PSWPIN),
	EV("pswpout", PSWPOUT), EV("pgalloc_dma32", PGALLOC_DMA32),
	EV("pgalloc_normal", PGALLOC_NORMAL), Z("pgalloc_movable"), Z("pgalloc_device"),
	Z("allocstall_dma32"), EV("allocstall_normal", ALLOCSTALL), Z("allocstall_movable"),
	Z("allocstall_device"), Z("pgskip_dma32"), Z("pgskip_normal"), Z("pgskip_movable"),
	Z("pgskip_device"), EV("pgfree", PGFREE), EV("pgactivate", PGACTIVATE),
	EV("pgdeactivate", PGDEACTIVATE), Z("pglazyfree"), EV("pgfault", PGFAULT),
	EV("pgmajfault", PGMAJFAULT), EV("pglazyfreed", PGLAZYFREED),
	/* Reclaim: what was looked at (scan) and what was freed (steal). */
	EV("pgrefill", PGREFILL), EV("pgreuse", PGREUSE), EV("pgsteal_kswapd", PGSTEAL_KSWAPD),
	EV("pgsteal_direct", PGSTEAL_DIRECT), Z("pgsteal_khugepaged"),
	EV("pgscan_kswapd", PGSCAN_KSWAPD), EV("pgscan_direct", PGSCAN_DIRECT),
	Z("pgscan_khugepaged"), Z("pgscan_direct_throttle"), EV("pgscan_anon", PGSCAN_ANON),
	EV("pgscan_file", PGSCAN_FILE), EV("pgsteal_anon", PGSTEAL_ANON),
	EV("pgsteal_file", PGSTEAL_FILE), Z("zone_reclaim_success"), Z("zone_reclaim_failed"),
	EV("pginodesteal", PGINODESTEAL), EV("slabs_scanned", SLABS_SCANNED),
	EV("kswapd_inodesteal", KSWAPD_INODESTEAL),
	EV("kswapd_low_wmark_hit_quickly", KSWAPD_LOW_WMARK_HIT_QUICKLY),
	EV("kswapd_high_wmark_hit_quickly", KSWAPD_HIGH_WMARK_HIT_QUICKLY),
	EV("pageoutrun", PAGEOUTRUN), EV("pgrotated", PGROTATED),
	/* What was asked for, or went wrong. */
	EV("drop_pagecache", DROP_PAGECACHE), EV("drop_slab", DROP_SLAB),
	EV("oom_kill", OOM_KILL),
	/* Migration, compaction, huge pages: not here, but looked for. */
	Z("numa_pte_updates"), Z("numa_huge_pte_updates"), Z("numa_hint_faults"),
	Z("numa_hint_faults_local"), Z("numa_pages_migrated"),
	EV("pgmigrate_success", PGMIGRATE_SUCCESS), Z("pgmigrate_fail"),
	Z("thp_migration_success"), Z("thp_migration_fail"), Z("thp_migration_split"),
	Z("compact_migrate_scanned"), Z("compact_free_scanned"), Z("compact_isolated"),
	Z("compact_stall"), Z("compact_fail"), Z("compact_success"), Z("compact_daemon_wake"),
	Z("compact_daemon_migrate_scanned"), Z("compact_daemon_free_scanned"),
	Z("htlb_buddy_alloc_success"), Z("htlb_buddy_alloc_fail"),
	/* Memory that is locked. */
	EV("unevictable_pgs_culled", UNEVICTABLE_PGCULLED), Z("unevictable_pgs_scanned"),
	EV("unevictable_pgs_rescued", UNEVICTABLE_PGRESCUED),
	EV("unevictable_pgs_mlocked", UNEVICTABLE_PGMLOCKED),
	EV("unevictable_pgs_munlocked", UNEVICTABLE_PGMUNLOCKED), Z("unevictable_pgs_cleared"),
	Z("unevictable_pgs_stranded"),
	/* Huge pages again. */
	Z("thp_fault_alloc"), Z("thp_fault_fallback"), Z("thp_fault_fallback_charge"),
	Z("thp_collapse_alloc"), Z("thp_collapse_alloc_failed"), Z("thp_file_alloc"),
	Z("thp_file_fallback"), Z("thp_file_fallback_charge"), Z("thp_file_mapped"),
	Z("thp_split_page"), Z("thp_split_page_failed"), Z("thp_deferred_split_page"),
	Z("thp_underused_split_page"), Z("thp_split_pmd"), Z("thp_scan_exceed_none_pte"),
	Z("thp_scan_exceed_swap_pte"), Z("thp_scan_exceed_share_pte"), Z("thp_zero_page_alloc"),
	Z("thp_zero_page_alloc_failed"), Z("thp_swpout"), Z("thp_swpout_fallback"),
	Z("balloon_inflate"), Z("balloon_deflate"), Z("balloon_migrate"),
	/* Swap read-ahead, and what Linux has behind it. */
	EV("swap_ra", SWAP_RA), EV("swap_ra_hit", SWAP_RA_HIT), Z("swpin_zero"),
	Z("swpout_zero"), Z("ksm_swpin_copy"), Z("cow_ksm"), Z("zswpin"), Z("zswpout"),
	Z("zswpwb"), Z("nr_unstable"),
	/* Ours: one a row of the decision table in mm/fault.c, and what fast paths missed. */
	EV("fault_anon_zero", FAULT_ANON_ZERO), EV("fault_anon_write", FAULT_ANON_WRITE),
	EV("fault_file_read", FAULT_FILE_READ), EV("fault_file_cow", FAULT_FILE_COW),
	EV("fault_file_shared", FAULT_FILE_SHARED), EV("fault_swap", FAULT_SWAP),
	EV("fault_wp_reuse", FAULT_WP_REUSE), EV("fault_wp_copy", FAULT_WP_COPY),
	EV("fault_spurious", FAULT_SPURIOUS), EV("fault_around", FAULT_AROUND),
	EV("dirty_throttled", DIRTY_THROTTLED), EV("writeback_error", WRITEBACK_ERROR),
	EV("tlb_remote_flush", TLB_REMOTE_FLUSH), EV("slab_alloc_slow", SLAB_ALLOC_SLOW),
	EV("pcp_refill", PCP_REFILL),
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

/* Single pages that hart cpu took from the zones of node nid. */
static unsigned long pages_taken(int nid, unsigned int cpu)
{
	long sum = 0;

	for (int zid = 0; zid < MAX_NR_ZONES; zid++) {
		const struct per_cpu_pages *pcp = &NODE_DATA(nid)->node_zones[zid].pcp[cpu];

		sum += pcp->filled + pcp->nr_frees - pcp->count;
	}
	return sum < 0 ? 0 : sum;
}

unsigned long numa_event(int nid, enum numa_event_item item)
{
	unsigned long near = 0, far = 0, foreign = 0;
	unsigned int cpu;
	int other;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (cpu_to_node(cpu) != nid) {
			far += pages_taken(nid, cpu);
			continue;
		}
		near += pages_taken(nid, cpu);
		for_each_online_node(other)
			foreign += other == nid ? 0 : pages_taken(other, cpu);
	}
	switch (item) {
	case NUMA_HIT:
	case NUMA_LOCAL:	return near;
	case NUMA_MISS:
	case NUMA_OTHER:	return far;
	case NUMA_FOREIGN:	return foreign;
	default:		return 0;
	}
}

static unsigned long free_pages_of(const pg_data_t *pgdat)
{
	unsigned long sum = 0;

	for (int zid = 0; zid < MAX_NR_ZONES; zid++)
		sum += zone_free_pages(&pgdat->node_zones[zid]);
	return sum;
}

/* A row that exists by node. */
static unsigned long node_row(const pg_data_t *pgdat, const struct vmstat_row *row)
{
	switch (row->kind) {
	case ROW_NODE:	return node_page_state(pgdat, row->item);
	case ROW_LRU:	return READ_ONCE(pgdat->lruvec.nr[row->item]);
	case ROW_FREE:	return free_pages_of(pgdat);
	case ROW_NUMA:	return numa_event(pgdat->node_id, row->item);
	case ROW_PENDING:
		return node_page_state(pgdat, NR_FILE_DIRTY) + node_page_state(pgdat, NR_WRITEBACK);
	default:	return 0;
	}
}

static unsigned long row_value(const struct vmstat_row *row)
{
	unsigned long sum = 0;
	int nid;

	if (row->kind == ROW_EVENT)
		return vm_event(row->item);
	if (row->kind == ROW_FN)
		return row->fn();
	for_each_online_node(nid)
		sum += node_row(NODE_DATA(nid), row);
	return sum;
}

void vmstat_for_each(void (*fn)(const char *name, unsigned long value, void *arg), void *arg)
{
	for (size_t i = 0; i < ARRAY_SIZE(vmstat_rows); i++)
		fn(vmstat_rows[i].name, row_value(&vmstat_rows[i]), arg);
}

/*
 * Up to the first row that is the whole system's. Events are not counted by node: the few among
 * these rows are shown where the one node is the system.
 */
void vmstat_for_each_of_node(pg_data_t *pgdat,
			     void (*fn)(const char *name, unsigned long value, void *arg),
			     void *arg)
{
	for (const struct vmstat_row *row = vmstat_rows; row->kind != ROW_FN; row++) {
		if (row->kind != ROW_EVENT)
			fn(row->name, node_row(pgdat, row), arg);
		else if (nr_online_nodes == 1)
			fn(row->name, vm_event(row->item), arg);
	}
}
