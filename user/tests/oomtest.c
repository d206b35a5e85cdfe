/* SPDX-License-Identifier: MIT */
/*
 * oomtest - rounds of processes that take memory until the OOM killer acts.
 * `oomtest [ROUNDS [HOGS]]`, 10 rounds of 3 hogs by default. TAP; the exit status is the number
 * of failures.
 *
 * In every round a small innocent process and one with oom_score_adj -1000 must survive with
 * their memory intact, each hog must have died by SIGKILL, and the counters must say so. At the
 * end all memory must be back.
 *
 * Linux: tools/testing/selftests/mm has no such test; LTP's oom tests are alike. Differs: small.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define MAX_HOGS 16
#define CHUNK (256 * 1024)
#define SMALL_PAGES 256
#define LIMIT_S 300

static int test_number, failures;

static void tap(int ok, const char *name, int round, long expected, long got)
{
	printf("%s %d - oomtest.%s round %d", ok ? "ok" : "not ok", ++test_number, name, round);
	if (!ok)
		printf(": expected %ld got %ld", expected, got);
	putchar('\n');
	fflush(stdout);
	failures += !ok;
}

static void set_score_adj(const char *value)
{
	FILE *f = fopen("/proc/self/oom_score_adj", "w");

	if (f) {
		fputs(value, f);
		fclose(f);
	}
}

/* Takes and uses memory for ever; a failing mmap is tried again: only a signal ends it. */
static void hog(int kind)
{
	set_score_adj("0");
	for (unsigned long n = 0; ; n++) {
		char *p = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			       0);

		if (p == MAP_FAILED) {
			nap(1);
			continue;
		}
		for (long at = 0; at < CHUNK; at += page_size)
			*(unsigned long *)(p + at) = n * 31 + at + kind;
		/* Some in the middle of a system call, when they are chosen. */
		if (kind % 3 == 1 && vm_counter("oom_kill") < 0)
			_exit(1);
	}
}

/*
 * A process that holds some pages and looks after them until it is told to end through the
 * pipe; its exit status says whether they were intact throughout.
 */
static void keeper(long nr, const char *score_adj, const int *stop)
{
	unsigned char *p;
	char c;

	close(stop[1]);
	set_score_adj(score_adj);
	p = mmap(NULL, nr * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		_exit(2);
	for (long i = 0; i < nr; i++)
		memset(p + i * page_size, i * 7, page_size);
	/* Blocks until the parent closes its end. */
	if (read(stop[0], &c, 1) != 0)
		_exit(3);
	for (long i = 0; i < nr; i++)
		for (long j = 0; j < page_size; j += 256)
			if (p[i * page_size + j] != (unsigned char)(i * 7))
				_exit(4);
	_exit(0);
}

static pid_t start_keeper(long nr, const char *score_adj, const int *stop)
{
	pid_t pid = fork();

	if (!pid)
		keeper(nr, score_adj, stop);
	return pid;
}

static int status_of(pid_t pid)
{
	int status = -1;

	if (pid > 0)
		waitpid(pid, &status, 0);
	return status;
}

static void run_round(int round, int nr_hogs)
{
	long kills = vm_counter("oom_kill"), immune_pages = mem_kib("MemTotal:") / 32;
	pid_t hogs[MAX_HOGS], small, immune;
	int stop[2], killed = 0, status;

	if (pipe(stop) < 0)
		die("pipe");
	small = start_keeper(SMALL_PAGES, "0", stop);
	immune = start_keeper(immune_pages, "-1000", stop);
	for (int i = 0; i < nr_hogs; i++) {
		hogs[i] = fork();
		if (!hogs[i]) {
			close(stop[1]);
			hog(i);
		}
	}
	/* Each is killed in its turn: nothing else ends a hog. */
	for (int i = 0; i < nr_hogs; i++) {
		status = status_of(hogs[i]);
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	}
	tap(killed == nr_hogs, "hogs_killed", round, nr_hogs, killed);
	close(stop[1]);
	status = status_of(small);
	tap(status == 0, "innocent_survives", round, 0, status);
	status = status_of(immune);
	tap(status == 0, "immune_survives", round, 0, status);
	close(stop[0]);
	kills = vm_counter("oom_kill") - kills;
	tap(kills == nr_hogs, "counted", round, nr_hogs, kills);
}

int main(int argc, char **argv)
{
	int rounds = 10, nr_hogs = 3;
	long unused, now = 0;
	pid_t pid;

	prog_init(argc, argv, "oomtest [ROUNDS [HOGS]]\nLet the OOM killer work; check who dies.");
	page_size = sysconf(_SC_PAGESIZE);
	if (!on_quire())
		usage("this fills all memory: it runs on Quire only");
	if (argc > 1)
		rounds = parse_long(argv[1]);
	if (argc > 2)
		nr_hogs = parse_long(argv[2]);
	if (nr_hogs < 1 || nr_hogs > MAX_HOGS || rounds < 1)
		usage("1 to 16 hogs");
	set_score_adj("-1000");
	alarm(LIMIT_S * (1 + rounds / 10));
	printf("1..%d\n", rounds * 4 + 2);
	fflush(stdout);
	unused = free_pages();
	for (int round = 1; round <= rounds; round++)
		run_round(round, nr_hogs);
	for (int i = 0; i < 100 && (now = free_pages()) < unused - 64; i++)
		nap(20);
	/* With swap, others may have been moved out: then there is only more. */
	tap(now >= unused - 64, "memory_back", rounds, unused, now);
	pid = fork();
	if (!pid)
		_exit(7);
	now = status_of(pid);
	tap(WIFEXITED(now) && WEXITSTATUS(now) == 7, "fork_still_works", rounds, 7 << 8, now);
	return failures < 100 ? failures : 100;
}
