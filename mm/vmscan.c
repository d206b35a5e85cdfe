/* SPDX-License-Identifier: MIT */
/*
 * Reclaim: how much of which list to look at.
 *
 * A pass at priority p looks at 1/2^p of each list: at first little, and twice as
 * much each time that was not enough. How the effort is divided between anonymous
 * and file pages follows from vm.swappiness and from what each has cost lately:
 * pages that had to be written or put back count against their kind.
 *
 *	active list  --(inactive is low: oldest, not just used)-->  inactive list
 *	inactive list  --(shrink_folio_list)-->  freed, put back, or activated
 *
 * Direct reclaim (try_to_free_pages) is run by a task that wants memory and stops as
 * soon as it has 32 pages. kswapd (kswapd.c) runs in the background.
 *
 * Invariants: folios are on at most one list; those taken off always come back or are
 * freed, and those of an inactive list are counted in NR_ISOLATED_* meanwhile. Who
 * reclaims has PF_MEMALLOC, so it never enters reclaim again.
 *
 * Locks: lru_lock in lru.c, for 32 folios at a time; nothing is held in between.
 *
 * Linux: mm/vmscan.c, shrink_lruvec(), get_scan_count(), shrink_inactive_list(),
 * shrink_active_list(), do_try_to_free_pages(). Differs: no memcg, no multi-gen LRU.
 */
#include "kernel/fs/fs.h"
#include "kernel/trace/trace.h"
#include "mm/filemap.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"
#include "mm/slab_internal.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"

int vm_swappiness = 60;

static bool is_file(enum lru_list lru) { return lru >= LRU_INACTIVE_FILE; }

/* With no slot left, those can still go that have one: as soon as the disk has them. */
static bool can_reclaim_anon(const struct scan_control *sc)
{
	return CONFIG_MMU && sc->may_swap &&
	       (mem_has_swap_space() || total_swapcache_pages() > SWAP_CLUSTER_MAX);
}

static unsigned long int_sqrt(unsigned long x)
{
	unsigned long root = 0;

	while ((root + 1) * (root + 1) <= x)
		root++;
	return root;
}

/*
 * Is the inactive list too short to tell old pages from new? On small machines half
 * of all pages should be inactive, on large ones fewer are enough.
 */
static bool inactive_is_low(const struct lruvec *lv, enum lru_list inactive)
{
	unsigned long nr_inactive = READ_ONCE(lv->nr[inactive]);
	unsigned long nr_active = READ_ONCE(lv->nr[inactive + 1]);
	unsigned long gib = (nr_inactive + nr_active) >> (30 - PAGE_SHIFT);

	return nr_inactive * (gib ? int_sqrt(10 * gib) : 1) < nr_active;
}

/* ---- what the last rounds have cost ---- */

static void lru_note_cost(struct lruvec *lv, bool file, unsigned long cost)
{
	unsigned long size = 0;

	for (int lru = 0; lru < LRU_UNEVICTABLE; lru++)
		size += READ_ONCE(lv->nr[lru]);
	spin_lock(&lv->lru_lock);
	if (file)
		lv->file_cost += cost;
	else
		lv->anon_cost += cost;
	/* The past fades: else an hour of writing files would decide for ever. */
	if (lv->file_cost + lv->anon_cost > size / 4) {
		lv->file_cost /= 2;
		lv->anon_cost /= 2;
	}
	spin_unlock(&lv->lru_lock);
}

/* ---- one batch ---- */

static void count_scan(const struct scan_control *sc, bool file, unsigned long scanned)
{
	count_vm_events(sc->kswapd ? PGSCAN_KSWAPD : PGSCAN_DIRECT, scanned);
	count_vm_events(file ? PGSCAN_FILE : PGSCAN_ANON, scanned);
}

static void count_steal(const struct scan_control *sc, bool file, unsigned long freed)
{
	count_vm_events(sc->kswapd ? PGSTEAL_KSWAPD : PGSTEAL_DIRECT, freed);
	count_vm_events(file ? PGSTEAL_FILE : PGSTEAL_ANON, freed);
}

/* With most of a list in the hands of others, its rest says nothing about its age. */
static bool too_many_isolated(pg_data_t *pgdat, bool file, const struct scan_control *sc)
{
	struct lruvec *lv = &pgdat->lruvec;

	if (sc->kswapd)
		return false;
	return node_page_state(pgdat, file ? NR_ISOLATED_FILE : NR_ISOLATED_ANON) >
	       READ_ONCE(lv->nr[file ? LRU_INACTIVE_FILE : LRU_INACTIVE_ANON]) + SWAP_CLUSTER_MAX;
}

static void shrink_inactive_list(pg_data_t *pgdat, enum lru_list lru, unsigned long nr_to_scan,
				 struct scan_control *sc)
{
	enum node_stat_item isolated = is_file(lru) ? NR_ISOLATED_FILE : NR_ISOLATED_ANON;
	unsigned long scanned, taken, freed, queued = sc->nr_queued;
	LIST_HEAD(list);

	VM_BUG_ON(lru != LRU_INACTIVE_ANON && lru != LRU_INACTIVE_FILE);
	if (too_many_isolated(pgdat, is_file(lru), sc))
		reclaim_wait_io();
	taken = isolate_lru_folios(&pgdat->lruvec, lru, nr_to_scan, &list, &scanned);
	sc->nr_scanned += scanned;
	count_scan(sc, is_file(lru), scanned);
	if (!taken)
		return;
	mod_node_page_state(pgdat, isolated, taken);
	freed = shrink_folio_list(&list, sc);
	VM_BUG_ON(freed > taken);
	putback_lru_folios(&pgdat->lruvec, &list);
	mod_node_page_state(pgdat, isolated, -(long)taken);
	count_steal(sc, is_file(lru), freed);
	trace_shrink(TRACE_SHRINK_INACTIVE, lru, scanned, freed);
	lru_note_cost(&pgdat->lruvec, is_file(lru),
		      taken - freed + (sc->nr_queued - queued) * SWAP_CLUSTER_MAX);
}

/* Was an active page used? Programs' text gets another round, all else moves on. */
static bool keep_active(struct folio *f)
{
	unsigned long vm_flags = 0;
	int referenced;

	if (!CONFIG_MMU || !folio_trylock(f))
		return false;
	referenced = folio_referenced(f, &vm_flags);
	folio_unlock(f);
	return referenced && (vm_flags & VM_EXEC) && !folio_test(f, PG_swapbacked);
}

static void shrink_active_list(pg_data_t *pgdat, enum lru_list lru, unsigned long nr_to_scan)
{
	unsigned long scanned, taken, deactivated = 0;
	struct folio *f;
	LIST_HEAD(list);

	taken = isolate_lru_folios(&pgdat->lruvec, lru, nr_to_scan, &list, &scanned);
	VM_BUG_ON(taken > scanned);
	count_vm_events(PGREFILL, scanned);
	if (!taken)
		return;
	list_for_each_entry(f, &list, lru) {
		if (keep_active(f))
			continue;
		folio_clear(f, PG_active);
		trace_lru_move(f, lru, lru - 1);	/* put there below */
		folio_set(f, PG_workingset);
		deactivated++;
	}
	VM_BUG_ON(deactivated > taken);
	putback_lru_folios(&pgdat->lruvec, &list);
	count_vm_events(PGDEACTIVATE, deactivated);
	trace_shrink(TRACE_SHRINK_ACTIVE, lru, scanned, deactivated);
}

/* An active list only gives when its inactive one is short. */
static void shrink_list(pg_data_t *pgdat, enum lru_list lru, unsigned long nr_to_scan,
			struct scan_control *sc)
{
	bool active = lru == LRU_ACTIVE_ANON || lru == LRU_ACTIVE_FILE;

	if (!active)
		shrink_inactive_list(pgdat, lru, nr_to_scan, sc);
	else if (inactive_is_low(&pgdat->lruvec, lru - 1))
		shrink_active_list(pgdat, lru, nr_to_scan);
}

/* ---- how much of each ---- */

struct scan_balance {
	unsigned long anon, file;	/* parts of anon + file */
};

static struct scan_balance balance_by_cost(const struct lruvec *lv)
{
	unsigned long total = READ_ONCE(lv->anon_cost) + READ_ONCE(lv->file_cost);
	/* Both count at least half: no kind is ever left alone completely. */
	unsigned long anon_cost = total + READ_ONCE(lv->anon_cost);
	unsigned long file_cost = total + READ_ONCE(lv->file_cost);

	total = anon_cost + file_cost;
	return (struct scan_balance){
		.anon = vm_swappiness * (total + 1) / (anon_cost + 1),
		.file = (200 - vm_swappiness) * (total + 1) / (file_cost + 1),
	};
}

/* So few file pages that dropping all of them would not lift the zones above high. */
static bool file_is_tiny(pg_data_t *pgdat)
{
	unsigned long high = 0, pages = READ_ONCE(pgdat->lruvec.nr[LRU_ACTIVE_FILE]) +
					READ_ONCE(pgdat->lruvec.nr[LRU_INACTIVE_FILE]);

	for (int i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *zone = &pgdat->node_zones[i];

		if (!atomic_long_read(&zone->managed_pages))
			continue;
		high += zone->_watermark[WMARK_HIGH];
		pages += zone_free_pages(zone);
	}
	return pages <= high;
}

static struct scan_balance get_balance(pg_data_t *pgdat, const struct scan_control *sc)
{
	const struct lruvec *lv = &pgdat->lruvec;
	unsigned long inactive_file = READ_ONCE(lv->nr[LRU_INACTIVE_FILE]);

	if (!can_reclaim_anon(sc) || !vm_swappiness)
		return (struct scan_balance){ .file = 1 };
	if (file_is_tiny(pgdat))
		return (struct scan_balance){ .anon = 1 };
	if (!sc->priority)
		return (struct scan_balance){ .anon = 1, .file = 1 };
	/* Plenty of file pages that were used once: take those and leave processes alone. */
	if (inactive_file >> sc->priority && !inactive_is_low(lv, LRU_INACTIVE_FILE))
		return (struct scan_balance){ .file = 1 };
	return balance_by_cost(lv);
}

static void get_scan_count(pg_data_t *pgdat, const struct scan_control *sc,
			   unsigned long nr[LRU_UNEVICTABLE])
{
	struct scan_balance b = get_balance(pgdat, sc);

	VM_BUG_ON(sc->priority < 0 || sc->priority > DEF_PRIORITY);
	for (int lru = 0; lru < LRU_UNEVICTABLE; lru++) {
		unsigned long size = READ_ONCE(pgdat->lruvec.nr[lru]);
		unsigned long part = is_file(lru) ? b.file : b.anon;
		unsigned long scan = size >> sc->priority;

		/* A short list would round to nothing until the last pass. */
		if (!scan && sc->priority < DEF_PRIORITY)
			scan = min_t(unsigned long, size, SWAP_CLUSTER_MAX);
		if (b.anon && b.file)
			scan = DIV_ROUND_UP(scan * part, b.anon + b.file);
		else if (!part)
			scan = 0;
		nr[lru] = scan;
	}
}

/* Not the active anonymous list: it is aged at the end in any case. */
static bool scan_left(const unsigned long nr[LRU_UNEVICTABLE])
{
	return nr[LRU_INACTIVE_ANON] || nr[LRU_INACTIVE_FILE] || nr[LRU_ACTIVE_FILE];
}

static void shrink_lruvec(pg_data_t *pgdat, struct scan_control *sc)
{
	unsigned long nr[LRU_UNEVICTABLE];

	get_scan_count(pgdat, sc, nr);
	while (scan_left(nr) && sc->nr_reclaimed < sc->nr_to_reclaim) {
		for (int lru = 0; lru < LRU_UNEVICTABLE; lru++) {
			unsigned long batch = min_t(unsigned long, nr[lru], SWAP_CLUSTER_MAX);

			nr[lru] -= batch;
			if (batch)
				shrink_list(pgdat, lru, batch, sc);
		}
		cond_resched();
	}
	/* Even if nothing was taken from it: its inactive end must be known when it is needed. */
	if (can_reclaim_anon(sc) && inactive_is_low(&pgdat->lruvec, LRU_INACTIVE_ANON))
		shrink_active_list(pgdat, LRU_ACTIVE_ANON, SWAP_CLUSTER_MAX);
}

/* ---- objects ---- */

/* Empty slabs are worth an IPI to all harts only when pages do not come easily. */
#define SLAB_PRIORITY	(DEF_PRIORITY / 2)

unsigned long shrink_slab(const struct scan_control *sc)
{
	unsigned long freed = 0, dentries;

	/* Freeing an inode may wait for locks that a file system holds while it allocates. */
	if (sc->gfp & __GFP_FS) {
		dentries = dcache_shrink((SWAP_CLUSTER_MAX << (DEF_PRIORITY - sc->priority)) *
					 (unsigned long)sysctl_vfs_cache_pressure / 100);
		count_vm_events(SLABS_SCANNED, dentries);
	}
	if (sc->priority > SLAB_PRIORITY)
		return 0;
	freed += vmap_stack_purge();
	/* Whoever holds the mutex may be the task we reclaim for. */
	if (!mutex_is_locked(&slab_mutex))
		freed += slab_shrink_all();
	return freed;
}

void shrink_node(pg_data_t *pgdat, struct scan_control *sc)
{
	shrink_lruvec(pgdat, sc);
	sc->nr_reclaimed += shrink_slab(sc);
	/* Somebody gave kswapd up for this node: pages come free again. */
	if (sc->nr_reclaimed)
		WRITE_ONCE(pgdat->kswapd_failures, 0);
}

/* ---- direct reclaim ---- */

static void shrink_zones(struct zonelist *zl, struct scan_control *sc)
{
	unsigned long seen = 0;

	for (struct zone **z = zl->zones; *z; z++) {
		pg_data_t *pgdat = (*z)->zone_pgdat;

		if (seen & 1UL << pgdat->node_id)
			continue;
		seen |= 1UL << pgdat->node_id;
		shrink_node(pgdat, sc);
	}
}

static void do_try_to_free_pages(struct zonelist *zl, struct scan_control *sc)
{
	for (sc->priority = DEF_PRIORITY; sc->priority >= 0; sc->priority--) {
		sc->nr_queued = sc->nr_dirty = 0;
		shrink_zones(zl, sc);
		if (sc->nr_reclaimed >= sc->nr_to_reclaim)
			break;
		/* Better to wait for what is on its way to the disk than to take younger pages. */
		if (sc->nr_queued || sc->nr_dirty)
			reclaim_wait_io();
	}
}

unsigned long try_to_free_pages(struct zonelist *zl, unsigned int order, gfp_t gfp)
{
	struct scan_control sc = {
		.gfp = gfp, .order = order, .may_swap = true,
		.nr_to_reclaim = max_t(unsigned long, SWAP_CLUSTER_MAX, 1UL << order),
	};

	VM_BUG_ON(!(current->flags & PF_MEMALLOC));
	if (throttle_direct_reclaim(zl, gfp))
		return 1;	/* a fatal signal came: the allocation may use reserves now */
	/* The time between the two is what the allocation has to wait. */
	trace_write(TRACE_RECLAIM_BEGIN, order, gfp);
	do_try_to_free_pages(zl, &sc);
	trace_write(TRACE_RECLAIM_END, sc.nr_reclaimed, 0);
	return sc.nr_reclaimed;
}

unsigned long shrink_all_memory(unsigned long nr)
{
	struct scan_control sc = {
		.gfp = GFP_KERNEL, .may_swap = true, .nr_to_reclaim = nr,
	};
	unsigned int had = current->flags & PF_MEMALLOC;

	current->flags |= PF_MEMALLOC;
	do_try_to_free_pages(&NODE_DATA(0)->node_zonelist, &sc);
	current->flags = (current->flags & ~PF_MEMALLOC) | had;
	return sc.nr_reclaimed;
}
