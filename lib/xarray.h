/* SPDX-License-Identifier: MIT */
/*
 * xarray.h - a sparse array of pointers, indexed by unsigned long: the page cache's index.
 *
 * A radix tree with 64 slots a node, as deep as the largest index asks for: 1 level for
 * indices below 64, 2 below 4096, ... Each entry can carry three marks (dirty,
 * writeback, ...); a node knows for each slot and mark whether anything below carries it,
 * so that a search by mark skips whole subtrees.
 *
 * What may be stored: pointers aligned to 4 bytes, and *value entries*, small integers told
 * apart by bit 0 (a swap slot or a shadow in the page cache). NULL means "nothing there".
 *
 * Invariants: no node is empty (it is freed at once); the root is not taller than its
 * highest index needs; count is the number of used slots; a mark bit in a parent is the OR
 * of the bits in the child. xa_validate() checks them.
 *
 * Locks: the caller's, for readers too. Nodes come from xa_node_alloc(), which the kernel
 * maps on a kmem_cache.
 *
 * Linux: include/linux/xarray.h, lib/xarray.c. Differs: results are 0/-errno and
 * out-parameters; no internal lock, no RCU, no multi-index entries, no ID allocation; even
 * a lone entry at index 0 has a node.
 */
#pragma once

#include "lib/errno.h"
#include "lib/kernel.h"

#define XA_CHUNK_SHIFT	6
#define XA_CHUNK_SIZE	(1UL << XA_CHUNK_SHIFT)
#define XA_CHUNK_MASK	(XA_CHUNK_SIZE - 1)
#define XA_MAX_MARKS	3

typedef unsigned int xa_mark_t;
#define XA_MARK_0	0U
#define XA_MARK_1	1U
#define XA_MARK_2	2U
#define XA_PRESENT	8U	/* as a search filter: any entry */

struct xa_node {
	u8 shift;			/* index bits below this level; 0: slots are entries */
	u8 offset;			/* our slot in the parent */
	u8 count;			/* slots in use */
	struct xa_node *parent;		/* NULL for the root */
	void *slots[XA_CHUNK_SIZE];	/* entries or child nodes, by shift */
	unsigned long marks[XA_MAX_MARKS]; /* one bit a slot */
};

struct xarray {
	struct xa_node *xa_head;	/* NULL when there is nothing */
};

/* Nodes allocated ahead, for a store under a lock where nothing may sleep. */
struct xa_preload {
	struct xa_node *nodes;		/* linked by ->parent */
	unsigned int nr;
	unsigned int wanted;		/* how many the last failed store asked for */
};

#define XARRAY_INIT(name)	{ NULL }
#define DEFINE_XARRAY(name)	struct xarray name = XARRAY_INIT(name)
#define XA_PRELOAD_INIT		{ NULL, 0, 0 }

/*
 * xa_node_alloc() - memory for one struct xa_node, aligned to 8; NULL: no memory.
 * xa_node_free() - give it back.
 *
 * => defined by the user of the library (kernel: a kmem_cache; host tests: malloc).
 * => the memory need not be cleared. @gfp is passed through from the store.
 */
void *xa_node_alloc(gfp_t gfp);
void xa_node_free(void *node);

/* Value entries: 63 bits of integer, never a pointer. */
static inline void *xa_mk_value(unsigned long v)
{
	return (void *)((v << 1) | 1);
}

static inline unsigned long xa_to_value(const void *entry)
{
	return (unsigned long)entry >> 1;
}

static inline bool xa_is_value(const void *entry)
{
	return (unsigned long)entry & 1;
}

static inline void xa_init(struct xarray *xa)
{
	xa->xa_head = NULL;
}

/* True when no index holds an entry or a reservation. */
static inline bool xa_empty(const struct xarray *xa)
{
	return !xa->xa_head;
}

/* xa_load() - the entry at @index, or NULL. */
void *xa_load(const struct xarray *xa, unsigned long index);

/*
 * xa_store() - put @entry at @index, over whatever is there; NULL erases.
 *
 * => 0; -ENOMEM: a node was needed and not to be had (the array is unchanged);
 *    -EINVAL: @entry is neither a pointer aligned to 4 nor a value.
 * => replacing an entry, erasing and storing into a reservation never allocate.
 * => marks stay with the index when an entry is replaced, and are cleared by erasing.
 */
int xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp) __must_check;

/* xa_insert() - as xa_store, but -EBUSY when an entry (or reservation) is there. */
int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp) __must_check;

/*
 * xa_cmpxchg() - store @entry at @index if the entry there is @old; a reservation is NULL.
 *
 * => 0; -EBUSY when another entry is there; else as xa_store.
 */
int xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry,
	       gfp_t gfp) __must_check;

/* xa_erase() - remove and return the entry at @index; NULL if there was none. */
void *xa_erase(struct xarray *xa, unsigned long index);

/*
 * xa_reserve() - make sure that a later xa_store at @index cannot fail.
 *
 * => the index reads as NULL, searches pass over it, xa_empty() is false.
 * => no effect on an index that has an entry. 0 or -ENOMEM.
 * xa_release() - take back a reservation that was not used; leaves real entries alone.
 */
int xa_reserve(struct xarray *xa, unsigned long index, gfp_t gfp) __must_check;
void xa_release(struct xarray *xa, unsigned long index);

/*
 * xa_store_preload() - as xa_insert, taking nodes from @pre only.
 *
 * => -ENOMEM: @pre had too few; xa_preload_fill() it with the lock dropped and repeat:
 *
 *	do {
 *		spin_lock(..); err = xa_store_preload(xa, index, entry, &pre); spin_unlock(..);
 *	} while (err == -ENOMEM && !xa_preload_fill(&pre, GFP_KERNEL));
 *	xa_preload_drain(&pre);
 */
int xa_store_preload(struct xarray *xa, unsigned long index, void *entry,
		     struct xa_preload *pre) __must_check;

/* xa_preload_fill() - allocate what the failed store wanted. 0 or -ENOMEM. May sleep. */
int xa_preload_fill(struct xa_preload *pre, gfp_t gfp) __must_check;
/* xa_preload_drain() - free the nodes that were not used. */
void xa_preload_drain(struct xa_preload *pre);

/* Marks exist on entries only: set_mark on an empty index does nothing. */
bool xa_get_mark(const struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
/* True if any entry has @mark. */
bool xa_marked(const struct xarray *xa, xa_mark_t mark);

/*
 * xa_find() - the first entry at or after *index, up to @max, that @filter lets through
 * (a mark, or XA_PRESENT).
 *
 * => returns it and sets *index; NULL (and *index untouched) if there is none.
 * xa_find_after() - the same, strictly after *index.
 */
void *xa_find(const struct xarray *xa, unsigned long *index, unsigned long max,
	      xa_mark_t filter);
void *xa_find_after(const struct xarray *xa, unsigned long *index, unsigned long max,
		    xa_mark_t filter);

/* xa_destroy() - free all nodes; the entries themselves are the caller's. */
void xa_destroy(struct xarray *xa);

/*
 * xa_validate() - check the invariants of the whole array.
 *
 * => the number of entries and reservations, or -1. O(n); for tests and debug.
 */
long xa_validate(const struct xarray *xa);

/* The body may erase or replace the current entry, and store at others. */
#define xa_for_each_range(xa, index, entry, start, last)		\
	for (index = (start), entry = xa_find(xa, &index, last, XA_PRESENT); \
	     entry; entry = xa_find_after(xa, &index, last, XA_PRESENT))
#define xa_for_each_start(xa, index, entry, start) \
	xa_for_each_range(xa, index, entry, start, ULONG_MAX)
#define xa_for_each(xa, index, entry) \
	xa_for_each_start(xa, index, entry, 0)
#define xa_for_each_marked(xa, index, entry, filter)			\
	for (index = 0, entry = xa_find(xa, &index, ULONG_MAX, filter);	\
	     entry; entry = xa_find_after(xa, &index, ULONG_MAX, filter))
