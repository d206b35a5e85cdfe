/* SPDX-License-Identifier: MIT */
/*
 * swapedgelab STATE - swap at its edges: another hart writes, the disk fails, memory runs out,
 * pages that need no slot, that must not go, or whose last user has gone; and what a page costs.
 * See swaplab.h.
 *
 * Linux: none.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/08-swap/user/swaplab.h"

/* Pages of /dev/vda. */
static unsigned long *map_disk(long from, long nr, int prot)
{
	int fd = open("/dev/vda", O_RDWR);
	void *p = mmap(NULL, nr * PAGE, prot, MAP_SHARED, fd, from * PAGE);

	if (p == MAP_FAILED)
		die("/dev/vda");
	close(fd);
	return p;
}

/* ---- tlb: another hart writes all the time ---- */

static int tlb(void)
{
	unsigned long *word = map(1);

	start_counting(word);
	for (int round = 0; round < 5; round++) {
		page_out(word, 1);
		at("out", word, 1);
	}
	stop_counting();
	word = map_disk(0, 1, PROT_READ | PROT_WRITE);
	start_counting(word);
	for (int round = 0; round < 5; round++) {
		at("file", word, 1);
		page_out(word, 1);
	}
	stop_counting();
	return 0;
}

/* ---- errors: some slots cannot be read, or not written ---- */

/* 0: all right; 1: wrong content; else the signal. */
static int touch_in_child(unsigned long *p, long i)
{
	int status;
	pid_t pid = must_fork();

	if (!pid)
		_exit(wrong(p, i, i + 1));
	status = wait_for(pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static int errors(void)
{
	enum { NR = 32 };
	unsigned long *p = map(NR);

	write_file("/proc/sys/vm/swappiness", "200");
	fill(p, NR);
	page_out(p, NR);
	/* Out of the swap cache, if they could be written. */
	press_at("out", p, NR);
	for (long i = 0; i < NR; i++)
		printf("touched %ld %d\n", i, touch_in_child(p, i));
	at("touched", p, NR);
	return 0;
}

/* What could not be written is touched by its owner, and changed, and goes out once more. */
static int write_errors(void)
{
	enum { NR = 32 };
	unsigned long *p = map(NR);
	int bad;

	write_file("/proc/sys/vm/swappiness", "200");
	fill(p, NR);
	page_out(p, NR);
	press();
	at("out", p, NR);
	bad = wrong(p, 0, NR);
	for (long i = 0; i < NR; i++)
		p[i * WORDS] = pattern(i, 0);
	at("touched", p, NR);
	page_out(p, NR);
	press();
	at("again", p, NR);
	return bad || wrong(p, 0, NR);
}

/* ---- nomem: the grader makes the n-th allocation of a page-out fail ---- */

static int nomem(void)
{
	enum { NR = 16, STEP = 512 };
	int bad = 0, more;

	do {
		unsigned long *p = map(NR);

		fill(p, NR);
		at("before", p, NR);
		page_out(p, NR);
		more = at("out", p, NR)[0] == 'm';
		bad += wrong(p, 0, NR);
		munmap(p, NR * PAGE);
	} while (more);
	at("gone", NULL, 0);
	return bad != 0;
}

/* ---- file: a page of a disk, mapped and written to ---- */

static volatile unsigned long sum;

static void touch(const unsigned long *p, long nr)
{
	for (long i = 0; i < nr; i++)
		sum += p[i * WORDS];
}

enum { KEPT = 192, STREAM = 1536 };	/* pages */

static long resident(void *p, long nr)
{
	unsigned char there[STREAM];
	long n = 0;

	if (mincore(p, nr * PAGE, there) < 0)
		die("mincore");
	for (long i = 0; i < nr; i++)
		n += there[i] & 1;
	return n;
}

/* Memory runs short until only so many pages of a mapping are in memory. */
static void press_until(void *p, long nr, long left)
{
	long total = file_field("/proc/meminfo", "MemTotal:") / 4, i = 0;
	unsigned long *hog = map(total);

	while (i + 16 <= total && resident(p, nr) > left)
		for (int k = 0; k < 16; k++)
			hog[i++ * WORDS] = 1;
	munmap(hog, total * PAGE);
}

/* All are used once, and then memory runs short: text, data, and what is read in order. */
static void stay_or_go(void)
{
	unsigned long *text = map_disk(0, KEPT, PROT_READ | PROT_EXEC);
	unsigned long *data = map_disk(KEPT, KEPT, PROT_READ);
	unsigned long *stream = map_disk(2 * KEPT, STREAM, PROT_READ);

	write_file("/proc/sys/vm/swappiness", "0");
	if (madvise(stream, STREAM * PAGE, MADV_SEQUENTIAL) < 0)
		die("madvise");
	touch(text, KEPT);
	touch(data, KEPT);
	touch(stream, STREAM);
	press_until(stream, STREAM, STREAM / 2);
	at("text", text, KEPT);
	at("data", data, KEPT);
	/* Not touched: mincore() tells of the page cache. */
	press_until(map_disk(0, 2 * KEPT, PROT_READ), 2 * KEPT, KEPT * 3 / 2);
	at("left", NULL, 0);
}

static int file(void)
{
	enum { NR = 16 };
	unsigned long *p = map_disk(0, NR, PROT_READ | PROT_WRITE);

	fill(p, NR);
	page_out(p, NR);
	at("out", p, NR);
	if (wrong(p, 0, NR))
		return 1;
	/* By reclaim, this time, and read in between. */
	for (long i = 0; i < NR; i++)
		p[i * WORDS] = i;
	page_out(p, NR);
	at("again", p, NR);
	stay_or_go();
	return 0;
}

/* ---- lazy: MADV_FREE gives pages up; what is written again is wanted after all ---- */

static int lazy(void)
{
	enum { NR = 32 };
	unsigned long *p = map(NR);

	fill(p, NR);
	if (madvise(p, NR * PAGE, MADV_FREE) < 0)
		die("madvise");
	for (long i = 0; i < NR; i += 2)
		fill_page(p, i);
	page_out(p, NR);
	at("out", p, NR);
	page_out(p, NR);
	at("again", p, NR);
	for (long i = 0; i < NR; i++)
		if (i % 2 ? p[i * WORDS] != 0 : wrong(p, i, i + 1))
			return 1;
	return 0;
}

/* ---- locked: what mlock() has locked stays, though another has unlocked the same frames ---- */

static int locked(void)
{
	enum { NR = 64 };
	unsigned long *p = map(NR);
	pid_t pid;

	write_file("/proc/sys/vm/swappiness", "200");
	fill(p, NR);
	page_out(p, NR);
	if (mlock(p, NR * PAGE) < 0)
		die("mlock");
	at("locked", p, NR);
	/* mlock() of pages that may be written would give the child copies of its own. */
	if (mprotect(p, NR * PAGE, PROT_READ) < 0)
		die("mprotect");
	pid = must_fork();
	if (!pid)
		_exit(mlock(p, NR * PAGE) < 0 || munlock(p, NR * PAGE) < 0);
	if (wait_for(pid))
		die("the child");
	press();
	at("pressed", p, NR);
	return wrong(p, 0, NR) != 0;
}

/* ---- unneeded: pages lose their last user on the way to the disk ---- */

enum { UNNEEDED = 8 };

struct unneeded {
	volatile unsigned long go;	/* the grader sets it */
	unsigned long *p;
};

static void *drop_when_told(void *arg)
{
	struct unneeded *u = arg;

	pin(1);
	while (!u->go)
		;
	if (madvise(u->p, UNNEEDED * PAGE, MADV_DONTNEED) < 0)
		die("madvise");
	return NULL;
}

static int unneeded(void)
{
	struct unneeded *u = (void *)map(1);
	pthread_t thread;

	u->go = 0;
	u->p = map(UNNEEDED);
	fill(u->p, UNNEEDED);
	pin(0);
	if (pthread_create(&thread, NULL, drop_when_told, u))
		die("pthread_create");
	at("ready", u, 1);
	page_out(u->p, UNNEEDED);
	u->go = 1;			/* by hand there is no grader */
	pthread_join(thread, NULL);
	at("gone", NULL, 0);
	return 0;
}

/* ---- wild: the grader puts entries into the page table that no kernel has put there ---- */

/* Of page i, without a signal: -1 if the kernel could not read it for us. */
static ssize_t try_read(int fd, const unsigned long *p, long i)
{
	return write(fd, p + i * WORDS, sizeof(*p));
}

static int wild(void)
{
	enum { NR = 8 };
	unsigned long *p = map(NR), *cached = map(1);
	int end[2];
	pid_t pid;

	tune();
	if (pipe(end) < 0)
		die("pipe");
	/* A slot that only the swap cache has. */
	fill(cached, 1);
	page_out(cached, 1);
	if (wrong(cached, 0, 1))
		return 1;
	fill(p, 1);			/* the rest is empty, and has a page table */
	at("empty", p, NR);
	for (long i = 0; i < NR / 2; i++)
		printf("read %ld %s\n", i, try_read(end[1], p, i) < 0 ? "refused" : "done");
	pid = fork();			/* which may fail */
	if (!pid)
		_exit(0);
	if (pid > 0)
		wait_for(pid);
	at("tried", p, NR);
	munmap(p, NR * PAGE);
	at("unmapped", p, 0);
	return wrong(cached, 0, 1) != 0;
}

/* ---- cost: instructions a page ---- */

/* Back while the disk has not even answered: all from the swap cache, without a wait. */
static int cost(void)
{
	enum { NR = 1024 };
	unsigned long *p = map(NR);
	long begin, bad = 0;

	tune();
	for (long i = 0; i < NR; i++)
		p[i * WORDS] = i;
	begin = now();
	page_out(p, NR);
	printf("cost out %ld\n", (now() - begin) / NR);
	begin = now();
	for (long i = 0; i < NR; i++)
		bad += p[i * WORDS] != (unsigned long)i;
	printf("cost back %ld\n", (now() - begin) / NR);
	begin = now();
	munmap(p, NR * PAGE);
	printf("cost unmap %ld\n", (now() - begin) / NR);
	return bad != 0;
}

static const struct lab_state states[] = {
	{ "tlb", tlb },	    { "errors", errors }, { "write-errors", write_errors },
	{ "nomem", nomem }, { "file", file },	  { "lazy", lazy },
	{ "locked", locked }, { "wild", wild },	      { "unneeded", unneeded },
	{ "cost", cost },
};

int main(int argc, char **argv)
{
	return run_state(states, ARRAY_LEN(states), argc, argv);
}
