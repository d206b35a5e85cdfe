/* SPDX-License-Identifier: MIT */
/*
 * What reclaim does with one page it has taken off the LRU lists.
 *
 *	 1. locked by somebody, or being written             keep
 *	 2. used since we last looked (A bit, PG_referenced)   keep or activate
 *	 3. anonymous without a slot                           give it one (add_to_swap)
 *	 4. mapped                                             take it from all page tables
 *	 5. dirty                                              start to write it, keep
 *	 6. clean                                              out of its cache: freed
 *
 * Steps 1 to 4 are done for a batch of 32, then the TLBs of all harts concerned are
 * flushed once, then come steps 5 and 6: a page must not be written or freed while a hart
 * could still write to it. The folios stay locked in between. Dirty pages of files come last,
 * each alone: writepage() takes locks of its file system, and whoever has those may be waiting
 * for a page of the batch.
 *
 * A dirty page is met twice: the first time it is written, and when the disk is done
 * PG_reclaim brings it to the end of the list, where the second visit finds it clean.
 *
 * Invariants: the caller's reference keeps the folio; from step 2 on it is locked, so
 * its identity stays. It is freed only if references other than the cache's and ours
 * are none, tested under the lock of the cache, where any other would have been taken.
 *
 * Races: the flusher has a dirty page in hand: it is locked, and we let it be. A page is written
 * to between step 5 and 6: remove_mapping() looks at the dirty flag and the references again,
 * under the lock by which a writer gets his. A page loses its owner before we have its lock: then
 * nobody can reach it any more, and it is only freed. A dirty page of a file is cleaned or
 * truncated after the batch let go of it: write_file_folio() looks again.
 *
 * Locks: folio lock (tried only), then those of rmap, page tables, swap and caches.
 *
 * Linux: mm/vmscan.c, shrink_folio_list(), folio_check_references(), pageout(),
 * handle_write_error(). Differs: one function a step; file pages are written by direct
 * reclaim too, once it has become urgent. Until then the flusher is asked to.
 *
 * Ask yourself: why is the A bit looked at before the page gets a swap slot?
 */
#include <asm/tlbflush.h>
#include "kernel/sched.h"
#include "kernel/trace/trace.h"
#include "mm/filemap.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"

enum fate {
	FATE_GO_ON,		/* no reason yet to stop */
	FATE_KEEP,		/* back to the inactive list */
	FATE_ACTIVATE,
	FATE_QUEUED,		/* handed to the disk and unlocked */
	FATE_WRITE_LAST,	/* a file's: to be written when no folio is locked any more */
	FATE_FREE,		/* in no cache any more, only our reference is left */
};

static bool is_swapbacked_anon(const struct folio *f)
{
	return folio_test_anon(f) && folio_test(f, PG_swapbacked);
}

/* Step 2. */
static enum fate check_references(struct folio *f)
{
	unsigned long vm_flags = 0;
	int ptes = CONFIG_MMU ? folio_referenced(f, &vm_flags) : 0;
	bool referenced = folio_test_clear(f, PG_referenced);

	VM_BUG_ON(!folio_test(f, PG_locked));
	/* try_to_unmap() will find the VMA and move the folio to the unevictable list. */
	if (vm_flags & VM_LOCKED)
		return FATE_GO_ON;
	if (ptes) {
		folio_set(f, PG_referenced);
		if (referenced || ptes > 1)
			return FATE_ACTIVATE;
		if ((vm_flags & VM_EXEC) && !folio_test(f, PG_swapbacked))
			return FATE_ACTIVATE;
		return FATE_KEEP;
	}
	/* Read or written by system calls only: used once is not enough to stay. */
	return FATE_GO_ON;
}

/* Step 3. */
static enum fate give_slot(struct folio *f, const struct scan_control *sc)
{
	if (!is_swapbacked_anon(f) || folio_test(f, PG_swapcache))
		return FATE_GO_ON;
	if (!CONFIG_MMU || !sc->may_swap || !(sc->gfp & __GFP_IO))
		return FATE_KEEP;
	if (!mem_has_swap_space())
		return FATE_KEEP;	/* no sign of its being used */
	/* Somebody besides us and the PTEs holds it: it could not be freed in the end. */
	if (folio_ref_count(f) > folio_mapcount(f) + 1)
		return FATE_KEEP;
	return add_to_swap(f) ? FATE_GO_ON : FATE_ACTIVATE;
}

/* Step 4. The TLBs follow later, for a whole batch. */
static enum fate unmap(struct folio *f, struct tlb_batch *tlb)
{
	if (!CONFIG_MMU || !folio_mapped(f))
		return FATE_GO_ON;
	return try_to_unmap_batched(f, TTU_NONE, tlb) ? FATE_GO_ON : FATE_ACTIVATE;
}

static bool may_write(const struct folio *f, const struct scan_control *sc)
{
	/* Swap needs the block device only, a file may need locks of its file system. */
	if (folio_test(f, PG_swapbacked))
		return CONFIG_MMU && sc->may_swap && (sc->gfp & __GFP_IO);
	if (!(sc->gfp & __GFP_FS))
		return false;
	return sc->priority < DEF_PRIORITY - 2;
}

/* => unlocks the folio. Nothing is under way if its slot was given up, or the disk was quick. */
static void write_to_swap(struct folio *f, struct scan_control *sc)
{
	int err;

	mod_node_page_state(page_pgdat(&f->page), NR_VMSCAN_WRITE, 1);
	err = folio_test(f, PG_swapcache) ? swap_writepage(f) : shmem_writeout(f);
	if (!err && folio_test(f, PG_writeback))
		sc->nr_queued++;
}

/* Can a page of this mapping be written at all? */
static bool has_backing(struct folio *f)
{
	struct address_space *mapping = folio_mapping(f);

	if (folio_test(f, PG_swapcache) || folio_test(f, PG_swapbacked))
		return true;
	return mapping && mapping->a_ops && mapping->a_ops->writepage;
}

/*
 * In no cache and no family: truncated, or read ahead and then its slot was given up, after we had
 * taken it off its list. Nobody will look for its content again, dirty or not.
 */
static bool is_unreachable(const struct folio *f)
{
	return !f->mapping && !folio_test(f, PG_swapcache);
}

/* A page of tmpfs is the only copy, written to or not: it can never just be dropped. */
static bool must_be_written(const struct folio *f)
{
	if (is_unreachable(f))
		return false;
	return folio_test(f, PG_dirty) ||
	       (folio_test(f, PG_swapbacked) && !folio_test_anon(f) &&
		!folio_test(f, PG_swapcache));
}

/* Step 5. */
static enum fate pageout(struct folio *f, struct scan_control *sc)
{
	if (!must_be_written(f))
		return FATE_GO_ON;
	/* A lazyfree page that was written to after all: wanted again. */
	if (folio_test_anon(f) && !folio_test(f, PG_swapcache))
		return FATE_ACTIVATE;
	/* The disk refused it before. It stays in memory, with its data. */
	if (folio_test(f, PG_error) && folio_test(f, PG_swapcache))
		return FATE_ACTIVATE;
	if (!has_backing(f))
		return FATE_ACTIVATE;
	if (!folio_test(f, PG_uptodate))
		return FATE_KEEP;
	folio_set(f, PG_reclaim);
	/* The flusher writes whole files in order; a page alone is written if it is urgent. */
	if (!folio_test(f, PG_swapbacked)) {
		wakeup_flusher(true);
		sc->nr_dirty++;
	}
	if (!may_write(f, sc))
		return FATE_KEEP;
	if (!CONFIG_MMU || !folio_test(f, PG_swapbacked))
		return FATE_WRITE_LAST;
	write_to_swap(f, sc);
	return FATE_QUEUED;
}

/* Step 6. */
static enum fate remove(struct folio *f)
{
	struct address_space *mapping = folio_mapping(f);

	if (CONFIG_MMU && folio_test(f, PG_swapcache))
		return reclaim_swap_cache(f) ? FATE_FREE : FATE_KEEP;
	if (mapping)
		return remove_mapping(mapping, f) ? FATE_FREE : FATE_KEEP;
	/* Unreachable, or a lazyfree page. */
	if (folio_ref_count(f) != 1)
		return FATE_KEEP;
	if (folio_test_anon(f))
		count_vm_event(PGLAZYFREED);
	return FATE_FREE;
}

/* Steps 1 to 4. => f locked. FATE_GO_ON: no PTE maps it any more. */
static enum fate take_from_users(struct folio *f, struct scan_control *sc, struct tlb_batch *tlb)
{
	enum fate fate;

	VM_BUG_ON(folio_test(f, PG_lru) || folio_ref_count(f) <= 0);
	if (folio_test(f, PG_mlocked))
		return FATE_KEEP;
	if (folio_test(f, PG_writeback)) {
		folio_set(f, PG_reclaim);
		sc->nr_queued++;
		return FATE_KEEP;
	}
	fate = check_references(f);
	if (fate == FATE_GO_ON)
		fate = give_slot(f, sc);
	if (fate == FATE_GO_ON)
		fate = unmap(f, tlb);
	return fate;
}

/* Steps 5 and 6. => f locked, unmapped, in no TLB; unlocked on FATE_QUEUED. */
static enum fate write_or_free(struct folio *f, struct scan_control *sc)
{
	enum fate fate;

	/*
	 * The lock keeps faults on anonymous pages out. A page of a file may be mapped
	 * again, by filemap_map_pages(), which locks the tree and not the folio.
	 */
	VM_BUG_ON(!folio_test(f, PG_locked) || (folio_test_anon(f) && folio_mapped(f)));
	fate = pageout(f, sc);
	return fate == FATE_GO_ON ? remove(f) : fate;
}

/* It is wanted: then its swap slot may be of more use to others. */
static void activate(struct folio *f)
{
	if (CONFIG_MMU && folio_test(f, PG_swapcache) &&
	    (get_nr_swap_pages() * 2 < (long)total_swap_pages() || folio_test(f, PG_mlocked)))
		(void)folio_free_swap(f);
	if (folio_test(f, PG_mlocked))
		return;
	folio_set(f, PG_active);
	trace_lru_activate(f);
	count_vm_event(PGACTIVATE);
}

/* The end of a folio's visit, freed or not. => unlocks it. */
static void leave(struct folio *f, enum fate fate)
{
	VM_BUG_ON(fate != FATE_QUEUED && !folio_test(f, PG_locked));
	if (fate == FATE_ACTIVATE)
		activate(f);
	if (fate != FATE_QUEUED)
		folio_unlock(f);
}

/* First half, for all of list: those to go on with move to *unmapped, locked. */
static void unmap_folios(struct list_head *list, struct list_head *unmapped,
			 struct scan_control *sc)
{
	struct tlb_batch tlb = { 0 };
	struct folio *f, *next;

	/* From the end: the oldest was put there first. */
	list_for_each_entry_safe_reverse(f, next, list, lru) {
		enum fate fate;

		if (!folio_trylock(f))
			continue;
		fate = take_from_users(f, sc, &tlb);
		if (fate == FATE_GO_ON)
			list_move_tail(&f->lru, unmapped);
		else
			leave(f, fate);
	}
	if (CONFIG_MMU)
		tlb_batch_flush(&tlb);
}

/*
 * fsync() is to hear of it. f must be locked again for that, as since writepage() it may be
 * truncated and its inode gone.
 */
static void handle_write_error(struct folio *f, int err)
{
	folio_lock(f);
	if (folio_mapping(f))
		mapping_set_error(folio_mapping(f), err);
	folio_unlock(f);
}

/* The rest of step 5 for a page of a file. => no folio is locked, before and after. */
static void write_file_folio(struct folio *f, struct scan_control *sc)
{
	struct writeback_control wbc = { .nr_to_write = 1, .end = ULONG_MAX };
	int err;

	if (!folio_trylock(f))
		return;
	if (!f->mapping || folio_test(f, PG_writeback) || !folio_clear_dirty_for_io(f)) {
		folio_unlock(f);
		return;
	}
	mod_node_page_state(page_pgdat(&f->page), NR_VMSCAN_WRITE, 1);
	err = f->mapping->a_ops->writepage(f, &wbc);
	wbc_submit(&wbc);
	if (!err)
		sc->nr_queued++;
	else if (err != -ENOMEM)	/* then it is dirty again, and nothing is lost */
		handle_write_error(f, err);
}

/* Second half: those that stay go back to list. => number freed. */
static unsigned long free_folios(struct list_head *unmapped, struct list_head *list,
				 struct scan_control *sc)
{
	LIST_HEAD(to_write);
	struct page *freed[SWAP_CLUSTER_MAX];
	struct folio *f, *next;
	int nr = 0;

	list_for_each_entry_safe(f, next, unmapped, lru) {
		enum fate fate = write_or_free(f, sc);

		leave(f, fate);
		if (fate == FATE_FREE) {
			list_del(&f->lru);
			VM_BUG_ON(nr >= SWAP_CLUSTER_MAX);
			freed[nr++] = &f->page;
		} else if (fate == FATE_WRITE_LAST) {
			list_move_tail(&f->lru, &to_write);
		}
	}
	list_for_each_entry(f, &to_write, lru)
		write_file_folio(f, sc);
	list_splice(&to_write, list);
	list_splice(unmapped, list);
	release_pages(freed, nr);
	return nr;
}

unsigned long shrink_folio_list(struct list_head *list, struct scan_control *sc)
{
	unsigned long nr_freed;
	LIST_HEAD(unmapped);

	unmap_folios(list, &unmapped, sc);
	cond_resched();
	nr_freed = free_folios(&unmapped, list, sc);
	if (CONFIG_MMU)
		swap_write_flush();
	sc->nr_reclaimed += nr_freed;
	return nr_freed;
}
