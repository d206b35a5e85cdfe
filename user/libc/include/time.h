/* SPDX-License-Identifier: MIT */
/*
 * time.h: clocks, sleeping, calendar time (always UTC).
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#define CLOCK_REALTIME			0
#define CLOCK_MONOTONIC			1
#define CLOCK_PROCESS_CPUTIME_ID	2
#define CLOCK_THREAD_CPUTIME_ID		3
#define CLOCK_MONOTONIC_RAW		4
#define CLOCK_REALTIME_COARSE		5
#define CLOCK_MONOTONIC_COARSE		6
#define CLOCK_BOOTTIME			7
#define TIMER_ABSTIME			1
#define CLOCKS_PER_SEC			1000000L

typedef long clock_t;

struct timespec {
	time_t tv_sec;
	long tv_nsec;
};

struct tm {
	int tm_sec;
	int tm_min;
	int tm_hour;
	int tm_mday;
	int tm_mon;		/* 0..11 */
	int tm_year;		/* since 1900 */
	int tm_wday;		/* 0 is Sunday */
	int tm_yday;
	int tm_isdst;
};

time_t time(time_t *out);
clock_t clock(void);
int clock_gettime(clockid_t clock, struct timespec *ts);
int clock_settime(clockid_t clock, const struct timespec *ts);
int clock_getres(clockid_t clock, struct timespec *ts);
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *req,
		    struct timespec *rem);
int nanosleep(const struct timespec *req, struct timespec *rem);

struct tm *gmtime(const time_t *t);
struct tm *gmtime_r(const time_t *restrict t, struct tm *restrict tm);
struct tm *localtime(const time_t *t);
struct tm *localtime_r(const time_t *restrict t, struct tm *restrict tm);
time_t timegm(struct tm *tm);
time_t mktime(struct tm *tm);
double difftime(time_t end, time_t begin);
/* Conversions: a A b B d e H I j m M p S y Y T D F R n t % s Z z c. */
size_t strftime(char *restrict s, size_t size, const char *restrict fmt,
		const struct tm *restrict tm);
char *ctime(const time_t *t);
char *asctime(const struct tm *tm);
