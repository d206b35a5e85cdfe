/* SPDX-License-Identifier: MIT */
/*
 * Clocks and sleeping, as programs see them.
 *
 * Most readings of a clock do not come here at all: the vDSO answers them in
 * user mode.
 *
 * Locks: tasklist_lock while threads of a process are added up.
 *
 * Linux: kernel/time/{posix-timers,hrtimer,time}.c. Differs: CLOCK_REALTIME is
 * set by clock_settime only; a sleep on it does not move with such a change.
 */
#include <asm/uaccess.h>
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/time_syscalls.h"

#define TIMER_ABSTIME			1

static u64 thread_time(struct task_struct *t)
{
	u64 ut, st;

	task_cputime(t, &ut, &st);
	return ut + st;
}

/* All threads, the dead ones included. */
static u64 process_time(void)
{
	u64 ut, st;

	spin_lock_irq(&tasklist_lock);
	thread_group_cputime(current->signal, &ut, &st);
	spin_unlock_irq(&tasklist_lock);
	return ut + st;
}

/* 0 or -EINVAL. The coarse clocks are as exact as the others, since that costs no more. */
static int read_clock(int clock, u64 *ns)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_TAI:
		*ns = ktime_get_real();
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		*ns = ktime_get();
		return 0;
	case CLOCK_PROCESS_CPUTIME_ID:
		*ns = process_time();
		return 0;
	case CLOCK_THREAD_CPUTIME_ID:
		*ns = thread_time(current);
		return 0;
	}
	return -EINVAL;
}

long sys_clock_gettime(long clock, struct __kernel_timespec __user *uts)
{
	struct __kernel_timespec ts;
	u64 ns;
	int err = read_clock((int)clock, &ns);

	if (err)
		return err;
	ts = ns_to_timespec(ns);
	return copy_to_user(uts, &ts, sizeof(ts)) ? -EFAULT : 0;
}

long sys_clock_settime(long clock, const struct __kernel_timespec __user *uts)
{
	struct __kernel_timespec ts;

	if ((int)clock != CLOCK_REALTIME)
		return -EINVAL;
	if (copy_from_user(&ts, uts, sizeof(ts)))
		return -EFAULT;
	return ktime_set_real(&ts);
}

long sys_clock_getres(long clock, struct __kernel_timespec __user *uts)
{
	struct __kernel_timespec ts = { .tv_nsec = NSEC_PER_SEC / timebase_hz };
	u64 unused;
	int err = read_clock((int)clock, &unused);	/* does it exist? */

	if (err)
		return err;
	return uts && copy_to_user(uts, &ts, sizeof(ts)) ? -EFAULT : 0;
}

/* 0 when the time has come, -EINTR when a signal is pending before it. */
static int sleep_until(u64 until)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!hrtimer_sleep_until(until))
			return 0;
		if (signal_pending(current))
			return -EINTR;
	}
}

/*
 * A sleep "for so long". If a handler runs the program gets EINTR and the rest of
 * the time; if none does (stopped and continued) the sleep goes on to the same end.
 */
static long relative_sleep(struct restart_block *rb)
{
	struct __kernel_timespec rem;
	u64 now;

	if (!sleep_until(rb->until))
		return 0;
	now = ktime_get();
	if (now >= rb->until)
		return 0;
	rem = ns_to_timespec(rb->until - now);
	if (rb->uaddr && copy_to_user(rb->uaddr, &rem, sizeof(rem)))
		return -EFAULT;
	rb->fn = relative_sleep;
	return -ERESTART_RESTARTBLOCK;
}

static long nanosleep(const struct __kernel_timespec *ts, struct __kernel_timespec __user *urem)
{
	struct restart_block *rb = &current->restart_block;

	rb->until = ktime_add_timespec(ts);
	rb->uaddr = urem;
	return relative_sleep(rb);
}

/* 0, -EFAULT, -EINVAL */
static int get_timespec(struct __kernel_timespec *ts, const struct __kernel_timespec __user *uts)
{
	if (copy_from_user(ts, uts, sizeof(*ts)))
		return -EFAULT;
	return timespec_valid(ts) ? 0 : -EINVAL;
}

long sys_nanosleep(const struct __kernel_timespec __user *req, struct __kernel_timespec __user *rem)
{
	struct __kernel_timespec ts;
	int err = get_timespec(&ts, req);

	return err ? err : nanosleep(&ts, rem);
}

long sys_clock_nanosleep(long uclock, long flags, const struct __kernel_timespec __user *req,
			 struct __kernel_timespec __user *rem)
{
	int clock = (int)uclock;
	struct __kernel_timespec ts;
	u64 until, offset, unused;
	int err = get_timespec(&ts, req);

	/* That it cannot be slept by is another error than that there is no such clock. */
	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME &&
	    clock != CLOCK_TAI)
		return read_clock(clock, &unused) ? -EINVAL : -EOPNOTSUPP;
	if (err)
		return err;
	if (!((int)flags & TIMER_ABSTIME))
		return nanosleep(&ts, rem);
	/* Timers count from boot. */
	offset = clock == CLOCK_REALTIME || clock == CLOCK_TAI ? ktime_real_offset() : 0;
	until = timespec_to_ns(&ts);
	/* The end is a moment, not a length: called again, it is the same sleep. */
	return until > offset && sleep_until(until - offset) ? -ERESTARTNOHAND : 0;
}

long sys_gettimeofday(struct __kernel_timeval __user *utv, void __user *utz)
{
	u64 ns = ktime_get_real();
	struct __kernel_timeval tv = { ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / NSEC_PER_USEC };

	if (utv && copy_to_user(utv, &tv, sizeof(tv)))
		return -EFAULT;
	return utz && clear_user(utz, 8) ? -EFAULT : 0;	/* struct timezone: UTC */
}

long sys_settimeofday(const struct __kernel_timeval __user *utv, const void __user *utz)
{
	struct __kernel_timespec ts;
	struct __kernel_timeval tv;

	if (!utv)			/* only the time zone, which nobody keeps */
		return 0;
	if (copy_from_user(&tv, utv, sizeof(tv)))
		return -EFAULT;
	if ((u64)tv.tv_usec >= 1000000)
		return -EINVAL;
	ts = (struct __kernel_timespec){ tv.tv_sec, tv.tv_usec * NSEC_PER_USEC };
	return ktime_set_real(&ts);
}

static long ns_to_clock_t(u64 ns)
{
	return ns / (NSEC_PER_SEC / USER_HZ);
}

long sys_times(struct tms __user *ubuf)
{
	struct signal_struct *sig = current->signal;
	struct tms tms;
	u64 ut, st;

	spin_lock_irq(&tasklist_lock);
	thread_group_cputime(sig, &ut, &st);
	tms = (struct tms){ ns_to_clock_t(ut), ns_to_clock_t(st),
			    ns_to_clock_t(sig->cutime), ns_to_clock_t(sig->cstime) };
	spin_unlock_irq(&tasklist_lock);
	if (ubuf && copy_to_user(ubuf, &tms, sizeof(tms)))
		return -EFAULT;
	return ns_to_clock_t(ktime_get());
}
