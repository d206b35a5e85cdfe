/* SPDX-License-Identifier: MIT */
/*
 * Page tables: fork copies tables and no page, with exact counts; the last owner of
 * a page reuses it; unmapping frees the tables.
 *
 * Linux: tools/testing/selftests/mm (cow.c). Differs: inside the kernel.
 */
#include "kernel/sched.h"
#include "mm/mm_syscalls.h"
#include "mm/pgtable.h"
#include "mm/vma.h"
#include "mm/vmstat.h"
#include "tests/kernel/selftest.h"
#include "tests/kernel/user_mm.h"

#define PAGES	700	/* more than one table */

static int pgtable_fork_shares(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter(), *child;
	unsigned long addr = mm ? user_map(PAGES) : 0, free, value = 0, copies;
	unsigned long i;

	if (!addr)
		return -ENOMEM;
	for (i = 0; i < PAGES; i++)
		user_write(addr + i * PAGE_SIZE, i);
	drain_all_pages();
	free = nr_free_pages();
	if (dup_mm(mm, &child))
		return -ENOMEM;
	/* A root, one middle and at least two last tables; a slab page now and then. */
	EXPECT_LE(ctx, free - nr_free_pages(), 12UL);
	EXPECT_EQ(ctx, get_mm_counter(child, MM_ANONPAGES), (unsigned long)PAGES);

	copies = vm_event(FAULT_WP_COPY);
	for (i = 0; i < PAGES; i += 2)
		user_write(addr + i * PAGE_SIZE, i + 10000);
	EXPECT_EQ(ctx, vm_event(FAULT_WP_COPY) - copies, (unsigned long)PAGES / 2);
	user_mm_switch(child);
	for (i = 0; i < PAGES; i++) {
		EXPECT_TRUE(ctx, user_read(addr + i * PAGE_SIZE, &value));
		if (!EXPECT_EQ(ctx, value, i))
			break;
	}
	user_mm_switch(mm);
	mmput(child);
	user_mm_leave(mm);
	return 0;
}

static int pgtable_sole_owner_reuses(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter(), *child;
	unsigned long addr = mm ? user_map(1) : 0, copies, reuses;

	if (!addr)
		return -ENOMEM;
	user_write(addr, 1);
	if (dup_mm(mm, &child))
		return -ENOMEM;
	mmput(child);
	copies = vm_event(FAULT_WP_COPY);
	reuses = vm_event(FAULT_WP_REUSE);
	user_write(addr, 2);
	EXPECT_EQ(ctx, vm_event(FAULT_WP_COPY), copies);
	EXPECT_EQ(ctx, vm_event(FAULT_WP_REUSE), reuses + 1);
	user_mm_leave(mm);
	return 0;
}

static int pgtable_tables_are_freed(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter();
	unsigned long addr, i;

	if (!mm || vm_mmap(NULL, 0, 3 * PGDIR_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, 0, &addr))
		return -ENOMEM;
	for (i = 0; i < 3; i++)
		user_write(addr + i * PGDIR_SIZE, 1);
	EXPECT_GE(ctx, atomic_long_read(&mm->pgtables_bytes), 6 * (long)PAGE_SIZE);
	EXPECT_EQ(ctx, sys_munmap(addr, 3 * PGDIR_SIZE), 0L);
	EXPECT_EQ(ctx, atomic_long_read(&mm->pgtables_bytes), 0L);
	user_mm_leave(mm);
	return 0;
}

/* The table of a GiB goes with the last VMA there, though that one never had a page nor a table. */
static int pgtable_upper_goes_last(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter();
	const unsigned long used = 2 * PMD_SIZE, size = 3 * PMD_SIZE;
	unsigned long addr = mm ? user_map(size >> PAGE_SHIFT) : 0;

	if (!addr)
		return -ENOMEM;
	user_write(addr, 1);
	EXPECT_EQ(ctx, atomic_long_read(&mm->pgtables_bytes), 2 * (long)PAGE_SIZE);
	EXPECT_EQ(ctx, sys_munmap(addr, used), 0L);
	EXPECT_EQ(ctx, atomic_long_read(&mm->pgtables_bytes), (long)PAGE_SIZE);
	EXPECT_EQ(ctx, sys_munmap(addr + used, size - used), 0L);
	EXPECT_EQ(ctx, atomic_long_read(&mm->pgtables_bytes), 0L);
	user_mm_leave(mm);
	return 0;
}

static int nothing_at_pte(pte_t *pte, unsigned long addr, void *arg)
{
	return 0;
}

/* The hole whose turn it is ends the walk. */
static int nth_hole(unsigned long start, unsigned long end, void *arg)
{
	int *left = arg;

	return --*left ? 0 : (int)(start / PMD_SIZE % PTRS_PER_PTE) + 1;
}

/* The result of a hole ends the walk and is its result, as that of an entry. */
static int pgtable_hole_ends_walk(struct kselftest_ctx *ctx)
{
	const unsigned long start = PGDIR_SIZE;
	struct mm_struct *mm = user_mm_enter();
	unsigned long addr;
	int left = 2;

	if (!mm || vm_mmap(NULL, start, PGDIR_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, 0, &addr))
		return -ENOMEM;
	user_write(start + PMD_SIZE, 1);
	/* Missing: the first last-level table and the third, then a whole GiB. */
	EXPECT_EQ(ctx, walk_page_range(mm, start, 3 * PGDIR_SIZE, nothing_at_pte, nth_hole, &left),
		  3);
	EXPECT_EQ(ctx, left, 0);
	left = 2;
	EXPECT_EQ(ctx, walk_page_range(mm, 2 * PGDIR_SIZE, 5 * PGDIR_SIZE, nothing_at_pte,
				       nth_hole, &left), 1);
	EXPECT_EQ(ctx, left, 0);
	user_mm_leave(mm);
	return 0;
}

const struct kselftest pgtable_tests[] = {
	{ "pgtable_fork_shares", pgtable_fork_shares },
	{ "pgtable_sole_owner_reuses", pgtable_sole_owner_reuses },
	{ "pgtable_tables_are_freed", pgtable_tables_are_freed },
	{ "pgtable_upper_goes_last", pgtable_upper_goes_last },
	{ "pgtable_hole_ends_walk", pgtable_hole_ends_walk },
	{ NULL, NULL }
};
