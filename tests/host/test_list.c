/* SPDX-License-Identifier: MIT */
/*
 * test_list.c - list_head and hlist against arrays.
 *
 * Linux: lib/list-test.c. Differs: mostly random traces.
 */
#include "host_test.h"
#include "lib/list.h"

#define NR	24

struct item {
	struct list_head node;
	struct hlist_node hnode;
	int id;
};

static struct item items[NR];

/* The list holds exactly the ids in @want, in both directions. */
static void check_list(struct list_head *head, const int *want, int nr)
{
	struct item *pos;
	int i = 0;

	list_for_each_entry(pos, head, node) {
		assert_true(i < nr);
		assert_int_equal(pos->id, want[i++]);
	}
	assert_int_equal(i, nr);
	list_for_each_entry_reverse(pos, head, node)
		assert_int_equal(pos->id, want[--i]);
	assert_int_equal(i, 0);
	assert_int_equal(list_count_nodes(head), nr);
	assert_int_equal(list_empty(head), nr == 0);
	assert_int_equal(list_is_singular(head), nr == 1);
	if (nr) {
		assert_int_equal(list_first_entry(head, struct item, node)->id, want[0]);
		assert_int_equal(list_last_entry(head, struct item, node)->id, want[nr - 1]);
		assert_true(list_is_first(&items[want[0]].node, head));
		assert_true(list_is_last(&items[want[nr - 1]].node, head));
	}
}

/* A list of items 0 to @nr - 1. */
static void fill(struct list_head *head, int nr)
{
	int i;

	INIT_LIST_HEAD(head);
	for (i = 0; i < nr; i++) {
		items[i].id = i;
		list_add_tail(&items[i].node, head);
	}
}

/* Remove @id from, or insert it at @at into, an array. */
static void model_remove(int *model, int *nr, int id)
{
	int i = 0;

	while (model[i] != id)
		i++;
	memmove(model + i, model + i + 1, (size_t)(--*nr - i) * sizeof(*model));
}

static void model_insert(int *model, int *nr, int at, int id)
{
	memmove(model + at + 1, model + at, (size_t)((*nr)++ - at) * sizeof(*model));
	model[at] = id;
}

static void random_trace(void **state)
{
	LIST_HEAD(head);
	bool on[NR] = { false };
	int model[NR + 1], nr = 0, step, id;

	for (id = 0; id < NR; id++)
		items[id].id = id;
	for (step = 0; step < 20000; step++) {
		id = (int)rnd(NR);
		if (!on[id] && rnd(2)) {
			list_add(&items[id].node, &head);
			model_insert(model, &nr, 0, id);
		} else if (!on[id]) {
			list_add_tail(&items[id].node, &head);
			model_insert(model, &nr, nr, id);
		} else if (rnd(3) == 0) {
			list_move_tail(&items[id].node, &head);
			model_remove(model, &nr, id);
			model_insert(model, &nr, nr, id);
		} else if (rnd(2)) {
			list_move(&items[id].node, &head);
			model_remove(model, &nr, id);
			model_insert(model, &nr, 0, id);
		} else {
			list_del_init(&items[id].node);
			model_remove(model, &nr, id);
			on[id] = false;
			assert_true(list_empty(&items[id].node));
			continue;
		}
		on[id] = true;
		check_list(&head, model, nr);
	}
}

static const int upto[NR] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
};

static void splice_and_cut(void **state)
{
	struct list_head a, b;
	int k;

	for (k = 0; k <= 6; k++) {
		fill(&a, 6);
		list_cut_position(&b, &a, k ? &items[k - 1].node : &a);
		check_list(&b, upto, k);
		check_list(&a, upto + k, 6 - k);
		list_splice_init(&b, &a);
		check_list(&a, upto, 6);
		check_list(&b, NULL, 0);

		list_cut_before(&b, &a, k < 6 ? &items[k].node : &a);
		check_list(&b, upto, k);
		list_splice_tail_init(&a, &b);
		check_list(&b, upto, 6);
		assert_true(list_empty(&a));
	}
	INIT_LIST_HEAD(&a);
	list_cut_position(&b, &a, &a);
	assert_true(list_empty(&b));
}

static void bulk_and_replace(void **state)
{
	static const int moved[] = { 0, 3, 4, 1, 2 };
	static const int replaced[] = { 0, 1, 9, 3 };
	static const int rotated[] = { 1, 2, 0 };
	struct list_head head;

	fill(&head, 5);
	list_bulk_move_tail(&head, &items[1].node, &items[2].node);
	check_list(&head, moved, 5);

	fill(&head, 4);
	items[9].id = 9;
	list_replace_init(&items[2].node, &items[9].node);
	check_list(&head, replaced, 4);
	assert_true(list_empty(&items[2].node));

	fill(&head, 3);
	list_rotate_left(&head);
	check_list(&head, rotated, 3);
}

static void safe_walk(void **state)
{
	struct list_head head;
	struct item *pos, *n;
	int seen = 0;

	fill(&head, 10);
	list_for_each_entry_safe(pos, n, &head, node) {
		if (pos->id % 2)
			list_del(&pos->node);
		seen++;
	}
	assert_int_equal(seen, 10);
	assert_int_equal(list_count_nodes(&head), 5);
	list_for_each_entry_safe_reverse(pos, n, &head, node)
		list_del(&pos->node);
	assert_true(list_empty(&head));
	assert_null(list_first_entry_or_null(&head, struct item, node));
	assert_null(list_last_entry_or_null(&head, struct item, node));
}

static void misuse_is_found(void **state)
{
	struct list_head head;

	fill(&head, 3);
	list_del(&items[1].node);
	expect_bug(list_del(&items[1].node));
	expect_bug(list_add(&items[0].node, &items[0].node));
	items[0].node.next = &items[1].node;
	expect_bug(list_del(&items[0].node));
}

/* Three buckets; the model says which bucket an item is in, or -1. */
static void hlist_trace(void **state)
{
	struct hlist_head heads[3] = { HLIST_HEAD_INIT, HLIST_HEAD_INIT, HLIST_HEAD_INIT };
	int where[NR], step, id, b, count;
	struct hlist_node *n;
	struct item *pos;

	for (id = 0; id < NR; id++) {
		items[id].id = id;
		where[id] = -1;
		INIT_HLIST_NODE(&items[id].hnode);
	}
	for (step = 0; step < 5000; step++) {
		id = (int)rnd(NR);
		b = (int)rnd(3);
		if (where[id] >= 0) {
			hlist_del_init(&items[id].hnode);
			hlist_del_init(&items[id].hnode);
			where[id] = -1;
		} else if (hlist_empty(&heads[b]) || rnd(3) == 0) {
			hlist_add_head(&items[id].hnode, &heads[b]);
			where[id] = b;
		} else if (rnd(2)) {
			hlist_add_behind(&items[id].hnode, heads[b].first);
			where[id] = b;
		} else {
			hlist_add_before(&items[id].hnode, heads[b].first);
			where[id] = b;
		}
		assert_int_equal(hlist_unhashed(&items[id].hnode), where[id] < 0);
		for (count = 0, b = 0; b < 3; b++)
			hlist_for_each_entry(pos, &heads[b], hnode) {
				assert_int_equal(where[pos->id], b);
				count++;
			}
		for (id = 0; id < NR; id++)
			count -= where[id] >= 0;
		assert_int_equal(count, 0);
	}
	for (b = 0; b < 3; b++) {
		hlist_for_each_entry_safe(pos, n, &heads[b], hnode)
			hlist_del(&pos->hnode);
		assert_true(hlist_empty(&heads[b]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(random_trace), host_test(splice_and_cut), host_test(bulk_and_replace),
		host_test(safe_walk), host_test(misuse_is_found), host_test(hlist_trace),
	};

	return host_main(tests);
}
