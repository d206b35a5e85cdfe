/* SPDX-License-Identifier: MIT */
/*
 * test_sort.c - heapsort against qsort, for odd and even element sizes; spread of the hash
 * functions; the random generator.
 *
 * Linux: lib/test_sort.c, lib/test_hash.c. Differs: random sizes.
 */
#include "host_test.h"
#include "lib/hash.h"
#include "lib/sort.h"

/* Elements start with a byte to sort by; the rest is checked to travel along. */
static int cmp_first(const void *a, const void *b)
{
	return *(const u8 *)a - *(const u8 *)b;
}

static size_t elem_size;
static unsigned int swaps;

static int cmp_whole(const void *a, const void *b)
{
	return memcmp(a, b, elem_size);
}

static void counting_swap(void *a, void *b, int size)
{
	u8 tmp[64];

	swaps++;
	memcpy(tmp, a, (size_t)size);
	memcpy(a, b, (size_t)size);
	memcpy(b, tmp, (size_t)size);
}

static void like_qsort(void **state)
{
	static const size_t sizes[] = { 1, 3, 4, 8, 12, 16, 24, 40 };
	size_t num, i;
	u8 *mine, *libc;
	int round;

	for (round = 0; round < 3000; round++) {
		elem_size = sizes[rnd(ARRAY_SIZE(sizes))];
		num = rnd(60);
		mine = malloc(num * elem_size + 1);
		for (i = 0; i < num * elem_size; i++)
			mine[i] = (u8)rnd(rnd(2) ? 3 : 256);
		libc = exact_copy(mine, num * elem_size);
		swaps = 0;
		sort(mine, num, elem_size, cmp_whole, rnd(2) ? NULL : counting_swap);
		qsort(libc, num, elem_size, cmp_whole);
		assert_memory_equal(mine, libc, num * elem_size);
		assert_true(swaps <= num * 8);
		free(mine);
		free(libc);
	}
}

static void worst_cases(void **state)
{
	u8 buf[256];
	int i, order;

	for (order = 0; order < 3; order++) {
		for (i = 0; i < 256; i++)
			buf[i] = order == 0 ? (u8)i : order == 1 ? (u8)(255 - i) : 7;
		sort(buf, 256, 1, cmp_first, NULL);
		for (i = 1; i < 256; i++)
			assert_true(buf[i - 1] <= buf[i]);
	}
	sort(buf, 0, 1, cmp_first, NULL);
	sort(buf, 1, 1, cmp_first, NULL);
}

/* No bucket of 64 gets more than three times its share of 4096 regular keys. */
static void hash_spreads(void **state)
{
	unsigned int count[3][64] = { 0 };
	char name[16];
	u64 i;
	int n;

	for (i = 0; i < 4096; i++) {
		n = snprintf(name, sizeof(name), "file%lu", i);
		count[0][hash_64(i * 4096, 6)]++;
		count[1][hash_long(i, 6)]++;
		count[2][full_name_hash(NULL, name, (unsigned int)n) % 64]++;
	}
	for (i = 0; i < 64; i++)
		for (n = 0; n < 3; n++)
			assert_true(count[n][i] > 10 && count[n][i] < 192);
	assert_true(full_name_hash(count, "a", 1) != full_name_hash(name, "a", 1));
	assert_int_equal(full_name_hash(NULL, "abc", 2), full_name_hash(NULL, "abd", 2));
	assert_true(hash_combine(1, 2) != hash_combine(2, 1));
	assert_int_equal(hash_ptr(name, 6), hash_64((u64)name, 6));
}

static void generator(void **state)
{
	unsigned int count[10] = { 0 };
	struct rnd_state a, b;
	u8 bytes[13];
	int i;

	prandom_seed_state(&a, 0);
	prandom_seed_state(&b, 0);
	for (i = 0; i < 100; i++)
		assert_true(prandom_u64_state(&a) == prandom_u64_state(&b));
	prandom_seed_state(&b, 1);
	assert_true(prandom_u64_state(&a) != prandom_u64_state(&b));
	for (i = 0; i < 10000; i++)
		count[prandom_below(&a, 10)]++;
	for (i = 0; i < 10; i++)
		assert_true(count[i] > 800 && count[i] < 1200);
	assert_int_equal(prandom_below(&a, 0), 0);
	assert_int_equal(prandom_below(&a, 1), 0);
	memset(bytes, 0, sizeof(bytes));
	prandom_bytes_state(&a, bytes, 12);
	assert_int_equal(bytes[12], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(like_qsort), host_test(worst_cases), host_test(hash_spreads),
		host_test(generator),
	};

	return host_main(tests);
}
