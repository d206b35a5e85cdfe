/* SPDX-License-Identifier: MIT */
/*
 * swaptest - several processes together write far more memory than there is, in patterns that
 * tell every word's owner and place, read it in order and at random, rewrite parts, and verify.
 * `swaptest [MIB [PROCESSES]]`: MIB of each process; by default 2 x RAM in four processes, or
 * what memory and swap can hold. TAP like usertests; the exit status is the number of failures.
 *
 * Linux: tools/testing/selftests/mm has no such test; the idea is memtester's. Differs: many
 * processes, so that each one's pages push out the others'.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define MAX_PROCS 32
#define ROUNDS 2

static int test_number, failures;

static void tap(int ok, const char *name, const char *what, long expected, long got)
{
	printf("%s %d - swaptest.%s", ok ? "ok" : "not ok", ++test_number, name);
	if (!ok)
		printf(": %s: expected %ld got %ld", what, expected, got);
	putchar('\n');
	fflush(stdout);
	failures += !ok;
}

static unsigned long pattern(unsigned long owner, unsigned long index, unsigned long round)
{
	unsigned long x = (index + 1) * 0x9e3779b97f4a7c15UL + owner * 0xc2b2ae3d27d4eb4fUL + round;

	return x ^ x >> 29;
}

/* All words right? Returns the number of wrong ones. */
static long verify(const unsigned long *w, unsigned long nr, unsigned long owner,
		   const unsigned char *rounds)
{
	long bad = 0;

	for (unsigned long i = 0; i < nr; i++)
		bad += w[i] != pattern(owner, i, rounds[i / 512]);
	return bad;
}

/* Ends of file as signals: nobody has `ready` open any more; the parent has closed `gate`. */
static int ready[2], gate[2];

/*
 * All have their memory before anyone goes on: else the first may be done before the last begins,
 * and there never is more of it than fits.
 */
static void wait_for_the_others(void)
{
	char c;

	close(ready[1]);
	while (read(gate[0], &c, 1) > 0)
		;
}

/* The parent's part. One that dies early keeps nobody waiting. */
static void let_them_go(void)
{
	char c;

	close(ready[1]);
	while (read(ready[0], &c, 1) > 0)
		;
	close(gate[1]);
	close(gate[0]);
	close(ready[0]);
}

/*
 * One process: which page has been written in which round is noted in a small array, so that
 * an old copy of a page that came back from swap is found out.
 */
static int worker(unsigned long owner, unsigned long bytes)
{
	unsigned long nr = bytes / sizeof(long), nr_pages = nr / 512;
	unsigned long *w = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	unsigned char *rounds = calloc(nr_pages + 1, 1);
	unsigned long seed = owner * 7919 + 1;

	if (w == MAP_FAILED || !rounds)
		return 2;
	for (unsigned long i = 0; i < nr; i++)
		w[i] = pattern(owner, i, 0);
	wait_for_the_others();
	for (int round = 1; round <= ROUNDS; round++) {
		if (verify(w, nr, owner, rounds))
			return 3;
		/* Rewrite a quarter of the pages, here and there. */
		for (unsigned long n = 0; n < nr_pages / 4; n++) {
			unsigned long page;

			seed = seed * 6364136223846793005UL + 1442695040888963407UL;
			page = (seed >> 33) % nr_pages;
			rounds[page] = round;
			for (unsigned long i = page * 512; i < page * 512 + 512; i++)
				w[i] = pattern(owner, i, round);
		}
	}
	return verify(w, nr, owner, rounds) ? 4 : 0;
}

/* Per process, in bytes. */
static unsigned long choose_bytes(int argc, char **argv, int nr_procs)
{
	long kib = mem_kib("MemTotal:") * 2;
	long room = mem_kib("MemAvailable:") / 8 * 7 + mem_kib("SwapFree:") / 8 * 7;

	if (argc > 1)
		return parse_long(argv[1]) << 20;
	if (kib > room)
		kib = room;
	return (unsigned long)kib * 1024 / nr_procs & ~0xfffffUL;
}

static void check_system(long unused, long swap_free, long out, int pressed)
{
	long now;

	out = vm_counter("pswpout") - out;
	if (pressed)
		tap(out > 0, "pages_went_out", "pswpout", 1, out);
	else
		tap(1, "pages_went_out # SKIP it all fits into memory", "", 0, 0);
	for (int i = 0; i < 50 && mem_kib("SwapFree:") < swap_free - 64; i++)
		nap(20);
	now = mem_kib("SwapFree:");
	/* What belongs to others may stay in swap: up to 4 MiB of them. */
	tap(now >= swap_free - 4096, "swap_given_back", "SwapFree KiB", swap_free, now);
	now = free_pages();
	/* Elsewhere others run too, and the count is not exact. */
	tap(!on_quire() || now >= unused - 64, "memory_given_back", "free pages", unused, now);
}

int main(int argc, char **argv)
{
	pid_t pids[MAX_PROCS];
	unsigned long bytes;
	long unused, swap_free, out;
	int nr_procs = 4;

	prog_init(argc, argv, "swaptest [MIB [PROCESSES]]\n"
		"Write and verify more memory than there is, in several processes.");
	page_size = sysconf(_SC_PAGESIZE);
	if (argc > 2)
		nr_procs = parse_long(argv[2]);
	if (nr_procs < 1 || nr_procs > MAX_PROCS)
		usage("1 to 32 processes");
	bytes = choose_bytes(argc, argv, nr_procs);
	printf("1..%d\n# %d processes of %lu MiB; RAM %ld MiB, swap %ld MiB free\n", nr_procs + 3,
	       nr_procs, bytes >> 20, mem_kib("MemTotal:") >> 10, mem_kib("SwapFree:") >> 10);
	fflush(stdout);
	unused = free_pages();
	swap_free = mem_kib("SwapFree:");
	out = vm_counter("pswpout");
	if (pipe(ready) < 0 || pipe(gate) < 0)
		die("pipe");
	for (int i = 0; i < nr_procs; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			close(gate[1]);
			_exit(worker(i + 1, bytes));
		}
	}
	let_them_go();
	for (int i = 0; i < nr_procs; i++) {
		char name[32];
		int status = -1;

		if (pids[i] > 0)
			waitpid(pids[i], &status, 0);
		snprintf(name, sizeof(name), "pattern_survives_%d", i);
		tap(status == 0, name, "wait status", 0, status);
	}
	check_system(unused, swap_free, out, (long)(bytes >> 10) * nr_procs > unused * 4);
	return failures;
}
