/* SPDX-License-Identifier: MIT */
/*
 * The LRU lists, and reclaim's entry points.
 *
 * Linux: include/linux/swap.h, mm/swap.c. Differs: no per-hart batches on the
 * way in, so the lists and counts are exact at any moment; batched on free.
 */
#pragma once
#include "mm/mm.h"

/* folio_add_lru() - on the list its flags say; takes lru_lock. Any context but irq. */
void folio_add_lru(struct folio *f);
/* folio_add_lru_vma() - the same for a new page of vma; VM_LOCKED: unevictable. */
void folio_add_lru_vma(struct folio *f, struct vm_area_struct *vma);
void folio_mark_accessed(struct folio *f);	/* inactive -> referenced -> active */
void folio_activate(struct folio *f);
void folio_deactivate(struct folio *f);		/* MADV_COLD */
/* folio_mark_lazyfree() - MADV_FREE: swapbacked off, to the inactive file list. */
void folio_mark_lazyfree(struct folio *f);
void folio_rotate_reclaimable(struct folio *f);	/* end of writeback of a PG_reclaim folio */
void lru_del_folio(struct folio *f);		/* off its list if on one; takes the lock */
/* folio_isolate_lru(), putback - take one folio off with a reference; put it back, drop it. */
bool folio_isolate_lru(struct folio *f);
void folio_putback_lru(struct folio *f);
/*
 * release_pages() - folio_put() on many at once: one lru_lock round, one trip to the
 * per-hart list. The array is used up.
 */
void release_pages(struct page **pages, int nr);
unsigned long lru_pages(enum lru_list lru);	/* all nodes */

/* ---- reclaim (mm/vmscan.c) ---- */
/* try_to_free_pages() - direct reclaim for an allocation: pages freed. => may sleep. */
unsigned long try_to_free_pages(struct zonelist *zl, unsigned int order, gfp_t gfp);
void wakeup_kswapd(struct zone *zone, gfp_t gfp, unsigned int order);	/* any context */
void kswapd_run(int nid);
extern int vm_swappiness;			/* 0..200 */
/* shrink_all_memory() - drop_caches-like help for tests: reclaim n pages now; pages freed. */
unsigned long shrink_all_memory(unsigned long nr);
/* mm_check_lru() - lists, flags and counters agree (debug, tests). */
void mm_check_lru(void);
/* ---- mm/workingset.c ---- */
/* workingset_eviction() - the shadow (a value entry) to leave where f was. => f locked. */
void *workingset_eviction(struct folio *f);
/* workingset_refault() - f is read again and its shadow was there: young ones become active. */
void workingset_refault(struct folio *f, void *shadow);
