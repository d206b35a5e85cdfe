/* SPDX-License-Identifier: MIT */
/*
 * test_dirty_limits.c - the thresholds of dirty pages: known values, the order of the two,
 * odd knobs, numbers at the end of their range.
 *
 * Linux: has no unit test for it.
 */
#include "host_test.h"
#include "mm/dirty_limits.h"

static void expect_limits(const struct dirty_knobs *k, unsigned long available,
			  unsigned long background, unsigned long limit)
{
	unsigned long b, l;

	dirty_thresholds(k, available, &b, &l);
	assert_int_equal(b, background);
	assert_int_equal(l, limit);
}

static void ratios(void **state)
{
	struct dirty_knobs k = { .ratio = 20, .background_ratio = 10 };

	expect_limits(&k, 10000, 1000, 2000);
	expect_limits(&k, 99, 9, 19);
	expect_limits(&k, 0, 0, 0);
	expect_limits(&k, 1, 0, 0);
	k.ratio = 100;
	expect_limits(&k, ULONG_MAX, ULONG_MAX / 10, ULONG_MAX);
	k.ratio = 5;			/* below the background: half of it */
	expect_limits(&k, 10000, 250, 500);
	k.ratio = 0;
	expect_limits(&k, 10000, 0, 0);
}

static void bytes(void **state)
{
	struct dirty_knobs k = { .bytes = 8 << 20, .background_bytes = 1 << 20 };

	expect_limits(&k, 100, 256, 2048);
	k.bytes = 4097;
	k.background_bytes = 1;
	expect_limits(&k, 100, 1, 2);
	k.background_bytes = ULONG_MAX;
	expect_limits(&k, 100, 1, 2);
	k = (struct dirty_knobs){ .bytes = 1 << 20, .background_ratio = 10 };
	expect_limits(&k, 1000, 100, 256);
	expect_limits(&k, 10000, 128, 256);
}

static void always_in_order(void **state)
{
	for (int i = 0; i < 100000; i++) {
		struct dirty_knobs k = { .ratio = rnd(101), .background_ratio = rnd(101) };
		unsigned long available = rnd64() >> rnd(64), b, l;

		if (!rnd(3))
			k.bytes = rnd64() >> rnd(64);
		if (!rnd(3))
			k.background_bytes = rnd64() >> rnd(64);
		dirty_thresholds(&k, available, &b, &l);
		assert_true(b < l || (!b && !l));
		if (!k.bytes)
			assert_true(l <= available);
	}
}

static void ratelimit(void **state)
{
	assert_int_equal(dirty_ratelimit(0, 8), 1);
	assert_int_equal(dirty_ratelimit(256, 2), 16);
	assert_int_equal(dirty_ratelimit(1 << 20, 1), 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(ratios),
		host_test(bytes),
		host_test(always_in_order),
		host_test(ratelimit),
	};

	return host_main(tests);
}
