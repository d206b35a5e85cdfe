/* SPDX-License-Identifier: MIT */
/*
 * SLUB: objects of one size, cut out of pages.
 *
 * A cache takes slabs (1 to 8 pages in one piece) from the buddy and cuts them
 * into equal objects. Free objects of a slab form a list whose links are kept
 * inside the objects themselves, so a free object costs nothing. Each hart has
 * a current ("frozen") slab whose free objects it takes over as a whole; to
 * allocate is to pop from that private list, with interrupts off for a handful
 * of instructions: no lock, no atomic operation.
 *
 *   alloc   fast: pop the hart's freelist
 *           slow: what others freed into the current slab; else a slab from
 *                 the node's partial list; else a new slab
 *   free    fast: the object is of the hart's current slab: push
 *           slow: push on the slab's own freelist under the node's lock; a
 *                 full slab becomes partial, an empty one may go back
 *
 * The fast paths know nothing of debugging, of slob or of ctors: for a cache
 * under debug, and for all caches with slab_allocator=slob, the hart's freelist
 * and slab are always NULL, so that every call ends in the slow path.
 *
 * Ask yourself: why may free push to c->freelist without asking whether the
 * slab is full, partial or empty?
 *
 * Invariants: slab->inuse + length of slab->freelist = slab->objects (objects
 * on a hart's freelist count as in use); only unfrozen slabs are on a list.
 * Locks: (S) node->list_lock, irq-safe, for slab->freelist, inuse, frozen and
 * the lists. kmem_cache_cpu: its hart, interrupts off.
 *
 * Linux: mm/slub.c, slab_alloc_node(), do_slab_free(). Differs: interrupts off
 * instead of cmpxchg_double; no per-hart partial lists; the slow path takes
 * the node lock where Linux tries an atomic exchange first.
 */
#include "kernel/printk.h"
#include "lib/string.h"
#include "mm/slab_internal.h"

/* ---- slabs ---- */

/* The cache's and the node's figures, as a slab comes (1) or goes (-1). */
static void slab_account(struct kmem_cache *s, struct slab *slab, long sign)
{
	struct page *page = slab_page(slab);
	enum node_stat_item item = s->flags & SLAB_RECLAIM_ACCOUNT ?
				   NR_SLAB_RECLAIMABLE : NR_SLAB_UNRECLAIMABLE;
	struct kmem_cache_node *n = slab_node(s, slab);

	atomic_long_add(sign, &n->nr_slabs);
	atomic_long_add(sign * slab->objects, &n->total_objects);
	mod_node_page_state(page_pgdat(page), item,
			    sign * folio_nr_pages((struct folio *)page));
}

/* Chain all objects in order of address and run the constructor on each. */
static void init_objects(struct kmem_cache *s, struct slab *slab)
{
	char *object = slab_address(slab);
	unsigned int i;

	VM_BUG_ON(!slab->objects || slab->inuse);
	slab->freelist = object;
	for (i = 1; i < slab->objects; i++) {
		set_freepointer(s, object, object + s->size);
		object += s->size;
	}
	set_freepointer(s, object, NULL);
	if (!s->ctor)
		return;
	object = slab_address(slab);
	for (i = 0; i < slab->objects; i++)
		s->ctor(object + i * s->size);
}

static struct page *alloc_slab_pages(struct kmem_cache *s, gfp_t gfp)
{
	/* A large slab is a wish: no reclaim and no report for it. */
	gfp_t optimistic = (gfp | __GFP_NOWARN | __GFP_NORETRY) &
			   ~(__GFP_NOFAIL | __GFP_DIRECT_RECLAIM);
	unsigned int order = s->order;
	struct page *page = NULL;

	if (order > s->min_order)
		page = alloc_pages(optimistic | __GFP_COMP, order);
	if (!page) {
		order = s->min_order;
		page = alloc_pages(order ? gfp | __GFP_COMP : gfp, order);
	}
	return page;
}

/* A new slab, all objects free, on no list. May sleep if gfp says so. */
static struct slab *new_slab(struct kmem_cache *s, gfp_t gfp)
{
	struct page *page = alloc_slab_pages(s, gfp & ~__GFP_ZERO);
	struct slab *slab = page_slab(page);

	if (!page)
		return NULL;
	page->flags |= BIT(PG_slab);
	slab->cache = s;
	slab->inuse = 0;
	slab->frozen = 0;
	slab->objects = (PAGE_SIZE << folio_order((struct folio *)page)) / s->size;
	if (kmem_cache_debug(s))
		slub_debug_init_slab(s, slab);
	init_objects(s, slab);
	slab_account(s, slab, 1);
	return slab;
}

/* => on no list, nothing in use. */
static void free_slab(struct kmem_cache *s, struct slab *slab)
{
	struct page *page = slab_page(slab);
	unsigned int order = folio_order((struct folio *)page);

	VM_BUG_ON(slab->inuse || slab->frozen);
	/* The last look at the objects, before the page gets another owner. */
	if (kmem_cache_debug(s))
		slub_debug_check_free(s, slab);
	slab_account(s, slab, -1);
	page->flags &= ~BIT(PG_slab);
	page->private = 0;
	__free_pages(page, order);
}

/* The partial list is a stack: what was used last is likely to be in a cache. */
static void add_partial(struct kmem_cache_node *n, struct slab *slab)
{
	lockdep_assert_held(&n->list_lock);
	VM_BUG_ON(slab->frozen || !slab->freelist);
	list_add(&slab->list, &n->partial);
	n->nr_partial++;
}

static void remove_partial(struct kmem_cache_node *n, struct slab *slab)
{
	lockdep_assert_held(&n->list_lock);
	VM_BUG_ON(!n->nr_partial);
	list_del(&slab->list);
	n->nr_partial--;
}

/* ---- the hart's current slab: interrupts off ---- */

/* Take all free objects of the current slab over. => list_lock held. */
static void take_freelist(struct kmem_cache_cpu *c)
{
	struct slab *slab = c->slab;

	VM_BUG_ON(c->freelist || !slab->freelist);
	c->freelist = slab->freelist;
	slab->freelist = NULL;
	slab->inuse = slab->objects;
}

/* What other harts freed into our slab meanwhile; if nothing, let it go as full. */
static bool refill_from_current(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct kmem_cache_node *n = slab_node(s, c->slab);

	spin_lock(&n->list_lock);
	if (c->slab->freelist) {
		take_freelist(c);
	} else {
		c->slab->frozen = 0;
		c->slab = NULL;
	}
	spin_unlock(&n->list_lock);
	return c->freelist;
}

/* Take over the first partial slab of a node. */
static bool refill_from_partial(struct kmem_cache_node *n, struct kmem_cache_cpu *c)
{
	/* A look without the lock: a slab that comes just now is found next time. */
	if (!READ_ONCE(n->nr_partial))
		return false;
	spin_lock(&n->list_lock);
	if (!list_empty(&n->partial)) {
		c->slab = list_first_entry(&n->partial, struct slab, list);
		remove_partial(n, c->slab);
		c->slab->frozen = 1;
		take_freelist(c);
	}
	spin_unlock(&n->list_lock);
	return c->freelist;
}

/* Our own slab first, then this node's, then any node's: near memory is faster. */
static bool refill(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	int i, nid = cpu_to_node(smp_processor_id());

	VM_BUG_ON(!irqs_disabled() || c->freelist);
	if (c->slab && refill_from_current(s, c))
		return true;
	for (i = 0; i < nr_online_nodes; i++)
		if (refill_from_partial(&s->node[(nid + i) % nr_online_nodes], c))
			return true;
	return false;
}

/* The link of the next free object lies in the one we take. */
static void *pop_freelist(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	void *object = c->freelist;

	c->freelist = get_freepointer(s, object);
	return object;
}

void slub_flush_this_cpu(struct kmem_cache *s)
{
	struct kmem_cache_cpu *c = &s->cpu[smp_processor_id()];
	struct slab *slab = c->slab;
	struct kmem_cache_node *n;

	VM_BUG_ON(!irqs_disabled());
	if (!slab)
		return;
	n = slab_node(s, slab);
	spin_lock(&n->list_lock);
	while (c->freelist) {
		void *object = pop_freelist(s, c);

		set_freepointer(s, object, slab->freelist);
		slab->freelist = object;
		slab->inuse--;
	}
	c->slab = NULL;
	slab->frozen = 0;
	/* Full slabs are on no list. */
	if (slab->freelist)
		add_partial(n, slab);
	spin_unlock(&n->list_lock);
}

/* ---- slow paths ---- */

/* A cache under debug: one object straight from a partial slab, checked. */
static void *alloc_one_debug(struct kmem_cache *s, const void *caller)
{
	struct kmem_cache_node *n = &s->node[0];
	void *object = NULL;

	/* Debugging has no notion of near: the first node that has something. */
	while (n < &s->node[nr_online_nodes - 1] && !READ_ONCE(n->nr_partial))
		n++;
	spin_lock(&n->list_lock);
	while (!object && !list_empty(&n->partial)) {
		struct slab *slab = list_first_entry(&n->partial, struct slab, list);

		object = slab->freelist;
		if (slub_debug_alloc(s, slab, object, caller)) {
			slab->freelist = get_freepointer(s, object);
			slab->inuse++;
		} else {
			/* Its freelist cannot be trusted: nothing of this slab is used any more. */
			object = NULL;
			slab->freelist = NULL;
			slab->inuse = slab->objects;
		}
		if (!slab->freelist)
			remove_partial(n, slab);
	}
	spin_unlock(&n->list_lock);
	return object;
}

/* An object of a slab that exists; NULL: a new slab is needed. */
static void *alloc_existing(struct kmem_cache *s, const void *caller)
{
	unsigned long flags = local_irq_save();
	struct kmem_cache_cpu *c = &s->cpu[smp_processor_id()];
	void *object = NULL;

	if (kmem_cache_debug(s))
		object = alloc_one_debug(s, caller);
	else if (c->freelist || refill(s, c))	/* we may be on another hart by now */
		object = pop_freelist(s, c);
	local_irq_restore(flags);
	return object;
}

static noinline void *slab_alloc_slow(struct kmem_cache *s, gfp_t gfp, const void *caller)
{
	if (slab_use_slob)
		return slob_cache_alloc(s, gfp);
	count_vm_event(SLAB_ALLOC_SLOW);
	/* Making a slab may sleep, so what we know is old when it is there: a loop. */
	for (;;) {
		void *object = alloc_existing(s, caller);
		struct kmem_cache_node *n;
		struct slab *slab;
		unsigned long flags;

		if (object)
			return object;
		slab = new_slab(s, gfp);
		if (!slab)
			return NULL;
		/* By the common list: whoever is first takes it, and we look again. */
		n = slab_node(s, slab);
		spin_lock_irqsave(&n->list_lock, flags);
		add_partial(n, slab);
		spin_unlock_irqrestore(&n->list_lock, flags);
	}
}

/* => true: the slab is empty, off its list, and for the caller to free. */
static bool put_object(struct kmem_cache *s, struct slab *slab, void *object)
{
	struct kmem_cache_node *n = slab_node(s, slab);
	bool was_full = !slab->freelist;

	lockdep_assert_held(&n->list_lock);
	VM_BUG_ON(!slab->inuse);
	set_freepointer(s, object, slab->freelist);
	slab->freelist = object;
	slab->inuse--;
	if (slab->frozen)
		return false;
	if (was_full)
		add_partial(n, slab);
	if (slab->inuse || n->nr_partial <= s->min_partial)
		return false;
	remove_partial(n, slab);
	return true;
}

static noinline void slab_free_slow(struct kmem_cache *s, struct slab *slab, void *object,
				    const void *caller)
{
	struct kmem_cache_node *n;
	unsigned long flags;
	bool empty = false;

	if (slab_use_slob) {
		slob_free(s, object);
		return;
	}
	n = slab_node(s, slab);
	spin_lock_irqsave(&n->list_lock, flags);
	if (!kmem_cache_debug(s) || slub_debug_free(s, slab, object, caller))
		empty = put_object(s, slab, object);
	spin_unlock_irqrestore(&n->list_lock, flags);
	/* Outside the lock: the buddy's lock ranks higher, but need not be waited for here. */
	if (empty)
		free_slab(s, slab);
}

/* ---- fast paths: inlined into the four entry points below ---- */

static __always_inline void *slab_alloc(struct kmem_cache *s, gfp_t gfp, const void *caller)
{
	struct kmem_cache_cpu *c;
	unsigned long flags;
	void *object;

	if (CONFIG_FAIL_ALLOC && should_fail_alloc(gfp))
		return NULL;
	flags = local_irq_save();
	c = &s->cpu[smp_processor_id()];
	object = c->freelist;
	if (likely(object))
		c->freelist = get_freepointer(s, object);
	local_irq_restore(flags);
	if (unlikely(!object)) {
		object = slab_alloc_slow(s, gfp, caller);
		if (!object)
			return NULL;
	}
	if (unlikely(gfp & __GFP_ZERO))
		memset(object, 0, s->object_size);
	return object;
}

static __always_inline void slab_free(struct kmem_cache *s, struct slab *slab, void *object,
				      const void *caller)
{
	unsigned long flags = local_irq_save();
	struct kmem_cache_cpu *c = &s->cpu[smp_processor_id()];

	if (likely(slab == c->slab)) {
		set_freepointer(s, object, c->freelist);
		c->freelist = object;
		local_irq_restore(flags);
		return;
	}
	local_irq_restore(flags);
	slab_free_slow(s, slab, object, caller);
}

void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp)
{
	/* A constructed object has a meaning that zeros would destroy. */
	VM_BUG_ON(s->ctor && (gfp & __GFP_ZERO));
	return slab_alloc(s, gfp, __builtin_return_address(0));
}

void kmem_cache_free(struct kmem_cache *s, void *obj)
{
	if (unlikely(!obj))
		return;
	slab_free(s, virt_to_slab(obj), obj, __builtin_return_address(0));
}

void *kmalloc(size_t size, gfp_t gfp)
{
	if (unlikely(size > KMALLOC_MAX_CACHE_SIZE))
		return kmalloc_large(size, gfp);
	if (unlikely(!size))
		return ZERO_SIZE_PTR;
	if (unlikely(slab_use_slob))
		return should_fail_alloc(gfp) ? NULL : slob_kmalloc(size, gfp);
	return slab_alloc(kmalloc_slab(size), gfp, __builtin_return_address(0));
}

void kfree(const void *p)
{
	struct slab *slab;

	if (unlikely(p <= ZERO_SIZE_PTR))
		return;
	slab = virt_to_slab(p);
	if (unlikely(!(slab->flags & BIT(PG_slab)))) {
		free_large_kmalloc(slab_page(slab), p);
		return;
	}
	slab_free(slab->cache, slab, (void *)p, __builtin_return_address(0));
}

/* ---- giving back ---- */

/* Off the list under the lock; to the buddy, which has a lock of its own, after it. */
static unsigned long free_empty_on_node(struct kmem_cache *s, struct kmem_cache_node *n)
{
	struct slab *slab, *next;
	unsigned long flags, pages = 0;
	LIST_HEAD(empty);

	spin_lock_irqsave(&n->list_lock, flags);
	list_for_each_entry_safe(slab, next, &n->partial, list) {
		if (slab->inuse)
			continue;
		remove_partial(n, slab);
		list_add(&slab->list, &empty);
	}
	spin_unlock_irqrestore(&n->list_lock, flags);
	list_for_each_entry_safe(slab, next, &empty, list) {
		pages += folio_nr_pages((struct folio *)slab_page(slab));
		free_slab(s, slab);
	}
	return pages;
}

unsigned long slub_free_empty(struct kmem_cache *s)
{
	unsigned long pages = 0;
	int nid;

	for_each_online_node(nid)
		pages += free_empty_on_node(s, &s->node[nid]);
	return pages;
}
