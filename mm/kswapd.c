/* SPDX-License-Identifier: MIT */
/*
 * kswapd: one thread a node, which keeps free memory between the watermarks.
 *
 *	free pages   above high   kswapd sleeps
 *	             below low    an allocation wakes it; it works until high is reached
 *	             below min    allocations reclaim for themselves
 *	             below min/2  they wait for kswapd instead: what is left is for those
 *	                          who free memory, and more of them would use it up
 *
 * Invariants: kswapd has PF_MEMALLOC, so it may use the reserves and never reclaims
 * recursively. After 16 rounds without one page it gives up until somebody else's
 * reclaim succeeds; it must not burn a hart for nothing.
 *
 * Locks: none; kswapd_order and kswapd_failures are read and written as they are.
 *
 * Linux: mm/vmscan.c, kswapd(), balance_pgdat(), throttle_direct_reclaim(). Differs:
 * a node is balanced as a whole, without compaction.
 */
#include "kernel/kthread.h"
#include "kernel/printk.h"
#include "kernel/signal.h"
#include "kernel/trace/trace.h"
#include "mm/reclaim.h"
#include "mm/vmstat.h"

#define MAX_RECLAIM_FAILURES	16

/* Enough free in one zone that any allocation may use. */
static bool pgdat_balanced(const pg_data_t *pgdat, unsigned int order)
{
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		const struct zone *zone = &pgdat->node_zones[i];

		if (!atomic_long_read(&zone->managed_pages))
			continue;
		if (zone_watermark_ok(zone, order, zone->_watermark[WMARK_HIGH], i, GFP_KERNEL))
			return true;
	}
	return false;
}

/* ---- waiting for kswapd ---- */

/* Is there more than half of what is kept for those who free memory? */
static bool reserve_is_safe(const pg_data_t *pgdat)
{
	unsigned long free = 0, min_marks = 0;

	if (pgdat->kswapd_failures >= MAX_RECLAIM_FAILURES || !pgdat->kswapd)
		return true;		/* kswapd is of no help */
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		const struct zone *zone = &pgdat->node_zones[i];

		if (!atomic_long_read(&zone->managed_pages))
			continue;
		free += zone_free_pages(zone);
		min_marks += zone->_watermark[WMARK_MIN];
	}
	return free > min_marks / 2;
}

bool throttle_direct_reclaim(struct zonelist *zl, gfp_t gfp)
{
	pg_data_t *pgdat = zl->zones[0]->zone_pgdat;

	/* It would wait for itself. */
	VM_BUG_ON(current->flags & PF_KSWAPD);
	/* Kernel threads may be what kswapd needs to make progress. */
	if ((current->flags & PF_KTHREAD) || fatal_signal_pending(current) ||
	    !(gfp & __GFP_FS) || reserve_is_safe(pgdat))
		return false;
	wake_up_interruptible(&pgdat->kswapd_wait);
	(void)wait_event_timeout(pgdat->pfmemalloc_wait, reserve_is_safe(pgdat) ||
				 fatal_signal_pending(current), HZ / 10);
	return fatal_signal_pending(current);
}

static void wake_throttled(pg_data_t *pgdat)
{
	if (waitqueue_active(&pgdat->pfmemalloc_wait) && reserve_is_safe(pgdat))
		wake_up_all(&pgdat->pfmemalloc_wait);
}

/* ---- working ---- */

static unsigned long kswapd_target(const pg_data_t *pgdat)
{
	unsigned long target = 0;

	for (int i = 0; i < MAX_NR_ZONES; i++)
		if (atomic_long_read(&pgdat->node_zones[i].managed_pages))
			target += max_t(unsigned long, SWAP_CLUSTER_MAX,
					pgdat->node_zones[i]._watermark[WMARK_HIGH]);
	return target;
}

static void balance_pgdat(pg_data_t *pgdat, unsigned int order)
{
	struct scan_control sc = {
		.gfp = GFP_KERNEL, .order = order, .kswapd = true, .may_swap = true,
		.priority = DEF_PRIORITY,
	};
	unsigned long total = 0;

	trace_write(TRACE_KSWAPD_WAKE, pgdat->node_id, order);
	VM_BUG_ON(!(current->flags & PF_MEMALLOC));
	count_vm_event(PAGEOUTRUN);
	do {
		if (pgdat_balanced(pgdat, order))
			break;
		sc.nr_reclaimed = sc.nr_queued = sc.nr_dirty = 0;
		sc.nr_to_reclaim = kswapd_target(pgdat);
		shrink_node(pgdat, &sc);
		total += sc.nr_reclaimed;
		wake_throttled(pgdat);
		if (kthread_should_stop())
			break;
		if ((sc.nr_queued || sc.nr_dirty) && !pgdat_balanced(pgdat, order))
			reclaim_wait_io();
		if (sc.nr_reclaimed < sc.nr_to_reclaim)
			sc.priority--;
	} while (sc.priority >= 0);
	if (!total && !pgdat_balanced(pgdat, order))
		pgdat->kswapd_failures++;
	trace_write(TRACE_KSWAPD_SLEEP, pgdat->node_id, total);
	/* Those who waited for us must try by themselves now. */
	wake_up_all(&pgdat->pfmemalloc_wait);
}

/* ---- sleeping ---- */

static bool may_sleep(pg_data_t *pgdat, unsigned int order)
{
	/* Not for long while there is something to try again. */
	if (CONFIG_MMU && swap_has_orphans())
		return false;
	return pgdat->kswapd_failures >= MAX_RECLAIM_FAILURES || pgdat_balanced(pgdat, order);
}

/* First a nap: if memory runs short again within it, the marks are too close together. */
static void kswapd_try_to_sleep(pg_data_t *pgdat, unsigned int order)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&pgdat->kswapd_wait, &wait, TASK_INTERRUPTIBLE);
	if (may_sleep(pgdat, order)) {
		if (schedule_timeout(HZ / 10) && !kthread_should_stop())
			count_vm_event(KSWAPD_LOW_WMARK_HIT_QUICKLY);
		finish_wait(&pgdat->kswapd_wait, &wait);
		prepare_to_wait(&pgdat->kswapd_wait, &wait, TASK_INTERRUPTIBLE);
	}
	if (may_sleep(pgdat, order) && !kthread_should_stop())
		schedule();
	else
		count_vm_event(KSWAPD_HIGH_WMARK_HIT_QUICKLY);
	finish_wait(&pgdat->kswapd_wait, &wait);
}

static int kswapd(void *data)
{
	pg_data_t *pgdat = data;
	unsigned int order = 0;

	current->flags |= PF_MEMALLOC | PF_KSWAPD;
	while (!kthread_should_stop()) {
		kswapd_try_to_sleep(pgdat, order);
		order = __atomic_exchange_n(&pgdat->kswapd_order, 0, __ATOMIC_RELAXED);
		if (CONFIG_MMU && swap_has_orphans()) {
			swap_free_orphans();
			schedule_timeout_uninterruptible(1);
		}
		if (pgdat->kswapd_failures < MAX_RECLAIM_FAILURES)
			balance_pgdat(pgdat, order);
		/* A block that reclaim cannot make must not keep it busy: single pages will do. */
		order = 0;
	}
	current->flags &= ~(PF_MEMALLOC | PF_KSWAPD);
	return 0;
}

void wakeup_kswapd(struct zone *zone, gfp_t gfp, unsigned int order)
{
	pg_data_t *pgdat = zone->zone_pgdat;

	VM_BUG_ON(order > MAX_PAGE_ORDER);
	if ((int)order > READ_ONCE(pgdat->kswapd_order))
		WRITE_ONCE(pgdat->kswapd_order, order);
	if (!waitqueue_active(&pgdat->kswapd_wait))
		return;
	if (may_sleep(pgdat, order))
		return;
	wake_up_interruptible(&pgdat->kswapd_wait);
}

void kswapd_run(int nid)
{
	pg_data_t *pgdat = NODE_DATA(nid);

	if (pgdat->kswapd)
		return;
	pgdat->kswapd = kthread_run(kswapd, pgdat, "kswapd%d", nid);
	if (!pgdat->kswapd)
		pr_err("Failed to start kswapd on node %d\n", nid);
}
