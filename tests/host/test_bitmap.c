/* SPDX-License-Identifier: MIT */
/*
 * test_bitmap.c - bitmaps of all lengths around word borders against arrays of bool; the
 * text forms.
 *
 * Linux: lib/test_bitmap.c. Differs: a model instead of cases.
 */
#include "host_test.h"
#include "lib/bitmap.h"

#define MAX_BITS	200

struct map {
	/* On the heap with its exact size: ASan sees a word too many. */
	unsigned long *bits;
	bool model[MAX_BITS];
};

static struct map a, b, dst;
static unsigned int nbits;

static void make_map(struct map *map)
{
	unsigned int i;

	map->bits = malloc(BITS_TO_LONGS(nbits) * sizeof(long));
	assert_non_null(map->bits);
	/* Garbage behind nbits must not matter. */
	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		map->bits[i] = rnd(3) ? rnd64() : rnd(2) ? 0 : ~0UL;
	for (i = 0; i < nbits; i++)
		map->model[i] = test_bit(i, map->bits);
}

static void check_map(const struct map *map)
{
	unsigned int i;

	for (i = 0; i < nbits; i++)
		assert_int_equal(test_bit(i, map->bits), map->model[i]);
}

/* The first index from @from on with model == @val, or nbits. */
static unsigned int model_next(const struct map *map, unsigned int from, bool val)
{
	while (from < nbits && map->model[from] != val)
		from++;
	return min(from, nbits);
}

static void check_searches(const struct map *map)
{
	unsigned int i, weight = 0, last = nbits;

	for (i = 0; i <= nbits; i++) {
		assert_int_equal(find_next_bit(map->bits, nbits, i), model_next(map, i, true));
		assert_int_equal(find_next_zero_bit(map->bits, nbits, i),
				 model_next(map, i, false));
	}
	for (i = 0; i < nbits; i++) {
		weight += map->model[i];
		last = map->model[i] ? i : last;
	}
	assert_int_equal(bitmap_weight(map->bits, nbits), weight);
	assert_int_equal(find_last_bit(map->bits, nbits), last);
	assert_int_equal(bitmap_empty(map->bits, nbits), weight == 0);
	assert_int_equal(bitmap_full(map->bits, nbits), weight == nbits);
}

static void check_binary(void)
{
	bool any_and = false, any_andnot = false, equal = true;
	unsigned int i;

	for (i = 0; i < nbits; i++) {
		any_and |= a.model[i] && b.model[i];
		any_andnot |= a.model[i] && !b.model[i];
		equal &= a.model[i] == b.model[i];
	}
	assert_int_equal(bitmap_intersects(a.bits, b.bits, nbits), any_and);
	assert_int_equal(bitmap_subset(a.bits, b.bits, nbits), !any_andnot);
	assert_int_equal(bitmap_equal(a.bits, b.bits, nbits), equal);
	assert_int_equal(bitmap_and(dst.bits, a.bits, b.bits, nbits), any_and);
	for (i = 0; i < nbits; i++)
		dst.model[i] = a.model[i] && b.model[i];
	check_map(&dst);
	assert_int_equal(bitmap_andnot(dst.bits, a.bits, b.bits, nbits), any_andnot);
	for (i = 0; i < nbits; i++)
		dst.model[i] = a.model[i] && !b.model[i];
	check_map(&dst);
	bitmap_or(dst.bits, a.bits, b.bits, nbits);
	for (i = 0; i < nbits; i++)
		dst.model[i] = a.model[i] || b.model[i];
	check_map(&dst);
}

static void check_ranges(void)
{
	unsigned int start = rnd(nbits + 1), len = rnd(nbits - start + 1);

	if (rnd(2)) {
		bitmap_set(a.bits, start, len);
		memset(a.model + start, true, len);
	} else {
		bitmap_clear(a.bits, start, len);
		memset(a.model + start, false, len);
	}
	check_map(&a);
}

/* The slow search for a run of zeros. */
static unsigned int model_area(unsigned int start, unsigned int nr, unsigned int align)
{
	unsigned int pos, i;

	for (pos = start; pos + nr <= nbits; pos++) {
		if (pos % align)
			continue;
		for (i = 0; i < nr && !a.model[pos + i]; i++)
			;
		if (i == nr)
			return pos;
	}
	return nbits;
}

static void check_area(void)
{
	unsigned int start = rnd(nbits), nr = 1 + rnd(12), align = 1U << rnd(4);
	unsigned long got = bitmap_find_next_zero_area(a.bits, nbits, start, nr, align - 1);

	assert_int_equal(min(got, (unsigned long)nbits), model_area(start, nr, align));
}

static void check_text(void)
{
	char *text = malloc(4 * MAX_BITS + 8);
	int len;

	len = bitmap_print_list(text, 4 * MAX_BITS, a.bits, nbits);
	assert_int_equal(len, strlen(text));
	assert_int_equal(bitmap_parselist(text, dst.bits, nbits), 0);
	assert_true(bitmap_equal(a.bits, dst.bits, nbits));
	len = bitmap_print_hex(text, 4 * MAX_BITS, a.bits, nbits);
	assert_int_equal(len, strlen(text));
	strcat(text, "\n");
	assert_int_equal(bitmap_parse(text, dst.bits, nbits), 0);
	assert_true(bitmap_equal(a.bits, dst.bits, nbits));
	free(text);
}

static void random_maps(void **state)
{
	int round;

	for (round = 0; round < 3000; round++) {
		nbits = 1 + rnd(MAX_BITS);
		make_map(&a);
		make_map(&b);
		make_map(&dst);
		check_searches(&a);
		check_binary();
		check_ranges();
		check_area();
		check_text();
		bitmap_copy(dst.bits, a.bits, nbits);
		assert_true(bitmap_equal(dst.bits, a.bits, nbits));
		bitmap_zero(a.bits, nbits);
		assert_true(bitmap_empty(a.bits, nbits));
		bitmap_fill(a.bits, nbits);
		assert_true(bitmap_full(a.bits, nbits));
		free(a.bits);
		free(b.bits);
		free(dst.bits);
	}
}

static void loops(void **state)
{
	unsigned long map[2] = { 0x8000000000000005UL, 0x3 };
	static const unsigned int want[] = { 0, 2, 63, 64, 65 };
	unsigned long bit;
	unsigned int i = 0;

	for_each_set_bit(bit, map, 100)
		assert_int_equal(bit, want[i++]);
	assert_int_equal(i, 5);
	i = 0;
	for_each_clear_bit(bit, map, 100)
		i++;
	assert_int_equal(i, 95);
}

static void print_forms(void **state)
{
	unsigned long map[2] = { 0x2f, 0x1 };
	char buf[40];

	bitmap_print_list(buf, sizeof(buf), map, 128);
	assert_string_equal(buf, "0-3,5,64");
	bitmap_print_hex(buf, sizeof(buf), map, 128);
	assert_string_equal(buf, "00000000,00000001,00000000,0000002f");
	bitmap_print_hex(buf, sizeof(buf), map, 4);
	assert_string_equal(buf, "f");
	bitmap_print_hex(buf, sizeof(buf), map, 33);
	assert_string_equal(buf, "0,0000002f");
	assert_int_equal(bitmap_print_list(buf, 4, map, 128), 3);
	assert_string_equal(buf, "0-3");
	map[0] = 0;
	assert_int_equal(bitmap_print_list(buf, sizeof(buf), map, 64), 0);
	assert_string_equal(buf, "");
}

static void bad_text(void **state)
{
	static const struct {
		const char *text;
		int list, hex;
	} cases[] = {
		{ "", 0, -EINVAL },	{ "\n", 0, -EINVAL },	{ "x", -EINVAL, -EINVAL },
		{ "1-", -EINVAL, -EINVAL }, { "-1", -EINVAL, -EINVAL },
		{ "3-1", -EINVAL, -EINVAL }, { "70", -ERANGE, 0 },
		{ "1,,2", -EINVAL, -EINVAL }, { "1,2\n", 0, 0 }, { "1 2", -EINVAL, -EINVAL },
		{ "99999999999999999999", -ERANGE, -EINVAL },
		{ "123456789", -ERANGE, -EINVAL }, { "40,00000000", -ERANGE, -EOVERFLOW },
		{ "3f,ffffffff", -EINVAL, 0 }, { "1\n\n", 0, -EINVAL },
		{ "1,00000000,00000000", 0, -EOVERFLOW }, { "0,0,0,1", 0, 0 },
	};
	unsigned long map[1];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		/* 38 bits for the borders of both forms. */
		assert_int_equal(bitmap_parselist(cases[i].text, map, 38), cases[i].list);
		assert_int_equal(bitmap_parse(cases[i].text, map, 38), cases[i].hex);
	}
	assert_int_equal(bitmap_parse("3f,00000001", map, 38), 0);
	assert_int_equal(map[0], 0x3f00000001UL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(random_maps), host_test(loops), host_test(print_forms),
		host_test(bad_text),
	};

	return host_main(tests);
}
