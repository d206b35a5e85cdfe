/* SPDX-License-Identifier: MIT */
/*
 * buddylab walk|storm|cost|most - use up and give back pages in patterns, and wait at marks while
 * the grader reads the free lists.
 *
 * At each mark it prints "at NAME PID ADDRESS PAGES" and reads a line from the console.
 *
 * Linux: none.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/labs/guest/lablib.h"
#include "user/util.h"

#define PAGE 4096
#define PAGES 4096

static void at(const char *where, const void *address, int pages)
{
	printf("at %s %d %p %d\n", where, getpid(), address, pages);
	looked();
}

static char *map(int pages)
{
	char *p = mmap(NULL, (size_t)pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

/* Write a mark into each page; whoever gets it too would overwrite that. */
static void touch(char *p, int pages, int first)
{
	for (int i = 0; i < pages; i++)
		*(int *)(p + i * PAGE) = first + i;
}

static int differ(const char *p, int pages, int step, int first)
{
	for (int i = 0; i < pages; i += step)
		if (*(const int *)(p + i * PAGE) != first + i)
			return 1;
	return 0;
}

static void drop(char *p, int first, int pages, int step)
{
	for (int i = first; i < pages; i += step)
		madvise(p + i * PAGE, PAGE, MADV_DONTNEED);
}

/* Take pages, give every second back, take a quarter again, give all back. */
static int walk(void)
{
	char *p = map(PAGES), *q = map(PAGES / 4);
	int failed;

	touch(p, PAGES, 0);
	drop(p, 0, PAGES, 1);
	at("start", p, 0);
	touch(p, PAGES, 1);
	at("taken", p, PAGES);
	drop(p, 1, PAGES, 2);
	at("holes", p, PAGES);
	touch(q, PAGES / 4, 7);
	at("refilled", q, PAGES / 4);
	failed = differ(p, PAGES, 2, 1) || differ(q, PAGES / 4, 1, 7);
	drop(q, 0, PAGES / 4, 1);
	drop(p, 0, PAGES, 2);
	/* Once more, in one run. */
	touch(p, PAGES, 0);
	drop(p, 0, PAGES, 1);
	at("freed", p, 0);
	return failed;
}

/* Nearly all there is: each page must be handed out once. */
static int most(void)
{
	int pages = (file_field("/proc/meminfo", "MemAvailable:") - 4096) / 4;
	char *p = map(pages);

	touch(p, pages, 3);
	at("full", p, pages);
	if (differ(p, pages, 1, 3))
		return 1;
	munmap(p, (size_t)pages * PAGE);
	at("freed", NULL, 0);
	return 0;
}

/* Processes on all harts take and give at the same time. */
static int storm(void)
{
	int status, failed = 0;

	for (int n = 0; n < 4; n++) {
		if (fork())
			continue;
		for (int round = 0; round < 30; round++) {
			int pages = 64 + (n * 37 + round * 101) % 700;
			char *p = map(pages);

			touch(p, pages, n << 16);
			drop(p, round % 3, pages, 3);
			touch(p, pages, n << 16);
			if (differ(p, pages, 1, n << 16))
				_exit(1);
			munmap(p, (size_t)pages * PAGE);
		}
		_exit(0);
	}
	for (int n = 0; n < 4; n++)
		if (wait(&status) < 0 || status)
			failed = 1;
	at("end", NULL, 0);
	return failed;
}

/* With thousands of single free pages about, and without: a page must cost the same. */
static int cost(void)
{
	char *p = map(2 * PAGES), *q = map(PAGES);
	long begin;

	touch(p, 2 * PAGES, 0);
	drop(p, 1, 2 * PAGES, 2);
	begin = now();
	touch(q, PAGES, 0);
	printf("cost take-a-page %ld\n", (now() - begin) / PAGES);
	begin = now();
	munmap(q, (size_t)PAGES * PAGE);
	printf("cost give-a-page %ld\n", (now() - begin) / PAGES);
	begin = now();
	munmap(p, 2UL * PAGES * PAGE);
	printf("cost merge-a-page %ld\n", (now() - begin) / PAGES);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct lab_state states[] = {
		{ "walk", walk }, { "most", most }, { "storm", storm }, { "cost", cost },
	};

	return run_state(states, ARRAY_LEN(states), argc, argv);
}
