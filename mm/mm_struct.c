/* SPDX-License-Identifier: MIT */
/*
 * The life of an address space.
 *
 *	mm_users   tasks that run in it (threads), and who borrows it with mmget()
 *	mm_count   1 for all users together, and each lazy user (a kernel thread that
 *	           runs with the tables of whoever ran before, the OOM reaper)
 *
 * With the last user the memory goes (exit_mmap()); the root of the page tables
 * and the struct itself stay until no hart can have them in satp any more.
 *
 * Locks: the counts are atomic; everything else here happens with one owner.
 *
 * Linux: kernel/fork.c, mm_alloc(), mmput(), mmdrop(). Differs: fork's copy is in
 * mm_dup.c, so that this file serves the NOMMU kernel too.
 */
#include "kernel/fs/fs.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "mm/pgtable.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "mm/swap.h"
#include "mm/vma.h"

static struct kmem_cache *mm_cachep;

struct mm_struct init_mm = {
	.mm_rb = { NULL },
	.pgd = CONFIG_MMU ? swapper_pg_dir : NULL,
	.mm_users = ATOMIC_INIT(2),
	.mm_count = ATOMIC_INIT(1 + CONFIG_NR_CPUS),	/* its own, each idle task's active_mm */
	.mmap_lock = RWSEM_INIT(init_mm.mmap_lock, RANK_MMAP_LOCK),
	.page_table_lock = SPIN_LOCK_INIT(RANK_PTL, "init_mm.page_table_lock"),
	.mmlist = LIST_HEAD_INIT(init_mm.mmlist),
};

void mm_cache_init(void)
{
	mm_cachep = kmem_cache_create("mm_struct", sizeof(struct mm_struct), 0,
				      SLAB_HWCACHE_ALIGN | SLAB_PANIC, NULL);
	vma_cache_init();
	if (CONFIG_MMU)
		rmap_init();
}

/* What no address space takes from another. false: no memory for the root table. */
static bool mm_init(struct mm_struct *mm)
{
	mm->mm_rb = RB_ROOT;
	mm->vma_cache = NULL;
	mm->map_count = 0;
	atomic_set(&mm->mm_users, 1);
	atomic_set(&mm->mm_count, 1);
	init_rwsem(&mm->mmap_lock, RANK_MMAP_LOCK, "mmap_lock");
	spin_lock_init(&mm->page_table_lock, RANK_PTL, "page_table_lock");
	INIT_LIST_HEAD(&mm->mmlist);
	mm->total_vm = mm->locked_vm = mm->pinned_vm = 0;
	mm->data_vm = mm->exec_vm = mm->stack_vm = 0;
	for (int i = 0; i < NR_MM_COUNTERS; i++)
		atomic_long_set(&mm->rss_stat[i], 0);
	atomic_long_set(&mm->pgtables_bytes, 0);
	mm->hiwater_rss = mm->hiwater_vm = 0;
	mm->def_flags = 0;
	mm->flags = 0;
	mm->exe_file = NULL;
	mm->cpu_mask = 0;
	if (CONFIG_MMU) {
		mm->pgd = pgd_alloc(mm);
		if (!mm->pgd)
			return false;
	}
	init_new_context(mm);
	return true;
}

struct mm_struct *mm_alloc(void)
{
	struct mm_struct *mm = kmem_cache_zalloc(mm_cachep, GFP_KERNEL);

	if (mm && !mm_init(mm)) {
		kmem_cache_free(mm_cachep, mm);
		mm = NULL;
	}
	if (mm)
		mmap_layout_init(mm);
	return mm;
}

/* The caller, or the mm it copies, keeps writers off already: one more cannot be refused. */
void mm_set_exe_file(struct mm_struct *mm, struct file *f)
{
	int err;

	if (!f)
		return;
	err = deny_write_access(f->f_inode);
	BUG_ON(err);
	mm->exe_file = get_file(f);	/* /proc/PID/exe */
}

struct mm_struct *mm_alloc_like(const struct mm_struct *old)
{
	struct mm_struct *mm = kmem_cache_alloc(mm_cachep, GFP_KERNEL);

	if (!mm)
		return NULL;
	*mm = *old;
	if (!mm_init(mm)) {
		kmem_cache_free(mm_cachep, mm);
		return NULL;
	}
	mm->context.vdso = old->context.vdso;
	mm_set_exe_file(mm, old->exe_file);
	return mm;
}

void mmput(struct mm_struct *mm)
{
	might_sleep();
	if (!atomic_dec_and_test(&mm->mm_users))
		return;
	exit_mmap(mm);
	if (unlikely(test_bit(MMF_OOM_VICTIM, &mm->flags)))
		set_bit(MMF_OOM_SKIP, &mm->flags);	/* the reaper waits for it */
	if (CONFIG_MMU)
		mm_swap_gone(mm);
	if (mm->exe_file) {		/* the program may be written and replaced again */
		allow_write_access(mm->exe_file->f_inode);
		fput(mm->exe_file);
	}
	mm->exe_file = NULL;
	mmdrop(mm);
}

/* Everything that was counted up has been counted down; else there was a bug, or will be. */
static void check_mm(const struct mm_struct *mm)
{
	static const char *const names[] = {
		"MM_FILEPAGES", "MM_ANONPAGES", "MM_SWAPENTS", "MM_SHMEMPAGES"
	};

	for (int i = 0; i < NR_MM_COUNTERS; i++)
		if (atomic_long_read(&mm->rss_stat[i]))
			pr_err("BUG: Bad rss-counter state type:%s val:%ld\n", names[i],
			       (long)atomic_long_read(&mm->rss_stat[i]));
	if (atomic_long_read(&mm->pgtables_bytes))
		pr_err("BUG: non-zero pgtables_bytes on freeing mm: %ld\n",
		       (long)atomic_long_read(&mm->pgtables_bytes));
	if (mm->total_vm || mm->locked_vm)
		pr_err("BUG: total_vm %lu locked_vm %lu on freeing mm\n", mm->total_vm,
		       mm->locked_vm);
}

void mmdrop(struct mm_struct *mm)
{
	if (!atomic_dec_and_test(&mm->mm_count))
		return;
	BUG_ON(mm == &init_mm);
	if (CONFIG_DEBUG_VM)
		check_mm(mm);
	if (CONFIG_MMU) {
		destroy_context(mm);
		pgd_free(mm, mm->pgd);
	}
	kmem_cache_free(mm_cachep, mm);
}
