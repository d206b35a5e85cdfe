/* SPDX-License-Identifier: MIT */
/*
 * xarray.c - sparse array of pointers: a radix tree with 64 slots a node and three marks.
 *
 * A store that needs new nodes first counts them (nodes_missing), then has them all in a
 * struct xa_preload, and only then changes the tree: so a store either succeeds or leaves
 * no trace, and the preloaded and the ordinary store are one code.
 *
 * A reservation is XA_ZERO_ENTRY in its slot: it counts as used, and reads as NULL.
 *
 * Invariants and locks: see xarray.h.
 *
 * Linux: lib/xarray.c. Differs: see xarray.h.
 */
#include "lib/bug.h"
#include "lib/string.h"
#include "lib/xarray.h"

/* Bits 1..0 are 10: neither an aligned pointer nor a value entry, so no user has it. */
#define XA_ZERO_ENTRY	((void *)0x406UL)

/* What the caller may see of a slot. */
static inline void *entry_or_null(void *entry)
{
	return entry == XA_ZERO_ENTRY ? NULL : entry;
}

/* Storing such a pointer would be taken for a reservation, or read back changed. */
static inline bool entry_valid(const void *entry)
{
	return ((unsigned long)entry & 3) != 2;
}

/* Each level is decided by six bits of the index, the leaf by the lowest six. */
static inline unsigned int slot_of(const struct xa_node *node, unsigned long index)
{
	return (index >> node->shift) & XA_CHUNK_MASK;
}

/* Is @index beyond what a tree with this root can hold? */
static inline bool beyond(const struct xa_node *root, unsigned long index)
{
	return (index >> root->shift) > XA_CHUNK_MASK;
}

/* The index bits that @node and what is below it decide. */
static unsigned long node_mask(const struct xa_node *node)
{
	unsigned int bits = node->shift + XA_CHUNK_SHIFT;

	return bits >= BITS_PER_LONG ? ULONG_MAX : (1UL << bits) - 1;
}

/* The leaf for @index, or NULL if the tree does not reach down to it. */
static struct xa_node *find_leaf(const struct xarray *xa, unsigned long index)
{
	struct xa_node *node = xa->xa_head;

	if (!node || beyond(node, index))
		return NULL;
	while (node && node->shift)
		node = node->slots[slot_of(node, index)];
	return node;
}

/* How many nodes a store at @index has to add. */
static unsigned int nodes_missing(const struct xarray *xa, unsigned long index)
{
	const struct xa_node *node = xa->xa_head;
	unsigned int shift = node ? node->shift : 0;
	unsigned int grown = 0;

	while ((index >> shift) > XA_CHUNK_MASK) {
		shift += XA_CHUNK_SHIFT;
		grown++;
	}
	/* An empty tree: the root and all below. A new root: nothing is below its slot. */
	if (!node)
		return shift / XA_CHUNK_SHIFT + 1;
	if (grown)
		return grown + shift / XA_CHUNK_SHIFT;
	while (node->shift) {
		shift = node->shift;
		node = node->slots[slot_of(node, index)];
		if (!node)
			return shift / XA_CHUNK_SHIFT;
	}
	return 0;
}

/* Take an empty node out of @pre, which is known to have one. */
/* shift alone tells a leaf from an inner node, so it is set before anything links the node. */
static struct xa_node *take_node(struct xa_preload *pre, unsigned int shift)
{
	struct xa_node *node = pre->nodes;

	BUG_ON(!node);
	pre->nodes = node->parent;
	pre->nr--;
	memset(node, 0, sizeof(*node));
	node->shift = (u8)shift;
	return node;
}

/* Put a new root on top of the tree (or make the first one). */
static void grow_root(struct xarray *xa, unsigned int shift, struct xa_preload *pre)
{
	struct xa_node *root = take_node(pre, shift);
	struct xa_node *old = xa->xa_head;
	xa_mark_t mark;

	xa->xa_head = root;
	if (!old)
		return;
	root->slots[0] = old;
	root->count = 1;
	old->parent = root;
	old->offset = 0;
	for (mark = 0; mark < XA_MAX_MARKS; mark++)
		if (old->marks[mark])
			__set_bit(0, &root->marks[mark]);
}

/* Build the path to the leaf of @index with the nodes of @pre. Cannot fail. */
static struct xa_node *grow_leaf(struct xarray *xa, unsigned long index,
				 struct xa_preload *pre)
{
	struct xa_node *node = xa->xa_head, *child;
	unsigned int shift = 0;

	if (!node) {
		while ((index >> shift) > XA_CHUNK_MASK)
			shift += XA_CHUNK_SHIFT;
		grow_root(xa, shift, pre);
	}
	while (beyond(xa->xa_head, index))
		grow_root(xa, xa->xa_head->shift + XA_CHUNK_SHIFT, pre);
	for (node = xa->xa_head; node->shift; node = child) {
		child = node->slots[slot_of(node, index)];
		if (child)
			continue;
		child = take_node(pre, node->shift - XA_CHUNK_SHIFT);
		child->parent = node;
		child->offset = (u8)slot_of(node, index);
		node->slots[child->offset] = child;
		node->count++;
	}
	return node;
}

/* @node may have become empty: free it and what is empty above, then a root too tall. */
static void prune(struct xarray *xa, struct xa_node *node)
{
	struct xa_node *parent;

	while (node && !node->count) {
		parent = node->parent;
		if (parent) {
			parent->slots[node->offset] = NULL;
			parent->count--;
		} else {
			xa->xa_head = NULL;
		}
		xa_node_free(node);
		node = parent;
	}
	while ((node = xa->xa_head) && node->shift && node->count == 1 && node->slots[0]) {
		xa->xa_head = node->slots[0];
		xa->xa_head->parent = NULL;
		xa_node_free(node);
	}
}

/* Clear a mark in a leaf, and above as long as nothing else there carries it. */
static void clear_mark_up(struct xa_node *node, unsigned int slot, xa_mark_t mark)
{
	while (node && __test_and_clear_bit(slot, &node->marks[mark]) && !node->marks[mark]) {
		slot = node->offset;
		node = node->parent;
	}
}

/* Change a slot of a leaf; @entry NULL erases. */
static void set_slot(struct xarray *xa, struct xa_node *leaf, unsigned int slot, void *entry)
{
	bool was_used = leaf->slots[slot] != NULL;
	xa_mark_t mark;

	leaf->slots[slot] = entry;
	if (entry) {
		leaf->count += !was_used;
	} else if (was_used) {
		leaf->count--;
		for (mark = 0; mark < XA_MAX_MARKS; mark++)
			clear_mark_up(leaf, slot, mark);
		prune(xa, leaf);
	}
}

/* Store where a path may be missing. @entry is not NULL. */
static int store_growing(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	struct xa_preload pre = XA_PRELOAD_INIT;
	struct xa_node *leaf;
	int err;

	pre.wanted = nodes_missing(xa, index);
	err = xa_preload_fill(&pre, gfp);
	if (!err) {
		leaf = grow_leaf(xa, index, &pre);
		set_slot(xa, leaf, index & XA_CHUNK_MASK, entry);
	}
	xa_preload_drain(&pre);
	return err;
}

/* The hot path of every page-cache lookup: one compare and one load a level. */
void *xa_load(const struct xarray *xa, unsigned long index)
{
	struct xa_node *leaf = find_leaf(xa, index);

	return leaf ? entry_or_null(leaf->slots[index & XA_CHUNK_MASK]) : NULL;
}

/*
 * Where the leaf exists nothing can fail: an entry is replaced, a free or reserved slot is
 * filled, and erasing may free nodes but never needs one.
 */
int xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	struct xa_node *leaf = find_leaf(xa, index);

	if (!entry_valid(entry))
		return -EINVAL;
	if (!leaf)
		return entry ? store_growing(xa, index, entry, gfp) : 0;
	set_slot(xa, leaf, index & XA_CHUNK_MASK, entry);
	return 0;
}

/* A reservation is somebody's promise, so it is as much in the way as an entry. */
int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	struct xa_node *leaf = find_leaf(xa, index);

	if (leaf && leaf->slots[index & XA_CHUNK_MASK])
		return -EBUSY;
	return xa_store(xa, index, entry, gfp);
}

/*
 * Not atomic by itself: like all here it relies on the caller's lock. It exists to say in
 * one call what callers mean when they re-check after dropping that lock.
 */
int xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)
{
	if (xa_load(xa, index) != old)
		return -EBUSY;
	return xa_store(xa, index, entry, gfp);
}

/* Through set_slot(), so that marks and empty nodes go too. */
void *xa_erase(struct xarray *xa, unsigned long index)
{
	struct xa_node *leaf = find_leaf(xa, index);
	unsigned int slot = index & XA_CHUNK_MASK;
	void *old;

	if (!leaf)
		return NULL;
	old = leaf->slots[slot];
	set_slot(xa, leaf, slot, NULL);
	return entry_or_null(old);
}

/*
 * The path to the slot is kept alive by the placeholder in it, so the store that comes later
 * finds its leaf and allocates nothing. An entry already there serves as well.
 */
int xa_reserve(struct xarray *xa, unsigned long index, gfp_t gfp)
{
	struct xa_node *leaf = find_leaf(xa, index);
	unsigned int slot = index & XA_CHUNK_MASK;

	if (!leaf)
		return store_growing(xa, index, XA_ZERO_ENTRY, gfp);
	if (!leaf->slots[slot])
		set_slot(xa, leaf, slot, XA_ZERO_ENTRY);
	return 0;
}

/*
 * After a store the placeholder is gone and there is nothing to release: a caller may
 * release on every path without remembering whether it stored.
 */
void xa_release(struct xarray *xa, unsigned long index)
{
	struct xa_node *leaf = find_leaf(xa, index);
	unsigned int slot = index & XA_CHUNK_MASK;

	if (leaf && leaf->slots[slot] == XA_ZERO_ENTRY)
		set_slot(xa, leaf, slot, NULL);
}

/*
 * Count, compare, and only then touch the tree: -ENOMEM changes nothing but pre->wanted,
 * which tells xa_preload_fill() how many to get. Between the two the lock is dropped and the
 * tree may change, so the caller loops; each turn asks for what is missing then.
 */
int xa_store_preload(struct xarray *xa, unsigned long index, void *entry,
		     struct xa_preload *pre)
{
	struct xa_node *leaf = find_leaf(xa, index);
	unsigned int slot = index & XA_CHUNK_MASK;

	if (!entry || !entry_valid(entry))
		return -EINVAL;
	if (leaf && leaf->slots[slot])
		return -EBUSY;
	if (!leaf) {
		pre->wanted = nodes_missing(xa, index);
		if (pre->nr < pre->wanted)
			return -ENOMEM;
		leaf = grow_leaf(xa, index, pre);
	}
	set_slot(xa, leaf, slot, entry);
	return 0;
}

/* Nodes got before a failure stay in @pre, for the next attempt or for the drain. */
int xa_preload_fill(struct xa_preload *pre, gfp_t gfp)
{
	struct xa_node *node;

	while (pre->nr < pre->wanted) {
		node = xa_node_alloc(gfp);
		if (!node)
			return -ENOMEM;
		node->parent = pre->nodes;
		pre->nodes = node;
		pre->nr++;
	}
	return 0;
}

void xa_preload_drain(struct xa_preload *pre)
{
	struct xa_node *node;

	while ((node = pre->nodes)) {
		pre->nodes = node->parent;
		xa_node_free(node);
	}
	pre->nr = 0;
}

/* The leaf alone decides; the bits above are a summary for searches. */
bool xa_get_mark(const struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	struct xa_node *leaf = find_leaf(xa, index);

	return leaf && test_bit(index & XA_CHUNK_MASK, &leaf->marks[mark]);
}

/* Upwards until an ancestor has the bit: then all above it have it, too. */
void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	struct xa_node *node = find_leaf(xa, index);
	unsigned int slot = index & XA_CHUNK_MASK;

	if (!node || !entry_or_null(node->slots[slot]))
		return;
	/* A bit that is set has its ancestors set. */
	while (node && !__test_and_set_bit(slot, &node->marks[mark])) {
		slot = node->offset;
		node = node->parent;
	}
}

/* find_leaf() may give NULL, for which there is nothing to clear. */
void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	clear_mark_up(find_leaf(xa, index), index & XA_CHUNK_MASK, mark);
}

/* The root's summary covers the whole array: one load. */
bool xa_marked(const struct xarray *xa, xa_mark_t mark)
{
	return xa->xa_head && xa->xa_head->marks[mark];
}

/* The first slot from @slot on that the filter lets through, or XA_CHUNK_SIZE. */
static unsigned int next_slot(const struct xa_node *node, unsigned int slot, xa_mark_t filter)
{
	unsigned long bits;

	if (filter < XA_MAX_MARKS) {
		bits = node->marks[filter] & (~0UL << slot);
		return bits ? __ffs(bits) : XA_CHUNK_SIZE;
	}
	while (slot < XA_CHUNK_SIZE && !entry_or_null(node->slots[slot]))
		slot++;
	return slot;
}

/*
 * Go down towards the first entry at or after *index. Returns it, or NULL with *index at
 * the place to go on from: a subtree had nothing at or after *index (or *index became 0:
 * the whole range of indices is done).
 */
static void *find_below(const struct xa_node *node, unsigned long *index, unsigned long max,
			xa_mark_t filter)
{
	unsigned int slot, hit;

	for (;;) {
		slot = slot_of(node, *index);
		hit = next_slot(node, slot, filter);
		if (hit == XA_CHUNK_SIZE) {
			*index = (*index | node_mask(node)) + 1;
			return NULL;
		}
		if (hit != slot) {
			*index &= ~node_mask(node);
			*index |= (unsigned long)hit << node->shift;
		}
		if (!node->shift)
			return *index <= max ? node->slots[hit] : NULL;
		node = node->slots[hit];
	}
}

/*
 * find_below() goes down from the root once; when it comes to the end of a subtree without a
 * hit, it has moved pos behind that subtree, and the search starts again there.
 */
void *xa_find(const struct xarray *xa, unsigned long *index, unsigned long max,
	      xa_mark_t filter)
{
	unsigned long pos = *index;
	void *entry;

	/* Starting again from the root costs a walk down for every 64 slots: little. */
	while (xa->xa_head && pos <= max && !beyond(xa->xa_head, pos)) {
		entry = find_below(xa->xa_head, &pos, max, filter);
		if (entry) {
			*index = pos;
			return entry;
		}
		if (!pos)
			break;
	}
	return NULL;
}

/* *index + 1 wraps to 0 behind the last index of all: nothing comes after that one. */
void *xa_find_after(const struct xarray *xa, unsigned long *index, unsigned long max,
		    xa_mark_t filter)
{
	unsigned long pos = *index + 1;
	void *entry = pos ? xa_find(xa, &pos, max, filter) : NULL;

	if (entry)
		*index = pos;
	return entry;
}

void xa_destroy(struct xarray *xa)
{
	struct xa_node *node = xa->xa_head, *parent;
	unsigned int slot = 0;

	/* Depth first; a freed child's offset says where to go on in its parent. */
	while (node) {
		while (node->shift && slot < XA_CHUNK_SIZE && !node->slots[slot])
			slot++;
		if (node->shift && slot < XA_CHUNK_SIZE) {
			node = node->slots[slot];
			slot = 0;
			continue;
		}
		parent = node->parent;
		slot = node->offset + 1U;
		xa_node_free(node);
		node = parent;
	}
	xa->xa_head = NULL;
}

/* Does @child hang right in @slot of @node, with its marks summed up there? */
static bool child_valid(const struct xa_node *node, unsigned int slot,
			const struct xa_node *child)
{
	xa_mark_t mark;

	if (child->parent != node || child->offset != slot ||
	    child->shift + XA_CHUNK_SHIFT != node->shift)
		return false;
	for (mark = 0; mark < XA_MAX_MARKS; mark++)
		if (test_bit(slot, &node->marks[mark]) != (child->marks[mark] != 0))
			return false;
	return true;
}

/* Check a subtree; the recursion is at most 11 deep. Returns its entries or -1. */
static long validate_node(const struct xa_node *node)
{
	unsigned int slot, used = 0;
	long entries = 0, below;

	for (slot = 0; slot < XA_CHUNK_SIZE; slot++) {
		if (!node->slots[slot])
			continue;
		used++;
		if (!node->shift)
			continue;
		if (!child_valid(node, slot, node->slots[slot]))
			return -1;
		below = validate_node(node->slots[slot]);
		if (below < 0)
			return -1;
		entries += below;
	}
	if (!used || used != node->count)
		return -1;
	return node->shift ? entries : (long)used;
}

/* A root with only slot 0 in use is too tall, which prune() must not have left behind. */
long xa_validate(const struct xarray *xa)
{
	const struct xa_node *root = xa->xa_head;

	if (!root)
		return 0;
	if (root->parent || (root->shift && root->count == 1 && root->slots[0]))
		return -1;
	return validate_node(root);
}
