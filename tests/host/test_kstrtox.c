/* SPDX-License-Identifier: MIT */
/*
 * test_kstrtox.c - numbers from text: accepted and refused forms, the borders of each type,
 * random numbers there and back.
 *
 * Linux: lib/test-kstrtox.c. Differs: one table.
 */
#include "host_test.h"
#include "lib/errno.h"
#include "lib/kstrtox.h"

static void unsigned_forms(void **state)
{
	static const struct {
		const char *text;
		unsigned int base;
		int err;
		unsigned long val;
	} cases[] = {
		{ "0", 0, 0, 0 }, { "10", 0, 0, 10 }, { "010", 0, 0, 8 }, { "0x10", 0, 0, 16 },
		{ "0X1f", 16, 0, 31 }, { "1f", 16, 0, 31 }, { "+5", 10, 0, 5 }, { "7\n", 10, 0, 7 },
		{ "18446744073709551615", 10, 0, ULONG_MAX },
		{ "0xffffffffffffffff", 0, 0, ULONG_MAX }, { "00", 0, 0, 0 }, { "zz", 36, 0, 1295 },
		{ "18446744073709551616", 10, -ERANGE, 0 },
		{ "99999999999999999999999999", 10, -ERANGE, 0 },
		{ "0x10000000000000000", 0, -ERANGE, 0 },
		{ "", 0, -EINVAL, 0 }, { "\n", 0, -EINVAL, 0 }, { " 1", 0, -EINVAL, 0 },
		{ "1 ", 0, -EINVAL, 0 }, { "-1", 0, -EINVAL, 0 }, { "+", 0, -EINVAL, 0 },
		{ "0x", 0, -EINVAL, 0 }, { "08", 0, -EINVAL, 0 }, { "1a", 10, -EINVAL, 0 },
		{ "1\n\n", 10, -EINVAL, 0 }, { "12", 2, -EINVAL, 0 }, { "++1", 0, -EINVAL, 0 },
		{ "18446744073709551616x", 10, -EINVAL, 0 },
	};
	unsigned long val;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		val = 42;
		assert_int_equal(kstrtoul(cases[i].text, cases[i].base, &val), cases[i].err);
		assert_int_equal(val, cases[i].err ? 42 : cases[i].val);
	}
}

static void signed_forms(void **state)
{
	unsigned int u;
	long l;
	int i;

	assert_int_equal(kstrtol("-9223372036854775808", 10, &l), 0);
	assert_true(l == LONG_MIN);
	assert_int_equal(kstrtol("9223372036854775807", 10, &l), 0);
	assert_true(l == LONG_MAX);
	assert_int_equal(kstrtol("9223372036854775808", 10, &l), -ERANGE);
	assert_int_equal(kstrtol("-9223372036854775809", 10, &l), -ERANGE);
	assert_int_equal(kstrtol("-+1", 10, &l), -EINVAL);
	assert_int_equal(kstrtol("--1", 10, &l), -EINVAL);
	assert_int_equal(kstrtol("-", 10, &l), -EINVAL);
	assert_int_equal(kstrtoint("-2147483648", 10, &i), 0);
	assert_int_equal(i, INT_MIN);
	assert_int_equal(kstrtoint("2147483648", 10, &i), -ERANGE);
	assert_int_equal(kstrtoint("-0x10", 0, &i), 0);
	assert_int_equal(i, -16);
	assert_int_equal(kstrtouint("4294967295", 10, &u), 0);
	assert_int_equal(u, UINT_MAX);
	assert_int_equal(kstrtouint("4294967296", 10, &u), -ERANGE);
}

static void booleans(void **state)
{
	bool b = false;

	assert_int_equal(kstrtobool("on", &b), 0);
	assert_true(b);
	assert_int_equal(kstrtobool("OFF\n", &b), 0);
	assert_false(b);
	assert_int_equal(kstrtobool("Yes", &b), 0);
	assert_true(b);
	assert_int_equal(kstrtobool("0\n", &b), 0);
	assert_false(b);
	assert_int_equal(kstrtobool("1", &b), 0);
	assert_true(b);
	assert_int_equal(kstrtobool("", &b), -EINVAL);
	assert_int_equal(kstrtobool("o", &b), -EINVAL);
	assert_int_equal(kstrtobool("2", &b), -EINVAL);
}

static void simple_forms(void **state)
{
	char *end;

	assert_int_equal(simple_strtoul("123abc", &end, 10), 123);
	assert_string_equal(end, "abc");
	assert_int_equal(simple_strtoul("0x1fg", &end, 0), 31);
	assert_string_equal(end, "g");
	assert_int_equal(simple_strtoul("0xg", &end, 0), 0);
	assert_string_equal(end, "xg");
	assert_int_equal(simple_strtoul("", &end, 0), 0);
	assert_int_equal(simple_strtol("-12,", &end, 10), -12);
	assert_string_equal(end, ",");
	assert_int_equal(memparse("64M", &end), 64UL << 20);
	assert_string_equal(end, "");
	assert_int_equal(memparse("2g@0x1000", &end), 2UL << 30);
	assert_string_equal(end, "@0x1000");
	assert_int_equal(memparse("0x10k", NULL), 16384);
	assert_int_equal(memparse("5x", &end), 5);
	assert_string_equal(end, "x");
	assert_int_equal(memparse("1t", NULL), 1UL << 40);
	assert_int_equal(memparse("1P", NULL), 1UL << 50);
	assert_int_equal(memparse("1e", NULL), 1UL << 60);
}

static void there_and_back(void **state)
{
	char text[32];
	int round;
	u64 x, y;
	long l;

	for (round = 0; round < 20000; round++) {
		x = rnd64() >> rnd(64);
		snprintf(text, sizeof(text), "%lu", x);
		assert_int_equal(kstrtou64(text, 10, &y), 0);
		assert_true(x == y);
		snprintf(text, sizeof(text), "%#lx\n", x);
		assert_int_equal(kstrtou64(text, 0, &y), 0);
		assert_true(x == y);
		snprintf(text, sizeof(text), "%#lo", x);
		assert_int_equal(kstrtou64(text, 0, &y), 0);
		assert_true(x == y);
		snprintf(text, sizeof(text), "%ld", (long)x);
		assert_int_equal(kstrtol(text, 10, &l), 0);
		assert_true((long)x == l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(unsigned_forms), host_test(signed_forms), host_test(booleans),
		host_test(simple_forms), host_test(there_and_back),
	};

	return host_main(tests);
}
