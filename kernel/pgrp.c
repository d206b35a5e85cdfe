/* SPDX-License-Identifier: MIT */
/*
 * Process ids, groups and sessions: the tree that job control works on.
 *
 * Locks: tasklist_lock.
 *
 * Linux: kernel/sys.c, kernel/pid.c.
 */
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "kernel/proc_syscalls.h"
#include "kernel/sched.h"
#include "lib/errno.h"

long sys_getpid(void)
{
	return current->vtgid;
}

long sys_gettid(void)
{
	return current->vpid;
}

long sys_getppid(void)
{
	long ppid;

	spin_lock_irq(&tasklist_lock);	/* it may end, and we get another one */
	ppid = task_tgid_nr_ns(current->group_leader->real_parent, current->pid_ns);
	spin_unlock_irq(&tasklist_lock);
	return ppid;
}

/* May current move p into another group? 0 or the errno of setpgid(2). => tasklist_lock held. */
static int check_setpgid(const struct task_struct *p)
{
	struct task_struct *me = current->group_leader;

	if (!p || !thread_group_leader(p))
		return -ESRCH;
	if (p != me && p->real_parent != me)
		return -ESRCH;
	if (p != me && p->signal->session != me->signal->session)
		return -EPERM;
	if (p != me && !(p->flags & PF_FORKNOEXEC))
		return -EACCES;		/* the child has a program of its own already */
	if (p->signal->leader)
		return -EPERM;
	return 0;
}

/* Move p into the group that current calls pgid: p's own, or one that exists. => (T) */
static int set_pgrp(struct task_struct *p, pid_t pgid)
{
	struct pid_namespace *ns = current->pid_ns;
	struct task_struct *q;
	int err = check_setpgid(p);

	if (err)
		return err;
	if (task_pid_nr_ns(p, ns) == pgid) {
		p->signal->pgrp = p->pid;
		p->signal->pgrp_numbers = p->pids;
		return 0;
	}
	for_each_process(q) {
		if (pid_nr_ns(&q->signal->pgrp_numbers, ns) != pgid ||
		    q->signal->session != current->signal->session)
			continue;
		p->signal->pgrp = q->signal->pgrp;
		p->signal->pgrp_numbers = q->signal->pgrp_numbers;
		return 0;
	}
	return -EPERM;
}

long sys_setpgid(long upid, long upgid)
{
	pid_t pid = (pid_t)upid ? (pid_t)upid : current->vtgid;
	pid_t pgid = (pid_t)upgid ? (pid_t)upgid : pid;
	struct task_struct *p;
	int err;

	if (pgid < 0)
		return -EINVAL;
	spin_lock_irq(&tasklist_lock);
	p = find_task_by_pid(pid);
	err = set_pgrp(p, pgid);
	spin_unlock_irq(&tasklist_lock);
	return err;
}

/* The signal_struct of pid (0: ours), NULL if there is none. => tasklist_lock held. */
static struct signal_struct *signal_of(pid_t pid)
{
	struct task_struct *p = pid ? find_task_by_pid(pid) : current;

	return p ? p->signal : NULL;
}

long sys_getpgid(long pid)
{
	struct signal_struct *sig;
	long ret;

	spin_lock_irq(&tasklist_lock);
	sig = signal_of((pid_t)pid);
	ret = sig ? pid_nr_ns(&sig->pgrp_numbers, current->pid_ns) : -ESRCH;
	spin_unlock_irq(&tasklist_lock);
	return ret;
}

long sys_getsid(long pid)
{
	struct signal_struct *sig;
	long ret;

	spin_lock_irq(&tasklist_lock);
	sig = signal_of((pid_t)pid);
	ret = sig ? pid_nr_ns(&sig->session_numbers, current->pid_ns) : -ESRCH;
	spin_unlock_irq(&tasklist_lock);
	return ret;
}

long sys_setsid(void)
{
	struct signal_struct *sig = current->signal;
	struct task_struct *p;
	long ret = -EPERM;

	spin_lock_irq(&tasklist_lock);
	if (sig->leader)
		goto out;
	for_each_process(p) {
		if (p->signal->pgrp == current->tgid)
			goto out;	/* a group of our name exists already */
	}
	sig->leader = true;
	sig->tty = NULL;
	sig->session = sig->pgrp = current->tgid;
	sig->session_numbers = sig->pgrp_numbers = current->group_leader->pids;
	ret = current->vtgid;
out:
	spin_unlock_irq(&tasklist_lock);
	return ret;
}
