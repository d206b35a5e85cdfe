/* SPDX-License-Identifier: MIT */
/*
 * Orphans of the swap cache: folios whose last PTE went while they were being written,
 * read ahead or looked at by reclaim. Whoever dropped that PTE could not wait for
 * them, often with page_table_lock held. They would be found by the next reclaim, which
 * may be long in coming; and a process that has ended should leave nothing behind.
 *
 * So their entries are noted in a ring, and kswapd tries them again until it succeeds.
 * An entry may have found a new owner meanwhile; then there is nothing to do. If the
 * ring is full an entry is forgotten, and reclaim is what remains.
 *
 * Locks: orphan_lock (RANK_SWAP, a leaf), taken with page_table_lock held.
 *
 * Linux: none; there such pages wait for reclaim.
 */
#include "mm/reclaim.h"
#include "mm/swap_internal.h"

#define MAX_ORPHANS	512

static DEFINE_SPINLOCK(orphan_lock, RANK_SWAP);
static swp_entry_t orphans[MAX_ORPHANS];
static unsigned int first, nr;			/* (orphan_lock) the ring's content */

void swap_note_orphan(swp_entry_t e)
{
	spin_lock(&orphan_lock);
	if (nr < MAX_ORPHANS)
		orphans[(first + nr++) % MAX_ORPHANS] = e;
	spin_unlock(&orphan_lock);
	wake_up_interruptible(&NODE_DATA(0)->kswapd_wait);
}

bool swap_has_orphans(void)
{
	return READ_ONCE(nr);
}

static bool next_orphan(swp_entry_t *e)
{
	bool found;

	spin_lock(&orphan_lock);
	found = nr;
	if (found) {
		*e = orphans[first];
		first = (first + 1) % MAX_ORPHANS;
		nr--;
	}
	spin_unlock(&orphan_lock);
	return found;
}

/* Each one that is there now once: those still busy are noted again by swap_drop_cached(). */
void swap_free_orphans(void)
{
	unsigned int todo = READ_ONCE(nr);
	swp_entry_t e;

	while (todo-- && next_orphan(&e))
		if (!swp_swapcount(e))
			(void)swap_drop_cached(e);
}
