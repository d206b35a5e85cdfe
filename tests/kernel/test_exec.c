/* SPDX-License-Identifier: MIT */
/*
 * Selftests of execve's argument pages: strings of all lengths across page
 * borders, found again one by one, and the limits.
 *
 * Linux: fs/exec_test.c.
 */
#include "kernel/binfmt.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "tests/kernel/selftest.h"

static char text[3 * PAGE_SIZE];

/* The byte at `at` of the strings. */
static char byte_at(const struct arg_pages *args, size_t at)
{
	return ((const char *)page_address(args->pages[at / PAGE_SIZE]))[at % PAGE_SIZE];
}

/* Lengths around the size of a page, so that borders fall on each byte of a string and its end. */
static int strings_across_pages(struct kselftest_ctx *ctx)
{
	static const size_t length[] = { 0, 1, PAGE_SIZE - 3, 0, PAGE_SIZE - 1, PAGE_SIZE,
					 PAGE_SIZE + 1, 2, 2 * PAGE_SIZE + 7, 5 };
	struct arg_pages *args;
	size_t at = 0;

	if (args_alloc(&args))
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(length); i++) {
		memset(text, 'a' + (int)i, length[i]);
		text[length[i]] = '\0';
		EXPECT_EQ(ctx, args_add_kernel(args, text), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(length); i++) {
		if (length[i]) {
			EXPECT_EQ(ctx, byte_at(args, at), (char)('a' + i));
			EXPECT_EQ(ctx, byte_at(args, at + length[i] - 1), (char)('a' + i));
		}
		EXPECT_EQ(ctx, byte_at(args, at + length[i]), '\0');
		at = args_next(args, at);
	}
	EXPECT_EQ(ctx, at, args->used);
	EXPECT_EQ(ctx, args_next(args, at), args->used);
	args_free(args);
	return 0;
}

static int vectors(struct kselftest_ctx *ctx)
{
	static const char *const argv[] = { "zero", "one", "", "three", NULL };
	struct arg_source src = { .vec = argv, .kernel = true }, none = { .vec = NULL };
	struct arg_pages *args;

	if (args_alloc(&args))
		return -ENOMEM;
	EXPECT_EQ(ctx, args_add_vector(args, &src, 1, &args->argc), 0);
	EXPECT_EQ(ctx, args->argc, 3);
	EXPECT_EQ(ctx, args->used, sizeof("one") + sizeof("") + sizeof("three"));
	EXPECT_EQ(ctx, args_add_vector(args, &none, 0, &args->envc), 0);
	EXPECT_EQ(ctx, args->envc, 0);
	args_free(args);
	args_free(NULL);
	return 0;
}

/* Full is E2BIG, not a byte beyond the last page. */
static int too_big(struct kselftest_ctx *ctx)
{
	struct arg_pages *args;
	int err = 0, n;

	if (nr_free_pages() < 4 * MAX_ARG_PAGES)
		return KSELFTEST_SKIP;
	if (args_alloc(&args))
		return -ENOMEM;
	memset(text, 'x', 2 * PAGE_SIZE);
	text[2 * PAGE_SIZE] = '\0';
	for (n = 0; !err; n++)
		err = args_add_kernel(args, text);
	EXPECT_EQ(ctx, err, -E2BIG);
	EXPECT_EQ(ctx, args->used, MAX_ARG_PAGES * PAGE_SIZE);
	EXPECT_EQ(ctx, n, MAX_ARG_PAGES / 2);
	args_free(args);
	return 0;
}

extern const struct kselftest exec_tests[];
const struct kselftest exec_tests[] = {
	{ "exec_strings_across_pages", strings_across_pages },
	{ "exec_vectors", vectors },
	{ "exec_too_big", too_big },
	{ NULL, NULL }
};
