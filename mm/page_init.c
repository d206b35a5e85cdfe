/* SPDX-License-Identifier: MIT */
/*
 * Nodes, zones and struct pages at boot.
 *
 * free_area_init() makes nodes and zones from memblock's ranges and gets
 * memory for the array of struct pages. memblock_free_all() then gives every
 * page that nobody reserved to the buddy allocator.
 *
 * Deferred struct-page init. A GiB has 262,144 struct pages; to touch each
 * once at boot would cost millions of instructions a GiB for memory that may
 * never be used. So the array comes uncleared, and a block of 4 MiB (the
 * largest order) that is free as a whole gets only its FIRST struct page set
 * up: the buddy lists need no other. The 1023 behind it are set up when the
 * block is first split or handed out, by page_block_init() under the zone
 * lock. The bitmap block_done says which blocks are complete:
 *
 *   bit 0: free since boot (head on the order-10 list), or a hole: nobody may
 *          look at struct pages in it, except the buddy at a free head;
 *   bit 1: all 1024 struct pages are valid.
 *
 * Blocks that are partly free, or reserved, are complete from the start: their
 * reserved pages and holes carry PG_reserved and never reach the buddy.
 *
 * Locks: boot runs alone; later zone->lock for page_block_init(). block_done is
 * read without a lock; a bit is set only after the pages it speaks for.
 *
 * Linux: mm/mm_init.c, free_area_init(), deferred_init_memmap(). Differs: Linux
 * finishes the deferred part with a thread a node right after boot; here it
 * happens at first use, so memory never used is never described.
 */
#include <asm/barrier.h>
#include "kernel/printk.h"
#include "lib/bitops.h"
#include "mm/memblock.h"
#include "mm/page_internal.h"
#include "mm/vmemmap.h"

#define DMA32_END_PFN	(1UL << (32 - PAGE_SHIFT))

pg_data_t node_data[MAX_NUMNODES];
int nr_online_nodes;
int node_distance_table[MAX_NUMNODES][MAX_NUMNODES];
struct page *mem_map_base;
unsigned long page_va_base;
struct zone *zone_table[ZONE_TABLE_SIZE];
u8 cpu_node_map[CONFIG_NR_CPUS];

static unsigned long first_block_pfn;	/* what bit 0 of block_done stands for */
static unsigned long *block_done;

static const char *const zone_names[MAX_NR_ZONES] = { "DMA32", "Normal" };

/* A range of frames of one node. */
struct pfn_range {
	unsigned long start, end;
	int nid;
};

static enum zone_type pfn_zone(unsigned long pfn)
{
	return pfn < DMA32_END_PFN ? ZONE_DMA32 : ZONE_NORMAL;
}

/* The flags a struct page is born with: where it is, and nothing else. */
static unsigned long page_links(unsigned long pfn, int nid)
{
	return (unsigned long)pfn_zone(pfn) << ZONES_SHIFT | (unsigned long)nid << NODES_SHIFT;
}

/* Every field once: the array was never cleared. */
static inline void init_single_page(struct page *page, unsigned long flags)
{
	page->flags = flags;
	page->lru.next = NULL;
	page->lru.prev = NULL;
	page->mapping = NULL;
	page->index = 0;
	page->private = 0;
	atomic_set(&page->_mapcount, -1);
	atomic_set(&page->_refcount, 0);
	page->order = 0;
	page->owner = 0;
}

/* The block's bit in block_done. */
static unsigned long block_index(unsigned long pfn)
{
	VM_BUG_ON(pfn < first_block_pfn);
	return (pfn - first_block_pfn) >> MAX_PAGE_ORDER;
}

bool page_block_initialized(unsigned long pfn)
{
	return test_bit(block_index(pfn), block_done);
}

bool page_is_initialized(unsigned long pfn)
{
	return pfn_valid(pfn) && page_block_initialized(pfn);
}

void page_block_init(struct page *head)
{
	unsigned long flags = head->flags & (~0UL << NODES_SHIFT);
	unsigned long i;

	VM_BUG_ON(page_to_pfn(head) & ~BLOCK_MASK);
	for (i = 1; i < BLOCK_PAGES; i++)
		init_single_page(head + i, flags);
	/* Pages first, then the bit: readers of the bit take no lock. */
	smp_wmb();
	set_bit(block_index(page_to_pfn(head)), block_done);
}

/* Boot: describe a block that is not wholly free; what is free in it is unreserved later. */
static void reserve_block(unsigned long pfn, int nid)
{
	struct page *page = pfn_to_page(pfn & BLOCK_MASK);
	unsigned long i;

	if (page_block_initialized(pfn))
		return;
	for (i = 0; i < BLOCK_PAGES; i++, page++) {
		init_single_page(page, page_links(pfn, nid) | BIT(PG_reserved));
		atomic_set(&page->_refcount, 1);
	}
	set_bit(block_index(pfn), block_done);
}

static void reserve_blocks(unsigned long start, unsigned long end, int nid)
{
	unsigned long pfn;

	for (pfn = start & BLOCK_MASK; pfn < end; pfn += BLOCK_PAGES)
		reserve_block(pfn, nid);
}

/* One aligned free block goes to the buddy; a whole 4 MiB with its head only. */
static void free_boot_block(unsigned long pfn, unsigned int order, int nid)
{
	struct page *page = pfn_to_page(pfn);
	unsigned long i;

	VM_BUG_ON(pfn & ((1UL << order) - 1));
	if (!page_block_initialized(pfn)) {
		BUG_ON(order != MAX_PAGE_ORDER);
		init_single_page(page, page_links(pfn, nid));
	} else {
		for (i = 0; i < 1UL << order; i++) {
			page[i].flags = page_links(pfn, nid);
			atomic_set(&page[i]._refcount, 0);
		}
	}
	atomic_long_add(1L << order, &page_zone(page)->managed_pages);
	buddy_free_block(page, order);
}

/* The largest aligned blocks that fit, from the bottom up. */
static void free_boot_range(const struct pfn_range *range)
{
	unsigned long pfn = range->start;
	unsigned int order;

	while (pfn < range->end) {
		order = pfn ? min_t(unsigned int, __ffs(pfn), MAX_PAGE_ORDER) : MAX_PAGE_ORDER;
		while (pfn + (1UL << order) > range->end)
			order--;
		free_boot_block(pfn, order, range->nid);
		pfn += 1UL << order;
	}
}

/* memblock's ranges in frames: of memory whole frames only, of reservations every frame touched. */
static struct pfn_range memory_range(int i)
{
	const struct memblock_region *r = &memblock_memory.regions[i];

	return (struct pfn_range){ PFN_UP(r->base), PFN_DOWN(r->base + r->size), r->nid };
}

static struct pfn_range reserved_range(int i)
{
	const struct memblock_region *r = &memblock_reserved.regions[i];

	return (struct pfn_range){ PFN_DOWN(r->base), PFN_UP(r->base + r->size), 0 };
}

/* Describe all blocks of one memory range that are not wholly free. */
static void reserve_range(const struct pfn_range *mem)
{
	int i;

	if (mem->start & ~BLOCK_MASK)
		reserve_block(mem->start, mem->nid);
	if (mem->end & ~BLOCK_MASK)
		reserve_block(mem->end, mem->nid);
	for (i = 0; i < memblock_reserved.cnt; i++) {
		struct pfn_range res = reserved_range(i);
		unsigned long start = max(mem->start, res.start), end = min(mem->end, res.end);

		if (start < end)
			reserve_blocks(start, end, mem->nid);
	}
}

/* Free what lies between the reserved ranges of one memory range. */
static void free_range(const struct pfn_range *mem)
{
	struct pfn_range hole = { mem->start, mem->start, mem->nid };
	int i;

	for (i = 0; i < memblock_reserved.cnt && hole.start < mem->end; i++) {
		struct pfn_range res = reserved_range(i);

		hole.end = min(res.start, mem->end);
		if (hole.start < hole.end)
			free_boot_range(&hole);
		hole.start = max(hole.start, res.end);
	}
	hole.end = mem->end;
	if (hole.start < hole.end)
		free_boot_range(&hole);
}

void memblock_free_all(void)
{
	struct pfn_range mem;
	int i;

	/* All descriptions before the first free: a block can span two ranges. */
	for (i = 0; i < memblock_memory.cnt; i++) {
		mem = memory_range(i);
		reserve_range(&mem);
	}
	for (i = 0; i < memblock_memory.cnt; i++) {
		mem = memory_range(i);
		free_range(&mem);
	}
	build_all_zonelists();
	setup_pcp_sizes();
	setup_per_zone_wmarks();
}

/* An empty zone: it stays so if no memory range reaches into it. */
static void init_zone(pg_data_t *pgdat, enum zone_type zid)
{
	struct zone *zone = &pgdat->node_zones[zid];
	unsigned int order;

	spin_lock_init(&zone->lock, RANK_ZONE, "zone->lock");
	for (order = 0; order < NR_PAGE_ORDERS; order++)
		INIT_LIST_HEAD(&zone->free_area[order].free_list);
	zone->zone_pgdat = pgdat;
	zone->name = zone_names[zid];
	zone_table[zid << (ZONES_SHIFT - NODES_SHIFT) | pgdat->node_id] = zone;
}

static void init_node(int nid)
{
	pg_data_t *pgdat = NODE_DATA(nid);
	int i;

	pgdat->node_id = nid;
	spin_lock_init(&pgdat->lruvec.lru_lock, RANK_LRU, "lru_lock");
	for (i = 0; i < NR_LRU_LISTS; i++)
		INIT_LIST_HEAD(&pgdat->lruvec.lists[i]);
	init_waitqueue_head(&pgdat->kswapd_wait);
	init_waitqueue_head(&pgdat->pfmemalloc_wait);
	for (i = 0; i < MAX_NR_ZONES; i++)
		init_zone(pgdat, i);
}

/* Count a memory range in the zone that it, or a part of it, belongs to. */
static void add_to_zone(const struct pfn_range *mem, enum zone_type zid)
{
	struct zone *zone = &NODE_DATA(mem->nid)->node_zones[zid];
	unsigned long start = mem->start, end = mem->end, zone_end;

	if (zid == ZONE_DMA32)
		end = min(end, DMA32_END_PFN);
	else
		start = max(start, DMA32_END_PFN);
	if (start >= end)
		return;
	zone_end = max(zone->zone_start_pfn + zone->spanned_pages, end);
	if (!zone->spanned_pages || start < zone->zone_start_pfn)
		zone->zone_start_pfn = start;
	zone->spanned_pages = zone_end - zone->zone_start_pfn;
	zone->present_pages += end - start;
}

static void add_to_node(const struct pfn_range *mem)
{
	pg_data_t *pgdat = NODE_DATA(mem->nid);
	unsigned long end = max(pgdat->node_start_pfn + pgdat->node_spanned_pages, mem->end);

	VM_BUG_ON(mem->start > mem->end || mem->nid >= nr_online_nodes);
	if (!pgdat->node_spanned_pages || mem->start < pgdat->node_start_pfn)
		pgdat->node_start_pfn = mem->start;
	pgdat->node_spanned_pages = end - pgdat->node_start_pfn;
	pgdat->node_present_pages += mem->end - mem->start;
	add_to_zone(mem, ZONE_DMA32);
	add_to_zone(mem, ZONE_NORMAL);
}

void free_area_init(void)
{
	unsigned long end_pfn = ALIGN(max_pfn, BLOCK_PAGES);
	unsigned long nr_blocks;
	int i;

	BUILD_BUG_ON(sizeof(struct page) != 64);
	first_block_pfn = min_low_pfn & BLOCK_MASK;
	nr_blocks = (end_pfn - first_block_pfn) >> MAX_PAGE_ORDER;
	block_done = memblock_alloc(BITS_TO_LONGS(nr_blocks) * sizeof(long), sizeof(long));
	mem_map_base = mem_map_create(first_block_pfn, end_pfn);
	page_va_base = PAGE_OFFSET - phys_ram_base - ((unsigned long)mem_map_base << 6);
	BUG_ON(page_address(mem_map_base + first_block_pfn) != pfn_to_virt(first_block_pfn));

	for (i = 0; i < memblock_memory.cnt; i++)
		nr_online_nodes = max(nr_online_nodes, memblock_memory.regions[i].nid + 1);
	BUG_ON(nr_online_nodes < 1 || nr_online_nodes > MAX_NUMNODES);
	for (i = 0; i < nr_online_nodes; i++)
		init_node(i);
	for (i = 0; i < memblock_memory.cnt; i++) {
		struct pfn_range mem = memory_range(i);

		add_to_node(&mem);
	}
}

void free_reserved_area(void *start, void *end, const char *what)
{
	unsigned long pfn = PFN_UP(__pa(start)), end_pfn = PFN_DOWN(__pa(end));
	long pages = end_pfn - pfn;

	for (; pfn < end_pfn; pfn++) {
		struct page *page = pfn_to_page(pfn);

		VM_BUG_ON(!test_bit(PG_reserved, &page->flags));
		clear_bit(PG_reserved, &page->flags);
		atomic_set(&page->_refcount, 1);
		atomic_long_inc(&page_zone(page)->managed_pages);
		__free_page(page);
	}
	if (pages > 0 && what)
		pr_info("Freeing %s memory: %ldK\n", what, pages << (PAGE_SHIFT - 10));
}
