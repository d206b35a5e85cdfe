/* SPDX-License-Identifier: MIT */
/*
 * System calls about time; kernel/time_syscalls.c, itimer.c.
 * Contracts: the man pages of the same names, section 2. Common to all: a bad
 * pointer is EFAULT, an unknown clock or a time with nanoseconds out of
 * 0..999999999 is EINVAL.
 *
 * Linux: include/linux/syscalls.h.
 */
#pragma once
#include "kernel/time.h"
#include "kernel/uapi/resource.h"

/* Clocks, as clock_gettime(2) and timers name them. */
#define CLOCK_REALTIME			0
#define CLOCK_MONOTONIC			1
#define CLOCK_PROCESS_CPUTIME_ID	2
#define CLOCK_THREAD_CPUTIME_ID		3
#define CLOCK_MONOTONIC_RAW		4
#define CLOCK_REALTIME_COARSE		5
#define CLOCK_MONOTONIC_COARSE		6
#define CLOCK_BOOTTIME			7
#define CLOCK_TAI			11

struct __kernel_itimerval { struct __kernel_timeval it_interval, it_value; };
struct tms { long tms_utime, tms_stime, tms_cutime, tms_cstime; };

/*
 * Sleeping. EINTR when a handler ran, with what is left in *rem (relative sleeps); a signal
 * without a handler, such as stop and continue, does not end the sleep.
 */
long sys_nanosleep(const struct __kernel_timespec *req, struct __kernel_timespec *rem);
long sys_clock_nanosleep(long clock, long flags, const struct __kernel_timespec *req,
			 struct __kernel_timespec *rem);

/* Clocks: wall time, time since boot, processor time of the thread or the process. */
long sys_clock_gettime(long clock, struct __kernel_timespec *ts);
long sys_clock_settime(long clock, const struct __kernel_timespec *ts);
long sys_clock_getres(long clock, struct __kernel_timespec *ts);
long sys_gettimeofday(struct __kernel_timeval *tv, void *tz);
long sys_settimeofday(const struct __kernel_timeval *tv, const void *tz);
/* times() - processor time in ticks of USER_HZ, children waited for apart; ticks since boot. */
long sys_times(struct tms *buf);

/*
 * SIGALRM after it_value of real time, SIGVTALRM of the process's time in user mode, SIGPROF of all
 * its processor time; then every it_interval. Set timers survive execve, not fork.
 */
long sys_getitimer(long which, struct __kernel_itimerval *value);
long sys_setitimer(long which, const struct __kernel_itimerval *value,
		   struct __kernel_itimerval *old);

/* posix_timers.c: timers of the process, with signals; gone after execve. */
long sys_timer_create(long clock, const void *event, int *id);
long sys_timer_settime(long id, long flags, const void *value, void *old);
long sys_timer_gettime(long id, void *value);
long sys_timer_getoverrun(long id);
long sys_timer_delete(long id);
struct signal_struct;
/* posix_timers_exit() - delete them all. => nobody else uses sig's timers any more. */
void posix_timers_exit(struct signal_struct *sig);
/* timer_expiry() - the ktime_get() at which a timer set to *ts expires. => timespec_valid(). */
u64 timer_expiry(const struct __kernel_timespec *ts, int clock, bool absolute);
/* fs/timerfd.c */
long sys_timerfd_create(long clock, long flags);
long sys_timerfd_settime(long fd, long flags, const void *value, void *old);
long sys_timerfd_gettime(long fd, void *value);
