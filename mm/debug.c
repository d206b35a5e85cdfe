/* SPDX-License-Identifier: MIT */
/*
 * dump_page(), the checks on page allocation and free, and the walker that
 * tests the buddy's invariants.
 *
 * Poison: with "page_poison" on the command line a debug build fills each page
 * with 0xaa when it is freed (PG_raw says so) and looks, when the page is
 * handed out again, whether all bytes are still there: a write after free.
 *
 * Locks: mm_check_buddy() holds one zone->lock at a time. The rest takes none.
 *
 * Linux: mm/debug.c, mm/page_poison.c, mm/page_alloc.c, bad_page(). Differs:
 * the owner is one text address in struct page, not a stack trace.
 */
#include "mm/debug.h"
#include "kernel/init.h"
#include "kernel/printk.h"
#include "lib/string.h"
#include "mm/page_internal.h"

unsigned long tainted;

static bool page_poison;

static const char *const flag_names[__NR_PAGEFLAGS] = {
	"locked", "referenced", "uptodate", "dirty", "lru", "active", "unevictable",
	"waiters", "writeback", "error", "swapcache", "swapbacked", "reclaim",
	"workingset", "mlocked", "slab", "buddy", "reserved", "head", "tail", "pgtable", "raw",
};

static void print_page_flags(const struct page *page)
{
	const char *sep = "";
	int i;

	pr_warn("flags: %#lx(", page->flags);
	for (i = 0; i < __NR_PAGEFLAGS; i++) {
		if (!test_bit(i, &page->flags))
			continue;
		pr_cont("%s%s", sep, flag_names[i]);
		sep = "|";
	}
	pr_cont(") node=%d zone=%d\n", page_to_nid(page), page_zonenum(page));
}

static void print_page_owner(const struct page *page)
{
	char buf[KSYM_NAME_LEN];
	unsigned long offset, addr = page->owner + KERNEL_LINK_ADDR;
	const char *name = page->owner ? kallsyms_lookup(addr, &offset, buf) : NULL;

	if (name)
		pr_warn("allocated by %s+%#lx\n", name, offset);
}

void dump_page(const struct page *page, const char *reason)
{
	pr_warn("page:%p refcount:%d mapcount:%d mapping:%p index:%#lx pfn:%#lx\n",
		(const void *)page, atomic_read(&page->_refcount),
		atomic_read(&page->_mapcount) + 1, (const void *)page->mapping, page->index,
		page_to_pfn(page));
	print_page_flags(page);
	pr_warn("private:%#lx order:%u\n", page->private, page->order);
	print_page_owner(page);
	if (reason)
		pr_warn("page dumped because: %s\n", reason);
}

void bad_page(struct page *page, const char *reason)
{
	tainted |= TAINT_BAD_PAGE;
	pr_err("BUG: Bad page state in process %s  pfn:%05lx\n", current->comm,
	       page_to_pfn(page));
	dump_page(page, reason);
	dump_stack();
}

void page_poison_init(void)
{
	page_poison = CONFIG_DEBUG_VM && cmdline_has("page_poison");
}

void debug_free_page(struct page *page)
{
	if (!page_poison)
		return;
	memset(page_address(page), PAGE_POISON, PAGE_SIZE);
	page->flags |= BIT(PG_raw);
}

static void check_poison(struct page *page)
{
	unsigned char *bad;

	if (!(page->flags & BIT(PG_raw)))
		return;
	page->flags &= ~BIT(PG_raw);
	bad = memchr_inv(page_address(page), PAGE_POISON, PAGE_SIZE);
	if (!bad)
		return;
	tainted |= TAINT_BAD_PAGE;
	pr_err("BUG: page %05lx was written after it was freed: offset %#lx, %#02x not %#02x\n",
	       page_to_pfn(page), offset_in_page(bad), *bad, PAGE_POISON);
	dump_page(page, "page_poison");
}

void check_new_page(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1UL << order; i++) {
		struct page *p = page + i;

		check_poison(p);
		if (likely(!page_count(p) && atomic_read(&p->_mapcount) == -1 && !p->mapping &&
			   !(p->flags & (BIT(__NR_PAGEFLAGS) - 1))))
			continue;
		dump_page(p, "changed while it was free");
		BUG();
	}
}

void set_page_owner(struct page *page, unsigned int order, const void *caller)
{
	page->owner = (u32)((unsigned long)caller - KERNEL_LINK_ADDR);
}

/* ---- the buddy's invariants ---- */

static void check_free_block(const struct zone *zone, const struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), buddy_pfn = pfn ^ (1UL << order);
	const struct page *buddy = pfn_to_page(buddy_pfn);

	BUG_ON(!test_bit(PG_buddy, &page->flags) || page->order != order);
	BUG_ON(pfn & ((1UL << order) - 1));
	BUG_ON(page_count(page) || page_zone(page) != zone);
	BUG_ON(pfn < zone->zone_start_pfn ||
	       pfn + (1UL << order) > zone->zone_start_pfn + zone->spanned_pages);
	if (order < MAX_PAGE_ORDER)
		BUG_ON(test_bit(PG_buddy, &buddy->flags) && buddy->order == order &&
		       page_zone(buddy) == zone);
}

static void check_zone(struct zone *zone)
{
	unsigned long flags, nr_free = 0;
	unsigned int order;

	spin_lock_irqsave(&zone->lock, flags);
	for (order = 0; order < NR_PAGE_ORDERS; order++) {
		unsigned long blocks = 0;
		struct page *page;

		list_for_each_entry(page, &zone->free_area[order].free_list, lru) {
			check_free_block(zone, page, order);
			blocks++;
		}
		BUG_ON(blocks != zone->free_area[order].nr_free);
		nr_free += blocks << order;
	}
	BUG_ON(nr_free != zone->nr_free);
	BUG_ON(nr_free > (unsigned long)atomic_long_read(&zone->managed_pages));
	spin_unlock_irqrestore(&zone->lock, flags);
}

void mm_check_buddy(void)
{
	struct zone *zone;
	int nid, zid;

	for_each_populated_zone(zone, nid, zid)
		check_zone(zone);
}
