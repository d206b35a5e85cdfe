/* SPDX-License-Identifier: MIT */
/*
 * Selftests of vmalloc and kernel stacks; with an MMU only.
 *
 * Linux: lib/test_vmalloc.c.
 */
#include <asm/uaccess.h>
#include "kernel/sched.h"
#include "lib/string.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"
#include "tests/kernel/selftest.h"

static int vmalloc_pages_behind(struct kselftest_ctx *ctx)
{
	unsigned long pages = vmalloc_nr_pages();
	char *p = vmalloc(20 * PAGE_SIZE), *z = vzalloc(3 * PAGE_SIZE);
	int i;

	if (!EXPECT_TRUE(ctx, p && z))
		return 0;
	for (i = 0; i < 20; i++) {
		struct page *page = vmalloc_to_page(p + i * PAGE_SIZE);

		memset(p + i * PAGE_SIZE, i, PAGE_SIZE);
		/* The same bytes through the direct map. */
		EXPECT_TRUE(ctx, page && !memchr_inv(page_address(page), i, PAGE_SIZE));
	}
	EXPECT_TRUE(ctx, !memchr_inv(z, 0, 3 * PAGE_SIZE));
	EXPECT_EQ(ctx, vmalloc_nr_pages(), pages + 23);
	vfree(p);
	vfree(z);
	return 0;
}

/* Behind each area a page is missing, and after vfree() all are. */
static int vmalloc_guard(struct kselftest_ctx *ctx)
{
	char *p = vmalloc(2 * PAGE_SIZE), c;

	if (!EXPECT_TRUE(ctx, p))
		return 0;
	EXPECT_EQ(ctx, copy_from_kernel_nofault(&c, p + 2 * PAGE_SIZE - 1, 1), 0);
	EXPECT_EQ(ctx, copy_from_kernel_nofault(&c, p + 2 * PAGE_SIZE, 1), -EFAULT);
	vfree(p);
	EXPECT_EQ(ctx, copy_from_kernel_nofault(&c, p, 1), -EFAULT);
	return 0;
}

static int vmalloc_stack(struct kselftest_ctx *ctx)
{
	char *a = vmap_stack_alloc(), *b = vmap_stack_alloc(), c;

	if (!EXPECT_TRUE(ctx, a && b))
		return 0;
	EXPECT_EQ(ctx, (unsigned long)a % (2 * THREAD_SIZE), 0UL);
	memset(a, 1, THREAD_SIZE);
	memset(b, 2, THREAD_SIZE);
	EXPECT_TRUE(ctx, !memchr_inv(a, 1, THREAD_SIZE));
	EXPECT_TRUE(ctx, stack_guard_hit((unsigned long)a - 8));
	EXPECT_TRUE(ctx, !stack_guard_hit((unsigned long)a));
	EXPECT_EQ(ctx, copy_from_kernel_nofault(&c, a - 1, 1), -EFAULT);
	vmap_stack_free(a);
	vmap_stack_free(b);
	return 0;
}

static int vmalloc_failure(struct kselftest_ctx *ctx)
{
	int n;

	EXPECT_TRUE(ctx, !vmalloc(0));
	EXPECT_TRUE(ctx, !vmalloc(1UL << 45));
	if (!CONFIG_FAIL_ALLOC)
		return 0;
	for (n = 1; n < 16; n++) {
		void *p;

		current->fail_nth = n;
		p = vmalloc(8 * PAGE_SIZE);
		current->fail_nth = 0;
		vfree(p);
	}
	return 0;
}

const struct kselftest vmalloc_tests[] = {
	{ "vmalloc_pages_behind", vmalloc_pages_behind },
	{ "vmalloc_guard", vmalloc_guard },
	{ "vmalloc_stack", vmalloc_stack },
	{ "vmalloc_failure", vmalloc_failure },
	{ NULL, NULL },
};
