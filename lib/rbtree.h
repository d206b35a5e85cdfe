/* SPDX-License-Identifier: MIT */
/*
 * rbtree.h - red-black trees, embedded in what they order; optionally augmented.
 *
 * The user searches and links (rb_link_node at the leaf the search ended in), the library
 * rebalances. That way there is no compare callback in the hot path:
 *
 *	while (*link) {
 *		parent = *link;
 *		link = key < entry_of(parent)->key ? &parent->rb_left : &parent->rb_right;
 *	}
 *	rb_link_node(&entry->rb, parent, link);
 *	rb_insert_color(&entry->rb, &tree);
 *
 * Augmented: each node also carries a value computed from itself and its two children (the
 * largest free gap below a VMA, say). The user gives one function that recomputes it; the
 * library calls it wherever the children of a node change.
 *
 * Invariants: a red node has black children; every path down has the same number of black
 * nodes; hence depth <= 2 log2(n + 1). rb_validate() checks them.
 * Locks: the caller's, for readers too.
 *
 * Linux: include/linux/rbtree.h, rbtree_augmented.h. Differs: one augment function instead
 * of three and a macro that generates them; no RCU.
 */
#pragma once

#include "lib/kernel.h"

/* The parent's address and, in bit 0, the colour: 1 is black. */
struct rb_node {
	unsigned long __rb_parent_color;
	struct rb_node *rb_right;
	struct rb_node *rb_left;
} __aligned(8);

struct rb_root {
	struct rb_node *rb_node;
};

/* A tree that also knows its first node: for run queues and timers. */
struct rb_root_cached {
	struct rb_root rb_root;
	struct rb_node *rb_leftmost;
};

/*
 * rb_augment_fn - recompute the value of @node from its own data and its children's values.
 *
 * => returns true if the value has changed; must not look at the parent.
 */
typedef bool (*rb_augment_fn)(struct rb_node *node);

#define RB_ROOT			((struct rb_root) { NULL })
#define RB_ROOT_CACHED		((struct rb_root_cached) { { NULL }, NULL })
#define RB_EMPTY_ROOT(root)	(READ_ONCE((root)->rb_node) == NULL)
#define rb_entry(ptr, type, member)	container_of(ptr, type, member)
#define rb_entry_safe(ptr, type, member) ({				\
	__typeof__(ptr) __rbptr = (ptr);				\
	__rbptr ? rb_entry(__rbptr, type, member) : NULL; })
#define rb_parent(node)		((struct rb_node *)((node)->__rb_parent_color & ~3UL))

/* A node that is its own parent is on no tree. */
#define RB_EMPTY_NODE(node)	((node)->__rb_parent_color == (unsigned long)(node))
#define RB_CLEAR_NODE(node)	((node)->__rb_parent_color = (unsigned long)(node))

/* Hang @node, red, below @parent at *@link; one of the insert functions must follow. */
static inline void rb_link_node(struct rb_node *node, struct rb_node *parent,
				struct rb_node **link)
{
	node->__rb_parent_color = (unsigned long)parent;
	node->rb_left = NULL;
	node->rb_right = NULL;
	*link = node;
}

/* rb_insert_color() - rebalance after rb_link_node(). */
void rb_insert_color(struct rb_node *node, struct rb_root *root);

/* rb_erase() - take @node out; its links keep stale values (RB_CLEAR_NODE to mark it). */
void rb_erase(struct rb_node *node, struct rb_root *root);

/* The same for augmented trees; insert computes @node's value itself. */
void rb_insert_augmented(struct rb_node *node, struct rb_root *root, rb_augment_fn fn);
void rb_erase_augmented(struct rb_node *node, struct rb_root *root, rb_augment_fn fn);

/*
 * rb_augment_propagate() - the own data of @node has changed: recompute it and its
 * ancestors, up to the first whose value stays the same.
 */
void rb_augment_propagate(struct rb_node *node, rb_augment_fn fn);

/* In order; NULL at the end. A whole walk costs O(1) a step on average. */
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);

/* Children before parents: to free a whole tree without rebalancing it. */
struct rb_node *rb_first_postorder(const struct rb_root *root);
struct rb_node *rb_next_postorder(const struct rb_node *node);

/* Put @new, with an equal key, where @old is. */
void rb_replace_node(struct rb_node *old, struct rb_node *new, struct rb_root *root);

/*
 * rb_validate() - check colours, black heights and parent links of the whole tree.
 *
 * => the number of nodes, or -1 if an invariant is broken. O(n); for tests and debug.
 */
long rb_validate(const struct rb_root *root);

#define rb_first_cached(tree)	((tree)->rb_leftmost)

static inline void rb_insert_color_cached(struct rb_node *node, struct rb_root_cached *tree,
					  bool leftmost)
{
	if (leftmost)
		tree->rb_leftmost = node;
	rb_insert_color(node, &tree->rb_root);
}

static inline void rb_erase_cached(struct rb_node *node, struct rb_root_cached *tree)
{
	if (tree->rb_leftmost == node)
		tree->rb_leftmost = rb_next(node);
	rb_erase(node, &tree->rb_root);
}

#define rb_for_each_entry(pos, root, member)				\
	for (pos = rb_entry_safe(rb_first(root), __typeof__(*pos), member); \
	     pos;							\
	     pos = rb_entry_safe(rb_next(&pos->member), __typeof__(*pos), member))

/* The body may free @pos. */
#define rbtree_postorder_for_each_entry_safe(pos, n, root, member)	\
	for (pos = rb_entry_safe(rb_first_postorder(root), __typeof__(*pos), member); \
	     pos && ({ n = rb_entry_safe(rb_next_postorder(&pos->member), \
					 __typeof__(*pos), member); 1; }); \
	     pos = n)
