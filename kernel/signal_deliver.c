/* SPDX-License-Identifier: MIT */
/*
 * Receiving signals: on the way back to user mode a task takes the next
 * pending signal and does its default action here, or hands it to the arch
 * code, which builds the frame for the handler.
 *
 * Stopping: the thread that takes a stop signal asks all threads of the process
 * (jobctl_stop, group_stop_count); each stops at its next look at signals, the
 * last one tells the parent. Between taking the signal and stopping the lock is
 * dropped; a SIGCONT that comes then clears jobctl_dequeued, and nothing stops.
 *
 * Locks: siglock; tasklist_lock to tell the parent.
 *
 * Linux: kernel/signal.c, get_signal(), do_signal_stop(). Differs: no ptrace,
 * no core dumps.
 */
#include <asm/uaccess.h>
#include "kernel/fork.h"
#include "kernel/printk.h"
#include "kernel/signal.h"
#include "lib/errno.h"
#include "lib/string.h"

#define STOP_SIGNALS	(sigmask(SIGSTOP) | sigmask(SIGTSTP) | sigmask(SIGTTIN) | sigmask(SIGTTOU))
#define SYNCHRONOUS	(sigmask(SIGSEGV) | sigmask(SIGBUS) | sigmask(SIGILL) | sigmask(SIGTRAP) | \
			 sigmask(SIGFPE) | sigmask(SIGSYS))

/* ---- taking one off the queue. => siglock held. ---- */

/* The number to take next, 0 if all that is pending is masked. */
static int next_signal(const struct sigpending *pending, const sigset_t *mask)
{
	unsigned long ready = pending->signal.sig & ~mask->sig;

	if (!ready)
		return 0;
	/* A fault comes first: its handler must see the registers of the fault. */
	if (ready & SYNCHRONOUS)
		ready &= SYNCHRONOUS;
	return __ffs(ready) + 1;
}

/* Take sig off the set, with its details; the bit stays while a second one is queued. */
static void collect_signal(int sig, struct sigpending *pending, struct kernel_siginfo *info)
{
	struct sigqueue *q, *found = NULL;
	bool more = false;

	list_for_each_entry(q, &pending->list, list) {
		if (q->info.si_signo != sig)
			continue;
		if (found) {
			more = true;
			break;
		}
		found = q;
	}
	if (!more)
		sigdelset(&pending->signal, sig);
	*info = (struct kernel_siginfo){ .si_signo = sig };
	if (!found)
		return;			/* there was no memory for details */
	*info = found->info;
	list_del(&found->list);
	free_sigqueue(found);
}

int dequeue_signal(const sigset_t *mask, struct kernel_siginfo *info)
{
	struct sigpending *pending = &current->pending;
	int sig = next_signal(pending, mask);

	if (!sig) {
		pending = &current->signal->shared_pending;
		sig = next_signal(pending, mask);
	}
	if (sig)
		collect_signal(sig, pending, info);
	recalc_sigpending();
	return sig;
}

/* ---- stopping ---- */

/* All threads are asked to stop; each counts itself when it does. => siglock held. */
static void start_group_stop(int sig)
{
	struct signal_struct *s = current->signal;
	struct task_struct *t;

	s->group_exit_code = sig;
	s->group_stop_count = 0;
	for_each_thread(current, t) {
		if (t->flags & PF_EXITING)
			continue;
		t->jobctl_stop = true;
		s->group_stop_count++;
		if (t != current)
			signal_wake_up(t, false);
	}
}

/* current stops, or exits instead: true if it was the last one. => siglock held. */
static bool participate_in_stop(void)
{
	struct signal_struct *s = current->signal;

	if (!current->jobctl_stop)
		return false;
	current->jobctl_stop = false;
	if (!s->group_stop_count || --s->group_stop_count)
		return false;
	s->stop_flags = SIGNAL_STOP_STOPPED | SIGNAL_CLD_STOPPED;
	return true;
}

static void tell_parent(bool stopped)
{
	spin_lock_irq(&tasklist_lock);
	do_notify_parent_cldstop(current, stopped);
	spin_unlock_irq(&tasklist_lock);
}

/* sig: 0 if another thread began it. => siglock held; dropped. Returns when continued or killed. */
static void do_signal_stop(int sig) __releases(&current->sighand->siglock)
{
	bool last;

	if (sig && !current->signal->group_stop_count)
		start_group_stop(sig);
	last = participate_in_stop();
	/* A SIGCONT from here on finds the state and sets it back: schedule() does not sleep. */
	set_special_state(TASK_STOPPED);
	spin_unlock_irq(&current->sighand->siglock);
	if (last)
		tell_parent(true);
	schedule();
}

/* A terminal stop has no effect on a group that nobody could continue. */
static bool stop_is_void(int sig)
{
	bool orphaned;

	if (sig == SIGSTOP)
		return false;
	spin_lock_irq(&tasklist_lock);
	orphaned = is_orphaned_pgrp(current->signal->pgrp, NULL);
	spin_unlock_irq(&tasklist_lock);
	return orphaned;
}

/* ---- the loop ---- */

/* Does not return. */
static void die_of_signal(int sig)
{
	current->flags |= PF_SIGNALED;
	do_group_exit(sig);
}

/* Something must be done before any signal is taken: true if it was, and the lock is dropped. */
static __no_lock_check bool group_state_first(void)
{
	struct signal_struct *s = current->signal;

	if (s->stop_flags & SIGNAL_NOTIFY_CONT) {
		s->stop_flags &= ~SIGNAL_NOTIFY_CONT;
		spin_unlock_irq(&current->sighand->siglock);
		tell_parent(false);
		return true;
	}
	if (current->jobctl_stop) {
		do_signal_stop(0);
		return true;
	}
	return false;
}

/* The terminal asked for a stop, and the lock was dropped to see who could end it. */
static void stop_if_still_wanted(int sig)
{
	if (stop_is_void(sig))
		return;
	spin_lock_irq(&current->sighand->siglock);
	if (current->jobctl_dequeued && !current->signal->group_exit)
		do_signal_stop(sig);
	else
		spin_unlock_irq(&current->sighand->siglock);
}

enum signal_action { ACT_IGNORE, ACT_HANDLER, ACT_STOP, ACT_DIE };

/* What the signal does: the table of signal(7). Sets ksig->ka for a handler. => siglock held. */
static enum signal_action signal_action(struct ksignal *ksig)
{
	struct k_sigaction *ka = &current->sighand->action[ksig->sig - 1];

	if (ksig->sig == SIGKILL)
		return ACT_DIE;
	if (ka->sa_handler == SIG_IGN)
		return ACT_IGNORE;
	if (ka->sa_handler != SIG_DFL) {
		ksig->ka = *ka;
		if (ka->sa_flags & SA_RESETHAND)	/* one shot */
			ka->sa_handler = SIG_DFL;
		return ACT_HANDLER;
	}
	if (sigmask(ksig->sig) & (sigmask(SIGCONT) | sigmask(SIGCHLD) | sigmask(SIGWINCH) |
				  sigmask(SIGURG)))
		return ACT_IGNORE;
	/* Process 1 is not killed by what others send; a fault of its own is another matter. */
	if (current->signal->unkillable && ksig->sig != SIGSTOP &&
	    !(sigmask(ksig->sig) & SYNCHRONOUS && ksig->info.si_code > 0))
		return ACT_IGNORE;
	if (!(sigmask(ksig->sig) & STOP_SIGNALS))
		return ACT_DIE;
	current->jobctl_dequeued = true;
	return ACT_STOP;
}

/*
 * Round and round until a handler is to run or nothing is left. Each default action
 * drops the lock, and then anything may have changed: so the loop begins anew with
 * the question whether the process is dying.
 */
__no_lock_check bool get_signal(struct ksignal *ksig)
{
	struct sighand_struct *sighand = current->sighand;

	for (;;) {
		enum signal_action act;

		spin_lock_irq(&sighand->siglock);
		if (current->signal->group_exit || sigismember(&current->pending.signal, SIGKILL)) {
			spin_unlock_irq(&sighand->siglock);
			die_of_signal(SIGKILL);	/* or what the group dies of */
		}
		if (group_state_first())
			continue;
		ksig->sig = dequeue_signal(&current->blocked, &ksig->info);
		if (!ksig->sig) {
			spin_unlock_irq(&sighand->siglock);
			return false;
		}
		act = signal_action(ksig);
		spin_unlock_irq(&sighand->siglock);
		if (act == ACT_HANDLER)
			return true;
		if (act == ACT_DIE)
			die_of_signal(ksig->sig);
		if (act == ACT_STOP)
			stop_if_still_wanted(ksig->sig);
	}
}

/* ---- blocking, and leaving signals to others ---- */

/*
 * A signal to the process was given to current, which will not take it after
 * all, for it blocks `which` now or exits: others must look. => siglock held.
 */
static void retarget_shared_pending(const sigset_t *which)
{
	unsigned long left = current->signal->shared_pending.signal.sig & which->sig;
	struct task_struct *t;

	if (!left)
		return;
	for_each_thread(current, t) {
		if (t != current && !(t->flags & PF_EXITING) && left & ~t->blocked.sig)
			signal_wake_up(t, false);
	}
}

void set_current_blocked(sigset_t *set)
{
	sigset_t newly;

	sigdelset(set, SIGKILL);
	sigdelset(set, SIGSTOP);
	if (set->sig == current->blocked.sig)	/* only current writes it: no lock needed to look */
		return;
	spin_lock_irq(&current->sighand->siglock);
	newly.sig = set->sig & ~current->blocked.sig;
	if (signal_pending(current) && !thread_group_empty(current))
		retarget_shared_pending(&newly);
	current->blocked = *set;
	recalc_sigpending();
	spin_unlock_irq(&current->sighand->siglock);
}

bool exit_signals(void)
{
	sigset_t taken = { ~current->blocked.sig };
	bool group_dead = true, stopped;
	struct task_struct *t;

	spin_lock_irq(&tasklist_lock);
	spin_lock(&current->sighand->siglock);
	current->flags |= PF_EXITING;		/* nobody chooses us any more */
	for_each_thread(current, t)
		group_dead = group_dead && t->flags & PF_EXITING;
	stopped = participate_in_stop();
	retarget_shared_pending(&taken);
	spin_unlock(&current->sighand->siglock);
	if (stopped)
		do_notify_parent_cldstop(current, true);
	spin_unlock_irq(&tasklist_lock);
	return group_dead;
}

void signal_setup_done(bool failed, struct ksignal *ksig)
{
	sigset_t blocked;

	if (failed) {
		/* No room for the frame: SIGSEGV, deadly if that was the signal itself. */
		if (ksig->sig == SIGSEGV)
			current->sighand->action[SIGSEGV - 1].sa_handler = SIG_DFL;
		force_sig(SIGSEGV);
		return;
	}
	current->restore_sigmask = false;	/* it is in the frame: sigreturn restores it */
	blocked.sig = current->blocked.sig | ksig->ka.sa_mask.sig;
	/* The handler is not interrupted by its own signal, unless it asked for that. */
	if (!(ksig->ka.sa_flags & SA_NODEFER))
		sigaddset(&blocked, ksig->sig);
	set_current_blocked(&blocked);
}

/* ---- siginfo: 128 bytes, three ints and a union ---- */

struct user_siginfo {
	int si_signo, si_errno, si_code, pad;
	union {
		struct { int pid; u32 uid; int status; int pad; long utime, stime; } chld;
		struct { int pid; u32 uid; unsigned long value; } rt;
		struct { int tid, overrun; unsigned long value; } timer;
		struct { unsigned long addr; } fault;
		char size[112];
	};
};

/* Sent by the hardware: the union holds an address, not a sender. */
static bool is_fault(const struct kernel_siginfo *info)
{
	return info->si_code > 0 && info->si_code != SI_KERNEL &&
	       sigmask(info->si_signo) & SYNCHRONOUS;
}

int copy_siginfo_to_user(void __user *to, const struct kernel_siginfo *info)
{
	struct user_siginfo u;

	BUILD_BUG_ON(sizeof(u) != 128);
	memset(&u, 0, sizeof(u));	/* no byte of kernel memory gets out */
	u.si_signo = info->si_signo;
	u.si_errno = info->si_errno;
	u.si_code = info->si_code;
	if (is_fault(info)) {
		u.fault.addr = info->addr;
	} else {
		u.rt.pid = info->pid;
		u.rt.uid = info->uid;
		u.rt.value = info->value;
	}
	if (info->si_signo == SIGCHLD && info->si_code > 0) {
		u.chld.status = info->status;
		u.chld.utime = info->utime / (NSEC_PER_SEC / USER_HZ);
		u.chld.stime = info->stime / (NSEC_PER_SEC / USER_HZ);
	}
	return copy_to_user(to, &u, sizeof(u)) ? -EFAULT : 0;
}

int copy_siginfo_from_user(struct kernel_siginfo *info, const void __user *from)
{
	struct user_siginfo u;

	if (copy_from_user(&u, from, sizeof(u)))
		return -EFAULT;
	*info = (struct kernel_siginfo){ .si_signo = u.si_signo, .si_errno = u.si_errno,
					 .si_code = u.si_code, .pid = u.rt.pid, .uid = u.rt.uid,
					 .value = u.rt.value };
	return 0;
}
