/* SPDX-License-Identifier: MIT */
/*
 * Time: the clock (rdtime), the tick, and one-shot timers.
 *
 * Linux: include/linux/{jiffies,ktime,hrtimer}.h. Differs: one kind of timer;
 * callbacks run in the timer interrupt.
 */
#pragma once
#include "lib/list.h"
#include "lib/rbtree.h"
#include "lib/types.h"

#define HZ		100
#define NSEC_PER_SEC	1000000000UL
#define NSEC_PER_USEC	1000UL
#define NSEC_PER_MSEC	1000000UL
#define TICK_NSEC	(NSEC_PER_SEC / HZ)
#define USER_HZ		100

extern volatile unsigned long jiffies;		/* ticks since boot, counted by hart 0 */
#define time_after(a, b)	((long)((b) - (a)) < 0)
#define time_before(a, b)	time_after(b, a)
static inline unsigned long msecs_to_jiffies(unsigned long ms) { return (ms + 9) / 10; }

extern u64 timebase_hz;				/* of get_cycles(), <asm/timex.h> */

/* ktime_get() - ns since boot: monotonic, the same on all harts. Any context. */
u64 ktime_get(void);
/* ktime_get_real() - ns since 1970, as the real-time clock said at boot or a program has set it. */
u64 ktime_get_real(void);
/* ktime_real_offset() - how many ns that is ahead: by that clock, the moment of the boot. */
u64 ktime_real_offset(void);

enum hrtimer_restart { HRTIMER_NORESTART, HRTIMER_RESTART };
struct hrtimer {
	struct rb_node node;
	u64 expires;			/* ns, ktime_get() base; the callback only reads it */
	u64 next;			/* when to expire again, from the callback */
	enum hrtimer_restart (*function)(struct hrtimer *t);	/* interrupt context, irqs off */
	unsigned int cpu;		/* the base whose lock guards this timer */
	bool queued;
};
/*
 * hrtimer_init() - not armed. HRTIMER_RESTART from fn: armed again at the t->next it has set,
 * unless somebody has armed it while fn was running.
 */
void hrtimer_init(struct hrtimer *t, enum hrtimer_restart (*fn)(struct hrtimer *));
/* hrtimer_start() - (re)arm, on this hart if the callback does not run on another. Any context. */
void hrtimer_start(struct hrtimer *t, u64 expires);
/*
 * hrtimer_cancel() - disarm: 1 if it was armed, 0 if not.
 *
 * => waits until a running callback has ended; so no lock that the callback takes may be held.
 */
int hrtimer_cancel(struct hrtimer *t);
/* hrtimer_remaining() - ns until it expires, at least 1; 0 if not armed. */
u64 hrtimer_remaining(const struct hrtimer *t);
/*
 * hrtimer_sleep_until() - sleep until the time `expires` (U64_MAX: never) or an earlier wake-up.
 *
 * => the caller has set the task state and THEN tested what it waits for, as for schedule(): a
 *    wake-up in between makes it return at once. The state is TASK_RUNNING afterwards.
 * => returns 0 when the time has come, -EINTR when woken before it.
 */
int hrtimer_sleep_until(u64 expires);

struct __kernel_timespec { s64 tv_sec; s64 tv_nsec; };

#define KTIME_MAX	(U64_MAX / 4)	/* ns; later than that is "never", and sums do not wrap */

/* timespec_to_ns() - saturates at KTIME_MAX. => timespec_valid(). */
static inline u64 timespec_to_ns(const struct __kernel_timespec *ts)
{
	if (ts->tv_sec > (s64)(KTIME_MAX / NSEC_PER_SEC))
		return KTIME_MAX;
	return ts->tv_sec * NSEC_PER_SEC + ts->tv_nsec;
}

static inline struct __kernel_timespec ns_to_timespec(u64 ns)
{
	return (struct __kernel_timespec){ ns / NSEC_PER_SEC, ns % NSEC_PER_SEC };
}

static inline bool timespec_valid(const struct __kernel_timespec *ts)
{
	return ts->tv_sec >= 0 && (u64)ts->tv_nsec < NSEC_PER_SEC;
}
/* ktime_add_timespec() - the moment ts from now. => timespec_valid(). */
u64 ktime_add_timespec(const struct __kernel_timespec *ts);
/*
 * ktime_set_real() - set the wall clock; sleeps that are under way do not move with it. 0, or
 * -EINVAL: the machine would have been started before 1970, or sums would wrap soon.
 */
int __must_check ktime_set_real(const struct __kernel_timespec *ts);

/* time_init() - the boot hart's clock and tick; time_init_secondary(): another hart's tick. */
/* timekeeping_init() - time begins now: the first thing start_kernel() does. */
void timekeeping_init(void);
void time_init(void);
void time_init_secondary(void);
struct pt_regs;
/* timer_interrupt() - from the trap handler, irqs off: the tick if it is due, expired timers. */
void timer_interrupt(struct pt_regs *regs);
/* clockevent_program() - arch/riscv/time.c: the next timer interrupt, in get_cycles() units. */
void clockevent_program(u64 deadline);
