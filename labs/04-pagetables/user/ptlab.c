/* SPDX-License-Identifier: MIT */
/*
 * ptlab STATE - map, unmap and protect memory at addresses where page tables begin and end, and
 * wait at `at ...` lines while the grader walks the tables. What can be judged from inside is
 * printed as TAP.
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
#include <unistd.h>

#include "tools/labs/guest/lablib.h"
#include "user/tests/testlib.h"

#define PAGE 4096UL
#define MIB (1UL << 20)
#define GIB (1UL << 30)
#define RW (PROT_READ | PROT_WRITE)

/* tests.py knows these addresses too. */
#define WIDE (65 * GIB - 4 * MIB)	/* 8 MiB across a border of 1 GiB */
#define PAIR (96 * GIB)			/* two areas in one last-level table, one 64 MiB above */
#define HOLE (PAIR + 128 * MIB)		/* 8 MiB, used at both ends only */
#define FAR (128 * GIB)
#define EMPTY (132 * GIB)
#define LOW (1 * GIB)
#define PROTECT (160 * GIB - 1 * MIB)
#define RACE (66 * GIB)
#define MAGIC 0x5bd1e99500000000L

#define NR_RACERS 2
#define BUNDLE 128		/* pages: MMU_GATHER_BUNDLE */
#define MANY 100		/* GiB; the program itself is above 166 GiB */

/* Pages that are used, in the order of their numbers. */
static const unsigned long touched[] = {
	WIDE, WIDE + 2 * MIB - PAGE, WIDE + 2 * MIB, WIDE + 4 * MIB - PAGE, WIDE + 4 * MIB,
	WIDE + 6 * MIB - PAGE, WIDE + 6 * MIB, WIDE + 8 * MIB - PAGE, PAIR, PAIR + 3 * PAGE,
	PAIR + 8 * PAGE, PAIR + 11 * PAGE, PAIR + 64 * MIB, HOLE, HOLE + 7 * MIB,
	FAR, LOW, LOW + PAGE,
};

static void at(const char *where, unsigned long start, long nr)
{
	printf("at %s %d %#lx %ld\n", where, getpid(), start, nr);
	looked();
}

static char *map_at(unsigned long addr, unsigned long bytes)
{
	char *p = mmap((void *)addr, bytes, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
		       MAP_FIXED_NOREPLACE, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static void unmap(unsigned long addr, unsigned long bytes)
{
	if (munmap((void *)addr, bytes))
		die("munmap");
}

static void map_all(void)
{
	map_at(WIDE, 8 * MIB);
	map_at(PAIR, 4 * PAGE);
	map_at(PAIR + 8 * PAGE, 4 * PAGE);
	map_at(PAIR + 64 * MIB, PAGE);
	map_at(HOLE, 8 * MIB);
	map_at(FAR, PAGE);
	map_at(LOW, 2 * PAGE);
	for (unsigned int i = 0; i < ARRAY_LEN(touched); i++)
		memset((void *)touched[i], i + 1, PAGE);
}

/* How many of the touched pages in [start, end) hold what was written there. */
static int intact(unsigned long start, unsigned long end)
{
	int n = 0;

	for (unsigned int i = 0; i < ARRAY_LEN(touched); i++) {
		const char *p = (const char *)touched[i];

		if (touched[i] >= start && touched[i] < end)
			n += p[0] == (char)(i + 1) && p[PAGE - 1] == (char)(i + 1);
	}
	return n;
}

/* What goes last from this GiB never had a page, nor a last-level table. */
static void empty_last(void)
{
	map_at(EMPTY + 4 * MIB, PAGE);
	memset(map_at(EMPTY, PAGE), 1, PAGE);
	unmap(EMPTY, PAGE);
	unmap(EMPTY + 4 * MIB, PAGE);
}

/* Maps, cuts and unmaps; tells what is left of what was written. */
static int tables(void)
{
	map_all();
	at("mapped", WIDE, ARRAY_LEN(touched));
	/* The middle of the wide one, both sides of the border; the lower of the pair; the hole. */
	unmap(WIDE + 2 * MIB, 4 * MIB);
	unmap(PAIR, 4 * PAGE);
	unmap(HOLE, 8 * MIB);
	at("cut", WIDE, 0);
	unmap(WIDE + 6 * MIB, 2 * MIB);
	unmap(FAR, PAGE);
	unmap(PAIR + 8 * PAGE, 4 * PAGE);
	empty_last();
	at("gone", WIDE, 0);
	if (intact(WIDE, WIDE + 2 * MIB) != 2 || intact(PAIR + 64 * MIB, PAIR + 65 * MIB) != 1 ||
	    intact(LOW, LOW + 2 * PAGE) != 2) {
		printf("a page that nobody unmapped has lost its contents\n");
		return 1;
	}
	/* Once more where tables have gone: new ones, and zeroes. */
	map_at(WIDE + 2 * MIB, 6 * MIB);
	map_at(FAR, PAGE);
	if (*(long *)(WIDE + 2 * MIB) || *(long *)(WIDE + 4 * MIB) || *(long *)FAR)
		return 1;
	memset((void *)FAR, 16, PAGE);
	at("again", WIDE, 0);
	return 0;
}

/* A child with hundreds of tables ends. */
static int ended(void)
{
	pid_t pid;

	at("before", 0, 0);
	pid = fork();
	if (!pid) {
		map_at(RACE, MANY * GIB);
		for (long i = 0; i < MANY; i++)
			*(long *)(RACE + i * GIB + i * 2 * MIB) = i;
		at("child", RACE, MANY);
		_exit(0);
	}
	if (child_status(pid))
		return 1;
	at("after", 0, 0);
	return 0;
}

/* 8 MiB with holes in its tables; parts of it are protected in turn. */
static int protect(void)
{
	char *p = map_at(PROTECT, 8 * MIB);
	volatile char sum = 0;

	/* Written, written, read, nothing, in turn, in the first and the third 2 MiB. */
	for (unsigned long i = 0; i < 8 * MIB / PAGE; i++) {
		if ((i * PAGE + PROTECT) / (2 * MIB) % 2)
			continue;
		if (i % 4 < 2)
			p[i * PAGE] = i | 1;
		else if (i % 4 == 2)
			sum += p[i * PAGE];
	}
	at("written", PROTECT, 8 * MIB / PAGE);
	/* From inside one table to inside another, over one that does not exist. */
	if (mprotect(p + 100 * PAGE, 5 * MIB, PROT_READ))
		die("mprotect");
	at("read-only", PROTECT, 8 * MIB / PAGE);
	if (mprotect(p + 400 * PAGE, PAGE, PROT_NONE) || mprotect(p + 300 * PAGE, 2 * PAGE, RW))
		die("mprotect");
	at("mixed", PROTECT, 8 * MIB / PAGE);
	if (fault_write(p + 260 * PAGE).sig != SIGSEGV ||
	    fault_read(p + 400 * PAGE).sig != SIGSEGV || fault_write(p + 300 * PAGE).sig)
		return 1;
	if (mprotect(p + 400 * PAGE, PAGE, PROT_READ))
		die("mprotect");
	at("readable", PROTECT, 8 * MIB / PAGE);
	return fault_read(p + 400 * PAGE).sig != 0;
}

/* ---- users of the walk ---- */

static const unsigned int cached[] = { 0, 511, 512, 1023, 1024, 1535, 2047 };

/* How many of n answers of mincore(), from page first of the file on, are wrong. */
static int wrong_answers(unsigned long addr, unsigned long first, unsigned long n)
{
	static unsigned char vec[8 * MIB / PAGE];
	int wrong = 0;

	memset(vec, 0xee, sizeof(vec));
	if (mincore((void *)(addr + first * PAGE), n * PAGE, vec))
		die("mincore");
	for (unsigned long i = 0; i < n; i++) {
		int want = 0;

		for (unsigned int c = 0; c < ARRAY_LEN(cached); c++)
			want |= cached[c] == first + i;
		wrong += vec[i] != want;
	}
	return wrong;
}

/* 8 MiB of a file of which some pages are in memory. */
static void map_file(int fd, unsigned long addr, unsigned long bytes)
{
	if (mmap((void *)addr, bytes, RW, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0) == MAP_FAILED)
		die("mmap");
}

static int cached_file(void)
{
	int fd = memfd_create("ptlab", 0);

	if (fd < 0 || ftruncate(fd, 8 * MIB))
		die("memfd_create");
	for (unsigned int i = 0; i < ARRAY_LEN(cached); i++)
		if (pwrite(fd, "x", 1, cached[i] * PAGE) != 1)
			die("pwrite");
	return fd;
}

/* As many pages as one bundle of MADV_PAGEOUT holds end at a border, and some lie behind it. */
static int pageout_across(unsigned long border)
{
	char *p = (char *)border - 32 * PAGE;

	for (int i = 0; i < 40; i++)
		p[i * PAGE] = i + 1;
	if (madvise(p, 40 * PAGE, MADV_PAGEOUT))
		die("madvise");
	for (int i = 0; i < 40; i++)
		if (p[i * PAGE] != i + 1)
			return 0;
	return 1;
}

/* mincore() asks what is under holes, MADV_FREE wants the lock, MADV_PAGEOUT stops walks. */
static int walk(void)
{
	int fd = cached_file();

	puts("1..4");
	map_file(fd, WIDE, 8 * MIB);
	tap(!wrong_answers(WIDE, 0, 2048) && !wrong_answers(WIDE, 3, 1400), "holes", 0,
	    wrong_answers(WIDE, 0, 2048));
	/* The second of four tables comes to be. */
	((volatile char *)WIDE)[512 * PAGE] = 1;
	tap(!wrong_answers(WIDE, 0, 2048) && !wrong_answers(WIDE, 3, 1400), "holes-and-tables", 0,
	    wrong_answers(WIDE, 0, 2048));
	/* The page is mapped once, but two mappings might have it: one is where no table is. */
	*map_at(FAR, PAGE) = 1;
	map_file(fd, FAR + 4 * MIB, 8 * MIB);
	tap(!madvise((void *)(WIDE + 512 * PAGE), PAGE, MADV_PAGEOUT) &&
	    ((volatile char *)WIDE)[512 * PAGE] == 1, "no-table-in-the-other-mapping", 1, 0);
	unmap(WIDE, 8 * MIB);
	map_at(WIDE, 8 * MIB);
	tap(pageout_across(WIDE + 2 * MIB) && pageout_across(WIDE + 4 * MIB) &&
	    !madvise((void *)WIDE, 8 * MIB, MADV_FREE), "stops-in-time", 1, 0);
	return 0;
}

/* ---- races ---- */

/* For a while, in which the other harts go on. */
static void spin(long ms)
{
	struct timespec t;
	long end = 0;

	do {
		clock_gettime(CLOCK_MONOTONIC, &t);
		if (!end)
			end = t.tv_sec * 1000 + t.tv_nsec / 1000000 + ms;
	} while (t.tv_sec * 1000 + t.tv_nsec / 1000000 < end);
}

static volatile int turn;
static int started;
static volatile long done[2 * NR_RACERS];	/* read by the grader while others stand still */

/* Both threads write to the same fresh GiB, then to the same fresh 2 MiB. Each has its own hart. */
static void *racer(void *arg)
{
	unsigned long me = (unsigned long)arg, mask = 2UL << me;

	if (sched_setaffinity(0, sizeof(mask), (void *)&mask))
		die("sched_setaffinity");
	__atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
	for (int i = 0; i < 2; i++) {
		while (turn <= i)
			nap(1);
		*(volatile long *)(RACE + i * 2 * MIB + me * PAGE) = MAGIC + i * NR_RACERS + me;
		done[i * NR_RACERS + me] = 1;
	}
	return NULL;
}

static int race(void)
{
	pthread_t threads[NR_RACERS];
	unsigned long mask = 1;

	if (sched_setaffinity(0, sizeof(mask), (void *)&mask))
		die("sched_setaffinity");
	map_at(RACE, GIB);
	done[0] = 0;
	for (long i = 0; i < NR_RACERS; i++)
		if (pthread_create(&threads[i], NULL, racer, (void *)i))
			die("pthread_create");
	while (__atomic_load_n(&started, __ATOMIC_SEQ_CST) < NR_RACERS)
		sched_yield();
	for (int i = 0; i < 2; i++) {
		at("ready", (unsigned long)&done[i * NR_RACERS], i);
		turn = i + 1;
		while (!done[i * NR_RACERS] || !done[i * NR_RACERS + 1])
			nap(1);
	}
	for (int i = 0; i < NR_RACERS; i++)
		pthread_join(threads[i], NULL);
	at("raced", RACE, NR_RACERS);
	return 0;
}

/* ---- another hart's TLB ---- */

static volatile long *victim;
static volatile int faulted, running;

static void on_segv(int sig)
{
	faulted = 1;
	pthread_exit(NULL);
}

static void *writer(void *arg)
{
	long n = 0;

	running = 1;
	for (;;)
		*victim = MAGIC + ++n;
	return NULL;
}

static void start_writer(pthread_t *thread, char *p)
{
	memset(p, 0, PAGE);
	faulted = running = 0;
	victim = (volatile long *)p;
	if (pthread_create(thread, NULL, writer, NULL))
		die("pthread_create");
	while (!running || *victim < MAGIC + 1000)
		sched_yield();
}

/* The writer has been told, or else it never will be. */
static void join_writer(pthread_t thread)
{
	for (int i = 0; i < 1000 && !faulted; i++)
		spin(2);
	if (!faulted) {
		printf("a thread still writes to a page that it must not write to\n");
		exit(1);
	}
	pthread_join(thread, NULL);
}

/* In how many of 10 rounds did a change of memory tell the other hart so many times? */
static int told(void (*change)(char *p, int round), char *p, long times)
{
	int as_many = 0;

	for (int i = 0; i < 10; i++) {
		long before = vm_counter("tlb_remote_flush");

		change(p, i);
		as_many += vm_counter("tlb_remote_flush") - before == times;
	}
	return as_many;
}

static void change_all(char *p, int round)
{
	if (mprotect(p, 8 * MIB, round % 2 ? RW : PROT_READ))
		die("mprotect");
}

/* Just as many pages as one bundle of munmap() holds: after its flush nothing is left. */
static void unmap_bundle(char *p, int round)
{
	unmap((unsigned long)p + 3 * round * BUNDLE * PAGE, BUNDLE * PAGE);
}

/* Another hart runs this process: each flush has to reach it. Now and then others flush too. */
static void flushes(void)
{
	static volatile unsigned long word;
	char *p = map_at(WIDE, 8 * MIB);
	int n;

	start_counting(&word);
	n = told(change_all, p, 0);
	tap(n > 5, "no-flush-for-nothing", 10, n);
	for (unsigned long i = 0; i < 8 * MIB; i += MIB)
		p[i] = 1;
	n = told(change_all, p, 1);
	tap(n > 5, "one-flush-for-all-tables", 10, n);
	/* A page that is out may have been flushed from no TLB yet. */
	if (madvise(p, 8 * MIB, MADV_PAGEOUT))
		die("madvise");
	n = told(change_all, p, 1);
	tap(n > 5, "a-flush-for-swap-entries", 10, n);
	memset(p, 1, 32 * BUNDLE * PAGE / 2);
	n = told(unmap_bundle, p, 1);
	tap(n > 5, "one-flush-for-a-bundle", 10, n);
	stop_counting();
}

/* One thread writes to a page all the time while another takes the right, or the page, away. */
static int stale(void)
{
	int stopped = 0, rounds = 10;
	char *p = map_at(FAR, 2 * PAGE);
	pthread_t thread;
	long seen;

	signal(SIGSEGV, on_segv);
	p[PAGE] = 1;		/* the table stays: its going would flush everything */
	for (int i = 0; i < 4; i++) {
		start_writer(&thread, p);
		at("writing", FAR, i);
		unmap(FAR, PAGE);
		at("unmapped", FAR, i);
		spin(5);
		at("later", FAR, i);
		join_writer(thread);
		map_at(FAR, PAGE);
	}
	for (int i = 0; i < rounds; i++) {
		start_writer(&thread, p);
		if (mprotect(p, PAGE, PROT_READ))
			die("mprotect");
		seen = *victim;
		spin(5);
		stopped += seen == *victim;
		join_writer(thread);
		mprotect(p, PAGE, RW);
	}
	puts("1..5");
	tap(stopped == rounds, "writer-stopped", rounds, stopped);
	flushes();
	return 0;
}

/* ---- pagemap ---- */

/* What /proc/self/pagemap says of every page of 8 MiB, some of it used; odd starts and lengths. */
static int pagemap(void)
{
	static uint64_t entries[8 * MIB / PAGE];
	static const long cuts[] = { 0, 3, 700, 701, 1400, 8 * MIB / PAGE };
	int fd = open("/proc/self/pagemap", O_RDONLY);
	char *p = map_at(WIDE, 8 * MIB);
	ssize_t got;

	/* The third 2 MiB have no table. */
	for (int i = 0; i < 1000; i += 7)
		p[i * PAGE] = 1;
	p[6 * MIB] = p[8 * MIB - 1] = 1;
	memset(entries, 0xee, sizeof(entries));
	for (unsigned int i = 0; i + 1 < ARRAY_LEN(cuts); i++) {
		long n = (cuts[i + 1] - cuts[i]) * 8;

		got = pread(fd, entries + cuts[i], n, (WIDE / PAGE + cuts[i]) * 8);
		if (got != n) {
			printf("pread of %ld bytes gave %zd\n", n, got);
			return 1;
		}
	}
	for (unsigned int i = 0; i < ARRAY_LEN(entries); i++)
		if (entries[i])
			printf("page %u %#lx\n", i, entries[i]);
	at("told", WIDE, ARRAY_LEN(entries));
	return 0;
}

/* ---- cost ---- */

/* What 100 GiB cost in which two pages are used: the walk must jump over what has no table. */
static int cost(void)
{
	static char text[65536];
	char *p = map_at(RACE, MANY * GIB);
	int fd = open("/proc/self/smaps", O_RDONLY);
	long t0, t1, t2, t3;

	p[0] = p[MANY * GIB - 1] = 1;
	t0 = now();
	while (read(fd, text, sizeof(text)) > 0)
		;
	t1 = now();
	mprotect(p, MANY * GIB, PROT_READ);
	t2 = now();
	unmap(RACE, MANY * GIB);
	t3 = now();
	printf("cost smaps %ld\ncost mprotect %ld\ncost munmap %ld\n", t1 - t0, t2 - t1, t3 - t2);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct lab_state states[] = {
		{ "tables", tables }, { "ended", ended }, { "protect", protect }, { "race", race },
		{ "stale", stale }, { "pagemap", pagemap }, { "cost", cost }, { "walk", walk },
	};

	return run_state(states, ARRAY_LEN(states), argc, argv);
}
