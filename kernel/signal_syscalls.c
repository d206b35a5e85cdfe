/* SPDX-License-Identifier: MIT */
/*
 * The system calls about signals.
 *
 * Locks: tasklist_lock (irq-safe) from finding a task to sending it a signal, so
 * that it cannot end in between; siglock for actions and sets.
 *
 * Linux: kernel/signal.c (second half). Differs: one user, so nobody is refused.
 */
#include <asm/uaccess.h>
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "kernel/signal.h"
#include "kernel/signal_syscalls.h"
#include "lib/errno.h"
#include "lib/string.h"

/* What the receiver is told about a signal that current sends. */
static struct kernel_siginfo user_info(int sig, int code)
{
	return (struct kernel_siginfo){ .si_signo = sig, .si_code = code, .pid = current->tgid };
}

/* ---- sending ---- */

/* Any thread's number names its process here. 0, -ESRCH, or -EAGAIN (sigqueue). */
static int kill_one(pid_t pid, int sig, const struct kernel_siginfo *info)
{
	struct task_struct *t;
	int err = -ESRCH;

	spin_lock_irq(&tasklist_lock);
	t = find_task_by_pid(pid);
	if (t)
		err = send_sig_info(sig, info, t->group_leader, true);
	spin_unlock_irq(&tasklist_lock);
	return err;
}

/* Everybody but init and ourselves. */
static int kill_all(int sig, const struct kernel_siginfo *info)
{
	struct task_struct *p;
	int ret = -ESRCH;

	spin_lock_irq(&tasklist_lock);
	for_each_process(p) {
		if (task_pid_nr_ns(p, current->pid_ns) <= 1 || p->flags & PF_KTHREAD ||
		    p == current->group_leader)
			continue;
		ret = 0;
		(void)send_sig_info(sig, info, p, true);
	}
	spin_unlock_irq(&tasklist_lock);
	return ret;
}

/* A process group by the number we know it by, 0: our own. */
static int kill_group(pid_t nr, int sig, const struct kernel_siginfo *info)
{
	int err;

	spin_lock_irq(&tasklist_lock);
	err = __kill_pgrp(nr ? pgrp_of_nr(nr, current->pid_ns) : current->signal->pgrp, sig, info);
	spin_unlock_irq(&tasklist_lock);
	return err;
}

long sys_kill(long upid, long usig)
{
	pid_t pid = (pid_t)upid;
	int sig = (int)usig;
	struct kernel_siginfo info = user_info(sig, SI_USER);

	if (sig < 0 || sig > _NSIG)
		return -EINVAL;
	if (pid == INT_MIN)
		return -ESRCH;
	if (pid > 0)
		return kill_one(pid, sig, &info);
	if (pid == -1)
		return kill_all(sig, &info);
	return kill_group(-pid, sig, &info);
}

/* One thread; tgid > 0: only if it is of that process, for a tid may be somebody else's by now. */
static long kill_thread(pid_t tgid, pid_t tid, int sig, const struct kernel_siginfo *info)
{
	struct task_struct *t;
	int err = -ESRCH;

	if (sig < 0 || sig > _NSIG || tid <= 0)
		return -EINVAL;
	spin_lock_irq(&tasklist_lock);
	t = find_task_by_pid(tid);
	if (t && (tgid <= 0 || task_tgid_nr_ns(t, current->pid_ns) == tgid))
		err = send_sig_info(sig, info, t, false);
	spin_unlock_irq(&tasklist_lock);
	return err;
}

long sys_tgkill(long tgid, long tid, long sig)
{
	struct kernel_siginfo info = user_info((int)sig, SI_TKILL);

	if ((pid_t)tgid <= 0)
		return -EINVAL;
	return kill_thread((pid_t)tgid, (pid_t)tid, (int)sig, &info);
}

long sys_tkill(long tid, long sig)
{
	struct kernel_siginfo info = user_info((int)sig, SI_TKILL);

	return kill_thread(0, (pid_t)tid, (int)sig, &info);
}

/* A program may not pretend that the kernel or kill() sent it. */
static int copy_queue_info(struct kernel_siginfo *info, const void __user *uinfo, int sig, pid_t to)
{
	int err = copy_siginfo_from_user(info, uinfo);

	if (err)
		return err;
	info->si_signo = sig;
	if ((info->si_code >= 0 || info->si_code == SI_TKILL) && to != current->vtgid)
		return -EPERM;
	return sig < 0 || sig > _NSIG ? -EINVAL : 0;
}

long sys_rt_sigqueueinfo(long tgid, long sig, const void __user *uinfo)
{
	struct kernel_siginfo info;
	int err = copy_queue_info(&info, uinfo, (int)sig, (pid_t)tgid);

	return err ? err : kill_one((pid_t)tgid, (int)sig, &info);
}

long sys_rt_tgsigqueueinfo(long tgid, long tid, long sig, const void __user *uinfo)
{
	struct kernel_siginfo info;
	int err;

	if ((pid_t)tgid <= 0 || (pid_t)tid <= 0)
		return -EINVAL;
	err = copy_queue_info(&info, uinfo, (int)sig, (pid_t)tgid);
	return err ? err : kill_thread((pid_t)tgid, (pid_t)tid, (int)sig, &info);
}

/* ---- actions and masks ---- */

/* => siglock held. */
static void install_action(int sig, const struct k_sigaction *act)
{
	struct task_struct *t;

	current->sighand->action[sig - 1] = *act;
	sigdelset(&current->sighand->action[sig - 1].sa_mask, SIGKILL);
	sigdelset(&current->sighand->action[sig - 1].sa_mask, SIGSTOP);
	/* POSIX: what is pending and ignored from now on is dropped, even where it is blocked. */
	if (!sig_handler_ignored(current, sig))
		return;
	flush_sigqueue_mask(&current->signal->shared_pending, sigmask(sig));
	for_each_thread(current, t)
		flush_sigqueue_mask(&t->pending, sigmask(sig));
}

long sys_rt_sigaction(long usig, const struct k_sigaction __user *uact,
		      struct k_sigaction __user *uold, unsigned long sigsetsize)
{
	struct k_sigaction act, old;
	int sig = (int)usig;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (uact && copy_from_user(&act, uact, sizeof(act)))
		return -EFAULT;
	if (sig < 1 || sig > _NSIG || (uact && (sig == SIGKILL || sig == SIGSTOP)))
		return -EINVAL;
	spin_lock_irq(&current->sighand->siglock);
	old = current->sighand->action[sig - 1];
	if (uact)
		install_action(sig, &act);
	spin_unlock_irq(&current->sighand->siglock);
	if (uold && copy_to_user(uold, &old, sizeof(old)))
		return -EFAULT;
	return 0;
}

long sys_rt_sigprocmask(long how, const sigset_t __user *uset, sigset_t __user *uold,
			unsigned long sigsetsize)
{
	sigset_t old = current->blocked, set, new = old;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (uset) {			/* without it `how` is not even looked at */
		if (copy_from_user(&set, uset, sizeof(set)))
			return -EFAULT;
		switch ((int)how) {
		case SIG_BLOCK:
			new.sig |= set.sig;
			break;
		case SIG_UNBLOCK:
			new.sig &= ~set.sig;
			break;
		case SIG_SETMASK:
			new = set;
			break;
		default:
			return -EINVAL;
		}
		set_current_blocked(&new);
	}
	return uold && copy_to_user(uold, &old, sizeof(old)) ? -EFAULT : 0;
}

long sys_rt_sigpending(sigset_t __user *uset, unsigned long sigsetsize)
{
	sigset_t set;

	if (sigsetsize > sizeof(set))
		return -EINVAL;
	spin_lock_irq(&current->sighand->siglock);
	/* What is not blocked is being delivered, and does not count as pending. */
	set.sig = (current->pending.signal.sig | current->signal->shared_pending.signal.sig) &
		  current->blocked.sig;
	spin_unlock_irq(&current->sighand->siglock);
	return copy_to_user(uset, &set, sigsetsize) ? -EFAULT : 0;
}

/* ---- waiting ---- */

/* Exchanging the mask and sleeping are one: a signal that was blocked cannot slip through. */
long sys_rt_sigsuspend(const sigset_t __user *uset, unsigned long sigsetsize)
{
	sigset_t set;

	if (sigsetsize != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, uset, sizeof(set)))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	set_current_blocked(&set);
	while (!signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!signal_pending(current))
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	current->restore_sigmask = true;	/* after the handler, the old mask again */
	return -ERESTARTNOHAND;
}

/* One that is pending and wanted: its number or 0. */
static int take_signal(const sigset_t *not_wanted, struct kernel_siginfo *info)
{
	int sig;

	spin_lock_irq(&current->sighand->siglock);
	sig = dequeue_signal(not_wanted, info);
	spin_unlock_irq(&current->sighand->siglock);
	return sig;
}

/* Sleep until one of the wanted signals may have come, any other one, or the time is over. */
static int wait_for_signals(sigset_t wanted, u64 until)
{
	sigset_t blocked = current->blocked;
	int err;

	/* They must wake us, yet count as blocked: not ignored, and no fatal default. */
	current->real_blocked = blocked;
	blocked.sig &= ~wanted.sig;
	set_current_blocked(&blocked);
	do {
		set_current_state(TASK_INTERRUPTIBLE);
		err = hrtimer_sleep_until(until);
	} while (err && !signal_pending(current));
	blocked = current->real_blocked;
	set_current_blocked(&blocked);
	sigemptyset(&current->real_blocked);
	return err;
}

long sys_rt_sigtimedwait(const sigset_t __user *uset, void __user *uinfo,
			 const struct __kernel_timespec __user *uts, unsigned long sigsetsize)
{
	struct __kernel_timespec ts;
	struct kernel_siginfo info;
	sigset_t wanted, others;
	u64 until = U64_MAX;
	int sig, err = -EAGAIN;

	if (sigsetsize != sizeof(wanted))
		return -EINVAL;
	if (copy_from_user(&wanted, uset, sizeof(wanted)) ||
	    (uts && copy_from_user(&ts, uts, sizeof(ts))))
		return -EFAULT;
	if (uts && !timespec_valid(&ts))
		return -EINVAL;
	sigdelset(&wanted, SIGKILL);
	sigdelset(&wanted, SIGSTOP);
	others.sig = ~wanted.sig;
	if (uts)
		until = ktime_add_timespec(&ts);
	sig = take_signal(&others, &info);
	/* A time of zero only looks. */
	if (!sig && (!uts || ts.tv_sec || ts.tv_nsec)) {
		err = wait_for_signals(wanted, until) ? -EINTR : -EAGAIN;
		sig = take_signal(&others, &info);
	}
	if (!sig)
		return err;
	return uinfo && copy_siginfo_to_user(uinfo, &info) ? -EFAULT : sig;
}

/* ---- the alternate stack ---- */

struct user_stack { unsigned long ss_sp; int ss_flags; int pad; size_t ss_size; };

/* The stack grows down: its end is inside, its lowest byte is not. */
static bool on_altstack(unsigned long sp)
{
	return current->sas_ss_size && sp > current->sas_ss_sp &&
	       sp - current->sas_ss_sp <= current->sas_ss_size;
}

long sys_sigaltstack(const void __user *uss, void __user *uoss)
{
	bool busy = on_altstack(current_pt_regs()->sp);
	struct user_stack ss, old = {
		.ss_sp = current->sas_ss_sp,
		.ss_size = current->sas_ss_size,
		.ss_flags = !current->sas_ss_size ? SS_DISABLE : busy ? SS_ONSTACK : 0,
	};

	old.ss_flags |= current->sas_ss_flags & SS_AUTODISARM;
	if (uss) {
		int mode;

		if (copy_from_user(&ss, uss, sizeof(ss)))
			return -EFAULT;
		if (busy)
			return -EPERM;
		mode = ss.ss_flags & ~(int)SS_AUTODISARM;
		if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0)
			return -EINVAL;
		if (mode == SS_DISABLE)	/* size 0 is what says so from now on */
			ss.ss_sp = ss.ss_size = 0;
		else if (ss.ss_size < MINSIGSTKSZ)
			return -ENOMEM;
		current->sas_ss_sp = ss.ss_sp;
		current->sas_ss_size = ss.ss_size;
		current->sas_ss_flags = ss.ss_flags;
	}
	return uoss && copy_to_user(uoss, &old, sizeof(old)) ? -EFAULT : 0;
}
