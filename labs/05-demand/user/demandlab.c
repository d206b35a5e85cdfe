/* SPDX-License-Identifier: MIT */
/*
 * demandlab STATE - use memory in known ways, and wait at `at ...` lines while the grader compares
 * the page table with what was used. What can be judged from inside is printed as TAP.
 *
 * Linux: none.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tools/labs/guest/lablib.h"
#include "user/tests/testlib.h"

#define RW (PROT_READ | PROT_WRITE)
#define NR_THREADS 4
#define RACE_PAGES 1500
#define MANY 2000

static void at(const char *where, const void *start, long nr)
{
	printf("at %s %d %p %ld\n", where, getpid(), start, nr);
	looked();
}

static char *map(unsigned long bytes, int prot)
{
	char *p = mmap(NULL, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

/* ---- states for the grader ---- */

/* Of each four pages: written, read, read and then written, left alone. */
static int touch(void)
{
	long nr = 256;
	volatile char *p = map(nr * page_size, RW);

	for (long i = 0; i < nr; i++) {
		if (i % 4 == 1 || i % 4 == 2)
			(void)p[i * page_size];
		if (i % 4 == 0 || i % 4 == 2)
			p[i * page_size + 7] = i | 1;
	}
	at("touched", (char *)p, nr);
	return 0;
}

/* 1 GiB reserved, a page used here and there: so many pages, and the tables for them. */
static int sparse(void)
{
	unsigned long size = 1UL << 30, step = 7 * (1UL << 20);
	char *p = map(size, RW);
	long before = status_kib("VmRSS:"), nr = 0;

	before = status_kib("VmRSS:");
	for (unsigned long o = 0; o < size; o += step, nr++)
		p[o] = 1;
	printf("grown %ld\n", status_kib("VmRSS:") - before);
	at("sparse", p, nr);
	munmap(p, size);
	at("gone", p, nr);
	return 0;
}

/* 16 pages, all used; 4..7 made read-only, 10..11 taken away. */
static int split(void)
{
	char *p = map(16 * page_size, RW);

	for (int i = 0; i < 16; i++)
		p[i * page_size] = 'a' + i;
	if (mprotect(p + 4 * page_size, 4 * page_size, PROT_READ) ||
	    munmap(p + 10 * page_size, 2 * page_size))
		die("mprotect or munmap");
	printf("maps %d\n", map_count());
	at("split", p, 16);
	return 0;
}

/* A file of numbered pages; what is left of its mapping must show the same pages as before. */
static int file_split(void)
{
	int fd = temp_file(), right = 0;
	char *p, line[32];

	for (int i = 0; i < 16; i++) {
		memset(line, 0, sizeof(line));
		snprintf(line, sizeof(line), "page %d", i);
		if (pwrite(fd, line, sizeof(line), i * page_size) != sizeof(line))
			die("pwrite");
	}
	if (ftruncate(fd, 16 * page_size))
		die("ftruncate");
	p = mmap(NULL, 16 * page_size, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED || munmap(p + 5 * page_size, 2 * page_size) ||
	    mprotect(p + 12 * page_size, 2 * page_size, PROT_NONE))
		die("mmap, munmap or mprotect");
	puts("1..1");
	for (int i = 0; i < 16; i++)
		if (i != 5 && i != 6 && i != 12 && i != 13)
			right += atoi(p + i * page_size + 5) == i;
	tap(right == 12, "pages-in-place", 12, right);
	return 0;
}

/* Up by 64 pages, all used; down by 40; up again: the last ones must be new. */
static int heap(void)
{
	char *start = sbrk(0), *p;

	start = (char *)(((unsigned long)start + page_size - 1) & -page_size);
	if (brk(start + 64 * page_size))
		die("brk");
	memset(start, 0x5a, 64 * page_size);
	if (brk(start + 24 * page_size))
		die("brk");
	at("shrunk", start, 64);
	if (brk(start + 64 * page_size))
		die("brk");
	p = start + 24 * page_size;
	for (long i = 0; i < 40 * page_size; i++)
		if (p[i]) {
			printf("old contents at %ld\n", i);
			return 1;
		}
	/* Nonsense leaves the heap as it is. */
	if (!brk((void *)-4096L) || sbrk(0) != start + 64 * page_size)
		return 1;
	at("grown", start, 64);
	return 0;
}

/* One page of stack far below the others: what lies between is reserved, not used. */
static int stack(void)
{
	volatile char here;
	char *far = (char *)(((unsigned long)&here - (2UL << 20)) & -page_size);

	*(volatile char *)far = 1;
	at("grown", far, (2UL << 20) / page_size);
	return 0;
}

/* ---- judged from inside ---- */

/* Memory that others have used before. */
static int zeroed(void)
{
	long nr = mem_kib("MemFree:") / 4 * 6 / 10, dirty = 0;

	for (int round = 0; round < 3; round++) {
		char *p = map(nr * page_size, RW);

		for (long i = 0; i < nr; i++) {
			unsigned long *page = (unsigned long *)(p + i * page_size);

			for (unsigned int j = 0; j < page_size / sizeof(*page); j++)
				dirty += page[j] != 0;
			memset(page, 0xa5, page_size);
		}
		munmap(p, nr * page_size);
	}
	puts("1..1");
	tap(!dirty, "all-zero", 0, dirty);
	return 0;
}

/* A page far from all others; below it is nothing, and it is no stack. */
static int alone(void)
{
	char *p = mmap((void *)0x1000000000UL, page_size, RW, MAP_PRIVATE | MAP_ANONYMOUS |
		       MAP_FIXED_NOREPLACE, -1, 0);
	struct fault f;

	if (p == MAP_FAILED)
		die("mmap");
	puts("1..2");
	f = fault_write(p - 3 * page_size);
	tap(f.sig == SIGSEGV && f.code == SEGV_MAPERR, "below", SIGSEGV, f.sig);
	f = fault_write(p + page_size);
	tap(f.sig == SIGSEGV && f.code == SEGV_MAPERR, "above", SIGSEGV, f.sig);
	return 0;
}

static char *raced;
static volatile int go;

/* Each writes its own byte of every page, all in the same order. */
static void *racer(void *arg)
{
	long me = (long)arg;

	while (!go)
		sched_yield();
	for (long i = 0; i < RACE_PAGES; i++)
		raced[i * page_size + me] = me + 1;
	return NULL;
}

static int race(void)
{
	pthread_t threads[NR_THREADS];
	long lost = 0, rss, nr = 0;

	raced = map(RACE_PAGES * page_size, RW);
	rss = status_kib("VmRSS:");
	rss = status_kib("VmRSS:");
	for (int round = 0; round < 8; round++) {
		go = 0;
		for (long i = 0; i < NR_THREADS; i++)
			if (pthread_create(&threads[i], NULL, racer, (void *)i))
				die("pthread_create");
		go = 1;
		for (int i = 0; i < NR_THREADS; i++)
			pthread_join(threads[i], NULL);
		for (long i = 0; i < RACE_PAGES; i++)
			for (int j = 0; j < NR_THREADS; j++)
				lost += raced[i * page_size + j] != j + 1;
		if (round < 7)
			madvise(raced, RACE_PAGES * page_size, MADV_DONTNEED);
	}
	nr = (status_kib("VmRSS:") - rss) / 4;
	puts("1..2");
	tap(!lost, "no-write-lost", 0, lost);
	/* The threads' stacks are a few pages. */
	tap(nr >= RACE_PAGES && nr < RACE_PAGES + 40, "one-frame-a-page", RACE_PAGES, nr);
	return 0;
}

/* Instructions of 256 first writes, to pages far apart if step says so. */
static long cost_of_writes(char *p, unsigned long step)
{
	long begin;

	p[0] = 1;
	begin = now();
	for (long i = 1; i <= 256; i++)
		p[i * step] = 1;
	return (now() - begin) / 256;
}

static int cost(void)
{
	char *p = map(257 * page_size, RW), *many;

	printf("cost fault %ld\n", cost_of_writes(p, page_size));
	/* Every second page taken away: many VMAs, and each fault in another one. */
	many = map(2 * MANY * page_size, RW);
	for (long i = 0; i < MANY; i++)
		if (munmap(many + (2 * i + 1) * page_size, page_size))
			die("munmap");
	printf("cost fault-among-%d %ld\n", MANY, cost_of_writes(many, 14 * page_size));
	return 0;
}

int main(int argc, char **argv)
{
	static const struct lab_state states[] = {
		{ "touch", touch }, { "sparse", sparse }, { "split", split },
		{ "file-split", file_split }, { "heap", heap }, { "stack", stack },
		{ "zeroed", zeroed }, { "alone", alone },
		{ "race", race }, { "cost", cost },
	};

	return run_state(states, ARRAY_LEN(states), argc, argv);
}
