/* SPDX-License-Identifier: MIT */
/*
 * Faults: each row of the decision table in mm/fault.c is taken once, and counted
 * in its counter and no other. The accesses are copies to and from user addresses,
 * so the way leads through the trap.
 *
 * Linux: tools/testing/selftests/mm. Differs: inside the kernel, exact counts.
 */
#include <asm/uaccess.h>
#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/mm_syscalls.h"
#include "mm/vma.h"
#include "mm/vmstat.h"
#include "tests/kernel/selftest.h"
#include "tests/kernel/user_mm.h"

/* How often each row was taken since the last call. */
struct rows {
	unsigned long n[FAULT_SPURIOUS - FAULT_ANON_ZERO + 1];
};

static void rows_start(struct rows *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(r->n); i++)
		r->n[i] = vm_event(FAULT_ANON_ZERO + i);
}

/* Was row taken `times` times since rows_start(), and no other? */
static void expect_row(struct kselftest_ctx *ctx, struct rows *r, enum vm_event_item row,
		       unsigned long times)
{
	for (size_t i = 0; i < ARRAY_SIZE(r->n); i++) {
		unsigned long n = vm_event(FAULT_ANON_ZERO + i) - r->n[i];

		if (n != (FAULT_ANON_ZERO + i == row ? times : 0))
			kselftest_fail(ctx, __FILE__, __LINE__, "row %lu was taken %lu times",
				       (unsigned long)i, n);
	}
	rows_start(r);
}

static int fault_rows_anon(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter();
	unsigned long addr = mm ? user_map(4) : 0, value = 1;
	struct rows r;

	if (!addr)
		return -ENOMEM;
	rows_start(&r);
	EXPECT_TRUE(ctx, user_read(addr, &value));
	EXPECT_EQ(ctx, value, 0UL);
	expect_row(ctx, &r, FAULT_ANON_ZERO, 1);
	EXPECT_EQ(ctx, get_mm_rss(mm), 0UL);		/* the zero page is nobody's */
	EXPECT_TRUE(ctx, user_write(addr, 7));
	expect_row(ctx, &r, FAULT_WP_COPY, 1);
	EXPECT_TRUE(ctx, user_write(addr + PAGE_SIZE, 8));
	expect_row(ctx, &r, FAULT_ANON_WRITE, 1);
	EXPECT_EQ(ctx, get_mm_counter(mm, MM_ANONPAGES), 2UL);
	EXPECT_TRUE(ctx, user_read(addr, &value));
	EXPECT_EQ(ctx, value, 7UL);
	expect_row(ctx, &r, FAULT_ANON_WRITE, 0);
	user_mm_leave(mm);
	return 0;
}

static int fault_bad_addresses(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter();
	unsigned long addr = mm ? user_map(1) : 0, value;

	if (!addr)
		return -ENOMEM;
	EXPECT_EQ(ctx, sys_mprotect(addr, PAGE_SIZE, PROT_READ), 0L);
	EXPECT_TRUE(ctx, user_read(addr, &value));
	EXPECT_TRUE(ctx, !user_write(addr, 1));
	EXPECT_EQ(ctx, sys_mprotect(addr, PAGE_SIZE, PROT_NONE), 0L);
	EXPECT_TRUE(ctx, !user_read(addr, &value));
	EXPECT_EQ(ctx, sys_mprotect(addr, PAGE_SIZE, PROT_READ | PROT_WRITE), 0L);
	EXPECT_TRUE(ctx, user_write(addr, 1));
	EXPECT_TRUE(ctx, !user_read(addr - PAGE_SIZE, &value));
	EXPECT_TRUE(ctx, !user_read(0, &value));
	EXPECT_TRUE(ctx, !user_read(TASK_SIZE - 8, &value));
	EXPECT_TRUE(ctx, !user_read(TASK_SIZE, &value));
	EXPECT_TRUE(ctx, !user_read(-8UL, &value));
	user_mm_leave(mm);
	return 0;
}

/* A tmpfs file of n pages, page i starting with i + 100. */
static struct file *make_file(unsigned long n)
{
	struct file *file;

	if (shmem_file_setup("selftest", n * PAGE_SIZE, VM_NORESERVE, &file))
		return NULL;
	for (unsigned long i = 0; i < n; i++) {
		unsigned long word = i + 100;
		loff_t pos = i * PAGE_SIZE;

		if (kernel_write(file, &word, sizeof(word), &pos) != sizeof(word)) {
			fput(file);
			return NULL;
		}
	}
	return file;
}

static int fault_rows_file(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter();
	struct file *file = make_file(4);
	unsigned long priv, shared, value = 0;
	loff_t pos = PAGE_SIZE;
	struct rows r;

	if (!mm || !file ||
	    vm_mmap(file, 0, 4 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0, &priv) ||
	    vm_mmap(file, 0, 5 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, 0, &shared))
		return -ENOMEM;
	rows_start(&r);
	EXPECT_TRUE(ctx, user_write(priv, 1));
	expect_row(ctx, &r, FAULT_FILE_COW, 1);
	EXPECT_TRUE(ctx, user_write(shared + PAGE_SIZE, 2));
	expect_row(ctx, &r, FAULT_FILE_SHARED, 1);
	EXPECT_TRUE(ctx, user_read(priv + PAGE_SIZE, &value));
	expect_row(ctx, &r, FAULT_FILE_READ, 1);
	EXPECT_EQ(ctx, value, 2UL);			/* the same page */
	EXPECT_TRUE(ctx, user_read(shared, &value));
	EXPECT_EQ(ctx, value, 100UL);			/* not the private copy */
	rows_start(&r);
	EXPECT_TRUE(ctx, user_write(priv + PAGE_SIZE, 3));
	expect_row(ctx, &r, FAULT_WP_COPY, 1);
	EXPECT_TRUE(ctx, user_write(shared, 4));
	expect_row(ctx, &r, FAULT_WP_REUSE, 1);
	EXPECT_EQ(ctx, kernel_read(file, &value, sizeof(value), &pos), (ssize_t)sizeof(value));
	EXPECT_EQ(ctx, value, 2UL);
	EXPECT_TRUE(ctx, !user_read(shared + 4 * PAGE_SIZE, &value));	/* behind its end */
	user_mm_leave(mm);
	fput(file);
	return 0;
}

static int vma_split_merge(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter();
	unsigned long addr = mm ? user_map(9) : 0, value;
	int i;

	if (!addr)
		return -ENOMEM;
	for (i = 0; i < 9; i++)
		user_write(addr + i * PAGE_SIZE, i);
	EXPECT_EQ(ctx, mm->map_count, 1);
	EXPECT_EQ(ctx, sys_mprotect(addr + 3 * PAGE_SIZE, 3 * PAGE_SIZE, PROT_READ), 0L);
	EXPECT_EQ(ctx, mm->map_count, 3);
	EXPECT_EQ(ctx, sys_munmap(addr + 4 * PAGE_SIZE, PAGE_SIZE), 0L);
	EXPECT_EQ(ctx, mm->map_count, 4);
	EXPECT_EQ(ctx, get_mm_counter(mm, MM_ANONPAGES), 8UL);
	EXPECT_EQ(ctx, sys_mmap(addr + 4 * PAGE_SIZE, PAGE_SIZE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
		  (long)(addr + 4 * PAGE_SIZE));
	EXPECT_EQ(ctx, sys_mprotect(addr, 9 * PAGE_SIZE, PROT_READ | PROT_WRITE), 0L);
	EXPECT_EQ(ctx, mm->map_count, 1);
	for (i = 0; i < 9; i++) {
		EXPECT_TRUE(ctx, user_read(addr + i * PAGE_SIZE, &value));
		EXPECT_EQ(ctx, value, i == 4 ? 0UL : (unsigned long)i);
	}
	mm_check_vmas(mm);
	user_mm_leave(mm);
	return 0;
}

static int vma_mremap_keeps_pages(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter();
	unsigned long addr = mm ? user_map(600) : 0, value = 0;
	long new;

	if (!addr)
		return -ENOMEM;
	for (unsigned long i = 0; i < 600; i += 50)
		user_write(addr + i * PAGE_SIZE, i);
	new = sys_mremap(addr, 600 * PAGE_SIZE, 1200 * PAGE_SIZE, MREMAP_MAYMOVE, 0);
	EXPECT_TRUE(ctx, new > 0);
	for (unsigned long i = 0; i < 600; i += 50) {
		EXPECT_TRUE(ctx, user_read(new + i * PAGE_SIZE, &value));
		EXPECT_EQ(ctx, value, i);
	}
	EXPECT_EQ(ctx, get_mm_counter(mm, MM_ANONPAGES), 12UL);
	EXPECT_EQ(ctx, mm->total_vm, 1200UL);
	mm_check_vmas(mm);
	user_mm_leave(mm);
	return 0;
}

const struct kselftest vma_tests[] = {
	{ "vma_split_merge", vma_split_merge },
	{ "vma_mremap_keeps_pages", vma_mremap_keeps_pages },
	{ "vma_fault_rows_anon", fault_rows_anon },
	{ "vma_fault_rows_file", fault_rows_file },
	{ "vma_fault_bad_addresses", fault_bad_addresses },
	{ NULL, NULL }
};
