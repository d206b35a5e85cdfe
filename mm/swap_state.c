/* SPDX-License-Identifier: MIT */
/*
 * The swap cache: folios that have a slot, found by the slot.
 *
 * It is where everybody meets who wants the same page: a process that faults while
 * the page is still being written takes it from here; processes that share a slot get
 * the same folio; two faults on one slot start one read.
 *
 * Invariants: a folio in the cache has PG_swapcache, private = its entry, a reference
 * for being here, and its slot has SWAP_HAS_CACHE. The claim on the slot is taken before
 * the folio is inserted and given back after it is removed, so that there is never more
 * than one folio a slot. Insertion and removal need the folio lock.
 *
 * Locks: folio lock; the area's cache.i_pages_lock, a leaf but for the LRU's. The slot's
 * lock ranks above it: it is never taken inside.
 *
 * Linux: mm/swap_state.c. Differs: one tree an area, no shadows of evicted pages, read-ahead
 * by slot only.
 */
#include "kernel/sched.h"
#include "mm/lru.h"
#include "mm/swap_internal.h"
#include "mm/vmstat.h"

int page_cluster = 3;

unsigned long total_swapcache_pages(void)
{
	unsigned long sum = 0;
	int nid;

	for_each_online_node(nid)
		sum += node_page_state(NODE_DATA(nid), NR_SWAPCACHE);
	return sum;
}

/* As in Linux, the swap cache is part of nr_file_pages; "Cached" subtracts it again. */
static void count_swapcache(struct folio *f, long delta)
{
	pg_data_t *pgdat = page_pgdat(&f->page);

	mod_node_page_state(pgdat, NR_SWAPCACHE, delta);
	mod_node_page_state(pgdat, NR_FILE_PAGES, delta);
}

/* ---- in and out ---- */

/* => f locked, the slot claimed. 0 or -ENOMEM. */
static int add_to_swap_cache(struct folio *f, swp_entry_t e, gfp_t gfp)
{
	struct address_space *cache = &swap_entry_info(e)->cache;
	struct xa_preload pre = XA_PRELOAD_INIT;
	int err;

	VM_BUG_ON(!folio_test(f, PG_locked) || folio_test(f, PG_swapcache));
	folio_get(f);
	f->private = e.val;
	folio_set(f, PG_swapcache);
	do {
		spin_lock(&cache->i_pages_lock);
		err = xa_store_preload(&cache->i_pages, swp_offset(e), f, &pre);
		if (!err)
			cache->nrpages++;
		spin_unlock(&cache->i_pages_lock);
	} while (err == -ENOMEM && !xa_preload_fill(&pre, gfp));
	xa_preload_drain(&pre);
	if (err) {
		folio_clear(f, PG_swapcache);
		f->private = 0;
		folio_put(f);
		return err;
	}
	count_swapcache(f, 1);
	return 0;
}

/* => i_pages_lock held. */
static void __delete_from_swap_cache(struct folio *f, struct address_space *cache)
{
	void *old = xa_erase(&cache->i_pages, swp_offset(folio_swap_entry(f)));

	VM_BUG_ON(old != f);
	cache->nrpages--;
	folio_clear(f, PG_swapcache);
	folio_clear(f, PG_reclaim);
}

/* A slot that could not be written or read is not offered again. */
static void retire_slot(swp_entry_t e)
{
	struct swap_info *si = swap_entry_info(e);

	spin_lock(&si->lock);
	if (!swap_slot_mark_bad(&si->slots, swp_offset(e))) {
		si->pages--;
		atomic_long_dec(&nr_total_swap_pages);
	} else {
		(void)!swap_slot_put(&si->slots, swp_offset(e), SWAP_HAS_CACHE);
	}
	spin_unlock(&si->lock);
}

/* What follows a removal, without locks. => the caller has a reference of his own. */
static void swap_cache_removed(struct folio *f)
{
	swp_entry_t e = folio_swap_entry(f);

	f->private = 0;
	count_swapcache(f, -1);
	if (unlikely(folio_test_clear(f, PG_error)))
		retire_slot(e);
	else
		swapcache_free(e);
	folio_put(f);
}

void delete_from_swap_cache(struct folio *f)
{
	struct address_space *cache = &swap_entry_info(folio_swap_entry(f))->cache;

	VM_BUG_ON(!folio_test(f, PG_locked) || !folio_test(f, PG_swapcache));
	VM_BUG_ON(folio_test(f, PG_writeback));
	spin_lock(&cache->i_pages_lock);
	__delete_from_swap_cache(f, cache);
	spin_unlock(&cache->i_pages_lock);
	swap_cache_removed(f);
}

/*
 * Whoever else wants the folio takes his reference under the lock of the cache (or
 * through a PTE, and there is none): with 2, the cache's and ours, nobody has.
 */
bool reclaim_swap_cache(struct folio *f)
{
	struct address_space *cache = &swap_entry_info(folio_swap_entry(f))->cache;
	bool alone;

	VM_BUG_ON(!folio_test(f, PG_locked) || !folio_test(f, PG_swapcache));
	spin_lock(&cache->i_pages_lock);
	alone = folio_ref_count(f) == 2 && !folio_mapped(f) && !folio_test(f, PG_dirty) &&
		!folio_test(f, PG_writeback);
	if (alone)
		__delete_from_swap_cache(f, cache);
	spin_unlock(&cache->i_pages_lock);
	if (alone)
		swap_cache_removed(f);
	return alone;
}

bool folio_free_swap(struct folio *f)
{
	VM_BUG_ON(!folio_test(f, PG_locked));
	if (!folio_test(f, PG_swapcache) || folio_test(f, PG_writeback))
		return false;
	if (swp_swapcount(folio_swap_entry(f)))
		return false;
	delete_from_swap_cache(f);
	folio_set(f, PG_dirty);		/* memory has the only copy now */
	return true;
}

bool add_to_swap(struct folio *f)
{
	swp_entry_t e = get_swap_page(f);

	if (!e.val)
		return false;
	/* Half of the reserve may go into the tree: swapping out is what refills it. */
	if (add_to_swap_cache(f, e, __GFP_HIGH | __GFP_NOMEMALLOC | __GFP_NOWARN)) {
		swapcache_free(e);
		return false;
	}
	folio_clear(f, PG_error);
	/* There is no copy on disk yet, whatever the D bits of its PTEs say. */
	folio_set(f, PG_dirty);
	return true;
}

/* ---- looking up ---- */

/* The cache's reference cannot go while we hold its lock: a plain get is enough. */
struct folio *swap_cache_lookup(swp_entry_t e)
{
	struct address_space *cache = &swap_entry_info(e)->cache;
	struct folio *f;

	spin_lock(&cache->i_pages_lock);
	f = xa_load(&cache->i_pages, swp_offset(e));
	if (f)
		folio_get(f);
	spin_unlock(&cache->i_pages_lock);
	return f;
}

/* Called under page_table_lock too: it must not wait for the folio. */
bool swap_drop_cached(swp_entry_t e)
{
	struct folio *f = swap_cache_lookup(e);
	bool dropped = false;

	if (!f)
		return false;
	if (folio_mapped(f))
		goto out;
	if (folio_trylock(f)) {
		if (folio_test(f, PG_swapcache) && folio_swap_entry(f).val == e.val)
			dropped = folio_free_swap(f);
		folio_unlock(f);
	}
	if (!dropped && !swp_swapcount(e))
		swap_note_orphan(e);
out:
	folio_put(f);
	return dropped;
}

/* Not locked: what is read here may be old, swap_drop_cached() looks again. */
void free_swap_cache(struct folio *f)
{
	if (!folio_mapped(f) && !swp_swapcount(folio_swap_entry(f)))
		(void)swap_drop_cached(folio_swap_entry(f));
}

/*
 * How far to read ahead: hits since the last look make the window grow, none make it
 * shrink; neighbours in a row keep it at two at least.
 */
static atomic_t readahead_hits = ATOMIC_INIT(4);

struct folio *swap_cache_get_folio(swp_entry_t e)
{
	struct folio *f = swap_cache_lookup(e);

	/* Outside of writeback PG_reclaim marks a folio that was read ahead. */
	if (f && folio_test(f, PG_reclaim) && !folio_test(f, PG_writeback) &&
	    folio_test_clear(f, PG_reclaim)) {
		count_vm_event(SWAP_RA_HIT);
		atomic_inc(&readahead_hits);
	}
	return f;
}

/* ---- reading ---- */

/* A claimed slot gets a new folio, locked, on the LRU. -ENOMEM: the claim is given back. */
static int new_cache_folio(swp_entry_t e, gfp_t gfp, struct folio **fp)
{
	struct page *page = alloc_page(gfp);
	struct folio *f;

	if (!page)
		goto err_claim;
	f = page_folio(page);
	f->flags |= BIT(PG_locked) | BIT(PG_swapbacked);
	if (add_to_swap_cache(f, e, gfp & ~__GFP_MOVABLE))
		goto err_folio;
	folio_add_lru(f);
	*fp = f;
	return 0;

err_folio:
	folio_unlock(f);
	folio_put(f);
err_claim:
	swapcache_free(e);
	return -ENOMEM;
}

/* => *fp referenced; *new: it is locked and the caller must read it. 0, -ENOENT, -ENOMEM. */
static int find_or_claim(swp_entry_t e, gfp_t gfp, struct folio **fp, bool *new)
{
	int err;

	*new = false;
	/* swapoff would rather fail than have somebody killed for it. */
	if (current->flags & PF_OOM_ORIGIN)
		gfp |= __GFP_NORETRY | __GFP_NOWARN;
	for (;;) {
		*fp = swap_cache_lookup(e);
		if (*fp)
			return 0;
		err = swapcache_prepare(e);
		if (!err)
			break;
		if (err != -EEXIST)
			return err;
		/* Somebody has claimed it and not inserted the folio yet, or just removed it. */
		yield();
	}
	err = new_cache_folio(e, gfp, fp);
	*new = !err;
	return err;
}

int read_swap_cache_async(swp_entry_t e, gfp_t gfp, struct folio **fp)
{
	bool new;
	int err = find_or_claim(e, gfp, fp, &new);

	return !err && new ? swap_read_folio(*fp) : err;
}

/* ---- read-ahead ---- */

/* A power of two, at most 2^page_cluster, and never less than half of the last one. */
static unsigned long readahead_window(unsigned long offset)
{
	static unsigned long prev_offset;
	static atomic_t last_window;
	unsigned long max = 1UL << page_cluster, last = atomic_read(&last_window), window;
	unsigned int hits = atomic_xchg(&readahead_hits, 0);

	if (max <= 1)
		return 1;
	window = hits + 2;
	if (window == 2) {
		if (offset != prev_offset + 1 && offset != prev_offset - 1)
			window = 1;
	} else {
		window = roundup_pow_of_two(max(window, 4UL));
	}
	prev_offset = offset;
	window = max(min(window, max), last / 2);
	atomic_set(&last_window, (int)window);
	return window;
}

/* A neighbour that is in use and not cached: start to read it. */
static void read_neighbour(swp_entry_t e, struct swap_read_plug *plug)
{
	gfp_t gfp = GFP_NOWAIT | __GFP_NORETRY;
	struct folio *f;

	if (swapcache_prepare(e) || new_cache_folio(e, gfp, &f))
		return;
	folio_set(f, PG_reclaim);
	count_vm_event(SWAP_RA);
	swap_plug_read(plug, f);
	folio_put(f);
}

int swapin_readahead(swp_entry_t e, gfp_t gfp, struct folio **fp)
{
	struct swap_info *si = swap_entry_info(e);
	unsigned long off = swp_offset(e), window = readahead_window(off);
	unsigned long start = max(off & ~(window - 1), 1UL), end = off | (window - 1);
	struct swap_read_plug plug = { NULL };
	bool new;
	/* First the one that is wanted: only for it may we wait for memory. */
	int err = find_or_claim(e, gfp, fp, &new);

	if (err || !new)
		return err;
	end = min(end, READ_ONCE(si->slots.max) - 1);
	for (; start <= end; start++) {
		if (start == off)
			swap_plug_read(&plug, *fp);
		else
			read_neighbour(swp_entry(si->type, start), &plug);
	}
	swap_plug_submit(&plug);
	return 0;
}
