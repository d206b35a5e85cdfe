/* SPDX-License-Identifier: MIT */
/*
 * test_memblock.c - ranges before the buddy: every operation against a model
 * that keeps a byte a page.
 *
 * Linux: tools/testing/memblock. Differs: random traces instead of cases.
 */
#include "fake_machine.h"
#include <asm/page.h>
#include "mm/memblock.h"

#define BASE	0x80000000UL
#define PAGES	2048

static u8 is_memory[PAGES], is_reserved[PAGES];

static phys_addr_t pa(u32 page)
{
	return BASE + (phys_addr_t)page * PAGE_SIZE;
}

/* An array is sorted, without overlaps, merged, and covers exactly what the model says. */
static void check_type(const struct memblock_type *type, const u8 *model)
{
	u32 page = 0;
	int i;

	for (i = 0; i < type->cnt; i++) {
		const struct memblock_region *r = &type->regions[i];

		assert_true(r->size > 0);
		if (i)
			assert_true(r[-1].base + r[-1].size < r->base);
		for (; pa(page) < r->base; page++)
			assert_int_equal(model[page], 0);
		for (; pa(page) < r->base + r->size; page++)
			assert_int_equal(model[page], 1);
	}
	for (; page < PAGES; page++)
		assert_int_equal(model[page], 0);
}

static void reset(void)
{
	memblock_memory.cnt = memblock_reserved.cnt = 0;
	memset(is_memory, 0, sizeof(is_memory));
	memset(is_reserved, 0, sizeof(is_reserved));
}

static void random_traces(void **state)
{
	int step;

	reset();
	for (step = 0; step < 20000; step++) {
		u32 start = rnd(PAGES - 64), len = 1 + rnd(64);
		int err;

		switch (rnd(3)) {
		case 0:
			err = memblock_add_node(pa(start), len * PAGE_SIZE, 0);
			if (!err)
				memset(is_memory + start, 1, len);
			break;
		case 1:
			err = memblock_remove(pa(start), len * PAGE_SIZE);
			if (!err)
				memset(is_memory + start, 0, len);
			break;
		default:
			err = memblock_reserve(pa(start), len * PAGE_SIZE);
			if (!err)
				memset(is_reserved + start, 1, len);
		}
		if (err || memblock_reserved.cnt > 50 || memblock_memory.cnt > 50)
			reset();
		check_type(&memblock_memory, is_memory);
		check_type(&memblock_reserved, is_reserved);
	}
}

static void alloc_is_top_down_and_free(void **state)
{
	int step;

	reset();
	memblock_add_node(pa(0), 512 * PAGE_SIZE, 0);
	memblock_add_node(pa(600), 900 * PAGE_SIZE, 1);
	memset(is_memory, 1, 512);
	memset(is_memory + 600, 1, 900);
	memblock_reserve(pa(700), 13 * PAGE_SIZE);
	memset(is_reserved + 700, 1, 13);
	for (step = 0; step < 200; step++) {
		u32 len = 1 + rnd(16), align = 1U << rnd(5), i, page;
		phys_addr_t got = memblock_phys_alloc(len * PAGE_SIZE, align * PAGE_SIZE);

		if (!got)
			break;
		assert_int_equal(got % (align * PAGE_SIZE), 0);
		page = (got - BASE) / PAGE_SIZE;
		for (i = 0; i < len; i++) {
			assert_true(is_memory[page + i]);
			assert_false(is_reserved[page + i]);
			is_reserved[page + i] = 1;
		}
		check_type(&memblock_reserved, is_reserved);
	}
	assert_true(step > 40);
	assert_int_equal(memblock_phys_alloc(4096 * PAGE_SIZE, PAGE_SIZE), 0);
}

static void limit_cuts_from_the_top(void **state)
{
	reset();
	memblock_add_node(pa(0), 100 * PAGE_SIZE, 0);
	memblock_add_node(pa(200), 100 * PAGE_SIZE, 0);
	memblock_enforce_memory_limit(150 * PAGE_SIZE);
	assert_int_equal(memblock_phys_mem_size(), 150 * PAGE_SIZE);
	assert_int_equal(memblock_end_of_DRAM(), pa(250));
	memblock_enforce_memory_limit(100 * PAGE_SIZE);
	assert_int_equal(memblock_memory.cnt, 1);
	assert_int_equal(memblock_start_of_DRAM(), pa(0));
}

static void too_many_ranges(void **state)
{
	u32 i;

	reset();
	for (i = 0; i < 64; i++)
		assert_int_equal(memblock_reserve(pa(2 * i), PAGE_SIZE), 0);
	assert_int_equal(memblock_reserve(pa(2 * i), PAGE_SIZE), -ENOSPC);
	assert_int_equal(memblock_reserved.cnt, 64);
	assert_true(memblock_is_reserved(pa(126)));
	assert_false(memblock_is_reserved(pa(125)));
	assert_false(memblock_is_reserved(pa(128)));
	/* What is there already needs no room. */
	assert_int_equal(memblock_reserve(pa(64), PAGE_SIZE), 0);
}

static void ends_of_the_address_space(void **state)
{
	reset();
	assert_int_equal(memblock_add_node(0xfffffffffffff000UL, ~0UL, 0), 0);
	assert_int_equal(memblock_memory.cnt, 1);
	assert_int_equal(memblock_remove(0, ~0UL), 0);
	assert_int_equal(memblock_memory.cnt, 0);
	assert_int_equal(memblock_phys_alloc(PAGE_SIZE, PAGE_SIZE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(random_traces),
		host_test(alloc_is_top_down_and_free),
		host_test(limit_cuts_from_the_top),
		host_test(too_many_ranges),
		host_test(ends_of_the_address_space),
	};

	return host_main(tests);
}
