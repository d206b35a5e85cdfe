/* SPDX-License-Identifier: MIT */
/*
 * The page allocator when the per-hart list does not have the answer: which
 * zone may give a page, and what to do when none may.
 *
 * The order of escalation, each step only if the one before did not help:
 *
 *   1. a zone above its low watermark                 (the normal case)
 *   2. wake kswapd; a zone above min, or what the caller's gfp flags and
 *      state entitle it to (__GFP_HIGH, PF_MEMALLOC, an OOM victim)
 *   3. direct reclaim: free pages ourselves           (needs __GFP_DIRECT_RECLAIM)
 *   4. per-hart lists of all harts back to the buddy
 *   5. the OOM killer, and again from 2
 *   6. give up: a report and NULL
 *
 * __GFP_NORETRY ends after one round of 3 and 4. An order above 3 never kills:
 * no process's death promises a contiguous block. __GFP_NOFAIL never reaches 6.
 *
 * Ask yourself: why must a task with PF_MEMALLOC not enter step 3?
 *
 * Locks: zone->lock inside rmqueue() only; the caller of a sleeping allocation
 * holds no spinlock.
 *
 * Linux: mm/page_alloc.c, get_page_from_freelist(), __alloc_pages_slowpath().
 * Differs: no compaction, cpusets or highatomic blocks.
 */
#include "kernel/printk.h"
#include "mm/lru.h"
#include "mm/oom.h"
#include "mm/page_internal.h"
#include "mm/swap.h"

#define PAGE_ALLOC_COSTLY_ORDER	3
#define MAX_RECLAIM_RETRIES	16

/* What the loop of one hard allocation remembers between rounds. */
struct alloc_effort {
	int fruitless;			/* rounds of reclaim since the last progress */
	int rounds;			/* all rounds */
	bool drained;			/* per-hart lists were emptied since then */
};

/* Until the scheduler and kswapd exist nothing can be reclaimed and nobody can sleep. */
static bool reclaim_enabled;

void page_alloc_enable_reclaim(void)
{
	reclaim_enabled = true;
}

void check_may_sleep(gfp_t gfp)
{
	if (reclaim_enabled && (gfp & __GFP_DIRECT_RECLAIM))
		might_sleep();
}

/* ---- may this zone give? ---- */

bool __zone_watermark_ok(const struct zone *zone, unsigned int order, unsigned long mark,
			 enum zone_type highest, unsigned int alloc_flags)
{
	long free = READ_ONCE(zone->nr_free) - ((1L << order) - 1);
	long min_pages = mark;
	unsigned int o;

	VM_BUG_ON(order > MAX_PAGE_ORDER);
	if (alloc_flags & ALLOC_HIGH)
		min_pages -= min_pages / 2;
	if (alloc_flags & ALLOC_OOM)
		min_pages -= min_pages / 2;
	if (free <= min_pages + zone->lowmem_reserve[highest])
		return false;
	/* Enough pages; for a larger block there must also be one in one piece. */
	for (o = order; o <= MAX_PAGE_ORDER; o++)
		if (order == 0 || READ_ONCE(zone->free_area[o].nr_free))
			return true;
	return false;
}

bool zone_watermark_ok(const struct zone *zone, unsigned int order, unsigned long mark,
		       enum zone_type highest, gfp_t gfp)
{
	return __zone_watermark_ok(zone, order, mark, highest,
				   gfp & __GFP_HIGH ? ALLOC_HIGH : 0);
}

static enum zone_type zone_idx(const struct zone *zone)
{
	return zone - zone->zone_pgdat->node_zones;
}

static bool zone_may_give(const struct zone *zone, const struct alloc_context *ac,
			  unsigned int alloc_flags)
{
	unsigned long mark = zone->_watermark[alloc_flags & ALLOC_WMARK_MASK];

	if (zone_idx(zone) > ac->highest)
		return false;
	return (alloc_flags & ALLOC_NO_WATERMARKS) ||
	       __zone_watermark_ok(zone, ac->order, mark, ac->highest, alloc_flags);
}

static struct page *get_page_from_freelist(const struct alloc_context *ac,
					   unsigned int alloc_flags)
{
	struct zone **z;

	for (z = ac->zonelist->zones; *z; z++) {
		struct page *page;

		if (!zone_may_give(*z, ac, alloc_flags))
			continue;
		page = rmqueue(*z, ac->order);
		if (page)
			return page;
	}
	return NULL;
}

/* ---- what this caller may use ---- */

static bool may_use_all_reserves(gfp_t gfp)
{
	if (gfp & __GFP_NOMEMALLOC)
		return false;
	return (gfp & __GFP_MEMALLOC) || (current->flags & PF_MEMALLOC);
}

static unsigned int gfp_to_alloc_flags(gfp_t gfp)
{
	unsigned int alloc_flags = WMARK_MIN;

	if (may_use_all_reserves(gfp))
		return alloc_flags | ALLOC_NO_WATERMARKS;
	if (gfp & __GFP_HIGH)
		alloc_flags |= ALLOC_HIGH;
	if (test_thread_flag(TIF_MEMDIE) && !(gfp & __GFP_NOMEMALLOC))
		alloc_flags |= ALLOC_OOM;
	return alloc_flags;
}

static bool may_reclaim(gfp_t gfp)
{
	/* A task that frees memory must not wait for itself. */
	return (gfp & __GFP_DIRECT_RECLAIM) && !(current->flags & PF_MEMALLOC);
}

/* ---- the steps ---- */

static void wake_kswapds(const struct alloc_context *ac)
{
	struct zone **z;

	if (!(ac->gfp & __GFP_KSWAPD_RECLAIM))
		return;
	for (z = ac->zonelist->zones; *z; z++)
		if (zone_idx(*z) <= ac->highest)
			wakeup_kswapd(*z, ac->gfp, ac->order);
}

static void drain_local(void *unused)
{
	buddy_drain_local();
}

void drain_all_pages(void)
{
	smp_call_all(drain_local, NULL);
}

/* Steps 3 and 4. *progress: pages freed. */
static struct page *alloc_direct_reclaim(const struct alloc_context *ac, unsigned int alloc_flags,
					 struct alloc_effort *effort, unsigned long *progress)
{
	struct page *page;

	VM_BUG_ON(!may_reclaim(ac->gfp));
	count_vm_event(ALLOCSTALL);
	current->flags |= PF_MEMALLOC;
	*progress = try_to_free_pages(ac->zonelist, ac->order, ac->gfp);
	current->flags &= ~PF_MEMALLOC;
	cond_resched();

	page = get_page_from_freelist(ac, alloc_flags);
	if (page || effort->drained)
		return page;
	/* What was freed may sit on the list of another hart, or be unmerged there. */
	drain_all_pages();
	effort->drained = true;
	return get_page_from_freelist(ac, alloc_flags);
}

/* Could reclaim, if it went on for ever, lift a zone above its min mark? */
static bool reclaim_could_help(const struct alloc_context *ac)
{
	unsigned long pages = lru_pages(LRU_ACTIVE_FILE) + lru_pages(LRU_INACTIVE_FILE);
	unsigned long anon = lru_pages(LRU_ACTIVE_ANON) + lru_pages(LRU_INACTIVE_ANON);
	unsigned long marks = 0;
	struct zone **z;

	/* Anonymous memory can only go where there is swap: to a free slot, or to its own. */
	if (CONFIG_MMU)
		pages += min_t(long, anon, max(get_nr_swap_pages(), 0L) +
					   (long)total_swapcache_pages());
	for (z = ac->zonelist->zones; *z; z++) {
		pages += zone_free_pages(*z);
		marks += (*z)->_watermark[WMARK_MIN];
	}
	return pages > marks + (1UL << ac->order);
}

static bool should_reclaim_retry(const struct alloc_context *ac, struct alloc_effort *effort,
				 unsigned long progress)
{
	if (ac->gfp & __GFP_NORETRY)
		return false;
	if (ac->order > PAGE_ALLOC_COSTLY_ORDER)
		return false;
	/* A single page: as long as pages come free. A block: they may never be neighbours. */
	effort->rounds++;
	if (progress && ac->order == 0) {
		effort->fruitless = 0;
		effort->drained = false;
	} else {
		effort->fruitless++;
	}
	if (effort->fruitless > MAX_RECLAIM_RETRIES || !reclaim_could_help(ac))
		return false;
	if (!progress)
		schedule_timeout_uninterruptible(1);
	return true;
}

/* Step 5. => a page, or *again: a victim was found. */
static struct page *alloc_may_oom(const struct alloc_context *ac, bool *again)
{
	struct page *page;

	VM_BUG_ON(!may_reclaim(ac->gfp));	/* who may not wait may not kill either */
	*again = false;
	if ((ac->gfp & __GFP_NORETRY) || ac->order > PAGE_ALLOC_COSTLY_ORDER)
		return NULL;
	/*
	 * Somebody may have been killed while we reclaimed. A high mark, so that
	 * one kill serves all who are waiting here.
	 */
	page = get_page_from_freelist(ac, WMARK_HIGH);
	if (page)
		return page;
	if (test_thread_flag(TIF_MEMDIE)) {
		/* The victim: the last pages, or an honest failure. Killing more is no help. */
		return get_page_from_freelist(ac, WMARK_MIN | ALLOC_NO_WATERMARKS);
	}
	*again = out_of_memory(ac->gfp, ac->order);
	if (*again)
		schedule_timeout_uninterruptible(1);
	return NULL;
}

static void warn_alloc(const struct alloc_context *ac)
{
	if ((ac->gfp & __GFP_NOWARN) || !printk_ratelimit())
		return;
	pr_warn("%s: page allocation failure: order:%u, mode:%#x\n",
		current->comm, ac->order, ac->gfp);
	dump_stack();
	show_mem();
}

/* Step 6, or round again for those who cannot fail. => true: again. */
static bool nofail_retry(const struct alloc_context *ac)
{
	if (!(ac->gfp & __GFP_NOFAIL))
		return false;
	/* It must be able to wait, or it would spin here with nobody to help. */
	BUG_ON(!(ac->gfp & __GFP_DIRECT_RECLAIM));
	schedule_timeout_uninterruptible(1);
	return true;
}

static struct page *alloc_hard(const struct alloc_context *ac)
{
	struct alloc_effort effort = { 0 };
	unsigned long progress;
	struct page *page;
	bool again;

	do {
		unsigned int alloc_flags = gfp_to_alloc_flags(ac->gfp);

		wake_kswapds(ac);
		page = get_page_from_freelist(ac, alloc_flags);
		if (page)
			return page;
		if (!may_reclaim(ac->gfp)) {
			again = false;
			continue;
		}
		page = alloc_direct_reclaim(ac, alloc_flags, &effort, &progress);
		if (page)
			return page;
		again = should_reclaim_retry(ac, &effort, progress);
		if (again)
			continue;
		page = alloc_may_oom(ac, &again);
		if (page)
			return page;
		if (again)
			effort = (struct alloc_effort){ 0 };
	} while (again || nofail_retry(ac));

	warn_alloc(ac);
	return NULL;
}

struct page *__alloc_pages_slow(struct pglist_data *pgdat, gfp_t gfp, unsigned int order)
{
	struct alloc_context ac = {
		.zonelist = &pgdat->node_zonelist,
		.highest = gfp & __GFP_DMA32 ? ZONE_DMA32 : ZONE_NORMAL,
		.gfp = reclaim_enabled ? gfp : gfp & ~__GFP_RECLAIM,
		.order = order,
	};
	struct page *page = get_page_from_freelist(&ac, WMARK_LOW);

	return likely(page) ? page : alloc_hard(&ac);
}
