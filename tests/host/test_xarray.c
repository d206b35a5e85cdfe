/* SPDX-License-Identifier: MIT */
/*
 * test_xarray.c - the sparse array under random traces against a plain table, with nodes
 * that cannot be had; reservations, preloads, marks, searches.
 *
 * Linux: lib/test_xarray.c. Differs: a model instead of cases for most of it.
 */
#include "host_test.h"
#include "lib/xarray.h"

/* The indices a trace plays with, sorted; spread so that all tree heights occur. */
#define NR	400

struct model {
	unsigned long index;
	void *entry;
	bool reserved;
	bool mark[XA_MAX_MARKS];
};

static struct model model[NR];
static DEFINE_XARRAY(xa);

static int cmp_index(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

	return x < y ? -1 : x > y;
}

/* @spread: how many high bits the larger indices may have. */
static void init_model(unsigned int spread)
{
	unsigned long index[4 * NR];
	int i, nr = 0;

	for (i = 0; i < 4 * NR; i++) {
		if (i < NR)
			index[i] = (unsigned long)i;
		else
			index[i] = rnd64() >> (64 - 1 - rnd(spread));
	}
	index[NR] = 0;
	index[NR + 1] = spread == 64 ? ULONG_MAX : 64;
	index[NR + 2] = spread == 64 ? ULONG_MAX - 64 : 4096;
	qsort(index, 4 * NR, sizeof(index[0]), cmp_index);
	memset(model, 0, sizeof(model));
	for (i = 0; nr < NR && i < 4 * NR; i++) {
		/* A quarter of them, without doubles, and always the extremes. */
		if (nr && model[nr - 1].index == index[i])
			continue;
		if (i && i < 4 * NR - 1 && rnd(4))
			continue;
		model[nr++].index = index[i];
	}
	if (spread == 64)
		model[nr - 1].index = ULONG_MAX;
	while (nr < NR) {
		model[nr] = model[nr - 1];
		nr++;
	}
	xa_init(&xa);
}

/* Doubles at the end of the table share the last distinct index: never chosen. */
static struct model *pick(void)
{
	struct model *m;

	do {
		m = &model[rnd(NR)];
	} while (m > model && m->index == m[-1].index);
	return m;
}

static void *random_entry(void)
{
	if (rnd(3) == 0)
		return xa_mk_value(rnd64() >> 1);
	return (void *)((rnd64() << 4) | 16);
}

static void model_set(struct model *m, void *entry)
{
	m->entry = entry;
	m->reserved = false;
	if (!entry)
		memset(m->mark, 0, sizeof(m->mark));
}

/* What a search should find; NULL if nothing. */
static struct model *model_find(unsigned long from, unsigned long to, xa_mark_t filter)
{
	struct model *m;

	for (m = model; m < model + NR; m++) {
		if (m->index < from || m->index > to || !m->entry)
			continue;
		if (filter == XA_PRESENT || m->mark[filter])
			return m;
	}
	return NULL;
}

static void check_finds(void)
{
	xa_mark_t filter = rnd(4) ? rnd(XA_MAX_MARKS) : XA_PRESENT;
	unsigned long from = rnd(2) ? pick()->index : rnd64() >> rnd(64);
	unsigned long to = rnd(2) ? ULONG_MAX : pick()->index;
	unsigned long index = from;
	struct model *want = model_find(from, to, filter);
	void *entry = xa_find(&xa, &index, to, filter);

	assert_ptr_equal(entry, want ? want->entry : NULL);
	assert_int_equal(index, want ? want->index : from);
	index = from;
	want = from == ULONG_MAX ? NULL : model_find(from + 1, to, filter);
	entry = xa_find_after(&xa, &index, to, filter);
	assert_ptr_equal(entry, want ? want->entry : NULL);
	assert_int_equal(index, want ? want->index : from);
}

/* Everything at once: contents, marks, iteration, invariants. */
static void check_all(void)
{
	unsigned long index;
	struct model *m;
	xa_mark_t mark;
	void *entry;
	long used = 0;

	for (m = model; m < model + NR; m++) {
		if (m > model && m->index == m[-1].index)
			break;
		used += m->entry || m->reserved;
		assert_ptr_equal(xa_load(&xa, m->index), m->entry);
		for (mark = 0; mark < XA_MAX_MARKS; mark++)
			assert_int_equal(xa_get_mark(&xa, m->index, mark), m->mark[mark]);
	}
	assert_int_equal(xa_validate(&xa), used);
	assert_int_equal(xa_empty(&xa), used == 0);
	m = model;
	xa_for_each(&xa, index, entry) {
		while (!m->entry)
			m++;
		assert_int_equal(index, m->index);
		assert_ptr_equal(entry, m->entry);
		m++;
	}
	for (; m < model + NR && (m == model || m->index != m[-1].index); m++)
		assert_null(m->entry);
	for (mark = 0; mark < XA_MAX_MARKS; mark++) {
		index = 0;
		assert_int_equal(xa_marked(&xa, mark), model_find(0, ULONG_MAX, mark) != NULL);
	}
}

/* A store may fail only for lack of memory, and then must leave no trace. */
static void store_result(struct model *m, int err, long nodes_before, void *entry)
{
	if (err) {
		assert_int_equal(err, -ENOMEM);
		assert_int_equal(host_allocs, nodes_before);
		assert_false(m->entry || m->reserved);
		return;
	}
	model_set(m, entry);
}

static void step_store(struct model *m)
{
	void *entry = rnd(8) ? random_entry() : NULL;
	long before = host_allocs;
	int err;

	switch (rnd(4)) {
	case 0:
		err = xa_insert(&xa, m->index, entry, 0);
		if (m->entry || m->reserved)
			assert_int_equal(err, -EBUSY);
		else
			store_result(m, err, before, entry);
		break;
	case 1:
		assert_int_equal(xa_cmpxchg(&xa, m->index, random_entry(), entry, 0), -EBUSY);
		err = xa_cmpxchg(&xa, m->index, m->entry, entry, 0);
		store_result(m, err, before, entry);
		break;
	default:
		err = xa_store(&xa, m->index, entry, 0);
		store_result(m, err, before, entry);
	}
}

static void step_preload(struct model *m)
{
	struct xa_preload pre = XA_PRELOAD_INIT;
	void *entry = random_entry();
	int err;

	do {
		err = xa_store_preload(&xa, m->index, entry, &pre);
	} while (err == -ENOMEM && !xa_preload_fill(&pre, 0));
	xa_preload_drain(&pre);
	assert_int_equal(pre.nr, 0);
	if (m->entry || m->reserved)
		assert_int_equal(err, -EBUSY);
	else if (!err)
		model_set(m, entry);
	else
		assert_true(err == -ENOMEM && host_fail_percent);
}

static void step_reserve(struct model *m)
{
	long before = host_allocs;
	int err;

	if (rnd(3) == 0) {
		xa_release(&xa, m->index);
		m->reserved = false;
		return;
	}
	err = xa_reserve(&xa, m->index, 0);
	if (err) {
		store_result(m, err, before, NULL);
		return;
	}
	m->reserved = !m->entry;
	if (m->reserved && rnd(2)) {
		/* The promise: this cannot fail, memory or not. */
		unsigned int percent = host_fail_percent;
		void *entry = random_entry();

		host_fail_percent = 100;
		assert_int_equal(xa_store(&xa, m->index, entry, 0), 0);
		host_fail_percent = percent;
		model_set(m, entry);
	}
}

static void step_mark(struct model *m)
{
	xa_mark_t mark = rnd(XA_MAX_MARKS);

	if (rnd(2)) {
		xa_set_mark(&xa, m->index, mark);
		m->mark[mark] = m->entry != NULL;
	} else {
		xa_clear_mark(&xa, m->index, mark);
		m->mark[mark] = false;
	}
}

static void run_trace(unsigned int spread, unsigned int fail_percent)
{
	struct model *m;
	int step;

	init_model(spread);
	host_fail_percent = fail_percent;
	for (step = 0; step < 30000; step++) {
		m = pick();
		switch (rnd(10)) {
		case 0: case 1: case 2: step_store(m); break;
		case 3: step_preload(m); break;
		case 4: step_reserve(m); break;
		case 5: case 6: step_mark(m); break;
		case 7: check_finds(); break;
		default:
			assert_ptr_equal(xa_erase(&xa, m->index), m->entry);
			model_set(m, NULL);
		}
		assert_ptr_equal(xa_load(&xa, m->index), m->entry);
		if (step % 64 == 0)
			check_all();
	}
	check_all();
	xa_destroy(&xa);
	assert_true(xa_empty(&xa));
	assert_int_equal(host_allocs, 0);
	host_fail_percent = 0;
}

static void dense_trace(void **state)
{
	run_trace(9, 0);
}

static void sparse_trace(void **state)
{
	run_trace(64, 0);
}

static void no_memory_trace(void **state)
{
	run_trace(30, 30);
}

static void erasing_all_frees_all(void **state)
{
	struct model *m;

	init_model(64);
	for (m = model; m < model + NR; m++)
		assert_int_equal(xa_store(&xa, m->index, random_entry(), 0), 0);
	for (m = model; m < model + NR; m++)
		xa_erase(&xa, m->index);
	assert_true(xa_empty(&xa));
	assert_int_equal(host_allocs, 0);
}

/* Heights at the borders: 64^n - 1 and 64^n. */
static void node_counts(void **state)
{
	unsigned long border;
	long height;

	xa_init(&xa);
	for (height = 1, border = 64; height < 10; height++, border *= 64) {
		assert_int_equal(xa_store(&xa, border - 1, &xa, 0), 0);
		assert_int_equal(host_allocs, height);
		assert_int_equal(xa_store(&xa, border, &xa, 0), 0);
		assert_int_equal(host_allocs, 2 * height + 1);
		assert_int_equal(xa_validate(&xa), 2);
		assert_null(xa_load(&xa, border * 64));
		assert_null(xa_load(&xa, ULONG_MAX));
		xa_erase(&xa, border);
		assert_int_equal(host_allocs, height);
		xa_erase(&xa, border - 1);
		assert_true(xa_empty(&xa));
	}
	assert_int_equal(xa_store(&xa, ULONG_MAX, &xa, 0), 0);
	assert_int_equal(host_allocs, 11);
	assert_int_equal(xa_store(&xa, 0, &xa, 0), 0);
	assert_int_equal(host_allocs, 21);
	xa_destroy(&xa);
}

/* Each allocation of a deep store fails once: never a trace of it. */
static void every_failure_point(void **state)
{
	long n;
	int err;

	xa_init(&xa);
	assert_int_equal(xa_store(&xa, 5, &xa, 0), 0);
	for (n = 1;; n++) {
		host_fail_nth = n;
		err = xa_store(&xa, ULONG_MAX - 7, &xa, 0);
		if (!err)
			break;
		assert_int_equal(err, -ENOMEM);
		assert_int_equal(host_allocs, 1);
		assert_int_equal(xa_validate(&xa), 1);
	}
	assert_int_equal(n, 21);
	host_fail_nth = 0;
	xa_destroy(&xa);
}

static void odd_entries(void **state)
{
	xa_init(&xa);
	assert_int_equal(xa_store(&xa, 1, (void *)2UL, 0), -EINVAL);
	assert_int_equal(xa_store(&xa, 1, (void *)0x406UL, 0), -EINVAL);
	assert_int_equal(xa_store(&xa, 1, NULL, 0), 0);
	assert_true(xa_empty(&xa));
	assert_int_equal(xa_store(&xa, 1, xa_mk_value(0), 0), 0);
	assert_true(xa_is_value(xa_load(&xa, 1)));
	assert_int_equal(xa_to_value(xa_load(&xa, 1)), 0);
	assert_int_equal(xa_to_value(xa_mk_value(ULONG_MAX >> 1)), ULONG_MAX >> 1);
	assert_false(xa_is_value(&xa));
	assert_ptr_equal(xa_erase(&xa, 1), xa_mk_value(0));
	assert_null(xa_erase(&xa, 1));
}

/* xa_for_each_range with a body that erases; marked iteration. */
static void iteration(void **state)
{
	unsigned long index, seen = 0;
	void *entry;

	xa_init(&xa);
	for (index = 0; index < 1000; index += 3) {
		assert_int_equal(xa_store(&xa, index, xa_mk_value(index), 0), 0);
		if (index % 2)
			xa_set_mark(&xa, index, XA_MARK_1);
	}
	xa_for_each_marked(&xa, index, entry, XA_MARK_1) {
		assert_int_equal(index % 6, 3);
		seen++;
	}
	assert_int_equal(seen, 167);
	xa_for_each_range(&xa, index, entry, 100, 199) {
		assert_int_equal(xa_to_value(entry), index);
		xa_erase(&xa, index);
	}
	seen = 0;
	xa_for_each_start(&xa, index, entry, 50)
		seen++;
	assert_int_equal(seen, 334 - 17 - 33);
	xa_for_each(&xa, index, entry)
		xa_erase(&xa, index);
	assert_true(xa_empty(&xa));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(dense_trace), host_test(sparse_trace), host_test(no_memory_trace),
		host_test(erasing_all_frees_all), host_test(node_counts),
		host_test(every_failure_point), host_test(odd_entries), host_test(iteration),
	};

	return host_main(tests);
}
