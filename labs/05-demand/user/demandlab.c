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
#include <sys/resource.h>
#include <unistd.h>

#include "tools/labs/guest/lablib.h"
#include "user/tests/testlib.h"

#define RW (PROT_READ | PROT_WRITE)
#define NR_THREADS 4
#define RACE_PAGES 1500
#define RACE_MET 200
#define RACE_ROUNDS 60
#define MANY 2000
#define GUARD 256	/* pages that a stack keeps from the mapping below it */
#define SWAPPED 64
#define TOUCHED 256

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

static char *map_at(char *where, unsigned long bytes)
{
	char *p = mmap(where, bytes, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

/* What is wrong; the result of a state that ends so. */
static int wrong(const char *what)
{
	puts(what);
	return 1;
}

/* ---- states for the grader ---- */

static int bus_error(struct fault f)
{
	return f.sig == SIGBUS && f.code == BUS_ADRERR;
}

/* To how many of an access for writing and one for reading the answer is SIGBUS. */
static int bus_errors(char *write, char *read)
{
	return bus_error(fault_write(write)) + bus_error(fault_read(read));
}

/*
 * At `at reaper` the grader says, and at `at reaped` takes back, that the OOM reaper is at work.
 * Meanwhile this program's own pages must not fault: all that is used has been used before.
 */
static int reaped(char *p)
{
	int refused;

	at("touched", p, TOUCHED);
	bus_errors(NULL, NULL);
	at("reaper", p, 0);
	refused = bus_errors(p + 3 * page_size, p + 7 * page_size);
	at("reaped", p, refused);
	if (refused != 2)
		return wrong("a fresh page, or no SIGBUS, though the OOM reaper is at work");
	return fault_write(p + 3 * page_size).sig ? wrong("SIGBUS without the OOM reaper") : 0;
}

/* Of each four pages: written, read, read and then written, left alone. */
static int touch(void)
{
	volatile char *p = map(TOUCHED * page_size, RW);
	static const char *const rows[] = { "fault_anon_zero", "fault_anon_write", "pgfault" };
	long before[3];

	for (int twice = 0; twice < 2; twice++)
		for (int i = 0; i < 3; i++)
			before[i] = vm_counter(rows[i]);
	for (long i = 0; i < TOUCHED; i++) {
		if (i % 4 == 1 || i % 4 == 2)
			(void)p[i * page_size];
		if (i % 4 == 0 || i % 4 == 2)
			p[i * page_size + 7] = i | 1;
	}
	for (int i = 0; i < 3; i++)
		printf("%s %ld\n", rows[i], vm_counter(rows[i]) - before[i]);
	return reaped((char *)p);
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
	char *p = map(16 * page_size, RW), most[16];

	for (int i = 0; i < 16; i++)
		p[i * page_size] = 'a' + i;
	if (mprotect(p + 4 * page_size, 4 * page_size, PROT_READ) ||
	    munmap(p + 10 * page_size, 2 * page_size))
		die("mprotect or munmap");
	at("split", p, 16);
	/* As many VMAs as there may be: to cut one is refused, and changes nothing. */
	snprintf(most, sizeof(most), "%d", map_count());
	write_file("/proc/sys/vm/max_map_count", most);
	if (!mprotect(p + 13 * page_size, page_size, PROT_READ) ||
	    !mprotect(p + 13 * page_size, 3 * page_size, PROT_NONE))
		return wrong("more VMAs than vm.max_map_count");
	p[13 * page_size] = 'z';
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
	at("file-split", p, 16);
	puts("1..2");
	for (int i = 0; i < 16; i++)
		if (i != 5 && i != 6 && i != 12 && i != 13)
			right += atoi(p + i * page_size + 5) == i;
	tap(right == 12, "pages-in-place", 12, right);
	/* Who cuts the file finds every part of its mapping. */
	if (ftruncate(fd, page_size))
		die("ftruncate");
	right = 0;
	for (int i = 1; i < 16; i++)
		if (i != 5 && i != 6 && i != 12 && i != 13)
			right += bus_error(fault_read(p + i * page_size));
	tap(right == 11, "gone-when-truncated", 11, right);
	return 0;
}

/* Where the heap ends, as the kernel says. */
static char *heap_end(void)
{
	brk(NULL);
	return sbrk(0);
}

/* A brk() that must be refused. => 0 if the heap is as before. */
static int moved_by(char *to)
{
	char *before = heap_end();

	brk(to);
	return heap_end() != before;
}

/* What must be refused leaves the heap, 64 pages from start on, as it is. */
static int heap_refused(char *start)
{
	char *end = start + 64 * page_size, *far = map_at(start + 80 * page_size, page_size);
	struct rlimit data = { .rlim_cur = 0, .rlim_max = RLIM_INFINITY };

	*far = 0x77;
	if (moved_by((char *)-page_size) || moved_by(far + 2 * page_size) || *far != 0x77)
		return wrong("the heap grows where it must not");
	if (moved_by((char *)page_size))
		return wrong("the heap ends below its begin");
	if (brk(end - 100) || setrlimit(RLIMIT_DATA, &data))
		die("brk or setrlimit");
	if (moved_by(end + page_size) || moved_by(end - 99))
		return wrong("the heap grows over RLIMIT_DATA");
	data.rlim_cur = RLIM_INFINITY;
	if (setrlimit(RLIMIT_DATA, &data))
		die("setrlimit");
	if (moved_by(far) || moved_by(far - page_size + 1))
		return wrong("the heap comes nearer than a page to the mapping above it");
	if (brk(far - page_size) || heap_end() != far - page_size)
		return wrong("no brk where a page to the mapping above is kept");
	return 0;
}

/* Up by 64 pages, all used; down by 40; up again: the last ones must be new. */
static int heap(void)
{
	char *start = heap_end(), *p;

	start = (char *)(((unsigned long)start + page_size - 1) & -page_size);
	if (brk(start + 64 * page_size))
		die("brk");
	memset(start, 0x5a, 64 * page_size);
	p = start + 24 * page_size;
	/* One byte of page 24 belongs to the heap, and so the page is there. */
	if (brk(p + 1) || heap_end() != p + 1)
		return wrong("brk does not end at the byte that was asked for");
	if (*p != 0x5a)
		return wrong("the last page, used in part, is not what it was");
	if (brk(p))
		die("brk");
	at("shrunk", start, 64);
	if (brk(start + 64 * page_size))
		die("brk");
	for (long i = 0; i < 40 * page_size; i++)
		if (p[i])
			return wrong("old contents in memory that the heap gave back");
	at("grown", start, 64);
	return heap_refused(start);
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

static unsigned long stack_start(void)
{
	static char text[16384];
	char *line;

	if (read_file("/proc/self/maps", text, sizeof(text)) < 0 || !strstr(text, "[stack]"))
		die("/proc/self/maps");
	for (line = strstr(text, "[stack]"); line > text && line[-1] != '\n'; line--)
		;
	return strtoul(line, NULL, 16);
}

/*
 * A mapping below the stack: as near as may be, nearer, and nearer when nobody can touch it. The
 * addresses are in the middle of pages.
 */
static int gap(void)
{
	char *below = map_at((char *)stack_start() - (GUARD + 40) * page_size, page_size);
	char *nearest = below + (GUARD + 1) * page_size;
	long committed, locked;

	if (fault_write(nearest + 123).sig)
		return wrong("SIGSEGV where the gap is just kept");
	at("nearest", nearest, GUARD);
	committed = mem_kib("Committed_AS:");
	if (fault_write(nearest - 123).code != SEGV_MAPERR)
		return wrong("the stack has grown into its guard gap");
	if (mem_kib("Committed_AS:") != committed)
		return wrong("Committed_AS has grown, though the stack has not");
	if (mprotect(below, page_size, PROT_NONE))
		die("mprotect");
	if (fault_write(below + 5 * page_size + 123).sig)
		return wrong("SIGSEGV above a mapping that nobody can touch");
	at("untouchable", below + 5 * page_size, 5);
	if (mlock(below + 5 * page_size, page_size))
		die("mlock");
	locked = status_kib("VmLck:");
	if (fault_write(below + 3 * page_size).sig || status_kib("VmLck:") != locked + 8)
		return wrong("a locked stack grew by two pages, and VmLck not by 8 KiB");
	return 0;
}

/* ---- judged from inside ---- */

/* More than all memory, for a moment: what was on its way to the disk is there then. */
static void press(void)
{
	long nr = mem_kib("MemFree:") / 4 + 2048;
	char *p = map(nr * page_size, RW);

	for (long i = 0; i < nr; i++)
		p[i * page_size] = 1;
	munmap(p, nr * page_size);
}

/* Pages come back from the disk: the fault waits without the lock, and is counted once. */
static int retry(void)
{
	char *p = map(SWAPPED * page_size, RW);
	struct rusage before, after;
	long right = 0, faults, counted = 0;

	for (long i = 0; i < SWAPPED; i++)
		p[i * page_size] = i + 1;
	if (madvise(p, SWAPPED * page_size, MADV_PAGEOUT))
		die("madvise");
	press();
	write_file("/proc/sys/vm/page-cluster", "0");
	printf("at out %d\n", getpid());
	looked();			/* the grader makes the disk slow: each fault has to wait */
	for (int twice = 0; twice < 2; twice++)
		counted = vm_counter("pgfault");
	getrusage(RUSAGE_SELF, &before);
	for (long i = 0; i < SWAPPED; i++)
		right += p[i * page_size] == i + 1;
	getrusage(RUSAGE_SELF, &after);
	counted = vm_counter("pgfault") - counted;
	faults = after.ru_minflt - before.ru_minflt + after.ru_majflt - before.ru_majflt;
	puts("1..4");
	tap(right == SWAPPED, "pages-come-back", SWAPPED, right);
	tap(after.ru_majflt > before.ru_majflt, "some-faults-are-major", 1,
	    after.ru_majflt - before.ru_majflt);
	tap(faults == SWAPPED, "each-is-counted-once", SWAPPED, faults);
	tap(counted == SWAPPED, "each-is-one-pgfault", SWAPPED, counted);
	return 0;
}

/* Memory that others have used before; every second page is written to before it is read. */
static int zeroed(void)
{
	long nr = mem_kib("MemFree:") / 4 * 6 / 10, dirty = 0;

	for (int round = 0; round < 3; round++) {
		char *p = map(nr * page_size, RW);

		for (long i = 0; i < nr; i++) {
			unsigned long *page = (unsigned long *)(p + i * page_size);

			if (i % 2)
				page[0] = 0;
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

/*
 * All threads write to all pages once. => faults beyond one a page and what their stacks need: so
 * often they have met.
 */
static long race_once(long *lost)
{
	pthread_t threads[NR_THREADS];
	struct rusage before, after;
	long faults;

	getrusage(RUSAGE_SELF, &before);
	go = 0;
	for (long i = 0; i < NR_THREADS; i++)
		if (pthread_create(&threads[i], NULL, racer, (void *)i))
			die("pthread_create");
	go = 1;
	for (int i = 0; i < NR_THREADS; i++)
		pthread_join(threads[i], NULL);
	getrusage(RUSAGE_SELF, &after);
	for (long i = 0; i < RACE_PAGES; i++)
		for (int j = 0; j < NR_THREADS; j++)
			*lost += raced[i * page_size + j] != j + 1;
	faults = after.ru_minflt - before.ru_minflt - RACE_PAGES - 5 * NR_THREADS;
	return faults > 0 ? faults : 0;
}

static char *overrun;			/* a page of the main thread's stack, below its VMA */
static volatile long overran[2];	/* the grader holds one thread until the other is here */

static void *overrunner(void *arg)
{
	long me = (long)arg;

	pin(me + 1);
	while (!go)
		sched_yield();
	((volatile char *)overrun)[me] = me + 1;
	overran[me] = 1;
	return NULL;
}

/* Two threads overrun the stack of a third at the same time. */
static void overrun_together(void)
{
	pthread_t threads[2];

	overrun = (char *)stack_start() - page_size;
	for (long i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, overrunner, (void *)i))
			die("pthread_create");
	overran[0] = overran[1] = 0;
	at("overrun", (char *)overran, 2);
	go = 1;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	if (overrun[0] != 1 || overrun[1] != 2)
		die("stack");
}

/* On a busy host the harts rarely run at the same time: until they have met often. */
static int race(void)
{
	long lost = 0, rss, nr, met;

	overrun_together();
	raced = map(RACE_PAGES * page_size, RW);
	rss = status_kib("VmRSS:");
	rss = status_kib("VmRSS:");
	met = race_once(&lost);
	for (int round = 1; round < RACE_ROUNDS && (round < 8 || met < RACE_MET); round++) {
		madvise(raced, RACE_PAGES * page_size, MADV_DONTNEED);
		met += race_once(&lost);
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
		{ "gap", gap }, { "retry", retry }, { "zeroed", zeroed }, { "alone", alone },
		{ "race", race }, { "cost", cost },
	};

	return run_state(states, ARRAY_LEN(states), argc, argv);
}
