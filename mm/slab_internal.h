/* SPDX-License-Identifier: MIT */
/*
 * What the files of the slab allocator share: slab_common.c (caches, kmalloc
 * sizes, /proc/slabinfo), slub.c (the allocator), slub_debug.c (checks and
 * reports), slob.c (the first-fit alternative).
 *
 * Linux: mm/slab.h, mm/slub.c (struct slab, kmem_cache). Differs: everything a
 * cache has is in one struct, per-hart parts included.
 */
#pragma once
#include "kernel/lock/mutex.h"
#include "mm/fail_alloc.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "mm/vmstat.h"

/*
 * struct slab - struct page of a slab's first frame, with other names.
 *
 * A slab is in one of four states:
 *   frozen   one hart's current slab: on no list, that hart takes its objects
 *   partial  on node->partial: has free objects, and is not frozen
 *   full     on no list: no free object; the next free makes it partial
 *   empty    partial with inuse 0: given back when there are enough others
 */
struct slab {
	unsigned long flags;		/* PG_slab, node, zone: as in struct page */
	struct list_head list;		/* (S) kmem_cache_node.partial */
	struct kmem_cache *cache;
	void *freelist;			/* (S) free objects, without those of a hart */
	u16 inuse;			/* (S) objects not on freelist */
	u16 objects;			/* all objects; fixed */
	u8 frozen;			/* (S) some hart's current slab */
	u8 pad[3];
	atomic_t _mapcount;
	atomic_t _refcount;
	u8 order;			/* of the compound page */
};
_Static_assert(offsetof(struct slab, list) == offsetof(struct page, lru), "list");
_Static_assert(offsetof(struct slab, cache) == offsetof(struct page, mapping), "cache");
_Static_assert(offsetof(struct slab, freelist) == offsetof(struct page, index), "freelist");
_Static_assert(offsetof(struct slab, inuse) == offsetof(struct page, private), "inuse");
_Static_assert(offsetof(struct slab, _mapcount) == offsetof(struct page, _mapcount), "mapcount");
_Static_assert(offsetof(struct slab, order) == offsetof(struct page, order), "order");

/* A hart's share of a cache. => that hart only, interrupts off. Caches under debug never use it. */
struct kmem_cache_cpu {
	void *freelist;			/* objects ready to be handed out, all of slab */
	struct slab *slab;		/* frozen; NULL: none */
	unsigned long pad[6];		/* a cache line: caches are aligned to 64 bytes */
};

struct kmem_cache_node {
	spinlock_t list_lock;		/* (S) irq-safe */
	struct list_head partial;	/* (S) slabs with free objects */
	unsigned long nr_partial;	/* (S) */
	atomic_long_t nr_slabs;
	atomic_long_t total_objects;
};

struct kmem_cache {
	struct kmem_cache_cpu cpu[CONFIG_NR_CPUS];
	/* read-only after creation */
	unsigned int offset;		/* of the free pointer in a free object */
	unsigned int object_size;	/* what the caller gets */
	unsigned int size;		/* distance of two objects, debugging included */
	unsigned int inuse;		/* end of the object and its red zone */
	unsigned int track;		/* debug: offset of the two struct track, 0: none */
	slab_flags_t flags;
	u8 order, min_order;		/* wanted; what will do when memory is short */
	unsigned int align;
	unsigned int min_partial;	/* so many partial slabs: empty ones go back */
	void (*ctor)(void *obj);
	const char *name;
	struct list_head list;		/* (slab_mutex) slab_caches */
	struct kmem_cache_node node[MAX_NUMNODES];
};

extern struct list_head slab_caches;	/* (slab_mutex) in order of creation */
extern struct mutex slab_mutex;
extern bool slab_use_slob;		/* slab_allocator=slob; never changes after boot */
/* A cache that has nothing: owns slob's pages, so that kfree() ends in the slow path. */
extern struct kmem_cache slob_pages_cache;

static inline struct slab *page_slab(struct page *page) { return (struct slab *)page; }
static inline struct page *slab_page(struct slab *slab) { return (struct page *)slab; }
static inline void *slab_address(const struct slab *slab)
{
	return page_address((const struct page *)slab);
}
static inline struct slab *virt_to_slab(const void *p)
{
	return page_slab(&page_folio(logical_to_page(p))->page);
}
static inline struct kmem_cache_node *slab_node(struct kmem_cache *s, struct slab *slab)
{
	return &s->node[page_to_nid(slab_page(slab))];
}
static inline void *get_freepointer(const struct kmem_cache *s, const void *object)
{
	return *(void *const *)((const char *)object + s->offset);
}
static inline void set_freepointer(const struct kmem_cache *s, void *object, void *next)
{
	*(void **)((char *)object + s->offset) = next;
}
static inline bool kmem_cache_debug(const struct kmem_cache *s)
{
	return CONFIG_SLUB_DEBUG && (s->flags & SLAB_DEBUG_FLAGS);
}

/* ---- slab_common.c ---- */
/* kmalloc_slab() - the cache for size bytes. => 0 < size <= KMALLOC_MAX_CACHE_SIZE. */
struct kmem_cache *kmalloc_slab(size_t size);
/* kmem_cache_open() - fill in *s: layout, order, lists. */
void kmem_cache_open(struct kmem_cache *s, const char *name, unsigned int size,
		     slab_flags_t flags, void (*ctor)(void *obj));
void *kmalloc_large(size_t size, gfp_t gfp);
void free_large_kmalloc(struct page *page, const void *p);

/* ---- slub.c ---- */
void slub_flush_this_cpu(struct kmem_cache *s);		/* => interrupts off */
unsigned long slub_free_empty(struct kmem_cache *s);	/* pages freed */

/* ---- slub_debug.c: with the node's list_lock held. False: leave the object alone ---- */
void slub_debug_init(void);		/* parse slub_debug= */
slab_flags_t slub_debug_flags(const char *name);
/* slub_debug_layout() - add what the flags ask for behind the object. */
void slub_debug_layout(struct kmem_cache *s);
void slub_debug_init_slab(struct kmem_cache *s, struct slab *slab);
bool slub_debug_alloc(struct kmem_cache *s, struct slab *slab, void *object, const void *caller);
bool slub_debug_free(struct kmem_cache *s, struct slab *slab, void *object, const void *caller);
/* slub_debug_check_free() - all free objects of a slab about to go, or under mm_check_slab(). */
void slub_debug_check_free(struct kmem_cache *s, struct slab *slab);

/* ---- slob.c ---- */
void slob_init(void);
void *slob_kmalloc(size_t size, gfp_t gfp);
void *slob_cache_alloc(struct kmem_cache *s, gfp_t gfp);
/* slob_free() - s NULL or slob_pages_cache: from kmalloc. */
void slob_free(struct kmem_cache *s, void *object);
size_t slob_ksize(const void *p);
