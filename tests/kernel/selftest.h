/* SPDX-License-Identifier: MIT */
/*
 * In-kernel selftests: a table of functions a suite, run in process 1 before
 * init when "selftest" is on the command line; KTAP on the console.
 *
 * A suite is a file test_NAME.c with `const struct kselftest NAME_tests[]`,
 * ended by an empty row, and a line in the list of selftest.c.
 *
 * Linux: tools/testing/selftests/kselftest.h, include/kunit/test.h. Differs:
 * tables, no registration; every test is checked for leaks.
 */
#pragma once
#include "kernel/printk.h"
#include "lib/errno.h"
#include "lib/kernel.h"

struct kselftest_ctx {
	const char *name;		/* of the running test */
	int failures;			/* expectations that did not hold */
	int nr_tests, nr_failed, nr_skipped; /* so far */
};

#define KSELFTEST_SKIP	4		/* as Linux's kselftest.h */

/*
 * kselftest - one test. fn returns 0, or KSELFTEST_SKIP when the machine lacks
 * something. It may sleep; it must free what it allocates: free pages and slab
 * objects are compared before and after.
 */
struct kselftest {
	const char *name;
	int (*fn)(struct kselftest_ctx *ctx);
};

/* kselftest_fail() - report what did not hold and count it. */
void kselftest_fail(struct kselftest_ctx *ctx, const char *file, int line, const char *fmt, ...)
	__printf(4, 5);

/* Print both values; the test goes on. True if it holds. */
#define EXPECT_CMP(ctx, a, op, b) ({						\
	__typeof__(a) __ea = (a);						\
	__typeof__(b) __eb = (b);						\
	bool __ok = __ea op __eb;						\
	if (!__ok)								\
		kselftest_fail(ctx, __FILE__, __LINE__,				\
			       "expected %s " #op " %s, but %ld and %ld",	\
			       #a, #b, (long)__ea, (long)__eb);			\
	__ok; })
#define EXPECT_EQ(ctx, a, b)	EXPECT_CMP(ctx, a, ==, b)
#define EXPECT_NE(ctx, a, b)	EXPECT_CMP(ctx, a, !=, b)
#define EXPECT_LE(ctx, a, b)	EXPECT_CMP(ctx, a, <=, b)
#define EXPECT_GE(ctx, a, b)	EXPECT_CMP(ctx, a, >=, b)
#define EXPECT_TRUE(ctx, cond) ({						\
	bool __ok = (cond);							\
	if (!__ok)								\
		kselftest_fail(ctx, __FILE__, __LINE__, "expected %s", #cond);	\
	__ok; })

