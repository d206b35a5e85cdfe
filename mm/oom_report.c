/* SPDX-License-Identifier: MIT */
/*
 * What the OOM killer says: who ran out of memory, what memory looks like, who uses
 * it, and who has to go. The lines are Linux's, so that what reads them (people,
 * journald, scripts) understands them.
 *
 * Locks: tasklist_lock while the task table is printed.
 *
 * Linux: mm/oom_kill.c, dump_header(), dump_tasks(), __oom_kill_process().
 */
#include "kernel/printk.h"
#include "mm/oom_internal.h"

#define K(pages) ((pages) << (PAGE_SHIFT - 10))

/* The usual combinations first, then what is left bit by bit. */
static const struct {
	gfp_t mask;
	const char *name;
} gfp_names[] = {
	{ GFP_HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE" },
	{ GFP_KERNEL, "GFP_KERNEL" }, { GFP_NOFS, "GFP_NOFS" }, { GFP_ATOMIC, "GFP_ATOMIC" },
	{ GFP_NOIO, "GFP_NOIO" }, { __GFP_DMA32, "__GFP_DMA32" }, { __GFP_HIGH, "__GFP_HIGH" },
	{ __GFP_IO, "__GFP_IO" }, { __GFP_FS, "__GFP_FS" }, { __GFP_ZERO, "__GFP_ZERO" },
	{ __GFP_DIRECT_RECLAIM, "__GFP_DIRECT_RECLAIM" },
	{ __GFP_KSWAPD_RECLAIM, "__GFP_KSWAPD_RECLAIM" },
	{ __GFP_NOWARN, "__GFP_NOWARN" }, { __GFP_NORETRY, "__GFP_NORETRY" },
	{ __GFP_NOFAIL, "__GFP_NOFAIL" }, { __GFP_MEMALLOC, "__GFP_MEMALLOC" },
	{ __GFP_COMP, "__GFP_COMP" }, { __GFP_NOMEMALLOC, "__GFP_NOMEMALLOC" },
	{ __GFP_MOVABLE, "__GFP_MOVABLE" }, { __GFP_ACCOUNT, "__GFP_ACCOUNT" },
};

static void print_gfp(gfp_t gfp)
{
	const char *sep = "";

	for (size_t i = 0; i < ARRAY_SIZE(gfp_names); i++) {
		if ((gfp & gfp_names[i].mask) != gfp_names[i].mask)
			continue;
		pr_cont("%s%s", sep, gfp_names[i].name);
		gfp &= ~gfp_names[i].mask;
		sep = "|";
	}
}

static void dump_task(struct task_struct *p)
{
	const struct mm_struct *mm = oom_find_mm(p);

	if (oom_unkillable(p) || !mm)
		return;
	pr_info("[%7d] %5d %5d %8lu %8lu %8lu %8lu %9lu %14ld %8lu         %5d %s\n",
		p->pid, 0, p->tgid, mm->total_vm, get_mm_rss(mm),
		get_mm_counter(mm, MM_ANONPAGES), get_mm_counter(mm, MM_FILEPAGES),
		get_mm_counter(mm, MM_SHMEMPAGES), (long)atomic_long_read(&mm->pgtables_bytes),
		get_mm_counter(mm, MM_SWAPENTS), p->signal->oom_score_adj, p->comm);
}

static void dump_tasks(void)
{
	struct task_struct *p;
	unsigned long flags;

	pr_info("Tasks state (memory values in pages):\n");
	pr_info("[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem "
		"pgtables_bytes swapents oom_score_adj name\n");
	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process(p)
		dump_task(p);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

void oom_dump_header(const struct oom_control *oc)
{
	pr_warn("%s invoked oom-killer: gfp_mask=%#x(", current->comm, oc->gfp);
	print_gfp(oc->gfp);
	pr_cont("), order=%u, oom_score_adj=%d\n", oc->order,
		current->signal ? current->signal->oom_score_adj : 0);
	dump_stack();
	show_mem();
	if (sysctl_oom_dump_tasks)
		dump_tasks();
	if (oc->chosen)
		pr_info("oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=%s,pid=%d,"
			"uid=0\n", oc->chosen->comm, oc->chosen->pid);
}

void oom_report_kill(const struct task_struct *p, const struct mm_struct *mm, const char *why)
{
	pr_err("%s: Killed process %d (%s) total-vm:%lukB, anon-rss:%lukB, file-rss:%lukB, "
	       "shmem-rss:%lukB, UID:0 pgtables:%lukB oom_score_adj:%d\n",
	       why, p->pid, p->comm, K(mm->total_vm), K(get_mm_counter(mm, MM_ANONPAGES)),
	       K(get_mm_counter(mm, MM_FILEPAGES)), K(get_mm_counter(mm, MM_SHMEMPAGES)),
	       (unsigned long)atomic_long_read(&mm->pgtables_bytes) >> 10,
	       p->signal->oom_score_adj);
}
