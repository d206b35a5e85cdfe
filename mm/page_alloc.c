/* SPDX-License-Identifier: MIT */
/*
 * The buddy allocator: free memory as blocks of 2^order frames, order 0..10.
 *
 * A block of order n starts at a frame number that is a multiple of 2^n. Its
 * buddy is the block whose number differs in bit n alone (pfn ^ 1 << n); the
 * two are the halves of one block of order n + 1. Allocation takes the
 * smallest block that is large enough and splits it, the upper halves go back
 * on the lists; freeing joins a block with its buddy as often as that is free.
 *
 * In front of the buddy each hart keeps a small stack of single pages a zone
 * (struct per_cpu_pages): no lock, only interrupts off. It is filled and
 * emptied in batches, which is when the zone lock is taken.
 *
 * Invariants (mm_check_buddy() tests them):
 *   - the first page of a free block has PG_buddy and its order; refcount 0;
 *   - two free buddies are never on the lists side by side;
 *   - zone->nr_free is the number of pages on the lists, without the stacks;
 *   - a free page, wherever it is, has clean flags, no mapping, _mapcount -1:
 *     so an allocation has nothing to clear.
 * Locks: zone->lock, irq-safe, guards lists and counts. The stacks belong to
 * their hart. Nothing here sleeps.
 *
 * Linux: mm/page_alloc.c, __rmqueue_smallest(), __free_one_page(),
 * rmqueue_bulk(), free_unref_page(). Differs: no migrate types; a refill takes
 * whole small blocks; struct pages of untouched blocks come into being when
 * such a block is first taken (page_init.c).
 */
#include "kernel/printk.h"
#include "kernel/trace/trace.h"
#include "mm/debug.h"
#include "mm/page_internal.h"

/* A page that is freed with one of these is still in use somewhere. */
#define PAGE_FLAGS_BAD	(BIT(PG_locked) | BIT(PG_lru) | BIT(PG_writeback) | BIT(PG_slab) | \
			 BIT(PG_swapcache) | BIT(PG_buddy) | BIT(PG_reserved) | BIT(PG_tail))
#define PAGE_LINKS	(~0UL << NODES_SHIFT)

struct per_cpu_pages *cpu_pcp[CONFIG_NR_CPUS];

/* ---- free lists: all of this section with zone->lock held ---- */

static inline void add_to_free_list(struct page *page, struct zone *zone, unsigned int order)
{
	VM_BUG_ON(order > MAX_PAGE_ORDER || (page->flags & BIT(PG_buddy)));
	page->order = order;
	page->flags |= BIT(PG_buddy);
	list_add(&page->lru, &zone->free_area[order].free_list);
	zone->free_area[order].nr_free++;
}

static inline void del_from_free_list(struct page *page, struct zone *zone, unsigned int order)
{
	VM_BUG_ON(!(page->flags & BIT(PG_buddy)) || page->order != order);
	VM_BUG_ON(!zone->free_area[order].nr_free);
	__list_del_entry(&page->lru);
	page->flags &= ~BIT(PG_buddy);
	zone->free_area[order].nr_free--;
}

/* Is buddy the head of a free block of this order, in the zone and node of page? */
static inline bool page_is_buddy(const struct page *page, const struct page *buddy,
				 unsigned int order)
{
	return (buddy->flags & BIT(PG_buddy)) && buddy->order == order &&
	       (buddy->flags ^ page->flags) >> NODES_SHIFT == 0;
}

static void __free_one_page(struct zone *zone, struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned int from = order;

	VM_BUG_ON(pfn & ((1UL << order) - 1));
	zone->nr_free += 1UL << order;
	while (order < MAX_PAGE_ORDER) {
		unsigned long buddy_pfn = pfn ^ (1UL << order);
		struct page *buddy = page + (buddy_pfn - pfn);

		/* Same 4 MiB block: its struct pages are all set up. */
		if (!page_is_buddy(page, buddy, order))
			break;
		del_from_free_list(buddy, zone, order);
		if (buddy_pfn < pfn) {
			page = buddy;
			pfn = buddy_pfn;
		}
		order++;
	}
	add_to_free_list(page, zone, order);
	trace_page_merge(page, from, order);
}

/*
 * Take the smallest free block of at least min_order, and split it down to at
 * most max_order. => its order in *order; NULL: nothing that large is free.
 */
static struct page *__rmqueue(struct zone *zone, unsigned int min_order, unsigned int max_order,
			      unsigned int *order)
{
	unsigned int o = min_order, from;
	struct page *page;

	lockdep_assert_held(&zone->lock);
	VM_BUG_ON(min_order > max_order || max_order > MAX_PAGE_ORDER);
	while (list_empty(&zone->free_area[o].free_list))
		if (++o > MAX_PAGE_ORDER)
			return NULL;
	page = list_first_entry(&zone->free_area[o].free_list, struct page, lru);
	del_from_free_list(page, zone, o);
	if (o == MAX_PAGE_ORDER && unlikely(!page_block_initialized(page_to_pfn(page))))
		page_block_init(page);
	from = o;
	while (o > max_order) {
		o--;
		add_to_free_list(page + (1UL << o), zone, o);
	}
	trace_page_split(page, from, o);
	zone->nr_free -= 1UL << o;
	*order = o;
	return page;
}

/* ---- per-hart stacks: interrupts are off ---- */

static inline void pcp_push(struct per_cpu_pages *pcp, struct page *page)
{
	page->lru.next = (struct list_head *)pcp->head;
	pcp->head = page;
	pcp->count++;
}

static inline struct page *pcp_pop(struct per_cpu_pages *pcp)
{
	struct page *page = pcp->head;

	VM_BUG_ON(pcp->count <= 0);
	pcp->head = (struct page *)page->lru.next;
	pcp->count--;
	return page;
}

/* Get a batch from the buddy, as few and as small blocks as make it up. */
static void pcp_refill(struct zone *zone, struct per_cpu_pages *pcp)
{
	int want = pcp->batch;

	count_vm_event(PCP_REFILL);
	spin_lock(&zone->lock);
	while (want > 0) {
		unsigned int order;
		struct page *page = __rmqueue(zone, 0, ilog2((unsigned int)want), &order);
		long i;

		if (!page)
			break;
		/* Last one first, so that they come off the stack in rising order. */
		for (i = (1L << order) - 1; i >= 0; i--)
			pcp_push(pcp, page + i);
		pcp->filled += 1L << order;
		want -= 1 << order;
	}
	spin_unlock(&zone->lock);
}

/* Free neighbouring pages first..last in as few blocks as their alignment allows. */
static void free_run(struct zone *zone, struct page *first, struct page *last)
{
	unsigned long pfn, left = last - first + 1;

	VM_BUG_ON(last < first);
	lockdep_assert_held(&zone->lock);
	if (left == 1) {
		__free_one_page(zone, first, 0);
		return;
	}
	for (pfn = page_to_pfn(first); left;) {
		unsigned int order = min_t(unsigned int, __ffs(pfn | BIT(MAX_PAGE_ORDER)),
					   __fls(left));

		__free_one_page(zone, first, order);
		first += 1UL << order;
		pfn += 1UL << order;
		left -= 1UL << order;
	}
}

/*
 * Give n pages back to the buddy. A process frees its pages mostly in rising
 * order, so they come off the stack in falling order: whole runs are merged
 * here, by a comparison a page, and not one by one in the buddy.
 */
static void pcp_return(struct zone *zone, struct per_cpu_pages *pcp, int n)
{
	struct page *page = pcp->head;

	n = min(n, pcp->count);
	pcp->count -= n;
	pcp->filled -= n;
	spin_lock(&zone->lock);
	while (n > 0) {
		struct page *last = page, *first;

		do {
			first = page;
			page = (struct page *)page->lru.next;
			n--;
		} while (n > 0 && page == first - 1);
		free_run(zone, first, last);
	}
	spin_unlock(&zone->lock);
	pcp->head = page;
}

void buddy_drain_local(void)
{
	unsigned long flags = local_irq_save();
	struct zone *zone;
	int nid, zid;

	for_each_populated_zone(zone, nid, zid) {
		struct per_cpu_pages *pcp = &zone->pcp[smp_processor_id()];

		pcp_return(zone, pcp, pcp->count);
	}
	local_irq_restore(flags);
}

/* ---- taking ---- */

struct page *rmqueue(struct zone *zone, unsigned int order)
{
	unsigned long flags = local_irq_save();
	struct page *page = NULL;

	if (order == 0) {
		struct per_cpu_pages *pcp = &zone->pcp[smp_processor_id()];

		if (!pcp->count)
			pcp_refill(zone, pcp);
		if (pcp->count)
			page = pcp_pop(pcp);
	} else {
		spin_lock(&zone->lock);
		page = __rmqueue(zone, order, order, &order);
		spin_unlock(&zone->lock);
		if (page)
			count_vm_events(PGALLOC_DMA32 + page_zonenum(page), 1UL << order);
	}
	local_irq_restore(flags);
	return page;
}

static void prep_compound_page(struct page *page, unsigned int order)
{
	unsigned long i;

	page->flags |= BIT(PG_head);
	page->order = order;
	for (i = 1; i < 1UL << order; i++) {
		page[i].flags |= BIT(PG_tail);
		page[i].head = page;
	}
}

/* What every block gets before its new owner sees it. */
static __always_inline struct page *prep_new_page(struct page *page, gfp_t gfp,
						  unsigned int order)
{
	unsigned long i;

	if (CONFIG_DEBUG_VM)
		check_new_page(page, order);
	atomic_set(&page->_refcount, 1);
	if (unlikely(order && (gfp & __GFP_COMP)))
		prep_compound_page(page, order);
	if (gfp & __GFP_ZERO)
		for (i = 0; i < 1UL << order; i++)
			clear_page(page_address(page + i));
	return trace_page_alloc(page, gfp, order);
}

/* Everything but a single page from this hart's own stack. */
static noinline struct page *alloc_pages_other(int nid, gfp_t gfp, unsigned int order)
{
	struct page *page;

	/* A size that no block has: the caller's arithmetic, not a shortage. */
	if (order > MAX_PAGE_ORDER)
		return NULL;
	page = __alloc_pages_slow(NODE_DATA(nid), gfp, order);
	return page ? prep_new_page(page, gfp, order) : NULL;
}

struct page *alloc_page(gfp_t gfp)
{
	struct per_cpu_pages *pcp;
	struct page *page = NULL;
	unsigned long flags;

	if (CONFIG_LOCK_RANK)
		check_may_sleep(gfp);
	if (CONFIG_FAIL_ALLOC && should_fail_alloc(gfp))
		return NULL;
	/* Pages on the stack were taken above the watermark: nothing to check. */
	flags = local_irq_save();
	pcp = cpu_pcp[smp_processor_id()];
	if (likely(pcp->count && !(gfp & __GFP_DMA32)))
		page = pcp_pop(pcp);
	local_irq_restore(flags);
	if (unlikely(!page))
		return alloc_pages_other(cpu_to_node(smp_processor_id()), gfp, 0);
	if (CONFIG_DEBUG_VM)
		set_page_owner(page, 0, __builtin_return_address(0));
	return prep_new_page(page, gfp, 0);
}

struct page *alloc_pages_node(int nid, gfp_t gfp, unsigned int order)
{
	if (CONFIG_LOCK_RANK)
		check_may_sleep(gfp);
	if (CONFIG_FAIL_ALLOC && should_fail_alloc(gfp))
		return NULL;
	return alloc_pages_other(nid, gfp, order);
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	return order ? alloc_pages_node(cpu_to_node(smp_processor_id()), gfp, order) :
		       alloc_page(gfp);
}

/* ---- giving back ---- */

/*
 * Make a page as clean as an allocation expects it.
 * => false: it is broken and must not be reused.
 */
static __always_inline bool free_page_prepare(struct page *page)
{
	unsigned long flags = page->flags;

	if (unlikely((flags & PAGE_FLAGS_BAD) || atomic_read(&page->_mapcount) != -1)) {
		bad_page(page, "still in use when freed");
		return false;
	}
	page->flags = flags & PAGE_LINKS;
	page->mapping = NULL;
	if (CONFIG_DEBUG_VM)
		debug_free_page(page);
	return true;
}

/* One page on this hart's stack. => interrupts off. */
static __always_inline void put_on_pcp(struct zone *zone, struct per_cpu_pages *pcp,
				       struct page *page)
{
	pcp_push(pcp, page);
	pcp->nr_frees++;
	if (unlikely(pcp->count > pcp->high))
		pcp_return(zone, pcp, pcp->batch);
}

void free_frozen_page(struct page *page)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	VM_BUG_ON(page_count(page));
	if (!free_page_prepare(page))
		return;
	trace_page_free(page, 0);
	flags = local_irq_save();
	put_on_pcp(zone, &zone->pcp[smp_processor_id()], page);
	local_irq_restore(flags);
}

/* Where the pages of a run go: nearly always they are all of one zone. */
struct free_run {
	unsigned long where;		/* zone and node bits */
	struct zone *zone;
	struct per_cpu_pages *pcp;
};

/* => interrupts off. */
static __always_inline void free_one_of_run(struct free_run *run, struct page *page)
{
	VM_BUG_ON(page_count(page));
	if (!free_page_prepare(page))
		return;
	if (unlikely(page->flags >> NODES_SHIFT != run->where)) {
		run->where = page->flags >> NODES_SHIFT;
		run->zone = zone_table[run->where];
		run->pcp = &run->zone->pcp[smp_processor_id()];
	}
	put_on_pcp(run->zone, run->pcp, page);
}

void free_unref_page_list(struct list_head *list)
{
	struct free_run run = { .where = ~0UL };
	struct list_head *node = list->next;
	unsigned long flags = local_irq_save();

	trace_page_list_free(list);
	while (node != list) {
		struct page *page = list_entry(node, struct page, lru);

		node = node->next;
		free_one_of_run(&run, page);
	}
	local_irq_restore(flags);
	INIT_LIST_HEAD(list);
}

void free_unref_pages(struct page **pages, unsigned int nr)
{
	struct free_run run = { .where = ~0UL };
	unsigned long flags = local_irq_save();

	trace_pages_free(pages, nr);
	for (unsigned int i = 0; i < nr; i++)
		free_one_of_run(&run, pages[i]);
	local_irq_restore(flags);
}

void free_frozen_pages(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);
	unsigned long flags, i;

	if (order == 0) {
		free_frozen_page(page);
		return;
	}
	VM_BUG_ON(test_bit(PG_head, &page->flags) && page->order != order);
	trace_page_free(page, order);
	for (i = 0; i < 1UL << order; i++) {
		page[i].flags &= ~BIT(PG_tail);
		if (!free_page_prepare(page + i))
			return;
	}
	spin_lock_irqsave(&zone->lock, flags);
	__free_one_page(zone, page, order);
	spin_unlock_irqrestore(&zone->lock, flags);
	count_vm_events(PGFREE, 1UL << order);
}

void __free_pages(struct page *page, unsigned int order)
{
	VM_BUG_ON(page_count(page) <= 0);
	if (atomic_dec_and_test(&page->_refcount))
		free_frozen_pages(page, order);
}

void buddy_free_block(struct page *page, unsigned int order)
{
	/* Boot: one hart, no contention, no statistics. */
	__free_one_page(page_zone(page), page, order);
}

void split_page(struct page *page, unsigned int order)
{
	unsigned long i;

	VM_BUG_ON(page->flags & (BIT(PG_head) | BIT(PG_tail)));
	VM_BUG_ON(page_count(page) != 1);
	for (i = 1; i < 1UL << order; i++)
		atomic_set(&page[i]._refcount, 1);
}
