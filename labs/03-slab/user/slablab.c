/* SPDX-License-Identifier: MIT */
/*
 * slablab STATE - make the kernel hold many objects of one kind, and wait at `at ...` lines while
 * the grader looks at its slabs. The objects are VMAs: each mapping that differs from its
 * neighbours is one, and the grader finds them from outside through the process's tree.
 *
 * Linux: none.
 */
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tools/labs/guest/lablib.h"
#include "user/tests/testlib.h"

#define NR 1200
#define NR_THREADS 4

static void at(const char *where)
{
	printf("at %s %d\n", where, getpid());
	looked();
}

/* Dentries, inodes and empty slabs that nobody needs, back to the page allocator. */
static void drop_caches(void)
{
	write_file("/proc/sys/vm/drop_caches", "2");
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
	at("freed");
	drop_caches();
	at("after");
	return 0;
}

/* The same, and then once more, for the grader to look at how the pages are freed. */
static int returned(void)
{
	char *p;

	vmas();
	p = make_vmas(NR);
	at("again");
	munmap(p, NR * page_size);
	at("dropping");
	drop_caches();
	return 0;
}

/* One object, taken and given back again and again, on one hart. */
static int pairs(void)
{
	at("ready");
	for (int i = 0; i < 200; i++) {
		void *p = mmap(NULL, page_size, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED || munmap(p, page_size))
			die("mmap");
	}
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

/* A pipe: a few objects taken and given back, always the same ones. */
static int cost(void)
{
	long begin = 0, slow = 0;
	int fds[2];

	for (int i = 0; i < 1100; i++) {
		if (i == 100) {
			slow = vm_counter("slab_alloc_slow");
			begin = now();
		}
		if (pipe(fds) < 0)
			die("pipe");
		close(fds[0]);
		close(fds[1]);
	}
	printf("cost pipe %ld\n", (now() - begin) / 1000);
	printf("cost slow-per-1000 %ld\n", vm_counter("slab_alloc_slow") - slow);
	/* Many objects at once are many slabs: a slow path for each. */
	slow = vm_counter("slab_alloc_slow");
	make_vmas(NR);
	slow = vm_counter("slab_alloc_slow") - slow;
	if (slow < 10) {
		printf("slab_alloc_slow of /proc/vmstat grew by %ld for %d objects\n", slow, NR);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct lab_state states[] = {
		{ "vmas", vmas }, { "returned", returned }, { "pairs", pairs },
		{ "harts", harts }, { "cost", cost },
	};

	return run_state(states, ARRAY_LEN(states), argc, argv);
}
