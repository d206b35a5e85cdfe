/* SPDX-License-Identifier: MIT */
/*
 * rbtree.c - red-black trees: rebalancing after insertion and removal, walking.
 *
 * Insertion puts a red leaf; only "red parent of red node" can be wrong, and the fault is
 * moved up two levels at a time by recolouring until at most two rotations end it. Removal
 * of a black node leaves one path short by one; that is moved up one level at a time until
 * at most three rotations end it. Both sides of the tree are handled by one code, with
 * `side` saying which child is meant.
 *
 * Invariants and locks: see rbtree.h.
 *
 * Linux: lib/rbtree.c. Differs: mirrored cases share code through child(); augmented
 * values are recomputed by one function.
 */
#include "lib/rbtree.h"

#define RB_BLACK	1UL
#define LEFT		0
#define RIGHT		1

/* The link to the @side child of @node. */
static inline struct rb_node **child(struct rb_node *node, int side)
{
	return side == LEFT ? &node->rb_left : &node->rb_right;
}

static inline bool is_red(const struct rb_node *node)
{
	return node && !(node->__rb_parent_color & RB_BLACK);
}

static inline void set_red(struct rb_node *node)
{
	node->__rb_parent_color &= ~RB_BLACK;
}

static inline void set_black(struct rb_node *node)
{
	node->__rb_parent_color |= RB_BLACK;
}

static inline void set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->__rb_parent_color = (unsigned long)parent | (node->__rb_parent_color & RB_BLACK);
}

/* Make @new hang where @old hung below @parent (or at the root). */
static inline void change_child(struct rb_node *old, struct rb_node *new,
				struct rb_node *parent, struct rb_root *root)
{
	if (!parent)
		root->rb_node = new;
	else if (parent->rb_left == old)
		parent->rb_left = new;
	else
		parent->rb_right = new;
}

/*
 * Turn @node down to its @side: its other child takes its place. In-order sequence and
 * colours stay. Bottom first for the augmented values: @node is below now.
 */
static struct rb_node *rotate(struct rb_node *node, int side, struct rb_root *root,
			      rb_augment_fn fn)
{
	struct rb_node *up = *child(node, !side);
	struct rb_node *inner = *child(up, side);
	struct rb_node *parent = rb_parent(node);

	*child(node, !side) = inner;
	if (inner)
		set_parent(inner, node);
	*child(up, side) = node;
	set_parent(up, parent);
	change_child(node, up, parent, root);
	set_parent(node, up);
	if (fn) {
		fn(node);
		fn(up);
	}
	return up;
}

/* @node is red; repair a red parent. */
static void insert_fixup(struct rb_node *node, struct rb_root *root, rb_augment_fn fn)
{
	struct rb_node *parent, *gparent, *uncle;
	int side;

	while (is_red(parent = rb_parent(node))) {
		/* A red node is never the root, so there is a grandparent. */
		gparent = rb_parent(parent);
		side = parent == gparent->rb_left ? LEFT : RIGHT;
		uncle = *child(gparent, !side);
		if (is_red(uncle)) {
			set_black(parent);
			set_black(uncle);
			set_red(gparent);
			node = gparent;
			continue;
		}
		/* An inner grandchild first becomes an outer one. */
		if (node == *child(parent, !side))
			parent = rotate(parent, side, root, fn);
		set_black(parent);
		set_red(gparent);
		rotate(gparent, !side, root, fn);
		break;
	}
	set_black(root->rb_node);
}

/*
 * The paths through the child of @parent that is @node (NULL counts as black) are one black
 * node short. Ends when a red node can be coloured black or the root is reached.
 */
static void erase_fixup(struct rb_node *node, struct rb_node *parent, struct rb_root *root,
			rb_augment_fn fn)
{
	struct rb_node *sibling;
	int side;

	while (parent && !is_red(node)) {
		side = node == parent->rb_left ? LEFT : RIGHT;
		sibling = *child(parent, !side);
		if (is_red(sibling)) {
			/* Get a black sibling: then the cases below apply. */
			set_black(sibling);
			set_red(parent);
			rotate(parent, side, root, fn);
			sibling = *child(parent, !side);
		}
		if (!is_red(sibling->rb_left) && !is_red(sibling->rb_right)) {
			/* Shorten the sibling as well and go on above. */
			set_red(sibling);
			node = parent;
			parent = rb_parent(node);
			continue;
		}
		if (!is_red(*child(sibling, !side))) {
			/* Only the near nephew is red: turn it outwards. */
			set_black(*child(sibling, side));
			set_red(sibling);
			sibling = rotate(sibling, !side, root, fn);
		}
		/* The far nephew is red: one rotation adds the missing black node. */
		sibling->__rb_parent_color = (sibling->__rb_parent_color & ~RB_BLACK) |
					     (parent->__rb_parent_color & RB_BLACK);
		set_black(parent);
		set_black(*child(sibling, !side));
		rotate(parent, side, root, fn);
		return;
	}
	if (node)
		set_black(node);
}

void rb_augment_propagate(struct rb_node *node, rb_augment_fn fn)
{
	while (node && fn(node))
		node = rb_parent(node);
}

void rb_insert_augmented(struct rb_node *node, struct rb_root *root, rb_augment_fn fn)
{
	if (fn) {
		/* A recycled node may hold the right value by chance: do not stop there. */
		fn(node);
		rb_augment_propagate(rb_parent(node), fn);
	}
	insert_fixup(node, root, fn);
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	insert_fixup(node, root, NULL);
}

/*
 * Unlink @node, which has two children, by putting its successor in its place and colour.
 * What is really taken out is the successor's old position: *@hole is the node that moved
 * up there (or NULL), the parent of that place is returned, *@black says if it was black.
 */
static struct rb_node *unlink_inner(struct rb_node *node, struct rb_root *root,
				    struct rb_node **hole, bool *black)
{
	struct rb_node *next = node->rb_right;
	struct rb_node *parent;

	while (next->rb_left)
		next = next->rb_left;
	*hole = next->rb_right;
	*black = !is_red(next);
	parent = rb_parent(next);
	if (parent == node) {
		parent = next;
	} else {
		parent->rb_left = *hole;
		if (*hole)
			set_parent(*hole, parent);
		next->rb_right = node->rb_right;
		set_parent(next->rb_right, next);
	}
	next->rb_left = node->rb_left;
	set_parent(next->rb_left, next);
	change_child(node, next, rb_parent(node), root);
	next->__rb_parent_color = node->__rb_parent_color;
	return parent;
}

void rb_erase_augmented(struct rb_node *node, struct rb_root *root, rb_augment_fn fn)
{
	struct rb_node *hole, *parent, *pos;
	bool black;

	if (node->rb_left && node->rb_right) {
		parent = unlink_inner(node, root, &hole, &black);
	} else {
		hole = node->rb_left ? node->rb_left : node->rb_right;
		black = !is_red(node);
		parent = rb_parent(node);
		change_child(node, hole, parent, root);
		if (hole)
			set_parent(hole, parent);
	}
	/*
	 * All the way up, without stopping at an unchanged value: the successor that moved
	 * into node's place is on this path, and its stale value says nothing about node's.
	 */
	for (pos = parent; fn && pos; pos = rb_parent(pos))
		fn(pos);
	if (black)
		erase_fixup(hole, parent, root, fn);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	rb_erase_augmented(node, root, NULL);
}

/* The outermost node below @node on @side. */
static struct rb_node *outermost(struct rb_node *node, int side)
{
	while (node && *child(node, side))
		node = *child(node, side);
	return node;
}

/* The neighbour of @node on @side: innermost below it, or the first ancestor beyond it. */
static struct rb_node *neighbour(const struct rb_node *node, int side)
{
	struct rb_node *below = *child((struct rb_node *)node, side);
	struct rb_node *parent;

	if (below)
		return outermost(below, !side);
	while ((parent = rb_parent(node)) && node == *child(parent, side))
		node = parent;
	return parent;
}

struct rb_node *rb_first(const struct rb_root *root)
{
	return outermost(root->rb_node, LEFT);
}

struct rb_node *rb_last(const struct rb_root *root)
{
	return outermost(root->rb_node, RIGHT);
}

struct rb_node *rb_next(const struct rb_node *node)
{
	return neighbour(node, RIGHT);
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	return neighbour(node, LEFT);
}

/* The first leaf of a postorder walk below @node. */
static struct rb_node *deepest_left(struct rb_node *node)
{
	while (node->rb_left || node->rb_right)
		node = node->rb_left ? node->rb_left : node->rb_right;
	return node;
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return root->rb_node ? deepest_left(root->rb_node) : NULL;
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *parent = rb_parent(node);

	if (parent && node == parent->rb_left && parent->rb_right)
		return deepest_left(parent->rb_right);
	return parent;
}

void rb_replace_node(struct rb_node *old, struct rb_node *new, struct rb_root *root)
{
	*new = *old;
	if (new->rb_left)
		set_parent(new->rb_left, new);
	if (new->rb_right)
		set_parent(new->rb_right, new);
	change_child(old, new, rb_parent(old), root);
}

/* Links and colour of one node. */
static bool node_valid(const struct rb_node *node)
{
	const struct rb_node *left = node->rb_left, *right = node->rb_right;

	if ((left && rb_parent(left) != node) || (right && rb_parent(right) != node))
		return false;
	return !is_red(node) || (!is_red(left) && !is_red(right));
}

/* Black nodes from @node up to the root. */
static long black_height(const struct rb_node *node)
{
	long height = 0;

	for (; node; node = rb_parent(node))
		height += !is_red(node);
	return height;
}

long rb_validate(const struct rb_root *root)
{
	long nr = 0, height = -1;
	struct rb_node *node;

	if (root->rb_node && (rb_parent(root->rb_node) || is_red(root->rb_node)))
		return -1;
	for (node = rb_first(root); node; node = rb_next(node), nr++) {
		if (!node_valid(node))
			return -1;
		/* Every path ends at a node with a child missing. */
		if (node->rb_left && node->rb_right)
			continue;
		if (height < 0)
			height = black_height(node);
		if (height != black_height(node))
			return -1;
	}
	return nr;
}
