/* SPDX-License-Identifier: MIT */
/*
 * test_swapfile.c - swap slots: random traces of allocation and counting against an
 * array of plain counters; the order in which slots are handed out; headers as a broken
 * or hostile disk could have them.
 *
 * Linux: has no unit test for mm/swapfile.c.
 */
#include "host_test.h"
#include "mm/swap_header.h"
#include "mm/swap_slots.h"

#define MAX_SLOTS	3000

struct model {
	int count;		/* references */
	bool cache, bad;
};

static struct model model[MAX_SLOTS];
static struct swap_slots slots;

static void make_area(unsigned long max)
{
	void *mem = calloc(1, swap_slots_bytes(max));

	assert_non_null(mem);
	memset(&slots, 0, sizeof(slots));
	memset(model, 0, sizeof(model));
	swap_slots_init(&slots, mem, max);
	model[0].bad = true;
	assert_true(swap_slots_check(&slots));
}

static void drop_area(void)
{
	free(slots.map);
}

static bool model_free(unsigned long off)
{
	return !model[off].count && !model[off].cache && !model[off].bad;
}

static unsigned long model_nr_free(void)
{
	unsigned long n = 0;

	for (unsigned long off = 0; off < slots.max; off++)
		n += model_free(off);
	return n;
}

static int model_byte(unsigned long off)
{
	return model[off].count + (model[off].cache ? SWAP_HAS_CACHE : 0);
}

static void check_model(void)
{
	assert_true(swap_slots_check(&slots));
	for (unsigned long off = 0; off < slots.max; off++)
		assert_int_equal(slots.map[off],
				 model[off].bad ? SWAP_MAP_BAD : model_byte(off));
	assert_int_equal(slots.nr_free, model_nr_free());
}

static void trace_alloc(void)
{
	unsigned long off = swap_slot_alloc(&slots, SWAP_HAS_CACHE);

	if (!off) {
		assert_int_equal(model_nr_free(), 0);
		return;
	}
	assert_true(off < slots.max && model_free(off));
	model[off].cache = true;
}

static void trace_get(unsigned long off)
{
	bool used = off < slots.max && !model_free(off) && !model[off].bad;
	int err = swap_slot_get(&slots, off, 1);

	if (!used)
		assert_int_equal(err, -EINVAL);
	else if (model[off].count == SWAP_MAP_MAX)
		assert_int_equal(err, -ENOMEM);
	else
		assert_int_equal(err, 0);
	if (!err)
		model[off].count++;
}

static void trace_claim(unsigned long off)
{
	bool used = off < slots.max && !model_free(off) && !model[off].bad;
	int err = swap_slot_get(&slots, off, SWAP_HAS_CACHE);

	assert_int_equal(err, !used ? -ENOENT : model[off].cache ? -EEXIST : 0);
	if (!err)
		model[off].cache = true;
}

static void trace_put(unsigned long off)
{
	bool held = off < slots.max && !model[off].bad && model[off].count;
	int left = swap_slot_put(&slots, off, 1);

	if (!held) {
		assert_int_equal(left, -EINVAL);
		return;
	}
	model[off].count--;
	assert_int_equal(left, model_byte(off));
}

static void trace_unclaim(unsigned long off)
{
	bool held = off < slots.max && !model[off].bad && model[off].cache;
	int left = swap_slot_put(&slots, off, SWAP_HAS_CACHE);

	if (!held) {
		assert_int_equal(left, -EINVAL);
		return;
	}
	model[off].cache = false;
	assert_int_equal(left, model_byte(off));
}

static void trace_bad(unsigned long off)
{
	bool may = off && off < slots.max && !model[off].count;
	int err = swap_slot_mark_bad(&slots, off);

	assert_int_equal(err, may ? 0 : -EINVAL);
	if (!may)
		return;
	model[off].bad = true;
	model[off].cache = false;
}

static void random_traces(void **state)
{
	static const unsigned long sizes[] = { 2, 3, 255, 256, 257, 511, 512, 700, MAX_SLOTS };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		make_area(sizes[i]);
		for (int step = 0; step < 20000; step++) {
			unsigned long off = rnd(sizes[i] + 3);

			switch (rnd(8)) {
			case 0 ... 2: trace_alloc(); break;
			case 3: trace_get(off); break;
			case 4: trace_claim(off); break;
			case 5: trace_put(off); break;
			case 6: trace_unclaim(off); break;
			case 7: if (!rnd(500)) trace_bad(off); break;
			}
			if (step % 500 == 0)
				check_model();
		}
		check_model();
		drop_area();
	}
}

/* An empty area is filled from one end to the other, and not a slot is left out. */
static void in_a_row(void **state)
{
	make_area(1000);
	for (unsigned long off = 1; off < 1000; off++)
		assert_int_equal(swap_slot_alloc(&slots, 1), off);
	assert_int_equal(swap_slot_alloc(&slots, 1), 0);
	assert_int_equal(slots.nr_inuse, 999);
	drop_area();
}

/* With holes everywhere, a whole free cluster is taken before the holes are. */
static void empty_cluster_first(void **state)
{
	make_area(SWAPFILE_CLUSTER * 6);
	for (unsigned long off = 1; off < slots.max; off++)
		assert_int_equal(swap_slot_alloc(&slots, 1), off);
	for (unsigned long off = 3; off < slots.max; off += 7)
		assert_int_equal(swap_slot_put(&slots, off, 1), 0);
	for (unsigned long off = SWAPFILE_CLUSTER * 3; off < SWAPFILE_CLUSTER * 4; off++)
		if (slots.map[off])
			assert_int_equal(swap_slot_put(&slots, off, 1), 0);
	for (unsigned long i = 0; i < SWAPFILE_CLUSTER; i++)
		assert_int_equal(swap_slot_alloc(&slots, 1), SWAPFILE_CLUSTER * 3 + i);
	while (swap_slot_alloc(&slots, 1))
		;
	assert_int_equal(slots.nr_free, 0);
	assert_true(swap_slots_check(&slots));
	drop_area();
}

static void finds_what_is_used(void **state)
{
	make_area(600);
	assert_int_equal(swap_slot_next_used(&slots, 0), 0);
	for (int i = 0; i < 300; i++)
		(void)swap_slot_alloc(&slots, 1);
	for (unsigned long off = 1; off < 299; off++)
		assert_int_equal(swap_slot_put(&slots, off, 1), 0);
	assert_int_equal(swap_slot_next_used(&slots, 0), 299);
	assert_int_equal(swap_slot_next_used(&slots, 300), 300);
	assert_int_equal(swap_slot_next_used(&slots, 301), 0);
	assert_int_equal(swap_slot_next_used(&slots, 100000), 0);
	drop_area();
}

/* ---- the header ---- */

static u8 *good_header(u32 last_page)
{
	u8 *page = calloc(1, SWAP_HEADER_SIZE);
	struct swap_header_info *info = (void *)(page + SWAP_INFO_OFFSET);

	assert_non_null(page);
	memcpy(page + SWAP_MAGIC_OFFSET, SWAP_MAGIC, 10);
	info->version = 1;
	info->last_page = last_page;
	return page;
}

static struct swap_header_info *info_of(u8 *page)
{
	return (void *)(page + SWAP_INFO_OFFSET);
}

static void header_ok(void **state)
{
	u8 *page = good_header(99);
	const struct swap_header_info *info;
	const char *why;

	assert_int_equal(swap_header_check(page, 100, &info, &why), 0);
	assert_int_equal(info->last_page, 99);
	assert_int_equal(swap_header_check(page, 99, &info, &why), -EINVAL);
	info_of(page)->nr_badpages = 2;
	info_of(page)->badpages[0] = 1;
	info_of(page)->badpages[1] = 99;
	assert_int_equal(swap_header_check(page, 100, &info, &why), 0);
	info_of(page)->badpages[1] = 100;
	assert_int_equal(swap_header_check(page, 1000, &info, &why), -EINVAL);
	info_of(page)->badpages[1] = 0;
	assert_int_equal(swap_header_check(page, 1000, &info, &why), -EINVAL);
	free(page);
}

static void header_wrong(void **state)
{
	u8 *page = good_header(99);
	const struct swap_header_info *info;
	const char *why;

	for (int i = 0; i < 10; i++) {
		page[SWAP_MAGIC_OFFSET + i] ^= 1;
		assert_int_equal(swap_header_check(page, 1000, &info, &why), -EINVAL);
		assert_non_null(why);
		page[SWAP_MAGIC_OFFSET + i] ^= 1;
	}
	info_of(page)->version = 0x01000000;
	assert_int_equal(swap_header_check(page, 1000, &info, &why), -EINVAL);
	info_of(page)->version = 1;
	info_of(page)->last_page = 0;
	assert_int_equal(swap_header_check(page, 1000, &info, &why), -EINVAL);
	info_of(page)->last_page = ~0U;
	assert_int_equal(swap_header_check(page, 1000, &info, &why), -EINVAL);
	info_of(page)->last_page = 99;
	for (u32 n = MAX_SWAP_BADPAGES + 1; n; n <<= 1) {
		info_of(page)->nr_badpages = n;
		assert_int_equal(swap_header_check(page, 1000, &info, &why), -EINVAL);
	}
	free(page);
}

/* Whatever a disk says: no read outside the page (ASan sees it), and never a slot too many. */
static void header_noise(void **state)
{
	u8 *page = good_header(99);
	const struct swap_header_info *info;
	const char *why;

	for (int i = 0; i < 20000; i++) {
		u8 *at = page + SWAP_INFO_OFFSET + rnd(SWAP_MAGIC_OFFSET - SWAP_INFO_OFFSET);
		u8 old = *at;

		*at = rnd64();
		if (!swap_header_check(page, 500, &info, &why))
			assert_true(info->last_page && info->last_page < 500 &&
				    info->nr_badpages < info->last_page);
		else
			assert_non_null(why);
		if (rnd(4))
			*at = old;
		if (!rnd(50)) {
			free(page);
			page = good_header(rnd(600));
		}
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(random_traces),
		host_test(in_a_row),
		host_test(empty_cluster_first),
		host_test(finds_what_is_used),
		host_test(header_ok),
		host_test(header_wrong),
		host_test(header_noise),
	};

	return host_main(tests);
}
