/* SPDX-License-Identifier: MIT */
/*
 * The end of a task: what it used is given back in do_exit(), its status waits
 * in the zombie for the parent, release_task() removes the last trace.
 *
 * A process is a zombie only when its last thread has gone (delay_group_leader).
 * Orphans go to process 1, or to the nearest ancestor that asked for them
 * (PR_SET_CHILD_SUBREAPER).
 *
 * Locks: tasklist_lock (irq-safe) for everything about the family.
 *
 * Linux: kernel/exit.c. Differs: no ptrace, children belong to the process.
 */
#include <asm/uaccess.h>
#include "kernel/exit.h"
#include "kernel/drivers/tty.h"
#include "kernel/fork.h"
#include "kernel/fs/fs.h"
#include "kernel/futex.h"
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "kernel/printk.h"
#include "kernel/proc_syscalls.h"
#include "kernel/signal.h"
#include "kernel/time_syscalls.h"
#include "lib/bug.h"
#include "mm/mm.h"

/* ---- memory ---- */

void mm_release(struct task_struct *t, struct mm_struct *mm)
{
	if (unlikely(t->robust_list))
		futex_exit_robust(t);
	if (t->clear_child_tid && atomic_read(&mm->mm_users) > 1) {
		/* pthread_join() waits here; a bad address is the program's loss. */
		if (!put_user(0, t->clear_child_tid))
			futex_wake_user(t->clear_child_tid);
	}
	t->clear_child_tid = NULL;
	if (unlikely(READ_ONCE(t->vfork_done)))
		complete_vfork_done(t);
}

/* current goes on without memory of its own, until the last switch. */
static void exit_mm(void)
{
	struct mm_struct *mm = current->mm;
	struct signal_struct *sig = current->signal;

	if (!mm)
		return;
	mm_release(current, mm);
	update_hiwater(mm);
	if (sig->maxrss < mm->hiwater_rss)
		sig->maxrss = mm->hiwater_rss;
	mmgrab(mm);			/* active_mm borrows it until the next switch */
	spin_lock_irq(&tasklist_lock);	/* get_task_mm() looks under this lock */
	current->mm = NULL;
	spin_unlock_irq(&tasklist_lock);
	mmput(mm);
}

struct mm_struct *get_task_mm(struct task_struct *t)
{
	struct mm_struct *mm;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	mm = t->flags & PF_KTHREAD ? NULL : t->mm;
	if (mm && !mmget_not_zero(mm))
		mm = NULL;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return mm;
}

/* ---- removing the last trace ---- */

/* What a dead thread has used is kept for the sums over its process. => tasklist_lock held. */
static void account_to_signal(struct task_struct *t)
{
	struct signal_struct *sig = t->signal;
	u64 utime, stime;

	task_cputime(t, &utime, &stime);
	sig->utime += utime;
	sig->stime += stime;
	sig->min_flt += t->min_flt;
	sig->maj_flt += t->maj_flt;
	sig->nvcsw += t->nvcsw;
	sig->nivcsw += t->nivcsw;
	sig->inblock += t->inblock;
	sig->oublock += t->oublock;
}

/* => tasklist_lock held. */
static void unlink_task(struct task_struct *t)
{
	struct sighand_struct *sighand = t->sighand;

	if (!thread_group_leader(t))
		account_to_signal(t);
	spin_lock(&sighand->siglock);
	t->signal->nr_threads--;
	list_del_init(&t->thread_node);
	if (t->signal->group_exec_task && t->signal->nr_threads <= 2)
		wake_up_process(t->signal->group_exec_task);
	flush_sigqueue(&t->pending);
	if (thread_group_leader(t)) {
		flush_sigqueue(&t->signal->shared_pending);
		list_del_init(&t->tasks);
		list_del_init(&t->sibling);
	}
	spin_unlock(&sighand->siglock);
	detach_pid(t);
	free_pid(t);
}

void release_task(struct task_struct *t)
{
	struct task_struct *leader;
	bool reap_leader;

	spin_lock_irq(&tasklist_lock);
	leader = t->group_leader;
	unlink_task(t);
	/* The last thread has gone and the leader waited as a zombie: now its parent may know. */
	reap_leader = t != leader && leader->exit_state == EXIT_ZOMBIE &&
		      thread_group_empty(leader) &&
		      do_notify_parent(leader, leader->exit_signal);
	if (reap_leader)
		leader->exit_state = EXIT_DEAD;
	spin_unlock_irq(&tasklist_lock);
	put_task_struct(t);
	if (reap_leader)
		release_task(leader);
}

/* ---- the family ---- */

/* Who adopts: the nearest ancestor in the namespace that wants to, else its process 1. => (T) */
static struct task_struct *find_new_reaper(struct task_struct *father)
{
	struct task_struct *p, *init = father->pid_ns->child_reaper;

	for (p = father->real_parent; p != p->real_parent; p = p->real_parent) {
		if (p->pid_ns != father->pid_ns)
			break;
		if (p->signal->is_child_subreaper && !process_dead(p))
			return p;
	}
	return init && init != father ? init : init_pid1;
}

/*
 * POSIX: a stopped group that nobody of its session can continue any more gets SIGHUP and
 * SIGCONT. Until now `parent` could, if anybody, because of its child t. => tasklist_lock held.
 */
static void kill_orphaned_pgrp(const struct task_struct *t, const struct task_struct *parent,
			       const struct task_struct *dying)
{
	pid_t pgrp = t->signal->pgrp;
	struct task_struct *p;
	bool stopped = false;

	if (likely(parent->signal->pgrp == pgrp) ||
	    parent->signal->session != t->signal->session || !is_orphaned_pgrp(pgrp, dying))
		return;
	for_each_process(p) {
		if (p->signal->pgrp == pgrp && p->signal->stop_flags & SIGNAL_STOP_STOPPED)
			stopped = true;
	}
	if (!stopped)
		return;
	(void)__kill_pgrp(pgrp, SIGHUP, NULL);
	(void)__kill_pgrp(pgrp, SIGCONT, NULL);
}

/* Children of a dying process get a new parent, who reaps the zombies too. => tasklist_lock */
static void forget_original_parent(struct task_struct *father, struct list_head *dead)
{
	struct task_struct *reaper, *p, *next;

	if (list_empty(&father->children))
		return;
	reaper = find_new_reaper(father);
	list_for_each_entry_safe(p, next, &father->children, sibling) {
		p->real_parent = p->parent = reaper;
		list_move_tail(&p->sibling, &reaper->children);
		if (p->pdeath_signal)
			(void)send_sig(p->pdeath_signal, p);
		if (p->exit_signal != -1)
			p->exit_signal = SIGCHLD;
		if (p->exit_state == EXIT_ZOMBIE && thread_group_empty(p) &&
		    do_notify_parent(p, p->exit_signal)) {
			p->exit_state = EXIT_DEAD;
			list_move_tail(&p->sibling, dead);
		}
		kill_orphaned_pgrp(p, father, father);
	}
}

/* Tell the parent, or vanish. Returns true if the task must release itself. */
static bool exit_notify(bool group_dead, struct list_head *dead)
{
	struct task_struct *me = current;
	bool autoreap;

	spin_lock_irq(&tasklist_lock);
	if (group_dead)
		forget_original_parent(me->group_leader, dead);
	if (group_dead)
		kill_orphaned_pgrp(me, me->group_leader->real_parent, me->group_leader);
	autoreap = true;
	if (thread_group_leader(me))
		autoreap = thread_group_empty(me) && do_notify_parent(me, me->exit_signal);
	me->exit_state = autoreap ? EXIT_DEAD : EXIT_ZOMBIE;
	/* A thread that execs waits for the leader to become a zombie. */
	if (me->signal->group_exec_task)
		wake_up_process(me->signal->group_exec_task);
	spin_unlock_irq(&tasklist_lock);
	return autoreap;
}

/* Children that became ours and that nobody waits for. */
static void release_dead(struct list_head *dead)
{
	struct task_struct *p, *next;

	list_for_each_entry_safe(p, next, dead, sibling) {
		list_del_init(&p->sibling);
		release_task(p);
	}
}

/*
 * In this order: no more signals; memory, files and directories are given back;
 * the family is told; the last trace goes if nobody waits. What is left then is
 * the stack we run on, which the next task on this hart frees.
 */
void do_exit(long code)
{
	struct task_struct *me = current;
	LIST_HEAD(dead);
	bool group_dead;

	group_dead = exit_signals();
	/* Its first thread may go; without its last one there is no system. */
	if (group_dead && is_init(me))
		panic("Attempted to kill init! exitcode=0x%08lx", code);
	if (group_dead) {
		(void)hrtimer_cancel(&me->signal->real_timer);
		posix_timers_exit(me->signal);
	}
	me->exit_code = code;
	exit_mm();
	exit_files(me);
	exit_fs(me);
	exit_namespaces(me);
	if (group_dead && me->signal->leader)
		disassociate_ctty();
	if (group_dead && me->pid_ns->child_reaper == me->group_leader)
		zap_pid_ns(me->pid_ns);
	if (exit_notify(group_dead, &dead))
		release_task(me);
	release_dead(&dead);
	schedule_dead();
}

void do_group_exit(int exit_code)
{
	struct signal_struct *sig = current->signal;
	struct sighand_struct *sighand = current->sighand;

	spin_lock_irq(&tasklist_lock);
	spin_lock(&sighand->siglock);
	if (sig->group_exit) {
		exit_code = sig->group_exit_code;	/* somebody was first */
	} else if (sig->group_exec_task && sig->group_exec_task != current) {
		exit_code = 0;		/* only we die: the process goes on with another program */
	} else {
		sig->group_exit = true;
		sig->group_exit_code = exit_code;
		zap_other_threads(current);
	}
	spin_unlock(&sighand->siglock);
	spin_unlock_irq(&tasklist_lock);
	do_exit(exit_code);
}

long sys_exit(long error_code)
{
	do_exit((error_code & 0xff) << 8);
}

long sys_exit_group(long error_code)
{
	do_group_exit((error_code & 0xff) << 8);
}
