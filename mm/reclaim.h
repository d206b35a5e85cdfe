/* SPDX-License-Identifier: MIT */
/*
 * What the files of reclaim share with each other: lru.c (lists), vmscan.c (how much
 * of which list), shrink_folio.c (one folio at a time), kswapd.c (when), page_io.c
 * (waiting for swap-out).
 *
 * Linux: struct scan_control in mm/vmscan.c, mm/internal.h.
 */
#pragma once
#include "mm/lru.h"
#include "mm/swap.h"
#include "mm/writeback.h"

#define DEF_PRIORITY	12	/* scan 1/4096 of each list, then 1/2048, ... */

/* scan_control - one run of reclaim. The caller fills in the first part, the run the second. */
struct scan_control {
	gfp_t gfp;			/* what the allocation allows: __GFP_IO, __GFP_FS */
	unsigned int order;
	unsigned long nr_to_reclaim;
	bool kswapd;			/* statistics; may wait for the disk longer */
	bool may_swap;

	int priority;			/* DEF_PRIORITY down to 0 */
	unsigned long nr_scanned, nr_reclaimed;
	unsigned long nr_queued;	/* folios whose write-out was started or is under way */
	unsigned long nr_dirty;		/* folios that the flusher is to write */
};

/*
 * isolate_lru_folios() - take folios from the tail of a list, at most nr_to_scan looked at:
 * each has a reference and is on dst. => number taken; *nr_scanned looked at.
 */
unsigned long isolate_lru_folios(struct lruvec *lv, enum lru_list lru, unsigned long nr_to_scan,
				 struct list_head *dst, unsigned long *nr_scanned);
/* putback_lru_folios() - back to the lists their flags name, and drop our reference. */
void putback_lru_folios(struct lruvec *lv, struct list_head *list);

/*
 * shrink_folio_list() - try to free at most 32 isolated folios: number freed. What is left on the
 * list is to be put back. => may start I/O; waits for nothing.
 */
unsigned long shrink_folio_list(struct list_head *list, struct scan_control *sc);

/* shrink_node() - one pass over the lists of a node, at sc->priority. */
void shrink_node(pg_data_t *pgdat, struct scan_control *sc);
/* shrink_slab() - dentries, inodes, empty slabs; each pass takes more as priority falls. */
unsigned long shrink_slab(const struct scan_control *sc);

/*
 * throttle_direct_reclaim() - wait for kswapd while the reserves are nearly gone: true if a
 * fatal signal came meanwhile.
 */
bool throttle_direct_reclaim(struct zonelist *zl, gfp_t gfp);

/* reclaim_wait_io() - sleep until some pages have been written, a tick or two at most. */
static inline void reclaim_wait_io(void) { writeback_wait(2); }

/* Folios of the swap cache that nobody wants and that are busy (swap_orphan.c); kswapd's work. */
bool swap_has_orphans(void);
void swap_free_orphans(void);

/* workingset_activation() - a folio became active: others got older by one. */
void workingset_activation(struct folio *f);
