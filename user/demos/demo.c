/* SPDX-License-Identifier: MIT */
/*
 * Helpers of the demos (contracts in demo.h).
 *
 * Everything a measurement touches is static and touched before: a first use of the stack or of
 * a buffer would be a page fault in the very number that is shown.
 *
 * Linux: no counterpart.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "user/demos/demo.h"
#include "user/util.h"

static int wrong;
static char text[16384];

void look(struct look *l)
{
	struct rusage use;

	if (read_file("/proc/self/status", text, sizeof(text)) < 0)
		cannot("/proc/self/status: %s", strerror(errno));
	l->vsize = field(text, "VmSize:");
	l->rss = field(text, "VmRSS:");
	l->max_rss = field(text, "VmHWM:");
	l->pte = field(text, "VmPTE:");
	l->swap = field(text, "VmSwap:");
	l->mem_free = meminfo("MemFree:");
	getrusage(RUSAGE_SELF, &use);
	l->minflt = use.ru_minflt;
	l->majflt = use.ru_majflt;
}

long vmstat(const char *name)
{
	if (read_file("/proc/vmstat", text, sizeof(text)) < 0)
		return -1;
	return field(text, name);
}

long meminfo(const char *key)
{
	if (read_file("/proc/meminfo", text, sizeof(text)) < 0)
		return -1;
	return field(text, key);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	/* A child must not inherit what is still in the buffer. */
	fflush(stdout);
}

void claim(int holds, const char *format, ...)
{
	va_list args;

	printf("  %s: ", holds ? "ok" : "WRONG");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	wrong |= !holds;
}

int demo_status(void)
{
	say(wrong ? "%s: some numbers are not what they should be"
		  : "%s: all numbers are as claimed", progname);
	return wrong;
}

void cannot(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s: ", progname);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

char *map_pages(size_t bytes)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		cannot("mmap of %lu KiB: %s", (unsigned long)bytes / 1024, strerror(errno));
	/* A kernel with huge pages would fault once for 512 pages. Without them it says EINVAL. */
	madvise(p, bytes, MADV_NOHUGEPAGE);
	return p;
}

void touch(char *start, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += page_size())
		*(volatile char *)(start + at) = 1;
}

long page_size(void)
{
	static long size;

	if (!size)
		size = sysconf(_SC_PAGESIZE);
	return size;
}

int on_quire(void)
{
	static int answer = -1;

	if (answer < 0)
		answer = vmstat("fault_anon_write") >= 0;
	return answer;
}

int about(long value, long expected, long slack)
{
	/* Linux adds up per-CPU parts of 64 pages (256 KiB) on up to a few CPUs. */
	if (!on_quire())
		slack += 1024;
	return labs(value - expected) <= slack;
}
