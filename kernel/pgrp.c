/* SPDX-License-Identifier: MIT */
/*
 * Process ids, groups and sessions: the tree that job control works on.
 *
 * Locks: tasklist_lock.
 *
 * Linux: kernel/sys.c, kernel/pid.c.
 */
#include "kernel/pid.h"
#include "kernel/proc_syscalls.h"
#include "kernel/sched.h"
#include "lib/errno.h"

long sys_getpid(void)
{
	return current->tgid;
}

long sys_gettid(void)
{
	return current->pid;
}

long sys_getppid(void)
{
	long ppid;

	spin_lock_irq(&tasklist_lock);	/* it may end, and we get another one */
	ppid = current->group_leader->real_parent->tgid;
	spin_unlock_irq(&tasklist_lock);
	return ppid;
}

/* May current move p into group pgid? 0 or the errno of setpgid(2). => tasklist_lock held. */
static int check_setpgid(const struct task_struct *p, pid_t pgid)
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
	if (pgid != p->pid && !pgrp_in_session(pgid, me->signal->session))
		return -EPERM;
	return 0;
}

long sys_setpgid(long upid, long upgid)
{
	pid_t pid = (pid_t)upid ? (pid_t)upid : current->tgid;
	pid_t pgid = (pid_t)upgid ? (pid_t)upgid : pid;
	struct task_struct *p;
	int err;

	if (pgid < 0)
		return -EINVAL;
	spin_lock_irq(&tasklist_lock);
	p = find_task_by_pid(pid);
	err = check_setpgid(p, pgid);
	if (!err)
		p->signal->pgrp = pgid;
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
	ret = sig ? sig->pgrp : -ESRCH;
	spin_unlock_irq(&tasklist_lock);
	return ret;
}

long sys_getsid(long pid)
{
	struct signal_struct *sig;
	long ret;

	spin_lock_irq(&tasklist_lock);
	sig = signal_of((pid_t)pid);
	ret = sig ? sig->session : -ESRCH;
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
	ret = sig->session;
out:
	spin_unlock_irq(&tasklist_lock);
	return ret;
}
