/* SPDX-License-Identifier: MIT */
/*
 * Reverse mapping: from a page to all PTEs that map it, in parent and child, of
 * memory and of a file; taking them away; write-protecting them.
 *
 * Linux: none of its own. Differs: inside the kernel.
 */
#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/pgtable.h"
#include "mm/rmap.h"
#include "mm/vma.h"
#include "tests/kernel/selftest.h"
#include "tests/kernel/user_mm.h"

/* The locked folio that is mapped at addr of current's mm, with a reference. */
static struct folio *lock_folio_at(unsigned long addr)
{
	struct page *page = NULL;
	int err;

	mmap_read_lock(current->mm);
	err = get_user_page(current->mm, addr, false, &page);
	mmap_read_unlock(current->mm);
	if (err)
		return NULL;
	folio_lock(page_folio(page));
	return page_folio(page);
}

static void unlock_put(struct folio *f)
{
	folio_unlock(f);
	folio_put(f);
}

static bool count_vma(struct folio *f, struct vm_area_struct *vma, unsigned long addr, void *arg)
{
	pte_t *pte;

	spin_lock(&vma->vm_mm->page_table_lock);
	pte = walk_pte(vma->vm_mm, addr);
	if (pte && pte_present(ptep_get(pte)) && pte_pfn(ptep_get(pte)) == folio_pfn(f))
		++*(int *)arg;
	spin_unlock(&vma->vm_mm->page_table_lock);
	return true;
}

static int rmap_anon_family(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter(), *child;
	unsigned long addr = mm ? user_map(3) : 0, flags;
	struct folio *f;
	int n = 0;

	if (!addr)
		return -ENOMEM;
	user_write(addr + PAGE_SIZE, 5);
	if (dup_mm(mm, &child))
		return -ENOMEM;
	f = lock_folio_at(addr + PAGE_SIZE);
	if (!EXPECT_TRUE(ctx, f))
		return 0;
	EXPECT_TRUE(ctx, folio_test_anon(f));
	EXPECT_EQ(ctx, folio_mapcount(f), 2);
	rmap_walk(f, count_vma, &n);
	EXPECT_EQ(ctx, n, 2);
	EXPECT_EQ(ctx, folio_referenced(f, &flags), 1);	/* the child's copy was made old */
	EXPECT_EQ(ctx, folio_referenced(f, &flags), 0);
	EXPECT_TRUE(ctx, flags & VM_WRITE);
	unlock_put(f);
	mmput(child);
	f = lock_folio_at(addr + PAGE_SIZE);
	EXPECT_EQ(ctx, folio_mapcount(f), 1);
	unlock_put(f);
	user_mm_leave(mm);
	return 0;
}

static int rmap_file_unmap(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter();
	unsigned long a, b, value = 0;
	struct file *file;
	struct folio *f;

	if (!mm || shmem_file_setup("selftest", 2 * PAGE_SIZE, VM_NORESERVE, &file))
		return -ENOMEM;
	if (vm_mmap(file, 0, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, 0, &a) ||
	    vm_mmap(file, 0, PAGE_SIZE, PROT_READ, MAP_SHARED, PAGE_SIZE, &b))
		return -ENOMEM;
	user_write(a + PAGE_SIZE, 9);
	EXPECT_TRUE(ctx, user_read(b, &value));
	EXPECT_EQ(ctx, value, 9UL);
	f = lock_folio_at(b);
	if (!EXPECT_TRUE(ctx, f))
		return 0;
	EXPECT_EQ(ctx, folio_mapcount(f), 2);
	EXPECT_EQ(ctx, folio_mkclean(f), 1);		/* one of them was writable and dirty */
	EXPECT_EQ(ctx, folio_mkclean(f), 0);
	EXPECT_TRUE(ctx, try_to_unmap(f, 0));
	EXPECT_EQ(ctx, folio_mapcount(f), 0);
	EXPECT_EQ(ctx, get_mm_counter(mm, MM_SHMEMPAGES), 0UL);
	unlock_put(f);
	EXPECT_TRUE(ctx, user_read(a + PAGE_SIZE, &value));
	EXPECT_EQ(ctx, value, 9UL);			/* it was only unmapped */
	user_mm_leave(mm);
	fput(file);
	return 0;
}

static int rmap_mlocked_stays(struct kselftest_ctx *ctx)
{
	struct mm_struct *mm = user_mm_enter();
	struct file *file;
	unsigned long addr;
	struct folio *f;

	if (!mm || shmem_file_setup("selftest", PAGE_SIZE, VM_NORESERVE, &file))
		return -ENOMEM;
	if (vm_mmap(file, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_LOCKED, 0, &addr))
		return -ENOMEM;
	EXPECT_EQ(ctx, mm->locked_vm, 1UL);
	f = lock_folio_at(addr);
	if (!EXPECT_TRUE(ctx, f))
		return 0;
	EXPECT_TRUE(ctx, folio_test(f, PG_mlocked));
	EXPECT_TRUE(ctx, !try_to_unmap(f, 0));
	EXPECT_EQ(ctx, folio_mapcount(f), 1);
	EXPECT_TRUE(ctx, try_to_unmap(f, TTU_IGNORE_MLOCK));
	unlock_put(f);
	user_mm_leave(mm);
	fput(file);
	return 0;
}

const struct kselftest rmap_tests[] = {
	{ "rmap_anon_family", rmap_anon_family },
	{ "rmap_file_unmap", rmap_file_unmap },
	{ "rmap_mlocked_stays", rmap_mlocked_stays },
	{ NULL, NULL }
};
