/* SPDX-License-Identifier: MIT */
/*
 * What all slab allocators have in common: making and listing caches, the
 * kmalloc sizes, the figures of /proc/slabinfo.
 *
 * kmem_cache structures come from a cache of their own, kmem_cache, which is a
 * static variable: that is how the first cache can exist.
 *
 * kmalloc sizes: 8 16 32 64 96 128 192 256 512 1k 2k 4k 8k. A size that is a
 * power of two is aligned to itself, up to a cache line. What is larger comes
 * from the buddy as a compound page, which remembers its order; kfree() tells
 * the two apart by PG_slab.
 *
 * Order of a slab: the smallest that holds enough objects and wastes at most
 * 1/16 of itself; with that impossible 1/8, 1/4, and at last anything.
 *
 * Locks: slab_mutex for the list of caches.
 *
 * Linux: mm/slab_common.c; calculate_order() of mm/slub.c. Differs: caches of
 * equal size are not merged.
 */
#include "kernel/init.h"
#include "kernel/printk.h"
#include "lib/string.h"
#include "mm/slab_internal.h"

#define SLAB_MAX_ORDER	3

LIST_HEAD(slab_caches);
DEFINE_MUTEX(slab_mutex, RANK_SLAB_MUTEX);
bool slab_use_slob;
struct kmem_cache slob_pages_cache;

/* The first cache: what the others are allocated from. */
static struct kmem_cache kmem_cache_cache __aligned(64);
static bool slab_up;

static const struct {
	const char *name;
	unsigned int size;
} kmalloc_info[] = {
	{ "kmalloc-8", 8 },	{ "kmalloc-16", 16 },	{ "kmalloc-32", 32 },
	{ "kmalloc-64", 64 },	{ "kmalloc-96", 96 },	{ "kmalloc-128", 128 },
	{ "kmalloc-192", 192 },	{ "kmalloc-256", 256 },	{ "kmalloc-512", 512 },
	{ "kmalloc-1k", 1024 },	{ "kmalloc-2k", 2048 },	{ "kmalloc-4k", 4096 },
	{ "kmalloc-8k", 8192 },
};
static struct kmem_cache *kmalloc_caches[ARRAY_SIZE(kmalloc_info)];
/* Index of the cache for a size up to 1 KiB, by (size + 7) / 8. */
static u8 kmalloc_index[1024 / 8 + 1];

/* ---- layout of a cache ---- */

/* The smallest order with enough objects and at most 1/fraction of waste; else too large a one. */
static unsigned int slab_order(unsigned int size, unsigned int min_objects, unsigned int fraction)
{
	unsigned int order;

	for (order = 0; order <= SLAB_MAX_ORDER; order++) {
		unsigned int bytes = PAGE_SIZE << order;

		if (bytes / size >= min_objects && bytes % size <= bytes / fraction)
			return order;
	}
	return NR_PAGE_ORDERS;
}

/* Ask for less and less: fewer objects only when no amount of waste would do. */
static unsigned int calculate_order(unsigned int size)
{
	/* Larger slabs mean fewer trips to the buddy, but need contiguous memory. */
	unsigned int objects = totalram_pages() >= (64UL << (20 - PAGE_SHIFT)) ? 8 : 4;
	unsigned int fraction, order;

	for (; objects > 1; objects /= 2) {
		for (fraction = 16; fraction >= 4; fraction /= 2) {
			order = slab_order(size, objects, fraction);
			if (order <= SLAB_MAX_ORDER)
				return order;
		}
	}
	return get_order(size);
}

/* No slab anywhere. */
static void init_cache_nodes(struct kmem_cache *s)
{
	int nid;

	memset(s->node, 0, sizeof(s->node));
	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		spin_lock_init(&s->node[nid].list_lock, RANK_SLAB, "slab list_lock");
		INIT_LIST_HEAD(&s->node[nid].partial);
	}
}

void kmem_cache_open(struct kmem_cache *s, const char *name, unsigned int size,
		     slab_flags_t flags, void (*ctor)(void *obj))
{
	memset(s, 0, offsetof(struct kmem_cache, align));
	s->align = max(s->align, 8U);
	if (flags & SLAB_HWCACHE_ALIGN)
		s->align = max(s->align, 64U);
	/* The line of /proc/slabinfo and of slub_debug=. */
	s->name = name;
	s->flags = flags;
	if (CONFIG_SLUB_DEBUG)
		s->flags |= slub_debug_flags(name);
	s->ctor = ctor;
	s->object_size = size;
	/*
	 * A free object must have room for the link; what debugging adds comes
	 * behind that, then what alignment leaves over.
	 */
	s->inuse = ALIGN(max(size, 8U), 8U);
	s->size = s->inuse;
	s->track = 0;
	s->offset = 0;
	if (ctor) {
		/* The link would destroy what the constructor made: behind the object. */
		s->offset = s->inuse;
		s->size += sizeof(void *);
	}
	if (kmem_cache_debug(s))
		slub_debug_layout(s);
	s->size = ALIGN(s->size, s->align);
	s->order = calculate_order(s->size);
	s->min_order = get_order(s->size);
	s->min_partial = clamp_t(unsigned int, ilog2(s->size) / 2, 2, 5);
	init_cache_nodes(s);
}

/* ---- life of a cache: created and destroyed by anybody, listed under slab_mutex ---- */

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *obj))
{
	struct kmem_cache *s;

	VM_BUG_ON(!size || size > (PAGE_SIZE << SLAB_MAX_ORDER) || (align & (align - 1)));
	/* Zeroed: every hart begins without a slab. */
	s = kmem_cache_zalloc(&kmem_cache_cache, GFP_KERNEL);
	if (!s) {
		if (flags & SLAB_PANIC)
			panic("kmem_cache_create: no memory for cache %s", name);
		return NULL;
	}
	s->align = align;
	kmem_cache_open(s, name, size, flags, ctor);
	mutex_lock(&slab_mutex);
	list_add_tail(&s->list, &slab_caches);
	mutex_unlock(&slab_mutex);
	return s;
}

/* On each hart: its current slab of one cache goes back to the node. */
static void flush_one(void *cache)
{
	unsigned long flags = local_irq_save();

	slub_flush_this_cpu(cache);
	local_irq_restore(flags);
}

/* The same for all caches, in one message to each hart. */
static void flush_every(void *unused)
{
	unsigned long flags = local_irq_save();
	struct kmem_cache *s;

	/* The caller of slab_shrink_all() holds slab_mutex while all harts do this. */
	list_for_each_entry(s, &slab_caches, list)
		slub_flush_this_cpu(s);
	local_irq_restore(flags);
}

/* Slabs of a cache on all nodes. */
static unsigned long count_slabs(const struct kmem_cache *s)
{
	unsigned long sum = 0;
	int nid;

	for_each_online_node(nid)
		sum += atomic_long_read(&s->node[nid].nr_slabs);
	return sum;
}

int kmem_cache_shrink(struct kmem_cache *s)
{
	smp_call_all(flush_one, s);
	slub_free_empty(s);
	return count_slabs(s) != 0;
}

void kmem_cache_destroy(struct kmem_cache *s)
{
	if (!s)
		return;
	/* Better a leak than memory in use given to others. */
	if (kmem_cache_shrink(s)) {
		pr_err("BUG %s: objects remaining in %s on kmem_cache_destroy()\n", s->name,
		       s->name);
		dump_stack();
		return;
	}
	mutex_lock(&slab_mutex);
	list_del(&s->list);
	mutex_unlock(&slab_mutex);
	kmem_cache_free(&kmem_cache_cache, s);
}

unsigned long slab_shrink_all(void)
{
	unsigned long pages = 0;
	struct kmem_cache *s;

	mutex_lock(&slab_mutex);
	smp_call_all(flush_every, NULL);
	list_for_each_entry(s, &slab_caches, list)
		pages += slub_free_empty(s);
	mutex_unlock(&slab_mutex);
	return pages;
}

/* ---- kmalloc ---- */

struct kmem_cache *kmalloc_slab(size_t size)
{
	if (likely(size <= 1024))
		return kmalloc_caches[kmalloc_index[(size + 7) / 8]];
	/* kmalloc-2k is number 10 of the table above. */
	return kmalloc_caches[10 + (size > 2048) + (size > 4096)];
}

void *kmalloc_large(size_t size, gfp_t gfp)
{
	struct page *page = alloc_pages(gfp | __GFP_COMP, get_order(size));

	return page ? page_address(page) : NULL;
}

void free_large_kmalloc(struct page *page, const void *p)
{
	/* Neither in a slab nor the start of a block: not an address that kmalloc returned. */
	if (WARN_ON(page_address(page) != p || page_count(page) <= 0))
		return;
	__free_pages(page, folio_order((struct folio *)page));
}

/* The caches, and the table that leads from a size to one of them. */
static void create_kmalloc_caches(void)
{
	size_t i, size = 0;

	for (i = 0; i < ARRAY_SIZE(kmalloc_info); i++) {
		unsigned int align = kmalloc_info[i].size & -kmalloc_info[i].size;

		kmalloc_caches[i] = kmem_cache_create(kmalloc_info[i].name, kmalloc_info[i].size,
						      min(align, 64U), SLAB_PANIC, NULL);
		for (; size <= 1024 && size <= kmalloc_info[i].size; size += 8)
			kmalloc_index[size / 8] = i;
	}
}

/* The order matters: who allocates, what is checked, then the first cache. */
void kmem_cache_init(void)
{
	char value[16];

	BUILD_BUG_ON(ARRAY_SIZE(kmalloc_info) != 13);
	if (cmdline_get("slab_allocator", value, sizeof(value))) {
		slab_use_slob = !strcmp(value, "slob");
		if (!slab_use_slob && strcmp(value, "slub"))
			pr_warn("slab_allocator=%s is not known: slub or slob\n", value);
	}
	if (slab_use_slob)
		slob_init();
	if (CONFIG_SLUB_DEBUG)
		slub_debug_init();
	kmem_cache_cache.align = 64;
	kmem_cache_open(&kmem_cache_cache, "kmem_cache", sizeof(struct kmem_cache), 0, NULL);
	list_add_tail(&kmem_cache_cache.list, &slab_caches);
	create_kmalloc_caches();
	slab_up = true;
}

bool slab_is_available(void)
{
	return slab_up;
}

/* ---- figures ---- */

/* Objects that are free on partial slabs; those on a hart's freelist count as active. */
static unsigned long count_free(struct kmem_cache_node *n)
{
	unsigned long flags, sum = 0;
	struct slab *slab;

	spin_lock_irqsave(&n->list_lock, flags);
	list_for_each_entry(slab, &n->partial, list)
		sum += slab->objects - slab->inuse;
	spin_unlock_irqrestore(&n->list_lock, flags);
	return sum;
}

/* One row of /proc/slabinfo. Not exact while objects come and go. */
static void get_slabinfo(struct kmem_cache *s, struct slabinfo *si)
{
	unsigned long nr_free = 0, total = 0;
	int nid;

	for_each_online_node(nid) {
		total += atomic_long_read(&s->node[nid].total_objects);
		nr_free += count_free(&s->node[nid]);
	}
	*si = (struct slabinfo){
		.active_objs = total - min(nr_free, total),
		.num_objs = total,
		.active_slabs = count_slabs(s),
		.num_slabs = count_slabs(s),
		.objects_per_slab = (PAGE_SIZE << s->order) / s->size,
		.cache_order = s->order,
		.size = s->size,
		.name = s->name,
	};
}

void slab_for_each_info(void (*fn)(const struct slabinfo *si, void *arg), void *arg)
{
	struct kmem_cache *s;
	struct slabinfo si;

	mutex_lock(&slab_mutex);
	list_for_each_entry(s, &slab_caches, list) {
		get_slabinfo(s, &si);
		fn(&si, arg);
	}
	mutex_unlock(&slab_mutex);
}

/* ---- consistency ---- */

/* The free list leads only to objects of this slab, and to as many as are free. */
static void check_partial_slab(struct kmem_cache *s, struct slab *slab)
{
	const char *base = slab_address(slab);
	unsigned int nr_free = 0;
	const char *object;

	BUG_ON(!(slab->flags & BIT(PG_slab)) || slab->cache != s || slab->frozen);
	BUG_ON(slab->inuse > slab->objects || !slab->freelist);
	for (object = slab->freelist; object; object = get_freepointer(s, object)) {
		BUG_ON(object < base || (size_t)(object - base) >= slab->objects * s->size);
		BUG_ON((object - base) % s->size);
		BUG_ON(++nr_free > slab->objects);
	}
	BUG_ON(nr_free != (unsigned int)(slab->objects - slab->inuse));
	if (kmem_cache_debug(s))
		slub_debug_check_free(s, slab);
}

/* All partial slabs of a node. Full and current ones are on no list: they are not seen. */
static void check_cache_node(struct kmem_cache *s, struct kmem_cache_node *n)
{
	unsigned long flags, nr = 0;
	struct slab *slab;

	spin_lock_irqsave(&n->list_lock, flags);
	list_for_each_entry(slab, &n->partial, list) {
		check_partial_slab(s, slab);
		nr++;
	}
	BUG_ON(nr != n->nr_partial || (long)nr > atomic_long_read(&n->nr_slabs));
	spin_unlock_irqrestore(&n->list_lock, flags);
}

/* Debugging's checks of each free object are made too, where a cache has them. */
void mm_check_slab(void)
{
	struct kmem_cache *s;
	int nid;

	mutex_lock(&slab_mutex);
	list_for_each_entry(s, &slab_caches, list)
		for_each_online_node(nid)
			check_cache_node(s, &s->node[nid]);
	mutex_unlock(&slab_mutex);
}
