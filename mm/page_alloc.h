/* SPDX-License-Identifier: MIT */
/*
 * The page allocator: whole frames, in blocks of 2^order.
 *
 * Linux: include/linux/gfp.h, mm/page_alloc.c.
 */
#pragma once
#include "mm/gfp.h"
#include "mm/mmzone.h"

/*
 * alloc_pages() - a block of 2^order frames, reference count 1, content
 * undefined unless __GFP_ZERO. May sleep if gfp has __GFP_DIRECT_RECLAIM.
 * => NULL: no memory (never with __GFP_NOFAIL). order > MAX_PAGE_ORDER is NULL.
 */
struct page *alloc_pages(gfp_t gfp, unsigned int order);
struct page *alloc_pages_node(int nid, gfp_t gfp, unsigned int order);
struct page *alloc_page(gfp_t gfp);	/* one frame: the fast path */
/* __free_pages() - give back a reference to the block; the last one frees it. Any context. */
void __free_pages(struct page *page, unsigned int order);
static inline void __free_page(struct page *page) { __free_pages(page, 0); }
/* free_unref_page_list() - free order-0 pages linked by lru whose refcount is already 0. */
void free_unref_page_list(struct list_head *list);
/* free_unref_pages() - the same for an array. */
void free_unref_pages(struct page **pages, unsigned int nr);
/* free_frozen_page() - free one order-0 page whose refcount is already 0. */
void free_frozen_page(struct page *page);
/* free_frozen_pages() - the same for a block of 2^order, compound or not. */
void free_frozen_pages(struct page *page, unsigned int order);
/* split_page() - a block that is not compound becomes 2^order pages with one reference each. */
void split_page(struct page *page, unsigned int order);
/* Kernel-address forms; 0 means no memory. */
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
static inline unsigned long get_zeroed_page(gfp_t gfp)
{
	return __get_free_pages(gfp | __GFP_ZERO, 0);
}
void free_pages(unsigned long addr, unsigned int order);
static inline void free_page(unsigned long addr) { free_pages(addr, 0); }
/* alloc_pages_exact() - size bytes of contiguous memory, the tail of the block given back. */
void *alloc_pages_exact(size_t size, gfp_t gfp);
void free_pages_exact(void *addr, size_t size);

unsigned int get_order(unsigned long size);	/* smallest order of size bytes; 0 for 0 */
unsigned long nr_free_pages(void);		/* all zones, per-hart lists included */
unsigned long zone_free_pages(const struct zone *zone);	/* the same for one zone */
unsigned long totalram_pages(void);
unsigned long si_mem_available(void);		/* MemAvailable, Linux's estimate */
/* drain_all_pages() - all per-hart lists go back to the buddy. => may sleep (IPIs). */
void drain_all_pages(void);
bool zone_watermark_ok(const struct zone *zone, unsigned int order, unsigned long mark,
		       enum zone_type highest, gfp_t gfp);
/* setup_per_zone_wmarks() - recompute min/low/high after min_free_kbytes changed. */
void setup_per_zone_wmarks(void);
extern unsigned long min_free_kbytes;		/* vm.min_free_kbytes */
extern int watermark_scale_factor;

/* vmemmap_populate() - arch: back [start, end) of the struct page array with memory from memblock,
 * not cleared; 0 or -ENOMEM. Page aligned. CONFIG_MMU only. */
int __must_check vmemmap_populate(unsigned long start, unsigned long end);
/* page_alloc_enable_reclaim() - boot: from now on allocations may sleep and reclaim. */
void page_alloc_enable_reclaim(void);

/* Boot: free_area_init() builds nodes and zones from memblock; then memblock_free_all(). */
void free_area_init(void);
/* free_reserved_area() - hand over memory that boot no longer needs (init data, initrd). */
void free_reserved_area(void *start, void *end, const char *what);
/* page_is_initialized() - has this frame's struct page been set up (deferred init)? */
bool page_is_initialized(unsigned long pfn);
/* mm_check_buddy() - walk all free lists, BUG on any inconsistency (debug, tests). */
void mm_check_buddy(void);
/* show_mem() - the memory state, for OOM and panic reports. Any context. */
void show_mem(void);
