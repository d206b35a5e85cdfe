/* SPDX-License-Identifier: MIT */
/*
 * What the files of the page allocator share with each other and with nobody
 * else: page_init.c (struct pages at boot), page_alloc.c (buddy, per-hart
 * lists), page_alloc_slow.c (the choice of a zone, the slow path),
 * page_wmarks.c (watermarks, zonelists).
 *
 * Linux: mm/internal.h.
 */
#pragma once
#include "kernel/sched.h"
#include "lib/bug.h"
#include "mm/fail_alloc.h"
#include "mm/mm.h"
#include "mm/vmstat.h"

/* alloc_flags: which mark counts (low bits: enum zone_watermarks), what may be ignored. */
#define ALLOC_WMARK_MASK	0x03
#define ALLOC_HIGH		0x10	/* half of min: __GFP_HIGH */
#define ALLOC_OOM		0x20	/* half of the rest too: an OOM victim */
#define ALLOC_NO_WATERMARKS	0x40	/* to the last page: PF_MEMALLOC */

/* Deferred struct-page init works on blocks of the largest order: 4 MiB. */
#define BLOCK_PAGES	(1UL << MAX_PAGE_ORDER)
#define BLOCK_MASK	(~(BLOCK_PAGES - 1))

/* alloc_context - one request, as the slow path sees it. Set once, read-only after. */
struct alloc_context {
	struct zonelist *zonelist;
	enum zone_type highest;		/* no zone above this one */
	gfp_t gfp;
	unsigned int order;
};

/* page_block_initialized() - are all struct pages of the 4 MiB block of pfn set up? */
bool page_block_initialized(unsigned long pfn);
/*
 * page_block_init() - set up the 1023 struct pages behind the head of a block
 * that was free since boot. => zone->lock held; the head is already set up.
 */
void page_block_init(struct page *head);

/* rmqueue() - a block from one zone, through this hart's list if order is 0. => no watermark check;
 * refcount still 0; NULL: the zone has none. */
struct page *rmqueue(struct zone *zone, unsigned int order);
/* buddy_free_block() - boot: put an initialised, unused block on the free lists of its zone. */
void buddy_free_block(struct page *page, unsigned int order);
/* buddy_drain_local() - this hart's lists of all zones go back. */
void buddy_drain_local(void);
/* __alloc_pages_slow() - find a zone that may give, or make room. => refcount still 0. */
struct page *__alloc_pages_slow(struct pglist_data *pgdat, gfp_t gfp, unsigned int order);
bool __zone_watermark_ok(const struct zone *zone, unsigned int order, unsigned long mark,
			 enum zone_type highest, unsigned int alloc_flags);
/* build_zonelists(), pcp sizes and watermarks: boot, when all zones know what they manage. */
void build_all_zonelists(void);
void setup_pcp_sizes(void);
extern unsigned long totalreserve_pages;	/* what user allocations can never get */
/* This hart's list of its preferred zone: what the fast path takes from. */
extern struct per_cpu_pages *cpu_pcp[CONFIG_NR_CPUS];

/* check_may_sleep() - debug: complain if this allocation could sleep and must not. */
void check_may_sleep(gfp_t gfp);
