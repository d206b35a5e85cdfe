/* SPDX-License-Identifier: MIT */
/*
 * What the page tables forbid: writing text, executing data, touching what is
 * not mapped; and what the copies to and from user memory report about it.
 *
 * Linux: drivers/misc/lkdtm/perms.c, usercopy.c; arch/riscv/mm/ptdump.c (W+X).
 */
#include <asm/barrier.h>
#include <asm/early.h>
#include <asm/probe.h>
#include <asm/smp.h>
#include <asm/tlbflush.h>
#include <asm/uaccess.h>
#include "kernel/init.h"
#include "kernel/kthread.h"
#include "lib/string.h"
#include "mm/pgtable.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "tests/kernel/selftest.h"
#include "tests/kernel/user_mm.h"

#define WALKS	4000

static void *linear_alias(const void *image_address)
{
	return __va(__pa(image_address));
}

static int protect_text_and_rodata(struct kselftest_ctx *ctx)
{
	static const char constant[] = "constant";

	EXPECT_EQ(ctx, probe_write((void *)start_kernel), -EFAULT);
	EXPECT_EQ(ctx, probe_write(linear_alias((void *)start_kernel)), -EFAULT);
	EXPECT_EQ(ctx, probe_write((void *)constant), -EFAULT);
	EXPECT_EQ(ctx, probe_write(linear_alias(constant)), -EFAULT);
	EXPECT_EQ(ctx, probe_write(_etext - 1), -EFAULT);
	EXPECT_EQ(ctx, probe_write(_erodata - 1), -EFAULT);
	EXPECT_EQ(ctx, probe_write(_sdata), 0);
	EXPECT_EQ(ctx, probe_write(_ebss - 1), 0);
	return 0;
}

static int protect_data_not_executable(struct kselftest_ctx *ctx)
{
	EXPECT_EQ(ctx, probe_exec_data(), -EFAULT);
	return 0;
}

static int protect_unmapped(struct kselftest_ctx *ctx)
{
	char *stack = vmap_stack_alloc(), byte;

	EXPECT_EQ(ctx, probe_write(NULL), -EFAULT);
	EXPECT_EQ(ctx, probe_write((void *)(PAGE_OFFSET - 1)), -EFAULT);
	/* OpenSBI's memory, where it starts the gigabyte as on QEMU's machine. */
	EXPECT_EQ(ctx, probe_write((void *)PAGE_OFFSET), -EFAULT);
	if (!stack)
		return -ENOMEM;
	EXPECT_EQ(ctx, probe_write(stack), 0);
	EXPECT_EQ(ctx, probe_write(stack - 1), -EFAULT);
	EXPECT_EQ(ctx, copy_from_kernel_nofault(&byte, stack - 1, 1), -EFAULT);
	vmap_stack_free(stack);
	return 0;
}

/* Entries of one page table that are both writable and executable. */
static int count_wx(pte_t *table)
{
	int found = 0;

	for (int i = 0; i < PTRS_PER_PTE; i++)
		found += pte_present(table[i]) && pte_write(table[i]) && pte_exec(table[i]);
	return found;
}

/* The whole kernel half; leaves of all sizes have the bits in the same places. */
static int protect_no_write_and_execute(struct kselftest_ctx *ctx)
{
	int found = count_wx((pte_t *)swapper_pg_dir);

	for (int i = PTRS_PER_PGD / 2; i < PTRS_PER_PGD; i++) {
		pmd_t *pmd;

		if (pgd_none(swapper_pg_dir[i]) || pgd_leaf(swapper_pg_dir[i]))
			continue;
		pmd = pgd_pgtable(swapper_pg_dir[i]);
		found += count_wx((pte_t *)pmd);
		for (int j = 0; j < PTRS_PER_PMD; j++) {
			if (!pmd_none(pmd[j]) && !pmd_leaf(pmd[j]))
				found += count_wx(pmd_pgtable(pmd[j]));
		}
	}
	EXPECT_EQ(ctx, found, 0);
	return 0;
}

/* ---- all harts ---- */

struct reader {
	const void *addr;
	atomic_t read, faulted;
};

static void read_here(void *arg)
{
	struct reader *r = arg;
	long word;

	if (copy_from_kernel_nofault(&word, r->addr, sizeof(word)))
		atomic_inc(&r->faulted);
	else
		atomic_inc(&r->read);
}

/* A kernel mapping that goes away is gone on every hart, also where it was in the TLB. */
static int protect_flush_reaches_all(struct kselftest_ctx *ctx)
{
	struct reader r = { .addr = vmalloc(PAGE_SIZE) };
	int harts = hweight64(cpu_online_mask);
	unsigned long va = (unsigned long)r.addr, pfn;

	if (!r.addr)
		return -ENOMEM;
	smp_call_all(read_here, &r);
	EXPECT_EQ(ctx, atomic_read(&r.read), harts);
	pfn = unmap_kernel_page(va);
	flush_tlb_kernel_range(va, va + PAGE_SIZE);
	smp_call_all(read_here, &r);
	EXPECT_EQ(ctx, atomic_read(&r.faulted), harts);
	EXPECT_EQ(ctx, map_kernel_page(va, pfn, PAGE_KERNEL), 0);
	vfree(r.addr);
	return 0;
}

/* ---- user copies ---- */

/* Two mapped pages; the third is not. Every length and alignment around the border. */
static int protect_usercopy_counts(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter();
	unsigned long addr = mm ? user_map(2) : 0, end = addr + 2 * PAGE_SIZE;
	char *buf = kmalloc(512, GFP_KERNEL);

	if (!addr || !buf)
		return -ENOMEM;
	for (unsigned long before = 0; before < 140; before += 7) {
		for (unsigned long n = before; n < before + 100; n += 9) {
			void *user = (void *)(end - before);

			/* Kernel side aligned the same way or not. */
			EXPECT_EQ(ctx, copy_to_user(user, buf + n % 8, n), n - before);
			EXPECT_EQ(ctx, copy_from_user(buf + n % 3, user, n), n - before);
			EXPECT_EQ(ctx, clear_user(user, n), n - before);
		}
	}
	kfree(buf);
	user_mm_leave(mm);
	return 0;
}

static int protect_usercopy_data(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter();
	unsigned long addr = mm ? user_map(1) : 0;
	char from[200], to[200];

	if (!addr)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(from); i++)
		from[i] = i + 1;
	for (unsigned long skew = 0; skew < 9; skew++) {
		unsigned long n = 180 - 3 * skew;

		memset(to, 0, sizeof(to));
		EXPECT_EQ(ctx, copy_to_user((void *)(addr + skew), from, n), 0UL);
		EXPECT_EQ(ctx, copy_from_user(to + 1, (void *)(addr + skew), n), 0UL);
		EXPECT_EQ(ctx, memcmp(to + 1, from, n), 0);
		EXPECT_EQ(ctx, to[0] | to[n + 1], 0);
	}
	user_mm_leave(mm);
	return 0;
}

static int protect_user_words(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter();
	unsigned long addr = mm ? user_map(1) : 0, end = addr + PAGE_SIZE, word = 77;
	char name[16];
	u32 old = 0;

	if (!addr)
		return -ENOMEM;
	EXPECT_EQ(ctx, put_user(5UL, (unsigned long *)addr), 0);
	EXPECT_EQ(ctx, get_user(word, (unsigned long *)addr), 0);
	EXPECT_EQ(ctx, word, 5UL);
	EXPECT_EQ(ctx, put_user(5UL, (unsigned long *)end), -EFAULT);
	EXPECT_EQ(ctx, get_user(word, (unsigned long *)end), -EFAULT);
	EXPECT_EQ(ctx, get_user(word, (unsigned long *)swapper_pg_dir), -EFAULT);
	EXPECT_EQ(ctx, word, 5UL);
	EXPECT_EQ(ctx, futex_cmpxchg_user(&old, (u32 *)addr, 5, 6), 0);
	EXPECT_EQ(ctx, old, 5U);
	EXPECT_EQ(ctx, futex_cmpxchg_user(&old, (u32 *)end, 5, 6), -EFAULT);
	EXPECT_EQ(ctx, futex_cmpxchg_user(&old, (u32 *)(addr + 1), 5, 6), -EFAULT);

	EXPECT_EQ(ctx, copy_to_user((void *)(end - 4), "abc", 4), 0UL);
	EXPECT_EQ(ctx, strncpy_from_user(name, (void *)(end - 4), sizeof(name)), 3L);
	EXPECT_EQ(ctx, strncpy_from_user(name, (void *)(end - 4), 2), 2L);
	EXPECT_EQ(ctx, copy_to_user((void *)(end - 4), "abcd", 4), 0UL);
	EXPECT_EQ(ctx, strncpy_from_user(name, (void *)(end - 4), 16), (long)-EFAULT);
	EXPECT_EQ(ctx, strncpy_from_user(name, (void *)~0UL, 16), (long)-EFAULT);
	user_mm_leave(mm);
	return 0;
}

/* ---- the walker of another hart ---- */

struct walker {
	pte_t *pte;
	unsigned int round, done;
};

/* Sets D as the hardware does when a program on this hart writes; each round a little later. */
static int walker_writes(void *data)
{
	struct walker *w = data;

	for (unsigned int round = 1; round <= WALKS; round++) {
		while (smp_load_acquire(&w->round) != round)
			cpu_relax();
		for (unsigned int i = 0; i < round % 256; i++)
			cpu_relax();
		__atomic_fetch_or(&w->pte->pte, pte_val(pte_mkdirty(__pte(0))), __ATOMIC_RELAXED);
		smp_store_release(&w->done, round);
	}
	return 0;
}

/* A fault that only has to set A, while another hart sets D: both are set in the end. */
static void race_with_walker(struct kselftest_ctx *ctx, struct walker *w,
			     struct vm_area_struct *vma)
{
	pte_t clean = pte_mkold(pte_mkclean(ptep_get(w->pte)));
	unsigned int lost = 0;

	for (unsigned int round = 1; round <= WALKS; round++) {
		set_pte(w->pte, clean);
		smp_store_release(&w->round, round);
		EXPECT_EQ(ctx, handle_mm_fault(vma, vma->vm_start, 0), 0U);
		while (smp_load_acquire(&w->done) != round)
			cpu_relax();
		lost += !pte_dirty(ptep_get(w->pte));
	}
	EXPECT_EQ(ctx, lost, 0U);
}

static int protect_fault_keeps_dirty(struct kselftest_ctx *ctx)
{
	cpumask_t old = current->cpus_mask;
	struct walker w = { 0 };
	struct mm_struct *mm;
	unsigned long addr;

	if (hweight64(cpu_online_mask) == 1)
		return KSELFTEST_SKIP;
	mm = user_mm_enter();
	addr = mm ? user_map(1) : 0;
	if (!addr || !user_write(addr, 1))
		return -ENOMEM;
	w.pte = walk_pte(mm, addr);
	EXPECT_EQ(ctx, set_cpus_allowed(current, 1), 0);
	if (EXPECT_TRUE(ctx, kthread_run(walker_writes, &w, "walker"))) {
		mmap_read_lock(mm);
		race_with_walker(ctx, &w, vma_lookup(mm, addr));
		mmap_read_unlock(mm);
	}
	EXPECT_EQ(ctx, set_cpus_allowed(current, old), 0);
	user_mm_leave(mm);
	return 0;
}

const struct kselftest protect_tests[] = {
	{ "text_and_rodata", protect_text_and_rodata },
	{ "data_not_executable", protect_data_not_executable },
	{ "unmapped", protect_unmapped },
	{ "no_write_and_execute", protect_no_write_and_execute },
	{ "flush_reaches_all_harts", protect_flush_reaches_all },
	{ "usercopy_counts", protect_usercopy_counts },
	{ "usercopy_data", protect_usercopy_data },
	{ "user_words", protect_user_words },
	{ "fault_keeps_dirty", protect_fault_keeps_dirty },
	{}
};
