/* SPDX-License-Identifier: MIT */
/*
 * Refault distance: was a page that is read again evicted too early?
 *
 * Each node has a clock that ticks once for every eviction and every activation. An
 * evicted file page leaves the time in its place in the page cache (a shadow). When
 * it is read again, clock - shadow tells how many pages went by meanwhile: so much
 * larger the inactive list would have had to be for the page to be still there. If
 * that is no more than what the active pages occupy, they compete with it for the
 * same memory, and it starts on the active list.
 *
 * Invariant: a shadow is a hint, kept in 62 bits or less: any value is harmless.
 * Locks: none; the clock is atomic.
 *
 * Linux: mm/workingset.c. Differs: file pages only, no limit on shadows (they go with
 * the inode), no NUMA-wide comparison.
 */
#include "mm/filemap.h"
#include "mm/reclaim.h"
#include "mm/vmstat.h"

#define EVICTION_BITS	48
#define EVICTION_MASK	((1UL << EVICTION_BITS) - 1)
#define WORKINGSET_BIT	(1UL << EVICTION_BITS)
#define SHADOW_NID_SHIFT (EVICTION_BITS + 1)

static atomic_long_t nonresident_age[MAX_NUMNODES];

static void age(int nid)
{
	atomic_long_inc(&nonresident_age[nid]);
}

void workingset_activation(struct folio *f)
{
	age(page_to_nid(&f->page));
}

void *workingset_eviction(struct folio *f)
{
	int nid = page_to_nid(&f->page);
	unsigned long shadow = (unsigned long)atomic_long_read(&nonresident_age[nid]) &
			       EVICTION_MASK;

	VM_BUG_ON(!folio_test(f, PG_locked));
	age(nid);
	if (folio_test(f, PG_workingset))
		shadow |= WORKINGSET_BIT;
	return xa_mk_value(shadow | (unsigned long)nid << SHADOW_NID_SHIFT);
}

/* What the page had to compete with: everything that could have been given up for it. */
static unsigned long workingset_size(const struct lruvec *lv)
{
	unsigned long size = READ_ONCE(lv->nr[LRU_ACTIVE_FILE]);

	if (CONFIG_MMU && mem_has_swap_space())
		size += READ_ONCE(lv->nr[LRU_ACTIVE_ANON]) + READ_ONCE(lv->nr[LRU_INACTIVE_ANON]);
	return size;
}

void workingset_refault(struct folio *f, void *shadow)
{
	unsigned long value = xa_to_value(shadow), distance;
	int nid = value >> SHADOW_NID_SHIFT;

	if (nid >= nr_online_nodes)
		return;
	count_vm_event(WORKINGSET_REFAULT_FILE);
	distance = ((unsigned long)atomic_long_read(&nonresident_age[nid]) - value) & EVICTION_MASK;
	if (distance > workingset_size(&NODE_DATA(nid)->lruvec))
		return;
	folio_set(f, PG_active);
	age(nid);
	count_vm_event(WORKINGSET_ACTIVATE);
	if (value & WORKINGSET_BIT)
		folio_set(f, PG_workingset);
}
