/* SPDX-License-Identifier: MIT */
/*
 * slablab STATE - make the kernel hold many objects of one kind, and wait at `at ...` lines while
 * the grader looks at its slabs. The objects are VMAs: each mapping that differs from its
 * neighbours is one, and the grader finds them from outside through the process's tree.
 *
 * Linux: none.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "user/tests/testlib.h"
#include "user/util.h"

#define NR 1200
#define NR_THREADS 4

/* A mark, and the wait until the grader has looked; in gdb there is none. */
static void at(const char *where)
{
	char line[16];

	printf("at %s %d\n", where, getpid());
	fflush(stdout);
	if (!getenv("LABRUN"))
		return;
	if (!fgets(line, sizeof(line), stdin))
		exit(1);
}

/* Dentries, inodes and empty slabs that nobody needs, back to the page allocator. */
static void drop_caches(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	if (fd < 0 || write(fd, "2", 1) != 1)
		die("/proc/sys/vm/drop_caches");
	close(fd);
}

/* Every second page with other permissions: n VMAs. */
static char *make_vmas(long n)
{
	char *p = mmap(NULL, n * page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
		       MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	for (long i = 1; i < n; i += 2)
		if (mprotect(p + i * page_size, page_size, PROT_NONE))
			die("mprotect");
	return p;
}

static int vmas(void)
{
	char *p;

	drop_caches();
	at("before");
	p = make_vmas(NR);
	at("with");
	/* Two of three go: most slabs have holes then. */
	for (long i = 0; i < NR; i++)
		if (i % 3)
			munmap(p + i * page_size, page_size);
	at("holes");
	munmap(p, NR * page_size);
	drop_caches();
	at("after");
	return 0;
}

/* Each in its own part of the address space, so that the harts work at the same time. */
static void *churn(void *arg)
{
	for (int round = 0; round < 12; round++) {
		char *p = make_vmas(150);

		for (long i = 0; i < 150; i++)
			munmap(p + (i * 7 % 150) * page_size, page_size);
	}
	return arg;
}

/* Objects are taken on one hart and given back on another. */
static int harts(void)
{
	pthread_t threads[NR_THREADS];

	for (int i = 0; i < NR_THREADS; i++)
		if (pthread_create(&threads[i], NULL, churn, NULL))
			die("pthread_create");
	for (int i = 0; i < NR_THREADS; i++)
		pthread_join(threads[i], NULL);
	/* Every hart lets go of its slab: none may be forgotten. */
	drop_caches();
	at("churned");
	return 0;
}

static long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

/* A pipe: a few objects taken and given back, always the same ones. */
static int cost(void)
{
	long begin = 0, slow = 0;
	int fds[2];

	for (int i = 0; i < 1100; i++) {
		if (i == 100) {
			slow = vm_counter("slab_alloc_slow");
			begin = now_ns();
		}
		if (pipe(fds) < 0)
			die("pipe");
		close(fds[0]);
		close(fds[1]);
	}
	printf("cost pipe %ld\n", (now_ns() - begin) / 1000);
	printf("cost slow-per-1000 %ld\n", vm_counter("slab_alloc_slow") - slow);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} states[] = { { "vmas", vmas }, { "harts", harts }, { "cost", cost } };

	page_size = sysconf(_SC_PAGESIZE);
	for (unsigned int i = 0; argc == 2 && i < sizeof(states) / sizeof(states[0]); i++)
		if (!strcmp(argv[1], states[i].name))
			return states[i].run();
	fprintf(stderr, "usage: slablab vmas|harts|cost\n");
	return 2;
}
