/* SPDX-License-Identifier: MIT */
/*
 * cowlab STATE - bring a parent and a child into a state and wait there while the grader looks.
 *
 * At each point it prints "at NAME PID ADDRESS" and reads a line from the console.
 *
 * Linux: none.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/labs/guest/lablib.h"
#include "user/util.h"

#define PAGE 4096
#define PAGES 16

static void at(const char *where, const void *address)
{
	printf("at %s %d %p\n", where, getpid(), address);
	looked();
}

static char *map(int pages, int flags)
{
	char *p = mmap(NULL, (size_t)pages * PAGE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags,
		       -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static void fill(char *p, int pages)
{
	for (int i = 0; i < pages; i++)
		memset(p + i * PAGE, i + 1, PAGE);
}

/* ---- share: one fork, seen at each step ---- */

static void child_of_share(char *p)
{
	int fds[2];

	at("forked", p);
	for (int i = 0; i < PAGES / 2; i++)
		p[i * PAGE] = 100 + i;
	at("wrote", p);
	/* The kernel writes for us, into the last page. */
	if (pipe(fds) < 0 || write(fds[1], "kernel", 6) != 6 ||
	    read(fds[0], p + (PAGES - 1) * PAGE, 6) != 6)
		_exit(1);
	at("read", p);
	_exit(p[0] != 100 || memcmp(p + (PAGES - 1) * PAGE, "kernel", 6));
}

static int share(void)
{
	char *p = map(PAGES, MAP_PRIVATE);
	int failed;
	pid_t pid;

	fill(p, PAGES);
	pid = must_fork();
	if (!pid)
		child_of_share(p);
	failed = wait_for(pid);
	at("gone", p);
	for (int i = 0; i < PAGES; i++)
		p[i * PAGE + 1] = 77;
	at("reused", p);
	for (int i = 0; i < PAGES; i++)
		failed |= p[i * PAGE] != i + 1 || p[i * PAGE + 1] != 77;
	return failed != 0;
}

/* ---- kinds: every kind of memory over one fork; one page each, in this order ---- */

enum { ZERO, READ_ONLY, SHARED, DONTFORK, WIPED, FROM_FILE, LOCKED, FILE_READ, NR_KINDS };

static int segfaults(char *p)
{
	int status;
	pid_t pid = must_fork();

	if (!pid) {
		*p = 1;
		_exit(0);
	}
	status = wait_for(pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

static char *make_kinds(void)
{
	int fd = open("/tmp/kinds", O_RDWR | O_CREAT, 0600);
	char *p = map(2 * NR_KINDS, MAP_PRIVATE);

	/* A hole between each two: each stays a VMA of its own. The first keeps two pages. */
	p[(2 * ZERO + 1) * PAGE] = 1;
	for (int i = ZERO + 1; i < NR_KINDS; i++)
		munmap(p + (2 * i + 1) * PAGE, PAGE);
	if (mmap(p + 2 * SHARED * PAGE, PAGE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ||
	    ftruncate(fd, PAGE) < 0 ||
	    mmap(p + 2 * FROM_FILE * PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
		 fd, 0) == MAP_FAILED ||
	    mmap(p + 2 * FILE_READ * PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
		 fd, 0) == MAP_FAILED)
		die("mmap");
	if (p[2 * ZERO * PAGE] || p[2 * FILE_READ * PAGE])
		exit(1);
	for (int i = READ_ONLY; i < FILE_READ; i++)
		p[2 * i * PAGE] = 10 + i;
	if (mprotect(p + 2 * READ_ONLY * PAGE, PAGE, PROT_READ) < 0 ||
	    madvise(p + 2 * DONTFORK * PAGE, PAGE, MADV_DONTFORK) < 0 ||
	    madvise(p + 2 * WIPED * PAGE, PAGE, MADV_WIPEONFORK) < 0 ||
	    mlock(p + 2 * LOCKED * PAGE, PAGE) < 0)
		die("madvise");
	return p;
}

static int kinds(void)
{
	char *p = make_kinds(), c;
	int failed, written[2];
	pid_t pid;

	if (pipe(written) < 0)
		die("pipe");
	pid = must_fork();
	if (!pid) {
		close(written[1]);
		if (read(written[0], &c, 1))
			_exit(1);
		at("forked", p);
		p[2 * SHARED * PAGE] = 99;
		p[2 * ZERO * PAGE + 1] = 1;
		p[2 * FROM_FILE * PAGE] = 98;
		/* The page of the cache, first read and then written to. */
		if (p[2 * FILE_READ * PAGE])
			_exit(1);
		p[2 * FILE_READ * PAGE] = 96;
		at("wrote", p);
		/* What was wiped reads as zeroes, what stayed behind not at all. */
		_exit(p[2 * WIPED * PAGE] != 0 || p[2 * LOCKED * PAGE] != 10 + LOCKED ||
		      !segfaults(p + 2 * DONTFORK * PAGE) ||
		      !segfaults(p + 2 * READ_ONLY * PAGE));
	}
	/* Our copy is locked, the page that the child keeps is not. */
	p[2 * LOCKED * PAGE] = 97;
	close(written[1]);
	close(written[0]);
	failed = wait_for(pid);
	failed |= p[2 * SHARED * PAGE] != 99 || p[2 * ZERO * PAGE + 1] != 0 ||
		  p[2 * FROM_FILE * PAGE] != 10 + FROM_FILE || p[2 * WIPED * PAGE] != 10 + WIPED ||
		  p[2 * FILE_READ * PAGE] != 0;
	at("gone", p);
	return failed != 0;
}

/* ---- swapped: pages that are in swap when their process forks ---- */

/* Wait until the parent has closed its end, then see whether the page is what it was. */
static void still_one(const int *fds, const char *p)
{
	char c;

	close(fds[1]);
	_exit(read(fds[0], &c, 1) != 0 || p[0] != 1 || p[PAGE - 1] != 1);
}

static int fork_readers(char *p, int nr, int write_to_it)
{
	int fds[2], failed = 0;
	pid_t pids[80];

	if (pipe(fds) < 0 || madvise(p, PAGE, MADV_PAGEOUT) < 0)
		die("madvise");
	for (int i = 0; i < nr; i++) {
		pids[i] = fork();
		if (!pids[i])
			still_one(fds, p);
		failed |= pids[i] < 0;
	}
	/* First a read: the page is in the swap cache, and its slot is the children's. */
	failed |= p[0] != 1;
	if (write_to_it)
		memset(p, 2, PAGE);
	close(fds[1]);
	close(fds[0]);
	for (int i = 0; i < nr; i++)
		if (pids[i] > 0)
			failed |= wait_for(pids[i]);
	return failed;
}

static int swapped(void)
{
	char *p = map(1, MAP_PRIVATE);

	printf("1..2\n");
	fill(p, 1);
	tap(!fork_readers(p, 1, 1), "write-beside-slot", 0, 1);
	fill(p, 1);
	/* More than a slot can count. */
	tap(!fork_readers(p, 70, 0), "full-slot", 0, 1);
	return 0;
}

/* ---- nomem: the grader makes the n-th allocation of a fork fail; all must be as before ---- */

#define NR_FAR 3

static int differs(const char *p, char *const *far)
{
	for (int i = 0; i < PAGES; i++)
		if (p[i * PAGE + 5] != i + 1)
			return 1;
	return far[0][0] != 1 || far[NR_FAR - 1][0] != 1;
}

static int nomem(void)
{
	char *p = map(PAGES, MAP_PRIVATE), *far[NR_FAR];
	int failed = 0;
	pid_t pid;

	fill(p, PAGES);
	/* Far apart, so that the child needs several page tables. */
	for (int i = 0; i < NR_FAR; i++) {
		void *hint = (void *)(0x1000000000UL + i * 0x40000000UL);

		far[i] = mmap(hint, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			      0);
		far[i][0] = 1;
	}
	do {
		at("before", p);
		pid = fork();
		if (!pid)
			_exit(differs(p, far));
		if (pid > 0)
			failed |= wait_for(pid);
		at(pid < 0 ? "failed" : "forked", p);
	} while (pid < 0);
	return failed || differs(p, far);
}

/* ---- copyfail: a copy finds no memory at the first try ---- */

static int copyfail(void)
{
	char *p = map(PAGES, MAP_PRIVATE);
	int failed;
	pid_t pid;

	fill(p, PAGES);
	pid = must_fork();
	if (!pid) {
		for (int i = 0; i < 4; i++) {
			at("copy", p);
			p[i * PAGE] = 50;
		}
		_exit(p[0] != 50 || p[1] != 1 || p[3 * PAGE + 1] != 4);
	}
	failed = wait_for(pid);
	at("gone", p);
	for (int i = 0; i < PAGES; i++)
		failed |= p[i * PAGE] != i + 1;
	return failed != 0;
}

/* ---- storm: processes fork and write at the same time, on all harts ---- */

static int storm(void)
{
	char *p = map(PAGES, MAP_PRIVATE);
	pid_t pids[4], other;
	int failed = 0;

	fill(p, PAGES);
	for (int round = 0; round < 60; round++) {
		for (int c = 0; c < 4; c++) {
			pids[c] = must_fork();
			if (pids[c])
				continue;
			/* Two at a time meet at the same page, and one of them forks again. */
			other = c == 2 ? must_fork() : -1;
			if (!other)
				_exit(0);
			for (int i = 0; i < PAGES; i++)
				p[i * PAGE] = 64 + c;
			/* It has our pages until it has ended. */
			if (other > 0)
				wait_for(other);
			_exit(p[0] != 64 + c || p[(PAGES - 1) * PAGE] != 64 + c);
		}
		for (int c = 0; c < 4; c++)
			failed |= wait_for(pids[c]);
	}
	at("end", p);
	for (int i = 0; i < PAGES; i++)
		failed |= p[i * PAGE] != i + 1;
	return failed != 0;
}

/* ---- tlb: a thread on another hart writes all the time while we fork ---- */

static int tlb(void)
{
	volatile unsigned long *word = (void *)map(1, MAP_PRIVATE);
	int failed = 0;

	start_counting(word);
	for (int round = 0; round < 20; round++) {
		pid_t pid = must_fork();

		if (!pid) {
			unsigned long first = *word;

			for (int i = 0; i < 20000; i++)
				if (*word != first)
					_exit(1);
			_exit(0);
		}
		failed |= wait_for(pid);
	}
	stop_counting();
	if (failed)
		printf("a write of the parent reached the child after fork\n");
	return failed != 0;
}

/* ---- reader: a thread on another hart reads all the time while we write ---- */

static volatile unsigned long passes, seen;
static volatile int enough;

static void *read_on(void *arg)
{
	volatile unsigned long *p = arg;

	pin(1);
	while (!enough) {
		seen = p[0];
		passes++;
	}
	return NULL;
}

/* The thread has read so many times more. */
static void let_it_read(unsigned long times)
{
	unsigned long end = passes + times;

	while (passes < end)
		sched_yield();
}

/* => a child that has all our pages, and waits to be killed. */
static pid_t sharer(void)
{
	pid_t pid = must_fork();

	while (!pid)
		pause();
	return pid;
}

static void end_sharer(pid_t pid)
{
	kill(pid, SIGKILL);
	wait_for(pid);
}

static int reader(void)
{
	volatile unsigned long *p = (void *)map(1, MAP_PRIVATE);
	pthread_t thread;
	int old = 0;

	pin(0);
	p[0] = 1;
	if (pthread_create(&thread, NULL, read_on, (void *)p))
		die("pthread_create");
	for (unsigned long round = 2; round < 12; round++) {
		pid_t pid = sharer();

		let_it_read(1000);
		p[0] = round;
		let_it_read(1000);
		old += seen != round;
		end_sharer(pid);
	}
	enough = 1;
	pthread_join(thread, NULL);
	if (old)
		printf("a thread still reads the old page after another has written to its copy\n");
	return old != 0;
}

/* ---- race: threads write to the same shared pages at the same time ---- */

#define NR_RACERS 2
#define RACE_PAGES 128
#define MANY_LOOKS 300000	/* longer than the nap after it */

static char *raced;
static volatile long come[NR_RACERS];	/* each racer: to how many pages */

/* Each on its own hart; they wait for each other before each page. */
static void *racer(void *arg)
{
	long me = (long)arg;

	pin(me);
	for (long i = 0; i < RACE_PAGES; i++) {
		come[me] = i + 1;
		/* A host may have one processor for both harts: the other one must get it. */
		for (long looks = 1; come[!me] <= i; looks++)
			if (looks % MANY_LOOKS == 0)
				usleep(1000);
		raced[i * PAGE + me]++;
	}
	return NULL;
}

static int race(void)
{
	pthread_t threads[NR_RACERS];
	int lost = 0;

	raced = map(RACE_PAGES, MAP_PRIVATE);
	memset(raced, 0, (size_t)RACE_PAGES * PAGE);
	for (int round = 1; round <= 4; round++) {
		pid_t pid = sharer();

		come[0] = come[1] = 0;
		for (long i = 0; i < NR_RACERS; i++)
			if (pthread_create(&threads[i], NULL, racer, (void *)i))
				die("pthread_create");
		for (int i = 0; i < NR_RACERS; i++)
			pthread_join(threads[i], NULL);
		for (long i = 0; i < RACE_PAGES; i++)
			for (int j = 0; j < NR_RACERS; j++)
				lost += raced[i * PAGE + j] != round;
		end_sharer(pid);
	}
	at("end", raced);
	if (lost)
		printf("%d writes of threads are lost\n", lost);
	return lost != 0;
}

/* ---- cost: instructions a page ---- */

/* The least of some tries: a tick may fall into one of them. */
static long fork_cost(void)
{
	long best = -1;

	for (int i = 0; i < 5; i++) {
		long begin = now();
		pid_t pid = must_fork();

		if (!pid)
			_exit(0);
		begin = now() - begin;
		wait_for(pid);
		if (best < 0 || begin < best)
			best = begin;
	}
	return best;
}

static int cost(void)
{
	enum { NR = 2048 };
	long empty = fork_cost(), full, begin;
	char *p = map(NR, MAP_PRIVATE);

	fill(p, NR);
	full = fork_cost();
	printf("cost fork-a-page %ld\n", (full - empty) / NR);
	begin = now();
	for (int i = 0; i < NR; i++)
		p[i * PAGE] = 1;
	printf("cost reuse-a-page %ld\n", (now() - begin) / NR);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct lab_state states[] = {
		{ "share", share },	{ "kinds", kinds },	  { "swapped", swapped },
		{ "nomem", nomem },	{ "copyfail", copyfail }, { "storm", storm },
		{ "tlb", tlb },		{ "reader", reader },	  { "race", race },
		{ "cost", cost },
	};

	return run_state(states, ARRAY_LEN(states), argc, argv);
}
