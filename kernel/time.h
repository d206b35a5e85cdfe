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

u64 ktime_get(void);			/* ns since boot, monotonic */
u64 ktime_get_real(void);		/* ns since 1970 (goldfish RTC at boot) */
void ktime_set_real(u64 ns);
u64 get_cycles(void);			/* rdtime ticks */
extern u64 timebase_hz;

enum hrtimer_restart { HRTIMER_NORESTART, HRTIMER_RESTART };
struct hrtimer {
	struct rb_node node;
	u64 expires;			/* ns, ktime_get() base */
	enum hrtimer_restart (*function)(struct hrtimer *t);	/* interrupt context, irqs off */
	int cpu;			/* base it is queued on, -1: not queued */
};
void hrtimer_init(struct hrtimer *t, enum hrtimer_restart (*fn)(struct hrtimer *));
void hrtimer_start(struct hrtimer *t, u64 expires);	/* (re)arms on this hart; any context */
int hrtimer_cancel(struct hrtimer *t);			/* 1 if it was queued; waits for a running callback */
u64 hrtimer_remaining(const struct hrtimer *t);		/* ns, 0 if not queued */
/* hrtimer_sleep_until() - sleep (state set by the caller) until ns: 0 timed out, -EINTR woken early. */
int hrtimer_sleep_until(u64 expires, unsigned int state);

struct __kernel_timespec { s64 tv_sec; s64 tv_nsec; };
static inline u64 timespec_to_ns(const struct __kernel_timespec *ts) { return ts->tv_sec * NSEC_PER_SEC + ts->tv_nsec; }
static inline struct __kernel_timespec ns_to_timespec(u64 ns)
{
	return (struct __kernel_timespec){ ns / NSEC_PER_SEC, ns % NSEC_PER_SEC };
}

static inline bool timespec_valid(const struct __kernel_timespec *ts)
{
	return ts->tv_sec >= 0 && (u64)ts->tv_nsec < NSEC_PER_SEC;
}
/* ktime_add_timespec() - the moment ts from now, "never" if that is too far. => timespec_valid(). */
u64 ktime_add_timespec(const struct __kernel_timespec *ts);

void time_init(void);			/* boot hart */
void time_init_secondary(void);
struct pt_regs;
void timer_interrupt(struct pt_regs *regs);	/* from the trap handler, irqs off */
/* arch/riscv/time.c: program the next interrupt, in rdtime ticks. */
void clockevent_program(u64 deadline);
