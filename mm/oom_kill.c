/* SPDX-License-Identifier: MIT */
/*
 * The OOM killer: reclaim has failed, so one process is ended to save the others.
 *
 * Whom: the process with the most points, which are the pages that its end gives
 * back (memory, swap, page tables), plus oom_score_adj thousandths of all memory.
 * Process 1 and kernel threads are never chosen, nor is who has oom_score_adj -1000.
 *
 * One at a time: a kill takes effect only when the victim has run to its end, or the
 * reaper (oom_reaper.c) has emptied it. Until then others who find no memory wait
 * instead of killing the next one.
 *
 * A victim must be able to end: it may use the memory reserves (TIF_MEMDIE), SIGKILL
 * wakes it from killable sleeps, and everybody who shares its memory dies with it.
 *
 * Locks: oom_lock (tried only: one OOM at a time), tasklist_lock while choosing and
 * killing. It may be entered with mmap_lock held.
 *
 * Linux: mm/oom_kill.c, out_of_memory(), select_bad_process(), oom_badness(). Differs:
 * no cpusets, no memcg, no notifiers.
 *
 * Ask yourself: a shell script starts fifty small children. Why is none of them chosen,
 * and is that right?
 */
#include "kernel/printk.h"
#include "kernel/signal.h"
#include "kernel/trace/trace.h"
#include "mm/oom_internal.h"
#include "mm/swap.h"
#include "mm/vmstat.h"

int sysctl_panic_on_oom;
int sysctl_oom_kill_allocating_task;
int sysctl_oom_dump_tasks = 1;

static DEFINE_MUTEX(oom_lock, RANK_OOM);

/* ---- whom ---- */

bool oom_unkillable(const struct task_struct *p)
{
	return p->tgid == 1 || (p->flags & PF_KTHREAD);
}

struct mm_struct *oom_find_mm(struct task_struct *p)
{
	struct task_struct *t;

	/* The leader of a process may have ended before its threads. */
	for_each_thread(p, t)
		if (t->mm && !(t->flags & PF_KTHREAD))
			return t->mm;
	return NULL;
}

/* Between vfork() and exec the memory is the parent's: the child's end gives nothing back. */
static bool in_vfork(const struct task_struct *p)
{
	return p->vfork_done && p->real_parent && p->real_parent->mm == p->mm;
}

/* => tasklist_lock held. */
static long __oom_badness(struct task_struct *p, unsigned long totalpages)
{
	struct mm_struct *mm = oom_find_mm(p);
	long points, adj;

	if (oom_unkillable(p) || !mm)
		return LONG_MIN;
	adj = p->signal->oom_score_adj;
	if (adj == OOM_SCORE_ADJ_MIN || test_bit(MMF_OOM_SKIP, &mm->flags) || in_vfork(p))
		return LONG_MIN;
	points = get_mm_rss(mm);
	if (CONFIG_MMU)
		points += get_mm_counter(mm, MM_SWAPENTS) +
			  atomic_long_read(&mm->pgtables_bytes) / (long)PAGE_SIZE;
	return points + adj * (long)totalpages / 1000;
}

long oom_badness(struct task_struct *p, unsigned long totalpages)
{
	unsigned long flags;
	long points;

	spin_lock_irqsave(&tasklist_lock, flags);
	points = __oom_badness(p, totalpages);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return points;
}

/* Somebody asked to be the first to go: swapoff, which needs what there is not. */
static bool is_oom_origin(struct task_struct *p)
{
	struct task_struct *t;

	for_each_thread(p, t)
		if (t->flags & PF_OOM_ORIGIN)
			return true;
	return false;
}

static void select_bad_process(struct oom_control *oc)
{
	struct task_struct *p;
	unsigned long flags;

	oc->chosen_points = LONG_MIN;
	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process(p) {
		long points = __oom_badness(p, oc->totalpages);

		if (points != LONG_MIN && is_oom_origin(p))
			points = LONG_MAX;
		if (points == LONG_MIN || points <= oc->chosen_points)
			continue;
		oc->chosen = p;
		oc->chosen_points = points;
	}
	if (oc->chosen)
		get_task_struct(oc->chosen);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

/* ---- killing ---- */

/* The whole process p may use the reserves from now on. => tasklist_lock held. */
static void mark_oom_victim(struct task_struct *p)
{
	struct task_struct *t;

	for_each_thread(p, t)
		set_tsk_thread_flag(t, TIF_MEMDIE);
}

/*
 * Everybody who uses mm. => tasklist_lock held. Process 1 or a thread of the kernel
 * that borrows it keeps the memory alive, and then it must not be taken away.
 */
static bool kill_all_users(const struct mm_struct *mm)
{
	struct task_struct *p;
	bool can_reap = true;

	for_each_process(p) {
		if (oom_find_mm(p) != mm)
			continue;
		if (oom_unkillable(p)) {
			can_reap = false;
			continue;
		}
		send_sig(SIGKILL, p);
		mark_oom_victim(p);
	}
	return can_reap;
}

/* => tasklist_lock held; p has an mm. */
static void kill_process(struct task_struct *p, const char *why)
{
	struct mm_struct *mm = oom_find_mm(p);

	if (why)
		oom_report_kill(p, mm, why);
	count_vm_event(OOM_KILL);
	trace_mark_victim(p, get_mm_rss(mm));
	if (kill_all_users(mm))
		oom_queue_reap(p, mm);
	else
		set_bit(MMF_OOM_SKIP, &mm->flags);
}

static void oom_kill_process(struct oom_control *oc, const char *why)
{
	struct task_struct *p = oc->chosen;
	unsigned long flags;

	if (printk_ratelimit())
		oom_dump_header(oc);
	spin_lock_irqsave(&tasklist_lock, flags);
	/* It may have ended while the report was printed. */
	if (oom_find_mm(p))
		kill_process(p, why);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	put_task_struct(p);
}

/* The task that finds no memory is about to die anyway: help it instead of killing another. */
static bool current_is_dying(void)
{
	struct task_struct *p = current->group_leader;
	unsigned long flags;
	struct mm_struct *mm;

	if (!current->mm || !(fatal_signal_pending(current) || (current->flags & PF_EXITING)))
		return false;
	spin_lock_irqsave(&tasklist_lock, flags);
	mm = oom_find_mm(p);
	if (mm && !oom_unkillable(p)) {
		mark_oom_victim(p);
		oom_queue_reap(p, mm);
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return true;
}

static bool choose_allocating_task(struct oom_control *oc)
{
	struct task_struct *p = current->group_leader;

	if (!sysctl_oom_kill_allocating_task || !current->mm ||
	    oom_badness(p, oc->totalpages) == LONG_MIN)
		return false;
	get_task_struct(p);
	oc->chosen = p;
	return true;
}

static void check_panic_on_oom(const struct oom_control *oc)
{
	if (likely(!sysctl_panic_on_oom))
		return;
	oom_dump_header(oc);
	panic("Out of memory: %s panic_on_oom is enabled",
	      sysctl_panic_on_oom == 2 ? "compulsory" : "system-wide");
}

/* => oom_lock held. */
static void __out_of_memory(struct oom_control *oc)
{
	if (current_is_dying() || oom_victims_pending())
		return;
	check_panic_on_oom(oc);
	if (choose_allocating_task(oc)) {
		oom_kill_process(oc, "Out of memory (oom_kill_allocating_task)");
		return;
	}
	select_bad_process(oc);
	if (oc->chosen) {
		oom_kill_process(oc, "Out of memory");
		return;
	}
	oom_dump_header(oc);
	pr_warn("Out of memory and no killable processes...\n");
	panic("System is deadlocked on memory");
}

bool out_of_memory(gfp_t gfp, unsigned int order)
{
	struct oom_control oc = {
		.gfp = gfp, .order = order,
		.totalpages = totalram_pages() + (CONFIG_MMU ? total_swap_pages() : 0),
	};

	/*
	 * Who may not enter file systems has not tried all that can be reclaimed; others
	 * who may will come here too.
	 */
	if (!(gfp & __GFP_FS) && !(gfp & __GFP_NOFAIL))
		return true;
	if (!mutex_trylock(&oom_lock))
		return true;		/* somebody is at it */
	__out_of_memory(&oc);
	mutex_unlock(&oom_lock);
	return true;
}

/* The allocation had its answer; the access is repeated, or the signal ends the task. */
void pagefault_out_of_memory(void)
{
	if (fatal_signal_pending(current))
		return;
	if (printk_ratelimit())
		pr_warn("%s: page fault without memory, retrying\n", current->comm);
	schedule_timeout_uninterruptible(1);
}
