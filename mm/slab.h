/* SPDX-License-Identifier: MIT */
/*
 * Objects smaller than a page: kmem_cache and kmalloc, one interface over the
 * allocators slub (default) and slob (slab_allocator=slob).
 *
 * Linux: include/linux/slab.h.
 */
#pragma once
#include "mm/gfp.h"
#include "lib/kernel.h"

struct kmem_cache;
typedef unsigned int slab_flags_t;
#define SLAB_HWCACHE_ALIGN	0x0001u
#define SLAB_PANIC		0x0002u	/* creation at boot must succeed */
#define SLAB_RECLAIM_ACCOUNT	0x0004u
#define SLAB_RED_ZONE		0x0100u	/* debug: detect writes outside the object */
#define SLAB_POISON		0x0200u	/* debug: detect use after free */
#define SLAB_STORE_USER		0x0400u	/* debug: who allocated, who freed */
#define SLAB_CONSISTENCY	0x0800u
#define SLAB_DEBUG_FLAGS	(SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER | SLAB_CONSISTENCY)

#define KMALLOC_MAX_CACHE_SIZE	8192
#define ZERO_SIZE_PTR	((void *)16)	/* kmalloc(0): valid to kfree, not to touch */

void kmem_cache_init(void);			/* boot: after the buddy */
/* kmem_cache_create() - ctor runs once per object, when its slab is made; name must stay.
 * NULL: no memory. May sleep. */
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *obj));
/* kmem_cache_destroy() - all objects must be back; complains and leaks if not. */
void kmem_cache_destroy(struct kmem_cache *s);
/* kmem_cache_alloc() - sleeps only if gfp allows it. NULL: no memory. */
void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp);
static inline void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t gfp)
{
	return kmem_cache_alloc(s, gfp | __GFP_ZERO);
}
void kmem_cache_free(struct kmem_cache *s, void *obj);	/* any context; NULL is ignored */
int kmem_cache_shrink(struct kmem_cache *s);	/* give empty slabs back: 0 if none is left */

void *kmalloc(size_t size, gfp_t gfp);	/* above 8 KiB: pages from the buddy, up to 4 MiB */
static inline void *kzalloc(size_t size, gfp_t gfp) { return kmalloc(size, gfp | __GFP_ZERO); }
void *kmalloc_array(size_t n, size_t size, gfp_t gfp);	/* NULL on overflow too */
static inline void *kcalloc(size_t n, size_t size, gfp_t gfp)
{
	return kmalloc_array(n, size, gfp | __GFP_ZERO);
}
void *krealloc(void *p, size_t size, gfp_t gfp);
void kfree(const void *p);		/* any context; NULL is ignored */
size_t ksize(const void *p);		/* usable bytes */
char *kstrdup(const char *s, gfp_t gfp);
char *kstrndup(const char *s, size_t max, gfp_t gfp);
void *kmemdup(const void *src, size_t len, gfp_t gfp);

/* One row of /proc/slabinfo. */
struct slabinfo {
	unsigned long active_objs, num_objs, active_slabs, num_slabs;
	unsigned int objects_per_slab, cache_order, size;
	const char *name;
};
/* slab_for_each_info() - fn for every cache, in order of creation. => takes slab_mutex. */
void slab_for_each_info(void (*fn)(const struct slabinfo *si, void *arg), void *arg);
/* slab_shrink_all() - empty slabs of every cache go back. => returns pages freed. May sleep. */
unsigned long slab_shrink_all(void);
bool slab_is_available(void);
/* mm_check_slab() - consistency of every cache: BUG if broken (debug, tests). */
void mm_check_slab(void);
