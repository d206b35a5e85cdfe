/* SPDX-License-Identifier: MIT */
/*
 * user/libc/time.c: clocks, sleeping and timers.
 *
 * Linux: man 2 clock_gettime, clock_nanosleep, setitimer. Differs: a system call
 * each time; the vDSO's clock is not used.
 */
#include <errno.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include "internal.h"

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	return syscall(__NR_clock_gettime, clock, ts);
}

int clock_settime(clockid_t clock, const struct timespec *ts)
{
	return syscall(__NR_clock_settime, clock, ts);
}

int clock_getres(clockid_t clock, struct timespec *ts)
{
	return syscall(__NR_clock_getres, clock, ts);
}

/* Returns an errno value and leaves errno alone, as POSIX has it. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *req,
		    struct timespec *rem)
{
	return -__syscall(__NR_clock_nanosleep, clock, flags, req, rem);
}

int nanosleep(const struct timespec *req, struct timespec *rem)
{
	return syscall(__NR_clock_nanosleep, CLOCK_REALTIME, 0, req, rem);
}

unsigned int sleep(unsigned int seconds)
{
	struct timespec ts = { .tv_sec = seconds }, rem = { 0 };

	return nanosleep(&ts, &rem) == 0 ? 0 : rem.tv_sec + (rem.tv_nsec != 0);
}

int usleep(useconds_t usec)
{
	struct timespec ts = { usec / 1000000, usec % 1000000 * 1000L };

	return nanosleep(&ts, NULL);
}

time_t time(time_t *out)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_REALTIME, &ts);
	if (out)
		*out = ts.tv_sec;
	return ts.tv_sec;
}

int gettimeofday(struct timeval *tv, struct timezone *tz)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_REALTIME, &ts) < 0)
		return -1;
	if (tv)
		*tv = (struct timeval){ ts.tv_sec, ts.tv_nsec / 1000 };
	if (tz)
		*tz = (struct timezone){ 0 };
	return 0;
}

clock_t clock(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) < 0)
		return -1;
	return ts.tv_sec * CLOCKS_PER_SEC + ts.tv_nsec / 1000;
}

clock_t times(struct tms *buf)
{
	return syscall(__NR_times, buf);
}

int setitimer(int which, const struct itimerval *new, struct itimerval *old)
{
	return syscall(__NR_setitimer, which, new, old);
}

int getitimer(int which, struct itimerval *cur)
{
	return syscall(__NR_getitimer, which, cur);
}

unsigned int alarm(unsigned int seconds)
{
	struct itimerval new = { .it_value.tv_sec = seconds }, old = { 0 };

	if (setitimer(ITIMER_REAL, &new, &old) < 0)
		return 0;
	return old.it_value.tv_sec + (old.it_value.tv_usec != 0);
}

double difftime(time_t end, time_t begin)
{
	return end - begin;
}
