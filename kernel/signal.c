/* SPDX-License-Identifier: MIT */
/*
 * Sending signals: from "this signal for that process" to a bit in a pending
 * set and a thread that is woken to look at it.
 *
 * A signal to a process goes to signal->shared_pending, one to a thread to
 * task->pending. A signal that will kill the process is turned at once into
 * SIGKILL for each thread, so that it works even on a thread in a system call.
 *
 * Locks: sighand->siglock (irq-safe) for all sets; tasklist_lock for groups.
 * A task_struct keeps its sighand and signal_struct until it is freed, so
 * whoever holds a reference to the task may send.
 *
 * Linux: kernel/signal.c. Differs: no ptrace, one user (no permission checks).
 */
#include "kernel/signal.h"
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "kernel/uapi/sched.h"
#include "kernel/printk.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/slab.h"

#define STOP_SIGNALS	(sigmask(SIGSTOP) | sigmask(SIGTSTP) | sigmask(SIGTTIN) | sigmask(SIGTTOU))
#define IGNORED_BY_DEFAULT \
	(sigmask(SIGCONT) | sigmask(SIGCHLD) | sigmask(SIGWINCH) | sigmask(SIGURG))

static struct kmem_cache *sigqueue_cache, *sighand_cache, *signal_cache;
static atomic_t nr_sigqueues = ATOMIC_INIT(0);	/* of all processes: there is one user */

void signals_init(void)
{
	sigqueue_cache = kmem_cache_create("sigqueue", sizeof(struct sigqueue), 0, SLAB_PANIC,
					   NULL);
	sighand_cache = kmem_cache_create("sighand_cache", sizeof(struct sighand_struct), 0,
					  SLAB_PANIC, NULL);
	signal_cache = kmem_cache_create("signal_cache", sizeof(struct signal_struct), 0,
					 SLAB_PANIC, NULL);
}

/* ---- life of the shared structures ---- */

/* A copy of the actions with one reference; NULL: no memory. */
static struct sighand_struct *dup_sighand(struct sighand_struct *old)
{
	struct sighand_struct *s = kmem_cache_alloc(sighand_cache, GFP_KERNEL);

	if (!s)
		return NULL;
	atomic_set(&s->refcount, 1);
	spin_lock_init(&s->siglock, RANK_SIGHAND, "siglock");
	spin_lock_irq(&old->siglock);
	memcpy(s->action, old->action, sizeof(s->action));
	spin_unlock_irq(&old->siglock);
	return s;
}

int copy_sighand(u64 flags, struct task_struct *t)
{
	struct sighand_struct *s;

	if (flags & CLONE_SIGHAND) {
		atomic_inc(&current->sighand->refcount);
		return 0;
	}
	s = dup_sighand(current->sighand);
	if (!s)
		return -ENOMEM;
	if (flags & CLONE_CLEAR_SIGHAND) {
		for (int i = 0; i < _NSIG; i++) {
			if (s->action[i].sa_handler != SIG_IGN)
				memset(&s->action[i], 0, sizeof(s->action[i]));
		}
	}
	t->sighand = s;
	return 0;
}

void put_sighand(struct sighand_struct *s)
{
	if (atomic_dec_and_test(&s->refcount))
		kmem_cache_free(sighand_cache, s);
}

int unshare_sighand(void)
{
	struct sighand_struct *old = current->sighand, *new;

	if (atomic_read(&old->refcount) == 1)
		return 0;
	new = dup_sighand(old);
	if (!new)
		return -ENOMEM;
	/* Who sends a signal holds tasklist_lock from finding us to taking our siglock. */
	spin_lock_irq(&tasklist_lock);
	current->sighand = new;
	spin_unlock_irq(&tasklist_lock);
	put_sighand(old);
	return 0;
}

static void init_signal(struct signal_struct *sig, const struct signal_struct *old)
{
	atomic_set(&sig->refcount, 1);
	INIT_LIST_HEAD(&sig->thread_head);
	INIT_LIST_HEAD(&sig->posix_timers);
	INIT_LIST_HEAD(&sig->shared_pending.list);
	init_waitqueue_head(&sig->wait_chldexit);
	init_waitqueue_head(&sig->wait_pidfd);
	hrtimer_init(&sig->real_timer, itimer_expired);
	sig->oom_score_adj = old->oom_score_adj;
	sig->oom_score_adj_min = old->oom_score_adj_min;
	memcpy(sig->rlim, old->rlim, sizeof(sig->rlim));
	sig->cpu_timers = sig->rlim[RLIMIT_CPU].rlim_cur != RLIM_INFINITY;
}

int copy_signal(u64 flags, struct task_struct *t)
{
	struct signal_struct *sig;

	if (flags & CLONE_THREAD) {
		atomic_inc(&current->signal->refcount);
		return 0;
	}
	sig = kmem_cache_zalloc(signal_cache, GFP_KERNEL);
	if (!sig)
		return -ENOMEM;
	init_signal(sig, current->signal);
	t->signal = sig;
	return 0;
}

void put_signal(struct signal_struct *s)
{
	if (!atomic_dec_and_test(&s->refcount))
		return;
	flush_sigqueue(&s->shared_pending);	/* sent after release_task() */
	kmem_cache_free(signal_cache, s);
}

void flush_sigqueue(struct sigpending *pending)
{
	struct sigqueue *q;

	sigemptyset(&pending->signal);
	while (unlikely(!list_empty(&pending->list))) {
		q = list_first_entry(&pending->list, struct sigqueue, list);
		list_del(&q->list);
		free_sigqueue(q);
	}
}

/* RLIMIT_SIGPENDING is the receiver's. NULL: so many wait, or no memory. */
static struct sigqueue *alloc_sigqueue(const struct task_struct *t, bool unlimited)
{
	unsigned long n = atomic_inc_return(&nr_sigqueues);
	struct sigqueue *q = NULL;

	if (unlimited || n <= t->signal->rlim[RLIMIT_SIGPENDING].rlim_cur)
		q = kmem_cache_alloc(sigqueue_cache, GFP_ATOMIC);
	if (!q)
		atomic_dec(&nr_sigqueues);
	return q;
}

void free_sigqueue(struct sigqueue *q)
{
	kmem_cache_free(sigqueue_cache, q);
	atomic_dec(&nr_sigqueues);
}

unsigned long nr_queued_signals(void)
{
	return atomic_read(&nr_sigqueues);
}

void flush_signals(struct task_struct *t)
{
	unsigned long flags;

	spin_lock_irqsave(&t->sighand->siglock, flags);
	clear_tsk_thread_flag(t, TIF_SIGPENDING);
	flush_sigqueue(&t->pending);
	flush_sigqueue(&t->signal->shared_pending);
	spin_unlock_irqrestore(&t->sighand->siglock, flags);
}

/* ---- looking ---- */

bool fatal_signal_pending(struct task_struct *t)
{
	return signal_pending(t) && sigismember(&t->pending.signal, SIGKILL);
}

static bool has_pending(const struct task_struct *t)
{
	return (t->pending.signal.sig | t->signal->shared_pending.signal.sig) & ~t->blocked.sig;
}

void recalc_sigpending(void)
{
	if (has_pending(current) || current->jobctl_stop)
		set_tsk_thread_flag(current, TIF_SIGPENDING);
	else
		clear_tsk_thread_flag(current, TIF_SIGPENDING);
}

void signal_wake_up(struct task_struct *t, bool fatal)
{
	set_tsk_thread_flag(t, TIF_SIGPENDING);
	/* We run, so we pass the return path; and schedule() looks at the flag before it sleeps. */
	if (t == current)
		return;
	/* If it runs on another hart, an interrupt makes it pass the return path to user mode. */
	if (!wake_up_state(t, TASK_INTERRUPTIBLE | (fatal ? TASK_WAKEKILL : 0)) &&
	    READ_ONCE(t->on_cpu))
		smp_send_reschedule(t->cpu);
}

bool sig_handler_ignored(const struct task_struct *t, int sig)
{
	void *handler = t->sighand->action[sig - 1].sa_handler;

	return handler == SIG_IGN || (handler == SIG_DFL && sigmask(sig) & IGNORED_BY_DEFAULT);
}

/* Can the signal be dropped instead of queued? forced: it is the kernel's, for t's own fault. */
static bool sig_ignored(const struct task_struct *t, int sig, bool forced)
{
	/* Blocked signals are kept: the handler may have changed when they are unblocked. */
	if (sigismember(&t->blocked, sig) || sigismember(&t->real_blocked, sig))
		return false;
	/* An init gets only what it asked for: no default action kills or stops it. */
	if (t->signal->unkillable && t->sighand->action[sig - 1].sa_handler == SIG_DFL)
		return !forced;
	return sig_handler_ignored(t, sig);
}

/* ---- sending. => siglock held. ---- */

void flush_sigqueue_mask(struct sigpending *pending, unsigned long mask)
{
	struct sigqueue *q, *next;

	if (!(pending->signal.sig & mask))
		return;
	pending->signal.sig &= ~mask;
	list_for_each_entry_safe(q, next, &pending->list, list) {
		if (sigmask(q->info.si_signo) & mask) {
			list_del(&q->list);
			free_sigqueue(q);
		}
	}
}

static void remove_from_group(struct task_struct *p, unsigned long mask)
{
	struct task_struct *t;

	flush_sigqueue_mask(&p->signal->shared_pending, mask);
	for_each_thread(p, t)
		flush_sigqueue_mask(&t->pending, mask);
}

static void continue_group(struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	struct task_struct *t;

	remove_from_group(p, STOP_SIGNALS);
	for_each_thread(p, t) {
		t->jobctl_stop = t->jobctl_dequeued = false;
		wake_up_state(t, __TASK_STOPPED);
	}
	if (sig->stop_flags & SIGNAL_STOP_STOPPED || sig->group_stop_count) {
		sig->stop_flags = SIGNAL_CLD_CONTINUED | SIGNAL_NOTIFY_CONT;
		sig->group_stop_count = 0;
		sig->group_exit_code = 0;
	}
}

/* Stop and continue cancel each other even when blocked or ignored. true: the signal goes on. */
static bool prepare_signal(int sig, struct task_struct *p, bool forced)
{
	if (sigmask(sig) & STOP_SIGNALS)
		remove_from_group(p, sigmask(SIGCONT));
	else if (sig == SIGCONT)
		continue_group(p);
	return !sig_ignored(p, sig, forced);
}

/* One that is stopped looks at no signal until SIGCONT; only SIGKILL ends it as it is. */
static bool wants_signal(int sig, struct task_struct *t)
{
	if (sigismember(&t->blocked, sig) || t->flags & PF_EXITING)
		return false;
	if (sig == SIGKILL)
		return true;
	return !(READ_ONCE(t->state) & __TASK_STOPPED) && (!signal_pending(t) || t == current);
}

static bool sig_fatal(struct task_struct *p, int sig)
{
	return !(sigmask(sig) & (IGNORED_BY_DEFAULT | STOP_SIGNALS)) &&
	       p->sighand->action[sig - 1].sa_handler == SIG_DFL &&
	       (!p->signal->unkillable || sig == SIGKILL);
}

void zap_other_threads(struct task_struct *p)
{
	struct task_struct *t;

	p->signal->group_stop_count = 0;
	p->signal->stop_flags = 0;	/* group_exit_code is no stop signal any more */
	for_each_thread(p, t) {
		if (t == p || t->exit_state)
			continue;
		t->jobctl_stop = false;
		sigaddset(&t->pending.signal, SIGKILL);
		signal_wake_up(t, true);
	}
}

/* The thread that is to take the signal: the one named if it can, else any of the process. */
static struct task_struct *choose_thread(int sig, struct task_struct *p, bool group)
{
	struct task_struct *t;

	if (wants_signal(sig, p))
		return p;
	if (!group)
		return NULL;
	for_each_thread(p, t) {
		if (wants_signal(sig, t))
			return t;
	}
	return NULL;
}

/* The signal is queued: wake somebody for it; a fatal one kills the whole group at once. */
static void complete_signal(int sig, struct task_struct *p, bool group)
{
	struct task_struct *t = choose_thread(sig, p, group);

	if (!t)
		return;			/* all block it: it waits */
	if (sig_fatal(p, sig) && !p->signal->group_exit && !sigismember(&t->real_blocked, sig)) {
		p->signal->group_exit = true;
		p->signal->group_exit_code = sig;
		sigaddset(&t->pending.signal, SIGKILL);
		t->jobctl_stop = false;
		zap_other_threads(t);
		signal_wake_up(t, true);
		return;
	}
	signal_wake_up(t, sig == SIGKILL);
}

/*
 * To the init of a namespace SIGKILL and SIGSTOP come only from outside: from the kernel, or
 * from a process that it cannot see.
 */
static bool from_outside(int sig, const struct kernel_siginfo *info, const struct task_struct *t)
{
	if (!t->pid_ns->level || (sig != SIGKILL && sig != SIGSTOP))
		return false;
	return !info || !task_pid_nr_ns(current, t->pid_ns);
}

/* In the words of the receiver; 0: it does not see the sender. */
static void translate_sender(struct kernel_siginfo *info, const struct task_struct *t)
{
	if (info->si_code == SI_USER || info->si_code == SI_TKILL)
		info->pid = task_tgid_nr_ns(current, t->pid_ns);
}

enum send_to { TO_GROUP, TO_THREAD, FORCED };	/* FORCED: to the thread, even to process 1 */

static int send_signal_locked(int sig, const struct kernel_siginfo *info, struct task_struct *t,
			      enum send_to to)
{
	struct sigpending *pending = to == TO_GROUP ? &t->signal->shared_pending : &t->pending;
	bool timer = info && info->timer;
	struct sigqueue *q;

	if (!prepare_signal(sig, t, to == FORCED || from_outside(sig, info, t)))
		return 0;
	/* An ordinary signal is pending or not; real-time ones and those of timers queue up. */
	if (sig < SIGRTMIN && !timer && sigismember(&pending->signal, sig))
		return 0;
	/* Ordinary ones of kill() and the kernel are few: one of each for a thread. */
	q = alloc_sigqueue(t, timer || (sig < SIGRTMIN && (!info || info->si_code >= 0)));
	if (!q && sig >= SIGRTMIN && info && info->si_code < 0)
		return -EAGAIN;		/* sigqueue() may fail; kill() never does */
	if (q) {
		q->info = info ? *info : (struct kernel_siginfo){ .si_code = SI_KERNEL };
		q->info.si_signo = sig;
		if (unlikely(t->pid_ns->level))
			translate_sender(&q->info, t);
		list_add_tail(&q->list, &pending->list);
	}
	sigaddset(&pending->signal, sig);
	complete_signal(sig, t, to == TO_GROUP);
	return 0;
}

int send_sig_info(int sig, const struct kernel_siginfo *info, struct task_struct *t, bool group)
{
	unsigned long flags;
	int err = 0;

	if (!sig || t->flags & PF_KTHREAD)
		return 0;
	spin_lock_irqsave(&t->sighand->siglock, flags);
	if (!t->exit_state || group)
		err = send_signal_locked(sig, info, t, group ? TO_GROUP : TO_THREAD);
	spin_unlock_irqrestore(&t->sighand->siglock, flags);
	return err;
}

int send_sig(int sig, struct task_struct *t)
{
	return send_sig_info(sig, NULL, t, true);
}

/* ---- from the kernel to current ---- */

static void force_sig_info(const struct kernel_siginfo *info)
{
	struct task_struct *t = current;
	struct k_sigaction *ka = &t->sighand->action[info->si_signo - 1];
	unsigned long flags;

	spin_lock_irqsave(&t->sighand->siglock, flags);
	/* It cannot go on without this signal being seen: blocked or ignored means death. */
	if (sigismember(&t->blocked, info->si_signo) || ka->sa_handler == SIG_IGN) {
		ka->sa_handler = SIG_DFL;
		sigdelset(&t->blocked, info->si_signo);
		recalc_sigpending();
	}
	(void)send_signal_locked(info->si_signo, info, t, FORCED);
	spin_unlock_irqrestore(&t->sighand->siglock, flags);
}

void force_sig(int sig)
{
	struct kernel_siginfo info = { .si_signo = sig, .si_code = SI_KERNEL };

	force_sig_info(&info);
}

void force_sig_fault(int sig, int code, unsigned long addr)
{
	struct kernel_siginfo info = { .si_signo = sig, .si_code = code, .addr = addr };

	force_sig_info(&info);
}

/* ---- process groups ---- */

int __kill_pgrp(pid_t pgrp, int sig, const struct kernel_siginfo *info)
{
	struct task_struct *p;
	int ret = -ESRCH;

	for_each_process(p) {
		if (p->signal->pgrp == pgrp) {
			ret = 0;
			p->signal->group_signals++;	/* a fork under way begins again */
			(void)send_sig_info(sig, info, p, true);
		}
	}
	return ret;
}

int kill_pgrp(pid_t pgrp, int sig, const struct kernel_siginfo *info)
{
	unsigned long flags;
	int ret;

	spin_lock_irqsave(&tasklist_lock, flags);
	ret = __kill_pgrp(pgrp, sig, info);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return ret;
}

bool is_orphaned_pgrp(pid_t pgrp, const struct task_struct *dying)
{
	struct task_struct *p;

	for_each_process(p) {
		if (p->signal->pgrp != pgrp || p == dying || process_dead(p) ||
		    is_init(p->real_parent))
			continue;
		if (p->real_parent->signal->pgrp != pgrp &&
		    p->real_parent->signal->session == p->signal->session)
			return false;	/* somebody outside the group can continue it */
	}
	return true;
}

/* ---- to the parent ---- */

static void child_siginfo(struct kernel_siginfo *info, struct task_struct *t, int code, int status)
{
	*info = (struct kernel_siginfo){
		.si_signo = SIGCHLD, .si_code = code, .status = status,
		.pid = task_pid_nr_ns(t, t->real_parent->pid_ns),
	};
	task_cputime(t, &info->utime, &info->stime);
}

bool do_notify_parent(struct task_struct *t, int sig)
{
	struct task_struct *parent = t->real_parent;
	const struct k_sigaction *ka = &parent->sighand->action[SIGCHLD - 1];
	int status = t->signal->group_exit ? t->signal->group_exit_code : t->exit_code;
	struct kernel_siginfo info;
	bool autoreap = parent->flags & PF_KTHREAD && parent != init_pid1;

	if (sig == SIGCHLD && (ka->sa_handler == SIG_IGN || ka->sa_flags & SA_NOCLDWAIT)) {
		autoreap = true;
		if (ka->sa_handler == SIG_IGN)
			sig = 0;
	}
	/* It would be dropped: no need to write down what it would have said. */
	if (sig == SIGCHLD && sig_ignored(parent, SIGCHLD, false))
		sig = 0;
	/* The init of a namespace that ends wants to hear nothing, whatever signal it is. */
	if (parent->pid_ns->zapper && parent->pid_ns->child_reaper == parent) {
		autoreap = true;
		sig = 0;
	}
	if (sig > 0) {
		child_siginfo(&info, t, status & 0x7f ? CLD_KILLED : CLD_EXITED,
			      status & 0x7f ? status & 0x7f : status >> 8 & 0xff);
		info.si_signo = sig;
		(void)send_sig_info(sig, &info, parent, true);
	}
	wake_up_all(&parent->signal->wait_chldexit);
	/* Who polls is on the queue before it looks at our state, under tasklist_lock as we are. */
	if (waitqueue_active(&t->signal->wait_pidfd))
		wake_up_all(&t->signal->wait_pidfd);
	return autoreap;
}

void do_notify_parent_cldstop(struct task_struct *t, bool stopped)
{
	struct task_struct *leader = t->group_leader, *parent = leader->real_parent;
	const struct k_sigaction *ka = &parent->sighand->action[SIGCHLD - 1];
	struct kernel_siginfo info;

	child_siginfo(&info, leader, stopped ? CLD_STOPPED : CLD_CONTINUED,
		      stopped ? t->signal->group_exit_code : SIGCONT);
	if (ka->sa_handler != SIG_IGN && !(ka->sa_flags & SA_NOCLDSTOP))
		(void)send_sig_info(SIGCHLD, &info, parent, true);
	wake_up_all(&parent->signal->wait_chldexit);
}
