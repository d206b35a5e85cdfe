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

/* SIGALRM after it_value, then every it_interval; survives execve, not fork. Only ITIMER_REAL. */
long sys_getitimer(long which, struct __kernel_itimerval *value);
long sys_setitimer(long which, const struct __kernel_itimerval *value,
		   struct __kernel_itimerval *old);
