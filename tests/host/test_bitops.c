/* SPDX-License-Identifier: MIT */
/*
 * test_bitops.c - bit searches and counts against one-bit-at-a-time loops; the macros of
 * kernel.h; the libgcc replacements; byte order.
 *
 * Linux: lib/test_bitops.c, lib/find_bit_benchmark.c. Differs: exhaustive over one- and
 * two-bit words.
 */
#include "host_test.h"
#include "lib/byteorder.h"
#include "lib/libgcc.h"

static unsigned int slow_low(u64 x)
{
	unsigned int n = 0;

	while (!(x >> n & 1))
		n++;
	return n;
}

static unsigned int slow_high(u64 x)
{
	unsigned int n = 63;

	while (!(x >> n & 1))
		n--;
	return n;
}

static unsigned int slow_weight(u64 x)
{
	unsigned int n = 0;

	for (; x; x >>= 1)
		n += x & 1;
	return n;
}

static void check_word(u64 x)
{
	assert_int_equal(hweight64(x), slow_weight(x));
	assert_int_equal(__popcountdi2(x), slow_weight(x));
	assert_int_equal(__paritydi2(x), slow_weight(x) % 2);
	assert_int_equal(hweight32((u32)x), slow_weight((u32)x));
	assert_int_equal(fls64(x), x ? slow_high(x) + 1 : 0);
	assert_int_equal(ffs64(x), x ? slow_low(x) + 1 : 0);
	assert_int_equal(fls((u32)x), (u32)x ? slow_high((u32)x) + 1 : 0);
	if (!x)
		return;
	assert_int_equal(__ffs(x), slow_low(x));
	assert_int_equal(__fls(x), slow_high(x));
	assert_int_equal(ffz(~x), slow_low(x));
	assert_int_equal(__clzdi2(x), 63 - slow_high(x));
	assert_int_equal(__ctzdi2(x), slow_low(x));
	assert_int_equal(__ffsdi2(x), slow_low(x) + 1);
}

static void words(void **state)
{
	unsigned int i, j;

	check_word(0);
	check_word(U64_MAX);
	for (i = 0; i < 64; i++)
		for (j = 0; j < 64; j++) {
			check_word(BIT(i) | BIT(j));
			check_word(BIT(i) - BIT(j));
		}
	for (i = 0; i < 10000; i++)
		check_word(rnd64() & (rnd64() >> rnd(64)));
}

static void powers(void **state)
{
	static const int constant = ilog2(4096);
	unsigned int i;

	assert_int_equal(constant, 12);
	for (i = 0; i < 63; i++) {
		unsigned long n = 1UL << i;

		assert_int_equal(ilog2(n), i);
		assert_true(is_power_of_2(n));
		assert_int_equal(roundup_pow_of_two(n), n);
		assert_int_equal(order_base_2(n), i);
		assert_int_equal(roundup_pow_of_two(n + 1), 2 * n);
		assert_int_equal(order_base_2(n + 1), i + 1);
		assert_int_equal(rounddown_pow_of_two(n | (n >> 1)), n);
		if (i > 1)
			assert_false(is_power_of_2(n + 1));
	}
	assert_false(is_power_of_2(0));
	assert_int_equal(roundup_pow_of_two(0), 1);
}

static void macros(void **state)
{
	struct outer {
		int pad;
		long inner;
	} outer;
	int calls = 0, a = 3, b = 7;
	u32 narrow = 5;

	assert_ptr_equal(container_of(&outer.inner, struct outer, inner), &outer);
	assert_int_equal(min(calls++, 5), 0);
	assert_int_equal(calls, 1);
	assert_int_equal(max3(a, b, calls), 7);
	assert_int_equal(clamp(9, a, b), 7);
	assert_int_equal(clamp_t(long, -4, a, b), 3);
	swap(a, b);
	assert_true(a == 7 && b == 3);
	assert_int_equal(abs_diff(3U, 5U), 2);
	assert_int_equal(ALIGN(4097UL, 4096), 8192);
	assert_int_equal(ALIGN(0xfffffffff001UL, 4096), 0x1000000000000UL);
	assert_int_equal(ALIGN_DOWN(narrow, 4), 4);
	assert_true(IS_ALIGNED(64, 64) && !IS_ALIGNED(65, 64));
	assert_int_equal(DIV_ROUND_UP(9, 4), 3);
	assert_int_equal(roundup(10, 3), 12);
	assert_int_equal(rounddown(10, 3), 9);
	assert_int_equal(GENMASK(7, 4), 0xf0);
	assert_int_equal(GENMASK(63, 0), ~0UL);
	assert_int_equal(upper_32_bits(0x123456789abcdef0UL), 0x12345678);
	assert_int_equal(lower_32_bits(0x123456789abcdef0UL), 0x9abcdef0);
}

static void overflow(void **state)
{
	unsigned long ul;
	int i;

	assert_true(check_add_overflow(ULONG_MAX, 1UL, &ul));
	assert_false(check_add_overflow(ULONG_MAX - 1, 1UL, &ul));
	assert_true(check_mul_overflow(INT_MAX, 2, &i));
	assert_true(check_sub_overflow(0UL, 1UL, &ul));
}

static void byte_order(void **state)
{
	u8 buf[9];

	put_unaligned_be32(0x12345678, buf + 1);
	assert_int_equal(buf[1], 0x12);
	assert_int_equal(get_unaligned_be32(buf + 1), 0x12345678);
	put_unaligned_be32(0x9abcdef0, buf + 5);
	assert_int_equal(get_unaligned_be64(buf + 1), 0x123456789abcdef0UL);
	assert_int_equal(swab16(0x1234), 0x3412);
	assert_int_equal(be32_to_cpu(0x12345678), 0x78563412);
	assert_int_equal(__bswapdi2(0x0102030405060708UL), 0x0807060504030201UL);
	assert_int_equal(__bswapsi2(0x01020304), 0x04030201);
}

static void bits_in_array(void **state)
{
	unsigned long map[3] = { 0 };
	bool model[192] = { false };
	unsigned int i, bit;

	for (i = 0; i < 5000; i++) {
		bit = rnd(192);
		switch (rnd(5)) {
		case 0: __set_bit(bit, map); model[bit] = true; break;
		case 1: __clear_bit(bit, map); model[bit] = false; break;
		case 2: __change_bit(bit, map); model[bit] = !model[bit]; break;
		case 3:
			assert_int_equal(__test_and_set_bit(bit, map), model[bit]);
			model[bit] = true;
			break;
		default:
			assert_int_equal(__test_and_clear_bit(bit, map), model[bit]);
			model[bit] = false;
		}
		bit = rnd(192);
		assert_int_equal(test_bit(bit, map), model[bit]);
	}
}

static void bugs(void **state)
{
	int i;

	expect_bug(BUG());
	expect_bug(BUG_ON(1 == 1));
	expect_bug(VM_BUG_ON(true));
	BUG_ON(false);
	expect_warn(assert_true(WARN_ON(2)));
	assert_false(WARN_ON(0));
	expect_warn(for (i = 0; i < 3; i++) assert_true(WARN_ON_ONCE(1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(words), host_test(powers), host_test(macros), host_test(overflow),
		host_test(byte_order), host_test(bits_in_array), host_test(bugs),
	};

	return host_main(tests);
}
