/* SPDX-License-Identifier: MIT */
/*
 * sys/times.h: processor time in clock ticks.
 */
#pragma once

#include <time.h>

struct tms {
	clock_t tms_utime;
	clock_t tms_stime;
	clock_t tms_cutime;
	clock_t tms_cstime;
};

clock_t times(struct tms *buf);
