/* SPDX-License-Identifier: MIT */
/*
 * What the demos share: counters read from /proc, and claims. A demo prints what it does in one
 * line each, shows numbers before and after, and states claims about them; it exits with 0 only
 * if every claim held.
 */
#pragma once

#include <stddef.h>

#define KIB 1024UL
#define MIB (1024UL * 1024)

/* One look at this process and the system. Pages, but vsize and pte in KiB. */
struct look {
	long vsize, rss, max_rss;	/* KiB: VmSize, VmRSS, VmHWM */
	long pte;			/* KiB: VmPTE */
	long swap;			/* KiB: VmSwap */
	long minflt, majflt;		/* faults of this process */
	long mem_free;			/* KiB: MemFree of the system */
};

/*
 * look() - fill *l. The first calls of a process fault in what the call itself needs, so call it
 * twice before counting faults.
 */
void look(struct look *l);

/* vmstat() - a counter of /proc/vmstat, or -1. */
long vmstat(const char *name);

/* meminfo() - a line of /proc/meminfo in KiB, or -1; key with its colon. */
long meminfo(const char *key);

/* say() - one line of explanation. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* claim() - print the claim with "ok" or "WRONG" before it, and remember the worst. */
void claim(int holds, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* demo_status() - the exit status: 0 if all claims held. Prints the verdict. */
int demo_status(void);

/* cannot() - the demo does not make sense here: say why and exit with status 2. */
void cannot(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* map_pages() - anonymous private memory, small pages only; exits on failure. */
char *map_pages(size_t bytes);

/* touch() - write one byte into each page. */
void touch(char *start, size_t bytes);

/* on_quire() - does this kernel count the rows of the fault table? */
int on_quire(void);

/*
 * about() - is `value` within `slack` of `expected`? On Quire counts of one process are exact
 * and slack is taken as given; elsewhere the kernel keeps them in per-CPU parts, so it is wider.
 */
int about(long value, long expected, long slack);

/* page_size() - in bytes. */
long page_size(void);
