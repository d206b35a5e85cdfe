/* SPDX-License-Identifier: MIT */
/*
 * Interval timers: a signal after a time, once or again and again. ITIMER_REAL is a
 * timer of the clock. ITIMER_VIRTUAL, ITIMER_PROF and RLIMIT_CPU measure the processor
 * time of the process: each tick that finds it running compares. So they are never
 * early, and late by up to one tick of running.
 *
 * The interval begins again when the timer has expired, not when the signal is
 * taken; periods that were missed meanwhile are one signal, as ever.
 *
 * Locks: the timer by hrtimer.c; its interval is written while it is not armed.
 * tasklist_lock for the other two.
 *
 * Linux: kernel/time/itimer.c, kernel/time/posix-cpu-timers.c.
 */
#include <asm/uaccess.h>
#include "kernel/signal.h"
#include "kernel/time_syscalls.h"

enum { ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF };

#define MIN_INTERVAL	(100 * NSEC_PER_USEC)	/* or a program drowns its hart in interrupts */

/* To the process, if a thread of it is left. => tasklist_lock held. */
static void ring(const struct signal_struct *sig, int signo)
{
	struct task_struct *p = list_first_entry_or_null(&sig->thread_head, struct task_struct,
							 thread_node);

	if (p)
		(void)send_sig(signo, p);
}

/* ---- processor time ---- */

static void check_itimer(struct signal_struct *sig, int which, u64 now)
{
	struct cpu_itimer *it = &sig->it[which - ITIMER_VIRTUAL];

	if (!it->expires || now < it->expires)
		return;
	it->expires = it->incr ? it->expires + it->incr : 0;
	ring(sig, which == ITIMER_PROF ? SIGPROF : SIGVTALRM);
}

/* SIGXCPU at the soft limit and each second after it, SIGKILL at the hard one. */
static void check_rlimit_cpu(struct signal_struct *sig, u64 now)
{
	struct rlimit *limit = &sig->rlim[RLIMIT_CPU];
	u64 seconds = now / NSEC_PER_SEC;

	if (seconds < limit->rlim_cur)
		return;
	if (seconds >= limit->rlim_max) {
		ring(sig, SIGKILL);
		return;
	}
	limit->rlim_cur++;		/* seen by getrlimit(2), as on Linux */
	ring(sig, SIGXCPU);
}

void run_cpu_timers(void)
{
	struct signal_struct *sig = current->signal;
	u64 ut, st;

	spin_lock(&tasklist_lock);
	thread_group_cputime(sig, &ut, &st);
	check_itimer(sig, ITIMER_VIRTUAL, ut);
	check_itimer(sig, ITIMER_PROF, ut + st);
	check_rlimit_cpu(sig, ut + st);
	sig->cpu_timers = sig->it[0].expires || sig->it[1].expires ||
			  sig->rlim[RLIMIT_CPU].rlim_cur != RLIM_INFINITY;
	spin_unlock(&tasklist_lock);
}

/* What is left of one that is set, and its interval; new: set it. */
static void swap_cpu_itimer(int which, struct cpu_itimer *old, const struct cpu_itimer *new)
{
	struct signal_struct *sig = current->signal;
	struct cpu_itimer *it = &sig->it[which - ITIMER_VIRTUAL];
	u64 now, st;

	spin_lock_irq(&tasklist_lock);
	thread_group_cputime(sig, &now, &st);
	if (which == ITIMER_PROF)
		now += st;
	*old = *it;
	if (it->expires)		/* due already: the next tick */
		old->expires = it->expires > now ? it->expires - now : TICK_NSEC;
	if (new) {
		it->incr = new->incr;
		it->expires = new->expires ? now + new->expires : 0;
		sig->cpu_timers = true;
	}
	spin_unlock_irq(&tasklist_lock);
}

/* ---- real time ---- */

/* The next time that is still to come, a whole number of intervals later. */
static void forward(struct hrtimer *t, u64 interval)
{
	u64 now = ktime_get();

	if (interval < MIN_INTERVAL)
		interval = MIN_INTERVAL;
	t->next = READ_ONCE(t->expires) + interval;
	if (t->next <= now)
		t->next += ((now - t->next) / interval + 1) * interval;
}

/* Timer interrupt. The signal_struct cannot vanish: do_exit() cancels the timer first. */
enum hrtimer_restart itimer_expired(struct hrtimer *t)
{
	struct signal_struct *sig = container_of(t, struct signal_struct, real_timer);
	u64 interval = READ_ONCE(sig->it_real_incr);

	spin_lock(&tasklist_lock);	/* interrupts are off; threads come and go */
	ring(sig, SIGALRM);
	spin_unlock(&tasklist_lock);
	if (!interval)
		return HRTIMER_NORESTART;
	forward(t, interval);
	return HRTIMER_RESTART;
}

/* As swap_cpu_itimer(). */
static void swap_real_itimer(struct cpu_itimer *old, const struct cpu_itimer *new)
{
	struct signal_struct *sig = current->signal;

	old->expires = hrtimer_remaining(&sig->real_timer);
	old->incr = sig->it_real_incr;
	if (!new)
		return;
	(void)hrtimer_cancel(&sig->real_timer);
	WRITE_ONCE(sig->it_real_incr, new->incr);
	if (new->expires)
		hrtimer_start(&sig->real_timer, ktime_get() + new->expires);
}

/* ---- system calls ---- */

/* Rounded up: a running timer never shows zero. */
static struct __kernel_timeval to_timeval(u64 ns)
{
	ns += NSEC_PER_USEC - 1;
	return (struct __kernel_timeval){ ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / NSEC_PER_USEC };
}

static bool timeval_ok(const struct __kernel_timeval *tv)
{
	return tv->tv_sec >= 0 && (u64)tv->tv_usec < 1000000 && tv->tv_sec < (1L << 33);
}

static u64 to_ns(const struct __kernel_timeval *tv)
{
	return tv->tv_sec * NSEC_PER_SEC + tv->tv_usec * NSEC_PER_USEC;
}

/* Tell the timer of the caller's process, and set it if there is a new one. 0 or -errno. */
static long swap_itimer(int which, const struct cpu_itimer *new,
			struct __kernel_itimerval __user *uold)
{
	struct __kernel_itimerval value;
	struct cpu_itimer old;

	if (which == ITIMER_REAL)
		swap_real_itimer(&old, new);
	else if (which == ITIMER_VIRTUAL || which == ITIMER_PROF)
		swap_cpu_itimer(which, &old, new);
	else
		return -EINVAL;
	if (!uold)
		return 0;
	value.it_value = to_timeval(old.expires);
	value.it_interval = to_timeval(old.incr);
	return copy_to_user(uold, &value, sizeof(value)) ? -EFAULT : 0;
}

long sys_getitimer(long which, struct __kernel_itimerval __user *uvalue)
{
	long err = swap_itimer((int)which, NULL, uvalue);

	return err || uvalue ? err : -EFAULT;
}

long sys_setitimer(long which, const struct __kernel_itimerval __user *uvalue,
		   struct __kernel_itimerval __user *uold)
{
	struct __kernel_itimerval value = { { 0, 0 }, { 0, 0 } };
	struct cpu_itimer new;

	if (uvalue && copy_from_user(&value, uvalue, sizeof(value)))
		return -EFAULT;
	if (!timeval_ok(&value.it_value) || !timeval_ok(&value.it_interval))
		return -EINVAL;
	new = (struct cpu_itimer){ to_ns(&value.it_value), to_ns(&value.it_interval) };
	return swap_itimer((int)which, &new, uold);
}
