/* SPDX-License-Identifier: MIT */
/*
 * swaplab STATE - bring processes and their swapped pages into a state and wait there while the
 * grader looks. See swaplab.h.
 *
 * Linux: none.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/08-swap/user/swaplab.h"

/* ---- children that do a step each time they are told ---- */

#define MAX_CHILDREN 80

static struct child {
	pid_t pid;
	int go[2], done[2];
} children[MAX_CHILDREN];

/* In the child: wait for the next step. */
static char next_step(struct child *c, int failed)
{
	char step = failed ? 'x' : 'k';

	if (write(c->done[1], &step, 1) != 1 || read(c->go[0], &step, 1) != 1)
		_exit(1);
	return step;
}

/* In the parent: have child n do a step. => 0 if it went well. */
static int tell(int n, char step)
{
	char said = 0;

	if (write(children[n].go[1], &step, 1) != 1 || read(children[n].done[0], &said, 1) != 1)
		return 1;
	return said != 'k';
}

/*
 * r: read and verify all; w: write to the first half; u: unmap the last quarter; n: nothing;
 * q: end.
 */
static void child_loop(struct child *c, unsigned long *p, long nr)
{
	int failed = 0;

	for (;;) {
		switch (next_step(c, failed)) {
		case 'r':
			failed = wrong(p, 0, nr);
			break;
		case 'w':
			for (long i = 0; i < nr / 2; i++)
				p[i * WORDS] = getpid();
			break;
		case 'n':
			break;
		case 'u':
			failed = munmap(p + nr / 4 * 3 * WORDS, nr / 4 * PAGE) < 0;
			break;
		default:
			fflush(stdout);
			_exit(failed != 0);
		}
		fflush(stdout);
	}
}

static void start_child(int n, unsigned long *p, long nr)
{
	struct child *c = &children[n];
	char ready;

	if (pipe(c->go) < 0 || pipe(c->done) < 0)
		die("pipe");
	c->pid = must_fork();
	if (!c->pid)
		child_loop(c, p, nr);
	if (read(c->done[0], &ready, 1) != 1)
		die("a child");
	/* Its ends of the pipes are its own; ours would keep them open for others. */
	close(c->go[0]);
	close(c->done[1]);
}

static int end_child(int n)
{
	int failed;

	if (write(children[n].go[1], "q", 1) != 1)
		return 1;
	failed = wait_for(children[n].pid);
	close(children[n].go[1]);
	close(children[n].done[0]);
	return failed;
}

/* ---- out: one process, out and in again ---- */

static int out(void)
{
	enum { NR = 64 };
	unsigned long *p = map(NR);
	int bad = 0;

	tune();
	fill(p, NR);
	page_out(p, NR);
	at("out", p, NR);
	bad += wrong(p, 0, NR);
	at("read", p, NR);
	page_out(p, NR);
	at("again", p, NR);
	/* Of eight pages one word changes. */
	for (long i = 0; i < 8; i++)
		p[i * WORDS + 7] = 77 + i;
	at("wrote", p, NR);
	page_out(p, NR);
	at("third", p, NR);
	for (long i = 0; i < 8; i++) {
		bad += p[i * WORDS + 7] != 77UL + i;
		p[i * WORDS + 7] = pattern(i, 7);
	}
	bad += wrong(p, 0, NR);
	munmap(p, NR * PAGE);
	at("gone", p, 0);
	return bad != 0;
}

/* ---- family: a page that three processes map goes out under pressure ---- */

static int family(void)
{
	enum { NR = 16, CHILDREN = 2 };
	unsigned long *p = map(NR);
	int bad = 0;

	tune();
	fill(p, NR);
	for (int n = 0; n < CHILDREN; n++)
		start_child(n, p, NR);
	press_at("pressed", p, NR);
	bad += tell(0, 'r');
	at("one", p, NR);
	bad += tell(1, 'r');
	at("two", p, NR);
	bad += tell(0, 'w');
	at("wrote", p, NR);
	/* Here a write finds the page in the swap cache, and another process has it. */
	for (long i = NR / 2; i < NR; i++)
		p[i * WORDS + 1] = 7;
	bad += tell(1, 'r');
	at("parent", p, NR);
	for (long i = NR / 2; i < NR; i++)
		p[i * WORDS + 1] = pattern(i, 1);
	bad += end_child(0) + end_child(1);
	bad += wrong(p, 0, NR);
	for (long i = 0; i < NR; i++)
		p[i * WORDS] = 1;
	at("alone", p, NR);
	return bad != 0;
}

/* ---- counts: fork with pages in swap ---- */

static int counts(void)
{
	enum { NR = 32, CHILDREN = 3 };
	unsigned long *p = map(NR);
	int bad = 0;

	tune();
	fill(p, NR);
	page_out(p, NR);
	/* So that nobody finds them in the swap cache. */
	press();
	for (int n = 0; n < CHILDREN; n++)
		start_child(n, p, NR);
	at("forked", p, NR);
	bad += end_child(0);
	at("ended", p, NR);
	bad += tell(1, 'r');
	at("read", p, NR);
	bad += tell(1, 'w') + tell(2, 'u');
	at("wrote", p, NR);
	bad += end_child(1) + end_child(2);
	bad += wrong(p, 0, NR);
	at("alone", p, NR);
	return bad != 0;
}

/* ---- many: more processes than a slot can count ---- */

static int many(void)
{
	enum { NR = 4, CHILDREN = 70 };
	unsigned long *p = map(NR);
	int bad = 0;

	tune();
	fill(p, NR);
	page_out(p, NR);
	for (int n = 0; n < CHILDREN; n++)
		start_child(n, p, NR);
	at("forked", p, NR);
	for (int n = 0; n < CHILDREN; n++) {
		bad += tell(n, 'r');
		bad += end_child(n);
	}
	at("ended", p, NR);
	return bad != 0 || wrong(p, 0, NR);
}

/* ---- full: more pages than slots ---- */

static int full(void)
{
	enum { NR = 512 };
	unsigned long *p = map(NR);
	int bad = 0;

	fill(p, NR);
	page_out(p, NR);
	at("full", p, NR);
	bad += wrong(p, 0, NR);
	munmap(p, NR * PAGE);
	at("gone", p, 0);
	p = map(NR);
	fill(p, NR / 4);
	page_out(p, NR / 4);
	at("reused", p, NR / 4);
	return bad != 0 || wrong(p, 0, NR / 4);
}

/* ---- row: many pages at once, and a process that ends while they are out ---- */

static int row(void)
{
	enum { NR = 512 };
	pid_t pid = must_fork();

	if (!pid) {
		unsigned long *p = map(NR);

		fill(p, NR);
		at("before", p, NR);
		page_out(p, NR);
		at("out", p, NR);
		_exit(0);
	}
	if (wait_for(pid))
		return 1;
	at("gone", NULL, 0);
	return 0;
}

/* ---- hot: a set in use all the time, and a stream of pages used once ---- */

static volatile unsigned long sum;

/* Until the disk is done: however slow it is, reclaim must not run out of pages to look at. */
static void wait_for_disk(void)
{
	while (file_field("/proc/meminfo", "Writeback:") > 0)
		usleep(1000);
}

/*
 * nr new pages, and between each two of them eight pages of the hot set, round and round. After
 * each round another process runs: this hart's TLB is empty then, as it would soon be on a
 * machine whose TLB is small, and the A bits are set anew.
 */
static void stream(unsigned long *hot, long nr_hot, unsigned long *cold, long nr)
{
	long next = 0;

	for (long i = 0; i < nr; i++) {
		cold[i * WORDS] = i;
		if (i % 64 == 0)
			wait_for_disk();
		for (int k = 0; k < 8; k++) {
			sum += hot[next * WORDS];
			next = (next + 1) % nr_hot;
			if (!next)
				tell(0, 'n');
		}
	}
}

static int hot(void)
{
	long total = file_field("/proc/meminfo", "MemTotal:") / 4;
	long nr_hot = total / 3, nr_cold = total * 2;
	unsigned long *set[2] = { map(nr_hot), map(nr_hot) }, *cold = map(nr_cold);

	tune();
	start_child(0, NULL, 0);
	for (int i = 0; i < 2; i++) {
		fill(set[i], nr_hot);
		/*
		 * Warm up. When memory runs short for the first time everything looks as if it
		 * were in use; only the second look tells.
		 */
		stream(set[i], nr_hot, cold, nr_cold / 2);
		at(i ? "second" : "first", set[i], nr_hot);
		stream(set[i], nr_hot, cold + nr_cold / 2 * WORDS, nr_cold / 2);
		at(i ? "second-end" : "first-end", set[i], nr_hot);
		munmap(cold, nr_cold * PAGE);
		cold = map(nr_cold);
	}
	printf("refill %ld %ld\n", file_field("/proc/vmstat", "pgrefill"),
	       file_field("/proc/vmstat", "pgdeactivate"));
	return end_child(0) || wrong(set[0], 0, nr_hot) || wrong(set[1], 0, nr_hot);
}

static const struct lab_state states[] = {
	{ "out", out },	  { "row", row },   { "family", family }, { "counts", counts },
	{ "many", many }, { "full", full }, { "hot", hot },
};

int main(int argc, char **argv)
{
	return run_state(states, ARRAY_LEN(states), argc, argv);
}
