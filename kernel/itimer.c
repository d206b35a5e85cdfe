/* SPDX-License-Identifier: MIT */
/*
 * Interval timers: SIGALRM after a time, once or again and again.
 *
 * The interval begins again when the timer has expired, not when the signal is
 * taken; periods that were missed meanwhile are one signal, as ever.
 *
 * Locks: the timer by hrtimer.c; the interval is written while it is not armed.
 *
 * Linux: kernel/time/itimer.c. Differs: ITIMER_REAL only (EINVAL for the
 * two that count processor time).
 */
#include <asm/uaccess.h>
#include "kernel/signal.h"
#include "kernel/time_syscalls.h"

#define ITIMER_REAL	0

#define MIN_INTERVAL	(100 * NSEC_PER_USEC)	/* or a program drowns its hart in interrupts */

/* The next time that is still to come, a whole number of intervals later. */
static void forward(struct hrtimer *t, u64 interval)
{
	u64 now = ktime_get();

	if (interval < MIN_INTERVAL)
		interval = MIN_INTERVAL;
	t->expires += interval;
	if (t->expires <= now)
		t->expires += ((now - t->expires) / interval + 1) * interval;
}

/* Timer interrupt. The signal_struct cannot vanish: do_exit() cancels the timer first. */
enum hrtimer_restart itimer_expired(struct hrtimer *t)
{
	struct signal_struct *sig = container_of(t, struct signal_struct, real_timer);
	u64 interval = READ_ONCE(sig->it_real_incr);
	struct task_struct *p;

	spin_lock(&tasklist_lock);	/* interrupts are off; threads come and go */
	p = list_first_entry_or_null(&sig->thread_head, struct task_struct, thread_node);
	if (p)
		(void)send_sig(SIGALRM, p);
	spin_unlock(&tasklist_lock);
	if (!interval)
		return HRTIMER_NORESTART;
	forward(t, interval);
	return HRTIMER_RESTART;
}

static struct __kernel_timeval to_timeval(u64 ns)
{
	ns += NSEC_PER_USEC - 1;	/* a running timer never shows zero */
	return (struct __kernel_timeval){ ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / NSEC_PER_USEC };
}

/* What is left of the present period, and the interval. */
static void read_itimer(struct __kernel_itimerval *value)
{
	struct signal_struct *sig = current->signal;
	u64 left = hrtimer_remaining(&sig->real_timer);

	value->it_value = left ? to_timeval(left) : (struct __kernel_timeval){ 0, 0 };
	value->it_interval = sig->it_real_incr ? to_timeval(sig->it_real_incr - NSEC_PER_USEC + 1) :
			     (struct __kernel_timeval){ 0, 0 };
}

long sys_getitimer(long which, struct __kernel_itimerval __user *uvalue)
{
	struct __kernel_itimerval value;

	if ((int)which != ITIMER_REAL)
		return -EINVAL;
	read_itimer(&value);
	return copy_to_user(uvalue, &value, sizeof(value)) ? -EFAULT : 0;
}

static bool timeval_ok(const struct __kernel_timeval *tv)
{
	return tv->tv_sec >= 0 && (u64)tv->tv_usec < 1000000 && tv->tv_sec < (1L << 33);
}

long sys_setitimer(long which, const struct __kernel_itimerval __user *uvalue,
		   struct __kernel_itimerval __user *uold)
{
	struct signal_struct *sig = current->signal;
	struct __kernel_itimerval value = { { 0, 0 }, { 0, 0 } }, old;
	u64 ns;

	if ((int)which != ITIMER_REAL)
		return -EINVAL;
	if (uvalue && copy_from_user(&value, uvalue, sizeof(value)))
		return -EFAULT;
	if (!timeval_ok(&value.it_value) || !timeval_ok(&value.it_interval))
		return -EINVAL;
	read_itimer(&old);
	(void)hrtimer_cancel(&sig->real_timer);
	WRITE_ONCE(sig->it_real_incr, value.it_interval.tv_sec * NSEC_PER_SEC +
				      value.it_interval.tv_usec * NSEC_PER_USEC);
	ns = value.it_value.tv_sec * NSEC_PER_SEC + value.it_value.tv_usec * NSEC_PER_USEC;
	if (ns)
		hrtimer_start(&sig->real_timer, ktime_get() + ns);
	return uold && copy_to_user(uold, &old, sizeof(old)) ? -EFAULT : 0;
}
