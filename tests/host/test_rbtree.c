/* SPDX-License-Identifier: MIT */
/*
 * test_rbtree.c - red-black trees under random traces; the augmented form as mm/ uses it,
 * to find the lowest gap between intervals.
 *
 * Linux: lib/rbtree_test.c. Differs: every step is validated against a model.
 */
#include "host_test.h"
#include "lib/rbtree.h"

#define NR	200

struct item {
	struct rb_node rb;
	long key;
	long value;		/* own data of the augmented tree */
	long max;		/* the largest value in the subtree */
};

static struct item items[NR];
static bool on[NR];

static bool update_max(struct rb_node *node)
{
	struct item *item = rb_entry(node, struct item, rb);
	long m = item->value;

	if (node->rb_left)
		m = max(m, rb_entry(node->rb_left, struct item, rb)->max);
	if (node->rb_right)
		m = max(m, rb_entry(node->rb_right, struct item, rb)->max);
	if (m == item->max)
		return false;
	item->max = m;
	return true;
}

/* Search and link; returns true if the new node is the leftmost. */
static bool link_item(struct rb_root *root, struct item *item)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (item->key < rb_entry(parent, struct item, rb)->key) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(&item->rb, parent, link);
	return leftmost;
}

static void check_tree(struct rb_root *root, bool augmented)
{
	struct rb_node *node = rb_first(root);
	long count = 0;
	struct item *pos;
	int i;

	for (i = 0; i < NR; i++) {
		if (!on[i])
			continue;
		assert_ptr_equal(node, &items[i].rb);
		node = rb_next(node);
		count++;
	}
	assert_null(node);
	for (node = rb_last(root), i = NR - 1; i >= 0; i--) {
		if (!on[i])
			continue;
		assert_ptr_equal(node, &items[i].rb);
		node = rb_prev(node);
	}
	assert_int_equal(rb_validate(root), count);
	assert_int_equal(RB_EMPTY_ROOT(root), count == 0);
	if (!augmented)
		return;
	/* Nothing is left to update. */
	rb_for_each_entry(pos, root, rb)
		assert_false(update_max(&pos->rb));
}

static void reset(void)
{
	int i;

	for (i = 0; i < NR; i++) {
		items[i] = (struct item){ .key = i, .value = i, .max = -1 };
		on[i] = false;
	}
}

static void random_trace(void **state)
{
	struct rb_root root = RB_ROOT;
	int step, i;

	reset();
	for (step = 0; step < 20000; step++) {
		i = (int)rnd(NR);
		if (on[i]) {
			rb_erase(&items[i].rb, &root);
		} else {
			link_item(&root, &items[i]);
			rb_insert_color(&items[i].rb, &root);
		}
		on[i] = !on[i];
		if (step % 8 == 0)
			check_tree(&root, false);
	}
	check_tree(&root, false);
}

static void augmented_trace(void **state)
{
	struct rb_root root = RB_ROOT;
	int step, i;

	reset();
	for (step = 0; step < 20000; step++) {
		i = (int)rnd(NR);
		if (!on[i]) {
			/* A stale max from an earlier life must not survive. */
			items[i].value = (long)rnd(1000);
			link_item(&root, &items[i]);
			rb_insert_augmented(&items[i].rb, &root, update_max);
			on[i] = true;
		} else if (rnd(2)) {
			items[i].value = (long)rnd(1000);
			rb_augment_propagate(&items[i].rb, update_max);
		} else {
			rb_erase_augmented(&items[i].rb, &root, update_max);
			on[i] = false;
		}
		check_tree(&root, true);
	}
}

/* Ascending, descending and inside-out: the sequences with the most rotations. */
static void orders(void **state)
{
	struct rb_root root;
	int order, n, i;

	for (order = 0; order < 3; order++) {
		root = RB_ROOT;
		reset();
		for (n = 0; n < NR; n++) {
			i = order == 0 ? n : NR - 1 - n;
			if (order == 2)
				i = n % 2 ? NR - 1 - n / 2 : n / 2;
			link_item(&root, &items[i]);
			rb_insert_augmented(&items[i].rb, &root, update_max);
			on[i] = true;
			check_tree(&root, true);
		}
		for (n = 0; n < NR; n++) {
			i = order == 1 ? NR - 1 - n : n;
			rb_erase_augmented(&items[i].rb, &root, update_max);
			on[i] = false;
			check_tree(&root, true);
		}
	}
}

static void cached_leftmost(void **state)
{
	struct rb_root_cached tree = RB_ROOT_CACHED;
	int step, i;

	reset();
	for (step = 0; step < 5000; step++) {
		i = (int)rnd(NR);
		if (on[i]) {
			rb_erase_cached(&items[i].rb, &tree);
			RB_CLEAR_NODE(&items[i].rb);
			assert_true(RB_EMPTY_NODE(&items[i].rb));
		} else {
			bool leftmost = link_item(&tree.rb_root, &items[i]);

			rb_insert_color_cached(&items[i].rb, &tree, leftmost);
			assert_false(RB_EMPTY_NODE(&items[i].rb));
		}
		on[i] = !on[i];
		assert_ptr_equal(rb_first_cached(&tree), rb_first(&tree.rb_root));
	}
}

static void replace(void **state)
{
	struct rb_root root = RB_ROOT;
	struct item copy;
	int i, n;

	reset();
	for (i = 0; i < NR; i++) {
		link_item(&root, &items[i]);
		rb_insert_color(&items[i].rb, &root);
		on[i] = true;
	}
	for (n = 0; n < 200; n++) {
		i = (int)rnd(NR);
		copy = items[i];
		rb_replace_node(&items[i].rb, &copy.rb, &root);
		assert_int_equal(rb_validate(&root), NR);
		memset(&items[i].rb, 0xff, sizeof(items[i].rb));
		rb_replace_node(&copy.rb, &items[i].rb, &root);
		check_tree(&root, false);
	}
}

static void postorder_frees(void **state)
{
	struct rb_root root = RB_ROOT;
	struct item *pos, *n;
	int i, freed = 0;

	for (i = 0; i < NR; i++) {
		pos = host_alloc(sizeof(*pos));
		pos->key = (long)rnd(50);	/* equal keys are fine */
		link_item(&root, pos);
		rb_insert_color(&pos->rb, &root);
	}
	assert_int_equal(rb_validate(&root), NR);
	/* ASan would see a node that is used after it was freed. */
	rbtree_postorder_for_each_entry_safe(pos, n, &root, rb) {
		host_free(pos);
		freed++;
	}
	assert_int_equal(freed, NR);
	root = RB_ROOT;
	assert_null(rb_first_postorder(&root));
	assert_null(rb_first(&root));
	assert_null(rb_last(&root));
}

static void depth_is_logarithmic(void **state)
{
	struct rb_root root = RB_ROOT;
	struct rb_node *node;
	struct item *pos, *n;
	int i, depth;

	for (i = 0; i < 4095; i++) {
		pos = host_alloc(sizeof(*pos));
		pos->key = i;
		link_item(&root, pos);
		rb_insert_color(&pos->rb, &root);
	}
	rb_for_each_entry(pos, &root, rb) {
		for (depth = 0, node = &pos->rb; node; node = rb_parent(node))
			depth++;
		assert_true(depth <= 24);
	}
	rbtree_postorder_for_each_entry_safe(pos, n, &root, rb)
		host_free(pos);
}

/* The validator must not be blind. */
static void validate_finds_damage(void **state)
{
	struct rb_root root = RB_ROOT;
	struct rb_node *node;
	int i;

	reset();
	for (i = 0; i < 20; i++) {
		link_item(&root, &items[i]);
		rb_insert_color(&items[i].rb, &root);
	}
	node = rb_first(&root);
	node->__rb_parent_color ^= 1;
	assert_int_equal(rb_validate(&root), -1);
	node->__rb_parent_color ^= 1;
	assert_int_equal(rb_validate(&root), 20);
	root.rb_node->__rb_parent_color ^= 1;
	assert_int_equal(rb_validate(&root), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(random_trace), host_test(augmented_trace), host_test(orders),
		host_test(cached_leftmost), host_test(replace), host_test(postorder_frees),
		host_test(depth_is_logarithmic), host_test(validate_finds_damage),
	};

	return host_main(tests);
}
