/* SPDX-License-Identifier: MIT */
/*
 * swapedgelab STATE - swap at its edges: another hart writes, the disk fails, memory runs out,
 * pages that need no slot. See swaplab.h.
 *
 * Linux: none.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/08-swap/user/swaplab.h"

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

static int file(void)
{
	enum { NR = 16 };
	int fd = open("/dev/vda", O_RDWR);
	unsigned long *p = mmap(NULL, NR * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		die("/dev/vda");
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

static const struct lab_state states[] = {
	{ "tlb", tlb },	    { "errors", errors }, { "write-errors", write_errors },
	{ "nomem", nomem }, { "file", file },	  { "lazy", lazy },
};

int main(int argc, char **argv)
{
	return run_state(states, ARRAY_LEN(states), argc, argv);
}
