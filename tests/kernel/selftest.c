/* SPDX-License-Identifier: MIT */
/*
 * Runs the selftests and prints KTAP.
 *
 * Around each test everything that is only cached is given back (slabs, kept
 * stacks, per-hart lists), the walkers check all structures, and free pages
 * and slab objects are counted. A test that leaves fewer is run a second time:
 * what a first run fills for ever (a page table of the vmalloc range) does not
 * shrink again, a leak does. Threads that have just ended take a moment to
 * give back their stacks, so the count may settle for a second.
 *
 * Locks: none; process 1, before any program runs.
 *
 * Linux: lib/kunit/test.c. Differs: the leak check.
 */
#include "tests/kernel/selftest.h"
#include "kernel/init.h"
#include "kernel/sched.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

#define WEAK_SUITE(name) extern const struct kselftest name##_tests[] __weak

WEAK_SUITE(buddy);
WEAK_SUITE(slab);
WEAK_SUITE(vmalloc);
WEAK_SUITE(protect);
WEAK_SUITE(lock);
WEAK_SUITE(sched);
WEAK_SUITE(hrtimer);
WEAK_SUITE(exec);
WEAK_SUITE(xarray);
WEAK_SUITE(vma);
WEAK_SUITE(pgtable);
WEAK_SUITE(filemap);
WEAK_SUITE(rmap);
WEAK_SUITE(lru);
WEAK_SUITE(swap);
WEAK_SUITE(vfs);
WEAK_SUITE(tty);
WEAK_SUITE(user_mm);

static const struct {
	const char *name;
	const struct kselftest *tests;
} suites[] = {
	{ "buddy", buddy_tests },	{ "slab", slab_tests },
	{ "vmalloc", vmalloc_tests },	{ "protect", protect_tests },
	{ "lock", lock_tests },		{ "sched", sched_tests },
	{ "hrtimer", hrtimer_tests },	{ "exec", exec_tests },
	{ "xarray", xarray_tests },	{ "vma", vma_tests },
	{ "pgtable", pgtable_tests },	{ "filemap", filemap_tests },
	{ "rmap", rmap_tests },		{ "lru", lru_tests },
	{ "swap", swap_tests },		{ "vfs", vfs_tests },
	{ "tty", tty_tests },		{ "user_mm", user_mm_tests },
};

/* "selftest_nonce=WORD": the grader of labs believes only lines that begin with it. */
static char nonce[64];

/* What must be the same before and after a test. */
struct totals {
	unsigned long free_pages;
	unsigned long objects;
};

void kselftest_fail(struct kselftest_ctx *ctx, const char *file, int line, const char *fmt, ...)
{
	char why[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	pr_err("# %s: %s:%d: %s\n", ctx->name, file, line, why);
	ctx->failures++;
}

static void add_objects(const struct slabinfo *si, void *arg)
{
	*(unsigned long *)arg += si->active_objs;
}

static void settle(struct totals *t)
{
	slab_shrink_all();
	vmap_stack_purge();
	drain_all_pages();
	t->free_pages = nr_free_pages();
	t->objects = 0;
	slab_for_each_info(add_objects, &t->objects);
}

/* Does all come back, at once or within a second? */
static bool settles_at(const struct totals *before, struct totals *after)
{
	int i;

	for (i = 0; i < 20; i++) {
		settle(after);
		if (after->free_pages >= before->free_pages && after->objects <= before->objects)
			return true;
		schedule_timeout_uninterruptible(msecs_to_jiffies(50));
	}
	return false;
}

static void check_all(void)
{
	mm_check_buddy();
	mm_check_slab();
}

static int run_checked(const struct kselftest *test, struct kselftest_ctx *ctx)
{
	struct totals before, after;
	int round, ret = 0;

	for (round = 0; round < 2; round++) {
		settle(&before);
		ret = test->fn(ctx);
		check_all();
		if (ret || ctx->failures || settles_at(&before, &after))
			return ret;
	}
	kselftest_fail(ctx, __FILE__, __LINE__,
		       "leak: free pages %lu -> %lu, slab objects %lu -> %lu",
		       before.free_pages, after.free_pages, before.objects, after.objects);
	return ret;
}

static void run_one(const struct kselftest *test, struct kselftest_ctx *ctx)
{
	int ret;

	ctx->name = test->name;
	ctx->failures = 0;
	ctx->nr_tests++;
	ret = run_checked(test, ctx);
	if (ret && ret != KSELFTEST_SKIP)
		kselftest_fail(ctx, __FILE__, __LINE__, "returned %d", ret);
	if (ctx->failures) {
		ctx->nr_failed++;
		pr_err("%snot ok %d %s\n", nonce, ctx->nr_tests, test->name);
	} else if (ret == KSELFTEST_SKIP) {
		ctx->nr_skipped++;
		pr_err("%sok %d %s # SKIP\n", nonce, ctx->nr_tests, test->name);
	} else {
		pr_err("%sok %d %s\n", nonce, ctx->nr_tests, test->name);
	}
}

/* "selftest=slab" takes a suite, "selftest=slab_ctor" one test or all that start so. */
static bool chosen(const char *filter, const char *suite, const char *name)
{
	return !filter || !*filter || !strcmp(filter, suite) ||
	       !strncmp(name, filter, strlen(filter));
}

/* Count the chosen tests, and run them if ctx is given. */
static int for_each_chosen(const char *filter, struct kselftest_ctx *ctx)
{
	const struct kselftest *test;
	size_t i;
	int n = 0;

	for (i = 0; i < ARRAY_SIZE(suites); i++) {
		for (test = suites[i].tests; test && test->name; test++) {
			if (!chosen(filter, suites[i].name, test->name))
				continue;
			n++;
			if (ctx)
				run_one(test, ctx);
		}
	}
	return n;
}

int selftests_run(const char *filter)
{
	struct kselftest_ctx ctx = { 0 };

	/* At the level of errors, so that "quiet" does not hide them. */
	pr_err("KTAP version 1\n");
	if (cmdline_get("selftest_nonce", nonce, sizeof(nonce) - 1))
		nonce[strlen(nonce)] = ' ';
	pr_err("%s1..%d\n", nonce, for_each_chosen(filter, NULL));
	for_each_chosen(filter, &ctx);
	pr_err("# Totals: pass:%d fail:%d xfail:0 xpass:0 skip:%d error:0\n",
	       ctx.nr_tests - ctx.nr_failed - ctx.nr_skipped, ctx.nr_failed, ctx.nr_skipped);
	return ctx.nr_failed;
}
