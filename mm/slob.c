/* SPDX-License-Identifier: MIT */
/*
 * SLOB: the allocator of K&R's chapter 8 behind the kernel's slab interface,
 * chosen with slab_allocator=slob. To compare with SLUB: it needs the least
 * memory and has the longest searches.
 *
 * Pages from the buddy hold blocks of many sizes side by side. The free blocks
 * of a page form a list in order of address; allocation takes the first one
 * that is large enough, and freeing joins neighbours. Pages are on one of
 * three lists by the size of what they serve, so that small objects do not
 * fill up the pages that large ones could use.
 *
 *   unit          16 bytes; all sizes are counted in units
 *   free block    { units, offset of the next free block in the page (0: last) }
 *   kmalloc block one unit of header with the byte size, then the memory
 *   cache object  no header: the cache knows the size
 *
 * More than a page less one unit comes from the buddy.
 *
 * Invariants: a page on a list has free blocks; blocks in a page's list are in
 * rising order, not empty, and no two touch. struct slab serves for the page:
 * freelist is the first free block, inuse the number of units taken.
 * Locks: slob_lock, irq-safe, for everything.
 *
 * Linux: mm/slob.c (until 6.3). Differs: a unit is 16 bytes, not 2.
 */
#include "kernel/printk.h"
#include "lib/string.h"
#include "mm/slab_internal.h"

#define SLOB_UNIT	16
#define UNITS(bytes)	DIV_ROUND_UP((unsigned int)(bytes), SLOB_UNIT)
#define PAGE_UNITS	(PAGE_SIZE / SLOB_UNIT)
#define SLOB_MAX	(PAGE_SIZE - SLOB_UNIT)

struct slob_block {
	u32 units;
	u32 next;			/* in units from the start of the page; 0: none */
};

static DEFINE_SPINLOCK(slob_lock, RANK_SLAB);
static struct list_head slob_lists[3];	/* blocks up to 256 bytes, 1 KiB, a page */

void slob_init(void)
{
	for (int i = 0; i < 3; i++)
		INIT_LIST_HEAD(&slob_lists[i]);
	pr_info("SLOB: first-fit list allocator\n");
}

static struct list_head *list_for(unsigned int units)
{
	return &slob_lists[units <= 256 / SLOB_UNIT ? 0 : units <= 1024 / SLOB_UNIT ? 1 : 2];
}

/* The next free block in the page, or NULL. Offset 0 is never a next one: it is the first. */
static struct slob_block *next_block(const struct slob_block *b)
{
	char *base = (char *)((unsigned long)b & PAGE_MASK);

	return b->next ? (struct slob_block *)(base + b->next * SLOB_UNIT) : NULL;
}

/* Link by position: offsets in units fit where pointers would not. No prev: next comes first. */
static void set_next(struct slab *sp, struct slob_block *prev, struct slob_block *next)
{
	if (prev)
		prev->next = next ? offset_in_page(next) / SLOB_UNIT : 0;
	else
		sp->freelist = next;
}

/* Units to skip in b so that what lies `header` units in is aligned. */
static unsigned int skip_for(const struct slob_block *b, unsigned int align, unsigned int header)
{
	unsigned long start = (unsigned long)b + header * SLOB_UNIT;

	return (ALIGN(start, (unsigned long)align) - start) / SLOB_UNIT;
}

/* First fit in one page. => slob_lock held; NULL: no room. */
static void *alloc_in_page(struct slab *sp, unsigned int units, unsigned int align,
			   unsigned int header)
{
	struct slob_block *prev = NULL, *b;

	for (b = sp->freelist; b; prev = b, b = next_block(b)) {
		unsigned int skip = skip_for(b, align, header);
		struct slob_block *got = b + skip * (SLOB_UNIT / sizeof(*b)), *rest = next_block(b);

		if (b->units < units + skip)
			continue;
		/* Cut b into: skipped front, the piece to hand out, a rest behind it. */
		if (b->units > units + skip) {
			struct slob_block *tail = got + units * (SLOB_UNIT / sizeof(*b));

			tail->units = b->units - units - skip;
			set_next(NULL, tail, rest);
			rest = tail;
		}
		if (skip) {
			b->units = skip;	/* what alignment left in front stays free */
			set_next(sp, b, rest);
		} else {
			set_next(sp, prev, rest);
		}
		sp->inuse += units;
		return got;
	}
	return NULL;
}

static void *alloc_in_list(struct list_head *list, unsigned int units, unsigned int align,
			   unsigned int header)
{
	struct slab *sp;

	lockdep_assert_held(&slob_lock);
	list_for_each_entry(sp, list, list) {
		void *p = PAGE_UNITS - sp->inuse >= units ?
				alloc_in_page(sp, units, align, header) : NULL;

		if (!p)
			continue;
		if (!sp->freelist)
			list_del_init(&sp->list);
		return p;
	}
	return NULL;
}

/* A page as one free block, on the list. */
static bool add_page(struct list_head *list, gfp_t gfp)
{
	struct page *page = alloc_page(gfp & ~__GFP_ZERO);
	struct slab *sp = page_slab(page);
	struct slob_block *b;
	unsigned long flags;

	if (!page)
		return false;
	b = page_address(page);
	VM_BUG_ON(offset_in_page(b));
	*b = (struct slob_block){ .units = PAGE_UNITS, .next = 0 };
	page->flags |= BIT(PG_slab);
	sp->cache = &slob_pages_cache;
	sp->freelist = b;
	sp->inuse = 0;
	sp->objects = PAGE_UNITS;
	mod_node_page_state(page_pgdat(page), NR_SLAB_UNRECLAIMABLE, 1);
	spin_lock_irqsave(&slob_lock, flags);
	list_add(&sp->list, list);
	spin_unlock_irqrestore(&slob_lock, flags);
	return true;
}

static void *slob_alloc(size_t bytes, unsigned int align, unsigned int header, gfp_t gfp)
{
	unsigned int units = UNITS(bytes) + header;
	struct list_head *list = list_for(units);
	unsigned long flags;
	void *p;

	do {
		spin_lock_irqsave(&slob_lock, flags);
		p = alloc_in_list(list, units, align, header);
		spin_unlock_irqrestore(&slob_lock, flags);
	} while (!p && add_page(list, gfp));
	return p;
}

void *slob_kmalloc(size_t size, gfp_t gfp)
{
	/* A power of two is aligned to itself, as with slub, up to a cache line. */
	unsigned int align = is_power_of_2(size) ? clamp(size, 16UL, 64UL) : SLOB_UNIT;
	u32 *header;
	void *p;

	if (size > SLOB_MAX - align)
		return kmalloc_large(size, gfp);
	header = slob_alloc(size, align, 1, gfp);
	if (!header)
		return NULL;
	*header = size;
	p = (char *)header + SLOB_UNIT;
	return gfp & __GFP_ZERO ? memset(p, 0, size) : p;
}

void *slob_cache_alloc(struct kmem_cache *s, gfp_t gfp)
{
	void *p;

	if (s->object_size > SLOB_MAX)
		p = kmalloc_large(s->object_size, gfp & ~__GFP_ZERO);
	else
		p = slob_alloc(s->object_size, max(s->align, (unsigned int)SLOB_UNIT), 0, gfp);
	if (p && s->ctor)
		s->ctor(p);
	return p;
}

/* Join b with the block behind it, if they touch. */
static void merge_next(struct slob_block *b)
{
	struct slob_block *next = next_block(b);

	if (!next || (char *)b + b->units * SLOB_UNIT != (char *)next)
		return;
	b->units += next->units;
	b->next = next->next;
}

/* => slob_lock held. True: the page is empty and off its list. */
static bool free_in_page(struct slab *sp, void *p, unsigned int units)
{
	struct slob_block *prev = NULL, *next = sp->freelist, *b = p;

	lockdep_assert_held(&slob_lock);
	VM_BUG_ON(!units || sp->inuse < units);
	while (next && next < b) {
		prev = next;
		next = next_block(next);
	}
	VM_BUG_ON(prev && (char *)prev + prev->units * SLOB_UNIT > (char *)b);
	VM_BUG_ON(next && (char *)b + units * SLOB_UNIT > (char *)next);
	if (!sp->freelist)
		list_add(&sp->list, list_for(units));
	b->units = units;
	set_next(sp, b, next);
	set_next(sp, prev, b);
	merge_next(b);
	if (prev)
		merge_next(prev);
	sp->inuse -= units;
	if (sp->inuse)
		return false;
	list_del(&sp->list);
	return true;
}

static void free_slob_page(struct slab *sp)
{
	struct page *page = slab_page(sp);

	page->flags &= ~BIT(PG_slab);
	page->private = 0;
	mod_node_page_state(page_pgdat(page), NR_SLAB_UNRECLAIMABLE, -1);
	__free_page(page);
}

void slob_free(struct kmem_cache *s, void *object)
{
	struct slab *sp = virt_to_slab(object);
	unsigned int units;
	unsigned long flags;
	bool empty;

	if (!(sp->flags & BIT(PG_slab))) {
		free_large_kmalloc(slab_page(sp), object);
		return;
	}
	if (!s || s == &slob_pages_cache) {
		object = (char *)object - SLOB_UNIT;
		units = UNITS(*(u32 *)object) + 1;
	} else {
		units = UNITS(s->object_size);
	}
	spin_lock_irqsave(&slob_lock, flags);
	empty = free_in_page(sp, object, units);
	spin_unlock_irqrestore(&slob_lock, flags);
	if (empty)
		free_slob_page(sp);
}

size_t slob_ksize(const void *p)
{
	return *(const u32 *)((const char *)p - SLOB_UNIT);
}
