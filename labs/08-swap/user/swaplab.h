/* SPDX-License-Identifier: MIT */
/*
 * What the programs of this lab share: marks at which the grader looks, memory with a known
 * content, pressure.
 *
 * At each mark a program prints "at NAME PID ADDRESS PAGES" and reads a line from the console. Word
 * j of page i holds pattern(i, j), so that the grader knows what must be in a frame or in a slot.
 *
 * Linux: none.
 */
#pragma once

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tools/labs/guest/lablib.h"
#include "user/util.h"

#define PAGE 4096UL
#define WORDS (PAGE / sizeof(unsigned long))

/* => the grader's answer. */
static inline const char *at(const char *where, const void *address, long nr)
{
	printf("at %s %d %p %ld\n", where, getpid(), address, nr);
	return looked();
}

/* Reclaim takes anonymous pages first, and a fault reads one page. */
static inline void tune(void)
{
	write_file("/proc/sys/vm/swappiness", "200");
	write_file("/proc/sys/vm/page-cluster", "0");
}

static inline unsigned long *map(long nr)
{
	void *p = mmap(NULL, nr * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
		       MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static inline unsigned long pattern(unsigned long i, unsigned long j)
{
	return ((i << 16 | j) + 1) * 0x9e3779b97f4a7c15UL;
}

static inline void fill_page(unsigned long *p, long i)
{
	for (unsigned long j = 0; j < WORDS; j++)
		p[i * WORDS + j] = pattern(i, j);
}

static inline void fill(unsigned long *p, long nr)
{
	for (long i = 0; i < nr; i++)
		fill_page(p, i);
}

/* Number of wrong pages of [from, to). */
static inline int wrong(const unsigned long *p, long from, long to)
{
	int bad = 0;

	for (long i = from; i < to; i++)
		for (unsigned long j = 0; j < WORDS; j++)
			if (p[i * WORDS + j] != pattern(i, j)) {
				bad++;
				break;
			}
	if (bad)
		printf("%d of the pages %ld to %ld have a wrong content\n", bad, from, to - 1);
	return bad;
}

static inline void page_out(unsigned long *p, long nr)
{
	if (madvise(p, nr * PAGE, MADV_PAGEOUT) < 0)
		die("madvise");
}

/* ---- pressure: somebody else wants more memory than there is ---- */

static inline void press(void)
{
	long nr = file_field("/proc/meminfo", "MemTotal:") / 4 * 5 / 4;
	pid_t pid = must_fork();

	if (!pid) {
		unsigned long *p = map(nr);

		for (long i = 0; i < nr; i++)
			p[i * WORDS] = i;
		_exit(0);
	}
	if (wait_for(pid))
		die("the hog");
}

/* Until the grader has seen all that it wants on the disk. */
static inline void press_at(const char *where, const void *p, long nr)
{
	do
		press();
	while (at(where, p, nr)[0] == 'm');
}
